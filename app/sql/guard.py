"""Only what this module lets pass ever reaches an engine's `run`.

Three gates, each of which may only refuse. The quick checks read the text, so that nothing that
would exhaust a parser or the planner, or point a table elsewhere, gets as far as them. The dialect
reads it then, so that it is known which tables, columns and functions it needs, and held against
the scope. The last word is Flink's own parser, because a checker whose lexer or names differ from
Flink's can be led past: where the two see different things, the text is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlglot import exp

from app.catalog.model import Catalog
from app.errors import InvalidQuery, Place, QueryError, UnsafeQuery
from app.sql import checks, names, tree_checks
from app.sql.query import Query, read
from app.sql.refusal import ONE_QUERY, Refusal, not_a_query
from app.sql.scope import EVERYTHING, Scope
from app.sql.tree_checks import Reading, unknown_column, unknown_table


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

_UNREAD = Query("", (), None, "", -1, None, "")


@dataclass(frozen=True, slots=True)
class SafeQuery:
    """A query that passed the guard; only `check` makes one.

    Attributes:
        text: The original text; it is what runs.
        tables: The stream tables it reads, sorted.
        row_limit: At most this many rows are returned.
        query: The text as the dialect reads it; for analysis only, never to be run.
    """

    text: str
    tables: tuple[str, ...]
    row_limit: int
    query: Query = field(default=_UNREAD, repr=False, compare=False)


def check(
    text: str,
    catalog: Catalog,
    parser: FlinkParser,
    *,
    row_limit: int,
    scope: Scope = EVERYTHING,
) -> SafeQuery:
    """Lets a text pass as a query, or says why not.

    Args:
        text: What somebody, or a model, wrote.
        catalog: The tables that Flink knows.
        parser: Flink's own parser, such as `Engine.parse`.
        row_limit: At most this many rows are to be returned.
        scope: What of the catalog may be read; the rest is as if it did not exist.

    Raises:
        UnsafeQuery: It is not exactly one read-only query over tables and columns in scope.
        InvalidQuery: It is no valid Flink SQL.
    """
    if refusal := checks.first_refusal(text):
        raise _error(refusal, text)
    reading = _reading(text, catalog, scope)
    if reading.query.tree is None:
        raise _not_understood(reading, parser)
    if refusal := tree_checks.first_refusal(reading):
        raise _error(refusal, text)
    try:
        parsed = parser(text)
    except InvalidQuery as error:
        raise _explained(error, reading, catalog) from error
    if refusal := _last_word(parsed, reading):
        raise _error(refusal, text)
    return SafeQuery(text, tuple(sorted(parsed.tables)), row_limit, reading.query)


def _reading(text: str, catalog: Catalog, scope: Scope) -> Reading:
    query, visible = read(text, catalog), scope.visible(catalog)
    shown = query.names
    if scope.hides and isinstance(query.tree, exp.Expression) and query.names:
        shown = names.resolve(query.tree, visible)
    return Reading(query, shown, visible, scope)


def _error(refusal: Refusal, text: str) -> QueryError:
    place = Place.of(text, refusal.start, refusal.end) if refusal.start >= 0 else None
    kind = InvalidQuery if refusal.invalid else UnsafeQuery
    return kind(refusal.message, reason=refusal.reason, hint=refusal.hint, sql=text, place=place)


def _last_word(parsed: ParsedStatement, reading: Reading) -> Refusal | None:
    """Why what Flink sees is not what was checked."""
    seen = reading.query.names.tables if reading.query.names else frozenset()
    if not parsed.is_query:
        what = f"{len(parsed.kinds)} statements" if len(parsed.kinds) != 1 else _words(parsed)
        return _disagreement(f"Flink reads it as {what}, not as one query")
    for name in parsed.tables:
        if name not in reading.visible.names:
            return unknown_table(name, reading.visible)
    if not seen.issuperset(parsed.tables):
        return _disagreement("Flink reads other tables than it seems to name")
    # A table in a WITH query that nothing uses is seen and not read, and that is harmless; but
    # columns count as checked only where Flink resolves each name as the dialect does.
    if reading.restricted and seen != set(parsed.tables):
        return _disagreement("Flink reads fewer tables than it seems to name")
    return None


def _disagreement(what: str) -> Refusal:
    return Refusal("disagreement", f"The text is ambiguous: {what}.", "Write it more simply.")


def _not_understood(reading: Reading, parser: FlinkParser) -> QueryError:
    """What to say of a text that the dialect cannot read: what Flink says, if it refuses it too."""
    query = reading.query
    start = query.error_start
    refusal = Refusal(
        "not_understood",
        f"The query cannot be read. {query.error}".rstrip(),
        "Write it in plain Flink SQL: SELECT ... FROM ... WHERE ... GROUP BY ...",
        start,
        min(start + 1, len(query.text)),
    )
    # Flink knows tables that the scope may hide, and its refusals would tell of them.
    if reading.scope.hides:
        return _error(refusal, query.text)
    try:
        parsed = parser(query.text)
    except InvalidQuery as error:
        return _explained(error, reading, reading.visible)
    if not parsed.is_query and len(parsed.kinds) == 1:
        refusal = not_a_query(_words(parsed))
    elif not parsed.is_query:
        message = f"The text holds {len(parsed.kinds)} statements."
        refusal = Refusal("not_one_statement", message, ONE_QUERY)
    return _error(refusal, query.text)


def _words(parsed: ParsedStatement) -> str:
    """The kind of the first operation, such as `DROP TABLE`."""
    name = parsed.kinds[0].removesuffix("Operation")
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).upper()


_NOT_FOUND = re.compile(r"(?:Object|Table) '([^']+)' not found")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
_PLACE = re.compile(r"Line (\d+), column (\d+)")


def _explained(error: InvalidQuery, reading: Reading, catalog: Catalog) -> QueryError:
    """Flink's refusal, with what can be told of it for certain."""
    text, visible = reading.query.text, reading.visible
    place = _place(error.message, text)
    if missing := _NOT_FOUND.search(error.message):
        start, end = (place.start, place.end) if place else (-1, -1)
        return _error(unknown_table(missing[1], visible, start, end), text)
    column = unknown_column(reading.shown, visible)
    if column and ("Column '" in error.message or "ambiguous" in error.message):
        return _error(column, text)
    hint = "" if _gives_away(error.hint, catalog, visible) else error.hint
    return InvalidQuery(error.message, reason=error.reason, hint=hint, sql=text, place=place)


def _place(message: str, text: str) -> Place | None:
    """The place that one of Flink's messages names."""
    found = _PLACE.search(message)
    lines = _LINE.findall(text) if found else []
    if not found or int(found[1]) > len(lines):
        return None
    line, column = int(found[1]), int(found[2])
    start = min(sum(map(len, lines[: line - 1])) + column - 1, len(text))
    return Place(start, min(start + 1, len(text)), line, column)


def _gives_away(hint: str, catalog: Catalog, visible: Catalog) -> bool:
    """Whether a hint, written for who may see all of the catalog, names what is hidden."""
    hidden = _names(catalog) - _names(visible)
    return not hidden.isdisjoint(re.findall(r"[\w$]+", hint))


def _names(catalog: Catalog) -> set[str]:
    return {*catalog.names, *(column.name for table in catalog for column in table.columns)}
