"""Forms to SQL text, and what the columns of the results are called."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.catalog.model import Column, Table
from app.semantic_parser.form import (
    Arithmetic,
    Bucket,
    Change,
    Compares,
    Duration,
    Equals,
    Field,
    Filter,
    Form,
    Metric,
    Newest,
    Null,
    Order,
    Related,
    Share,
    Summary,
)
from app.semantic_parser.sql import (
    MeasureColumns,
    columns,
    identifier,
    literal,
    render,
)
from tests.semantic_parser.small import ORDERS, TRIPS, field, hours, join

NAME, VALUE = (Field("t", Column("name", "STRING")), Field("t", Column("value", "INT")))
TABLE = Table(
    "t",
    (Column("id", "STRING"), NAME.column, VALUE.column, Column("t", "INT")),
    primary_key=("id",),
)
KEYLESS = replace(TABLE, name="user", primary_key=())
COUNT = Metric("count", noun="orders")
AMOUNT = Metric("sum", field("orders.amount"))
CITY, STATUS, ORDERED = field("orders.city"), field("orders.status"), field("orders.ordered")
DONE = Equals(STATUS, ("done",))
PAYMENTS = join("orders.order_id", "payments.order_id", many=True)


@pytest.mark.parametrize("word", ["value", "count", "user", "date", "timestamp", "day", "result"])
def test_reserved_words_are_quoted(word: str) -> None:
    assert identifier(word) == f"`{word}`"


@pytest.mark.parametrize(
    ("name", "quoted"),
    [("a b", "`a b`"), ("1st", "`1st`"), ("a`b", "`a``b`")],
)
def test_odd_names_are_quoted(name: str, quoted: str) -> None:
    assert identifier(name) == quoted


def test_quotes_and_backslashes_stay_inside_a_literal() -> None:
    assert literal("x'; DROP TABLE t; -- \\") == "'x''; DROP TABLE t; -- \\'"


@pytest.mark.parametrize(
    ("filter_", "sql"),
    [
        (Equals(NAME, ("a",)), "name = 'a'"),
        (Equals(NAME, ("a",), negated=True), "name <> 'a'"),
        (Equals(NAME, ("a", "b"), negated=True), "name NOT IN ('a', 'b')"),
        (Equals(NAME, (Decimal(42),)), "name = '42'"),
        (Equals(VALUE, ("42",)), "`value` = 42"),
        (Equals(Field("t", Column("on", "BOOLEAN")), (False,)), "`on` = FALSE"),
        (Compares(VALUE, ">=", Decimal("1E+3")), "`value` >= 1000"),
        (
            Compares(Arithmetic(VALUE, "*", VALUE), ">", VALUE),
            "CAST(`value` AS BIGINT) * `value` > `value`",
        ),
        (Null(NAME), "name IS NULL"),
        (Null(Field("t", NAME.column, within="on")), "`on`.name IS NULL"),
    ],
)
def test_conditions(filter_: Filter, sql: str) -> None:
    form = Form(KEYLESS, measures=(Metric("count"),), filters=(filter_,))
    assert render(form) == f"SELECT COUNT(*) AS user_count\nFROM `user`\nWHERE {sql}"


def test_times_of_two_types_are_made_one() -> None:
    local = Field("orders", Column("planned", "TIMESTAMP(3)"))
    late = Duration(local, ORDERED, "hour")
    form = Form(ORDERS, measures=(Metric("max", late),), filters=(Compares(late, ">", Decimal(0)),))
    planned = "CAST(planned AS TIMESTAMP_LTZ(3))"
    assert render(form) == (
        f"SELECT MAX(CAST(TIMESTAMPDIFF(SECOND, {planned}, ordered) AS DOUBLE) / 3600)"
        f" AS highest_hours\nFROM orders\nWHERE ordered > {planned}"
    )


@pytest.mark.parametrize(
    ("metrics", "sql"),
    [
        ((Metric("count"),), "SELECT COUNT(DISTINCT id) AS t_count\nFROM t"),
        ((Metric("max", VALUE),), "SELECT MAX(`value`) AS highest_value\nFROM t"),
        (
            (Metric("count", NAME, noun="names"),),
            "SELECT COUNT(DISTINCT id) FILTER (WHERE name IS NOT NULL) AS names\nFROM t",
        ),
        (
            (Metric("sum", VALUE), Metric("count")),
            "SELECT SUM(CAST(`value` AS BIGINT)) AS total_value, COUNT(*) AS t_count\n"
            "FROM (\n  SELECT DISTINCT id, `value`\n  FROM t\n)",
        ),
    ],
)
def test_repeated_rows_are_counted_once(metrics: tuple[Metric, ...], sql: str) -> None:
    assert render(Form(TABLE, measures=metrics)) == sql


def test_keys_of_several_columns_are_counted_in_a_query_of_their_own() -> None:
    table = replace(TABLE, primary_key=("id", "name"))
    assert render(Form(table, measures=(Metric("count"),))) == (
        "SELECT COUNT(*) AS t_count\nFROM (\n  SELECT DISTINCT id, name\n  FROM t\n)"
    )


FORMS = (
    (
        Form(
            ORDERS,
            measures=(Share(Metric("count", where=(DONE,)), COUNT),),
            group=(CITY,),
            time_field=ORDERED,
            time=hours(10, None),
        ),
        """\
SELECT city, 100e0 * done_orders / NULLIF(orders, 0) AS done_orders_percent, done_orders, orders
FROM (
  SELECT
    city,
    COUNT(DISTINCT order_id) FILTER (WHERE status = 'done') AS done_orders,
    COUNT(DISTINCT order_id) AS orders
  FROM orders
  WHERE ordered >= TIMESTAMP '2026-11-22 10:00:00'
  GROUP BY city
)
ORDER BY done_orders_percent DESC, city""",
    ),
    (
        Form(
            ORDERS,
            measures=(
                Change(
                    replace(COUNT, time=hours(11, 12, "b")),
                    replace(COUNT, time=hours(10, 11, "a")),
                    wanted="difference",
                ),
            ),
            time_field=ORDERED,
        ),
        """\
SELECT
  orders_b - orders_a AS change,
  orders_b,
  orders_a,
  100e0 * (orders_b - orders_a) / NULLIF(orders_a, 0) AS change_percent
FROM (
  SELECT
    COUNT(DISTINCT order_id) FILTER (WHERE ordered >= TIMESTAMP '2026-11-22 11:00:00') AS orders_b,
    COUNT(DISTINCT order_id) FILTER (WHERE ordered < TIMESTAMP '2026-11-22 11:00:00') AS orders_a
  FROM orders
  WHERE ordered >= TIMESTAMP '2026-11-22 10:00:00'
    AND ordered < TIMESTAMP '2026-11-22 12:00:00'
)""",
    ),
    (
        Form(
            ORDERS,
            joins=(PAYMENTS,),
            measures=(AMOUNT,),
            group=(STATUS, field("payments.status")),
            filters=(DONE,),
        ),
        """\
SELECT status, payments_status, SUM(amount) AS total_amount
FROM (
  SELECT DISTINCT
    orders.order_id,
    orders.status,
    payments.status AS payments_status,
    orders.amount
  FROM orders
  JOIN payments ON orders.order_id = payments.order_id
  WHERE orders.status = 'done'
)
GROUP BY status, payments_status
ORDER BY total_amount DESC, status, payments_status""",
    ),
    (
        Form(
            TRIPS,
            joins=(join("trips.trip", "stops.trip", many=True),),
            measures=(Metric("count"),),
            filters=(Equals(field("stops.name"), ("Main",)), Null(field("trips.delay"))),
        ),
        """\
SELECT COUNT(*) AS trips
FROM trips
JOIN (
  SELECT DISTINCT trip
  FROM stops
  WHERE name = 'Main'
) AS stops ON trips.trip = stops.trip
WHERE trips.delay IS NULL""",
    ),
    (
        Form(
            ORDERS, measures=(COUNT,), filters=(Related(PAYMENTS, negated=True),), asks_whether=True
        ),
        """\
SELECT COUNT(DISTINCT order_id) AS orders, COUNT(DISTINCT order_id) > 0 AS found
FROM orders
WHERE NOT EXISTS (SELECT 1 FROM payments WHERE payments.order_id = orders.order_id)""",
    ),
    (
        Form(
            ORDERS,
            measures=(COUNT,),
            group=(STATUS,),
            newest=Newest((field("orders.customer"),)),
            time_field=ORDERED,
        ),
        """\
SELECT status, COUNT(*) AS orders
FROM (
  SELECT
    customer,
    status,
    ROW_NUMBER() OVER (PARTITION BY customer ORDER BY ordered DESC) AS row_num
  FROM orders
)
WHERE row_num = 1
GROUP BY status
ORDER BY orders DESC, status""",
    ),
    (
        Form(
            ORDERS,
            measures=(COUNT,),
            time_field=ORDERED,
            bucket=Bucket("minute", 30),
            cumulative=True,
        ),
        """\
SELECT window_start, SUM(orders) OVER (ORDER BY window_start) AS orders_so_far, orders
FROM (
  SELECT window_start, COUNT(DISTINCT order_id) AS orders
  FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ordered), INTERVAL '30' MINUTE))
  GROUP BY window_start, window_end
)
ORDER BY window_start""",
    ),
    (
        Form(ORDERS, measures=(COUNT,), group=(CITY,), summary=Summary("avg")),
        """\
SELECT AVG(CAST(orders AS DOUBLE)) AS average_orders
FROM (
  SELECT city, COUNT(DISTINCT order_id) AS orders
  FROM orders
  GROUP BY city
)""",
    ),
    (
        Form(ORDERS, columns=(CITY,), order=(Order(field("orders.fee"), False),), limit=3),
        """\
SELECT city
FROM (
  SELECT DISTINCT order_id, city, fee
  FROM orders
)
ORDER BY fee NULLS LAST
LIMIT 3""",
    ),
)


@pytest.mark.parametrize(("form", "sql"), FORMS)
def test_forms(form: Form, sql: str) -> None:
    assert render(form) == sql
    assert render(form) == sql


@pytest.mark.parametrize(
    ("metric", "sql"),
    [
        (Metric("avg", field("orders.units")), "AVG(CAST(units AS DOUBLE))"),
        (Metric("avg", Field("orders", Column("f", "FLOAT"))), "AVG(CAST(f AS DOUBLE))"),
        (Metric("sum", Field("orders", Column("f", "DOUBLE"))), "SUM(f)"),
        (
            Metric("percentile", field("orders.units"), fraction=Decimal("0.95")),
            "PERCENTILE(units, 0.95)",
        ),
    ],
)
def test_aggregates_keep_their_fraction(metric: Metric, sql: str) -> None:
    assert f" {sql} AS " in render(Form(TRIPS, measures=(metric,)))


def test_averages_and_distinct_values_do_not_add_up() -> None:
    cities = Metric("count", CITY, distinct=True, noun="cities")
    form = Form(
        ORDERS, measures=(cities,), time_field=ORDERED, bucket=Bucket("hour"), cumulative=True
    )
    assert "OVER" not in render(form)
    assert columns(form).measures == (MeasureColumns("cities"),)
