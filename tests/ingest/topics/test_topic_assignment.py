"""Where a consumer goes on with its partitions, and how long it bears that its cluster is away."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from confluent_kafka import OFFSET_BEGINNING, OFFSET_INVALID, KafkaError, TopicPartition

from ingest.errors import IngestError
from ingest.kafka_client import KafkaEndpoint
from ingest.topics.assignment import Assignment, consumer_options
from ingest.topics.outage import Outage
from ingest.topics.places import UNKNOWN_EPOCH, Place, Position


class Consumer:
    """What the client knows: the places it was given, and the bounds of each partition."""

    def __init__(self, bounds: dict[int, tuple[int, int]] | None = None) -> None:
        self._bounds = bounds or {}
        self._places: list[TopicPartition] = []
        self.resumed: set[int] = set()
        self.positions: dict[int, int] = {}

    @property
    def starts(self) -> dict[int, int]:
        return {place.partition: place.offset for place in self._places}

    @property
    def epochs(self) -> dict[int, int | None]:
        return {place.partition: place.leader_epoch for place in self._places}

    def assign(self, places: Sequence[TopicPartition]) -> None:
        self._places = list(places)
        self.resumed.clear()

    def resume(self, places: Sequence[TopicPartition]) -> None:
        self.resumed = {place.partition for place in places}

    def assignment(self) -> list[TopicPartition]:
        return [TopicPartition("docs", place.partition) for place in self._places]

    def position(self, places: Sequence[TopicPartition]) -> list[TopicPartition]:
        known = self.positions
        numbers = [place.partition for place in places]
        return [TopicPartition("docs", n, known.get(n, OFFSET_INVALID)) for n in numbers]

    def get_watermark_offsets(self, place: TopicPartition, *, cached: bool) -> tuple[int, int]:
        assert cached
        return self._bounds[place.partition]


def at(offset: int, epoch: int = 4) -> Position:
    return Position(epoch, offset)


def taken(consumer: Consumer, after: dict[int, int], count: int = 2) -> Assignment:
    made = Assignment("docs")
    places = [TopicPartition("docs", n) for n in range(count)]
    made.take(consumer, places, {n: at(offset) for n, offset in after.items()})
    return made


def test_partitions_go_on_where_the_index_is() -> None:
    consumer = Consumer()
    held = taken(consumer, {0: 7, 9: 3})
    assert consumer.starts == {0: 6, 1: OFFSET_BEGINNING}
    assert consumer.resumed == {0, 1}  # they may have been paused when they were taken away
    assert held.held == frozenset({0, 1})
    assert held.reached() == {0: 7}
    assert held.advance({0: at(8), 9: at(4)}) == {0: 8}
    assert held.reached() == {0: 8}


def test_what_is_given_up_is_another_consumers() -> None:
    held = taken(Consumer(), {0: 7})
    held.release()
    assert held.held is None
    assert held.advance({0: at(9)}) == {}
    assert held.reached() == {}


def test_all_is_read_once_each_end_was_seen_and_nothing_came_since() -> None:
    held = taken(Consumer(), {})
    seen = []
    for note, partition in ((held.note_end, 0), (held.note_end, 1), (held.note_event, 1)):
        note(partition)
        seen.append(held.has_read_all)
    assert seen == [False, True, False]


def test_only_the_partition_whose_events_were_deleted_begins_anew() -> None:
    consumer = Consumer()
    held = taken(consumer, {0: 7, 1: 5, 2: 4}, 4)
    consumer.positions = {1: 6}
    held.begin_anew(consumer, {0})
    assert consumer.starts == {0: OFFSET_BEGINNING, 1: 6, 2: 3, 3: OFFSET_BEGINNING}


FIRSTS: list[tuple[str, Place, str]] = [
    ("the last that was dealt with", Place(0, 6, 0, 4), "known"),
    ("another leader's event", Place(0, 6, 0, 5), "another"),
    ("an event of a leader of long ago", Place(0, 6, 0, 3), "another"),
    ("the next of the same leader", Place(0, 9, 0, 4), "next"),
    ("the next of another leader", Place(0, 9, 0, 5), "unsure"),
    ("one of a partition that is new", Place(1, 0, 0, 5), "next"),
]


@pytest.mark.parametrize(("place", "expected"), [case[1:] for case in FIRSTS])
def test_the_first_event_tells_whether_the_log_is_the_one_that_was_read(
    place: Place, expected: str
) -> None:
    held = taken(Consumer(), {0: 7})
    assert held.judged(place) == expected
    if expected in {"another", "unsure"}:
        assert held.read(0) == at(7)
    assert held.judged(place) == "next"  # no more than the first is looked at


def test_an_end_before_the_last_that_was_dealt_with_is_noticed() -> None:
    held = taken(Consumer(), {0: 7})
    assert [held.is_short(0, end) for end in (6, 7)] == [True, False]
    assert not held.is_short(1, 0)
    held.judged(Place(0, 6, 0, 4))
    assert not held.is_short(0, 6)


def test_a_partition_that_begins_anew_is_read_as_it_is() -> None:
    consumer = Consumer()
    held = taken(consumer, {0: 7})
    held.begin_anew(consumer, {0})
    assert held.judged(Place(0, 0, 0, 5)) == "next"


def test_the_broker_is_told_the_epoch_by_which_it_knows_its_log() -> None:
    consumer = Consumer()
    held = Assignment("docs")
    places = [TopicPartition("docs", n) for n in range(3)]
    held.take(consumer, places, {0: at(7, epoch=3), 1: at(5, epoch=UNKNOWN_EPOCH)})
    assert consumer.epochs == {0: 3, 1: None, 2: None}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, 10_000),
        ({"session.timeout.ms": "${SECONDS}000"}, "12000"),
        ({"partition.assignment.strategy": "cooperative-sticky"}, 10_000),
        ({"group.protocol": "consumer"}, 10_000),
    ],
)
def test_partitions_are_given_and_taken_all_at_once_whatever_the_properties_say(
    given: dict[str, str], expected: int | str
) -> None:
    options = consumer_options(KafkaEndpoint("broker:9092", given), {"SECONDS": "12"}, "group")
    assert options["session.timeout.ms"] == expected
    assert options["partition.assignment.strategy"] == "range,roundrobin"
    assert options["group.protocol"] == "classic"


LAGS: list[tuple[dict[int, tuple[int, int]], int | None]] = [
    ({0: (0, 10), 1: (0, 0)}, 3),
    ({0: (0, 10), 1: (4, 9)}, 8),
    ({0: (9, 10), 1: (0, 0)}, 1),
    ({0: (2, 5), 1: (0, 0)}, 3),  # cut back: read from its start
    ({0: (0, 10), 1: (0, -1001)}, None),
]


@pytest.mark.parametrize(("bounds", "lag"), LAGS)
def test_the_lag_is_what_is_there_and_not_dealt_with(
    bounds: dict[int, tuple[int, int]], lag: int | None
) -> None:
    consumer = Consumer(bounds)
    assert taken(consumer, {0: 7}).lag(consumer) == lag


AWAY = KafkaError(KafkaError._ALL_BROKERS_DOWN)


def test_a_cluster_that_is_away_is_waited_for_as_long_as_patience_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 100.0
    monkeypatch.setattr("ingest.topics.outage.time.monotonic", lambda: now)
    known = Outage(KafkaEndpoint("broker:9092"), "docs", patience=5.0)
    known.hear(AWAY)
    now = 104.0
    known.hear(AWAY)
    assert "broker:9092 cannot be reached" in known.trouble
    known.over()
    assert not known.trouble
    known.hear(AWAY)
    now = 109.5
    with pytest.raises(IngestError, match="cannot be reached"):
        known.hear(AWAY)


def test_wrong_credentials_are_not_waited_for() -> None:
    known = Outage(KafkaEndpoint("broker:9092"), "docs", patience=None)
    with pytest.raises(IngestError, match="does not accept the credentials"):
        known.hear(KafkaError(KafkaError._AUTHENTICATION))
