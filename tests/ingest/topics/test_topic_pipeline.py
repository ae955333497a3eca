"""Three batches at work: their order, what is let go, and what is done where something fails."""

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
from ingest.topics.places import Place, Position
from ingest.topics.writer import BegunAnew, Deliver, TopicWriter
from tests.ingest.following import eventually

AWAY = IngestError("The disk is full.")


class Scripted:
    """A writer that fails as it is told to."""

    def __init__(self, **failures: Sequence[Exception]) -> None:
        self.written: list[int] = []
        self.tried: list[str] = []
        self.may_embed = threading.Event()
        self.may_embed.set()
        self._failures = {what: list(errors) for what, errors in failures.items()}

    def read(self, events: Sequence[Event]) -> Prepared:
        self._fail("read")
        return Prepared([(event, None) for event in events])

    def embed(self, batch: Prepared) -> Prepared:
        self._fail("embed")
        assert self.may_embed.wait(10)
        return batch

    def write(self, batch: Prepared, deliver: Deliver) -> Written:
        self._fail("write")
        [(event, _)] = batch.events
        self.written.append(event.place.offset)
        return Written({0: event.place.following})

    def _fail(self, what: str) -> None:
        self.tried.append(what)
        if errors := self._failures.get(what):
            raise errors.pop(0)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipelines, "_FIRST_PAUSE", 0.01)


def made(
    writer: Scripted, stop: threading.Event | None = None, patience: float | None = None
) -> Pipeline:
    def deliver(_: Sequence[Any]) -> None: ...

    given = cast("TopicWriter", writer)
    return Pipeline(given, deliver, stop=stop or threading.Event(), patience=patience)


def reached(offset: int) -> dict[int, Position]:
    return {0: Place(0, offset, 0).following}


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


def read_ahead(pipeline: Pipeline, writer: Scripted) -> None:
    """Hands in a batch, whose embedding has to wait, and another one."""
    submit(pipeline, 0)
    submit(pipeline, 1)
    eventually(lambda: writer.tried == ["read", "embed", "read"])


def test_batches_are_written_in_their_order() -> None:
    writer = Scripted()
    with made(writer) as pipeline:
        found = [written for n in range(5) for written in submit(pipeline, n)]
        found += pipeline.drained(10)
    assert writer.written == [0, 1, 2, 3, 4]
    assert [written.next[0].offset for written in found] == [1, 2, 3, 4, 5]
    assert pipeline.is_idle


def test_what_cannot_be_done_for_the_moment_is_tried_again() -> None:
    writer = Scripted(read=[AWAY], embed=[AWAY], write=[AWAY, AWAY])
    with made(writer) as pipeline:
        pipeline.submit(batch(0))
        assert len(pipeline.drained(10)) == 1
    assert writer.tried == ["read", "read", "embed", "embed", "write", "write", "write"]
    assert pipeline.trouble == ""


def test_patience_ends() -> None:
    with made(Scripted(write=[AWAY] * 9), patience=0.0) as pipeline:
        pipeline.submit(batch(0))
        with pytest.raises(IngestError, match="full"):
            pipeline.drained(10)


@pytest.mark.parametrize(
    "error",
    [RebuildNeeded("it is another model", documents=1, chunks=1), BegunAnew("docs")],
    ids=["another model", "begun anew"],
)
def test_what_waiting_does_not_mend_is_told_at_once(error: IngestError) -> None:
    writer = Scripted(write=[error])
    with made(writer) as pipeline:
        pipeline.submit(batch(0))
        with pytest.raises(type(error)):
            pipeline.drained(10)
    assert writer.tried == ["read", "embed", "write"]


def test_one_batch_is_read_ahead_and_no_more() -> None:
    writer = Scripted()
    writer.may_embed.clear()
    with made(writer) as pipeline:
        read_ahead(pipeline, writer)
        assert not pipeline.has_room
        writer.may_embed.set()
        assert len(pipeline.drained(10)) == 2
    assert writer.written == [0, 1]


def test_what_is_read_ahead_is_let_go_and_comes_again() -> None:
    writer = Scripted()
    writer.may_embed.clear()
    with made(writer) as pipeline:
        read_ahead(pipeline, writer)
        assert pipeline.let_go() == batch(1)
        assert pipeline.let_go() == []
        assert not pipeline.is_idle
        writer.may_embed.set()
        assert [written.next for written in pipeline.drained(10)] == [reached(0)]
        pipeline.submit(batch(1))
        assert [written.next for written in pipeline.drained(10)] == [reached(1)]
    assert writer.written == [0, 1]
    assert writer.tried.count("embed") == 2


def test_no_more_than_three_are_under_way_while_writing_waits() -> None:
    stop = threading.Event()
    writer = Scripted(write=[AWAY] * 999)
    with made(writer, stop) as pipeline:
        for n in range(3):
            submit(pipeline, n)
        eventually(lambda: writer.tried.count("embed") == 3)
        assert not pipeline.has_room
        stop.set()


def test_nothing_is_begun_once_it_is_closed() -> None:
    writer = Scripted()
    writer.may_embed.clear()
    pipeline = made(writer)
    read_ahead(pipeline, writer)
    closing = threading.Thread(target=pipeline.close)
    closing.start()
    eventually(pipeline._over.is_set)
    writer.may_embed.set()
    closing.join(10)
    assert writer.tried == ["read", "embed", "read"]
    assert writer.written == []


def test_what_one_batch_does_well_does_not_hide_the_trouble_of_another() -> None:
    stop = threading.Event()
    writer = Scripted(write=[AWAY] * 999)
    with made(writer, stop) as pipeline:
        submit(pipeline, 0)
        eventually(lambda: pipeline.trouble)
        submit(pipeline, 1)
        eventually(lambda: writer.tried.count("embed") == 2)
        assert pipeline.trouble == str(AWAY)
        stop.set()


@pytest.mark.parametrize("failing", ["read", "embed", "write"])
def test_the_batches_behind_one_that_failed_are_not_written(failing: str) -> None:
    """Else the index would say that it has come past what it never took in."""
    stop = threading.Event()
    writer = Scripted(**{failing: [AWAY] * 999})
    with made(writer, stop) as pipeline:
        submit(pipeline, 0)
        eventually(lambda: pipeline.trouble)
        if failing != "read":
            submit(pipeline, 1)
        if failing == "write":
            submit(pipeline, 2)
        stop.set()
        with pytest.raises(Stopped):
            pipeline.drained(10)
        assert pipeline.drained(10) == []
    assert writer.written == []
    assert pipeline.is_idle
