"""The engine on PyFlink's JVM: one warm cluster, one planner thread, many callers.

A query goes through three hands. The caller's thread waits, with its deadline and its cancel
event. The planner thread, one for the whole process because Flink's planner keeps state by thread,
parses, plans and submits. A reader thread blocks on the rows. Whatever ends the wait, the job is
over, and seen to be over, before the caller has its answer.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, wait
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

import pyarrow as pa

from app.answer import QueryResult
from app.catalog.model import Catalog
from app.engines import pyflink_errors, pyflink_planning, segments
from app.engines.pyflink_changes import ChangeStream
from app.engines.pyflink_cluster import Cluster
from app.engines.pyflink_errors import FOREIGN, JvmLost, VanishedFile
from app.engines.pyflink_freshness import Freshness
from app.engines.pyflink_job import END_TIMEOUT, Job
from app.engines.pyflink_link import Link
from app.engines.pyflink_patience import Patience
from app.errors import QueryError
from app.sql import lexer
from app.sql.guard import ParsedStatement, SafeQuery

if TYPE_CHECKING:
    from app.sql.timerange import Span

T = TypeVar("T")

_WARM_UP = 10.0  # seconds that warming up may spend on reading a table


class PyFlinkEngine:
    """Runs checked queries on an embedded or a remote Flink cluster; see `app.engines.base.Engine`.

    Args:
        catalog: The tables to register; no others can be read.
        address: REST address `host:port` of a session cluster; a cluster inside this process's
            JVM where None.
        time_zone: Flink's session time zone: what `CURRENT_DATE` and the conversion between
            TIMESTAMP and TIMESTAMP_LTZ go by.
        environ: Where `${NAME}` placeholders, JAVA_HOME and JVM_ARGS are looked up.
        state_dir: Where the JVM's logs and temporary files go.
        connectors: Folder of connector jars (`ingest.connectors`) for the JVM's class path; None
            for Flink's own alone. Engines of one process share a JVM: the first one's counts.
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
        connectors: Path | None = None,
        default_timeout: float = 60.0,
        freshness: bool = True,
    ) -> None:
        self._catalog = catalog
        self._address = address
        self._time_zone = time_zone
        self._environ = os.environ if environ is None else environ
        self._default_timeout = default_timeout
        self._link = Link(
            catalog,
            self._environ,
            state_dir,
            address=address,
            connectors=connectors,
            at_exit=self.close,
        )
        self._submitted: set[Future[Job]] = set()
        self._freshness = Freshness(catalog, self._fetch, self._newest) if freshness else None

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
        for table in self._catalog.tables[:1]:
            # Its connector and format are loaded on first use. Whether it has rows, or works at
            # all, is for a question to find out.
            text = f"SELECT * FROM {lexer.quote(table.name)}"
            with suppress(QueryError):
                self._rows(text, 1, self._patience(text, _WARM_UP))

    def parse(self, text: str) -> ParsedStatement:
        """What Flink's own parser makes of a text (the guard's last word).

        Raises:
            InvalidQuery: Flink cannot parse or validate it.
            EngineUnavailable: There is no JVM or the cluster cannot be reached.
        """
        patience = self._patience(text)
        return patience.wait(
            self._plan(text, patience, True, lambda env: pyflink_planning.parse(env, text))
        )

    def check(self, query: SafeQuery, *, continuous: bool = False) -> None:
        """Lets the planner plan the query; see `app.engines.base.Engine.check`."""
        patience = self._patience(query.text)
        jvm = self._cluster(patience).jvm

        def explain(env: Any) -> None:
            pyflink_planning.explain(jvm, env, query.text)

        patience.wait(self._plan(query.text, patience, not continuous, explain))

    def run(
        self,
        query: SafeQuery,
        *,
        timeout: float | None = None,
        cancel: threading.Event | None = None,
        ranges: Mapping[str, Span] | None = None,
    ) -> QueryResult:
        """Runs the query as a bounded snapshot; see `app.engines.base.Engine.run`."""
        patience = self._patience(query.text, timeout, cancel)
        started = time.perf_counter()
        asking = self._freshness.asking(query.tables) if self._freshness else nullcontext()
        with asking as reached:
            rows = self._rows(query.text, query.row_limit + 1, patience, ranges)
            seconds = time.perf_counter() - started
            as_of = reached(patience.left) if reached else {}
        return QueryResult(
            sql=query.text,
            table=rows.slice(0, query.row_limit),
            tables=query.tables,
            truncated=rows.num_rows > query.row_limit,
            seconds=seconds,
            as_of=as_of,
        )

    def changes(self, query: SafeQuery) -> ChangeStream:
        """Runs the query continuously, as a stream of changes; its job ends with `close()`.

        Raises:
            InvalidQuery: The planner refuses it.
            EngineUnavailable: There is no JVM or the cluster cannot be reached.
        """
        return ChangeStream(self._submit(query.text, self._patience(query.text), bounded=False))

    def close(self) -> None:
        """Cancels what still runs and lets the cluster go. May be called twice."""
        if not self._link.shut():
            return
        ending = [_ended(future) for future in wait(list(self._submitted), timeout=0.5).done]
        wait([future for future in ending if future is not None], timeout=1.0)
        self._link.release(timeout=2.0)

    def _patience(
        self, sql: str, timeout: float | None = None, cancel: threading.Event | None = None
    ) -> Patience:
        seconds = self._default_timeout if timeout is None else timeout
        return Patience(sql, seconds, cancel, self._link.closing)

    def _fetch(
        self, sql: str, limit: int, cancel: threading.Event, ranges: Mapping[str, Span]
    ) -> pa.Table:
        return self._rows(sql, limit, self._patience(sql, cancel=cancel), ranges)

    def _rows(
        self,
        sql: str,
        limit: int,
        patience: Patience,
        ranges: Mapping[str, Span] | None = None,
    ) -> pa.Table:
        try:
            return self._consistent(sql, limit, patience, ranges or {})
        except (VanishedFile, JvmLost):
            # Retention or compaction may remove a segment between its listing and its reading;
            # the next listing does not have it. A JVM that was lost is started anew.
            return self._consistent(sql, limit, patience, ranges or {})

    def _consistent(
        self, sql: str, limit: int, patience: Patience, ranges: Mapping[str, Span]
    ) -> pa.Table:
        # The files of a user's own cluster may lie on another machine.
        tables = self._catalog if self._address is None else ()
        return segments.consistently(
            lambda skips: self._read(sql, limit, patience, skips), tables, ranges, self._environ
        )

    def _newest(self, name: str) -> segments.Newest | None:
        table = self._catalog.get(name) if self._address is None else None
        return None if table is None else segments.newest(table, self._environ)

    def _read(
        self, sql: str, limit: int, patience: Patience, skips: Sequence[segments.Skip]
    ) -> pa.Table:
        job = self._submit(sql, patience, bounded=True, skips=skips)
        grace = END_TIMEOUT
        try:
            return patience.wait(job.fetch(limit))
        except KeyboardInterrupt:
            # Whoever presses Ctrl-C wants the program to end, and with it the job ends anyway.
            grace = 0.5
            raise
        finally:
            job.end(grace)

    def _submit(
        self, sql: str, patience: Patience, *, bounded: bool, skips: Sequence[segments.Skip] = ()
    ) -> Job:
        cluster = self._cluster(patience)
        options = {skip.table: {segments.PATTERN: skip.pattern} for skip in skips}

        def submit(env: Any) -> Job:
            with cluster.tables_with(env, options):
                return Job.submit(cluster, env, sql)

        submitted = self._plan(sql, patience, bounded, submit)
        self._submitted.add(submitted)
        try:
            job = patience.wait(submitted)
        except BaseException:
            # Planning cannot be interrupted: what it still submits is ended on its arrival.
            submitted.add_done_callback(_ended)
            submitted.add_done_callback(self._submitted.discard)
            raise
        job.when_ended(lambda: self._submitted.discard(submitted))
        return job

    def _plan(
        self, sql: str, patience: Patience, bounded: bool, task: Callable[[Any], T]
    ) -> Future[T]:
        cluster = self._cluster(patience)

        def planned() -> T:
            patience.check()
            try:
                with pyflink_planning.bounded_planning(cluster.jvm, sql):
                    return task(self._environment(cluster, bounded))
            except FOREIGN as error:
                said = pyflink_errors.planning(error, sql, self._catalog, cluster.problems)
                raise cluster.concealed(said) from None

        return cluster.jvm.planner.submit(planned)

    def _environment(self, cluster: Cluster, bounded: bool) -> Any:
        return cluster.environment(self._catalog, self._environ, self._time_zone, bounded=bounded)

    def _cluster(self, patience: Patience) -> Cluster:
        return self._link.cluster(patience)


def _ended(submitted: Future[Job]) -> Future[None] | None:
    """Begins to end what was submitted, if it was."""
    if submitted.cancelled() or submitted.exception() is not None:
        return None
    return submitted.result().begin_end()
