"""Rows themselves, as a list."""

from __future__ import annotations

from dataclasses import replace

from app.semantic_parser.form import Field, Form, Order
from app.semantic_parser.sql.names import columns, listed_columns
from app.semantic_parser.sql.ordering import first_of_each, sorted_by
from app.semantic_parser.sql.scope import Scope
from app.semantic_parser.sql.select import Select
from app.semantic_parser.sql.sources import Rows, distinct, filtered, key_of, newest


def listing(form: Form) -> Select:
    """The query for a form without measures."""
    listed, order = listed_columns(form), _order(form)
    by = tuple(o.by for o in order if isinstance(o.by, Field))
    per = tuple(p for p in form.limit_per if isinstance(p, Field))
    rows = filtered(form)
    if form.newest:
        rows = newest(form, form.newest, rows, (*listed, *by, *per))
        return _finished(form, rows, order, per)
    if form.distinct:
        return _values(form, rows, order, by, per)
    key = key_of(form)
    if per or (key and not {*key, *by} <= set(listed)):
        rows = distinct(rows, (*key, *listed, *by, *per), form, once=bool(key))
        return _finished(form, rows, order, per)
    return replace(_finished(form, rows, order, ()), distinct=bool(key))


def _values(
    form: Form,
    rows: Rows,
    order: tuple[Order, ...],
    by: tuple[Field, ...],
    per: tuple[Field, ...],
) -> Select:
    """Each combination of values once; one of several rows is placed by the first of those."""
    listed = listed_columns(form)
    if per:
        rows = distinct(rows, (*listed, *by, *per), form)
        return _finished(form, rows, order, per)
    select = _finished(form, rows, order, ())
    if set(by) <= set(listed):
        return replace(select, distinct=True)
    ends = tuple(
        _sorted(form, o, f"{'MAX' if o.descending else 'MIN'}({rows.scope.of(o.by)})")
        for o in order
        if isinstance(o.by, Field)
    )
    return replace(select, group=tuple(map(rows.scope.of, listed)), order=ends)


def _finished(form: Form, rows: Rows, order: tuple[Order, ...], per: tuple[Field, ...]) -> Select:
    """The listed columns of rows, in their order."""
    names, listed = columns(form).listed, listed_columns(form)
    items = tuple(rows.scope.item(f, n) for f, n in zip(listed, names, strict=True))
    sorting = tuple(_sorted(form, o, _spelled(rows.scope, o)) for o in order)
    if per and form.limit is not None:
        spelled = tuple(map(rows.scope.of, per))
        return first_of_each(
            spelled, sorting, form.limit, source=rows.source, given=items, where=rows.where
        )
    return Select(items, rows.source, rows.where, order=sorting, limit=form.limit)


def _order(form: Form) -> tuple[Order, ...]:
    """As asked for; else newest first, values by themselves, things by what they are known by."""
    found = tuple(replace(o, by=_field(form, o) or o.by) for o in form.order)
    if any(isinstance(o.by, Field) for o in found):
        return tuple(o for o in found if isinstance(o.by, Field))
    if form.newest:
        return tuple(Order(field, descending=False) for field in form.newest.per)
    if form.distinct:
        return tuple(Order(field, descending=False) for field in listed_columns(form))
    time = form.time_field
    if time and (time in listed_columns(form) or form.limit is not None):
        return (Order(time),)
    return ()


def _field(form: Form, order: Order) -> Field | None:
    return form.time_field if order.by == "bucket" else None


def _sorted(form: Form, order: Order, name: str) -> str:
    nullable = isinstance(order.by, Field) and order.by.column.nullable
    timed = order.by == form.time_field
    limited = form.limit is not None
    return sorted_by(name, order, limited=limited, may_be_null=nullable and not timed)


def _spelled(scope: Scope, order: Order) -> str:
    return scope.of(order.by) if isinstance(order.by, Field) else ""
