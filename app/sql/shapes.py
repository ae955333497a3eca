"""What a type's text says of its insides: the fields of a ROW, the element of an ARRAY."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from app.sql import lexer

_OPENING = {"<", "("}
_CLOSING = {">", ")"}
_SUFFIX = re.compile(r"(?:\s+NOT\s+NULL|\s*'(?:[^']|'')*')+\s*$", re.IGNORECASE)


class Shape(NamedTuple):
    """A type with parts.

    Attributes:
        kind: ROW, ARRAY, MAP or MULTISET; empty for a plain type.
        parts: Name (empty but in a ROW) and type of each part.
    """

    kind: str
    parts: tuple[tuple[str, str], ...]

    def part(self, name: str) -> str | None:
        """The type of a ROW's field; None if it has no such field."""
        return next((kind for field, kind in self.parts if field == name), None)


PLAIN = Shape("", ())


@lru_cache(maxsize=2048)
def of(text: str) -> Shape:
    """The parts of a type as the catalog writes it.

    >>> of("ROW<`a` INT NOT NULL, `b` ARRAY<STRING>>").parts
    (('a', 'INT'), ('b', 'ARRAY<STRING>'))
    """
    if "<" not in text:
        return PLAIN
    tokens = list(lexer.scan(text))
    if len(tokens) < 2 or tokens[1].text != "<":
        return PLAIN
    kind = tokens[0].upper
    return Shape(kind, tuple(_part(kind, text, part) for part in _split(tokens[2:])))


def _split(tokens: list[lexer.Token]) -> list[list[lexer.Token]]:
    depth, parts = 0, [[]]  # type: ignore[var-annotated]
    for token in tokens:
        if depth == 0 and token.text == ">":
            break
        depth += (token.text in _OPENING) - (token.text in _CLOSING)
        if depth == 0 and token.text == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return [part for part in parts if part]


def _part(kind: str, text: str, tokens: list[lexer.Token]) -> tuple[str, str]:
    named = kind == "ROW" and len(tokens) > 1
    first = tokens[1] if named else tokens[0]
    inner = text[first.start : tokens[-1].end]
    return (tokens[0].name if named else ""), _SUFFIX.sub("", inner)


def deep(text: str, name: str) -> str:
    """The type of the field of that name anywhere in a ROW; empty unless there is just one.

    >>> deep("ROW<`a` INT, `b` ROW<`c` INT>>", "c")
    'INT'
    """
    found = list(_deep(text, name))
    return found[0] if len(found) == 1 else ""


def _deep(text: str, name: str) -> Iterator[str]:
    shape = of(text)
    if shape.kind == "ROW":
        for field, kind in shape.parts:
            if field == name:
                yield kind
            yield from _deep(kind, name)


@lru_cache(maxsize=2048)
def holders(text: str) -> frozenset[str]:
    """The names of all fields at any depth of a ROW, which Flink lets one use on their own.

    >>> sorted(holders("ROW<`a` INT, `b` ROW<`c` INT>>"))
    ['a', 'b', 'c']
    """
    shape = of(text)
    if shape.kind != "ROW":
        return frozenset()
    deeper = (holders(kind) for _, kind in shape.parts)
    return frozenset(name for name, _ in shape.parts).union(*deeper)
