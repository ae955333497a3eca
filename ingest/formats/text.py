"""Plain text: Markdown, text and source code, and the encodings that text comes in."""

from __future__ import annotations

import codecs

import yaml

from ingest.errors import IngestError
from ingest.formats.base import Content

_BOMS = (  # the longer ones first: UTF-32's begins with UTF-16's
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Of the about hundred that the detector knows, those that files are still found in. More
# make it guess worse: a short text is "valid" in dozens.
_LEGACY = (
    *("cp1252", "iso8859_15", "cp1250", "iso8859_2", "cp1251", "koi8_r", "cp1253", "cp1254"),
    *("cp932", "euc_jp", "gb18030", "big5", "euc_kr"),
)
_USUAL = "cp1252"
_CONTROLS = frozenset(map(chr, range(32))) - frozenset("\t\n\v\f\r\x1b")
_CONTROL_SHARE = 0.01

_FRONT_MATTER_CHARACTERS = 4_000
# Both make strings, lists and mappings alone, and follow no merge key, which can explode; the one
# in C takes a fortieth of the time for what is nested thousands deep.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_MAX_TAGS = 50
_MAX_TAG_CHARACTERS = 100


def read(content: bytes) -> Content:
    """Text and source code, as they stand."""
    return Content((decode(content),))


def read_markdown(content: bytes) -> Content:
    """Markdown, with the tags of its front matter."""
    text = decode(content)
    return Content((text,), tags=tags(text))


def is_utf8(content: bytes) -> bool:
    """Whether the bytes are UTF-8."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def decode(content: bytes) -> str:
    """The text of bytes: by their byte order mark, else as UTF-8, else as it is most likely meant.

    Raises:
        IngestError: They are not text, or in no known encoding.
    """
    marked = next((name for bom, name in _BOMS if content.startswith(bom)), None)
    try:
        text = content.decode(marked or "utf-8")
    except UnicodeDecodeError as error:
        if marked:
            raise IngestError(
                f"It is not the {marked.removesuffix('-sig').upper()} text that it begins as.",
                hint="Save it as UTF-8.",
            ) from error
        text = _detected(content)
    if _is_binary(text):
        raise IngestError("It is binary, not text.", hint="Check the file's ending.")
    return text


def tags(text: str) -> tuple[str, ...]:
    r"""The tags in YAML front matter; none where it is malformed.

    >>> tags("---\ntags: [policy, returns]\n---\nText"), tags("---\ntags: a, b\n---\n")
    (('policy', 'returns'), ('a', 'b'))
    """
    head = text[:_FRONT_MATTER_CHARACTERS].replace("\r\n", "\n")
    end = head.find("\n---\n", 3)
    if not head.startswith("---\n") or end < 0:
        return ()
    try:
        matter = yaml.load(head[4:end], Loader=_LOADER)  # noqa: S506 - see above
    except (yaml.YAMLError, ValueError, RecursionError):
        return ()
    found = matter.get("tags") if isinstance(matter, dict) else None
    return tag_list(found)


def tag_list(found: object) -> tuple[str, ...]:
    """Tags out of a list, or of words with commas between; none out of anything else.

    >>> tag_list(["policy", "", "policy"]), tag_list("a, b"), tag_list(None)
    (('policy',), ('a', 'b'), ())
    """
    words = found.split(",") if isinstance(found, str) else found
    if not isinstance(words, list):
        return ()
    named = (word.strip() for word in words if isinstance(word, str))
    unique = dict.fromkeys(name for name in named if 0 < len(name) <= _MAX_TAG_CHARACTERS)
    return tuple(unique)[:_MAX_TAGS]


def _detected(content: bytes) -> str:
    from charset_normalizer import from_bytes  # noqa: PLC0415 - only for what is not UTF-8

    if b"\0" in content:
        raise IngestError("It is binary, not text.", hint="Check the file's ending.")
    matches = from_bytes(content, cp_isolation=list(_LEGACY))
    best = matches.best()
    if best is None:
        raise IngestError("Its encoding cannot be told.", hint="Save it as UTF-8.")
    # Among equals the detector goes by the alphabet of their names.
    quality = (best.chaos, best.coherence)
    equals = [match for match in matches if (match.chaos, match.coherence) == quality]
    usual = next((match for match in equals if _USUAL in match.could_be_from_charset), best)
    return str(usual)


def _is_binary(text: str) -> bool:
    controls = sum(map(text.count, _CONTROLS))
    return "\0" in text or controls > len(text) * _CONTROL_SHARE
