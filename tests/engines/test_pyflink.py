from __future__ import annotations

import json
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from app.catalog.model import Catalog
from app.engines.changelog import Changelog
from app.engines.pyflink import PyFlinkEngine
from app.engines.pyflink_errors import VanishedFile
from app.errors import (
    ConfigError,
    EngineUnavailable,
    InvalidQuery,
    QueryCancelled,
    QueryFailed,
    QueryTimedOut,
)
from tests.engines.tables import json_table, safe, write_lines

pytestmark = pytest.mark.flink

ENDLESS = "SELECT COUNT(*) FROM numbers a, numbers b, numbers c WHERE a.n + b.n + c.n > 3"
"""A cross join of more rows than anyone waits for."""


def jobs(engine: PyFlinkEngine) -> dict[str, str]:
    with urllib.request.urlopen(f"{engine.rest_url}/jobs/overview", timeout=10) as answer:
        return {job["jid"]: job["state"] for job in json.load(answer)["jobs"]}


def running(engine: PyFlinkEngine) -> list[str]:
    over = {"FINISHED", "CANCELED", "FAILED"}
    return [state for state in jobs(engine).values() if state not in over]


def test_values_keep_their_types(engine: PyFlinkEngine) -> None:
    query = safe("SELECT id, city, amount, t, due FROM orders ORDER BY id", "orders")
    result = engine.run(query)
    assert result.table.schema.types == [
        pa.int64(),
        pa.string(),
        pa.decimal128(10, 2),
        pa.timestamp("ms", "UTC"),
        pa.timestamp("ms"),
    ]
    rows = result.rows()
    assert rows[0] == {
        "id": 1,
        "city": "Bern",
        "amount": Decimal("10.50"),
        "t": datetime(2026, 11, 22, 10, tzinfo=UTC),
        "due": datetime.fromisoformat("2026-11-23T00:00:00"),
    }
    assert (rows[3]["city"], rows[3]["amount"], rows[3]["due"]) == (None, None, None)
    assert (result.sql, result.tables, result.truncated) == (query.text, ("orders",), False)
    assert result.as_of == {"orders": datetime(2026, 11, 22, 12, tzinfo=UTC)}


def test_nested_values_and_no_rows(engine: PyFlinkEngine) -> None:
    nested = engine.run(safe("SELECT ARRAY[1, 2] AS a, MAP['k', 1] AS m, ROW(1, 'x') AS r"))
    assert nested.rows()[0]["a"] == [1, 2]
    empty = engine.run(safe("SELECT id, t FROM orders WHERE id < 0", "orders"))
    assert (len(empty), empty.columns) == (0, ("id", "t"))
    assert empty.table.schema.field("t").type == pa.timestamp("ms", "UTC")


def test_maps_whose_keys_may_be_null(engine: PyFlinkEngine) -> None:
    inner = "ARRAY[ROW(MAP[1, MAP[city, id]])]"
    query = f"SELECT MAP[city, id] AS m, {inner} AS n FROM orders WHERE id = 1"
    [row] = engine.run(safe(query, "orders")).rows()
    [[city, number]] = row["m"]
    assert number == 1
    [nested] = row["n"]
    assert list(nested.values()) == [[(1, [(city, 1)])]]


def test_a_null_key_of_a_map_has_a_hint(engine: PyFlinkEngine) -> None:
    bare = safe("SELECT MAP[city, id] AS m FROM orders WHERE city IS NULL", "orders")
    with pytest.raises(QueryFailed, match="keys") as caught:
        engine.run(bare)
    assert "CAST(the_map AS STRING)" in caught.value.hint
    assert caught.value.sql == bare.text
    [row] = engine.run(
        safe(bare.text.replace("MAP[city, id]", "CAST(MAP[city, id] AS STRING)"), "orders")
    ).rows()
    assert row["m"].startswith("{NULL=")


@pytest.mark.parametrize(
    ("limit", "rows", "truncated"), [(2, 2, True), (3, 3, True), (4, 4, False), (5, 4, False)]
)
def test_row_limit(engine: PyFlinkEngine, limit: int, rows: int, truncated: bool) -> None:
    result = engine.run(safe("SELECT id FROM orders", "orders", row_limit=limit))
    assert (len(result), result.truncated) == (rows, truncated)
    assert running(engine) == []


JOINS = [
    ("SELECT o.id FROM orders o JOIN cities c ON o.city = c.city", 3),
    ("SELECT o.id FROM orders o LEFT JOIN cities c ON o.city = c.city", 4),
    ("SELECT a.id FROM orders a FULL JOIN orders b ON a.id = b.id", 4),
    ("SELECT id FROM orders WHERE city IN (SELECT city FROM cities)", 3),
    ("SELECT id FROM orders o WHERE NOT EXISTS (SELECT 1 FROM cities WHERE city = o.city)", 1),
]


@pytest.mark.parametrize(("text", "rows"), JOINS)
def test_joins(engine: PyFlinkEngine, text: str, rows: int) -> None:
    assert len(engine.run(safe(text, "orders", "cities"))) == rows


def test_more_rows_than_a_batch(engine: PyFlinkEngine) -> None:
    text = "SELECT a.n FROM numbers a, numbers b"
    result = engine.run(safe(text, "numbers", row_limit=50_000))
    assert (len(result), result.truncated) == (50_000, True)


REFUSED = [
    (
        "SELECT x1 FROM orders",
        "Line 1, column 8: Column 'x1' not found",
        "Names are case-sensitive",
    ),
    ("SELECT citty FROM orders", "Column 'citty'", "Did you mean city (in orders, cities)?"),
    ("SELECT 1 FROM order_s", "Object 'order_s' not found", "Did you mean orders?"),
    ("SELECT value FROM orders", 'Encountered "value"', "write `value`"),
    ('SELECT "city" FROM orders', "Line 1, column 8", "single quotes"),
    ("SELECT id FROM orders WHERE id != 1", "!=", "<>"),
    ("SELECT DATE_TRUNC('hour', t) FROM orders", "DATE_TRUNC", "FLOOR(ts TO HOUR)"),
    ("SELECT id, COUNT(*) FROM orders", "'id' is not being grouped", "GROUP BY"),
    (
        "SELECT COLLECT(id) AS ids FROM orders",
        "`ids` has the type MULTISET",
        "CAST(`ids` AS STRING)",
    ),
    ("SELECT * FROM orders /*+ OPTIONS('path'='/etc') */", "OPTIONS", "Leave the OPTIONS hint out"),
    ("SELECT 1; SELECT 2", "only single statement", ""),
    ("DROP TABLE orders", "sqlQuery() only accepts", ""),
    ("SELEC 1", "", ""),
]


@pytest.mark.parametrize(("text", "message", "hint"), REFUSED)
def test_refused_with_a_hint(engine: PyFlinkEngine, text: str, message: str, hint: str) -> None:
    for refuse in (engine.run, engine.check):
        with pytest.raises(InvalidQuery) as caught:
            refuse(safe(text))
        assert message in caught.value.message
        assert hint in caught.value.hint
        assert "\n" not in str(caught.value)
        assert "org.apache" not in str(caught.value)
        assert caught.value.sql == text


PARSED = [
    ("SELECT 1", True, ()),
    ("SELECT 1;;", True, ()),
    ("SELECT city FROM orders", True, ("orders",)),
    ("SELECT o.id FROM orders o JOIN cities c ON o.city = c.city", True, ("cities", "orders")),
    ("SELECT id FROM orders WHERE city IN (SELECT city FROM cities)", True, ("cities", "orders")),
    ("SELECT (SELECT MAX(country) FROM cities) FROM orders", True, ("cities", "orders")),
    ("WITH orders AS (SELECT * FROM cities) SELECT * FROM orders", True, ("cities",)),
    (
        "SELECT * FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(t), INTERVAL '1' HOUR))",
        True,
        ("orders",),
    ),
    ("SELECT id FROM default_catalog.default_database.orders", True, ("orders",)),
    ("EXECUTE SELECT 1", True, ()),
    ("INSERT INTO orders SELECT * FROM orders", False, ()),
    ("EXPLAIN SELECT 1", False, ()),
    ("SET 'a' = 'b'", False, ()),
    ("ADD JAR '/tmp/none.jar'", False, ()),
    ("SHOW TABLES", False, ()),
    ("DROP TABLE orders", False, ()),
    ("CREATE TABLE x (a INT)", False, ()),
]


@pytest.mark.parametrize(("text", "is_query", "read"), PARSED)
def test_parse(engine: PyFlinkEngine, text: str, is_query: bool, read: tuple[str, ...]) -> None:
    parsed = engine.parse(text)
    assert (parsed.is_query, parsed.tables) == (is_query, read)
    assert len(parsed.kinds) == 1


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1; SELECT 2",
        "SELECT 1; DROP TABLE orders",
        "SELECT 1 /* /* */ ; DROP TABLE t -- */",
        "SELECT '\\' ; DROP TABLE t; -- '",
        "SELECT * FROM orders /*+ OPTIONS('path'='/etc') */",
        "",
        "not sql",
    ],
)
def test_parse_refuses(engine: PyFlinkEngine, text: str) -> None:
    with pytest.raises(InvalidQuery):
        engine.parse(text)


def test_check_plans_and_does_not_run(engine: PyFlinkEngine) -> None:
    before = jobs(engine)
    engine.check(safe("SELECT city, COUNT(*) FROM orders GROUP BY city", "orders"))
    assert jobs(engine) == before


def test_many_threads_get_their_own_answers(engine: PyFlinkEngine) -> None:
    def ask(number: int) -> bool:
        text = f"SELECT SUM(id) + {number} AS n FROM orders"
        return engine.run(safe(text, "orders")).rows() == [{"n": 10 + number}]

    with ThreadPoolExecutor(8) as callers:
        assert all(callers.map(ask, range(24)))
    assert running(engine) == []


def test_timeout_leaves_nothing_running(engine: PyFlinkEngine) -> None:
    with pytest.raises(QueryTimedOut) as caught:
        engine.run(safe(ENDLESS, "numbers"), timeout=1.5)
    assert "1.5 seconds" in caught.value.message
    assert caught.value.hint
    assert running(engine) == []


def test_cancel_leaves_nothing_running(engine: PyFlinkEngine) -> None:
    cancel = threading.Event()
    timer = threading.Timer(1.0, cancel.set)
    timer.start()
    with pytest.raises(QueryCancelled):
        engine.run(safe(ENDLESS, "numbers"), cancel=cancel)
    assert running(engine) == []


def test_cancelled_before_it_began(engine: PyFlinkEngine) -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(QueryCancelled):
        engine.run(safe("SELECT 1"), cancel=cancel)


def test_failure_names_its_root_cause(engine: PyFlinkEngine) -> None:
    with pytest.raises(QueryFailed) as caught:
        engine.run(safe("SELECT CAST(city AS INT) FROM orders", "orders"))
    assert "Bern" in caught.value.message
    assert "\n" not in str(caught.value)
    assert engine.run(safe("SELECT 1 AS n")).rows() == [{"n": 1}]


def test_changes_fold_to_the_snapshot(engine: PyFlinkEngine) -> None:
    log = Changelog()
    text = "SELECT city, COUNT(*) AS n FROM orders GROUP BY city"
    with engine.changes(safe(text, "orders")) as changes:
        for kinds, rows in changes:
            log.fold(kinds, rows)
            if len(log) == 3 and sum(log.snapshot()["n"].to_pylist()) == 4:
                break
    assert sorted(log.snapshot().to_pylist(), key=str) == [
        {"city": "Bern", "n": 2},
        {"city": "Genoa", "n": 1},
        {"city": None, "n": 1},
    ]
    assert running(engine) == []


def test_a_table_that_flink_would_not_have_says_why(engine: PyFlinkEngine) -> None:
    for refuse in (engine.run, engine.check):
        with pytest.raises(ConfigError, match=r"The table broken cannot be read: .*NO_TYPE"):
            refuse(safe("SELECT 1 FROM broken"))


def test_problems_are_told(engine: PyFlinkEngine) -> None:
    assert list(engine.problems) == ["broken"]
    assert "NO_TYPE" in engine.problems["broken"]


def test_second_engine_shares_the_jvm_and_closes_twice(
    engine: PyFlinkEngine, tmp_path: Path
) -> None:
    write_lines(tmp_path / "own" / "1.json", [{"n": 1}])
    own = Catalog((json_table("own", tmp_path / "own", {"n": "INT"}),))
    with PyFlinkEngine(own, state_dir=tmp_path / "state") as second:
        assert second.rest_url == engine.rest_url
        assert second.run(safe("SELECT n FROM own", "own")).rows() == [{"n": 1}]
        with pytest.raises(InvalidQuery):
            second.parse("SELECT * FROM orders")
    second.close()
    with pytest.raises(EngineUnavailable):
        second.run(safe("SELECT 1"))
    assert engine.run(safe("SELECT 1 AS n")).rows() == [{"n": 1}]


def test_close_with_a_job_running_is_quick(engine: PyFlinkEngine, tmp_path: Path) -> None:
    catalog = Catalog(tuple(table for table in engine._catalog if table.name == "numbers"))
    second = PyFlinkEngine(catalog, state_dir=tmp_path)
    second.warm_up()
    with ThreadPoolExecutor(1) as caller:
        answer = caller.submit(second.run, safe(ENDLESS, "numbers"))
        while not running(engine):
            time.sleep(0.05)
        started = time.monotonic()
        second.close()
        assert isinstance(answer.exception(), QueryCancelled)
    assert time.monotonic() - started < 5
    assert running(engine) == []


def test_rows_cut_off_are_no_answer(engine: PyFlinkEngine) -> None:
    query = safe(ENDLESS, "numbers")
    job = engine._jobs.submit(query.text, engine._patience(query.text), bounded=True)
    rows = job.fetch(1)
    job.end()
    with pytest.raises((QueryCancelled, QueryFailed)):
        rows.result(5)


def test_changes_cut_off_by_close_are_no_end(engine: PyFlinkEngine, tmp_path: Path) -> None:
    second = PyFlinkEngine(engine._catalog, state_dir=tmp_path)
    changes = second.changes(safe("SELECT COUNT(*) AS n FROM numbers", "numbers"))

    def drain() -> None:
        for _ in changes:
            second.close()

    with changes, pytest.raises((QueryCancelled, QueryFailed)):
        drain()


def test_remote_cluster_by_address(engine: PyFlinkEngine, tmp_path: Path) -> None:
    address = engine.rest_url.removeprefix("http://")
    with PyFlinkEngine(Catalog(), address=address, state_dir=tmp_path) as remote:
        assert remote.run(safe("SELECT 1 AS n")).rows() == [{"n": 1}]


def test_unreachable_cluster(engine: PyFlinkEngine, tmp_path: Path) -> None:
    with (
        PyFlinkEngine(Catalog(), address="127.0.0.1:1", state_dir=tmp_path) as remote,
        pytest.raises(EngineUnavailable) as caught,
    ):
        remote.warm_up()
    assert "127.0.0.1:1" in caught.value.message


@pytest.mark.parametrize(("failures", "answered"), [(1, True), (2, False)])
def test_a_vanished_file_is_asked_once_more(
    engine: PyFlinkEngine, monkeypatch: pytest.MonkeyPatch, failures: int, answered: bool
) -> None:
    read, calls = engine._jobs.read, []

    def failing(*arguments: Any) -> pa.Table:
        calls.append(arguments)
        if len(calls) <= failures:
            raise VanishedFile("A file of the stream was not there when it was read.")
        return read(*arguments)

    monkeypatch.setattr(engine._jobs, "read", failing)
    with nullcontext() if answered else pytest.raises(QueryFailed):
        assert engine.run(safe("SELECT 1 AS n")).rows() == [{"n": 1}]
    assert len(calls) == 2


def test_a_missing_folder_is_a_failed_query(engine: PyFlinkEngine, tmp_path: Path) -> None:
    gone = Catalog((json_table("gone", tmp_path / "gone", {"n": "INT"}),))
    with PyFlinkEngine(gone, state_dir=tmp_path) as other:
        other.warm_up()
        with pytest.raises(QueryFailed) as caught:
            other.run(safe("SELECT n FROM gone", "gone"))
    assert "gone" in caught.value.message
    assert "\n" not in str(caught.value)
