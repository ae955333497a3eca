"""The engine on PyFlink's JVM: one warm cluster, one planner thread, many callers.

Here is what a run reads and what is said of its result; `pyflink_submitting` plans and runs it.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pyarrow as pa

from app.answer import QueryResult
from app.catalog.model import Catalog
from app.engines import pyflink_planning, pyflink_reading, segments
from app.engines.pyflink_changes import ChangeStream
from app.engines.pyflink_cluster import Cluster
from app.engines.pyflink_errors import JvmLost, VanishedFile
from app.engines.pyflink_freshness import Freshness
from app.engines.pyflink_link import Link
from app.engines.pyflink_patience import Patience
from app.engines.pyflink_reading import Reading
from app.engines.pyflink_submitting import Submitter
from app.engines.topics import Source
from app.errors import QueryError, QueryFailed, QueryTimedOut
from app.sql import lexer
from app.sql.guard import ParsedStatement, SafeQuery

if TYPE_CHECKING:
    from app.sql.timerange import Span

_WARM_UP = 10.0  # seconds that warming up may spend on reading a table
_BLAME = 5.0  # seconds that Kafka has to answer after a query has failed


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is to be run: at most so many rows, of which tables and which of their event time."""

    sql: str
    limit: int
    tables: Sequence[str] = ()
    ranges: Mapping[str, Span] = field(default_factory=dict)


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
        self._jobs = Submitter(catalog, self._environ, time_zone, self._link)
        self._freshness = Freshness(catalog, self._fetch, self._newest) if freshness else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def problems(self) -> Mapping[str, str]:
        """Tables that Flink would not register, and why; known once the engine is warm."""
        problems = self._cluster(self._patience("")).problems
        return {name: str(problem) for name, problem in problems.items()}

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
        self._rows(_Asked("SELECT COUNT(*) FROM (VALUES (1), (2)) AS t (a)", 2), self._patience(""))
        for table in self._catalog.tables[:1]:
            # Its connector and format are loaded on first use. Whether it has rows, or works at
            # all, is for a question to find out.
            text = f"SELECT * FROM {lexer.quote(table.name)}"
            with suppress(QueryError):
                self._rows(_Asked(text, 1, (table.name,)), self._patience(text, _WARM_UP))

    def parse(self, text: str) -> ParsedStatement:
        """What Flink's own parser makes of a text (the guard's last word).

        Raises:
            InvalidQuery: Flink cannot parse or validate it.
            EngineUnavailable: There is no JVM or the cluster cannot be reached.
        """
        patience = self._patience(text)
        return patience.wait(
            self._jobs.plan(text, patience, True, lambda env: pyflink_planning.parse(env, text))
        )

    def check(self, query: SafeQuery, *, continuous: bool = False) -> None:
        """Lets the planner plan the query; see `app.engines.base.Engine.check`."""
        patience = self._patience(query.text)
        jvm = self._cluster(patience).jvm

        def explain(env: Any) -> None:
            pyflink_planning.explain(jvm, env, query.text)

        patience.wait(self._jobs.plan(query.text, patience, not continuous, explain))

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
            asked = _Asked(query.text, query.row_limit + 1, query.tables, ranges or {})
            rows, reading = self._rows(asked, patience)
            seconds = time.perf_counter() - started
            as_of = reached(patience.left) if reached else {}
        if ahead := reading.ahead(self._catalog, as_of):
            whole = {name: span for name, span in asked.ranges.items() if name not in ahead}
            rows, reading = self._rows(replace(asked, ranges=whole), patience)
        return QueryResult(
            sql=query.text,
            table=rows.slice(0, query.row_limit),
            tables=query.tables,
            truncated=rows.num_rows > query.row_limit,
            seconds=seconds,
            as_of=as_of,
            offsets=reading.offsets,
        )

    def changes(self, query: SafeQuery) -> ChangeStream:
        """Runs the query continuously, as a stream of changes; its job ends with `close()`.

        Raises:
            InvalidQuery: The planner refuses it.
            EngineUnavailable: There is no JVM or the cluster cannot be reached.
        """
        return ChangeStream(
            self._jobs.submit(query.text, self._patience(query.text), bounded=False)
        )

    def close(self) -> None:
        """Cancels what still runs and lets the cluster go. May be called twice."""
        if not self._link.shut():
            return
        self._jobs.end()
        self._link.release(timeout=2.0)

    def _patience(
        self, sql: str, timeout: float | None = None, cancel: threading.Event | None = None
    ) -> Patience:
        seconds = self._default_timeout if timeout is None else timeout
        return Patience(sql, seconds, cancel, self._link.closing)

    def _fetch(
        self,
        sql: str,
        tables: Sequence[str],
        cancel: threading.Event,
        ranges: Mapping[str, Span],
    ) -> pa.Table:
        asked = _Asked(sql, len(tables), tables, ranges)
        return self._rows(asked, self._patience(sql, cancel=cancel))[0]

    def _rows(self, asked: _Asked, patience: Patience) -> tuple[pa.Table, Reading]:
        try:
            return self._consistent(asked, patience)
        except (VanishedFile, JvmLost):
            # Retention or compaction may remove a segment between its listing and its reading;
            # the next listing does not have it. A JVM that was lost is started anew.
            return self._consistent(asked, patience)

    def _consistent(self, asked: _Asked, patience: Patience) -> tuple[pa.Table, Reading]:
        named = [table for table in self._catalog if table.name in asked.tables]
        cluster = self._cluster(patience)
        reading = pyflink_reading.now(cluster, named, asked.ranges, self._environ, patience)

        def read(skips: Sequence[segments.Skip]) -> pa.Table:
            listed = {skip.table: Source({segments.PATTERN: skip.pattern}) for skip in skips}
            sources = {**reading.sources, **listed}
            return self._jobs.read(asked.sql, asked.limit, patience, sources)

        # The files of a user's own cluster may lie on another machine.
        tables = named if self._address is None else ()
        try:
            return segments.consistently(read, tables, asked.ranges, self._environ), reading
        except (QueryTimedOut, QueryFailed):
            a_moment = self._patience(asked.sql, _BLAME)
            blamed = pyflink_reading.blame(cluster, named, self._environ, a_moment)
            if blamed is None:
                raise
            raise blamed from None

    def _newest(self, name: str) -> segments.Newest | None:
        table = self._catalog.get(name)
        if table is None:
            return None
        if listed := self._address is None and segments.newest(table, self._environ):
            return listed
        patience = self._patience("")
        return pyflink_reading.newest(self._cluster(patience), table, self._environ, patience)

    def _cluster(self, patience: Patience) -> Cluster:
        return self._link.cluster(patience)
