"""Only what this module lets pass ever reaches an engine's `run`.

The quick checks read the text; the last word is Flink's own parser, because a checker whose lexer
differs from Flink's can be led past (a comment or a quote that only one of them sees). What the
planner must not even see is refused before: hints that could point a table elsewhere, and texts
that would exhaust it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from app.catalog.model import Catalog
from app.errors import InvalidQuery, UnsafeQuery
from app.sql.checks import ONE_QUERY, Refusal, first_refusal, not_a_query


@dataclass(frozen=True, slots=True)
class ParsedStatement:
    """What Flink's parser made of a text.

    Attributes:
        kinds: The simple class name of each operation, such as `PlannerQueryOperation`.
        tables: Names of the catalogued tables that the statement reads, sorted.
        is_query: Whether there is exactly one operation and it is a query.
    """

    kinds: tuple[str, ...]
    tables: tuple[str, ...]
    is_query: bool


FlinkParser = Callable[[str], ParsedStatement]


@dataclass(frozen=True, slots=True)
class SafeQuery:
    """A query that passed the guard; only `check` makes one.

    Attributes:
        text: The original text; it is what runs.
        tables: The stream tables it reads, sorted.
        row_limit: At most this many rows are returned.
    """

    text: str
    tables: tuple[str, ...]
    row_limit: int


def check(text: str, catalog: Catalog, parser: FlinkParser, *, row_limit: int) -> SafeQuery:
    """Lets a text pass as a query, or says why not.

    Args:
        text: What somebody, or a model, wrote.
        catalog: The tables that may be read.
        parser: Flink's own parser, such as `Engine.parse`.
        row_limit: At most this many rows are to be returned.

    Raises:
        UnsafeQuery: It is not exactly one read-only query over catalogued tables.
        InvalidQuery: Flink cannot parse or validate it.
    """
    refusal = first_refusal(text)
    if refusal is not None:
        _refuse(refusal, text)
    try:
        parsed = parser(text)
    except InvalidQuery as error:
        _explain_refusal(error, text, catalog)
    if not parsed.is_query:
        _refuse(_not_a_query(parsed), text)
    for name in parsed.tables:
        if catalog.get(name) is None:
            _refuse(_unknown_table(name, catalog), text)
    return SafeQuery(text, tuple(sorted(parsed.tables)), row_limit)


def _refuse(refusal: Refusal, text: str) -> NoReturn:
    raise UnsafeQuery(refusal.message, reason=refusal.reason, hint=refusal.hint, sql=text)


_NOT_FOUND = re.compile(r"(?:Object|Table) '([^']+)' not found")


def _explain_refusal(error: InvalidQuery, text: str, catalog: Catalog) -> NoReturn:
    """Says what the parser's refusal means, where that can be told for certain."""
    missing = _NOT_FOUND.search(error.message)
    if missing:
        refusal = _unknown_table(missing[1], catalog)
        raise UnsafeQuery(
            refusal.message, reason=refusal.reason, hint=refusal.hint, sql=text
        ) from error
    raise error


def _unknown_table(name: str, catalog: Catalog) -> Refusal:
    nearest = catalog.nearest(name)
    tables = f"The tables are: {', '.join(catalog.names) or 'none'}."
    hint = f"Did you mean {nearest}? {tables}" if nearest else tables
    return Refusal("unknown_table", f"There is no table {name}.", hint)


def _not_a_query(parsed: ParsedStatement) -> Refusal:
    if len(parsed.kinds) != 1:
        message = f"The text holds {len(parsed.kinds)} statements."
        return Refusal("not_one_statement", message, ONE_QUERY)
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", parsed.kinds[0].removesuffix("Operation"))
    return not_a_query(words.upper())
