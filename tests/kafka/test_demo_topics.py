"""The sample shop's topics on a real broker: no gap and no double, whatever happens."""

from __future__ import annotations

import itertools
import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from confluent_kafka import Consumer, KafkaError, Message, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewPartitions, NewTopic
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

from ingest.demo.events import EVENT_TIME, STREAMS, Event, arrivals
from ingest.demo.shop import SampleShop
from ingest.demo.streams import streams
from ingest.demo.topic_cluster import Cluster
from ingest.demo.topic_marks import HEADER
from ingest.demo.topic_tables import ShopTopics
from ingest.demo.topics import Topics
from ingest.errors import IngestError
from tests.kafka.broker import Broker, Record
from tests.kafka.registry import Registry

pytestmark = pytest.mark.kafka

# The broker's own clock says what is too old to keep, and what is too far ahead to take.
START = datetime.now(UTC).replace(hour=17, minute=31, second=7, microsecond=0) - timedelta(days=1)
SEED, RATE, HOURS = 7, 0.2, 5
OLDEST = START.replace(minute=0, second=0) - timedelta(hours=HOURS)
_numbers = itertools.count(1)


class Clock:
    """A clock that moves only when told."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class House:
    """A shop's surroundings: homes, a clock, and topics that no other test has."""

    folder: Path
    where: ShopTopics
    clock: Clock
    kafka: Broker

    def shop(self, home: str = "home", seed: int = SEED) -> SampleShop:
        sink = Topics(self.where, seed=seed, rate=RATE)
        return SampleShop(
            self.folder / home, clock=self.clock, history=timedelta(hours=HOURS), sink=sink
        )

    def records(self, stream: str) -> list[Message]:
        return list(read(self.kafka, self.where.topic(stream)))

    def assert_whole(self) -> None:
        """Everything that has arrived by now is there, once, and in order within a partition."""
        due = self.clock().replace(second=self.clock().second // 15 * 15)
        expected = arrivals(SEED, OLDEST, due, rate=RATE)
        for stream in STREAMS:
            found = self.records(stream)
            assert sorted(map(said, found)) == sorted(map(meant, expected[stream]))
            for number in {record.partition() for record in found}:
                times = [record.timestamp()[1] for record in found if record.partition() == number]
                assert times == sorted(times)


@pytest.fixture
def house(kafka: Broker, tmp_path: Path) -> House:
    where = ShopTopics(kafka.bootstrap, prefix=f"shop{next(_numbers)}.")
    return House(tmp_path, where, Clock(), kafka)


def said(record: Message) -> tuple[int, bytes | None]:
    return record.timestamp()[1], record.value()


def meant(event: Event) -> tuple[int, bytes]:
    return event.arrival_ms, event.to_json().encode()


def read(kafka: Broker, topic: str) -> Iterator[Message]:
    """All records of a topic, each partition's in order."""
    options = {"group.id": "test", "enable.partition.eof": True, "fetch.wait.max.ms": 10}
    consumer = Consumer(kafka.client(options))
    try:
        left = len(consumer.list_topics(topic, timeout=10).topics[topic].partitions)
        consumer.assign([TopicPartition(topic, number, 0) for number in range(left)])
        while left:
            record = consumer.poll(10)
            assert record is not None
            error = record.error()
            if error is None:
                yield record
            else:
                assert error.code() == KafkaError._PARTITION_EOF
                left -= 1
    finally:
        consumer.close()


def test_backfill_makes_the_topics_and_fills_them_up_to_now(house: House) -> None:
    seen: list[tuple[int, int]] = []
    with house.shop() as shop:
        shop.backfill(lambda done, total: seen.append((done, total)))
        assert shop.is_writer
    assert seen == [(done, HOURS + 1) for done in range(HOURS + 2)]
    house.assert_whole()
    for stream in STREAMS:
        found = house.records(stream)
        assert {record.partition() for record in found} == {0, 1, 2}
        places: dict[bytes | None, set[int | None]] = {}
        for record in found:
            places.setdefault(record.key(), set()).add(record.partition())
        assert all(len(partitions) == 1 for partitions in places.values())


def test_steps_and_restarts_leave_no_gap_and_no_double(house: House) -> None:
    shop = house.shop()
    shop.backfill()
    for number, seconds in enumerate([3, 15, 15, 1, 40, 300, 15, 900, 15, 3000, 61, 15]):
        house.clock.forward(seconds=seconds)
        if number % 3 == 2:
            shop.close()
            shop = house.shop(home=f"home{number}")  # nothing is kept outside of the topics
            shop.backfill()
        shop.step()
    house.assert_whole()
    shop.close()


@pytest.mark.parametrize("stored", [1, 200, 1000])
def test_killed_anywhere_it_goes_on_where_each_partition_ends(
    house: House, monkeypatch: pytest.MonkeyPatch, stored: int
) -> None:
    left = stored
    produce = Cluster.produce

    def dying(self: Cluster, record: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            self.flush()
            raise KeyboardInterrupt
        produce(self, record)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(Cluster, "produce", dying)
        with pytest.raises(KeyboardInterrupt):
            house.shop().backfill()
    with house.shop() as shop:
        shop.backfill()
        house.assert_whole()


def test_a_broker_that_is_away_costs_nothing_afterwards(house: House) -> None:
    shop = house.shop()
    shop.backfill()
    house.clock.forward(seconds=30)
    house.kafka.stop()
    try:
        with pytest.raises(IngestError, match="cannot be reached"):
            shop.step()
        assert not shop.is_writer
    finally:
        house.kafka.start()
    house.clock.forward(seconds=30)
    shop.step()
    house.assert_whole()
    shop.close()


def test_a_broker_that_goes_away_while_it_is_written_costs_nothing_afterwards(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = house.shop()
    shop.backfill()
    house.clock.forward(hours=1)
    produce, left = Cluster.produce, 50

    def losing(self: Cluster, record: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            house.kafka.stop()
        produce(self, record)  # type: ignore[arg-type]

    monkeypatch.setattr(Cluster, "produce", losing)
    try:
        with pytest.raises(IngestError, match="cannot be reached"):
            shop.step()
    finally:
        house.kafka.start()
    shop.step()
    house.assert_whole()
    shop.close()


def test_a_deleted_topic_is_made_and_filled_again(house: House) -> None:
    with house.shop() as shop:
        shop.backfill()
        admin = AdminClient(house.kafka.client())
        topic = house.where.topic("payments")
        admin.delete_topics([topic])[topic].result(30)
        house.clock.forward(seconds=15)
        with pytest.raises(IngestError, match="no longer has a topic"):
            shop.step()
        shop.step()
        house.assert_whole()


def test_an_added_partition_is_used_and_nothing_is_doubled(house: House) -> None:
    with house.shop() as shop:
        shop.backfill()
    topic = house.where.topic("orders")
    admin = AdminClient(house.kafka.client())
    admin.create_partitions([NewPartitions(topic, 5)])[topic].result(30)
    house.clock.forward(minutes=40)
    with house.shop() as shop:
        shop.backfill()
    found = house.records("orders")
    assert {record.partition() for record in found} == {0, 1, 2, 3, 4}
    house.assert_whole()


def test_after_days_it_begins_with_the_oldest_of_the_history(house: House) -> None:
    house.clock.forward(hours=-12)
    before = START - timedelta(hours=12 + HOURS)
    with house.shop() as shop:
        shop.backfill()
    house.clock.forward(hours=12)
    with house.shop() as shop:
        shop.backfill()
    gap = house.clock() - timedelta(hours=HOURS)
    times = [record.timestamp()[1] / 1000 for record in house.records("page_views")]
    middle = (START - timedelta(hours=11)).timestamp(), gap.replace(minute=0).timestamp() - 60
    assert min(times) < before.timestamp() + 3600
    assert not [at for at in times if middle[0] < at < middle[1]]
    assert len(times) == len(set(map(said, house.records("page_views"))))


def test_topics_ahead_of_the_clock_are_left_alone(house: House) -> None:
    with house.shop() as shop:
        shop.backfill()
    count = len(house.records("orders"))
    house.clock.forward(hours=-3)
    with house.shop() as shop, pytest.raises(IngestError, match="later than this machine's clock"):
        shop.backfill()
    assert len(house.records("orders")) == count


def test_of_two_homes_the_one_that_started_first_goes_on(house: House) -> None:
    first, second = house.shop("a"), house.shop("b")
    first.backfill()
    second.backfill()
    assert (first.is_writer, second.is_writer) == (True, True)
    house.clock.forward(minutes=5)
    second.step()  # the first has not noticed yet
    house.clock.forward(minutes=5)
    first.step()
    house.clock.forward(minutes=5)
    second.step()
    assert (first.is_writer, second.is_writer) == (True, False)
    first.step()
    second.step()
    house.assert_whole()
    first.close()
    second.step()  # not even then, since it cannot know that the other has ended
    assert not second.is_writer
    second.close()
    with house.shop("b") as again:
        again.backfill()
        assert again.is_writer
    house.assert_whole()


def test_of_one_home_the_second_process_only_reads(house: House) -> None:
    first, second = house.shop(), house.shop()
    first.backfill()
    second.backfill()
    assert (first.is_writer, second.is_writer) == (True, False)
    first.close()
    second.step()
    assert second.is_writer
    second.close()
    house.assert_whole()


OTHERS: list[tuple[str, Record]] = [
    ("no header", Record(b'{"id": 1}')),
    ("another header", Record(b"{}", headers=(("trace", b"4711"),))),
    ("a header that says nothing", Record(b"{}", headers=((HEADER, b"[]"),))),
    ("a broken header", Record(None, headers=((HEADER, b"{"),))),
]


@pytest.mark.parametrize(("what", "record"), OTHERS)
def test_somebody_elses_topic_is_refused_before_anything_is_made(
    house: House, what: str, record: Record
) -> None:
    topic = house.where.topic("shipments")
    admin = AdminClient(house.kafka.client())
    admin.create_topics([NewTopic(topic, 2, 1)])[topic].result(30)
    house.kafka.produce(topic, [replace(record, partition=1)])
    with pytest.raises(IngestError, match=f"{topic} at .* not the sample shop's") as refused:
        house.shop().backfill()
    assert "--topic-prefix" in refused.value.hint
    assert house.where.topic("orders") not in admin.list_topics(timeout=10).topics
    assert len(house.records("shipments")) == 1


def test_a_topic_of_another_seed_is_refused(house: House) -> None:
    with house.shop() as shop:
        shop.backfill()
    with pytest.raises(IngestError, match="records of another sample shop"):
        house.shop(seed=8).backfill()


def test_nobody_at_the_address_is_said_in_time(house: House) -> None:
    house.where = ShopTopics("127.0.0.1:1")
    with pytest.raises(IngestError, match=r"127\.0\.0\.1:1 cannot be reached") as away:
        house.shop().backfill()
    assert "that it runs" in away.value.hint


def test_avro_values_are_the_registrys_with_docs_and_logical_types(
    house: House, registry: Registry
) -> None:
    house.where = replace(house.where, registry=registry.url)
    with house.shop() as shop:
        shop.backfill()
    client = SchemaRegistryClient({"url": registry.url})
    expected = arrivals(SEED, OLDEST, START.replace(second=0), rate=RATE)
    for stream in STREAMS:
        topic = house.where.topic(stream)
        version = client.get_latest_version(f"{topic}-value")
        fields = json.loads(str(version.schema.schema_str))["fields"]
        assert [one["doc"] for one in fields] == [c.comment for c in streams()[stream].columns]
        times = [one for one in fields if one["name"] == EVENT_TIME[stream]]
        assert times[0]["type"] == {"type": "long", "logicalType": "timestamp-millis"}
        found = house.records(stream)
        for record in found[:3]:
            assert struct.unpack(">bI", (record.value() or b"")[:5]) == (0, version.schema_id)
        reader = AvroDeserializer(client)
        context = SerializationContext(topic, MessageField.VALUE)
        values = [reader(record.value() or b"", context) for record in found]
        meant = [plain(event, stream) for event in expected[stream]]
        assert sorted(map(repr, values)) == sorted(map(repr, meant))


def plain(event: Event, stream: str) -> dict[str, object]:
    """What an event's fields are in Python, where moments are no text."""
    instants = {column.name for column in streams()[stream].columns if column.is_instant}
    return {
        name: datetime.fromisoformat(str(value)) if name in instants else value
        for name, value in event.payload.items()
    }
