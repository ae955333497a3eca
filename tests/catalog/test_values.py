"""Sampling of values, on canned results."""

from __future__ import annotations

import pyarrow as pa
import pytest

from app.answer import QueryResult
from app.catalog.model import Catalog, Column, Table
from app.catalog.values import LONGEST, PER_COLUMN, Values, candidates, collect, sampling_sql
from app.errors import EngineUnavailable, QueryFailed

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
NUMBERS = Table("numbers", (Column("n", "INT"),))


def test_keys_ids_and_free_text_are_no_candidates() -> None:
    assert [c.name for c in candidates(ORDERS)] == ["city", "method"]


def test_one_query_samples_a_table() -> None:
    assert sampling_sql(ORDERS) == (
        "SELECT `city`, `method`, COUNT(*) AS seen\n"
        "FROM `orders`\n"
        "GROUP BY GROUPING SETS ((`city`), (`method`))\n"
        "ORDER BY seen DESC\n"
        "LIMIT 100"
    )
    assert sampling_sql(NUMBERS) is None


def test_values_are_distinct_bounded_and_sorted() -> None:
    cities = [f"c{i:04}" for i in range(200)]
    rows = {"city": [*cities, "x" * (LONGEST + 1), None, " "], "method": [None] * 202 + ["card"]}

    def run(sql: str) -> QueryResult:
        return QueryResult(sql, pa.table(rows), ("orders",))

    values = collect(Catalog((ORDERS, NUMBERS)), run)
    assert values.of("orders", "city") == tuple(cities[:PER_COLUMN])
    assert values.of("orders", "method") == ("card",)
    assert values.of("numbers", "n") == ()


def test_a_table_that_fails_is_absent() -> None:
    other = Table("other", (Column("kind", "STRING"),))

    def run(sql: str) -> QueryResult:
        if "orders" in sql:
            raise QueryFailed("no file")
        return QueryResult(sql, pa.table({"kind": ["a"]}), ("other",))

    assert collect(Catalog((ORDERS, other)), run) == Values({"other": {"kind": ("a",)}})


def test_without_an_engine_nothing_is_sampled() -> None:
    def run(sql: str) -> QueryResult:
        raise EngineUnavailable("no JVM")

    with pytest.raises(EngineUnavailable):
        collect(Catalog((ORDERS,)), run)
