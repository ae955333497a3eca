"""Each query is planned once for each state of the tables; only a refusal sets an example aside."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from app.catalog.model import Catalog, Column, Table
from app.engines.pyflink import PyFlinkEngine
from app.errors import (
    EngineUnavailable,
    InvalidQuery,
    QueryCancelled,
    QueryFailed,
    QueryTimedOut,
    TributaryError,
    UnsafeQuery,
)
from app.memory.examples import Example
from app.memory.verdicts import Verdicts
from app.sql.review import Reviewer
from tests.engines import tables
from tests.samples import NOW


def example(sql: str = "SELECT 1", problem: str = "") -> Example:
    return Example("a", "What?", sql, "verified", NOW, Path("a.sql"), problem)


class Planner:
    """Raises what it is told to, and keeps what it was asked."""

    def __init__(self, error: TributaryError | None = None) -> None:
        self.error = error
        self.asked: list[str] = []
        self.tables = "one"
        self.verdicts = Verdicts(self.check, lambda: self.tables)

    def check(self, sql: str) -> None:
        self.asked.append(sql)
        if self.error:
            raise self.error


def test_a_query_is_planned_once_until_the_tables_change() -> None:
    planner = Planner()
    for _ in range(3):
        assert planner.verdicts.of(example()) == example()
        assert planner.verdicts.of(replace(example(), id="b")).problem == ""
    assert planner.asked == ["SELECT 1"]
    planner.tables, planner.error = "two", InvalidQuery("Column 'x' not found.", hint="Write y.")
    for _ in range(3):
        assert planner.verdicts.of(example()).problem == "Column 'x' not found. Write y."
    assert planner.asked == ["SELECT 1"] * 2
    planner.tables, planner.error = "one", None
    assert planner.verdicts.of(example()).problem == ""
    planner.verdicts.of(example("SELECT 2"))
    assert planner.asked == ["SELECT 1"] * 3 + ["SELECT 2"]


REFUSALS = [InvalidQuery("No."), UnsafeQuery("No.", reason="not_a_query"), QueryFailed("No.")]
NO_VERDICTS = [QueryTimedOut("Late."), QueryCancelled("Ended.")]


@pytest.mark.parametrize("error", REFUSALS, ids=lambda e: type(e).__name__)
def test_a_refusal_is_the_problem(error: TributaryError) -> None:
    assert Planner(error).verdicts.of(example()).problem == "No."


@pytest.mark.parametrize("error", NO_VERDICTS, ids=lambda e: type(e).__name__)
def test_what_ended_early_says_nothing_of_the_query(error: TributaryError) -> None:
    planner = Planner(error)
    assert planner.verdicts.of(example()).problem == ""
    planner.error = InvalidQuery("No.")
    assert planner.verdicts.of(example()).problem == "No."


def test_no_flink_is_no_verdict() -> None:
    planner = Planner(EngineUnavailable("There is no Flink."))
    with pytest.raises(EngineUnavailable):
        planner.verdicts.of(example())
    planner.error = None
    assert planner.verdicts.of(example()).problem == ""
    planner.error = EngineUnavailable("There is no Flink.")
    assert planner.verdicts.of(example()).problem == ""


def test_a_file_that_cannot_be_read_is_not_planned() -> None:
    planner = Planner()
    unread = example("", "It has no SQL.")
    assert planner.verdicts.of(unread) == unread
    assert planner.asked == []


def test_many_threads_get_the_same_verdict() -> None:
    planner = Planner(InvalidQuery("No."))
    with ThreadPoolExecutor(8) as pool:
        problems = {e.problem for e in pool.map(planner.verdicts.of, [example()] * 200)}
    assert problems == {"No."}


def _changes() -> Iterator[tuple[str, Table]]:
    columns = (Column("a", "INT"), Column("b", "STRING", "A remark"))
    table = Table("t", columns, schema_sql="CREATE TABLE t (...)", options={"connector": "x"})
    yield "name", replace(table, name="u")
    yield "columns", replace(table, columns=columns[:1])
    yield "schema", replace(table, schema_sql="CREATE TABLE t (a INT)")
    yield "options", replace(table, options={"connector": "y"})
    yield "nothing", replace(table, options=dict(table.options), line=7)


def test_the_fingerprint_of_a_catalog_changes_with_its_tables() -> None:
    changes = dict(_changes())
    prints = {name: Catalog((table,)).fingerprint for name, table in changes.items()}
    assert len(set(prints.values())) == len(changes)
    assert Catalog(()).fingerprint not in prints.values()
    password = Catalog((replace(changes["nothing"], options={"password": "hunter2"}),))
    assert "hunter2" not in password.fingerprint


@pytest.mark.flink
def test_an_example_breaks_when_its_table_loses_a_column(
    engine: PyFlinkEngine, tmp_path: Path
) -> None:
    catalog = tables.write(tmp_path)
    columns = {"city": "STRING", "country": "STRING", "mayor": "STRING"}
    cities = tables.json_table("cities", tmp_path / "cities", columns)
    before = Catalog((cities, *(t for t in catalog if t.name != "cities")))
    with PyFlinkEngine(before, state_dir=tmp_path / "state") as engine_before:
        present: tuple[Catalog, PyFlinkEngine] = before, engine_before

        def check(sql: str) -> None:
            planned_on, planner = present
            planner.check(Reviewer(planned_on, planner.parse, row_limit=10).review(sql).query)

        verdicts = Verdicts(check, lambda: present[0].fingerprint)
        asked = ("SELECT mayor FROM cities", "SELECT country FROM cities")
        assert [verdicts.of(example(sql)).problem for sql in asked] == ["", ""]
        present = catalog, engine
        broken, fine = (verdicts.of(example(sql)).problem for sql in asked)
    assert "mayor" in broken
    assert fine == ""
    assert "SUM" in verdicts.of(example("SELECT SUM(city) FROM cities")).problem
    assert "DELETE" in verdicts.of(example("DELETE FROM cities")).problem
