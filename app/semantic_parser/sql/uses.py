"""Which fields the parts of a form use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.semantic_parser.form import (
    AnyOf,
    Arithmetic,
    Compares,
    Duration,
    Field,
    Filter,
    Form,
    Metric,
    Operand,
    Related,
)
from app.semantic_parser.sql.names import metrics_of


def of_operand(operand: Operand | None) -> tuple[Field, ...]:
    """The fields that a value is computed from."""
    match operand:
        case Field():
            return (operand,)
        case Duration(start=start, end=end):
            return start, end
        case Arithmetic(left=left, right=right):
            return left, right
        case None:
            return ()


def of_filters(filters: Iterable[Filter]) -> Iterator[Field]:
    """The fields that filters look at; of a `Related`, those on this side of it."""
    for one in filters:
        match one:
            case AnyOf(filters=inner):
                yield from of_filters(inner)
            case Related(join=join):
                yield from (near for near, _ in join.on)
            case Compares(left=left, right=right):
                yield from of_operand(left)
                yield from (right,) if isinstance(right, Field) else ()
            case _:
                yield one.field


def of_metrics(form: Form, metrics: Iterable[Metric]) -> Iterator[Field]:
    """The fields that metrics are computed from, those of their conditions included."""
    for metric in metrics:
        yield from of_operand(metric.of)
        yield from of_filters(metric.where)
        if metric.time and form.time_field:
            yield form.time_field


def of_form(form: Form) -> Iterator[Field]:
    """All fields that a form uses, in no particular sense."""
    for join in form.joins:
        yield from (field for pair in join.on for field in pair)
    yield from (*form.group, *form.columns)
    yield from (part for part in form.limit_per if isinstance(part, Field))
    yield from of_metrics(form, (m for one in form.measures for m in metrics_of(one)))
    yield from of_filters(form.filters)
    yield from (order.by for order in form.order if isinstance(order.by, Field))
    if form.newest:
        yield from (*form.newest.per, *of_filters(form.newest.filters))


def has_related(filters: Iterable[Filter]) -> bool:
    """Whether a filter looks into another table."""
    return any(
        isinstance(one, Related) or (isinstance(one, AnyOf) and has_related(one.filters))
        for one in filters
    )
