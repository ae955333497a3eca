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
Unit = Literal["second", "minute", "hour", "day", "week", "month", "quarter", "year"]
Constant = str | bool | Decimal


@dataclass(frozen=True, slots=True)
class Field:
    """A column of one of the tables that a form reads.

    Attributes:
        table: The name of its table.
        column: The column, or where `within` is given a field of that ROW column.
        within: The ROW column that holds it; empty for a column of its own.
    """

    table: str
    column: Column
    within: str = ""

    @property
    def name(self) -> str:
        """The column's own name."""
        return self.column.name


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
class Duration:
    """The time from one moment of a row to another, in `unit`s, as a fraction where it has one."""

    start: Field
    end: Field
    unit: Unit = "second"


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Two numbers of a row taken together: `amount - shipping_fee`."""

    left: Field
    operator: Literal["+", "-", "*", "/"]
    right: Field


Operand = Field | Duration | Arithmetic


@dataclass(frozen=True, slots=True)
class Equals:
    """A field has one of some values, or none of them where `negated`."""

    field: Field
    values: tuple[Constant, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Compares:
    """An operand compared with a number in its own unit, or with another field."""

    left: Operand
    operator: Operator
    right: Decimal | Field


@dataclass(frozen=True, slots=True)
class Null:
    """A field has no value, or has one where `negated`."""

    field: Field
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Contains:
    """A text has another in it, at its start or at its end, whatever the case of its letters."""

    field: Field
    text: str
    place: Literal["anywhere", "start", "end"] = "anywhere"
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """An array has one of some values among its elements."""

    field: Field
    values: tuple[Constant, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class During:
    """A time other than the form's own lies within a range."""

    field: Field
    time: TimeRange


@dataclass(frozen=True, slots=True)
class Join:
    """Another table, found from those before it by equal keys.

    Attributes:
        table: The table that is joined.
        on: Pairs of a field of a table before and the field of this one that it equals.
        many: Whether several rows of it may belong to one row before.
        outer: Whether rows stay to which none of it belongs.
    """

    table: Table
    on: tuple[tuple[Field, Field], ...]
    many: bool = False
    outer: bool = False


@dataclass(frozen=True, slots=True)
class Related:
    """There is a row in another table that belongs to this one, or none where `negated`.

    Attributes:
        join: Which rows belong to it.
        filters: What holds of them, over fields of the joined table.
    """

    join: Join
    filters: tuple[Filter, ...] = ()
    negated: bool = False


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of the filters holds."""

    filters: tuple[Filter, ...]


Filter = Equals | Compares | Null | Contains | Member | During | Related | AnyOf


@dataclass(frozen=True, slots=True)
class Metric:
    """One aggregate.

    Attributes:
        function: What is computed.
        of: Of what; None counts rows, each once where the table has a key to know it by.
        distinct: Whether a count is of distinct values.
        noun: What is counted or measured, in the question's words.
        fraction: Which percentile, from 0 to 1; the median is 0.5.
        where: Only rows for which all of these hold, on top of the form's filters.
        time: Only rows of that time, on top of the form's.
    """

    function: Function
    of: Operand | None = None
    distinct: bool = False
    noun: str = ""
    fraction: Decimal = Decimal("0.5")
    where: tuple[Filter, ...] = ()
    time: TimeRange | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """Which part of one metric another is: 100 or 1 times `part / whole`."""

    part: Metric
    whole: Metric
    scale: Literal[100, 1] = 100


@dataclass(frozen=True, slots=True)
class ShareOfAll:
    """Which part each group has of the sum over all groups, in percent or as a fraction."""

    metric: Metric
    scale: Literal[100, 1] = 100


@dataclass(frozen=True, slots=True)
class Change:
    """A metric of two periods or of two sets of rows side by side, and their difference.

    Attributes:
        later: What is compared; its `time` or `where` says of which rows.
        earlier: What it is compared with.
        wanted: What was asked for; all of it is computed, this says what the text leads with.
    """

    later: Metric
    earlier: Metric
    wanted: Literal["both", "difference", "percent"] = "both"


@dataclass(frozen=True, slots=True)
class Rate:
    """A metric for each unit of time: divided by how many of them the form's time range has."""

    metric: Metric
    unit: Unit
    units: Decimal


@dataclass(frozen=True, slots=True)
class Ratio:
    """One metric divided by another: `orders per customer`."""

    part: Metric
    whole: Metric


Measure = Metric | Share | ShareOfAll | Change | Rate | Ratio


@dataclass(frozen=True, slots=True)
class Having:
    """Groups are kept by the measure of that position."""

    operator: Operator
    number: Decimal
    measure: int = 0


@dataclass(frozen=True, slots=True)
class Order:
    """What rows come first: by the measure of a position, by the bucket or by a field."""

    by: int | Literal["bucket"] | Field
    descending: bool = True


@dataclass(frozen=True, slots=True)
class Newest:
    """Only the newest row of each thing is looked at: its current state.

    Attributes:
        per: What makes rows be about the same thing.
        filters: Which of the newest rows are kept; the form's own filters come before.
        oldest: Whether the first row is meant instead.
    """

    per: tuple[Field, ...]
    filters: tuple[Filter, ...] = ()
    oldest: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    """One aggregate over the groups: how many there are, or over their first measure.

    `How many customers ordered more than 10 times` counts groups; `average number of orders per
    customer` averages over them.
    """

    function: Function
    noun: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """One reading of a question as a query.

    Attributes:
        table: The root: whose rows are counted, measured or listed.
        joins: Further tables, in an order in which each finds its keys in those before.
        measures: What is computed; empty for a listing of rows.
        group: What the measures are computed for each value of.
        columns: What a listing shows.
        distinct: Whether equal rows of a listing are shown once.
        filters: All of them must hold.
        time_field: What `time`, `bucket` and `newest` go by, a field of the root.
        newest: Where only the newest row of each thing counts.
        cumulative: Whether measures add up from bucket to bucket.
        having: All of them must hold.
        order: By what rows or groups are ordered; empty leaves it to the renderer.
        limit: Most rows, or None; of each value of `limit_per` where that is given.
        summary: One aggregate over all groups instead of the groups.
        asks_whether: Whether the question is answered by yes or no: are there any such rows?
    """

    table: Table
    joins: tuple[Join, ...] = ()
    measures: tuple[Measure, ...] = ()
    group: tuple[Field, ...] = ()
    columns: tuple[Field, ...] = ()
    distinct: bool = False
    filters: tuple[Filter, ...] = ()
    time_field: Field | None = None
    time: TimeRange | None = None
    bucket: Bucket | None = None
    newest: Newest | None = None
    cumulative: bool = False
    having: tuple[Having, ...] = ()
    order: tuple[Order, ...] = ()
    limit: int | None = None
    limit_per: tuple[Field | Literal["bucket"], ...] = ()
    summary: Summary | None = None
    asks_whether: bool = False
