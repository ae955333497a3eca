"""What the columns of a form's result are called, and what each of them holds."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from app.semantic_parser.form import (
    Change,
    Field,
    Form,
    Measure,
    Metric,
    Rate,
    Ratio,
    Share,
    ShareOfAll,
)
from app.semantic_parser.sql import aliases
from app.semantic_parser.sql.moments import bucket_name
from app.sql.dialect.words import RESERVED


@dataclass(frozen=True, slots=True)
class MeasureColumns:
    """Where a measure is in the result; what it has none of is empty.

    Attributes:
        value: What was asked for; `Order` and `Having` go by it.
        metric: The metric itself, of a `Rate` or a `ShareOfAll`, and where measures add up from
            bucket to bucket that of the one bucket.
        part: The part, of a `Share` or a `Ratio`.
        whole: What the part is divided by.
        later: What is compared, of a `Change`.
        earlier: What it is compared with.
        change: `later - earlier`.
        change_percent: The change in percent of `earlier`.
    """

    value: str
    metric: str = ""
    part: str = ""
    whole: str = ""
    later: str = ""
    earlier: str = ""
    change: str = ""
    change_percent: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """The names of a result's columns, as they are in its rows.

    Attributes:
        group: Those of the form's groups, in its order.
        bucket: The start of each stretch of time, or empty.
        measures: One for each measure. With a `summary` they are not in the result.
        listed: Those of a listing's columns, in the form's order.
        summary: The aggregate over the groups, or empty.
        found: Whether there are any, where that is asked; else empty.
        metrics: The name of every metric that is computed on the way.
    """

    group: tuple[str, ...] = ()
    bucket: str = ""
    measures: tuple[MeasureColumns, ...] = ()
    listed: tuple[str, ...] = ()
    summary: str = ""
    found: str = ""
    metrics: tuple[tuple[Metric, str], ...] = ()

    def of(self, metric: Metric) -> str:
        """The column of a metric that a measure of the form is made of."""
        return next(name for other, name in self.metrics if other == metric)


def columns(form: Form) -> Columns:
    """The result columns of a form, by what they hold."""
    form = completed(form)
    names = _Names(form)
    group = tuple(names.field(f) for f in form.group)
    listed = () if form.measures else tuple(names.field(f) for f in listed_columns(form))
    bucket = names.unique(bucket_name(form.bucket)) if form.bucket else ""
    metrics: list[tuple[Metric, str]] = []
    for metric in (m for measure in form.measures for m in metrics_of(measure)):
        if all(metric != other for other, _ in metrics):
            metrics.append((metric, names.metric(metric)))
    found = Columns(group, bucket, listed=listed, metrics=tuple(metrics))
    measures = tuple(_measure(form, m, found, names) for m in form.measures)
    return replace(
        found,
        measures=measures,
        summary=names.summary(form, measures) if summarised(form) else "",
        found=names.unique("found") if form.asks_whether else "",
    )


def alias(form: Form, measure: int = 0) -> str:
    """The column of a measure's value, by its position."""
    return columns(form).measures[measure].value


def completed(form: Form) -> Form:
    """The form with what goes without saying: whether there are any is seen by counting them."""
    if form.cumulative and not form.bucket:
        form = replace(form, cumulative=False)
    if form.measures or not (form.asks_whether or form.summary or form.group):
        return form
    return replace(form, measures=(Metric("count"),), columns=(), order=())


def metrics_of(measure: Measure) -> tuple[Metric, ...]:
    """The metrics that a measure is computed from."""
    match measure:
        case Metric():
            return (measure,)
        case Share(part=part, whole=whole) | Ratio(part=part, whole=whole):
            return part, whole
        case Change(later=later, earlier=earlier):
            return later, earlier
        case Rate(metric=metric) | ShareOfAll(metric=metric):
            return (metric,)


def adds_up(metric: Metric) -> bool:
    """Whether a metric of several stretches of time follows from that of each.

    Averages do not, nor do counts of distinct values, which may be there in several of them.
    """
    plain = not metric.distinct or metric.of is None
    return metric.function in {"sum", "min", "max"} or (metric.function == "count" and plain)


def listed_columns(form: Form) -> tuple[Field, ...]:
    """What a listing shows: where nothing is named, what rows are known by, or all of them."""
    if form.columns:
        return form.columns
    keys = [c for c in form.table.columns if c.name in form.table.primary_key]
    return tuple(Field(form.table.name, c) for c in keys or form.table.columns)


def summarised(form: Form) -> bool:
    """Whether the result is one row over all groups."""
    return form.summary is not None or (form.asks_whether and bool(form.group or form.bucket))


def _measure(form: Form, measure: Measure, found: Columns, names: _Names) -> MeasureColumns:
    first, second = ([found.of(m) for m in metrics_of(measure)] * 2)[:2]
    match measure:
        case Metric() if form.cumulative and adds_up(measure):
            return MeasureColumns(names.unique(f"{first}_so_far"), metric=first)
        case Metric():
            return MeasureColumns(first)
        case Share(scale=scale):
            share = names.unique(f"{first}_{'percent' if scale == 100 else 'share'}")
            return MeasureColumns(share, part=first, whole=second)
        case ShareOfAll(scale=scale):
            share = names.unique(f"{first}_{'percent' if scale == 100 else 'share'}")
            return MeasureColumns(share, metric=first)
        case Rate(unit=unit):
            return MeasureColumns(names.unique(f"{first}_per_{unit}"), metric=first)
        case Ratio():
            return MeasureColumns(
                names.unique(f"{first}_per_{_one(second)}"), part=first, whole=second
            )
        case Change(wanted=wanted):
            change, percent = names.unique("change"), names.unique("change_percent")
            value = {"both": first, "difference": change, "percent": percent}[wanted]
            return MeasureColumns(
                value, later=first, earlier=second, change=change, change_percent=percent
            )


@dataclass(slots=True)
class _Names:
    """Gives names, each one once."""

    form: Form
    taken: set[str] = field(default_factory=set)

    def field(self, wanted: Field) -> str:
        """A field keeps its name unless another one has it."""
        for name in (
            wanted.name,
            "_".join(filter(None, (wanted.within, wanted.name))),
            "_".join(filter(None, (wanted.table, wanted.within, wanted.name))),
        ):
            if name not in self.taken:
                self.taken.add(name)
                return name
        return self.unique(wanted.name)

    def metric(self, metric: Metric) -> str:
        """A plain name that is neither reserved nor a column of a table."""
        name = aliases.of_metric(self.form, metric)
        tables = (self.form.table, *(j.table for j in self.form.joins))
        if name.upper() in RESERVED or any(t.column(name) for t in tables):
            name += "_count" if metric.function == "count" else "_value"
        return self.unique(name)

    def summary(self, form: Form, measures: tuple[MeasureColumns, ...]) -> str:
        """What the aggregate over the groups is called."""
        first = measures[0].value if measures else "rows"
        function = form.summary.function if form.summary else "count"
        noun = form.summary.noun if form.summary else ""
        if function == "count":
            what = noun or (f"{form.group[0].name} count" if form.group else "matches")
        else:
            what = f"{aliases.FUNCTIONS[function]} {first}"
        name = aliases.plain(what)
        return self.unique(f"{name}_count" if name.upper() in RESERVED else name)

    def unique(self, name: str) -> str:
        """The name, numbered where it is taken."""
        number, free = 1, name
        while free in self.taken:
            number += 1
            free = f"{name}_{number}"
        self.taken.add(free)
        return free


def _one(name: str) -> str:
    """A name of several as that of one, as far as the last letters tell.

    >>> _one("customers"), _one("categories"), _one("total_status")
    ('customer', 'category', 'total_status')
    """
    if name.endswith("ies"):
        return f"{name[:-3]}y"
    return name if name.endswith(("ss", "us", "is")) else name.removesuffix("s")
