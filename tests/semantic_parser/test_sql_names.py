"""What the columns of a form's result are called."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.semantic_parser.form import (
    Bucket,
    Equals,
    Form,
    Metric,
    Null,
    Rate,
    Ratio,
    ShareOfAll,
    Summary,
)
from app.semantic_parser.sql import (
    Columns,
    MeasureColumns,
    alias,
    columns,
    identifier,
)
from app.sql.dialect.words import RESERVED
from tests.semantic_parser.small import ORDERS, field, hours

COUNT = Metric("count", noun="orders")
AMOUNT = Metric("sum", field("orders.amount"))
CITY = field("orders.city")
DONE = Equals(field("orders.status"), ("done",))


def test_alias_says_which_rows_are_counted() -> None:
    late = Form(ORDERS, measures=(Metric("count", noun="parcels"),), filters=(DONE,))
    assert alias(late) == "done_parcels"
    part = Metric("count", noun="orders", where=(Equals(CITY, ("New York",)), Null(CITY)))
    assert alias(Form(ORDERS, measures=(part,))) == "new_york_matching_orders"


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (Form(ORDERS, columns=(CITY,)), Columns(listed=("city",))),
        (Form(ORDERS), Columns(listed=("order_id",))),
        (
            Form(ORDERS, measures=(Rate(COUNT, "hour", Decimal(2)),), bucket=Bucket("hour")),
            Columns(bucket="hour_start", measures=(MeasureColumns("orders_per_hour", "orders"),)),
        ),
        (
            Form(ORDERS, measures=(ShareOfAll(AMOUNT, 1),), group=(CITY,)),
            Columns(("city",), measures=(MeasureColumns("total_amount_share", "total_amount"),)),
        ),
        (
            Form(ORDERS, measures=(Ratio(AMOUNT, COUNT),)),
            Columns(
                measures=(
                    MeasureColumns("total_amount_per_order", part="total_amount", whole="orders"),
                )
            ),
        ),
        (
            Form(ORDERS, asks_whether=True),
            Columns(measures=(MeasureColumns("orders"),), found="found"),
        ),
        (
            Form(ORDERS, measures=(COUNT,), group=(CITY,), summary=Summary("count", "cities")),
            Columns(("city",), measures=(MeasureColumns("orders"),), summary="cities"),
        ),
    ],
)
def test_columns(form: Form, expected: Columns) -> None:
    assert replace(columns(form), metrics=()) == expected


def test_no_two_columns_have_one_name() -> None:
    twice = Form(ORDERS, measures=(COUNT, Metric("count", noun="orders", time=hours(1, 2)), AMOUNT))
    assert [m.value for m in columns(twice).measures] == ["orders", "orders_2", "total_amount"]


@pytest.mark.parametrize("noun", ["value", "city", "1st orders", "Größe", ""])
def test_names_of_metrics_need_no_quotes(noun: str) -> None:
    name = alias(Form(ORDERS, measures=(Metric("count", noun=noun),)))
    assert identifier(name) == name
    assert name.upper() not in RESERVED
    assert ORDERS.column(name) is None
