"""Two batches at work at once: one is read and embedded while the one before is written.

`ingest.topics.follow` hands batches in. What cannot be done for the moment is tried again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, Self, TypeVar

from ingest.errors import IngestError, RebuildNeeded
from ingest.topics.changes import Prepared, Written
from ingest.topics.events import Event
from ingest.topics.writer import Deliver, TopicWriter

_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 15.0  # seconds before something is tried again

A = TypeVar("A")
R = TypeVar("R")


class Stopped(Exception):
    """It was told to stop while it waited to try something again."""


class Pipeline:
    """Batches in order, at most two at a time. Close it.

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
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="topic")
        self._preparing: Future[Prepared] | None = None
        self._writing: Future[Written] | None = None
        self.trouble = ""
        """What is being tried again, and why; empty where all is well."""

    @property
    def has_room(self) -> bool:
        """Whether the next batch can be begun."""
        return self._preparing is None

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way."""
        return self._preparing is None and self._writing is None

    def submit(self, events: Sequence[Event]) -> None:
        """Begins a batch; there must be room."""
        self._preparing = self._pool.submit(self.persistently, self._writer.prepare, events)

    def finished(self) -> Written | None:
        """The batch that has been written since the last call; None where none has.

        Raises:
            Stopped: It was told to stop while it waited.
            IngestError: What could not be done.
        """
        written = None
        if self._writing is not None and self._writing.done():
            done, self._writing = self._writing, None
            try:
                written = done.result()
            except BaseException:
                # The batch behind must not be written: the index would take this one for done.
                self._preparing = None
                raise
        if self._writing is None and self._preparing is not None and self._preparing.done():
            ready, self._preparing = self._preparing, None
            self._writing = self._pool.submit(self.persistently, self._write, ready.result())
        return written

    def drained(self, seconds: float) -> list[Written]:
        """Waits until all that is under way is written, but no longer than so many seconds."""
        until = time.monotonic() + seconds
        found = []
        while not self.is_idle and time.monotonic() < until:
            under_way: list[Future[Any]] = [
                one for one in (self._writing, self._preparing) if one is not None
            ]
            wait(under_way[:1], timeout=until - time.monotonic())
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
            except RebuildNeeded:
                raise
            except IngestError as error:
                if self._patience is not None and time.monotonic() - began > self._patience:
                    raise
                self.trouble = str(error)
                tell(self.trouble)
            else:
                self.trouble = ""
                return result
            if self._stop.wait(pause):
                raise Stopped
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _write(self, batch: Prepared) -> Written:
        return self._writer.write(batch, self._deliver)

    def close(self) -> None:
        """Waits for what is under way."""
        self._pool.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
