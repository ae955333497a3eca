"""Metrics as aggregates, and measures as what is computed from them."""

from __future__ import annotations

from dataclasses import replace

from app.semantic_parser.form import (
    Change,
    Form,
    Measure,
    Metric,
    Rate,
    Ratio,
    Share,
    ShareOfAll,
    TimeRange,
)
from app.semantic_parser.sql import moments, operands
from app.semantic_parser.sql.conditions import conditions
from app.semantic_parser.sql.names import Columns, MeasureColumns
from app.semantic_parser.sql.sources import Rows
from app.semantic_parser.sql.text import double, literal
from app.sql.dialect.words import identifier


def aggregate(form: Form, metric: Metric, rows: Rows) -> str:
    """The call that computes a metric."""
    if metric.function == "count":
        return _count(form, metric, rows)
    call = f"{_call(metric, rows)}{_only(_holds(form, metric, rows))}"
    return f"COALESCE({call}, 0)" if _is_zero_without_rows(form, metric) else call


def _call(metric: Metric, rows: Rows) -> str:
    """Integers are widened, since Flink keeps the type: AVG would truncate, SUM run over."""
    if metric.of is None:
        message = f"{metric.function} needs something to be computed of."
        raise ValueError(message)
    if metric.function == "avg":
        return f"AVG({operands.double_value(metric.of, rows.scope)})"
    if metric.function == "sum":
        return f"SUM({operands.wide_value(metric.of, rows.scope)})"
    expression = operands.value(metric.of, rows.scope)
    if metric.function == "percentile":
        return f"PERCENTILE({expression}, {literal(metric.fraction)})"
    return f"{metric.function.upper()}({expression})"


def _count(form: Form, metric: Metric, rows: Rows) -> str:
    holds = _holds(form, metric, rows)
    if metric.of is None:
        return rows.count + _only(holds)
    expression = operands.value(metric.of, rows.scope)
    if metric.distinct:
        return f"COUNT(DISTINCT {expression}){_only(holds)}"
    return rows.count + _only((*holds, f"{expression} IS NOT NULL"))


def _holds(form: Form, metric: Metric, rows: Rows) -> tuple[str, ...]:
    """The conditions on the rows that a metric alone is of."""
    found = conditions(metric.where, rows.scope)
    if metric.time and form.time_field:
        time = _rest(metric.time, rows.time)
        found += moments.within(time, form.time_field, rows.scope)
    return found


def _rest(time: TimeRange, all_: TimeRange | None) -> TimeRange:
    """A range without the ends that it has in common with that of all rows."""
    if all_ is None:
        return time
    start = None if time.start == all_.start else time.start
    return replace(time, start=start, end=None if time.end == all_.end else time.end)


def _only(holds: tuple[str, ...]) -> str:
    return f" FILTER (WHERE {' AND '.join(holds)})" if holds else ""


def _is_zero_without_rows(form: Form, metric: Metric) -> bool:
    """A sum over no rows is NULL to Flink, yet a change from it or a share of it is known."""
    return metric.function == "sum" and any(
        (isinstance(m, Share | Ratio) and m.part == metric and m.whole != metric)
        or (isinstance(m, Change) and metric in (m.later, m.earlier))
        for m in form.measures
    )


def derived(form: Form, columns: Columns) -> dict[str, str]:
    """The columns of all measures: names, and how they are computed from those of metrics."""
    found: dict[str, str] = {}
    for measure, names in zip(form.measures, columns.measures, strict=True):
        for expression, name in _columns(measure, names, columns):
            found.setdefault(name, expression)
    return found


def _columns(
    measure: Measure, names: MeasureColumns, columns: Columns
) -> tuple[tuple[str, str], ...]:
    """Expressions and their names, what was asked for first."""
    match measure:
        case Metric() if names.metric:
            call = _running(measure, names.metric, columns)
            return (call, names.value), (names.metric, names.metric)
        case Metric():
            return ((names.value, names.value),)
        case Share(scale=scale):
            quotient = f"{_scaled(names.part, scale)} / NULLIF({names.whole}, 0)"
            return (quotient, names.value), (names.part, names.part), (names.whole, names.whole)
        case Ratio():
            quotient = f"{_scaled(names.part, 1)} / NULLIF({names.whole}, 0)"
            return (quotient, names.value), (names.part, names.part), (names.whole, names.whole)
        case ShareOfAll(scale=scale):
            all_ = f"SUM({names.metric}) OVER ({_partition(columns)})"
            quotient = f"{_scaled(names.metric, scale)} / NULLIF({all_}, 0)"
            return (quotient, names.value), (names.metric, names.metric)
        case Rate(units=units):
            quotient = f"{names.metric} / {double(units)}"
            return (quotient, names.value), (names.metric, names.metric)
        case Change():
            return _change(measure, names)


def _change(measure: Change, names: MeasureColumns) -> tuple[tuple[str, str], ...]:
    later, earlier = (names.later, names.later), (names.earlier, names.earlier)
    difference = f"{names.later} - {names.earlier}"
    change = (difference, names.change)
    percent = f"100e0 * ({difference}) / NULLIF({names.earlier}, 0)", names.change_percent
    match measure.wanted:
        case "both":
            return later, earlier, change, percent
        case "difference":
            return change, later, earlier, percent
        case "percent":
            return percent, later, earlier, change


def _scaled(name: str, scale: int) -> str:
    return f"100e0 * {name}" if scale == 100 else f"CAST({name} AS DOUBLE)"


def _partition(columns: Columns) -> str:
    """Shares are of the sum over all groups of the same stretch of time."""
    return f"PARTITION BY {identifier(columns.bucket)}" if columns.bucket and columns.group else ""


def _running(metric: Metric, name: str, columns: Columns) -> str:
    function = {"min": "MIN", "max": "MAX"}.get(metric.function, "SUM")
    groups = ", ".join(map(identifier, columns.group))
    partition = f"PARTITION BY {groups} " if groups else ""
    return f"{function}({name}) OVER ({partition}ORDER BY {identifier(columns.bucket)})"
