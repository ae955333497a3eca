"""The threads that talk to the JVM; a caller's own thread only waits for them."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class Worker:
    """A daemon thread that runs functions one after the other; a function's error is its result."""

    def __init__(self, name: str) -> None:
        self._tasks: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]]] = queue.SimpleQueue()
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def submit(self, task: Callable[[], T]) -> Future[T]:
        """Queues a function; the future holds its value or what it raised."""
        future: Future[T] = Future()
        self._tasks.put((task, future))
        return future

    def _run(self) -> None:
        while True:
            task, future = self._tasks.get()
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(task())
                except BaseException as error:  # noqa: BLE001 - belongs to whoever waits for it
                    future.set_exception(error)
            # Held over the next wait they would keep Java objects and tracebacks alive.
            del task, future


class Readers:
    """Workers for calls that block (fetching rows, cancelling), as many as block at once.

    They are used again, since each thread that talks to the JVM holds a socket and a Java thread.
    """

    def __init__(self) -> None:
        self._idle: list[Worker] = []
        self._lock = threading.Lock()

    def submit(self, task: Callable[[], T]) -> Future[T]:
        """Runs a function on an idle worker, at once."""
        with self._lock:
            worker = self._idle.pop() if self._idle else Worker("flink-reader")
        future = worker.submit(task)
        future.add_done_callback(lambda _: self._idle.append(worker))
        return future
