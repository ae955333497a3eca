"""One submitted job: its rows come once, and it is over when `end` returns."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import Any, Self, TypeVar

import pyarrow as pa

from app.engines import pyflink_errors
from app.engines.pyflink_cluster import Cluster
from app.engines.pyflink_errors import FOREIGN
from app.engines.pyflink_rows import BATCH_ROWS, RowWriter, check_types, row_type
from app.errors import QueryCancelled

T = TypeVar("T")
logger = logging.getLogger(__name__)

END_TIMEOUT = 3.0
"""Seconds that a caller waits for its job to be over."""

# A task that is busy inside of one row (a huge cross join, say) does not notice that it is
# cancelled. Flink would fail the whole task manager after three minutes; until then it would burn
# a processor for an answer that nobody waits for.
_GIVE_UP = 8.0
# Between two looks for rows. Within the process that costs a fraction of a millisecond.
_RETRY_MILLIS = 10


class Job:
    """A job on the cluster and the client end of its rows.

    Attributes:
        jvm: The JVM whose reader threads serve it.
        sql: What it runs.
        row_type: The result's Java `RowType`.
        rows: The Java iterator over its rows, in Flink's internal form.
    """

    def __init__(self, cluster: Cluster, sql: str, row_type: Any, result: Any) -> None:
        self.jvm = cluster.jvm
        self._concealed = cluster.concealed
        self.sql = sql
        self.row_type = row_type
        self.rows = result.collectInternal()
        self._embedded = cluster.executor is not None
        if self._embedded:
            cluster.executor.setRetryMillis(self.rows, _RETRY_MILLIS)
        self._client = result.getJobClient().orElse(None)
        self._lock = threading.Lock()
        self._ending: Future[None] | None = None
        self._finished = False
        self._stopped = False
        self._watchers: list[Callable[[], None]] = []

    @classmethod
    def submit(cls, cluster: Cluster, env: Any, sql: str) -> Self:
        """Plans and submits a query; on the planner thread.

        Raises:
            InvalidQuery: A result column has a type that Arrow does not know.
        """
        table = env.sqlQuery(sql)
        result = row_type(table)
        check_types(result, sql)
        return cls(cluster, sql, result, table.execute())

    def fetch(self, limit: int) -> Future[pa.Table]:
        """At most `limit` rows, fetched on a reader thread."""
        return self.on_reader(lambda: self._fetch(limit))

    def on_reader(self, task: Callable[[], T]) -> Future[T]:
        """Runs something that blocks on this job; its foreign errors are mapped."""

        def mapped() -> T:
            try:
                return task()
            except FOREIGN as error:
                raise self._concealed(pyflink_errors.running(error, self.sql)) from None
            except pa.ArrowInvalid as error:
                raise pyflink_errors.unreadable(error, self.sql) from error

        return self.jvm.readers.submit(mapped)

    def when_ended(self, act: Callable[[], None]) -> None:
        """Has something done once the job is over."""
        self._watchers.append(act)

    def end(self, timeout: float = END_TIMEOUT) -> None:
        """Cancels the job where it still runs and waits until it is over. May be called twice."""
        wait([self.begin_end()], timeout=timeout)

    def begin_end(self) -> Future[None]:
        """Cancels the job where it still runs; the future is done once it is over."""
        with self._lock:
            if self._ending is None:
                self._stopped = True
                self._ending = self.jvm.readers.submit(self._end)
            return self._ending

    def raise_if_stopped(self) -> None:
        """Tells rows that came to their end from rows that were cut off.

        An iterator that is closed while it is read simply ends, as if there were no more rows.

        Raises:
            QueryCancelled: The job was ended, by another thread, before its rows were.
        """
        if self._stopped:
            raise QueryCancelled("The query was cancelled.", sql=self.sql)

    def _fetch(self, limit: int) -> pa.Table:
        writer = RowWriter(self.jvm.java, self.row_type)
        try:
            batches: list[pa.RecordBatch] = []
            left = limit
            while not self._finished and (left > 0 or not batches):
                asked = min(BATCH_ROWS, left)
                _, batch = writer.take(self.rows, asked)
                batches.append(batch)
                left -= batch.num_rows
                # Flink's iterator gives its last row only once the job has ended.
                self._finished = batch.num_rows < asked
            self.raise_if_stopped()
            return pa.Table.from_batches(batches)
        finally:
            writer.close()

    def _end(self) -> None:
        try:
            if not self._finished and self._client is not None:
                self._cancel()
            self.rows.close()
        except FOREIGN as error:
            # It had ended by itself, or its cluster is gone and the job with it.
            logger.debug("A job could not be cancelled: %s", pyflink_errors.causes(error)[-1])
        for act in self._watchers:
            act()

    def _cancel(self) -> None:
        self._client.cancel().get()
        deadline = time.monotonic() + _GIVE_UP
        while time.monotonic() < deadline:
            if self._client.getJobStatus().get().isGloballyTerminalState():
                return
            time.sleep(0.01)
        if self._embedded:
            logger.warning("A job would not be cancelled; Flink's JVM is started anew.")
            self.jvm.process.kill()
