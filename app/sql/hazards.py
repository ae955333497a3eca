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
from itertools import pairwise

from app.sql import constants, nesting, rewrites
from app.sql.lexer import Kind, Token
from app.sql.nesting import Tokens

MAX_CONSTANT = 5_000_000  # characters of a computed constant
MAX_LENGTH = 1_000  # characters that REPEAT, CHAR(n) and their like may be asked for
MAX_PLANNED = 200  # queries once every use of a WITH query is written out
MAX_COPIES = 5_000  # of one column once inner queries are written out
MAX_REWRITTEN = 100  # times that nested comparisons write out what they compare
MAX_DISTINCTS = 20  # aggregates of DISTINCT values in one query; each is planned with all others
MAX_WIDTH = 60  # tables in one FROM, or stars in one SELECT
MAX_GROUPINGS = 64  # sets that CUBE, ROLLUP and GROUPING SETS come to
MAX_REPETITIONS = 100  # in the quantifier of a row pattern, such as A{2,5}

_GROWING = {"REPEAT", "LPAD", "RPAD"}
# Reserved words that a query may use any number of times; no column is called so without quotes.
_KEYWORDS = frozenset(
    """ALL AND AS ASC BETWEEN BY CASE CAST DATE DAY DECIMAL DESC DESCRIPTOR DISTINCT DOUBLE ELSE END
    EXISTS FALSE FROM GROUP HAVING HOUR IN INT INTERVAL IS JOIN LEFT LIKE LIMIT MINUTE MONTH NOT
    NULL ON OR ORDER OVER PARTITION SECOND SELECT STRING TABLE THEN TIMESTAMP TO TRUE UNION VARCHAR
    WHEN WHERE WITH YEAR""".split()  # noqa: SIM905 - easier to read and to add to than a list of quoted words
)
_AFTER_FROM = {"WHERE", "GROUP", "HAVING", "WINDOW", "QUALIFY", "ORDER", "LIMIT", "OFFSET", "FETCH"}
_END = Token(Kind.SYMBOL, "", 0, 0)
_WIDE = re.compile(r"\d{4}|\*")


def copies(tokens: Tokens) -> int:
    """At most how often one column occurs in an expression once inner queries are written out."""
    return nesting.along_path(nesting.nest(tokens), _reuse)


def planned_queries(tokens: Tokens) -> int:
    """How many queries are planned once every use of a WITH query is written out."""
    return nesting.planned(nesting.nest(tokens))


def widest(tokens: Tokens) -> int:
    """The most tables, or stars, that one query of a text names."""
    return max(
        max(_sources(part), _stars(part))
        for block in nesting.blocks(tokens)
        for part in nesting.selects(block)
    )


def rewritten(tokens: Tokens) -> int:
    """How often nested comparisons write out what they compare."""
    return rewrites.nested(tokens)


def distincts(tokens: Tokens) -> int:
    """The most aggregates of DISTINCT values that one query has."""
    return max(
        sum(one.text == "(" and other.upper == "DISTINCT" for one, other in pairwise(part))
        for block in nesting.blocks(tokens)
        for part in nesting.selects(block)
    )


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
    """The first function or type whose length is no small whole number, by name."""
    for name, arguments in nesting.calls(
        tokens, {"PRINTF", *_GROWING, *constants.PADDED_TYPES}.__contains__
    ):
        if name == "PRINTF":
            if not _narrow(arguments[0] if arguments else ()):
                return name
            continue
        length = _whole_number(arguments, 1 if name in _GROWING else 0)
        if length is None or length > MAX_LENGTH:
            return name
    return None


def groupings(tokens: Tokens) -> int:
    """How many sets of columns a text groups by, those of each query multiplied."""
    return sum(
        _groupings(part) for block in nesting.blocks(tokens) for part in nesting.selects(block)
    )


def _groupings(tokens: Tokens) -> int:
    sets = 1
    for name, arguments in nesting.calls(tokens, {"CUBE", "ROLLUP", "SETS"}.__contains__):
        number = len(arguments)
        sets *= {"CUBE": 2 ** min(number, 32), "ROLLUP": number + 1}.get(name, max(number, 1))
    return sets if sets > 1 else 0


def _narrow(form: Tokens) -> bool:
    """Whether a format of PRINTF is a plain literal without wide fields."""
    if len(form) != 1 or form[0].kind is not Kind.STRING or not form[0].text.startswith("'"):
        return False
    return not _WIDE.search(form[0].value)


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


def _reuse(tokens: Tokens) -> int:
    """How often one query names the same thing, functions and qualifiers left aside.

    A `*` names all columns of all that is read.
    """
    names: Counter[str] = Counter()
    follows = pairwise((*tokens, _END))
    projected = _projected(tokens)
    for (token, following), weight in zip(follows, rewrites.weights(tokens), strict=True):
        if _names_something(token) and following.text not in {"(", "."}:
            names[token.name] += weight if token.start < projected else 1
    return max([1, _stars(tokens) * _sources(tokens), *names.values()])


def _projected(tokens: Tokens) -> int:
    """Where the columns that a query gives end: what is behind is no part of outer expressions."""
    depth = 0
    for token in tokens:
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0 and token.upper == "FROM":
            return token.start
    return tokens[-1].end if tokens else 0


def _stars(tokens: Tokens) -> int:
    return sum(
        token.text == "*" and before.upper in {"SELECT", "DISTINCT", "ALL", ",", "."}
        for before, token in pairwise(tokens)
    )


def _sources(tokens: Tokens) -> int:
    """How many things one query reads from."""
    number = depth = 0
    reading = False
    for token in tokens:
        word = token.upper
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0 and (word == "FROM" or word in _AFTER_FROM):
            reading = word == "FROM"
        between = word == "FROM" or token.text == ","
        number += word == "JOIN" or (between and reading and depth == 0)
    return max(number, 1)


def _names_something(token: Token) -> bool:
    return token.kind is Kind.QUOTED or (token.kind is Kind.WORD and token.upper not in _KEYWORDS)


def _whole_number(arguments: list[Tokens], index: int) -> int | None:
    argument = arguments[index] if index < len(arguments) else ()
    if len(argument) != 1 or not argument[0].text.isdecimal() or len(argument[0].text) > 9:
        return None
    return int(argument[0].text)
