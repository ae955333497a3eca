"""A topic of documents whose partitions are shared out, taken away, and added."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewPartitions

from ingest.index import DocumentIndex
from ingest.topics.follow import _Follower
from ingest.topics.parking import spot
from ingest.topics.progress import Following
from tests.ingest.crash import Hashing
from tests.ingest.following import (
    SECONDS,
    Running,
    Waiting,
    eventually,
    following,
    letters_of,
    process,
    texts,
)
from tests.kafka.broker import Broker, Record

pytestmark = pytest.mark.kafka


def add_partition(kafka: Broker, topic: str) -> None:
    """A topic of one partition has two from now on."""
    admin = AdminClient(kafka.client())  # its requests end with it
    admin.create_partitions([NewPartitions(topic, 2)])[topic].result(10)


def test_consumers_share_the_partitions_and_take_over(tmp_path: Path, kafka: Broker) -> None:
    topic = kafka.topic("docs", partitions=4)
    folder = tmp_path / "index"
    expected = {f"{n}": f"Document {n}, state 0." for n in range(200)}
    kafka.produce(topic, [Record(t.encode(), k.encode()) for k, t in expected.items()])
    with (
        DocumentIndex(folder, Hashing()) as index,
        process(folder, kafka, topic) as child,
        following(index, kafka, topic) as running,
    ):
        eventually(lambda: texts(index) == expected)
        for state in range(1, 4):
            expected = {k: f"Document {k}, state {state}." for k in expected}
            kafka.produce(topic, [Record(t.encode(), k.encode()) for k, t in expected.items()])
            if state == 2:
                child.kill()
        eventually(lambda: texts(index) == expected)
        running.end()
        assert len(index._vectors.keys()) == len(expected)


def test_partitions_that_were_paused_go_on_after_they_are_shared_out(
    tmp_path: Path, kafka: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = kafka.topic("docs", partitions=4)
    expected = {f"{n}": f"Document {n}." for n in range(3_000)}
    kafka.produce(topic, [Record(t.encode(), k.encode()) for k, t in expected.items()])
    paused, revoked = threading.Event(), threading.Event()
    for name, event in (("_pause", paused), ("_on_revoke", revoked)):
        monkeypatch.setattr(_Follower, name, _telling(getattr(_Follower, name), event))
    how = Following(until_end=True, patience=60)
    with DocumentIndex(tmp_path / "index", Waiting(revoked)) as index:
        first = Running(index, kafka.bootstrap, topic, how)
        assert paused.wait(SECONDS)  # its batch is full, and the one before is not embedded
        second = Running(index, kafka.bootstrap, topic, how)
        assert {first.wait().lag, second.wait().lag} <= {0, None}
        assert texts(index) == expected


def _telling(work: Callable[..., Any], event: threading.Event) -> Callable[..., Any]:
    """The same, and the event is set when it begins."""

    def tell(*given: Any) -> Any:
        event.set()
        return work(*given)

    return tell


def test_an_added_partition_is_read_and_keeps_the_order_of_a_key(
    index: DocumentIndex, kafka: Broker
) -> None:
    topic = kafka.topic("docs")
    kafka.produce(topic, [Record(b"old", b"a", timestamp=1_000, partition=0)])
    with following(index, kafka, topic) as running:
        eventually(lambda: texts(index) == {"a": "old"})
        add_partition(kafka, topic)
        kafka.produce(
            topic,
            [
                Record(b"new", b"a", timestamp=3_000, partition=1),
                Record(b"b", b"b", timestamp=3_000, partition=1),
            ],
        )
        eventually(lambda: texts(index) == {"a": "new", "b": "b"})
        kafka.produce(
            topic,
            [
                Record(b"late", b"a", timestamp=2_000, partition=0),
                Record(b"c", b"c", timestamp=4_000, partition=0),
            ],
        )
        eventually(lambda: "c" in texts(index))
        assert texts(index)["a"] == "new"
        running.end()


def test_a_key_that_moved_has_one_open_letter_at_its_head(
    index: DocumentIndex, kafka: Broker
) -> None:
    topic = kafka.topic("docs")
    kafka.produce(topic, [Record(b"b", b"b", timestamp=1_000, partition=0)])
    with following(index, kafka, topic) as running:
        eventually(lambda: "b" in texts(index))
        add_partition(kafka, topic)
        moved = [Record(b"\xff", b"a", timestamp=5_000, partition=1)]
        moved += [Record(b"last", b"a", timestamp=6_000, partition=1)]
        kafka.produce(topic, moved)
        eventually(lambda: [one.behind for one in index.dead_letters()] == [1])
        late = [Record(b"\xfe", b"a", timestamp=2_000, partition=0)]
        late += [Record(b"between", b"a", timestamp=3_000, partition=0)]
        kafka.produce(topic, late)
        eventually(lambda: [one.behind for one in index.dead_letters()] == [3])
        running.end()
    deliver = letters_of(kafka, index, topic).deliver
    for ends, text in (("0-1", "between"), ("1-0", "last")):
        [letter] = index.dead_letters()
        assert letter.id == f"{topic}/{ends}"
        assert list(letters_of(kafka, index, topic).gathered().open) == [letter.letter]
        with index.topic(topic) as writer:
            writer.skip(spot(letter.letter.event), deliver)
        assert texts(index)["a"] == text
    assert index.dead_letters() == []
    assert letters_of(kafka, index, topic).gathered().open == ()
