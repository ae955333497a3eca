"""Forms to SQL text."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.catalog.model import Column, Table
from app.semantic_parser.form import Compares, Equals, Filter, Form, Metric, Null
from app.semantic_parser.sql import alias, identifier, literal, render

NAME = Column("name", "STRING")
VALUE = Column("value", "INT")
KEYED = Table("t", (Column("id", "STRING"), NAME, VALUE), primary_key=("id",))
KEYLESS = Table("user", (NAME, VALUE))


@pytest.mark.parametrize("word", ["value", "count", "user", "date", "timestamp", "day", "result"])
def test_reserved_words_are_quoted(word: str) -> None:
    assert identifier(word) == f"`{word}`"


@pytest.mark.parametrize(
    ("name", "quoted"),
    [("a b", "`a b`"), ("1st", "`1st`"), ("a`b", "`a``b`")],
)
def test_odd_names_are_quoted(name: str, quoted: str) -> None:
    assert identifier(name) == quoted


def test_quotes_and_backslashes_stay_inside_a_literal() -> None:
    assert literal("x'; DROP TABLE t; -- \\") == "'x''; DROP TABLE t; -- \\'"


@pytest.mark.parametrize(
    ("filter_", "sql"),
    [
        (Equals(NAME, ("a",)), "name = 'a'"),
        (Equals(NAME, ("a",), negated=True), "name <> 'a'"),
        (Equals(NAME, ("a", "b"), negated=True), "name NOT IN ('a', 'b')"),
        (Equals(Column("on", "BOOLEAN"), (False,)), "`on` = FALSE"),
        (Compares(VALUE, ">=", Decimal("1E+3")), "`value` >= 1000"),
        (Null(NAME), "name IS NULL"),
    ],
)
def test_conditions(filter_: Filter, sql: str) -> None:
    form = Form(KEYLESS, metrics=(Metric("count"),), filters=(filter_,))
    assert render(form) == f"SELECT COUNT(*) AS user_count\nFROM `user`\nWHERE {sql}"


@pytest.mark.parametrize(
    ("metrics", "sql"),
    [
        ((Metric("count"),), "SELECT COUNT(DISTINCT id) AS t_count\nFROM t"),
        ((Metric("max", VALUE),), "SELECT MAX(`value`) AS highest_value\nFROM t"),
        (
            (Metric("sum", VALUE), Metric("count")),
            "SELECT SUM(CAST(`value` AS BIGINT)) AS total_value, COUNT(*) AS t_count\n"
            "FROM (\n  SELECT DISTINCT id, `value`\n  FROM t\n)",
        ),
    ],
)
def test_repeated_rows_are_counted_once(metrics: tuple[Metric, ...], sql: str) -> None:
    table = Table("t", (*KEYED.columns, Column("t", "INT")), primary_key=("id",))
    assert render(Form(table, metrics=metrics)) == sql


def test_alias_says_the_status_that_is_counted() -> None:
    status = Column("status", "STRING")
    form = Form(KEYED, filters=(Equals(status, ("picked_up",)),))
    assert alias(form, Metric("count", NAME, distinct=True, noun="parcels")) == "picked_up_parcels"
