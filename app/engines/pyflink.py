"""The engine on PyFlink's JVM: one warm cluster, one planner thread, many callers.

A query goes through three hands. The caller's thread waits, with its deadline and its cancel
event. The planner thread, one for the whole process because Flink's planner keeps state by thread,
parses, plans and submits. A reader thread blocks on the rows. Whatever ends the wait, the job is
over, and seen to be over, before the caller has its answer.
"""

from __future__ import annotations

import atexit
import os
import re
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, TypeVar

import pyarrow as pa

from app.answer import QueryResult
from app.catalog.model import Catalog
from app.engines import pyflink_cluster, pyflink_errors, pyflink_jvm
from app.engines.pyflink_changes import ChangeStream
from app.engines.pyflink_cluster import Cluster
from app.engines.pyflink_errors import FOREIGN, VanishedFile
from app.engines.pyflink_freshness import Freshness
from app.engines.pyflink_job import Job, Rows
from app.errors import EngineUnavailable, InvalidQuery, QueryCancelled, QueryTimedOut
from app.sql.guard import ParsedStatement, SafeQuery

T = TypeVar("T")

_POLL = 0.05  # seconds between looks at the cancel event
_SCAN = re.compile(r"TableScan\(table=\[\[([^\]]+)\]")
_HOME = "default_catalog, default_database, "


@dataclass(frozen=True, slots=True)
class _Patience:
    """How long one caller waits, and what makes it stop."""

    sql: str
    seconds: float
    cancel: threading.Event | None
    closing: threading.Event
    started: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        return self.started + self.seconds - time.monotonic()

    def check(self) -> None:
        """Raises what ends the wait, if anything does."""
        if self.closing.is_set() or (self.cancel is not None and self.cancel.is_set()):
            raise QueryCancelled("The query was cancelled.", sql=self.sql)
        if self.left <= 0:
            raise QueryTimedOut(
                f"The query was stopped after {self.seconds:g} seconds.",
                hint="Ask for a shorter time range or fewer columns, or raise the query time-out.",
                sql=self.sql,
            )

    def wait(self, future: Future[T]) -> T:
        """The future's value, or what ends the wait for it."""
        while True:
            wait([future], timeout=max(0.0, min(_POLL, self.left)))
            if future.done():
                return future.result()
            self.check()


class PyFlinkEngine:
    """Runs checked queries on an embedded or a remote Flink cluster; see `app.engines.base.Engine`.

    Args:
        catalog: The tables to register; no others can be read.
        address: REST address `host:port` of a session cluster; a cluster inside this process's
            JVM where None.
        time_zone: Flink's session time zone: what `CURRENT_DATE` and the conversion between
            TIMESTAMP and TIMESTAMP_LTZ go by.
        environ: Where `${NAME}` placeholders, JAVA_HOME and JVM_ARGS are looked up.
        state_dir: Where the JVM's logs and temporary files go, in a folder `flink`.
        default_timeout: Seconds until a query is stopped where `run` is given no other.
        freshness: Whether results say how far their tables' event time has come (`as_of`); it
            costs one more small job, beside the query's own.
    """

    def __init__(
        self,
        catalog: Catalog,
        *,
        address: str | None = None,
        time_zone: str = "UTC",
        environ: Mapping[str, str] | None = None,
        state_dir: Path,
        default_timeout: float = 60.0,
        freshness: bool = True,
    ) -> None:
        self._catalog = catalog
        self._address = address
        self._time_zone = time_zone
        self._environ = os.environ if environ is None else environ
        self._state_dir = state_dir
        self._default_timeout = default_timeout
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._start: Future[Cluster] | None = None
        self._freshness = Freshness(catalog, self._time_zone, self._rows) if freshness else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def problems(self) -> Mapping[str, str]:
        """Tables that Flink would not register, and why; known once the engine is warm."""
        return dict(self._cluster(self._patience("")).problems)

    @property
    def rest_url(self) -> str:
        """The cluster's REST address, for whoever wants to look at its jobs."""
        cluster = self._cluster(self._patience(""))
        return f"http://{cluster.host}:{cluster.port}"

    def warm_up(self) -> None:
        """Starts the JVM, the cluster and the planner, so that the first query is fast.

        Raises:
            EngineUnavailable: There is no JVM or the cluster cannot be reached.
        """
        self._rows("SELECT COUNT(*) FROM (VALUES (1), (2)) AS t (a)", 2, self._patience(""))

    def parse(self, text: str) -> ParsedStatement:
        """What Flink's own parser makes of a text (the guard's last word).

        Raises:
            InvalidQuery: Flink cannot parse or validate it.
            EngineUnavailable: There is no JVM or the cluster cannot be reached.
        """
        return self._plan(text, lambda env: _parse(env, text), self._patience(text))

    def check(self, query: SafeQuery) -> None:
        """Lets the planner plan the query without running it.

        Raises:
            InvalidQuery: The planner refuses it.
            EngineUnavailable: There is no JVM or the cluster cannot be reached.
        """
        self._plan(query.text, lambda env: _explain(env, query.text), self._patience(query.text))

    def run(
        self,
        query: SafeQuery,
        *,
        timeout: float | None = None,
        cancel: threading.Event | None = None,
    ) -> QueryResult:
        """Runs the query as a bounded snapshot; see `app.engines.base.Engine.run`."""
        patience = self._patience(query.text, timeout, cancel)
        reached = self._freshness.ask(query.tables) if self._freshness else None
        started = time.perf_counter()
        rows = self._rows(query.text, query.row_limit + 1, patience)
        return QueryResult(
            sql=query.text,
            table=rows.slice(0, query.row_limit),
            tables=query.tables,
            truncated=rows.num_rows > query.row_limit,
            seconds=time.perf_counter() - started,
            as_of=reached(patience.left) if reached else {},
        )

    def changes(self, query: SafeQuery) -> ChangeStream:
        """Runs the query continuously, as a stream of changes; its job ends with `close()`.

        Raises:
            InvalidQuery: The planner refuses it.
            EngineUnavailable: There is no JVM or the cluster cannot be reached.
        """
        patience = self._patience(query.text)
        return ChangeStream(self._submit(query.text, patience, bounded=False))

    def close(self) -> None:
        """Cancels what still runs and lets the cluster go. May be called twice."""
        with self._lock:
            if self._closing.is_set():
                return
            self._closing.set()
        atexit.unregister(self.close)
        if self._start is not None:
            self._start.add_done_callback(_let_go)
            wait([self._start], timeout=1.0)

    def _patience(
        self, sql: str, timeout: float | None = None, cancel: threading.Event | None = None
    ) -> _Patience:
        seconds = self._default_timeout if timeout is None else timeout
        return _Patience(sql, seconds, cancel, self._closing)

    def _rows(self, sql: str, limit: int, patience: _Patience) -> pa.Table:
        try:
            return self._read(sql, limit, patience)
        except VanishedFile:
            # Retention or compaction may remove a segment between listing and reading it; the
            # next listing does not have it.
            return self._read(sql, limit, patience)

    def _read(self, sql: str, limit: int, patience: _Patience) -> pa.Table:
        job = self._submit(sql, patience, bounded=True)
        try:
            return patience.wait(job.fetch(limit))
        finally:
            job.end()

    def _submit(self, sql: str, patience: _Patience, *, bounded: bool) -> Job:
        cluster = self._cluster(patience)
        submitted = self._planning(cluster, sql, lambda env: Job.submit(cluster, env, sql), bounded)
        try:
            return patience.wait(submitted)
        except BaseException:
            # Planning cannot be interrupted: whatever it still submits is ended on arrival.
            submitted.add_done_callback(_end_late)
            raise
    
    def _plan(self, sql: str, task: Callable[[Any], T], patience: _Patience) -> T:
        cluster = self._cluster(patience)
        return patience.wait(self._planning(cluster, sql, task, bounded=True))

    def _planning(
        self, cluster: Cluster, sql: str, task: Callable[[Any], T], bounded: bool
    ) -> Future[T]:
        def planned() -> T:
            try:
                env = cluster.environment(
                    self._catalog, self._environ, self._time_zone, bounded=bounded
                )
                return task(env)
            except FOREIGN as error:
                raise pyflink_errors.planning(error, sql, self._catalog) from None

        return cluster.jvm.planner.submit(planned)
