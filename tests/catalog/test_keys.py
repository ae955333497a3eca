"""Keys that Flink must not believe in are left out of what it is told, and nothing else is."""

from __future__ import annotations

import pytest

from app.assistant import Assistant
from app.catalog.keys import may_repeat, without_primary_key
from app.catalog.model import Table

KEY = "PRIMARY KEY (a) NOT ENFORCED"

# body as written, body as registered
BODIES = [
    (f"(a INT, {KEY})", "(a INT)"),
    (f"(a INT, {KEY}, b INT)", "(a INT, b INT)"),
    (f"({KEY}, a INT)", "( a INT)"),
    (f"(a INT, CONSTRAINT `k` {KEY}) COMMENT 'x'", "(a INT) COMMENT 'x'"),
    ("(a INT, b INT, PRIMARY KEY (a, b) NOT ENFORCED)", "(a INT, b INT)"),
    ("(a INT, b INT, primary key (a, `b`) not enforced)", "(a INT, b INT)"),
    ("(a INT PRIMARY KEY NOT ENFORCED)", "(a INT)"),
    ("(a INT PRIMARY KEY NOT ENFORCED, b INT)", "(a INT, b INT)"),
    (
        "(a INT CONSTRAINT k PRIMARY KEY NOT ENFORCED COMMENT 'c', b INT)",
        "(a INT COMMENT 'c', b INT)",
    ),
    (
        "(a INT COMMENT 'PRIMARY KEY (a) NOT ENFORCED')",
        "(a INT COMMENT 'PRIMARY KEY (a) NOT ENFORCED')",
    ),
    ("(a INT -- PRIMARY KEY (a)\n, b INT)", "(a INT -- PRIMARY KEY (a)\n, b INT)"),
    ("(`PRIMARY` INT, `KEY` INT)", "(`PRIMARY` INT, `KEY` INT)"),
]


@pytest.mark.parametrize(("body", "registered"), BODIES)
def test_only_the_key_is_left_out(body: str, registered: str) -> None:
    assert without_primary_key(f"CREATE TABLE t {body}") == f"CREATE TABLE t {registered}"


@pytest.mark.parametrize(
    ("options", "repeats"),
    [
        ({"connector": "filesystem", "format": "json"}, True),
        ({"connector": "kafka", "format": "json"}, True),
        ({"connector": "kafka", "value.format": "avro-confluent"}, True),
        ({"connector": "kafka", "format": "debezium-json"}, False),
        ({"connector": "kafka", "value.format": "debezium-avro-confluent"}, False),
        ({"connector": "upsert-kafka"}, False),
        ({"connector": "jdbc"}, False),
    ],
)
def test_which_sources_may_repeat_rows(options: dict[str, str], repeats: bool) -> None:
    assert may_repeat(Table("t", (), options=options)) is repeats


@pytest.mark.flink
def test_flink_counts_distinct_keys_not_rows(shop: Assistant) -> None:
    """Told of the key, Flink would plan both of these as COUNT(*)."""
    sql = "SELECT COUNT(*) AS n, COUNT(DISTINCT order_id) AS keys FROM orders"
    [counted] = shop.sql(sql).rows()
    [listed] = shop.sql(
        "SELECT COUNT(*) AS n FROM (SELECT DISTINCT order_id, city FROM orders)"
    ).rows()
    assert counted["keys"] < counted["n"]
    assert listed["n"] == counted["keys"]
