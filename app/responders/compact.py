"""The rows of a query as a chat model reads them: a few in a table, the rest in figures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from app.answer import QueryResult

MOST_ROWS = 30
"""Rows shown; of more, the figures over all of them are given."""

_UTC = ZoneInfo("UTC")
_LONGEST_CELL = 120
_MOST_CHARACTERS = 6_000
_MOST_SUMMARIES = 6


def headline(result: QueryResult, zone: ZoneInfo) -> str:
    """How many rows, of which columns, and how fresh."""
    count = len(result)
    columns = ", ".join(f"{f.name} {_type(f.type)}" for f in result.table.schema)
    rows = "no rows" if not count else f"{count:,} row{'' if count == 1 else 's'}"
    parts = [f"{rows} ({columns})"]
    if result.truncated:
        parts.append("there are more than this limit")
    reached = (f"{t} {w.astimezone(zone):%Y-%m-%d %H:%M:%S}" for t, w in result.as_of.items())
    if fresh := ", ".join(reached):
        parts.append(f"event time reached: {fresh}")
    return "; ".join(parts)


def table(result: QueryResult, zone: ZoneInfo) -> str:
    """The first rows with the columns' names above, cells apart by ` | `."""
    lines = [" | ".join(result.columns)]
    left = _MOST_CHARACTERS
    rows = result.table.slice(0, MOST_ROWS).to_pylist()
    for shown, row in enumerate(rows):
        line = " | ".join(_cell(value, zone) for value in row.values())
        left -= len(line)
        if left < 0 and shown:
            break
        lines.append(line)
    hidden = len(result) - (len(lines) - 1)
    return "\n".join([*lines, *([f"({hidden:,} more rows)"] if hidden > 0 else [])])


def summaries(result: QueryResult) -> Iterator[str]:
    """Least, greatest and sum of each number's column, where not all rows are shown."""
    if len(result) <= MOST_ROWS:
        return
    numbers = [f.name for f in result.table.schema if _is_number(f.type)]
    for name in numbers[:_MOST_SUMMARIES]:
        column = result.table[name]
        ends = pc.min_max(column)
        if ends["min"].as_py() is not None:
            total = pc.sum(column).as_py()
            least, most, whole = (
                _cell(x, _UTC) for x in (ends["min"].as_py(), ends["max"].as_py(), total)
            )
            yield f"{name} from {least} to {most}, sum {whole}"


def _is_number(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    )


_TYPES = (
    (pa.types.is_boolean, "BOOLEAN"), (pa.types.is_int64, "BIGINT"), (pa.types.is_integer, "INT"),
    (pa.types.is_floating, "DOUBLE"), (pa.types.is_decimal, "DECIMAL"), (pa.types.is_date, "DATE"),
    (pa.types.is_timestamp, "TIMESTAMP"), (pa.types.is_string, "STRING"),
)  # fmt: skip


def _type(kind: pa.DataType) -> str:
    """As Flink calls it, without its precision, which no answer needs."""
    return next((name for holds, name in _TYPES if holds(kind)), str(kind).upper())


def _cell(value: Any, zone: ZoneInfo) -> str:
    match value:
        case None:
            return "NULL"
        case datetime() if value.tzinfo is not None:
            text = value.astimezone(zone).isoformat(" ", "seconds")[:19]
        case datetime():
            text = value.isoformat(" ", "seconds")
        case date():
            text = str(value)
        case Decimal() | float():
            text = _number(value)
        case _:
            text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST_CELL else f"{text[: _LONGEST_CELL - 1]}…"


def _number(value: Decimal | float) -> str:
    """To six places at the most.

    >>> _number(Decimal("65.000000000000000")), _number(Decimal("0E-15")), _number(0.9009009009)
    ('65', '0', '0.900901')
    """
    text = f"{value:.6f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
