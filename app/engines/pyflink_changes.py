"""A continuous query's changes, in batches as they come."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from app.engines.pyflink_job import Job
from app.engines.pyflink_rows import BATCH_ROWS, RowWriter, consumer, stream

_WAIT_MS = 100
_CLOSE_TIMEOUT = 2.0

Changes = tuple[npt.NDArray[np.int8], pa.RecordBatch]


class ChangeStream:
    """Iterates over `(row kinds, rows)`, until the job ends or the stream is closed.

    The kinds are Flink's: 0 is +I, 1 is -U, 2 is +U, 3 is -D. Iterating blocks until changes come;
    `close`, from any thread, ends the job and the iteration.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        java = job.jvm.java
        self._closed = False
        # Between the thread that blocks on Flink and the one that takes batches: what has come is
        # taken at once, and a reader that lags holds the job back instead of filling the heap.
        self._queue = java.java.util.concurrent.ArrayBlockingQueue(BATCH_ROWS)
        put = java.java.lang.invoke.MethodHandles.publicLookup().findVirtual(
            self._queue.getClass(),
            "put",
            java.java.lang.invoke.MethodType.methodType(
                java.java.lang.Void.TYPE, [java.java.lang.Class.forName("java.lang.Object")]
            ),
        )
        into_queue = consumer(java, put.bindTo(self._queue))

        def pump() -> None:
            stream(java, job.rows).forEach(into_queue)
            job.raise_if_stopped()

        self._pump: Future[None] = job.on_reader(pump)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[Changes]:
        writer = self._job.on_reader(
            lambda: RowWriter(self._job.jvm.java, self._job.row_type)
        ).result()
        try:
            while not self._closed:
                over = self._pump.done()
                changes = self._job.on_reader(lambda: self._take(writer)).result()
                if changes is not None:
                    yield changes
                elif over:
                    if not self._closed:
                        self._pump.result()
                    return
        finally:
            self._job.on_reader(writer.close)
            self.close()

    def close(self) -> None:
        """Ends the job and the iteration. May be called twice."""
        if self._closed:
            return
        self._closed = True
        self._job.end()
        deadline = time.monotonic() + _CLOSE_TIMEOUT
        while not self._pump.done() and time.monotonic() < deadline:
            # The pump may be waiting for room in the queue.
            self._job.on_reader(self._queue.clear).exception()
            time.sleep(0.01)

    def _take(self, writer: RowWriter) -> Changes | None:
        java = self._job.jvm.java
        first: Any = self._queue.poll(_WAIT_MS, java.java.util.concurrent.TimeUnit.MILLISECONDS)
        if first is None:
            return None
        rows = java.java.util.ArrayList()
        rows.add(first)
        self._queue.drainTo(rows, BATCH_ROWS)
        kinds, batch = writer.take_list(rows)
        return np.frombuffer(kinds, dtype=np.int8), batch
