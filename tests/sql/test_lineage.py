"""What each output column comes from: a table of queries and lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.catalog import loader
from app.sql import lineage, query
from app.sql.lineage import Lineage
from app.sql.names import Origin

CATALOG = loader.load([Path("ingest/demo/tables")])
TUMBLE = "TABLE(TUMBLE(TABLE orders, DESCRIPTOR(order_time), INTERVAL '10' MINUTE))"
PAYMENTS = ("payment_id", "order_id", "method", "amount", "status", "failure_reason", "attempt")
LINES = [
    ("SELECT city FROM orders", ["orders.city"]),
    ("SELECT o.city AS town FROM orders AS o", ["town = orders.city"]),
    ("SELECT SUM(amount) AS revenue FROM orders WHERE status = 'confirmed'",
     ["revenue = SUM(orders.amount), orders.status filtered"]),
    ("SELECT COUNT(*) AS n FROM orders WHERE status = 'x' AND city = 'y' AND channel = 'z'",
     ["n = COUNT(*), orders.status, orders.city and orders.channel filtered"]),
    ("SELECT COUNT(DISTINCT customer_id) FROM orders",
     ["EXPR$0 = COUNT(DISTINCT orders.customer_id)"]),
    ("SELECT amount - shipping_fee AS goods FROM orders",
     ["goods = orders.amount - orders.shipping_fee"]),
    ("SELECT goods * 2 AS twice FROM (SELECT amount - shipping_fee AS goods FROM orders)",
     ["twice = (orders.amount - orders.shipping_fee) * 2"]),
    ("SELECT SUM(goods) AS s FROM (SELECT amount - shipping_fee AS goods FROM orders)",
     ["s = SUM(orders.amount - orders.shipping_fee)"]),
    ("WITH c AS (SELECT city, SUM(amount) AS s FROM orders WHERE status = 'x' GROUP BY city) "
     "SELECT city, s FROM c WHERE s > 5",
     ["city = orders.city, orders.amount and orders.status filtered",
      "s = SUM(orders.amount), orders.amount and orders.status filtered"]),
    ("WITH a AS (SELECT amount AS x FROM orders), b AS (SELECT x AS y FROM a) SELECT y FROM b",
     ["y = orders.amount"]),
    ("SELECT t FROM (SELECT order_time FROM orders) AS q(t)", ["t = orders.order_time"]),
    ("SELECT q.* FROM (SELECT city, amount FROM orders) AS q", ["orders.city", "orders.amount"]),
    ("SELECT o.city, p.amount AS paid FROM orders AS o JOIN payments AS p "
     "ON p.order_id = o.order_id WHERE p.status = 'failed'",
     ["city = orders.city, payments.status filtered",
      "paid = payments.amount, payments.status filtered"]),
    ("SELECT o.amount - p.amount AS open FROM orders AS o LEFT JOIN payments AS p "
     "ON p.order_id = o.order_id", ["open = orders.amount - payments.amount"]),
    ("SELECT city FROM orders UNION ALL SELECT city FROM shipments WHERE status = 'late'",
     ["city = orders.city or shipments.city, shipments.status filtered"]),
    ("SELECT c FROM (SELECT city AS c FROM orders UNION SELECT carrier FROM shipments)",
     ["c = orders.city or shipments.carrier"]),
    (f"SELECT window_start, SUM(amount) AS s FROM {TUMBLE} GROUP BY window_start, window_end",
     ["window_start = window_start(TUMBLE of orders.order_time)", "s = SUM(orders.amount)"]),
    (f"SELECT s FROM (SELECT window_end AS w, SUM(amount) AS s FROM {TUMBLE} "
     "WHERE city = 'x' GROUP BY window_start, window_end)",
     ["s = SUM(orders.amount), orders.city filtered"]),
    ("SELECT CASE WHEN amount > 5 THEN 'big' ELSE 'small' END AS size FROM orders",
     ["size = CASE WHEN orders.amount > 5 THEN 'big' ELSE 'small' END"]),
    ("SELECT SUM(amount) FILTER (WHERE status = 'x') AS s FROM orders",
     ["s = SUM(orders.amount) FILTER(WHERE orders.status = 'x')"]),
    ("SELECT CAST(amount AS INT) AS i FROM orders", ["i = CAST(orders.amount AS INT)"]),
    ("SELECT UPPER(city) AS c FROM orders", ["c = UPPER(orders.city)"]),
    ("SELECT product, s FROM (SELECT product, s, ROW_NUMBER() OVER (ORDER BY s DESC) AS rn FROM "
     "(SELECT product, SUM(quantity) AS s FROM orders GROUP BY product)) WHERE rn <= 3",
     ["product = orders.product, orders.quantity filtered",
      "s = SUM(orders.quantity), orders.quantity filtered"]),
    ("SELECT 1 AS one", ["one = 1"]),
    ("SELECT 'x' AS label, city FROM orders", ["label = 'x'", "orders.city"]),
    ("SELECT x FROM (VALUES (1), (2)) AS v(x)", ["x"]),
    ("SELECT city, COUNT(*) AS n FROM orders GROUP BY city HAVING SUM(amount) > 5",
     ["city = orders.city, orders.amount filtered", "n = COUNT(*), orders.amount filtered"]),
    ("SELECT city FROM orders WHERE order_id IN (SELECT order_id FROM payments)",
     ["city = orders.city, orders.order_id and payments.order_id filtered"]),
    ("SELECT MAX(t) AS last FROM (SELECT order_time AS t FROM orders) WHERE t IS NOT NULL",
     ["last = MAX(orders.order_time), orders.order_time filtered"]),
    ("SELECT (SELECT MAX(amount) FROM payments) AS m FROM orders",
     ["m = (SELECT MAX(payments.amount) FROM payments)"]),
    ("TABLE payments", [f"payments.{name}" for name in (*PAYMENTS, "payment_time")]),
    ("DROP TABLE orders", []),
    ("SELECT FROM", []),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "lines"), LINES)
def test_lines(sql: str, lines: list[str]) -> None:
    assert [lineage.describe(one) for one in lineage.of(query.read(sql, CATALOG))] == lines


def test_columns_are_named_with_their_tables() -> None:
    sql = "SELECT o.amount - p.amount AS open FROM orders AS o, payments AS p WHERE o.city = 'x'"
    (one,) = lineage.of(query.read(sql, CATALOG))
    assert one == Lineage(
        "open",
        (Origin("orders", "amount"), Origin("payments", "amount")),
        "orders.amount - payments.amount",
        ("orders.city",),
    )


def test_long_expressions_are_cut() -> None:
    sql = "SELECT " + " + ".join(["amount"] * 100) + " AS x FROM orders"
    (one,) = lineage.of(query.read(sql, CATALOG))
    assert one.expression.endswith("…")
    assert len(one.expression) == 160


def test_an_endless_expression_is_not_written_out() -> None:
    sql = "SELECT " + " + ".join(["amount"] * 400) + " AS x FROM orders"
    (one,) = lineage.of(query.read(sql, CATALOG))
    assert lineage.describe(one) == "x = a long expression"
    assert one.columns == (Origin("orders", "amount"),)


def test_what_doubles_with_each_level_is_still_quick() -> None:
    levels = ["a0 AS (SELECT amount AS x FROM orders)"]
    levels += [f"a{n + 1} AS (SELECT x + x AS x FROM a{n} UNION ALL SELECT x FROM a{n})"
               for n in range(30)]  # fmt: skip
    (one,) = lineage.of(query.read(f"WITH {', '.join(levels)} SELECT x FROM a30", CATALOG))
    assert one.columns == (Origin("orders", "amount"),)
