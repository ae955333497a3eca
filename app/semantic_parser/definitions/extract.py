"""Finds what looks like a definition in the text of a document, whatever it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ROW = re.compile(r"^\s*\|(?P<term>[^|\n]{2,80})\|(?P<text>[^|\n]{8,400})\|")
_DEFINING = re.compile(
    r"defin|meaning|means|formula|calculat|comput|how it is counted", re.IGNORECASE
)
_BOLD = re.compile(
    r"\*\*(?P<term>[^*\n]{2,60}?)(?::\*\*|\*\*\s*:|\*\*(?:\s+of\s+(?:a|an|the)\s+[\w -]{2,30}?)?"
    r"\s+(?:is|are|means?|counts?\s+as|refers?\s+to))\s+(?P<text>[^|*]{8,400}?)(?:\.(?:\s|$)|;|\n\n)",
    re.DOTALL,
)
_MEANS = re.compile(
    r"(?:^|\n)(?:[-*]\s+)?(?:an?\s+|the\s+)?[“\"']?(?P<term>[A-Za-z][\w -]{2,40}?)[”\"']?\s+"
    r"(?:means|is defined as|is calculated as|is computed as|refers to)\s*:?\s+"
    r"(?P<text>[^|*]{8,400}?)(?:\.(?:\s|$)|;|\n\n)",
    re.DOTALL | re.IGNORECASE,
)
_MARKUP = re.compile(r"[*`]{1,3}|\[([^\]]+)\]\([^)]*\)")
_ARTICLE = re.compile(r"^(?:an?|the)\s+")
_SPACE = re.compile(r"\s+")
_LONGEST_TERM = 5
_MOST = 200


@dataclass(frozen=True, slots=True)
class Definition:
    """A term and what a document says that it is.

    Attributes:
        term: In lower case, without an article.
        text: The words after `is`, without markup.
    """

    term: str
    text: str


def find(text: str) -> tuple[Definition, ...]:
    """The definitions in a document's text, in order, the first of each term.

    >>> find("**Gross revenue** is the sum of the amount of all orders.")[0].term
    'gross revenue'
    """
    found: dict[str, Definition] = {}
    for definition in _all(text):
        found.setdefault(definition.term, definition)
        if len(found) >= _MOST:
            break
    return tuple(found.values())


def _all(text: str) -> Iterator[Definition]:
    for match in _rows(text):
        yield from _definition(match)
    for pattern in (_BOLD, _MEANS):
        for match in pattern.finditer(text):
            yield from _definition(match)


def _rows(text: str) -> Iterator[re.Match[str]]:
    """The rows of tables whose second column says that it defines the first."""
    defines: bool | None = None
    for line in text.splitlines():
        match = _ROW.match(line)
        if match is None:
            is_table = line.lstrip().startswith("|")
            defines = defines if is_table else None
        elif defines is None:
            defines = _DEFINING.search(match["text"]) is not None
        elif defines:
            yield match


def _definition(match: re.Match[str]) -> Iterator[Definition]:
    term = _ARTICLE.sub("", _plain(match["term"]).lower())
    body = _plain(match["text"])
    if term and len(term.split()) <= _LONGEST_TERM and not set(body) <= set("-: "):
        yield Definition(term, body)


def _plain(text: str) -> str:
    bare = _MARKUP.sub(lambda m: m[1] or "", text)
    return _SPACE.sub(" ", bare).strip(" .:")
