"""One event loop for all that is asked of models: only there can a request be dropped at once.

A synchronous stream of LangChain's waits for its request to end before it can be closed. And the
process has one loop, since the clients that LangChain keeps belong to the loop they were used in.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import CancelledError, Future
from functools import cache
from typing import Generic, TypeVar

from app.errors import QueryCancelled

T = TypeVar("T")

_TICK_SECONDS = 0.05


class _End(Generic[T]):
    """Marks the end of a stream, with the error that ended it, if any."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


@cache
def shared() -> Loop:
    """The loop of the process, which ends with it."""
    return Loop()


class Loop:
    """A daemon thread that runs coroutines. Safe to use from many threads."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        thread = threading.Thread(target=self._loop.run_forever, name="model-loop", daemon=True)
        thread.start()

    def stream(
        self,
        produce: Callable[[], AsyncIterator[T]],
        *,
        cancel: threading.Event,
        seconds: float,
    ) -> Iterator[T]:
        """Yields what an asynchronous iterator gives, as it comes.

        Args:
            produce: Makes the iterator; called in the loop.
            cancel: Ends it at once when set, wherever it waits.
            seconds: How long all of it may take.

        Raises:
            QueryCancelled: `cancel` was set.
            TimeoutError: It took too long.
        """
        reports: queue.SimpleQueue[T | _End[T]] = queue.SimpleQueue()

        async def work() -> None:
            error: BaseException | None = None
            try:
                async with asyncio.timeout(seconds):
                    async for report in produce():
                        reports.put(report)
            except BaseException as raised:  # noqa: BLE001 - handed to the caller's thread
                error = raised
            reports.put(_End(error))

        future = asyncio.run_coroutine_threadsafe(work(), self._loop)
        try:
            yield from self._reports(reports, future, cancel)
        finally:
            future.cancel()

    def _reports(
        self, reports: queue.SimpleQueue[T | _End[T]], future: Future[None], cancel: threading.Event
    ) -> Iterator[T]:
        while True:
            if cancel.is_set():
                future.cancel()
                raise QueryCancelled("The question was cancelled.")
            try:
                report = reports.get(timeout=_TICK_SECONDS)
            except queue.Empty:
                continue
            if not isinstance(report, _End):
                yield report
            elif report.error is None:
                return
            else:
                raise _raisable(report.error)


def _raisable(error: BaseException) -> BaseException:
    """What ended the stream; ended from outside, it is a question cancelled."""
    if isinstance(error, asyncio.CancelledError | CancelledError):
        return QueryCancelled("The question was cancelled.")
    return error
