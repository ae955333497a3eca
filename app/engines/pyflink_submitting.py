"""Plans queries and runs them as jobs; `pyflink` says what they read, and gives them to callers.

A query goes through three hands. The caller's thread waits, with its deadline and its cancel
event. The planner thread, one for the whole process because Flink's planner keeps state by thread,
parses, plans and submits. A reader thread blocks on the rows. Whatever ends the wait, the job is
over, and seen to be over, before the caller has its answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from typing import Any, TypeVar

import pyarrow as pa

from app.catalog.model import Catalog
from app.engines import pyflink_errors, pyflink_planning, pyflink_sources
from app.engines.pyflink_cluster import Cluster
from app.engines.pyflink_errors import FOREIGN
from app.engines.pyflink_job import END_TIMEOUT, Job
from app.engines.pyflink_link import Link
from app.engines.pyflink_patience import Patience
from app.engines.pyflink_sources import Sources

T = TypeVar("T")


class Submitter:
    """One engine's way to its cluster's planner and jobs; safe to use from many threads.

    Args:
        catalog: The tables to register.
        environ: Where `${NAME}` placeholders are looked up.
        time_zone: Flink's session time zone.
        link: Gives the cluster.
    """

    def __init__(
        self, catalog: Catalog, environ: Mapping[str, str], time_zone: str, link: Link
    ) -> None:
        self._catalog = catalog
        self._environ = environ
        self._time_zone = time_zone
        self._link = link
        self._submitted: set[Future[Job]] = set()

    def plan(
        self, text: str, patience: Patience, bounded: bool, task: Callable[[Any], T]
    ) -> Future[T]:
        """Runs a task with a table environment, on the planner thread.

        Args:
            text: The query.
            patience: How long its caller waits.
            bounded: Whether the environment is for snapshots, or for continuous queries.
            task: Takes the Java `TableEnvironment`.
        """
        cluster = self._link.cluster(patience)

        def planned() -> T:
            patience.check()
            try:
                with pyflink_planning.bounded_planning(cluster.jvm, text):
                    return task(self._environment(cluster, bounded))
            except FOREIGN as error:
                said = pyflink_errors.planning(error, text, self._catalog, cluster.problems)
                raise cluster.concealed(said) from None

        return cluster.jvm.planner.submit(planned)

    def submit(
        self, sql: str, patience: Patience, *, bounded: bool, sources: Sources | None = None
    ) -> Job:
        """Starts a job; whoever asked for it ends it."""
        cluster = self._link.cluster(patience)

        def start(env: Any) -> Job:
            with pyflink_sources.reading(cluster.jvm, env, sources or {}):
                return Job.submit(cluster, env, sql)

        submitted = self.plan(sql, patience, bounded, start)
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

    def read(self, sql: str, limit: int, patience: Patience, sources: Sources) -> pa.Table:
        """The first rows of a snapshot, whose job is over then."""
        job = self.submit(sql, patience, bounded=True, sources=sources)
        grace = END_TIMEOUT
        try:
            return patience.wait(job.fetch(limit))
        except KeyboardInterrupt:
            # Whoever presses Ctrl-C wants the program to end, and with it the job ends anyway.
            grace = 0.5
            raise
        finally:
            job.end(grace)

    def end(self) -> None:
        """Ends what still runs, within about a second and a half."""
        ending = [_ended(future) for future in wait(list(self._submitted), timeout=0.5).done]
        wait([future for future in ending if future is not None], timeout=1.0)

    def _environment(self, cluster: Cluster, bounded: bool) -> Any:
        return cluster.environment(self._catalog, self._environ, self._time_zone, bounded=bounded)


def _ended(submitted: Future[Job]) -> Future[None] | None:
    """Begins to end what was submitted, if it was."""
    if submitted.cancelled() or submitted.exception() is not None:
        return None
    return submitted.result().begin_end()
