"""The results of the evidence as columns of plain values, read once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from app.answer import QueryResult, Source

_MOST_CELLS = 200_000
_UNIT = re.compile(
    r"(?:^|_)(?:(?P<ms>ms|milliseconds?|millis)|(?P<s>s|secs?|seconds?)|(?P<min>mins?|minutes?)"
    r"|(?P<h>hours?|hrs?)|(?P<d>days?)|(?P<w>weeks?))$",
    re.IGNORECASE,
)
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Column:
    """One column of a result.

    Attributes:
        name: What it is called.
        values: Its cells; of a column of numbers as floats.
        is_numeric: Whether it holds numbers.
    """

    name: str
    values: list[Any]
    is_numeric: bool

    @cached_property
    def numbers(self) -> Floats:
        """The finite numbers in it."""
        found = np.array([v for v in self.values if v is not None] if self.is_numeric else [])
        finite: Floats = found[np.isfinite(found)]
        return finite

    @cached_property
    def texts(self) -> list[str]:
        """The texts in it; of lists and rows within a row what they look like."""
        if self.is_numeric:
            return []
        return [
            v if isinstance(v, str) else str(v)
            for v in self.values
            if isinstance(v, str | list | dict)
        ]


@dataclass(frozen=True)
class Sheet:
    """One result.

    Attributes:
        result: The result.
    """

    result: QueryResult

    @cached_property
    def columns(self) -> list[Column]:
        """Its columns, of as many rows as can be looked at."""
        rows = _MOST_CELLS // max(1, len(self.result.columns))
        table = self.result.table.slice(0, rows)
        return [_column(n, c) for n, c in zip(table.column_names, table.columns, strict=True)]


def sheets_of(evidence: Sequence[Source]) -> list[Sheet]:
    """The results among the sources; nothing is read yet."""
    return [Sheet(source.result) for source in evidence if source.result is not None]


def _column(name: str, column: pa.ChunkedArray) -> Column:
    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return Column(name, column.cast(pa.float64(), safe=False).to_pylist(), is_numeric=True)
    return Column(name, column.to_pylist(), is_numeric=False)


def unit_of(name: str) -> str:
    """The unit of time that a column's name ends in: `min` of `delay_minutes`; else empty.

    >>> unit_of("load_ms"), unit_of("HOUR"), unit_of("orders")
    ('ms', 'h', '')
    """
    match = _UNIT.search(name)
    return match.lastgroup or "" if match else ""
