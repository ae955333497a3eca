"""Which fields a form, or a part of one, reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.semantic_parser.form import (
    AnyOf,
    Arithmetic,
    Change,
    Compares,
    Duration,
    Field,
    Filter,
    Form,
    Measure,
    Metric,
    Operand,
    Rate,
    Ratio,
    Related,
    Share,
    ShareOfAll,
)


def of_operand(operand: Operand | None) -> tuple[Field, ...]:
    """The fields of a row's number."""
    match operand:
        case Field():
            return (operand,)
        case Duration(start=start, end=end):
            return (start, end)
        case Arithmetic(left=left, right=right):
            return (left, right)
        case None:
            return ()


def of_filter(filter_: Filter) -> tuple[Field, ...]:
    """The fields that a condition is about, without those of rows that it relates to."""
    match filter_:
        case AnyOf(filters=filters):
            return tuple(f for inner in filters for f in of_filter(inner))
        case Compares(left=left, right=right):
            return (*of_operand(left), *((right,) if isinstance(right, Field) else ()))
        case Related(join=join):
            return tuple(left for left, _ in join.on)
        case _:
            return (filter_.field,)


def metrics_of(measure: Measure) -> tuple[Metric, ...]:
    """The aggregates that a measure is made of."""
    match measure:
        case Metric():
            return (measure,)
        case Share(part=part, whole=whole) | Ratio(part=part, whole=whole):
            return (part, whole)
        case Change(later=later, earlier=earlier):
            return (later, earlier)
        case Rate(metric=metric) | ShareOfAll(metric=metric):
            return (metric,)


def of_measures(measures: Iterable[Measure]) -> Iterator[Field]:
    """The fields that measures read, with those of their own conditions."""
    for measure in measures:
        for metric in metrics_of(measure):
            yield from of_operand(metric.of)
            for condition in metric.where:
                yield from of_filter(condition)


def of_form(form: Form) -> frozenset[Field]:
    """Every field that a form reads, of whatever table."""
    newest = form.newest
    filters = (*form.filters, *(newest.filters if newest else ()))
    return frozenset(
        (
            *form.group,
            *form.columns,
            *(p for p in form.limit_per if isinstance(p, Field)),
            *(newest.per if newest else ()),
            *(o.by for o in form.order if isinstance(o.by, Field)),
            *((form.time_field,) if form.time_field and (form.time or form.bucket) else ()),
            *of_measures(form.measures),
            *(f for condition in filters for f in of_filter(condition)),
        )
    )
