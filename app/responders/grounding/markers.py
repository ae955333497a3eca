"""Markers that point to nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app import markers
from app.answer import Source
from app.responders.grounding.doubt import Doubt
from app.responders.grounding.layout import Text

_LINE_END = re.compile(r"\s*(?:⚠\s*)?(?:\\?\n|\Z)")


def doubts(read: Text, evidence: Sequence[Source]) -> Iterator[Doubt]:
    """Markers whose number no source has."""
    known = {source.number for source in evidence}
    for block in read.blocks:
        said = read.said(block)
        for match in markers.MARKER.finditer(said):
            # What a quoted document points to is its own affair; ours stand at the line's end.
            if block.kind == "quote" and not _LINE_END.match(said, match.end()):
                continue
            start, end = block.start + match.start(), block.start + match.end()
            for number in markers.numbers(match[0]):
                if number not in known:
                    message = f"The text points to [{number}], but there is no such source."
                    yield Doubt(start, end, match[0], message)


def cited(read: Text) -> set[int]:
    """The numbers that the text points to."""
    return {n for block in read.blocks for n in markers.numbers(read.said(block))}
