"""A query's rows in plain words: what was counted or measured, for which rows, over which time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from app.answer import QueryResult
from app.markdown import escape
from app.semantic_parser.form import Compares, Equals, Filter, Form, Metric, TimeRange
from app.semantic_parser.sql import alias, bucket_name
from app.semantic_parser.types import is_money, spoken_unit
from app.semantic_parser.words import (
    say_bucket,
    say_column,
    say_constant,
    say_filter,
    say_metric,
)

MOST_BULLETS = 5
_ENDS = ("highest", "lowest")


def describe(form: Form, result: QueryResult, marker: str, time_zone: str) -> str:
    """Markdown that states the result as it was understood.

    Args:
        form: How the question was read.
        result: The rows.
        marker: What points to the result, such as `[1]`.
        time_zone: Zone that moments are shown in.
    """
    rows = result.rows()
    writer = _Writer(form, ZoneInfo(time_zone))
    if not form.metrics:
        text = writer.listing(rows, marker)
    elif form.group or form.bucket:
        text = writer.groups(rows, marker)
    else:
        text = writer.single(rows, marker)
    if result.truncated:
        text += (
            f"\n\nThere are more rows than the row limit; only the first {len(rows):,} are here."
        )
    return text


def number(value: Any, *, money: bool = False) -> str:
    """A number for reading, with thousands separators.

    >>> number(1234567), number(Decimal("12.5"), money=True), number(812.3456)
    ('1,234,567', '12.50', '812.35')
    """
    if value is None:
        return "none"
    if isinstance(value, int) and not money:
        return f"{value:,}"
    places = 2 if money or abs(value) >= 1 else 4
    text = f"{round(Decimal(str(value)), places):,.{places}f}"
    return text if money else text.rstrip("0").rstrip(".") or "0"


class _Writer:
    """Sentences about one form; `marker` points to the evidence."""

    def __init__(self, form: Form, zone: ZoneInfo) -> None:
        self._form = form
        self._zone = zone
        self._names = [alias(form, m) for m in form.metrics]

    def single(self, rows: Sequence[dict[str, Any]], marker: str) -> str:
        row = rows[0] if rows else {}
        said = [self._single_metric(i, row, marker) for i in range(len(self._names))]
        return "\n".join(said) if len(said) == 1 else "\n".join(f"- {s}" for s in said)

    def _single_metric(self, i: int, row: dict[str, Any], marker: str) -> str:
        metric, value = self._form.metrics[i], row.get(self._names[i])
        scope = self._scope()
        if metric.function == "count":
            noun = escape(self._noun(metric))
            if not value:
                return f"There were no {noun}{scope}: no rows matched, the count is **0** {marker}."
            return f"There were **{number(value)}** {noun}{scope} {marker}."
        what = escape(say_metric(metric, self._form.table.name))
        rows_of = escape(self._rows_noun())
        if value is None:
            return f"No rows matched: there is no {what} for {rows_of}{scope} {marker}."
        return f"The {what} of {rows_of}{scope} is **{self._value(metric, value)}** {marker}."

    def groups(self, rows: Sequence[dict[str, Any]], marker: str) -> str:
        heading = self._heading()
        if not rows:
            return f"No rows matched for the {heading} {marker}."
        if self._form.bucket and not self._form.group and self._form.order == "bucket":
            return self._buckets(rows, heading, marker)
        bullets = [f"- {self._label(r)}: {self._values(r)}" for r in rows[:MOST_BULLETS]]
        text = f"{heading[:1].upper()}{heading[1:]} {marker}:\n\n" + "\n".join(bullets)
        if self._form.limit == 1 or (len(rows) == 1 and self._form.limit):
            return self._winner(rows[0], marker)
        more = len(rows) - MOST_BULLETS
        return text + ("\n\nThe rest is in the table." if more > 0 else "")

    def _winner(self, row: dict[str, Any], marker: str) -> str:
        end = "most" if self._form.descending else "fewest"
        metric = self._form.metrics[0]
        what = self._noun(metric)
        if metric.function != "count":
            end = "highest" if self._form.descending else "lowest"
            what = say_metric(metric, self._form.table.name)
            if what.startswith(("highest ", "lowest ")):
                end = ""
        has = f"has the {end} {escape(what)}".replace("  ", " ")
        return f"**{self._label(row)}** {has}{self._scope()}: {self._values(row)} {marker}."

    def _buckets(self, rows: Sequence[dict[str, Any]], heading: str, marker: str) -> str:
        text = f"{heading[:1].upper()}{heading[1:]} {marker}"
        if len(rows) <= MOST_BULLETS:
            bullets = "\n".join(f"- {self._label(r)}: {self._values(r)}" for r in rows)
            return f"{text}:\n\n{bullets}"
        name = self._names[0]
        known = [r for r in rows if r.get(name) is not None] or list(rows)
        top = max(known, key=lambda r: r.get(name) or 0)
        return (
            f"{text}: the highest is {self._values(top)} from {self._label(top)}, "
            f"the latest {self._values(rows[-1])} from {self._label(rows[-1])}; "
            f"all {len(rows):,} are in the table."
        )

    def listing(self, rows: Sequence[dict[str, Any]], marker: str) -> str:
        noun, scope = escape(self._rows_noun()), self._scope()
        if not rows:
            return f"No rows matched: there are no {noun}{scope} {marker}."
        if len(rows) > 1:
            return f"Here are {len(rows):,} rows of {noun}{scope}, {self._order()} first {marker}."
        cells = [
            f"- {escape(c.replace('_', ' '))}: {self._measured(c, v)}"
            for c, v in rows[0].items()
            if v is not None
        ]
        return f"This is the row of {noun}{scope} {marker}:\n\n" + "\n".join(cells)

    def _order(self) -> str:
        order = self._form.order
        if order is None or isinstance(order, str) or order.type.startswith("TIMESTAMP"):
            return "latest" if self._form.descending else "earliest"
        return f"{'highest' if self._form.descending else 'lowest'} {say_column(order)}"

    def _heading(self) -> str:
        what = " and ".join(say_metric(m, self._form.table.name) for m in self._form.metrics)
        if any(m.function != "count" for m in self._form.metrics):
            what += f" of {self._rows_noun()}"
        by = [f"per {say_column(c)}" for c in self._form.group]
        if self._form.bucket:
            by.append(say_bucket(self._form.bucket))
        heading = f"{escape(what)}{self._scope()}, {escape(' and '.join(by))}"
        if self._form.limit is None or self._form.order != "metric":
            return heading
        ends = ("most", "fewest") if self._form.metrics[0].function == "count" else _ENDS
        return f"{heading}, {ends[0] if self._form.descending else ends[1]} first"

    def _scope(self) -> str:
        """The filters and the time range, as words that follow a noun."""
        said = [_filter(f) for f in self._form.filters]
        scope = f" with {escape(' and '.join(said))}" if said else ""
        return scope + (f" {self._when(self._form.time)}" if self._form.time else "")

    def _when(self, time: TimeRange) -> str:
        about = self._form.time_column
        other = about is not None and about.name != self._form.table.time_attribute
        name = f"by {escape(say_column(about))} " if other and about else ""
        ends = [f"{m:%Y-%m-%d %H:%M}" for m in (time.start, time.end) if m]
        if time.start and time.end and time.start.date() == time.end.date():
            ends[1] = f"{time.end:%H:%M}"
        last = time.end or time.start
        zone = f" {last.replace(tzinfo=self._zone):%Z}" if last else ""
        return f"{name}{time.words} ({' to '.join(ends)}{zone})"

    def _noun(self, metric: Metric) -> str:
        return metric.noun or self._rows_noun()

    def _rows_noun(self) -> str:
        return self._form.table.name.replace("_", " ")

    def _label(self, row: dict[str, Any]) -> str:
        names = [c.name for c in self._form.group]
        if self._form.bucket:
            names.insert(0, bucket_name(self._form.bucket))
        cells = [self._cell(row.get(n)) for n in names]
        if self._form.bucket and self._form.bucket.unit in {"day", "week", "month", "year"}:
            cells[0] = cells[0].removesuffix(" 00:00")
        return ", ".join(cells)

    def _values(self, row: dict[str, Any]) -> str:
        pairs = zip(self._form.metrics, self._names, strict=True)
        return ", ".join(f"**{self._value(m, row.get(n))}**" for m, n in pairs)

    def _value(self, metric: Metric, value: Any) -> str:
        if metric.function == "count" or metric.column is None or value is None:
            return number(value)
        return self._measured(metric.column.name, value)

    def _measured(self, name: str, value: Any) -> str:
        """A cell with the unit of its column."""
        column = self._form.table.column(name)
        if (
            column is None
            or isinstance(value, bool)
            or not isinstance(value, int | float | Decimal)
        ):
            return self._cell(value)
        unit = spoken_unit(column)
        return f"{number(value, money=is_money(column))}{f' {unit}' if unit else ''}"

    def _cell(self, value: Any) -> str:
        match value:
            case None:
                return "(none)"
            case datetime():
                local = value.astimezone(self._zone) if value.tzinfo else value
                return f"{local:%Y-%m-%d %H:%M}"
            case date():
                return value.isoformat()
            case bool():
                return "yes" if value else "no"
            case int() | float() | Decimal():
                return number(value)
            case _:
                return escape(str(value)[:200])


def _filter(filter_: Filter) -> str:
    match filter_:
        case Equals(column=column, values=values, negated=negated):
            listed = " or ".join(say_constant(v) for v in values)
            return f"{say_column(column)} {'other than ' if negated else ''}{listed}"
        case Compares():
            return say_filter(filter_)
        case _:
            given = "a" if filter_.negated else "no"
            return f"{given} {say_column(filter_.column)}"
