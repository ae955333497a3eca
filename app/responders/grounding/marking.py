"""Shows in a text what is doubted."""

from __future__ import annotations

import re
from collections.abc import Iterable

from app.responders.grounding.doubt import Doubt
from app.responders.grounding.layout import Block, Text

MARK = " ⚠"
_LINE_MARK = f"\n{MARK}"
_LINK = re.compile(r"!?\[[^\[\]\n]*\]\([^()\n]*(?:\([^()\n]*\)[^()\n]*)?\)|<[^<>\s]+>")
_EMPHASIS = re.compile(r"[*_~]+")
_FENCE = re.compile(r"\s*(?:`{3,}|~{3,})\s*\Z")
_NO_PROSE = re.compile(r"[\s>]*(?:\||`{3}|~{3}|[-=*_ ]+\Z)")


def marked(text: str, doubts: Iterable[Doubt]) -> str:
    """The text with a mark right behind each doubtful stretch, still the same Markdown.

    A mark inside code, a link or emphasis moves behind it; one behind fenced code gets a line of
    its own. What is marked already is not marked again.

    Args:
        text: The text that was examined.
        doubts: What was found in it.
    """
    ends = sorted({doubt.end for doubt in doubts})
    if not ends:
        return text
    read = Text.of(text)
    places = dict(_place(read, end) for end in ends)
    pieces: list[str] = []
    last = 0
    for place in sorted(places):
        mark = places[place]
        if text.startswith((mark, MARK), place) or text[:place].endswith(MARK):
            continue
        pieces += (text[last:place], mark)
        last = place
    return "".join((*pieces, text[last:]))


def _place(read: Text, end: int) -> tuple[int, str]:
    """Where the mark of a stretch goes, and how it looks there."""
    block = next((b for b in read.blocks if b.start < end <= b.end), None)
    if block is None:
        return end, MARK
    if block.kind == "code":
        return _behind_code(read.text, block)
    last_line = read.text[block.start : end].rpartition("\n")[2]
    if block.kind == "quote" and _NO_PROSE.match(last_line):
        return block.end, _LINE_MARK
    for span in read.spans_of(block):
        if span.start < end < span.end:
            end = span.end
    for link in _LINK.finditer(read.text, block.start, block.end):
        if link.start() < end < link.end():
            end = link.end()
    emphasis = _EMPHASIS.match(read.text, end)
    return (emphasis.end() if emphasis else end), MARK


def _behind_code(text: str, block: Block) -> tuple[int, str]:
    """Behind a fence; where it is never closed, behind the language in its first line."""
    first, _, rest = text[block.start : block.end].partition("\n")
    is_fence = first.lstrip().startswith(("```", "~~~"))
    if is_fence and not _FENCE.match(rest.rpartition("\n")[2]):
        return block.start + len(first.rstrip()), MARK
    return block.end, _LINE_MARK
