"""Markers that point to nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.answer import Source
from app.responders.grounding.doubt import Doubt
from app.responders.grounding.layout import Text

MARKER = re.compile(r"(?<!\\)\[(\d{1,4}(?:\s*[,;–-]\s*\d{1,4})*)\](?!\()")
_LONGEST_RANGE = 50
_NUMBER = re.compile(r"\d+")
_LINE_END = re.compile(r"\s*(?:⚠\s*)?(?:\\?\n|\Z)")


def doubts(read: Text, evidence: Sequence[Source]) -> Iterator[Doubt]:
    """Markers whose number no source has."""
    known = {source.number for source in evidence}
    for block in read.blocks:
        said = read.said(block)
        for match in MARKER.finditer(said):
            # What a quoted document points to is its own affair; ours stand at the line's end.
            if block.kind == "quote" and not _LINE_END.match(said, match.end()):
                continue
            start, end = block.start + match.start(), block.start + match.end()
            for number in _NUMBER.findall(match[1]):
                if int(number) not in known:
                    message = f"The text points to [{int(number)}], but there is no such source."
                    yield Doubt(start, end, match[0], message)


def cited(read: Text) -> set[int]:
    """The numbers that the text points to, the ends of `[2-4]` and what is between them."""
    found: set[int] = set()
    for match in (m for block in read.blocks for m in MARKER.finditer(read.said(block))):
        numbers = [int(number) for number in _NUMBER.findall(match[1])]
        found |= set(numbers)
        if "-" in match[1] or "–" in match[1]:
            found |= set(range(min(numbers), min(max(numbers), min(numbers) + _LONGEST_RANGE) + 1))
    return found
