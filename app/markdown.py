"""Text from documents, rows and questions as Markdown that says it and does nothing else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_MARKUP = re.compile(r"[\\`*{}\[\]<>#|~$&!^]|(?<!\w)_|_(?!\w)|(?<=\()(?=\S)|:(?=[A-Za-z])")
_SPACE = re.compile(r"\s+")
_BLOCK_START = re.compile(r"^([-+=]|\d{1,9}(?=[.)]))")
_ADDRESS = re.compile(r"(://|(?i:www)(?=\.)|@(?=\w))")
_INVISIBLE = "\u200b"
# What a link, an image or a link's definition needs behind its bracket, and what makes a tag of an
# angle bracket or a character of an ampersand.
_ACTING = re.compile(r"\](?=[(:])|<(?=[A-Za-z/!?])|&(?=#|\w+;)")


def escape(text: str) -> str:
    r"""One line of text that shows as it is: never markup, a link, an image or HTML.

    Addresses are cut by an invisible space, since renderers link bare ones even when escaped.
    Control and direction-changing characters go.

    >>> escape("![x](y) <b> fraud_hold")
    '\\!\\[x\\](y) \\<b\\> fraud_hold'
    """
    kept = "".join(c for c in _SPACE.sub(" ", text) if unicodedata.category(c) not in _CONTROLS)
    escaped = _MARKUP.sub(lambda m: "\\" + m[0] if m[0] else "", kept.strip())
    escaped = _BLOCK_START.sub(lambda m: _escaped_start(m[0]), escaped)
    return _ADDRESS.sub(lambda m: m[0] + _INVISIBLE, escaped)


_CONTROLS = frozenset({"Cc", "Cf", "Cs", "Co"})


def _escaped_start(start: str) -> str:
    """A list marker at the beginning of a line: the digits stay, their dot is parted."""
    return start + _INVISIBLE if start.isdigit() else "\\" + start


def harmless(text: str) -> str:
    r"""Markdown from a model with its structure kept, but no link, image or HTML left in it.

    What would act is parted by an invisible space: unlike a backslash, that needs no knowledge of
    what stands before it, or of what is code.

    >>> print(harmless("**31** late [2] ![x](http://a.b/c.png) <img src=x>").replace("\u200b", "|"))
    **31** late [2] ![x]|(http://|a.b/c.png) <|img src=x>
    """
    shown = "".join(c for c in text if c == "\n" or unicodedata.category(c) not in _CONTROLS)
    return _ADDRESS.sub(_parted, _ACTING.sub(_parted, shown)).strip()


def _parted(match: re.Match[str]) -> str:
    return match[0] + _INVISIBLE


def numbered(lines: Sequence[str]) -> str:
    r"""A numbered list of escaped lines.

    >>> print(numbered(["by carrier", "by *city*"]))
    1. by carrier
    2. by \*city\*
    """
    return "\n".join(f"{n}. {escape(line)}" for n, line in enumerate(lines, 1))


def quote(lines: list[str], marker: str) -> str:
    """A blockquote of escaped lines, the marker behind the last."""
    body = [escape(line) for line in lines if line.strip()]
    body[-1] = f"{body[-1]} {marker}"
    return "\n".join(f"> {line}\\" if line is not body[-1] else f"> {line}" for line in body)
