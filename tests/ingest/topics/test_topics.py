"""A topic of documents on a real broker: what is kept, and what survives."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AdminClient,
    ConfigResource,
    ResourceType,
)

from ingest.index import DocumentIndex
from ingest.topics.events import Event
from ingest.topics.parking import spot
from ingest.topics.pipeline import Pipeline
from ingest.topics.progress import Following
from tests.ingest.crash import Hashing
from tests.ingest.following import (
    SECONDS,
    Running,
    Waiting,
    caught_up,
    eventually,
    following,
    letters_of,
    process,
    texts,
)
from tests.kafka.broker import Broker, Record

pytestmark = pytest.mark.kafka


def test_documents_are_found_changed_and_deleted(index: DocumentIndex, kafka: Broker) -> None:
    topic = kafka.topic("docs", partitions=2)
    about = {"text": "Wash wool at 30.", "title": "Wool", "tags": ["care"]}
    kafka.produce(
        topic,
        [
            Record(b"A parcel is late after two hours.", b"late", timestamp=1_700_000_000_000),
            Record(json.dumps(about).encode(), b"care/wool"),
        ],
    )
    with following(index, kafka, topic) as running:
        eventually(lambda: len(index.documents()) == 2)
        [late] = index.search("when is a parcel late", limit=1)
        assert late.document == f"kafka://{topic}/late"
        assert late.origin.startswith(f"topic {topic}, partition ")
        assert late.modified is not None
        assert late.modified.timestamp() == 1_700_000_000
        assert index.search("wash wool", limit=1)[0].tags == ("care",)
        kafka.produce(topic, [Record(b"A parcel is late after four hours.", b"late")])
        eventually(lambda: texts(index)["late"] == "A parcel is late after four hours.")
        kafka.produce(topic, [Record(None, b"care/wool")])
        eventually(lambda: list(texts(index)) == ["late"])
        done = running.end()
    assert (done.events, done.documents, done.deleted, done.letters) == (4, 3, 1, 0)
    assert len(index._vectors.keys()) == 1
    assert caught_up(index, kafka, topic).events == 0
    reached = committed(kafka, index.identity(), topic)
    assert sum(max(offset, 0) for offset in reached.values()) == 4  # what lag monitors look at


def test_later_events_of_a_poisoned_key_wait_while_others_flow_on(
    index: DocumentIndex, kafka: Broker
) -> None:
    topic = kafka.topic("docs")
    kafka.produce(
        topic,
        [
            Record(b"First state.", b"a"),
            Record(b'{"text": ', b"a", (("trace", b"42"),)),
            Record(b"Third state.", b"a"),
            Record(None, b"a"),
            Record(b"Other.", b"b"),
        ],
    )
    done = caught_up(index, kafka, topic)
    assert (done.documents, done.deleted, done.letters, done.parked) == (2, 0, 1, 2)
    assert done.open_letters == 1
    with following(index, kafka, topic) as running:  # which says at its start what is open
        eventually(lambda: running.told)
        assert running.told[0].open_letters == 1
        assert running.end().letters == 0
    assert texts(index) == {"a": "First state.", "b": "Other."}
    [letter] = index.dead_letters()
    assert (letter.id, letter.behind) == (f"{topic}/0-1", 2)
    assert "JSON" in letter.letter.poison.reason
    assert "Traceback" in letter.letter.poison.stack
    said = letters_of(kafka, index, topic).gathered()
    assert said.open == (letter.letter,)
    assert [(e.place.offset, e.value) for e in said.parked] == [(2, b"Third state."), (3, None)]
    assert said.open[0].event.value == b'{"text": '
    assert said.open[0].event.headers == (("trace", b"42"),)
    with index.topic(topic) as writer:
        event = replace(letter.letter.event, value=b"Repaired.")
        writer.retry(spot(event), letters_of(kafka, index, topic).deliver, event)
    assert texts(index) == {"b": "Other."}  # the tombstone came last
    assert index.dead_letters() == []
    kafka.produce(topic, [Record(b"Fifth state.", b"a")])
    caught_up(index, kafka, topic)
    assert texts(index)["a"] == "Fifth state."


def test_the_dead_letter_topic_keeps_its_records_though_the_broker_would_make_topics_itself(
    index: DocumentIndex, kafka: Broker
) -> None:
    topic = kafka.topic("docs", partitions=3)
    caught_up(index, kafka, topic)
    letters = f"{topic}.deadletters"
    admin = AdminClient(kafka.client())
    assert len(admin.list_topics(letters, timeout=10).topics[letters].partitions) == 3
    resource = ConfigResource(ResourceType.TOPIC, letters)
    said = admin.describe_configs([resource])[resource].result(10)
    assert (said["retention.ms"].value, said["cleanup.policy"].value) == ("-1", "delete")


def test_a_new_index_comes_to_the_same_end(
    index: DocumentIndex, kafka: Broker, tmp_path: Path
) -> None:
    topic = kafka.topic("docs")
    bad = b"\xff\xfe\xfa"
    values = [b"one", bad, b"two", bad, b"three", bad]
    kafka.produce(topic, [Record(value, b"a") for value in values])
    caught_up(index, kafka, topic)
    deliver = letters_of(kafka, index, topic).deliver
    with index.topic(topic) as writer:
        writer.skip(spot(index.dead_letters()[0].letter.event), deliver)
        assert [one.id for one in index.dead_letters()] == [f"{topic}/0-3"]
        repaired = replace(index.dead_letters()[0].letter.event, value=b"mended")
        writer.retry(spot(repaired), deliver, repaired)
    assert [one.id for one in index.dead_letters()] == [f"{topic}/0-5"]
    assert texts(index) == {"a": "three"}
    with DocumentIndex(tmp_path / "another", Hashing()) as other:
        caught_up(other, kafka, topic)
        assert texts(other) == {"a": "three"}
        assert other.dead_letters() == index.dead_letters()
        with other.topic(topic) as writer:
            repaired = replace(other.dead_letters()[0].letter.event, value=b"last")
            writer.retry(spot(repaired), deliver, repaired)
    assert len(index.dead_letters()) == 1
    caught_up(index, kafka, topic)  # hears from the dead-letter topic what was decided elsewhere
    assert index.dead_letters() == []
    assert texts(index) == {"a": "last"}


@pytest.mark.parametrize("step", ["vectors", "deliver", "delivered", "write", "commit"])
def test_a_consumer_killed_at_any_step_is_made_good(
    tmp_path: Path, kafka: Broker, step: str
) -> None:
    topic = kafka.topic("docs", partitions=2)
    kafka.produce(
        topic,
        [Record(f"State {n} of document {n % 5}.".encode(), b"key %d" % (n % 5)) for n in range(40)]
        + [Record(b"\xff", b"key 1"), Record(b"Behind it.", b"key 1"), Record(None, b"key 2")],
    )
    folder = tmp_path / "index"
    with process(folder, kafka, topic, step) as child:
        assert child.wait(SECONDS) == -signal.SIGKILL
    with DocumentIndex(folder, Hashing()) as index:
        caught_up(index, kafka, topic)
        assert texts(index) == {
            "key 0": "State 35 of document 0.",
            "key 1": "State 36 of document 1.",
            "key 3": "State 38 of document 3.",
            "key 4": "State 39 of document 4.",
        }
        [letter] = index.dead_letters()
        assert letter.behind == 1
        said = letters_of(kafka, index, topic).gathered()
        assert (len(said.open), len(said.parked)) == (1, 1)
        assert len(index._vectors.keys()) == 4


def test_what_is_read_ahead_when_it_stops_is_neither_written_nor_committed(
    tmp_path: Path, kafka: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic, count = kafka.topic("docs"), 600
    expected = {f"{n}": f"Document {n}." for n in range(count)}
    kafka.produce(topic, [Record(t.encode(), k.encode()) for k, t in expected.items()])
    begun: list[Pipeline] = []
    gone: list[Event] = []
    let_go, submit, stopped = Pipeline.let_go, Pipeline.submit, threading.Event()

    def noting_submit(pipeline: Pipeline, events: Sequence[Event]) -> None:
        submit(pipeline, events)
        begun.append(pipeline)

    def noting_let_go(pipeline: Pipeline) -> list[Event]:
        gone.extend(let_go(pipeline))
        stopped.set()
        return gone

    monkeypatch.setattr(Pipeline, "submit", noting_submit)
    monkeypatch.setattr(Pipeline, "let_go", noting_let_go)
    with DocumentIndex(tmp_path / "index", Waiting(stopped)) as index:
        running = Running(index, kafka.bootstrap, topic, Following())
        eventually(lambda: len(begun) == 2)  # one waits to be embedded behind the other
        told = running.end()
        written = len(index.documents())
        assert gone
        assert gone[0].place.offset == written == told.documents
        assert told.lag == count - written
        assert committed(kafka, index.identity(), topic) == {0: written}
        caught_up(index, kafka, topic)
        assert texts(index) == expected


def committed(kafka: Broker, group: str, topic: str) -> dict[int, int]:
    """The offsets that a group has committed."""
    consumer = Consumer(kafka.client({"group.id": group}))
    try:
        partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
        places = [TopicPartition(topic, number) for number in partitions]
        return {one.partition: one.offset for one in consumer.committed(places, timeout=10)}
    finally:
        consumer.close()


@pytest.mark.timeout(900)
def test_a_thousand_poison_events_among_twenty_thousand(tmp_path: Path, kafka: Broker) -> None:
    """Nothing is lost, nothing doubled, and each key ends as its events say in their order."""
    topic = kafka.topic("docs", partitions=4)
    events = [(f"key {n * 7919 % 3001}", n, n % 20 == 3) for n in range(20_000)]
    kafka.produce(
        topic,
        [Record(b"\xff%d" % n if bad else b"State %d." % n, k.encode()) for k, n, bad in events],
    )
    folder = tmp_path / "index"
    how = Following(until_end=True, patience=60)
    with DocumentIndex(folder, Hashing()) as one, DocumentIndex(folder, Hashing()) as two:
        first = Running(one, kafka.bootstrap, topic, how)
        second = Running(two, kafka.bootstrap, topic, how)
        done = first.wait(300), second.wait(300)
        assert sum(part.events for part in done) >= len(events)
        assert _spots(kafka, one, topic, "poison") == len(one.dead_letters())
        _close_all(one, kafka, topic)
        expected = {}
        for key, n, bad in events:
            if not bad:
                expected[key] = f"State {n}."
            elif n % 40 == 3:
                expected[key] = f"Repaired {n}."
        assert texts(one) == expected
        assert _spots(kafka, one, topic, "poison") == sum(bad for *_, bad in events)
        assert len(one._vectors.keys()) == len(expected)
        caught_up(one, kafka, topic)
        assert texts(one) == expected


def _close_all(index: DocumentIndex, kafka: Broker, topic: str) -> None:
    """Repairs every other letter and skips the rest, until none is left."""
    deliver = letters_of(kafka, index, topic).deliver
    with index.topic(topic) as writer:
        while letters := index.dead_letters():
            for letter in letters:
                event = letter.letter.event
                number = int((event.value or b"")[1:])
                if number % 40 == 3:
                    repaired = replace(event, value=b"Repaired %d." % number)
                    writer.retry(spot(event), deliver, repaired)
                else:
                    writer.skip(spot(event), deliver)


def _spots(kafka: Broker, index: DocumentIndex, topic: str, state: str) -> int:
    """How many events the dead-letter topic has a note of this kind about."""
    return sum(one == state for _, one in letters_of(kafka, index, topic).gathered().noted)
