"""The columns of a result as plain values."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from app.answer import QueryResult

_MOST_CELLS = 200_000
_UNIT = re.compile(
    r"(?:^|_)(?:(?P<ms>ms|milliseconds?|millis)|(?P<s>s|secs?|seconds?)|(?P<min>mins?|minutes?)"
    r"|(?P<h>hours?|hrs?)|(?P<d>days?)|(?P<w>weeks?))$",
    re.IGNORECASE,
)


def columns_of(result: QueryResult) -> Iterator[tuple[str, list[Any]]]:
    """Name and values of each column, of as many rows as can be looked at."""
    rows = _MOST_CELLS // max(1, len(result.columns))
    table = result.table.slice(0, rows)
    for name, column in zip(table.column_names, table.columns, strict=True):
        yield name, column.to_pylist()


def numeric(values: Iterable[Any]) -> list[float]:
    """The finite numbers among the values."""
    return [n for n in map(number, values) if n is not None]


def number(value: Any) -> float | None:
    """A value as a finite number; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    try:
        found = float(value)
    except (OverflowError, ValueError):
        return None
    return found if math.isfinite(found) else None


def unit_of(name: str) -> str:
    """The unit of time that a column's name ends in: `min` of `delay_minutes`; else empty.

    >>> unit_of("load_ms"), unit_of("HOUR"), unit_of("orders")
    ('ms', 'h', '')
    """
    match = _UNIT.search(name)
    return match.lastgroup or "" if match else ""
