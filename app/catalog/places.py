"""The tables behind a view over Kafka, and the columns that say where in it their records lie.

No question sees either. `upserts` and `several_topics` make such views, and end them here where
Flink's options cannot.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.sql import lexer

_ROWS, _KEYS = " (rows)", " (keys)"

Ends = Mapping[tuple[str, int], int]
"""The offset after the last record to be read, by topic and partition."""

COLUMNS = (
    "`$topic` STRING METADATA FROM 'topic' VIRTUAL, "
    "`$partition` INT METADATA FROM 'partition' VIRTUAL, "
    "`$offset` BIGINT METADATA FROM 'offset' VIRTUAL"
)


def part_names(name: str) -> tuple[str, str]:
    """What the two tables behind a view are called."""
    return f"{name}{_ROWS}", f"{name}{_KEYS}"


def catalogued(name: str) -> str:
    """The table that a name belongs to, which may be that of one behind a view.

    >>> catalogued("users (keys)"), catalogued("users")
    ('users', 'users')
    """
    return name.removesuffix(_ROWS).removesuffix(_KEYS)


def with_columns(schema_sql: str, columns: str) -> str:
    """A definition with further columns before its own.

    >>> with_columns("CREATE TABLE t (a INT)", "b INT")
    'CREATE TABLE t (b INT, a INT)'
    """
    opening = next(token for token in lexer.scan(schema_sql) if token.text == "(")
    return f"{schema_sql[: opening.end]}{columns}, {schema_sql[opening.end :]}"


def before(ends: Ends, records: str) -> str:
    """The join that keeps only records before these ends; empty where there are none.

    Args:
        ends: Records of other partitions are not kept.
        records: The alias of a table that has the columns of a place.
    """
    if not ends:
        return ""
    rows = ", ".join(f"({lexer.literal(t)}, {n}, {end})" for (t, n), end in ends.items())
    return (
        f"JOIN (VALUES {rows}) AS e (`$topic`, `$partition`, `$end`) ON"
        f" {records}.`$topic` = e.`$topic` AND {records}.`$partition` = e.`$partition`"
        f" AND {records}.`$offset` < e.`$end`"
    )
