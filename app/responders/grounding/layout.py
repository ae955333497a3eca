"""Where in a Markdown text what stands: prose, list items, table rows, quotes, code.

Places are characters of the text, so that whatever is found in a block can be marked there.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

Kind = Literal["prose", "item", "row", "quote", "code"]

# Only blocks are wanted: which lines are what. Inline markup is looked for here.
_BLOCKS = MarkdownIt("commonmark").enable("table").disable("inline")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_QUOTED_FROM = re.compile(r">")
_SENTENCE = re.compile(r"(?<=[.!?:])[*_)”\"\]]*\s+(?=[*_(\[“\"]*[A-Z])|\n\s*(?=[-*+|#])")
CODE = re.compile(r"(?<![`\\])(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_UNSEEN = re.compile(
    r"(?<=\])\([^()\n]{0,500}(?:\([^()\n]{0,200}\)[^()\n]{0,200})?\)"  # where a link leads
    r"|\b(?:https?://|www\.)\S+"
    r"|</?[A-Za-z][^<>\n]{0,300}>"
    r"|&#?\w{1,10};"
)
_ORDINAL = re.compile(
    r"^[ \t]*(?:>[ \t]*)*(?:#{1,6}[ \t]+)?(?:[-*+][ \t]+)?\d{1,3}[.)](?=[ \t])", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, list item, table row, blockquote or piece of code.

    Attributes:
        kind: What it is.
        start: Its first character.
        end: One past its last character, without the line's end.
        group: Number of the paragraph, or of the list or table with the paragraph that leads into
            it: what is read together.
        context: What heads it: the lead of a list, the first row of a table.
        language: Of fenced code, as written.
    """

    kind: Kind
    start: int
    end: int
    group: int
    context: str = ""
    language: str = ""

    def sentence(self, text: str, place: int) -> tuple[int, int]:
        """Where the sentence at a place of the text begins and ends; of rows, all of the row."""
        if self.kind == "row":
            return self.start, self.end
        start, end = self.start, self.end
        for match in _SENTENCE.finditer(text, self.start, self.end):
            if match.start() >= place:
                return start, match.start()
            start = match.end()
        return start, end


@dataclass(frozen=True, slots=True)
class Span:
    """A code span.

    Attributes:
        start: Its first backtick.
        end: One past its last backtick.
        inside: First character of the code.
        code: The code.
    """

    start: int
    end: int
    inside: int
    code: str


@dataclass(frozen=True, slots=True)
class Text:
    """A Markdown text and what is where in it.

    Attributes:
        text: As written.
        blocks: In order.
        spans: The code spans of all blocks, in order.
    """

    text: str
    blocks: tuple[Block, ...]
    spans: tuple[Span, ...]

    @classmethod
    def of(cls, text: str) -> Text:
        """Reads a text."""
        lines = [match.span() for match in _LINE.finditer(text)]
        blocks = tuple(_Reader(text, lines).read(_BLOCKS.parse(text)))
        spans = tuple(
            Span(m.start(), m.end(), m.start(2), m[2])
            for block in blocks
            if block.kind != "code"
            for m in CODE.finditer(text, block.start, block.end)
        )
        return cls(text, blocks, spans)

    def said(self, block: Block) -> str:
        """A block's words, as long as it is, without code, addresses, tags and list numbers."""
        written = self.text[block.start : block.end]
        if block.kind == "code":
            return " " * len(written)
        return blanked(_ORDINAL, blanked(_UNSEEN, blanked(CODE, written)))

    def spans_of(self, block: Block) -> list[Span]:
        """The code spans in a block."""
        first = bisect_left(self.spans, block.start, key=lambda s: s.start)
        last = bisect_left(self.spans, block.end, key=lambda s: s.start)
        return list(self.spans[first:last])


def _language(token: Token) -> str:
    """The first word behind an opening fence, which may carry a mark."""
    return next((word for word in token.info.split() if word.isascii()), "")


def blanked(pattern: re.Pattern[str], text: str) -> str:
    """The text with spaces in the place of whatever matches."""
    return pattern.sub(lambda match: " " * len(match[0]), text)


class _Reader:
    """Walks the tokens of a text once."""

    def __init__(self, text: str, lines: Sequence[tuple[int, int]]) -> None:
        self._text = text
        self._lines = lines
        self._group = 0
        self._lead = ""
        self._header = ""
        self._parents: list[str] = []

    def read(self, tokens: Sequence[Token]) -> Iterator[Block]:
        for token in tokens:
            name = token.type.removesuffix("_open").removesuffix("_close")
            if token.level == 0 and token.nesting >= 0 and not self._is_led(name):
                self._group += 1
            if token.nesting < 0:
                self._parents.pop()
                continue
            yield from self._block(token, name)
            if token.nesting > 0:
                self._parents.append(name)

    def _is_led(self, name: str) -> bool:
        """Whether it is the list or table that the paragraph before it announces."""
        return bool(self._lead) and name in {"bullet_list", "ordered_list", "table"}

    def _block(self, token: Token, name: str) -> Iterator[Block]:
        if "blockquote" in self._parents or token.map is None:
            return
        start, end = self._place(token.map)
        if name == "blockquote":
            opened = _QUOTED_FROM.search(self._text, start, end)
            yield Block("quote", opened.start() if opened else start, end, self._group)
        elif name in {"fence", "code_block"}:
            yield Block("code", start, end, self._group, language=_language(token))
        elif name == "tr":
            said = self._text[start:end]
            self._header = said if "thead" in self._parents else self._header
            yield Block("row", start, end, self._group, f"{self._lead} {self._header}")
        elif name == "html_block":
            yield Block("prose", start, end, self._group)
        elif name == "inline" and "table" not in self._parents:
            yield self._words(start, end)

    def _words(self, start: int, end: int) -> Block:
        if "list_item" in self._parents:
            return Block("item", start, end, self._group, self._lead)
        said = self._text[start:end]
        self._lead = said if said.rstrip("*_ ").endswith(":") else ""
        return Block("prose", start, end, self._group)

    def _place(self, lines: Sequence[int]) -> tuple[int, int]:
        last = min(lines[1], len(self._lines)) - 1
        start, end = self._lines[min(lines[0], last)][0], self._lines[last][1]
        return start, start + len(self._text[start:end].rstrip())
