"""Topics whose log is not what it was: on a real broker that loses what it had."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from confluent_kafka import KafkaError, KafkaException

from ingest.errors import IngestError
from ingest.index import DocumentIndex
from ingest.kafka_client import KafkaEndpoint
from ingest.topics.changes import Written
from ingest.topics.events import Event
from ingest.topics.follow import _Follower
from ingest.topics.gaps import Log, lost
from ingest.topics.parking import spot
from ingest.topics.pipeline import Pipeline
from ingest.topics.places import UNKNOWN_EPOCH, Position
from ingest.topics.progress import Following
from ingest.topics.watched import WatchedTopic
from ingest.topics.writer import TopicWriter
from tests.ingest.crash import Hashing
from tests.ingest.following import caught_up, eventually, following, letters_of, texts
from tests.kafka.broker import Broker, Record

AT_7 = Position(3, 7)
NOTICES: list[tuple[str, Position, Log, str]] = [
    ("retention", AT_7, Log(9, 12, 3), "were deleted by Kafka before they were read"),
    ("retention, later leader", AT_7, Log(9, 12, 5), "were deleted by Kafka"),
    ("retention, of what was read", AT_7, Log(7, 12, 5), ""),
    ("cut back", AT_7, Log(0, 4, 5), "Kafka lost events of partition 0 of docs that had been read"),
    ("cut back and grown", AT_7, Log(0, 90, 5), "Kafka lost events of partition 0 of docs"),
    ("nothing is missing", AT_7, Log(0, 90, 3), ""),
    ("without epochs, nothing is missing", Position(UNKNOWN_EPOCH, 7), Log(0, 7, 2), ""),
]


@pytest.mark.parametrize(("after", "log", "expected"), [case[1:] for case in NOTICES])
def test_what_a_missing_event_means(after: Position, log: Log, expected: str) -> None:
    said = lost("docs", 0, after, log)
    assert said.startswith(expected) if said.startswith("Kafka") else expected in said
    assert bool(said) == bool(expected)


@pytest.mark.parametrize(
    ("after", "log"),
    [
        (AT_7, Log(0, 4, 3)),  # the cluster's own memory of leaders went back, too
        (AT_7, Log(0, 90, 2)),
        (Position(UNKNOWN_EPOCH, 7), Log(0, 4, UNKNOWN_EPOCH)),
        (Position(UNKNOWN_EPOCH, 7), Log(0, 4, 5)),
    ],
)
def test_where_new_events_cannot_be_told_from_known_ones_that_is_said(
    after: Position, log: Log
) -> None:
    with pytest.raises(IngestError, match="cut back, to offset") as caught:
        lost("docs", 0, after, log)
    assert "--from-start" in caught.value.hint


class Endless:
    """A consumer with ever more events of a partition."""

    def __init__(self) -> None:
        self.polled = 0

    def poll(self, _seconds: float) -> Any:
        self.polled += 1
        assert self.polled < 100, "it looks at nothing else"
        return SimpleNamespace(
            error=lambda: None,
            partition=lambda: 0,
            offset=lambda: self.polled,
            timestamp=lambda: (0, 0),
            leader_epoch=lambda: 5,
            key=lambda: b"a",
            value=lambda: b"x",
            headers=lambda: None,
        )


def follower() -> _Follower:
    """One that has neither an index nor a cluster."""
    pipeline = SimpleNamespace(
        persistently=lambda *_: {}, let_go=list[Event], drained=lambda _: list[Written]()
    )
    return _Follower(
        cast("TopicWriter", SimpleNamespace(topic="docs", ledger=None)),
        cast("Pipeline", pipeline),
        KafkaEndpoint("broker:9092"),
        Following(),
        lambda _: None,
    )


def test_while_a_partition_waits_to_go_on_its_events_do_not_keep_the_consumer() -> None:
    """There may be millions of them, which come again; who would stop it is to be heard."""
    waiting = follower()
    waiting._consumer = Endless()
    waiting._gaps.note(0)
    waiting._read(cast("WatchedTopic", SimpleNamespace(soon=lambda: None)))
    assert not waiting._batch.events


def test_what_is_missing_of_a_partition_is_for_whoever_has_it_then() -> None:
    revoked = follower()
    revoked._gaps.note(0)
    revoked._on_revoke(None, [])
    assert not revoked._gaps


def test_a_client_that_does_not_take_its_partitions_says_so() -> None:
    def refuse(_places: object) -> None:
        raise KafkaException(KafkaError(KafkaError._STATE))

    with pytest.raises(IngestError, match="state"):
        follower()._on_assign(SimpleNamespace(assign=refuse), [])


@pytest.mark.kafka
@pytest.mark.parametrize("new", [1, 9], ids=["shorter", "longer"])
def test_events_in_place_of_lost_ones_are_read(
    index: DocumentIndex, kafka: Broker, new: int
) -> None:
    """Whether the log is shorter than what was read of it by then, or has outgrown that."""
    topic = kafka.topic("docs")
    kafka.produce(topic, [Record(b"first", b"a"), Record(b"kept", b"b")])
    with kafka.losing(topic):
        lost_ones = [(b"a", b"lost"), (b"c", b"lost"), (b"d", b"\xff"), (b"d", b"behind")]
        kafka.produce(topic, [Record(value, key) for key, value in lost_ones])
        caught_up(index, kafka, topic)
        assert texts(index) == {"a": "lost", "b": "kept", "c": "lost"}
    kafka.produce(topic, [Record(b"again", b"a"), Record(b"new", b"d")])
    kafka.produce(topic, [Record(b"new", b"new %d" % n) for n in range(new)])
    done = caught_up(index, kafka, topic)
    [notice] = done.notices
    assert "Kafka lost events of partition 0" in notice
    assert "--from-start" in notice
    fresh = {f"new {n}": "new" for n in range(new)}
    assert texts(index) == {"a": "again", "b": "kept", "c": "lost"} | fresh
    [letter] = index.dead_letters()
    assert (letter.letter.event.key, letter.behind) == (b"d", 2)  # in order, lost or not
    assert caught_up(index, kafka, topic).notices == ()
    with index.topic(topic) as writer:
        writer.skip(spot(letter.letter.event), letters_of(kafka, index, topic).deliver)
    assert texts(index)["d"] == "new"


@pytest.mark.kafka
@pytest.mark.parametrize("new", [1, 9], ids=["shorter", "longer"])
def test_a_log_that_is_cut_back_while_it_is_followed(
    index: DocumentIndex, kafka: Broker, new: int
) -> None:
    topic = kafka.topic("docs", partitions=2)
    kafka.produce(topic, [Record(b"one", b"a", partition=0), Record(b"two", b"b", partition=1)])
    with following(index, kafka, topic) as running:
        eventually(lambda: len(texts(index)) == 2)
        with kafka.losing(topic):
            kafka.produce(topic, [Record(b"%d" % n, b"a", partition=0) for n in range(5)])
            eventually(lambda: texts(index)["a"] == "4")
        kafka.produce(topic, [Record(b"new %d" % n, b"%d" % n, partition=0) for n in range(new)])
        kafka.produce(topic, [Record(b"more", b"b", partition=1)])
        expected = {"a": "4", "b": "more"} | {f"{n}": f"new {n}" for n in range(new)}
        eventually(lambda: texts(index) == expected)
        done = running.end()
    assert [notice[:38] for notice in done.notices] == ["Kafka lost events of partition 0 of do"]


@pytest.mark.kafka
def test_a_letter_that_was_closed_is_not_that_of_another_event_in_its_place(
    index: DocumentIndex, kafka: Broker, tmp_path: Path
) -> None:
    topic = kafka.topic("docs")
    kafka.produce(topic, [Record(b"kept", b"b")])
    with kafka.losing(topic):
        kafka.produce(topic, [Record(b"\xff", b"a")])
        caught_up(index, kafka, topic)
        [letter] = index.dead_letters()
        with index.topic(topic) as writer:
            writer.skip(spot(letter.letter.event), letters_of(kafka, index, topic).deliver)
    kafka.produce(topic, [Record(b"new", b"a")])
    caught_up(index, kafka, topic)
    assert texts(index) == {"a": "new", "b": "kept"}
    with DocumentIndex(tmp_path / "another", Hashing()) as other:
        caught_up(other, kafka, topic)
        assert texts(other) == {"a": "new", "b": "kept"}
