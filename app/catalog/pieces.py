"""Takes a table file apart into columns, clauses and options, for `merging`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from app.sql import lexer
from app.sql.lexer import Kind, Token

KEY, WATERMARK = "the primary key", "the watermark"
"""The keys of clauses, which have no name of their own."""

_CLAUSES = {("PRIMARY", "KEY"): KEY, ("WATERMARK", "FOR"): WATERMARK}
_NESTING = {"ROW", "ARRAY", "MAP", "MULTISET"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A column, a clause or an option of a statement, and where it and its parts stand.

    The parts of a column are what stands between its name and COMMENT, and its comment; the one
    part of an option is its value.
    """

    text: str = field(repr=False)  # the whole text that it stands in
    key: str
    start: int
    end: int
    kind: tuple[int, int]
    comment: tuple[int, int] | None = None

    @property
    def source(self) -> str:
        """As it is written."""
        return self.text[self.start : self.end]

    @property
    def kind_source(self) -> str:
        """Its first part as it is written."""
        return self.text[slice(*self.kind)]

    @property
    def comment_source(self) -> str:
        """Its comment as it is written, in quotes; empty where it has none."""
        return self.text[slice(*self.comment)] if self.comment else ""


class NoTable(ValueError):
    """A text holds no CREATE TABLE that can be taken apart."""


def elements(text: str) -> list[Piece]:
    """The columns and clauses of the first table.

    Raises:
        NoTable: There is none.
    """
    lists = list(_outer(text))
    if not lists:
        raise NoTable
    return [_element(text, part) for part in _split(lists[0][1])]


def options(text: str) -> list[Piece]:
    """The options of the first table.

    Raises:
        NoTable: There is none, or it has none.
    """
    lists = list(_outer(text))
    if len(lists) < 2:
        raise NoTable
    return [
        Piece(text, part[0].value, part[0].start, part[-1].end, (part[-1].start, part[-1].end))
        for part in _split(lists[-1][1])
        if part[0].kind is Kind.STRING
    ]


def comment_of_table(text: str) -> tuple[int, int] | None:
    """Where the first table's own comment stands, in its quotes."""
    tokens = _statement(text)
    depth = 0
    for word, following in pairwise(tokens):
        depth += (word.text == "(") - (word.text == ")")
        if depth == 0 and word.upper == "COMMENT":
            return following.start, following.end
    return None


def _statement(text: str) -> tuple[Token, ...]:
    for tokens in lexer.statements(text):
        words = [token.upper for token in tokens[:2]]
        if words == ["CREATE", "TABLE"]:
            return tokens
    raise NoTable


def _outer(text: str) -> Iterator[tuple[int, tuple[Token, ...]]]:
    """The parenthesized lists of a statement's own level: columns first, options last."""
    tokens = _statement(text)
    depth, start = 0, 0
    for index, token in enumerate(tokens):
        if token.text == "(":
            depth += 1
            start = index + 1 if depth == 1 else start
        elif token.text == ")":
            depth -= 1
            if depth == 0:
                yield start, tokens[start:index]


def _split(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Cuts at commas, but not at those within parentheses or a nested type."""
    part: list[Token] = []
    depth = angles = 0
    for token in tokens:
        if token.text == "," and depth == angles == 0:
            if part:
                yield part
            part = []
            continue
        if token.text == "<" and part and part[-1].upper in _NESTING:
            angles += 1
        elif token.text == ">" and angles:
            angles -= 1
        depth += (token.text == "(") - (token.text == ")")
        part.append(token)
    if part:
        yield part


def _element(text: str, part: Sequence[Token]) -> Piece:
    start, end = part[0].start, part[-1].end
    words = (part[0].upper, part[1].upper if len(part) > 1 else "")
    clause = KEY if words[0] == "CONSTRAINT" else _CLAUSES.get(words)
    if clause:
        return Piece(text, clause, start, end, (start, end))
    said = len(part) > 2 and part[-2].upper == "COMMENT" and part[-1].kind is Kind.STRING
    last = part[-3] if said else part[-1]
    first = part[1].start if len(part) > 1 else end
    comment = (part[-1].start, end) if said else None
    return Piece(text, part[0].name, start, end, (first, max(first, last.end)), comment)
