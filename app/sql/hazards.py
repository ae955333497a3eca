"""Texts that would hurt Flink's planner itself, seen before it sees them.

Flink evaluates constants while it plans, so `REPEAT('x', 1000000000)` fills the heap of the
planner, not of a job; each use of a WITH query is planned anew, so a short chain of them doubles
without end; the class name in a RAW or STRUCTURED type is looked up by Java's class loader. The
estimates here are upper bounds by token, and wide of what an honest question needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import prod

from app.sql.lexer import Kind, Token

Tokens = Sequence[Token]

MAX_CONSTANT = 5_000_000  # characters of a computed constant
MAX_LENGTH = 1_000  # characters that REPEAT, LPAD and RPAD may be asked for
MAX_PLANNED = 200  # queries once every use of a WITH query is written out

_GROWING = {"REPEAT", "LPAD", "RPAD"}
_REPLACING = {"REPLACE", "REGEXP_REPLACE", "OVERLAY"}
_JOINING = {"CONCAT", "CONCAT_WS"}
_MATCHING = {
    "REGEXP",
    "REGEXP_COUNT",
    "REGEXP_EXTRACT",
    "REGEXP_EXTRACT_ALL",
    "REGEXP_INSTR",
    "REGEXP_REPLACE",
    "REGEXP_SUBSTR",
}
_REPEATED_GROUP = re.compile(r"\)\s*[*+{]")


def constant_size(tokens: Tokens) -> int:
    """At most how many characters a constant of the text can come to.

    Only REPEAT and the replacing functions multiply; joining a text with itself does so once for
    each level of nested queries, counted here by SELECT.
    """
    literals = sum(len(token.text) for token in tokens if token.kind is Kind.STRING)
    return max(literals, 1) * prod(_growth(tokens)) * prod(_joins(tokens))


def unbounded_length(tokens: Tokens) -> str | None:
    """The first REPEAT, LPAD or RPAD whose length is no small whole number, by name."""
    for name, arguments in _calls(tokens, _GROWING):
        length = _whole_number(arguments, 1)
        if length is None or length > MAX_LENGTH:
            return name
    return None


def slow_pattern(tokens: Tokens) -> str | None:
    """The first regular expression that can take exponential time, by its function.

    Java backtracks through a repeated group in ever more ways; a pattern that is not one plain
    literal could be anything.
    """
    for token in tokens:
        if token.upper == "SIMILAR":
            return "SIMILAR TO"
    for name, arguments in _calls(tokens, _MATCHING):
        pattern = arguments[1] if len(arguments) > 1 else ()
        if len(pattern) != 1 or pattern[0].kind is not Kind.STRING:
            return name
        if _REPEATED_GROUP.search(pattern[0].value):
            return name
    return None


def foreign_type(tokens: Tokens) -> str | None:
    """The first type that names a Java class: `RAW(` or `STRUCTURED<`."""
    for token, following in pairwise(tokens):
        if (token.upper, following.text) in {("RAW", "("), ("STRUCTURED", "<"), ("STRUCTURED", "<>")}:
            return token.upper
    return None


def planned_queries(tokens: Tokens) -> int:
    """How many queries are planned once every use of a WITH query is written out."""
    weights: dict[str, int] = {}
    for name, body in _with_queries(tokens):
        weight = 1 + sum(weights.get(token.name, 0) for token in _sources(body))
        weights[name] = weights.get(name, 0) + weight
    return sum(weights.values()) + sum(weights.get(t.name, 0) for t in _sources(tokens))


def _growth(tokens: Tokens) -> Iterator[int]:
    for name, arguments in _calls(tokens, {"REPEAT", *_REPLACING}):
        if name == "REPEAT":
            yield max(_whole_number(arguments, 1) or 1, 1)
        else:
            replacement = arguments[2] if len(arguments) > 2 else ()
            yield 1 + sum(len(t.text) for t in replacement if t.kind is Kind.STRING)


def _joins(tokens: Tokens) -> Iterator[int]:
    """For each SELECT, how many copies of a text its concatenations can join."""
    copies, joining = 1, False
    for token in tokens:
        if token.upper == "SELECT":
            yield copies
            copies, joining = 1, False
        joining = joining or _function(token) in _JOINING
        copies += token.text == "||" or (joining and token.text == ",")
    yield copies


def _calls(tokens: Tokens, names: set[str]) -> Iterator[tuple[str, list[Tokens]]]:
    """Calls of functions: the name, and the tokens of each argument."""
    for index, token in enumerate(tokens[:-1]):
        if tokens[index + 1].text == "(" and _function(token) in names:
            yield _function(token), _arguments(tokens, index + 2)


def _function(token: Token) -> str:
    return token.name.upper() if token.kind in {Kind.WORD, Kind.QUOTED} else ""


def _arguments(tokens: Tokens, start: int) -> list[Tokens]:
    arguments: list[Tokens] = []
    depth, first = 0, start
    for index in range(start, len(tokens)):
        text = tokens[index].text
        if depth == 0 and text in {",", ")"}:
            arguments.append(tokens[first:index])
            first = index + 1
        if depth == 0 and text == ")":
            break
        depth += (text in {"(", "["}) - (text in {")", "]"})
    return arguments


def _whole_number(arguments: list[Tokens], index: int) -> int | None:
    argument = arguments[index] if index < len(arguments) else ()
    if len(argument) != 1 or not argument[0].text.isdecimal() or len(argument[0].text) > 9:
        return None
    return int(argument[0].text)


def _with_queries(tokens: Tokens) -> Iterator[tuple[str, Tokens]]:
    """Name and body of everything that reads like `name [(columns)] AS (query)`."""
    for index, token in enumerate(tokens[:-1]):
        if token.upper != "AS" or tokens[index + 1].text != "(" or index == 0:
            continue
        before = index - 1
        if tokens[before].text == ")":
            before = next((i for i in range(before, 0, -1) if tokens[i].text == "("), 0) - 1
        if before >= 0 and tokens[before].kind in {Kind.WORD, Kind.QUOTED}:
            yield tokens[before].name, _inside(tokens, index + 1)


def _inside(tokens: Tokens, opening: int) -> Tokens:
    depth = 0
    for index in range(opening, len(tokens)):
        depth += (tokens[index].text == "(") - (tokens[index].text == ")")
        if depth == 0:
            return tokens[opening + 1 : index]
    return tokens[opening + 1 :]


def _sources(tokens: Tokens) -> Iterator[Token]:
    """Tokens that stand where a query names what it reads (or more)."""
    places = {"FROM", "JOIN", "TABLE", ",", "("}
    for before, token in pairwise(tokens):
        if before.upper in places and token.kind in {Kind.WORD, Kind.QUOTED}:
            yield token
