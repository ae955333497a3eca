"""How far each table's event time has come.

The index beside a table's files says it (`segments.newest`). Where there is none, one small job
beside the query's own finds out; where some files are not listed, it reads only those and the
newest ones.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa

from app.catalog.model import Catalog
from app.engines import segments
from app.engines.pyflink_threads import Readers
from app.errors import TributaryError
from app.sql.timerange import Span

_KEEP = 5.0  # seconds that what was found is used again
_PATIENCE = 10.0  # seconds that a finished query waits for it
_END_TIMEOUT = 3.0

Fetch = Callable[[str, Sequence[str], threading.Event, Mapping[str, Span]], pa.Table]
Newest = Callable[[str], segments.Newest | None]
Reached = Mapping[str, datetime]


@dataclass(slots=True, eq=False)
class _Inquiry:
    """One job that asks several tables; queries that come meanwhile share it."""

    found: Future[Reached]
    cancel: threading.Event
    asked: float = field(default_factory=time.monotonic)
    users: int = 0

    @property
    def usable(self) -> bool:
        return not self.cancel.is_set() and time.monotonic() - self.asked < _KEEP


class Freshness:
    """The latest event time of each table, asked at most every few seconds.

    Args:
        catalog: Which column is a table's time attribute.
        fetch: Runs a snapshot of one row a table, by text, tables, cancel event and the span of
            each table that is needed.
        newest: How far a table's listed files reach, where it is known.
    """

    def __init__(self, catalog: Catalog, fetch: Fetch, newest: Newest) -> None:
        self._times = {t.name: t.time_attribute for t in catalog if t.time_attribute}
        self._fetch = fetch
        self._newest = newest
        self._threads = Readers()
        self._lock = threading.Lock()
        self._inquiries: dict[str, _Inquiry] = {}

    @contextmanager
    def asking(self, tables: Sequence[str]) -> Iterator[Callable[[float], dict[str, datetime]]]:
        """Asks while the block runs; what it gives collects, waiting at most the seconds given.

        A table without a time attribute or without rows, or whose job failed or is late, is absent.
        Once nobody waits for a job any more, it is cancelled.
        """
        inquiries = self._begin([name for name in tables if name in self._times])
        try:
            yield lambda seconds: _collect(inquiries, seconds)
        finally:
            self._leave(set(inquiries.values()))

    def _begin(self, tables: Sequence[str]) -> dict[str, _Inquiry]:
        with self._lock:
            known = {n: i for n, i in self._inquiries.items() if i.usable}
            if due := [name for name in tables if name not in known]:
                cancel = threading.Event()
                found = self._threads.submit(lambda: self._find(due, cancel))
                known |= dict.fromkeys(due, _Inquiry(found, cancel))
            self._inquiries = known
            chosen = {name: known[name] for name in tables}
            for inquiry in set(chosen.values()):
                inquiry.users += 1
            return chosen

    def _leave(self, inquiries: set[_Inquiry]) -> None:
        unwanted = []
        with self._lock:
            for inquiry in inquiries:
                inquiry.users -= 1
                if inquiry.users == 0 and not inquiry.found.done():
                    inquiry.cancel.set()
                    unwanted.append(inquiry.found)
        wait(unwanted, timeout=_END_TIMEOUT)

    def _find(self, tables: Sequence[str], cancel: threading.Event) -> Reached:
        listed = {name: found for name in tables if (found := self._newest(name))}
        known = {name: found.moment for name, found in listed.items() if found.complete}
        reached = {name: moment for name, moment in known.items() if moment is not None}
        if asked := [name for name in tables if name not in known]:
            ranges = {name: Span(listed[name].moment, None) for name in asked if name in listed}
            reached |= self._ask(asked, cancel, ranges)
        return reached

    def _ask(
        self, tables: Sequence[str], cancel: threading.Event, ranges: Mapping[str, Span]
    ) -> Reached:
        sql = " UNION ALL ".join(_latest(name, self._times[name] or "") for name in tables)
        try:
            rows = self._fetch(sql, tables, cancel, ranges).to_pylist()
        except TributaryError:
            return {}
        return {row["name"]: row["reached"] for row in rows if row["reached"] is not None}


def _latest(table: str, column: str) -> str:
    name = table.replace("'", "''")
    table, column = (f"`{text.replace('`', '``')}`" for text in (table, column))
    reached = f"MAX(CAST({column} AS TIMESTAMP_LTZ(3)))"
    return f"SELECT CAST('{name}' AS STRING) AS name, {reached} AS reached FROM {table}"


def _collect(inquiries: Mapping[str, _Inquiry], seconds: float) -> dict[str, datetime]:
    futures = {name: inquiry.found for name, inquiry in inquiries.items()}
    wait(futures.values(), timeout=max(0.0, min(seconds, _PATIENCE)))
    return {
        name: future.result()[name]
        for name, future in futures.items()
        if future.done() and name in future.result()
    }
