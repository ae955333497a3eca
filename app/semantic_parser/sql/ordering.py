"""Which rows come first, and how many there are, of all or of each value of something."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from app.semantic_parser.form import Field, Form, Metric, Order
from app.semantic_parser.sql.names import Columns
from app.semantic_parser.sql.select import Select
from app.sql.dialect.words import identifier

_PLACE = "nth"


def ordered(form: Form, names: Columns, select: Select, given: tuple[str, ...]) -> Select:
    """Groups in their order, the first of them where that is asked for.

    Args:
        form: What is asked.
        names: What its columns are called.
        select: The query of all groups.
        given: The columns of it.
    """
    if not (form.group or form.bucket):
        return select
    order = tuple(_order(form, names))
    if form.limit_per and form.limit is not None:
        per = tuple(identifier(name) for name in _per(form, names))
        return first_of_each(
            per, order, form.limit, source=select.within(), given=tuple(map(identifier, given))
        )
    return replace(select, order=order, limit=form.limit)


def first_of_each(
    per: tuple[str, ...],
    order: tuple[str, ...],
    limit: int,
    *,
    source: tuple[str, ...],
    given: tuple[str, ...],
    where: tuple[str, ...] = (),
) -> Select:
    """The first rows of each value of something.

    Args:
        per: What makes rows be ranked together.
        order: What they are ranked by.
        limit: How many of each.
        source: Lines from `FROM` on.
        given: What is wanted of each row.
        where: Which rows there are.
    """
    partition = f"PARTITION BY {', '.join(per)} " if per else ""
    rest = tuple(part for part in order if part not in per)
    number = f"ROW_NUMBER() OVER ({partition}ORDER BY {', '.join(rest or given)}) AS {_PLACE}"
    ranked = Select(("*", number), source, where)
    return Select(given, ranked.within(), (f"{_PLACE} <= {limit}",), order=(*per, *rest))


def sorted_by(name: str, order: Order, *, limited: bool, may_be_null: bool) -> str:
    """One part of an ORDER BY. NULL is least to Flink, but nobody asks for the five least NULLs."""
    last = limited and may_be_null and not order.descending
    return f"{name}{' DESC' if order.descending else ''}{' NULLS LAST' if last else ''}"


def _order(form: Form, names: Columns) -> Iterator[str]:
    """As asked for, and then by what tells groups apart."""
    by_time = form.bucket and not form.limit_per
    first = Order("bucket", descending=False) if by_time else Order(0)
    limited = form.limit is not None
    used = set()
    for order in form.order or (first,):
        name = _name(form, names, order)
        if name and name not in used:
            used.add(name)
            counted = isinstance(order.by, int) and _never_null(form, order.by)
            null = isinstance(order.by, int) and not counted
            yield sorted_by(identifier(name), order, limited=limited, may_be_null=null)
    yield from (identifier(n) for n in (names.bucket, *names.group) if n and n not in used)


def _name(form: Form, names: Columns, order: Order) -> str:
    if isinstance(order.by, Field):
        return names.group[form.group.index(order.by)] if order.by in form.group else ""
    return names.bucket if order.by == "bucket" else names.measures[order.by].value


def _never_null(form: Form, position: int) -> bool:
    measure = form.measures[position]
    return isinstance(measure, Metric) and measure.function == "count"


def _per(form: Form, names: Columns) -> list[str]:
    return [
        names.bucket if part == "bucket" else names.group[form.group.index(part)]
        for part in form.limit_per
        if part == "bucket" or part in form.group
    ]
