"""The structure of a text: headings, tables, and where it may be cut; for `ingest.chunks`.

Blocks (paragraphs, lists, tables, code) are found by a CommonMark parser with tables, because a `#`
or a `|` in a code block is neither a heading nor a cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingest.sentences import sentence_starts


class Strength(IntEnum):
    """How gladly a text is cut at a place: a weaker break serves only where no stronger is left."""

    CHARACTER = 0
    WORD = 1
    LINE = 2
    ROW = 3  # of a table; also a blank line in code
    SENTENCE = 4
    LEAD_IN = 5  # between "These are:" and what follows
    NESTED = 6
    ITEM = 7
    BLOCK = 8


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its level (1 is the highest), its plain title, where it starts and ends."""

    level: int
    title: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its column names are the line at `start`, its rows `body:end`."""

    start: int
    body: int
    end: int


@dataclass(frozen=True, slots=True)
class Blocks:
    """What a text is made of, each in order.

    Attributes:
        headings: Its headings.
        tables: Its tables.
        breaks: Where it may be cut, and how gladly.
    """

    headings: tuple[Heading, ...]
    tables: tuple[Table, ...]
    breaks: tuple[tuple[int, Strength], ...]


_LEAD_IN = re.compile(r":[*_]*\s*$")
_LEAD_IN_CHARACTERS = 40
_CODE = frozenset({"fence", "code_block", "html_block"})
_OTHERS = frozenset({"paragraph_open", "bullet_list_open", "ordered_list_open", "hr"})
_OPENING = _CODE | _OTHERS | {"blockquote_open", "table_open"}
_NUMBERED = re.compile(r"(\d+(?:\.\d+)*)\.?\s+[A-Z][^.!?:;|]{2,70}$")
_HEADING_CHARACTERS = 80


def blocks(text: str, *, markdown: bool) -> Blocks:
    r"""The structure of a text with `\n` line ends.

    Args:
        text: The text.
        markdown: Whether headings are those of Markdown. Elsewhere they are lines that are
            underlined, numbered, or in capitals between blank lines.
    """
    begin = _front_matter_end(text) if markdown else 0
    lines = _line_starts(text, begin)
    breaks: dict[int, Strength] = {}
    tables = []
    headings = [] if markdown else list(_plain_headings(text))
    tokens = _block_parser().parse(text[begin:])
    for token, following in pairwise([*tokens, *tokens[-1:]]):
        if token.map is None:
            continue
        start, end = (lines[min(line, len(lines) - 1)] for line in token.map)
        if token.type == "heading_open" and markdown and token.level == 0:
            headings.append(_heading(token, following, start, end))
        elif token.type == "table_open":
            tables.append(Table(start, lines[token.map[0] + 2], end))
        # What begins first is what is outermost, and decides.
        for offset, strength in _breaks(text, token, start, end):
            breaks.setdefault(offset, strength)
    for table in tables:  # its head, the rule below that, and its first row stay together
        breaks.pop(table.body, None)
    return Blocks(tuple(headings), tuple(tables), tuple(sorted(breaks.items())))


def _breaks(text: str, token: Token, start: int, end: int) -> Iterator[tuple[int, Strength]]:
    if token.type in _OPENING:
        yield start, _block_strength(text, token, start)
    if token.type in _CODE:
        yield from _code_lines(text, start, end)
    elif token.type == "list_item_open":
        yield start, Strength.NESTED if token.level > 1 else Strength.ITEM
    elif token.type == "tr_open":
        yield start, Strength.ROW
    elif token.type == "inline" and token.level % 2:  # of a paragraph, not of a cell
        yield from ((offset, Strength.SENTENCE) for offset in sentence_starts(text, start, end))


def _block_strength(text: str, token: Token, start: int) -> Strength:
    if token.level > 0:
        return Strength.NESTED
    before = text[max(0, start - _LEAD_IN_CHARACTERS) : start]
    leads_in = token.type != "paragraph_open" and _LEAD_IN.search(before)
    return Strength.LEAD_IN if leads_in else Strength.BLOCK


def _code_lines(text: str, start: int, end: int) -> Iterator[tuple[int, Strength]]:
    """Code is cut at blank lines, else between lines."""
    offset = text.find("\n", start, end) + 1
    while 0 < offset < end:
        blank = not text[text.rfind("\n", 0, offset - 1) + 1 : offset].strip()
        yield offset, Strength.ROW if blank else Strength.LINE
        offset = text.find("\n", offset, end) + 1


def _heading(opening: Token, inline: Token, start: int, end: int) -> Heading:
    parts = _inline_parser().parseInline(inline.content)[0].children or []
    title = "".join(part.content or " " for part in parts if not part.nesting)
    level = int(opening.tag.removeprefix("h"))
    return Heading(level, " ".join(title.split()), start, end)


def _plain_headings(text: str) -> Iterator[Heading]:
    lines = ["", *text.split("\n"), ""]
    offset = 0
    for before, line, after in zip(lines, lines[1:], lines[2:], strict=False):
        level = _plain_level(before.strip(), line, after.strip())
        if level:
            # A guess, so its line stays in the text below it.
            yield Heading(level, line.strip(), offset, offset)
        offset += len(line) + 1


def _plain_level(before: str, line: str, after: str) -> int:
    """The level of a line of plain text as a heading; 0 where it is none."""
    title = line.rstrip()
    letters = sum(map(str.isalpha, title))
    if letters < 4 or len(title) > _HEADING_CHARACTERS or title[0].isspace():
        return 0
    if len(after) >= 3 and set(after) in ({"="}, {"-"}):
        return 1 if after[0] == "=" else 2
    if title == title.upper() and not before and not after and "|" not in title:
        return 2
    numbered = _NUMBERED.match(title)
    ends_before = not before or before[-1] in ".!?:|"
    if numbered and ends_before and not re.match(r"\d+(?:\.\d+)*\.?\s", after):
        return 2 + numbered[1].count(".")
    return 0


def _front_matter_end(text: str) -> int:
    """Where the text begins after YAML front matter, which CommonMark takes for a heading."""
    if not text.startswith("---\n"):
        return 0
    closing = text.find("\n---\n", 3)
    return 0 if closing < 0 else closing + len("\n---\n")


def _line_starts(text: str, begin: int) -> Sequence[int]:
    starts = [begin]
    while (newline := text.find("\n", starts[-1])) >= 0:
        starts.append(newline + 1)
    starts.append(len(text))
    return starts


@cache
def _block_parser() -> MarkdownIt:
    """Finds blocks only: the text inside them is not looked at, which is most of the work."""
    parser = MarkdownIt("commonmark").enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


@cache
def _inline_parser() -> MarkdownIt:
    return MarkdownIt("commonmark")
