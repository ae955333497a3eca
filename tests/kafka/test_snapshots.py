"""What a question reads of a topic: the offsets that its time range can need, and no others."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewPartitions

from app.answer import QueryResult
from app.catalog import loader, upserts
from app.catalog.model import Table
from app.engines import pyflink_reading
from app.engines.pyflink import PyFlinkEngine
from app.engines.pyflink_reading import Reading
from app.engines.pyflink_topics import Topics
from app.errors import EngineUnavailable, QueryFailed
from app.offsets import TopicRead
from app.sql import guard
from app.sql.timerange import Span
from tests.kafka.broker import Broker, Record
from tests.kafka.test_tables import over, write

pytestmark = [pytest.mark.flink, pytest.mark.kafka]

T = TypeVar("T")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
COLUMNS = "id INT, t TIMESTAMP_LTZ(3), WATERMARK FOR t AS t - INTERVAL '30' SECOND"
ISO = {"json.timestamp-format.standard": "ISO-8601"}
ALL = "SELECT id FROM orders ORDER BY id"
LAST_QUARTER = "SELECT COUNT(*) AS n FROM orders WHERE t >= TIMESTAMP '2026-11-22 11:45:00'"


class Asking:
    """Engines over the tables of a folder."""

    def __init__(self, folder: Path, opened: ExitStack) -> None:
        self._folder, self._opened = folder, opened

    def table(self, topic: str, broker: Broker, more: Mapping[str, str] | None = None) -> None:
        options = over(topic, broker.bootstrap, {**ISO, **(more or {})})
        given = {name: value for name, value in options.items() if value}
        write(self._folder / "tables", "orders", COLUMNS, given)

    def run(
        self,
        sql: str,
        since: datetime | None = None,
        *,
        environ: Mapping[str, str] | None = None,
        timeout: float = 60.0,
    ) -> QueryResult:
        catalog = loader.load([self._folder / "tables"])
        assert not catalog.problems
        state = self._folder / "state"
        engine = PyFlinkEngine(catalog, environ=environ or {}, state_dir=state)
        self._opened.enter_context(engine)
        query = guard.check(sql, catalog, engine.parse, row_limit=100_000)
        ranges = {"orders": Span(since, None)} if since else {}
        return engine.run(query, ranges=ranges, timeout=timeout)


@pytest.fixture
def asking(tmp_path: Path, connectors: Path, engine: PyFlinkEngine) -> Iterator[Asking]:
    with ExitStack() as opened:
        yield Asking(tmp_path, opened)


def order(n: int, at: datetime, recorded: datetime | None = None, partition: int = -1) -> Record:
    """An order of a moment, whose record has the same timestamp unless another is given."""
    value = json.dumps({"id": n, "t": f"{at:%Y-%m-%dT%H:%M:%SZ}"}).encode()
    millis = round((recorded or at).timestamp() * 1000)
    return Record(value, timestamp=millis, partition=partition)


def two_hours(kafka: Broker) -> str:
    """A topic of one order a second up to noon, in three partitions by turns."""
    topic = kafka.topic("orders", partitions=3)
    count = 7_200
    times = (NOON - timedelta(seconds=count - n) for n in range(count))
    kafka.produce(topic, [order(n, at, partition=n % 3) for n, at in enumerate(times)])
    return topic


def ids(result: QueryResult) -> list[int]:
    return [row["id"] for row in result.rows()]


def read(result: QueryResult) -> TopicRead:
    """What was read of a table's only topic."""
    (topic,) = result.offsets["orders"].topics
    return topic


def test_a_time_range_reads_what_it_can_need(kafka: Broker, asking: Asking) -> None:
    topic = two_hours(kafka)
    asking.table(topic, kafka)
    whole = asking.run(LAST_QUARTER)
    part = asking.run(LAST_QUARTER, NOON - 15 * MINUTE)
    assert part.rows() == whole.rows() == [{"n": 900}]
    assert read(whole).records == 7_200
    assert read(part).records == 900 + 30  # the table's out-of-orderness is the margin
    assert {one.end for one in read(part).partitions} == {2_400}
    assert part.as_of == whole.as_of == {"orders": NOON - timedelta(seconds=1)}
    assert f"topic {topic}, offsets 0: 2090 to 2400" in str(read(part))


def test_a_late_row_within_the_margin_counts(kafka: Broker, asking: Asking) -> None:
    topic = kafka.topic("orders")
    early = NOON - 15 * MINUTE - timedelta(seconds=29)
    rows = [(1, early, early), (2, NOON - 15 * MINUTE, early), (3, NOON, NOON)]
    kafka.produce(topic, [order(n, at, recorded) for n, at, recorded in rows])
    asking.table(topic, kafka)
    assert asking.run(LAST_QUARTER, NOON - 15 * MINUTE).rows() == [{"n": 2}]


def test_event_time_ahead_of_the_records_is_read_in_full(kafka: Broker, asking: Asking) -> None:
    topic = kafka.topic("orders")
    hours = [(n, NOON + n * 60 * MINUTE, NOON - 60 * MINUTE + n * MINUTE) for n in range(5)]
    kafka.produce(topic, [order(n, at, recorded) for n, at, recorded in hours])
    asking.table(topic, kafka)
    result = asking.run("SELECT id FROM orders WHERE t >= TIMESTAMP '2026-11-22 12:00:00'", NOON)
    assert sorted(ids(result)) == [0, 1, 2, 3, 4]
    assert read(result).records == 5


def test_idle_and_empty_partitions_are_named(kafka: Broker, asking: Asking) -> None:
    topic = kafka.topic("orders", partitions=3)
    kafka.produce(topic, [order(1, NOON, partition=0), order(2, NOON - 9 * MINUTE, partition=2)])
    asking.table(topic, kafka)
    result = asking.run(ALL)
    said = result.offsets["orders"]
    assert [one.number for one in said.idle(read(result))] == [1, 2]
    assert "partitions 1 (empty), 2 (since 2026-11-22 11:51:00 UTC) are idle" in str(said)


@pytest.mark.parametrize("start", ["latest-offset", "group-offsets", "earliest-offset"])
def test_where_streams_begin_is_not_where_snapshots_do(
    kafka: Broker, asking: Asking, start: str
) -> None:
    topic = kafka.topic("orders")
    kafka.produce(topic, [order(1, NOON)])
    group = {"properties.group.id": f"of-{topic}"}
    asking.table(topic, kafka, {"scan.startup.mode": start, **group})
    assert ids(asking.run(ALL)) == [1]


def test_an_open_transaction_is_not_waited_for(kafka: Broker, asking: Asking) -> None:
    topic = kafka.topic("orders", config={"message.timestamp.after.max.ms": str(2**62)})
    later = datetime.now(UTC) + timedelta(days=9)  # than the mark of the commit between
    producer = Producer(kafka.client({"transactional.id": topic}))
    producer.init_transactions()

    def begin(*rows: Record) -> None:
        producer.begin_transaction()
        for row in rows:
            producer.produce(topic, row.value, timestamp=row.timestamp)
        producer.flush(30)

    begin(order(1, NOON))
    producer.commit_transaction()
    asking.table(topic, kafka, {"properties.isolation.level": "read_committed"})
    begin(order(2, NOON), order(3, later))
    result = asking.run(ALL, timeout=30)
    assert ids(result) == [1]
    assert [(one.start, one.end) for one in read(result).partitions] == [(0, 2)]
    late = asking.run(ALL, later, timeout=30)  # begins behind the transaction
    assert (ids(late), read(late).records) == ([], 0)
    producer.commit_transaction()
    assert ids(asking.run(ALL)) == [1, 2, 3]


def test_a_fixed_start_holds(kafka: Broker, asking: Asking) -> None:
    topic = kafka.topic("orders")
    kafka.produce(topic, [order(n, NOON + n * MINUTE) for n in range(4)])
    millis = str(round((NOON + 2 * MINUTE).timestamp() * 1000))
    more = {"scan.startup.mode": "timestamp", "scan.startup.timestamp-millis": millis}
    asking.table(topic, kafka, more)
    assert ids(asking.run(ALL)) == [2, 3]


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


def test_a_new_partition_is_read_by_the_next_question(kafka: Broker, asking: Asking) -> None:
    topic = kafka.topic("orders")
    kafka.produce(topic, [order(1, NOON)])
    asking.table(topic, kafka)
    assert ids(asking.run(ALL)) == [1]
    admin = AdminClient(kafka.client())
    admin.create_partitions([NewPartitions(topic, 2)])[topic].result(30)
    kafka.produce(topic, [order(2, NOON, partition=1)])
    result = asking.run(ALL)
    assert ids(result) == [1, 2]
    assert len(read(result).partitions) == 2


def test_a_deleted_topic_is_named(kafka: Broker, asking: Asking) -> None:
    topic = kafka.topic("orders")
    kafka.produce(topic, [order(1, NOON)])
    asking.table(topic, kafka)
    assert ids(asking.run(ALL)) == [1]
    admin = AdminClient(kafka.client())
    admin.delete_topics([topic])[topic].result(30)
    with pytest.raises(QueryFailed, match=f"The topic {topic} of the table orders does not") as no:
        asking.run(ALL)
    assert "Create it" in no.value.hint


def test_wrong_credentials_are_told_without_them(kafka: Broker, asking: Asking) -> None:
    topic = kafka.topic("orders")
    kafka.produce(topic, [order(1, NOON)])
    login = "org.apache.kafka.common.security.plain.PlainLoginModule required"
    more = {
        "properties.bootstrap.servers": kafka.sasl_bootstrap,
        "properties.security.protocol": "SASL_PLAINTEXT",
        "properties.sasl.mechanism": "PLAIN",
        "properties.sasl.jaas.config": f'{login} username="${{WHO}}" password="${{WORD}}";',
    }
    asking.table(topic, kafka, more)
    right = {"WHO": kafka.user, "WORD": kafka.password}
    assert ids(asking.run(ALL, environ=right)) == [1]
    wrong = {**right, "WORD": "planted-and-wrong"}
    with pytest.raises(EngineUnavailable, match="refused the credentials") as refused:
        asking.run(ALL, environ=wrong)
    assert "planted" not in f"{refused.value} {refused.value.hint}"


def test_kafka_that_is_away_is_told_and_asked_again_when_back(
    kafka: Broker, asking: Asking
) -> None:
    topic = kafka.topic("orders")
    kafka.produce(topic, [order(1, NOON)])
    asking.table(topic, kafka)
    kafka.stop()
    try:
        with pytest.raises(EngineUnavailable, match="does not answer") as away:
            asking.run(ALL)
        assert "Check that it runs" in away.value.hint
    finally:
        kafka.start()
    assert ids(asking.run(ALL)) == [1]


def test_an_address_that_nobody_knows_is_told_without_words_of_java(
    kafka: Broker, asking: Asking
) -> None:
    asking.table("orders", kafka, {"properties.bootstrap.servers": "nowhere.invalid:9092"})
    with pytest.raises(EngineUnavailable, match=r"No host of Kafka at nowhere") as unknown:
        asking.run(ALL)
    assert "Exception" not in str(unknown.value)
    assert "properties.bootstrap.servers" in unknown.value.hint


def test_kafka_that_goes_away_while_it_is_read(
    kafka: Broker, asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = two_hours(kafka)
    asking.table(topic, kafka)
    look = pyflink_reading.now

    def look_and_lose(*given: Any) -> Reading:
        reading = look(*given)
        kafka.stop()
        return reading

    monkeypatch.setattr(pyflink_reading, "now", look_and_lose)
    try:
        with pytest.raises(EngineUnavailable, match="Kafka") as lost:
            asking.run(ALL, timeout=8)
        assert "Check that it runs" in lost.value.hint
    finally:
        kafka.start()
    monkeypatch.undo()
    assert ids(asking.run("SELECT id FROM orders WHERE id = 7")) == [7]


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


def done(value: T) -> Future[T]:
    future: Future[T] = Future()
    future.set_result(value)
    return future


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

    def rows_end_before(table: Table) -> tuple[Table, Table]:
        rows, keys = parts(table)
        millis = str(round((NOON + timedelta(seconds=5)).timestamp() * 1000))
        end = {"scan.bounded.mode": "timestamp", "scan.bounded.timestamp-millis": millis}
        return replace(rows, options={**rows.options, **end}), keys

    monkeypatch.setattr(upserts, "parts", rows_end_before)
    monkeypatch.setattr(Topics, "look", lambda *_: done(None))
    assert ages(asking.run(AGES)) == [("a", 1), ("c", 3), ("d", 4), ("e", 5)]


def test_a_key_that_has_moved_counts_by_its_time(
    kafka: Broker, tmp_path: Path, asking: Asking
) -> None:
    topic = users(kafka, tmp_path)
    moved = [user("a", 1, 0, 0), user("a", 2, 0, 5), user("a", 3, 1, 9), user("b", 1, 0, 0)]
    kafka.produce(topic, [*moved, user("b", None, 1, 3), user("c", 7, 1, 1), user("c", None, 0, 0)])
    assert ages(asking.run(AGES)) == [("a", 3), ("c", 7)]
