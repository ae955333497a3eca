"""What is produced to a dead-letter topic, without a broker."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from ingest.errors import IngestError
from ingest.kafka_client import KafkaEndpoint
from ingest.topics import deadletters
from ingest.topics.deadletters import DeadLetterTopic
from ingest.topics.events import Event
from ingest.topics.parking import Note, State
from ingest.topics.places import Place


class Taking:
    """A producer whose records are acknowledged at the flush, or not."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.answers = True
        self._waiting: list[tuple[bytes, Callable[[Any, Any], None]]] = []

    def produce(
        self, _topic: str, *, key: bytes, on_delivery: Callable[[Any, Any], None], **_: Any
    ) -> None:
        self._waiting.append((key, on_delivery))

    def flush(self, _seconds: float) -> int:
        if not self.answers:
            return len(self._waiting)
        for key, tell in self._waiting:
            self.taken.append(key)
            tell(None, None)
        self._waiting.clear()
        return 0

    def purge(self) -> None:
        self._waiting.clear()


def note(number: int, state: State = "poison", size: int = 1) -> Note:
    event = Event(Place(0, number, 0, 4), b"%d" % number, b"x" * size)
    return Note(state, event, "It is bad.", "Traceback")


@pytest.fixture
def letters() -> DeadLetterTopic:
    return DeadLetterTopic(KafkaEndpoint("127.0.0.1:1"), {}, "docs", "id")


def test_notes_that_come_again_since_the_index_could_not_be_written_are_not_produced_again(
    letters: DeadLetterTopic,
) -> None:
    letters._producer = producer = cast("Any", Taking())
    producer.answers = False
    with pytest.raises(IngestError, match="did not take an event in time"):
        letters.deliver([note(1), note(2)])
    producer.answers = True
    for _ in range(3):
        letters.deliver([note(1), note(2)])
    assert producer.taken == [b"1", b"2"]
    letters.deliver([note(2), note(2, "parked"), note(3)])
    assert producer.taken == [b"1", b"2", b"2", b"3"]


def test_an_event_that_is_too_large_to_be_read_is_not_too_large_to_be_put_aside(
    letters: DeadLetterTopic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would keep all events behind it; it waits for the broker here, which there is not."""
    monkeypatch.setattr(deadletters, "_FLUSH_SECONDS", 0.01)
    with pytest.raises(IngestError, match="did not take an event in time"):
        letters.deliver([note(1, size=50_000_000)])
