"""Which values the text columns of the streams hold, as far as a bounded sample shows.

The semantic parser finds the column that a word such as "Berlin" belongs to by these.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.answer import QueryResult
from app.catalog.model import Catalog, Table
from app.errors import ConfigError, QueryError, SourceUnavailable
from app.sql import shapes
from app.sql.lexer import quote

PER_COLUMN = 50
"""Most values kept for one column."""

LONGEST = 80
"""Longer texts are prose and no category."""

_FIRST = "first_time"
_TEXT = ("STRING", "VARCHAR", "CHAR")
_NULL = "CAST(NULL AS STRING) AS {}"
_FREE_TEXT = re.compile(
    r"(^|_)(id|uuid|guid|key|hash|url|uri|email|mail|phone_number|ip|token|text|message|body"
    r"|description|comment|note|notes|title|address|payload|user_agent)$|[a-z](Id|ID|Uuid|Key)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Values:
    """Sampled values: table to column to distinct values, in alphabetical order.

    A field of a ROW is called `column.field`; an ARRAY has the values of its elements.

    Attributes:
        by_table: The values.
        as_of: For each table, how far its event time had come when it was sampled, as far as known.
        since: For each table, the earliest event time that it held, likewise.
    """

    by_table: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    as_of: Mapping[str, datetime] = field(default_factory=dict)
    since: Mapping[str, datetime] = field(default_factory=dict)

    def of(self, table: str, column: str) -> tuple[str, ...]:
        """The values seen in a column; empty where none were sampled."""
        return self.by_table.get(table, {}).get(column, ())


@dataclass(frozen=True, slots=True)
class Place:
    """Where a table holds texts: a column, a field of a ROW, or the elements of an ARRAY.

    Attributes:
        path: The column's name and, within a ROW, the field's.
        is_array: Whether it holds several texts at once.
    """

    path: tuple[str, ...]
    is_array: bool = False

    @property
    def name(self) -> str:
        """What its values are kept under: `city`, `address.city`."""
        return ".".join(self.path)


def candidates(table: Table) -> tuple[Place, ...]:
    """The places whose values are worth knowing: neither keys nor free text."""
    return tuple(p for p in _texts(table) if not _FREE_TEXT.search(p.path[-1]))


def _texts(table: Table) -> Iterator[Place]:
    for column in table.columns:
        shape = shapes.of(column.type)
        parts: list[tuple[tuple[str, ...], str]] = [((column.name,), column.type)]
        if shape.kind == "ROW":
            parts = [((column.name, field), kind) for field, kind in shape.parts]
        for path, kind in parts:
            element = shapes.of(kind)
            if element.kind == "ARRAY" and element.parts[0][1].startswith(_TEXT):
                yield Place(path, is_array=True)
            elif kind.startswith(_TEXT) and path[0] not in table.primary_key:
                yield Place(path)


def sampling_sql(table: Table) -> str | None:
    """One query for the most frequent values of every candidate place, or None without any.

    Places of few values come first by their counts, so one of many cannot crowd them out.
    """
    places = candidates(table)
    if not places:
        return None
    selects = [_of_arrays(table, places, p) for p in places if p.is_array]
    if not all(p.is_array for p in places):
        selects = [_of_columns(table, places), *selects]
    rest = f"ORDER BY seen DESC\nLIMIT {PER_COLUMN * len(places)}"
    if len(selects) == 1:
        return f"{selects[0]}\n{rest}"
    names = ", ".join(quote(p.name) for p in places)
    together = "\nUNION ALL\n".join(selects)
    return f"SELECT {names}, seen\nFROM (\n{together}\n)\n{rest}"


def _of_columns(table: Table, places: Sequence[Place]) -> str:
    """The values of all that is no array, each column's in rows of its own."""
    single = [p for p in places if not p.is_array]
    selected = ", ".join(
        _NULL.format(quote(p.name)) if p.is_array else quote(p.name) for p in places
    )
    sets = [f"({quote(p.name)})" for p in single]
    source, first = quote(table.name), ""
    if any(len(p.path) > 1 for p in single):
        flat = ", ".join(f"{_column(p, 't')} AS {quote(p.name)}" for p in single)
        source = f"(SELECT {flat} FROM {source} AS t)"
    elif table.time_attribute and len(single) == len(places):
        first = f", MIN({quote(table.time_attribute)}) AS {_FIRST}"
        sets.append("()")  # all rows together, whose earliest is the table's
    return (
        f"SELECT {selected}, COUNT(*) AS seen{first}\n"
        f"FROM {source}\nGROUP BY GROUPING SETS ({', '.join(sets)})"
    )


def _of_arrays(table: Table, places: Sequence[Place], array: Place) -> str:
    """The elements of an array; joined in the other query it would multiply the other rows."""
    selected = ", ".join(
        f"u.item AS {quote(p.name)}" if p == array else _NULL.format(quote(p.name)) for p in places
    )
    return (
        f"SELECT {selected}, COUNT(*) AS seen\n"
        f"FROM {quote(table.name)} AS t CROSS JOIN UNNEST({_column(array, 't')}) AS u (item)\n"
        "GROUP BY u.item"
    )


def _column(place: Place, alias: str) -> str:
    return ".".join((alias, *map(quote, place.path)))


def collect(catalog: Catalog, run: Callable[[str], QueryResult]) -> Values:
    """Samples every table; a table whose query fails is absent.

    Args:
        catalog: The tables.
        run: Guards and runs a query.

    Raises:
        EngineUnavailable: There is no Flink to sample with.
    """
    sampled: dict[str, Mapping[str, tuple[str, ...]]] = {}
    as_of: dict[str, datetime] = {}
    since: dict[str, datetime] = {}
    for table in catalog:
        sql = sampling_sql(table)
        if sql is None:
            continue
        try:
            result = run(sql)
        except (QueryError, ConfigError, SourceUnavailable):
            continue
        sampled[table.name] = _values(table, result)
        as_of |= result.as_of
        moments = [row[_FIRST] for row in result.rows() if _FIRST in row]
        known = [m for m in moments if isinstance(m, datetime) and m.tzinfo]
        since |= {table.name: min(known)} if known else {}
    return Values(sampled, as_of, since)


def _values(table: Table, result: QueryResult) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {p.name: [] for p in candidates(table)}
    for row in result.rows():
        for name, values in found.items():
            value = row.get(name)
            if isinstance(value, str) and 0 < len(value.strip()) <= LONGEST:
                values.append(value)
    return {n: tuple(sorted(set(v[:PER_COLUMN]))) for n, v in found.items() if v}
