"""Whether the SQL of an example still holds, now that the tables may have changed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from app.errors import QueryCancelled, QueryError, QueryTimedOut
from app.memory.examples import Example


class Verdicts:
    """Sets examples aside that Flink would refuse. Safe to call from many threads.

    Each query is planned once for each state of the tables, and not once for each question.
    """

    def __init__(self, check: Callable[[str], object], fingerprint: Callable[[], str]) -> None:
        """Checks nothing yet.

        Args:
            check: Lets the guard and Flink's planner judge a query; raises QueryError where they
                refuse it, and EngineUnavailable where there is no Flink to ask.
            fingerprint: Tells one state of the tables from another.
        """
        self._check = check
        self._fingerprint = fingerprint
        self._lock = threading.Lock()
        self._problems: dict[tuple[str, str], str] = {}

    def of(self, example: Example) -> Example:
        """The example with its problem, if there is one.

        Raises:
            EngineUnavailable: There is no Flink to ask. That says nothing about the example.
        """
        if example.problem:
            return example
        tables = self._fingerprint()
        problem = self._problems.get((example.sql, tables))
        if problem is None:
            problem = self._judged(example.sql, tables)
        return replace(example, problem=problem)

    def _judged(self, sql: str, tables: str) -> str:
        try:
            self._check(sql)
            problem = ""
        except (QueryTimedOut, QueryCancelled):
            return ""  # nothing was found out, so that nothing is kept
        except QueryError as error:
            problem = str(error)
        with self._lock:
            self._problems = {k: v for k, v in self._problems.items() if k[1] == tables}
            self._problems[sql, tables] = problem
        return problem
