"""Runs a piece of work on its own thread and hands what it reports to the caller as it happens."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

T = TypeVar("T")

_STOP_SECONDS = 5.0


class _Done:
    """Marks the end of the work; carries the error that ended it, if any."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def relay(
    work: Callable[[Callable[[T], None], threading.Event], None],
    cancel: threading.Event | None = None,
) -> Iterator[T]:
    """Yields what `work` emits; raises what it raises.

    Args:
        work: Called on a daemon thread with `emit` and with an event that is set when the caller
            closes the iterator; it is expected to end soon after that.
        cancel: That event, where the caller wants to set it from another thread while this one
            waits for the next report.

    >>> list(relay(lambda emit, cancel: [emit(1), emit(2)] and None))
    [1, 2]
    """
    reports: queue.SimpleQueue[T | _Done] = queue.SimpleQueue()
    cancel = cancel or threading.Event()

    def run() -> None:
        error: BaseException | None = None
        try:
            work(reports.put, cancel)
        except BaseException as raised:  # noqa: BLE001 - handed to the caller's thread, whatever it is
            error = raised
        reports.put(_Done(error))

    thread = threading.Thread(target=run, name="tributary-question", daemon=True)
    thread.start()
    try:
        while not isinstance(report := reports.get(), _Done):
            yield report
        if report.error is not None:
            raise report.error
    finally:
        cancel.set()
        thread.join(_STOP_SECONDS)
