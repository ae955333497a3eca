"""Two batches at work: their order, and what is done where something fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Any, cast

import pytest

from ingest.errors import IngestError, RebuildNeeded
from ingest.topics import pipeline as pipelines
from ingest.topics.changes import Prepared, Written
from ingest.topics.events import Event
from ingest.topics.pipeline import Pipeline, Stopped
from ingest.topics.places import Place
from ingest.topics.writer import Deliver, TopicWriter
from tests.ingest.following import eventually

AWAY = IngestError("The disk is full.")


class Scripted:
    """A writer that fails as it is told to."""

    def __init__(self, prepare: Sequence[Exception] = (), write: Sequence[Exception] = ()) -> None:
        self.written: list[int] = []
        self.tried: list[str] = []
        self._failures: dict[str, list[Exception]] = {
            "prepare": list(prepare),
            "write": list(write),
        }

    def prepare(self, events: Sequence[Event]) -> Prepared:
        self._fail("prepare")
        return Prepared([(event, None) for event in events])

    def write(self, batch: Prepared, deliver: Deliver) -> Written:
        self._fail("write")
        [(event, _)] = batch.events
        self.written.append(event.place.offset)
        return Written({0: event.place.following})

    def _fail(self, what: str) -> None:
        self.tried.append(what)
        if self._failures[what]:
            raise self._failures[what].pop(0)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipelines, "_FIRST_PAUSE", 0.01)


def made(
    writer: Scripted, stop: threading.Event | None = None, patience: float | None = None
) -> Pipeline:
    def deliver(_: Sequence[Any]) -> None: ...

    given = cast("TopicWriter", writer)
    return Pipeline(given, deliver, stop=stop or threading.Event(), patience=patience)


def batch(offset: int) -> list[Event]:
    return [Event(Place(0, offset, 0), b"a", b"x")]


def submit(pipeline: Pipeline, offset: int) -> list[Written]:
    """Hands a batch in as soon as there is room; what was written until then."""
    found = []
    while not pipeline.has_room:
        if written := pipeline.finished():
            found.append(written)
        time.sleep(0.001)
    pipeline.submit(batch(offset))
    return found


def test_batches_are_written_in_their_order() -> None:
    writer = Scripted()
    with made(writer) as pipeline:
        found = [written for n in range(5) for written in submit(pipeline, n)]
        found += pipeline.drained(10)
    assert writer.written == [0, 1, 2, 3, 4]
    assert [written.next[0].offset for written in found] == [1, 2, 3, 4, 5]
    assert pipeline.is_idle


def test_what_cannot_be_done_for_the_moment_is_tried_again() -> None:
    writer = Scripted(prepare=[AWAY], write=[AWAY, AWAY])
    with made(writer) as pipeline:
        pipeline.submit(batch(0))
        assert len(pipeline.drained(10)) == 1
    assert writer.tried == ["prepare", "prepare", "write", "write", "write"]
    assert pipeline.trouble == ""


def test_patience_ends() -> None:
    with made(Scripted(write=[AWAY] * 9), patience=0.0) as pipeline:
        pipeline.submit(batch(0))
        with pytest.raises(IngestError, match="full"):
            pipeline.drained(10)


def test_a_rebuild_is_asked_for_at_once() -> None:
    writer = Scripted(write=[RebuildNeeded("it is another model", documents=1, chunks=1)])
    with made(writer) as pipeline:
        pipeline.submit(batch(0))
        with pytest.raises(RebuildNeeded):
            pipeline.drained(10)
    assert writer.tried == ["prepare", "write"]


def test_the_batch_behind_one_that_was_not_written_is_not_written_either() -> None:
    """Else the index would say that it has come past what it never took in."""
    stop = threading.Event()
    writer = Scripted(write=[AWAY] * 99)
    with made(writer, stop) as pipeline:
        submit(pipeline, 0)
        submit(pipeline, 1)
        eventually(lambda: pipeline.trouble)
        stop.set()
        with pytest.raises(Stopped):
            pipeline.drained(10)
        assert pipeline.drained(10) == []
    assert writer.written == []
    assert pipeline.is_idle
