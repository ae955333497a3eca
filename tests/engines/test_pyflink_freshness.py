from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from app.catalog.model import Catalog
from app.engines.pyflink_freshness import Freshness
from app.engines.segments import Newest
from app.errors import QueryCancelled, QueryFailed
from app.sql.timerange import Span
from tests.engines.tables import json_table

TEN = datetime(2026, 11, 22, 10, tzinfo=UTC)
LATER = TEN + timedelta(minutes=1)
CATALOG = Catalog(
    (
        json_table("orders", Path("orders"), {"t": "TIMESTAMP_LTZ(3)"}, "t"),
        json_table("empty", Path("empty"), {"t": "TIMESTAMP_LTZ(3)"}, "t"),
        json_table("cities", Path("cities"), {"city": "STRING"}),
    )
)
Ranges = Mapping[str, Span]
TABLES = ("orders", "empty", "cities")


def answer(*rows: tuple[str, datetime | None]) -> pa.Table:
    names, reached = zip(*rows, strict=True)
    return pa.table({"name": names, "reached": pa.array(reached, pa.timestamp("ms", "UTC"))})


def unknown(_table: str) -> None:
    """No table has an index."""


def test_only_tables_with_event_time_and_rows() -> None:
    asked = []

    def fetch(sql: str, tables: Sequence[str], cancel: threading.Event, ranges: Ranges) -> pa.Table:
        asked.append((sql, tables))
        return answer(("orders", TEN), ("empty", None))

    freshness = Freshness(CATALOG, fetch, unknown)
    for _ in range(2):
        with freshness.asking(TABLES) as reached:
            assert reached(5) == {"orders": TEN}
    [(sql, tables)] = asked
    assert tables == ["orders", "empty"]
    assert "MAX(CAST(`t` AS TIMESTAMP_LTZ(3)))" in sql
    assert "cities" not in sql


def test_failure_leaves_the_table_out() -> None:
    def fetch(sql: str, tables: Sequence[str], cancel: threading.Event, ranges: Ranges) -> pa.Table:
        raise QueryFailed("no")

    with Freshness(CATALOG, fetch, unknown).asking(("orders",)) as reached:
        assert reached(5) == {}


def test_shared_while_wanted_and_cancelled_after() -> None:
    cancelled = []

    def fetch(sql: str, tables: Sequence[str], cancel: threading.Event, ranges: Ranges) -> pa.Table:
        cancelled.append(cancel.wait(10))
        raise QueryCancelled("cancelled")

    freshness = Freshness(CATALOG, fetch, unknown)
    with freshness.asking(("orders",)) as first:
        with freshness.asking(("orders",)) as second, ThreadPoolExecutor(1) as pool:
            assert pool.submit(second, 0.01).result(5) == {}
        assert cancelled == []
        assert first(0.01) == {}
    assert cancelled == [True]


def test_an_index_of_every_file_spares_the_job() -> None:
    def fetch(sql: str, tables: Sequence[str], cancel: threading.Event, ranges: Ranges) -> pa.Table:
        raise AssertionError

    known = {"orders": Newest(TEN, complete=True), "empty": Newest(None, complete=True)}
    with Freshness(CATALOG, fetch, known.get).asking(TABLES) as reached:
        assert reached(5) == {"orders": TEN}


def test_of_files_that_are_not_listed_and_the_newest_ones() -> None:
    asked: list[tuple[list[str], dict[str, Span]]] = []

    def fetch(sql: str, tables: Sequence[str], cancel: threading.Event, ranges: Ranges) -> pa.Table:
        assert "FROM `empty`" not in sql
        asked.append((list(tables), dict(ranges)))
        return answer(("orders", LATER))

    known = {"orders": Newest(TEN, complete=False), "empty": Newest(None, complete=True)}
    with Freshness(CATALOG, fetch, known.get).asking(TABLES) as reached:
        assert reached(5) == {"orders": LATER}
    assert asked == [(["orders"], {"orders": Span(TEN, None)})]
