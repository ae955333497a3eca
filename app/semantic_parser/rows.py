"""The rows behind a count: what a listing of the same conditions shows."""

from __future__ import annotations

from app.semantic_parser.form import Field, Form, Order


def behind(form: Form, limit: int | None = None) -> Form:
    """The form that lists the rows a form counts or measures, newest first.

    Args:
        form: What is counted or measured.
        limit: Most rows; None for all of them.
    """
    table = form.table
    attribute = table.column(table.time_attribute) if table.time_attribute else None
    time_field = form.time_field or (Field(table.name, attribute) if attribute else None)
    return Form(
        table=table,
        joins=form.joins,
        columns=tuple(Field(table.name, c) for c in table.columns),
        filters=form.filters,
        time_field=form.time_field,
        time=form.time,
        newest=form.newest,
        order=(Order(time_field),) if time_field else (),
        limit=limit,
    )
