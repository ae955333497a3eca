"""What a question sees of an `upsert-kafka` table: of each key the newest value."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from app.answer import QueryResult
from tests.kafka.asking import NOON, Asking
from tests.kafka.broker import Broker, Record
from tests.kafka.test_tables import write

pytestmark = [pytest.mark.flink, pytest.mark.kafka]

AGES = "SELECT id, age FROM users ORDER BY id"
USERS = """
    id STRING COMMENT 'who', name STRING, age INT, t TIMESTAMP_LTZ(3), older AS age + 1,
    WATERMARK FOR t AS t - INTERVAL '5' SECOND, PRIMARY KEY (id) NOT ENFORCED
"""


def user(key: str, age: int | None, partition: int = -1, second: int = 0) -> Record:
    """What is known of a user; without an age, that she is gone."""
    at = NOON + timedelta(seconds=second)
    value = {"id": key, "name": key.upper(), "age": age, "t": f"{at:%Y-%m-%dT%H:%M:%SZ}"}
    return Record(
        None if age is None else json.dumps(value).encode(),
        key.encode(),
        timestamp=round(at.timestamp() * 1000),
        partition=partition,
    )


def ages(result: QueryResult) -> list[tuple[str, int]]:
    return [(row["id"], row["age"]) for row in result.rows()]


def users(kafka: Broker, folder: Path) -> str:
    """A topic of two partitions, and its table."""
    topic = kafka.topic("users", partitions=2)
    options = {
        "connector": "upsert-kafka",
        "topic": topic,
        "properties.bootstrap.servers": kafka.bootstrap,
        "key.format": "raw",
        "value.format": "json",
        "value.json.timestamp-format.standard": "ISO-8601",
        "sink.parallelism": "1",
    }
    write(folder / "tables", "users", USERS, options)
    return topic


def test_of_each_key_the_newest_value_counts(kafka: Broker, tmp_path: Path, asking: Asking) -> None:
    topic = users(kafka, tmp_path)
    first = [user(f"u{n}", n, second=n) for n in range(20)]
    then = [user("u3", 33), user("u4", None), user("u5", None), user("u5", 55), user("u6", None)]
    kafka.produce(topic, [*first, *then])
    found = asking.run("SELECT id, name, age, older FROM users ORDER BY id")
    ages = {f"u{n}": n for n in range(20)} | {"u3": 33, "u5": 55}
    del ages["u4"], ages["u6"]
    assert found.rows() == [
        {"id": key, "name": key.upper(), "age": age, "older": age + 1}
        for key, age in sorted(ages.items())
    ]
    assert found.tables == ("users",)
    assert found.offsets["users"].records == 25
    assert found.as_of == {"users": NOON + timedelta(seconds=19)}


def test_upserts_have_windows_and_joins(kafka: Broker, tmp_path: Path, asking: Asking) -> None:
    topic = users(kafka, tmp_path)
    kafka.produce(topic, [user(f"u{n}", n, second=n) for n in range(20)])
    windows = asking.run(
        "SELECT window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE users, DESCRIPTOR(t),"
        " INTERVAL '10' SECOND)) GROUP BY window_start, window_end ORDER BY window_start"
    )
    assert [row["n"] for row in windows.rows()] == [10, 10]
    joined = asking.run(
        "SELECT COUNT(*) AS n FROM users a JOIN users b ON a.age = b.older WHERE b.age < 5"
    )
    assert joined.rows() == [{"n": 5}]


def test_a_key_that_has_moved_counts_by_its_time(
    kafka: Broker, tmp_path: Path, asking: Asking
) -> None:
    topic = users(kafka, tmp_path)
    moved = [user("a", 1, 0, 0), user("a", 2, 0, 5), user("a", 3, 1, 9), user("b", 1, 0, 0)]
    kafka.produce(topic, [*moved, user("b", None, 1, 3), user("c", 7, 1, 1), user("c", None, 0, 0)])
    assert ages(asking.run(AGES)) == [("a", 3), ("c", 7)]
