"""Tables of several topics, or of a pattern: their records up to the moment of the question."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.catalog import upserts
from app.catalog.model import Table
from app.engines import pyflink_reading
from app.engines.pyflink_reading import Reading
from app.engines.pyflink_topics import Topics
from app.errors import QueryFailed
from app.offsets import TableRead
from tests.kafka.asking import ALL, MINUTE, NOON, Asking, ids, order
from tests.kafka.broker import Broker
from tests.kafka.test_upserts import AGES, ages, user, users

pytestmark = [pytest.mark.flink, pytest.mark.kafka]


def test_of_several_topics_each_is_read_by_its_offsets(kafka: Broker, asking: Asking) -> None:
    old, new = kafka.topic("orders"), kafka.topic("orders", partitions=2)
    kafka.produce(old, [order(1, NOON - 60 * MINUTE), order(2, NOON - 5 * MINUTE)])
    kafka.produce(new, [order(3, NOON, partition=1)])
    asking.table(f"{old};{new}", kafka)
    result = asking.run(ALL, NOON - 15 * MINUTE)
    assert ids(result) == [2, 3]  # the hint narrows what is read, and the query has no filter
    assert result.tables == ("orders",)
    assert result.as_of == {"orders": NOON}
    assert str(result.offsets["orders"]) == (
        f"topic {old}, offsets 0: 1 to 2 (1 record); partition 0 is idle"
        f" (since 2026-11-22 11:55:00 UTC); topic {new}, offsets 0: 0 to 0, 1: 0 to 1"
        " (1 record); partition 0 is idle (empty)"
    )
    windows = asking.run(
        "SELECT window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(t),"
        " INTERVAL '10' MINUTE)) GROUP BY window_start, window_end ORDER BY window_start"
    )
    assert [row["n"] for row in windows.rows()] == [1, 1, 1]
    assert ids(asking.run("SELECT a.id FROM orders a JOIN orders b ON a.id = b.id + 1")) == [2, 3]


def test_a_pattern_gives_the_topics_of_the_moment(kafka: Broker, asking: Asking) -> None:
    first = kafka.topic("orders")
    kafka.produce(first, [order(1, NOON)])
    asking.table("", kafka, {"topic-pattern": f"{first}(-.*)?"})
    assert ids(asking.run(ALL)) == [1]
    second = kafka.topic(f"{first}-of")
    kafka.produce(second, [order(2, NOON)])
    result = asking.run(ALL)
    assert ids(result) == [1, 2]
    assert [one.topic for one in result.offsets["orders"].topics] == [first, second]
    asking.table("", kafka, {"topic-pattern": "nothing-of-the-kind"})
    with pytest.raises(QueryFailed, match="has no topic that 'topic-pattern'"):
        asking.run(ALL)


def test_of_several_topics_the_missing_one_is_named(kafka: Broker, asking: Asking) -> None:
    there, gone = kafka.topic("orders"), "orders-gone"
    asking.table(f"{there};{gone}", kafka)
    with pytest.raises(QueryFailed, match=f"The topic {gone} of the table orders does not exist"):
        asking.run(ALL)


def test_what_comes_after_the_question_is_not_in_its_answer(
    kafka: Broker, asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = kafka.topic("orders", partitions=2), kafka.topic("orders")
    kafka.produce(one, [order(1, NOON, partition=0)])
    kafka.produce(other, [order(2, NOON)])
    asking.table(f"{one};{other}", kafka)
    look = pyflink_reading.now

    def look_and_add(*given: Any) -> Reading:
        reading = look(*given)
        kafka.produce(one, [order(3, NOON, partition=0), order(4, NOON, partition=1)])
        kafka.produce(other, [order(5, NOON)])
        return reading

    monkeypatch.setattr(pyflink_reading, "now", look_and_add)
    result = asking.run(ALL)
    assert ids(result) == [1, 2]
    assert result.offsets["orders"].records == 2


def test_a_value_that_only_the_keys_have_leaves_the_earlier_one(
    kafka: Broker, tmp_path: Path, asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where Kafka cannot be asked, Flink looks for each part's end, at a moment of its own."""
    topic, other = users(kafka, tmp_path), kafka.topic("users", partitions=1)
    file = tmp_path / "tables" / "users.sql"
    file.write_text(file.read_text().replace(f"'{topic}'", f"'{topic};{other}'"))
    kafka.produce(topic, [user("a", 1), user("b", 2), user("c", 3)])
    kafka.produce(other, [user("d", 4), user("e", 5)])
    later = [user("a", 11, second=9), user("b", None, second=9), user("f", 6, second=9)]
    kafka.produce(topic, later)
    exact = asking.run(AGES)
    assert ages(exact) == [("a", 11), ("c", 3), ("d", 4), ("e", 5), ("f", 6)]
    assert [one.topic for one in exact.offsets["users"].topics] == [topic, other]
    parts = upserts.parts

    def not_asked(*_: object) -> Future[TableRead | None]:
        nothing: Future[TableRead | None] = Future()
        nothing.set_result(None)
        return nothing

    def rows_end_before(table: Table) -> tuple[Table, Table]:
        rows, keys = parts(table)
        millis = str(round((NOON + timedelta(seconds=5)).timestamp() * 1000))
        end = {"scan.bounded.mode": "timestamp", "scan.bounded.timestamp-millis": millis}
        return replace(rows, options={**rows.options, **end}), keys

    monkeypatch.setattr(upserts, "parts", rows_end_before)
    monkeypatch.setattr(Topics, "look", not_asked)
    assert ages(asking.run(AGES)) == [("a", 1), ("c", 3), ("d", 4), ("e", 5)]
