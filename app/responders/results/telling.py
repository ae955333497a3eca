"""What every sentence about a form's rows needs: its names, its columns, its scope in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from app.markdown import escape
from app.responders.results.values import Row, cell, column_cell, measured, percent
from app.semantic_parser.form import Filter, Form, Measure, Metric, Share, ShareOfAll, TimeRange
from app.semantic_parser.sql import Columns, columns
from app.semantic_parser.words import (
    Names,
    attached,
    base,
    counted,
    measure_unit,
    rows_of,
    say_filter,
    say_time,
)


@dataclass(frozen=True, slots=True)
class Telling:
    """One form whose rows are told.

    Attributes:
        form: How the question was read.
        names: What columns are called.
        columns: Where what is in the rows.
        zone: Zone that moments are shown in.
        marker: What points to the result.
    """

    form: Form
    names: Names
    columns: Columns
    zone: ZoneInfo
    marker: str

    @classmethod
    def of(cls, form: Form, marker: str, time_zone: str) -> Telling:
        """All of it, from the form."""
        names = Names.of(form, prose=True)
        return cls(form, names, columns(form), ZoneInfo(time_zone), marker)

    def value(self, measure: int, row: Row) -> Any:
        """What a row has for a measure."""
        return row.get(self.columns.measures[measure].value)

    def said(self, measure: Measure, value: Any) -> str:
        """A value of a measure with its unit."""
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            return cell(value, self.zone)
        scaled = isinstance(measure, Share | ShareOfAll) and measure.scale == 100
        return percent(value) if scaled else measured(value, measure_unit(measure))

    def bold(self, measure: Measure, value: Any) -> str:
        """The same in bold, but for what explains it."""
        figure, space, more = self.said(measure, value).partition(" (")
        return f"**{figure}**{space}{more}"

    def counted(self, metric: Metric, value: Any) -> str:
        """A bold number with what it counts or measures: `**25** orders`."""
        if metric.function == "count":
            return f"{self.bold(metric, value)} {escape(self.noun(metric, value))}"
        return self.bold(metric, value)

    def noun(self, metric: Metric, count: Any = None) -> str:
        """What a metric counts, as it stands behind that count."""
        return counted(rows_of(self.names, metric), count)

    def rows(self) -> str:
        """What the root's rows are called."""
        return escape(self.names.rows())

    def phrase(self, metric: Metric) -> str:
        """A metric that is no count, with what it is of: `total amount of orders`."""
        said = base(self.names, metric)
        of = f"{said} of {self.names.rows()}" if metric.of else said
        return escape(of) + self.conditions(metric)

    def conditions(self, metric: Metric, but: Sequence[Filter] = ()) -> str:
        """A metric's own conditions, behind its noun."""
        where = tuple(f for f in metric.where if f not in but)
        return escape_behind(attached(self.names, where)) + self.when(metric.time)

    def scope(self) -> str:
        """The form's filters and its time range, as words that follow a noun."""
        form = self.form
        said = escape_behind(attached(self.names, form.filters)) + self._kept_newest()
        if form.time is None:
            return f"{said}{self._each_newest()}"
        about = form.time_field
        other = about is not None and about.name != form.table.time_attribute
        by = f" by {escape(self.names.full(about))}" if about and other else ""
        return f"{said}{by}{self.when(form.time)}{self._each_newest()}"

    def when(self, time: TimeRange | None, *, ends: bool = True) -> str:
        """A time range with its ends, as words that follow a noun; nothing without one."""
        if time is None:
            return ""
        moments = [m for m in (time.start, time.end) if m]
        words = escape(time.words.strip())
        if not moments or not (ends or say_time(time) != time.words.strip()):
            return f" {words}" if words else ""
        said = [f"{m:%Y-%m-%d %H:%M}" for m in moments]
        if len(moments) == 2 and moments[0].date() == moments[1].date():
            said[1] = f"{moments[1]:%H:%M}"
        joined = " to ".join(said)
        if len(moments) == 1:
            joined = f"{'from' if time.start else 'until'} {joined}"
        return f" {words} ({joined} {self._zone_name(moments[-1])})".replace("  ", " ")

    def label(self, row: Row) -> str:
        """What a row is about: its stretch of time and its groups."""
        names, groups = self.columns, zip(self.columns.group, self.form.group, strict=True)
        said = [column_cell(row.get(n), f.column, self.zone) for n, f in groups]
        return ", ".join([*([self.moment(row.get(names.bucket))] if names.bucket else []), *said])

    def moment(self, start: Any) -> str:
        """The start of a bucket; of whole days only the day."""
        said = cell(start, self.zone)
        days = self.form.bucket and self.form.bucket.unit not in {"second", "minute", "hour"}
        return said.removesuffix(" 00:00") if days else said

    def _kept_newest(self) -> str:
        newest = self.form.newest
        if newest is None or not newest.filters:
            return ""
        kept = " and ".join(say_filter(self.names, f) for f in newest.filters)
        return f" whose {'oldest' if newest.oldest else 'newest'} row has {escape(kept)}"

    def _each_newest(self) -> str:
        newest = self.form.newest
        if newest is None or newest.filters:
            return ""
        per = " and ".join(self.names.short(f) for f in newest.per)
        return f" (by the {'oldest' if newest.oldest else 'newest'} row of each {escape(per)})"

    def _zone_name(self, moment: datetime) -> str:
        short = f"{moment.replace(tzinfo=self.zone):%Z}"
        return short if short.isalpha() else self.zone.key


def escape_behind(words: str) -> str:
    """Escaped words that keep the space before them."""
    return f" {escape(words)}" if words else ""


def capital(text: str) -> str:
    """With a capital at the start."""
    return text[:1].upper() + text[1:]
