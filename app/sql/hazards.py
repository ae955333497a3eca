"""Texts that would hurt Flink's planner itself, seen before it sees them.

Flink evaluates constants while it plans, so `REPEAT('x', 1000000000)` fills the heap of the
planner, not of a job; each use of a WITH query is planned anew and inner columns are written out
where outer queries use them, so a short chain of queries doubles without end (twenty levels of
`a + a` kept it busy for over a minute); the class name in a RAW or STRUCTURED type is looked up
by Java's class loader. The estimates here are upper bounds by token, and wide of what an honest
question needs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from math import prod

from app.sql import nesting
from app.sql.lexer import Kind, Token
from app.sql.nesting import Tokens

MAX_CONSTANT = 5_000_000  # characters of a computed constant
MAX_LENGTH = 1_000  # characters that REPEAT, LPAD and RPAD may be asked for
MAX_PLANNED = 200  # queries once every use of a WITH query is written out
MAX_COPIES = 5_000  # of one column once inner queries are written out
MAX_REPETITIONS = 100  # in the quantifier of a row pattern, such as A{2,5}

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
# Reserved words that a query may use any number of times; no column is called so without quotes.
_KEYWORDS = frozenset(
    """ALL AND AS ASC BETWEEN BY CASE CAST DATE DAY DECIMAL DESC DESCRIPTOR DISTINCT DOUBLE ELSE END
    EXISTS FALSE FROM GROUP HAVING HOUR IN INT INTERVAL IS JOIN LEFT LIKE LIMIT MINUTE MONTH NOT
    NULL ON OR ORDER OVER PARTITION SECOND SELECT STRING TABLE THEN TIMESTAMP TO TRUE UNION VARCHAR
    WHEN WHERE WITH YEAR""".split()  # noqa: SIM905 - easier to read and to add to than a list of quoted words
)
_END = Token(Kind.SYMBOL, "", 0, 0)
_REPEATED_GROUP = re.compile(r"\)\s*[*+{]")


def constant_size(tokens: Tokens) -> int:
    """At most how many characters a constant of the text can come to.

    REPEAT and the replacing functions multiply; joining a text with itself does so once for each
    level of nested queries.
    """
    literals = sum(len(token.text) for token in tokens if token.kind is Kind.STRING)
    return (
        max(literals, 1) * prod(_growth(tokens)) * nesting.along_path(nesting.nest(tokens), _joins)
    )


def copies(tokens: Tokens) -> int:
    """At most how often one column occurs in an expression once inner queries are written out."""
    return nesting.along_path(nesting.nest(tokens), _reuse)


def planned_queries(tokens: Tokens) -> int:
    """How many queries are planned once every use of a WITH query is written out."""
    return nesting.planned(nesting.nest(tokens))


def long_quantifier(tokens: Tokens) -> bool:
    """Whether a row pattern asks for more repetitions than the planner unrolls in good time."""
    inside = False
    for token in tokens:
        inside = token.text == "{" or (inside and token.text != "}")
        if inside and token.kind is Kind.NUMBER:
            whole = token.text.isdecimal() and len(token.text) < 10
            if not whole or int(token.text) > MAX_REPETITIONS:
                return True
    return False


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
        if (token.upper, following.text) in {
            ("RAW", "("),
            ("STRUCTURED", "<"),
            ("STRUCTURED", "<>"),
        }:
            return token.upper
    return None


def _growth(tokens: Tokens) -> Iterator[int]:
    for name, arguments in _calls(tokens, {"REPEAT", *_REPLACING}):
        if name == "REPEAT":
            yield max(_whole_number(arguments, 1) or 1, 1)
        else:
            replacement = arguments[2] if len(arguments) > 2 else ()
            yield 1 + sum(len(t.text) for t in replacement if t.kind is Kind.STRING)


def _joins(tokens: Tokens) -> int:
    """How many copies of a text the concatenations of one query can join."""
    joining = any(_function(token) in _JOINING for token in tokens)
    return 1 + sum(token.text == "||" or (joining and token.text == ",") for token in tokens)


def _reuse(tokens: Tokens) -> int:
    """How often one query names the same thing, functions and qualifiers left aside."""
    names = Counter(
        token.name
        for token, following in pairwise((*tokens, _END))
        if _names_something(token) and following.text not in {"(", "."}
    )
    return max(names.values(), default=1)


def _names_something(token: Token) -> bool:
    return token.kind is Kind.QUOTED or (token.kind is Kind.WORD and token.upper not in _KEYWORDS)


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
