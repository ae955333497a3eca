"""The typed tree that a question is read into, over catalog objects.

The grammar builds a `Form`; `sql` renders it for Flink and `words` says it plainly. Nothing here
knows of questions or of SQL text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from app.catalog.model import Column, Table

Function = Literal["count", "sum", "avg", "min", "max", "percentile"]
Operator = Literal["=", "<>", ">", ">=", "<", "<="]
Unit = Literal["second", "minute", "hour", "day", "week", "month", "year"]
Constant = str | bool | Decimal


@dataclass(frozen=True, slots=True)
class Metric:
    """One aggregate.

    Attributes:
        function: What is computed.
        column: Of which column; None counts rows.
        distinct: Whether a count is of distinct values of the column.
        noun: What is counted or measured, in the question's words.
        fraction: Which percentile, from 0 to 1; the median is 0.5.
    """

    function: Function
    column: Column | None = None
    distinct: bool = False
    noun: str = ""
    fraction: Decimal = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Equals:
    """A column has one of some values, or none of them where `negated`."""

    column: Column
    values: tuple[Constant, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Compares:
    """A numeric column compared with a number, in the column's own unit."""

    column: Column
    operator: Operator
    number: Decimal


@dataclass(frozen=True, slots=True)
class Null:
    """A column has no value, or has one where `negated`."""

    column: Column
    negated: bool = False


Filter = Equals | Compares | Null


@dataclass(frozen=True, slots=True)
class TimeRange:
    """A half-open stretch of local time; an end that is None is open.

    Attributes:
        start: First moment, as local wall-clock time without a zone.
        end: The moment just past the last one.
        words: As it was asked, such as `in the last 30 minutes`.
    """

    start: datetime | None
    end: datetime | None
    words: str


@dataclass(frozen=True, slots=True)
class Bucket:
    """Rows are gathered by stretches of time: `count` units each."""

    unit: Unit
    count: int = 1


@dataclass(frozen=True, slots=True)
class Having:
    """Groups are kept by their first metric."""

    operator: Operator
    number: Decimal


@dataclass(frozen=True, slots=True)
class Form:
    """One reading of a question as a query over one table.

    Attributes:
        table: Where rows come from.
        metrics: What is computed; empty for a listing of rows.
        group: Columns that the metrics are computed for each value of.
        columns: Columns that a listing shows.
        filters: All of them must hold.
        time_column: What `time` and `bucket` are about.
        order: What rows or groups are ordered by: the first metric, the bucket, or a column.
        descending: Whether the greatest comes first.
        limit: Most rows, or None.
    """

    table: Table
    metrics: tuple[Metric, ...] = ()
    group: tuple[Column, ...] = ()
    columns: tuple[Column, ...] = ()
    filters: tuple[Filter, ...] = ()
    time_column: Column | None = None
    time: TimeRange | None = None
    bucket: Bucket | None = None
    having: Having | None = None
    order: Literal["metric", "bucket"] | Column | None = None
    descending: bool = True
    limit: int | None = None
