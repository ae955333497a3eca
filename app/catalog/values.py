"""Which values the text columns of the streams hold, as far as a bounded sample shows.

The semantic parser finds the column that a word such as "Berlin" belongs to by these.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.answer import QueryResult
from app.catalog.model import Catalog, Column, Table
from app.errors import ConfigError, QueryError
from app.sql.lexer import quote

PER_COLUMN = 50
"""Most values kept for one column."""

LONGEST = 80
"""Longer texts are prose and no category."""

_TEXT = ("STRING", "VARCHAR", "CHAR")
_FREE_TEXT = re.compile(
    r"(^|_)(id|uuid|guid|key|hash|url|uri|email|mail|phone_number|ip|token|text|message|body"
    r"|description|comment|note|notes|title|address|payload|user_agent)$|[a-z](Id|ID|Uuid|Key)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Values:
    """Sampled values: table to column to distinct values, in alphabetical order."""

    by_table: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)

    def of(self, table: str, column: str) -> tuple[str, ...]:
        """The values seen in a column; empty where none were sampled."""
        return self.by_table.get(table, {}).get(column, ())


def candidates(table: Table) -> tuple[Column, ...]:
    """The text columns whose values are worth knowing: neither keys nor free text."""
    return tuple(
        c
        for c in table.columns
        if c.type.startswith(_TEXT)
        and c.name not in table.primary_key
        and not _FREE_TEXT.search(c.name)
    )


def sampling_sql(table: Table) -> str | None:
    """One query for the most frequent values of every candidate column, or None without any.

    Columns of few values come first by their counts, so a column of many cannot crowd them out.
    """
    columns = candidates(table)
    if not columns:
        return None
    names = [quote(c.name) for c in columns]
    sets = ", ".join(f"({n})" for n in names)
    return (
        f"SELECT {', '.join(names)}, COUNT(*) AS seen\n"
        f"FROM {quote(table.name)}\n"
        f"GROUP BY GROUPING SETS ({sets})\n"
        f"ORDER BY seen DESC\n"
        f"LIMIT {PER_COLUMN * len(columns)}"
    )


def collect(catalog: Catalog, run: Callable[[str], QueryResult]) -> Values:
    """Samples every table; a table whose query fails is absent.

    Args:
        catalog: The tables.
        run: Guards and runs a query.

    Raises:
        EngineUnavailable: There is no Flink to sample with.
    """
    sampled: dict[str, Mapping[str, tuple[str, ...]]] = {}
    for table in catalog:
        sql = sampling_sql(table)
        if sql is None:
            continue
        try:
            sampled[table.name] = _values(table, run(sql))
        except (QueryError, ConfigError):
            continue
    return Values(sampled)


def _values(table: Table, result: QueryResult) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {c.name: [] for c in candidates(table)}
    for row in result.rows():
        for name, values in found.items():
            value = row.get(name)
            if isinstance(value, str) and 0 < len(value.strip()) <= LONGEST:
                values.append(value)
    return {n: tuple(sorted(set(v[:PER_COLUMN]))) for n, v in found.items() if v}
