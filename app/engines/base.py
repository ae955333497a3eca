"""What an engine is: it takes a `SafeQuery`, never a string, and gives rows back."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from app.answer import QueryResult
from app.sql.guard import ParsedStatement, SafeQuery

if TYPE_CHECKING:
    from app.sql.timerange import Span


class Engine(Protocol):
    """Runs checked queries on a Flink cluster. Safe to call from many threads."""

    def warm_up(self) -> None:
        """Starts the JVM, the cluster and the planner, so that the first query is fast.

        Raises:
            EngineUnavailable: There is no JVM or the cluster cannot be reached.
        """
        ...

    def parse(self, text: str) -> ParsedStatement:
        """What Flink's own parser makes of a text (the guard's last word).

        Raises:
            InvalidQuery: Flink cannot parse or validate it.
            EngineUnavailable: There is no JVM or the cluster cannot be reached.
        """
        ...

    def check(self, query: SafeQuery, *, continuous: bool = False) -> None:
        """Lets the planner plan the query without running it.

        Args:
            query: What the guard let pass.
            continuous: Whether it is to be planned as a stream of changes, not as a snapshot.

        Raises:
            InvalidQuery: The planner refuses it.
            EngineUnavailable: There is no JVM or the cluster cannot be reached.
        """
        ...

    def run(
        self,
        query: SafeQuery,
        *,
        timeout: float | None = None,
        cancel: threading.Event | None = None,
        ranges: Mapping[str, Span] | None = None,
    ) -> QueryResult:
        """Runs the query as a bounded snapshot, in batch mode.

        Args:
            query: What the guard let pass; its row limit bounds the rows returned.
            timeout: Seconds until the job is cancelled; the engine's default where None.
            cancel: Set by the caller, from any thread, to cancel the job.
            ranges: By table, the span of event time outside of which no row can matter to the
                query. What lies outside need not be read; the rows are the same.

        Raises:
            InvalidQuery: The planner refuses it.
            QueryTimedOut: The deadline passed; nothing is left running.
            QueryCancelled: `cancel` was set; nothing is left running.
            QueryFailed: The job failed.
            EngineUnavailable: There is no JVM or the cluster cannot be reached.
        """
        ...

    def close(self) -> None:
        """Cancels what still runs and lets the cluster go. May be called twice."""
        ...
