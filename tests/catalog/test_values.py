"""Sampling of values, on canned results."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from app.answer import QueryResult
from app.catalog.model import Catalog, Column, Table
from app.catalog.values import (
    LONGEST,
    PER_COLUMN,
    Place,
    Values,
    candidates,
    collect,
    sampling_sql,
)
from app.engines.pyflink import PyFlinkEngine
from app.errors import EngineUnavailable, QueryFailed, SourceUnavailable, TributaryError
from app.sql import guard
from tests.engines.tables import json_table

QUOTED = ("TABLE card payments ", "TABLE `card payments` ")
ORDERS = Table(
    "orders",
    (
        Column("order_id", "STRING"),
        Column("customerId", "STRING"),
        Column("email", "STRING"),
        Column("city", "VARCHAR(20)"),
        Column("method", "STRING"),
        Column("amount", "DECIMAL(10, 2)"),
    ),
    primary_key=("order_id",),
)
NESTED = Table(
    "card payments",
    (
        Column("city", "STRING"),
        Column("terminal", "ROW<`id` STRING, `city` STRING, `brands` ARRAY<STRING>, `n` INT>"),
        Column("rules", "ARRAY<STRING NOT NULL>"),
        Column("amounts", "ARRAY<INT>"),
        Column("note", "ARRAY<STRING>"),
    ),
)
NUMBERS = Table("numbers", (Column("n", "INT"),))


def test_keys_ids_and_free_text_are_no_candidates() -> None:
    assert [p.name for p in candidates(ORDERS)] == ["city", "method"]


def test_fields_of_rows_and_elements_of_arrays_are_candidates() -> None:
    assert candidates(NESTED) == (
        Place(("city",)),
        Place(("terminal", "city")),
        Place(("terminal", "brands"), is_array=True),
        Place(("rules",), is_array=True),
    )


def test_one_query_samples_a_table() -> None:
    assert sampling_sql(ORDERS) == (
        "SELECT `city`, `method`, COUNT(*) AS seen\n"
        "FROM `orders`\n"
        "GROUP BY GROUPING SETS ((`city`), (`method`))\n"
        "ORDER BY seen DESC\n"
        "LIMIT 100"
    )
    assert sampling_sql(NUMBERS) is None


def test_the_earliest_time_is_found_with_the_values() -> None:
    timed = replace(ORDERS, time_attribute="order_time")
    sql = sampling_sql(timed) or ""
    assert "COUNT(*) AS seen, MIN(`order_time`) AS first_time\n" in sql
    assert "GROUPING SETS ((`city`), (`method`), ())" in sql
    first = datetime(2026, 11, 21, 17, tzinfo=UTC)
    rows = pa.table(
        {
            "city": [None, "Bern"],
            "method": [None, None],
            "seen": [2, 2],
            "first_time": [first, first + timedelta(hours=3)],
        }
    )
    found = collect(Catalog((timed,)), lambda text: QueryResult(text, rows, ("orders",)))
    assert found.since == {"orders": first}


def test_one_query_samples_what_is_nested_too() -> None:
    rows = Table("r", (Column("place", "ROW<`street` STRING, `district` STRING>"),))
    assert sampling_sql(rows) == (
        "SELECT `place.street`, `place.district`, COUNT(*) AS seen\n"
        "FROM (SELECT t.`place`.`street` AS `place.street`,"
        " t.`place`.`district` AS `place.district` FROM `r` AS t)\n"
        "GROUP BY GROUPING SETS ((`place.street`), (`place.district`))\n"
        "ORDER BY seen DESC\n"
        "LIMIT 100"
    )
    arrays = Table("a", (Column("kind", "STRING"), Column("tags", "ARRAY<STRING>")))
    assert sampling_sql(arrays) == (
        "SELECT `kind`, `tags`, seen\n"
        "FROM (\n"
        "SELECT `kind`, CAST(NULL AS STRING) AS `tags`, COUNT(*) AS seen\n"
        "FROM `a`\n"
        "GROUP BY GROUPING SETS ((`kind`))\n"
        "UNION ALL\n"
        "SELECT CAST(NULL AS STRING) AS `kind`, u.item AS `tags`, COUNT(*) AS seen\n"
        "FROM `a` AS t CROSS JOIN UNNEST(t.`tags`) AS u (item)\n"
        "GROUP BY u.item\n"
        ")\n"
        "ORDER BY seen DESC\n"
        "LIMIT 100"
    )


@pytest.mark.flink
def test_nested_values_are_read_from_a_real_stream(tmp_path: Path) -> None:
    rows = [
        {
            "city": "Bern",
            "terminal": {"id": "t1", "city": "Basel", "brands": ["blue", "red"], "n": 1},
            "rules": ["velocity", "night"],
            "amounts": [1],
            "note": ["prose"],
        },
        {"city": "Chur", "terminal": None, "rules": [], "amounts": [], "note": None},
        {"city": None, "terminal": {"id": "t2", "city": "Bern"}, "rules": ["night"]},
    ]
    folder = tmp_path / "payments"
    folder.mkdir()
    (folder / "rows.json").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    table = json_table("card payments", folder, {c.name: c.type for c in NESTED.columns})
    catalog = Catalog((replace(table, schema_sql=table.schema_sql.replace(*QUOTED)),))
    with PyFlinkEngine(
        catalog, time_zone="UTC", environ={}, state_dir=tmp_path / "state"
    ) as engine:
        values = collect(
            catalog,
            lambda sql: engine.run(guard.check(sql, catalog, engine.parse, row_limit=1_000)),
        )
    assert values.by_table["card payments"] == {
        "city": ("Bern", "Chur"),
        "terminal.city": ("Basel", "Bern"),
        "terminal.brands": ("blue", "red"),
        "rules": ("night", "velocity"),
    }


def test_values_are_distinct_bounded_and_sorted() -> None:
    cities = [f"c{i:04}" for i in range(200)]
    rows = {"city": [*cities, "x" * (LONGEST + 1), None, " "], "method": [None] * 202 + ["card"]}

    def run(sql: str) -> QueryResult:
        return QueryResult(sql, pa.table(rows), ("orders",))

    values = collect(Catalog((ORDERS, NUMBERS)), run)
    assert values.of("orders", "city") == tuple(cities[:PER_COLUMN])
    assert values.of("orders", "method") == ("card",)
    assert values.of("numbers", "n") == ()


@pytest.mark.parametrize("failure", [QueryFailed("no file"), SourceUnavailable("Kafka is away")])
def test_a_table_that_fails_is_absent(failure: TributaryError) -> None:
    other = Table("other", (Column("kind", "STRING"),))

    def run(sql: str) -> QueryResult:
        if "orders" in sql:
            raise failure
        return QueryResult(sql, pa.table({"kind": ["a"]}), ("other",))

    assert collect(Catalog((ORDERS, other)), run) == Values({"other": {"kind": ("a",)}})


def test_without_an_engine_nothing_is_sampled() -> None:
    def run(sql: str) -> QueryResult:
        raise EngineUnavailable("no JVM")

    with pytest.raises(EngineUnavailable):
        collect(Catalog((ORDERS,)), run)
