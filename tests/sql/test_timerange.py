"""Which event time a query can need: a table of queries and spans."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.catalog import loader
from app.catalog.model import Catalog
from app.sql import query, timerange

CATALOG = loader.load([Path("ingest/demo/tables")])
NOW = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
TEN, NOON = "TIMESTAMP '2026-11-22 10:00:00'", "TIMESTAMP '2026-11-22 12:00:00'"
LAST = "CURRENT_TIMESTAMP - INTERVAL '15' MINUTE"
TUMBLE = "TABLE(TUMBLE(TABLE orders, DESCRIPTOR(order_time), INTERVAL '10' MINUTE))"
HOP = "TABLE(HOP(TABLE orders, DESCRIPTOR(order_time), INTERVAL '5' MINUTE, INTERVAL '1' HOUR))"
STEPS = "TABLE(CUMULATE(TABLE orders, DESCRIPTOR(order_time), INTERVAL '1' HOUR, INTERVAL '1' DAY))"
SESSION = "TABLE(SESSION({} PARTITION BY city, DESCRIPTOR(order_time), INTERVAL '5' MINUTE))"


def spans(sql: str, zone: str = "UTC", catalog: Catalog = CATALOG) -> dict[str, str]:
    """Each table's span as text: `start .. end`, without the seconds where they are 0."""
    read = query.read(sql, catalog)
    assert read.names is not None, read.error
    assert read.names.certain, read.names.problems
    found = timerange.of(read, catalog, now=NOW, time_zone=zone)
    return {
        table: f"{_text(span.start)}..{_text(span.end)}".strip() for table, span in found.items()
    }


def _text(instant: datetime | None) -> str:
    return instant.isoformat(" ")[5:].removesuffix("+00:00").removesuffix(":00") if instant else ""


# What stands behind WHERE, and the span of orders.
CONDITIONS = [
    ("order_time >= " + LAST, "11-22 17:14.."),
    ("order_time > NOW() - INTERVAL '15' MINUTE", "11-22 17:14.."),
    ("order_time > LOCALTIMESTAMP - INTERVAL '15' MINUTE", "11-22 17:14.."),
    ("CURRENT_TIMESTAMP - INTERVAL '15' MINUTE <= order_time", "11-22 17:14.."),
    ("order_time + INTERVAL '15' MINUTE >= CURRENT_TIMESTAMP", "11-22 17:14.."),
    ("order_time >= CURRENT_ROW_TIMESTAMP() - INTERVAL '1' HOUR", "11-22 16:29.."),
    ("order_time < CURRENT_ROW_TIMESTAMP()", ".."),
    ("order_time < CURRENT_TIMESTAMP", "..11-22 17:41"),
    (f"order_time >= {TEN}", "11-22 10:00.."),
    (f"{TEN} < order_time", "11-22 10:00.."),
    (f"order_time = {TEN}", "11-22 10:00..11-22 10:00"),
    (f"order_time <> {TEN}", ".."),
    (f"NOT (order_time <> {TEN})", "11-22 10:00..11-22 10:00"),
    (f"order_time BETWEEN {TEN} AND {NOON}", "11-22 10:00..11-22 12:00"),
    (f"order_time BETWEEN SYMMETRIC {NOON} AND {TEN}", "11-22 10:00..11-22 12:00"),
    (f"order_time NOT BETWEEN {TEN} AND {NOON}", ".."),
    (f"order_time IN ({NOON}, {TEN})", "11-22 10:00..11-22 12:00"),
    (f"order_time NOT IN ({NOON}, {TEN})", ".."),
    (f"NOT (order_time < {TEN})", "11-22 10:00.."),
    (f"NOT (order_time < {TEN} OR order_time > {NOON})", "11-22 10:00..11-22 12:00"),
    (f"(order_time < {TEN}) IS NOT TRUE", ".."),
    (f"(order_time < {TEN}) IS TRUE", "..11-22 10:00"),
    (f"order_time > {TEN} OR order_time > {NOON}", "11-22 10:00.."),
    (f"order_time > {TEN} OR city = 'Bern'", ".."),
    (f"(order_time > {TEN} AND city = 'x') OR order_time = {NOON}", "11-22 10:00.."),
    (f"order_time > {NOON} AND order_time < {TEN}", "11-22 12:00..11-22 12:00"),
    (f"CASE WHEN order_time > {TEN} THEN TRUE ELSE FALSE END", ".."),
    (f"COALESCE(order_time, {TEN}) >= {TEN}", ".."),
    ("order_time >= TO_TIMESTAMP('2026-11-22 10:00:00.5')", "11-22 10:00:00.500000.."),
    ("order_time >= TO_TIMESTAMP('22.11.2026', 'dd.MM.yyyy')", ".."),
    ("order_time >= TO_TIMESTAMP_LTZ(1795341600000, 3)", "11-22 10:00.."),
    ("order_time >= CAST('2026-11-22 10:00:00' AS TIMESTAMP(3))", "11-22 10:00.."),
    ("order_time >= CAST('2026-11-22' AS TIMESTAMP_LTZ(3))", "11-22 00:00.."),
    ("order_time >= '2026-11-22 10:00:00'", "11-22 10:00.."),
    ("order_time >= '2026-1-2'", ".."),
    ("order_time >= TO_TIMESTAMP('2026-11-22 10:00', 'yyyy-MM-dd')", ".."),
    ("CAST(order_time AS DATE) = '2026-11-22 10:00:00'", "11-22 00:00..11-23 10:00"),
    ("CAST(order_time AS DATE) >= TO_DATE('2026-11-22 10:00:00')", ".."),
    ("CAST(order_time AS DATE) >= TO_DATE('2026-11-22')", "11-22 00:00.."),
    ("order_time >= DATE_FORMAT(CURRENT_TIMESTAMP, 'yyyy-MM-dd')", "11-22 00:00.."),
    (f"CAST(order_time AS TIMESTAMP(3)) > {TEN}", "11-22 10:00.."),
    (f"CAST(order_time AS TIMESTAMP(0)) = {TEN}", "11-22 09:59:59..11-22 10:00:01"),
    ("CAST(order_time AS TIME) > TIME '10:00:00'", ".."),
    ("CAST(order_time AS DATE) = DATE '2026-11-22'", "11-22 00:00..11-23 00:00"),
    ("CAST(order_time AS DATE) = CURRENT_DATE", "11-22 00:00..11-23 00:00"),
    ("CAST(order_time AS DATE) >= CURRENT_DATE - INTERVAL '1' DAY", "11-21 00:00.."),
    (f"FLOOR(order_time TO HOUR) = {TEN}", "11-22 10:00..11-22 11:00"),
    ("FLOOR(order_time TO DAY) = FLOOR(CURRENT_TIMESTAMP TO DAY)", "11-22 00:00..11-23 00:00"),
    ("order_time >= FLOOR(CURRENT_TIMESTAMP TO HOUR)", "11-22 17:00.."),
    (f"CEIL(order_time TO HOUR) = {TEN}", "11-22 09:00..11-22 10:00"),
    ("DATE_FORMAT(order_time, 'yyyy-MM-dd') = '2026-11-22'", "11-22 00:00..11-23 00:00"),
    ("DATE_FORMAT(order_time, 'yyyy-MM-dd HH:mm') >= '2026-11-22 10:15'", "11-22 10:15.."),
    ("DATE_FORMAT(order_time, 'yyyy-MM-dd') = CAST(CURRENT_DATE AS STRING)",
     "11-22 00:00..11-23 00:00"),
    ("DATE_FORMAT(order_time, 'HH:mm') > '10:00'", ".."),
    ("DATE_FORMAT(order_time, 'dd.MM.yyyy') = '22.11.2026'", ".."),
    ("CAST(order_time AS STRING) LIKE '2026-11-22%'", ".."),
    ("TIMESTAMPDIFF(MINUTE, order_time, CURRENT_TIMESTAMP) < 15", "11-22 17:13.."),
    ("TIMESTAMPDIFF(HOUR, order_time, CURRENT_TIMESTAMP) BETWEEN 1 AND 2",
     "11-22 14:29..11-22 17:41"),
    # The difference is an INT that wraps around.
    ("TIMESTAMPDIFF(SECOND, order_time, CURRENT_TIMESTAMP) < 900", ".."),
    ("TIMESTAMPDIFF(MILLISECOND, order_time, CURRENT_TIMESTAMP) < 900", ".."),
    ("TIMESTAMPDIFF(MINUTE, order_time, CURRENT_TIMESTAMP) BETWEEN 1 AND 2", "11-22 17:26.."),
    ("TIMESTAMPDIFF(MINUTE, order_time, TIMESTAMP '9999-12-31 00:00:00') < 15", ".."),
    ("order_time > TIMESTAMPADD(HOUR, -2, CURRENT_TIMESTAMP)", "11-22 15:29.."),
    (f"TIMESTAMPADD(DAY, 1, order_time) < {TEN}", "..11-21 10:00"),
    ("EXTRACT(YEAR FROM order_time) = 2026", "01-01 00:00..01-01 00:00"),
    ("YEAR(order_time) < 2026", "..01-01 00:00"),
    ("EXTRACT(HOUR FROM order_time) = 10", ".."),
    (f"order_time > {TEN} - INTERVAL '1 02:00:00' DAY TO SECOND", "11-21 08:00.."),
    (f"order_time > {TEN} - INTERVAL '2' HOUR * 3", "11-22 04:00.."),
    (f"order_time > {TEN} - (INTERVAL '1' DAY + INTERVAL '1' HOUR)", "11-21 09:00.."),
    (f"order_time > {TEN} - INTERVAL '-90' SECOND(3)", "11-22 10:01:30.."),
    # Months are of different length, and Flink takes a week for an hour.
    (f"order_time > {TEN} - INTERVAL '1' MONTH", "10-17 10:00.."),
    (f"order_time > {TEN} - INTERVAL '1' YEAR", "11-17 10:00.."),
    (f"order_time > {TEN} - INTERVAL '1' WEEK", "11-15 10:00.."),
    (f"order_time < {TEN} - INTERVAL '1' WEEK", "..11-22 09:00"),
    (f"order_time > {TEN} - CAST(quantity AS INT) * INTERVAL '1' DAY", ".."),
    ("order_time > DATE '0001-01-01' - INTERVAL '1' YEAR", ".."),
    ("order_time > (SELECT MAX(payment_time) FROM payments)", ".."),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "span"), CONDITIONS)
def test_conditions(condition: str, span: str) -> None:
    assert spans(f"SELECT city FROM orders WHERE {condition}")["orders"] == span


ALL, SINCE = "..", "11-22 10:00.."
QUERIES = [
    # Joins
    (f"SELECT o.city FROM orders AS o JOIN payments AS p ON p.order_id = o.order_id AND "
     f"p.payment_time > {TEN}", {"orders": ALL, "payments": SINCE}),
    (f"SELECT o.city FROM orders AS o, payments AS p WHERE o.order_time > {TEN}",
     {"orders": SINCE, "payments": ALL}),
    ("SELECT o.city FROM orders AS o JOIN payments AS p ON p.payment_time BETWEEN o.order_time AND "
     f"o.order_time + INTERVAL '1' HOUR WHERE o.order_time BETWEEN {TEN} AND {NOON}",
     {"orders": "11-22 10:00..11-22 12:00", "payments": "11-22 10:00..11-22 13:00"}),
    (f"SELECT o.city FROM orders AS o LEFT JOIN payments AS p ON p.order_id = o.order_id AND "
     f"p.payment_time > {TEN} AND o.order_time > {NOON}", {"orders": ALL, "payments": SINCE}),
    (f"SELECT o.city FROM orders AS o RIGHT JOIN payments AS p ON p.order_id = o.order_id AND "
     f"p.payment_time > {TEN} AND o.order_time > {TEN}", {"orders": SINCE, "payments": ALL}),
    (f"SELECT o.city FROM orders AS o LEFT JOIN payments AS p ON p.order_id = o.order_id "
     f"WHERE o.order_time > {TEN} AND p.payment_id IS NULL", {"orders": SINCE, "payments": ALL}),
    (f"SELECT o.city FROM orders AS o FULL JOIN payments AS p ON p.order_id = o.order_id AND "
     f"p.payment_time > {TEN} WHERE o.order_time > {TEN}", {"orders": ALL, "payments": ALL}),
    (f"SELECT a.city FROM orders AS a JOIN orders AS b ON a.city = b.city "
     f"WHERE a.order_time > {TEN} AND b.order_time > {NOON}", {"orders": SINCE}),
    (f"SELECT a.city FROM orders AS a JOIN orders AS b ON a.city = b.city WHERE a.order_time > "
     f"{TEN}",
     {"orders": ALL}),
    (f"SELECT o.city FROM orders AS o JOIN payments FOR SYSTEM_TIME AS OF o.order_time AS p "
     f"ON p.order_id = o.order_id WHERE o.order_time > {TEN} AND p.payment_time > {TEN}",
     {"orders": SINCE, "payments": ALL}),
    # Queries within queries
    (f"SELECT t FROM (SELECT order_time AS t FROM orders) WHERE t > {TEN}", {"orders": SINCE}),
    (f"SELECT * FROM (SELECT order_time, city FROM orders) AS a(t, c) WHERE t > {TEN}",
     {"orders": SINCE}),
    ("SELECT d FROM (SELECT CAST(order_time AS DATE) AS d FROM orders) "
     "WHERE d = DATE '2026-11-22'", {"orders": "11-22 00:00..11-23 00:00"}),
    (f"WITH c AS (SELECT * FROM orders) SELECT city FROM c WHERE order_time > {TEN}",
     {"orders": SINCE}),
    (f"WITH c AS (SELECT * FROM orders) SELECT city FROM c WHERE order_time > {TEN} "
     f"UNION ALL SELECT city FROM c WHERE order_time > {NOON}", {"orders": SINCE}),
    (f"WITH c AS (SELECT * FROM orders) SELECT city FROM c WHERE order_time > {TEN} "
     "UNION ALL SELECT city FROM c", {"orders": ALL}),
    ("WITH orders AS (SELECT * FROM orders WHERE city = 'x') "
     f"SELECT city FROM orders WHERE order_time > {TEN}", {"orders": SINCE}),
    (f"SELECT t FROM (SELECT order_time AS t FROM orders UNION ALL SELECT payment_time FROM "
     f"payments) "
     f"WHERE t > {TEN}", {"orders": SINCE, "payments": SINCE}),
    (f"SELECT t FROM (SELECT order_time AS t FROM orders EXCEPT SELECT payment_time FROM payments) "
     f"WHERE t > {TEN}", {"orders": SINCE, "payments": SINCE}),
    (f"SELECT t FROM ((SELECT order_time AS t FROM orders UNION ALL SELECT payment_time FROM "
     f"payments) "
     f"LIMIT 5) WHERE t > {TEN}", {"orders": ALL, "payments": ALL}),
    (f"SELECT * FROM (SELECT * FROM orders ORDER BY order_time LIMIT 9) WHERE order_time > {TEN}",
     {"orders": ALL}),
    (f"SELECT * FROM (SELECT * FROM orders ORDER BY order_time OFFSET 9 ROWS) WHERE order_time > "
     f"{TEN}",
     {"orders": ALL}),
    (f"SELECT * FROM (SELECT * FROM orders WHERE order_time > {TEN} ORDER BY amount LIMIT 9)",
     {"orders": SINCE}),
    (f"SELECT * FROM (SELECT DISTINCT city, order_time FROM orders) WHERE order_time > {TEN}",
     {"orders": SINCE}),
    (f"SELECT city FROM orders AS o WHERE order_time > {TEN} AND EXISTS (SELECT 1 FROM payments "
     f"AS p "
     f"WHERE p.order_id = o.order_id AND p.payment_time > {NOON})",
     {"orders": SINCE, "payments": "11-22 12:00.."}),
    (f"SELECT city FROM orders WHERE order_id NOT IN (SELECT order_id FROM payments "
     f"WHERE payment_time > {TEN})", {"orders": ALL, "payments": SINCE}),
    (f"SELECT city FROM orders WHERE order_time > {NOON} AND "
     f"amount > (SELECT AVG(amount) FROM orders WHERE order_time > {TEN})", {"orders": SINCE}),
    # Grouping and windows
    ("SELECT * FROM (SELECT FLOOR(order_time TO HOUR) AS h, COUNT(*) AS n FROM orders "
     f"GROUP BY FLOOR(order_time TO HOUR)) WHERE h = {TEN}", {"orders": "11-22 10:00..11-22 "
     "11:00"}),
    (f"SELECT * FROM (SELECT city, MAX(order_time) AS t FROM orders GROUP BY city) WHERE t > {TEN}",
     {"orders": ALL}),
    (f"SELECT city FROM orders GROUP BY city HAVING MAX(order_time) > {TEN}", {"orders": ALL}),
    (f"SELECT order_time FROM orders GROUP BY order_time HAVING order_time > {TEN}",
     {"orders": SINCE}),
    (f"SELECT * FROM (SELECT order_time, city, COUNT(*) AS n FROM orders "
     f"GROUP BY GROUPING SETS ((order_time), (city))) WHERE order_time > {TEN}", {"orders": ALL}),
    (f"SELECT COUNT(*) FILTER (WHERE order_time > {TEN}) FROM orders", {"orders": ALL}),
    (f"SELECT window_start FROM {TUMBLE} WHERE window_start >= {TEN}", {"orders": SINCE}),
    (f"SELECT window_start FROM {TUMBLE} WHERE window_start = {TEN}",
     {"orders": "11-22 10:00..11-22 10:10"}),
    (f"SELECT window_start FROM {TUMBLE} WHERE order_time >= {TEN}", {"orders": SINCE}),
    (f"SELECT window_start FROM {HOP} WHERE window_end > {TEN} AND window_end <= {NOON}",
     {"orders": "11-22 09:00..11-22 12:00"}),
    (f"SELECT window_time FROM {HOP} WHERE window_time <= {TEN}",
     {"orders": "..11-22 10:00:00.001000"}),
    (f"SELECT window_start FROM {STEPS} WHERE window_end = {TEN}",
     {"orders": "11-21 10:00..11-22 10:00"}),
    (f"SELECT * FROM (SELECT window_start, window_end, COUNT(*) AS n FROM {TUMBLE} "
     f"GROUP BY window_start, window_end) WHERE window_end = {TEN}",
     {"orders": "11-22 09:50..11-22 10:00"}),
    (f"SELECT window_start FROM {SESSION.format('TABLE orders')} WHERE order_time > {TEN} "
     f"AND window_start > {TEN}", {"orders": ALL}),
    ("SELECT window_start FROM "
     + SESSION.format(f"TABLE (SELECT * FROM orders WHERE order_time > {TEN})"), {"orders": SINCE}),
    ("SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY city ORDER BY order_time DESC) AS "
     "rn "
     f"FROM orders) WHERE rn = 1 AND order_time > {TEN}", {"orders": ALL}),
    ("SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY city ORDER BY order_time DESC) AS "
     "rn "
     f"FROM orders WHERE order_time > {TEN}) WHERE rn = 1", {"orders": SINCE}),
    ("SELECT * FROM (SELECT window_start, window_end, city, ROW_NUMBER() OVER (PARTITION BY "
     f"window_start, window_end ORDER BY amount) AS rn FROM {TUMBLE}) WHERE rn < 3 "
     f"AND window_start = {TEN}", {"orders": "11-22 10:00..11-22 10:10"}),
    (f"SELECT *, LAG(amount) OVER (PARTITION BY city ORDER BY order_time) AS p FROM orders "
     f"WHERE order_time > {TEN}", {"orders": SINCE}),
    ("SELECT * FROM orders MATCH_RECOGNIZE (PARTITION BY city ORDER BY order_time MEASURES "
     "A.order_time AS t ONE ROW PER MATCH PATTERN (A B) DEFINE B AS B.amount > A.amount) AS m "
     f"WHERE m.t > {TEN}", {"orders": ALL}),
    ("SELECT city, ROW_NUMBER() OVER (PARTITION BY city ORDER BY order_time) AS rn FROM orders "
     f"QUALIFY rn < 60 AND order_time > {TEN}", {"orders": ALL}),
    ("SELECT city FROM orders", {"orders": ALL}),
    ("SELECT 1", {}),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "expected"), QUERIES)
def test_queries(sql: str, expected: dict[str, str]) -> None:
    assert spans(sql) == expected


ZONED = [
    ("Europe/Berlin", f"order_time >= {TEN}", "11-22 09:00.."),
    ("Asia/Kolkata", f"FLOOR(order_time TO HOUR) = {TEN}", "11-22 04:30..11-22 05:30"),
    ("GMT+02:00", f"order_time >= {TEN}", "11-22 08:00.."),
    ("Mars/Olympus", f"order_time >= {TEN}", ".."),
    ("Europe/Berlin", "CAST(order_time AS DATE) = CURRENT_DATE", "11-21 23:00..11-22 23:00"),
    # The hour that the clock shows twice, and another one to be sure.
    ("Europe/Berlin", "order_time >= TIMESTAMP '2026-10-25 02:30:00'", "10-24 23:30.."),
    ("Europe/Berlin", "order_time <= TIMESTAMP '2026-10-25 02:30:00'", "..10-25 02:30"),
    # Flink mixes these up in one range.
    ("Europe/Berlin", f"order_time >= {TEN} AND order_time < '2026-11-23'", ".."),
    ("UTC", f"order_time >= {TEN} AND order_time < '2026-11-23'", "11-22 10:00..11-23 00:00"),
]


@pytest.mark.parametrize(("zone", "condition", "span"), ZONED)
def test_time_zones(zone: str, condition: str, span: str) -> None:
    assert spans(f"SELECT city FROM orders WHERE {condition}", zone)["orders"] == span


CHANGING = [
    {"connector": "upsert-kafka"},
    {"connector": "kafka", "format": "debezium-json"},
    {"connector": "kafka", "value.format": "${FORMAT}"},
    {"connector": "mysql-cdc"},
    {},
]


@pytest.mark.parametrize("options", CHANGING)
def test_tables_whose_rows_change_are_read_from_their_beginning(options: dict[str, str]) -> None:
    changing = Catalog(tuple(replace(table, options=options) for table in CATALOG))
    sql = f"SELECT city FROM orders WHERE order_time > {TEN}"
    assert spans(sql, catalog=changing) == {"orders": ".."}


def test_what_cannot_be_resolved_bounds_nothing() -> None:
    read = query.read(f"SELECT citty FROM orders WHERE order_time > {TEN}", CATALOG)
    found = timerange.of(read, CATALOG, now=NOW, time_zone="UTC")
    assert found == {"orders": timerange.Span(None, None)}


@pytest.mark.parametrize("sql", ["SELECT FROM WHERE", "DROP TABLE orders", ""])
def test_what_is_no_query_reads_nothing(sql: str) -> None:
    assert timerange.of(query.read(sql, CATALOG), CATALOG, now=NOW, time_zone="UTC") == {}
