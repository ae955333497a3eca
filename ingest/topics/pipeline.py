"""Three batches at work at once: one is read while one is embedded and the one before is written.

`ingest.topics.follow` hands batches in. What cannot be done for the moment is tried again.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Self, TypeVar

from ingest.errors import IngestError, RebuildNeeded
from ingest.topics.changes import Prepared, Written
from ingest.topics.events import Event
from ingest.topics.writer import BegunAnew, Deliver, TopicWriter

_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 15.0  # seconds before something is tried again
_MOST = 3  # batches under way

A = TypeVar("A")
R = TypeVar("R")


class Stopped(Exception):
    """It was told to stop while it waited to try something again."""


@dataclass(frozen=True, slots=True)
class _UnderWay:
    """A batch, and what is done for it: each waits for the one before."""

    events: Sequence[Event]
    reading: Future[Prepared]
    embedding: Future[Prepared]
    writing: Future[Written]


class Pipeline:
    """Batches in order: one is read, one embedded, and one written at a time. Close it.

    Args:
        writer: Does the work.
        deliver: Produces to the dead-letter topic.
        stop: Ends the waiting; what is under way is finished.
        patience: Seconds that something is tried again for; None for ever.
    """

    def __init__(
        self,
        writer: TopicWriter,
        deliver: Deliver,
        *,
        stop: threading.Event,
        patience: float | None,
    ) -> None:
        self._writer = writer
        self._deliver = deliver
        self._stop = stop
        self._patience = patience
        # One thread each: batches pass one another nowhere, and the writer's reader is not shared.
        self._reader, self._embedder, self._last = (
            ThreadPoolExecutor(1, thread_name_prefix=f"topic-{name}")
            for name in ("read", "embed", "write")
        )
        self._batches: deque[_UnderWay] = deque()
        self._over = threading.Event()
        self._troubles: dict[object, str] = {}

    @property
    def trouble(self) -> str:
        """What is being tried again, and why; empty where all is well."""
        return next(iter(tuple(self._troubles.values())), "")

    @property
    def has_room(self) -> bool:
        """Whether the next batch can be begun: none is read ahead of the one that is embedded."""
        if len(self._batches) == _MOST:  # writing waits for something, and memory is to be bounded
            return False
        if not self._batches:
            return True
        last = self._batches[-1]
        return last.reading.done() and (last.embedding.running() or last.embedding.done())

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way."""
        return not self._batches

    def submit(self, events: Sequence[Event]) -> None:
        """Begins a batch; there must be room."""
        reading = self._reader.submit(self.persistently, self._writer.read, events)
        embedding = self._embedder.submit(self._embedded, reading)
        writing = self._last.submit(self._written, embedding)
        self._batches.append(_UnderWay(events, reading, embedding, writing))

    def finished(self) -> Written | None:
        """The batch that has been written since the last call; None where none has.

        Raises:
            Stopped: It was told to stop while it waited.
            IngestError: What could not be done.
        """
        if not self._batches or not self._batches[0].writing.done():
            return None
        try:
            return self._batches.popleft().writing.result()
        except BaseException:
            self._batches.clear()  # they are not written either, see `_written`
            raise

    def let_go(self) -> list[Event]:
        """Gives up the batch that is read ahead, if there is one, and gives its events.

        They have to be consumed again, by whoever has their partitions then.
        """
        gone: list[Event] = []
        while self._batches and self._batches[-1].embedding.cancel():
            gone.extend(self._batches.pop().events)
        return gone

    def drained(self, seconds: float) -> list[Written]:
        """Waits until all that is under way is written, but no longer than so many seconds."""
        until = time.monotonic() + seconds
        found = []
        while self._batches and (left := until - time.monotonic()) > 0:
            wait([self._batches[0].writing], timeout=left)
            if written := self.finished():
                found.append(written)
        return found

    def persistently(
        self, work: Callable[[A], R], given: A, tell: Callable[[str], None] = lambda _: None
    ) -> R:
        """Does something, again and again where it cannot be done for the moment.

        Args:
            work: What is to be done.
            given: What it is given.
            tell: Told of what goes wrong.

        Raises:
            Stopped: It was told to stop while it waited.
            IngestError: It could not be done for longer than it is to be tried.
        """
        began, pause = time.monotonic(), _FIRST_PAUSE
        while True:
            try:
                result = work(given)
            except (RebuildNeeded, BegunAnew):  # waiting mends neither
                raise
            except IngestError as error:
                if self._patience is not None and time.monotonic() - began > self._patience:
                    raise
                self._troubles[work] = str(error)
                tell(str(error))
            else:
                self._troubles.pop(work, None)
                return result
            if self._stop.wait(pause) or self._over.is_set():
                raise Stopped
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _embedded(self, reading: Future[Prepared]) -> Prepared:
        batch = reading.result()
        if self._over.is_set():
            raise Stopped
        return self.persistently(self._writer.embed, batch)

    def _written(self, embedding: Future[Prepared]) -> Written:
        try:
            batch = embedding.result()
            if self._over.is_set():
                raise Stopped
            return self.persistently(self._write, batch)
        except CancelledError:  # it was let go; those before it are written, and it comes again
            raise
        except BaseException:
            # The batches behind must not be written: the index would take this one for done.
            self._over.set()
            raise

    def _write(self, batch: Prepared) -> Written:
        return self._writer.write(batch, self._deliver)

    def close(self) -> None:
        """Waits for what is at work; nothing more is begun."""
        self._over.set()
        for stage in (self._reader, self._embedder, self._last):
            stage.shutdown(cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
