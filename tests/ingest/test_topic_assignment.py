"""Where a consumer goes on with its partitions, and how long it bears that its cluster is away."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from confluent_kafka import OFFSET_BEGINNING, OFFSET_INVALID, KafkaError, TopicPartition

from ingest.errors import IngestError
from ingest.kafka_client import KafkaEndpoint
from ingest.topics.assignment import Assignment
from ingest.topics.outage import Outage


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


def taken(consumer: Consumer, after: dict[int, int], count: int = 2) -> Assignment:
    made = Assignment("docs")
    made.take(consumer, [TopicPartition("docs", n) for n in range(count)], after)
    return made


def test_partitions_go_on_where_the_index_is() -> None:
    consumer = Consumer()
    held = taken(consumer, {0: 7, 9: 3})
    assert consumer.starts == {0: 7, 1: OFFSET_BEGINNING}
    assert consumer.resumed == {0, 1}  # they may have been paused when they were taken away
    assert held.held == frozenset({0, 1})
    assert held.reached() == {0: 7}
    assert held.advance({0: 8, 9: 4}) == {0: 8}
    assert held.reached() == {0: 8}


def test_what_is_given_up_is_another_consumers() -> None:
    held = taken(Consumer(), {0: 7})
    held.release()
    assert held.held is None
    assert held.advance({0: 9}) == {}
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
    assert held.skip_deleted(consumer, 0) == 7
    assert consumer.starts == {0: OFFSET_BEGINNING, 1: 6, 2: 4, 3: OFFSET_BEGINNING}


LAGS: list[tuple[dict[int, tuple[int, int]], int | None]] = [
    ({0: (0, 10), 1: (0, 0)}, 3),
    ({0: (0, 10), 1: (4, 9)}, 8),
    ({0: (9, 10), 1: (0, 0)}, 1),
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
