"""How far each table's event time has come: one small job beside a query's own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from datetime import datetime

import pyarrow as pa

from app.catalog.model import Catalog
from app.engines.pyflink_jvm import Readers
from app.errors import TributaryError

_KEEP = 5.0  # seconds that what was found is used again
_PATIENCE = 5.0  # seconds that a finished query waits for it

Fetch = Callable[[str, int], pa.Table]
Reached = Mapping[str, datetime]


class Freshness:
    """The latest event time of each table, asked at most every few seconds.

    Args:
        catalog: Which column is a table's time attribute.
        fetch: Runs a snapshot, by text and row limit.
    """

    def __init__(self, catalog: Catalog, fetch: Fetch) -> None:
        self._catalog = catalog
        self._fetch = fetch
        self._threads = Readers()
        self._lock = threading.Lock()
        self._asked: dict[str, tuple[float, Future[Reached]]] = {}

    def ask(self, tables: tuple[str, ...]) -> Callable[[float], dict[str, datetime]]:
        """Begins to find out; what it returns collects it, waiting at most the seconds given.

        A table without a time attribute or without rows, or whose job failed or is late, is absent.
        """
        times = {t.name: t.time_attribute for t in self._catalog if t.time_attribute}
        with self._lock:
            now = time.monotonic()
            due = [n for n in tables if n in times and now - self._asked_at(n) > _KEEP]
            if due:
                sql = _sql([(name, times[name] or "") for name in due])
                future = self._threads.submit(lambda: self._find(sql, len(due)))
                self._asked |= dict.fromkeys(due, (now, future))
            futures = {n: self._asked[n][1] for n in tables if n in self._asked}
        return lambda seconds: _collect(futures, seconds)

    def _asked_at(self, name: str) -> float:
        return self._asked[name][0] if name in self._asked else float("-inf")

    def _find(self, sql: str, count: int) -> Reached:
        try:
            rows = self._fetch(sql, count).to_pylist()
        except TributaryError:
            return {}
        return {row["name"]: row["reached"] for row in rows if row["reached"] is not None}


def _sql(columns: list[tuple[str, str]]) -> str:
    def quoted(name: str) -> str:
        return "`" + name.replace("`", "``") + "`"

    return " UNION ALL ".join(
        "SELECT '{}' AS name, MAX(CAST({} AS TIMESTAMP_LTZ(3))) AS reached FROM {}".format(
            name.replace("'", "''"), quoted(column), quoted(name)
        )
        for name, column in columns
    )


def _collect(futures: Mapping[str, Future[Reached]], seconds: float) -> dict[str, datetime]:
    wait(futures.values(), timeout=max(0.0, min(seconds, _PATIENCE)))
    return {
        name: future.result()[name]
        for name, future in futures.items()
        if future.done() and name in future.result()
    }
