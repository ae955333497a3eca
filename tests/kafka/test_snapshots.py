"""What a question reads of a topic: the offsets that its time range can need, and no others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewPartitions

from app.answer import QueryResult
from app.engines import pyflink_reading
from app.engines.pyflink_reading import Reading
from app.errors import EngineUnavailable, QueryFailed
from app.offsets import TopicRead
from tests.kafka.asking import ALL, MINUTE, NOON, Asking, ids, order
from tests.kafka.broker import Broker, Record

pytestmark = [pytest.mark.flink, pytest.mark.kafka]

LAST_QUARTER = "SELECT COUNT(*) AS n FROM orders WHERE t >= TIMESTAMP '2026-11-22 11:45:00'"


def two_hours(kafka: Broker) -> str:
    """A topic of one order a second up to noon, in three partitions by turns."""
    topic = kafka.topic("orders", partitions=3)
    count = 7_200
    times = (NOON - timedelta(seconds=count - n) for n in range(count))
    kafka.produce(topic, [order(n, at, partition=n % 3) for n, at in enumerate(times)])
    return topic


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
