"""A text in, everything known of it out: verdict, advice, time range and lineage together."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from app.answer import QueryResult
from app.catalog.loader import load
from app.errors import InvalidQuery, UnsafeQuery
from app.sql.guard import ParsedStatement
from app.sql.review import Reviewer
from app.sql.scope import EVERYTHING, Scope

CATALOG = load([Path(__file__).parents[2] / "ingest" / "demo" / "tables"])
UNEQUAL = "SELECT city FROM orders WHERE status != 'x'"
NOON = "TIMESTAMP '2026-11-22 12:00:00'"


def accepts(_: str) -> ParsedStatement:
    return ParsedStatement(("PlannerQueryOperation",), ("orders",), is_query=True)


def reviewer(scope: Scope = EVERYTHING, refused: str = "") -> Reviewer:
    def refuses(_: str) -> ParsedStatement:
        raise InvalidQuery(refused, hint="Of Flink.")

    return Reviewer(CATALOG, refuses if refused else accepts, row_limit=9, scope=scope)


def test_all_of_it_at_once() -> None:
    text = (
        "SELECT city, SUM(amount) AS revenue FROM orders WHERE status <> 'cancelled' "
        f"AND order_time >= {NOON} GROUP BY city"
    )
    found = reviewer().review(text)
    assert (found.query.text, found.query.row_limit) == (text, 9)
    assert found.columns == {"orders": ("amount", "city", "order_time", "status")}
    assert found.ranges["orders"].end is None
    assert [one.rule for one in found.advice] == ["repeated_rows"]
    result = found.annotated(QueryResult(text, pa.table({"city": ["x"]}), ("orders",)))
    assert "revenue = SUM(orders.amount), " in result.lineage[1]
    assert result.ranges == {"orders": (datetime(2026, 11, 22, 12, tzinfo=UTC), None)}
    assert "twice" in result.advice[0]


def test_advice_depends_on_whether_it_keeps_running() -> None:
    text = "SELECT city, COUNT(DISTINCT order_id) FROM orders GROUP BY city"
    assert not reviewer().review(text).advice
    rules = {one.rule for one in reviewer().review(text, continuous=True).advice}
    assert "updating_aggregate" in rules


@pytest.mark.parametrize(
    ("text", "refused", "hint"),
    [
        (UNEQUAL, "Encountered '!='.", "status <> 'x'"),
        (UNEQUAL, "Line 1, column 38: Encountered '!='.", "status <> 'x'"),
        (UNEQUAL, "Line 1, column 8: Something else.", "Of Flink."),
        (f"{UNEQUAL} LIMIT 3, 4", "Line 1, column 51: Encountered ','.", "LIMIT 4 OFFSET 3"),
        ("SELECT city FROM orders", "Encountered something.", "Of Flink."),
    ],
)
def test_a_refusal_says_how_to_write_it(text: str, refused: str, hint: str) -> None:
    with pytest.raises(InvalidQuery) as caught:
        reviewer(refused=refused).review(text)
    assert hint in caught.value.hint
    assert caught.value.message == refused


def test_advice_is_given_on_what_nobody_can_read() -> None:
    advice = reviewer().advise('SELECT "city" FROM orders')
    assert [(one.rule, one.fix) for one in advice] == [("double_quotes", "`city`")]


def test_what_the_guard_refuses_at_once_is_not_read() -> None:
    assert reviewer().advise("SELECT '" + "!=" * 50_000 + "'") == ()


def test_hidden_tables_stay_hidden() -> None:
    narrow = reviewer(Scope(tables=frozenset({"orders"})))
    assert narrow.visible.names == ("orders",)
    with pytest.raises(UnsafeQuery) as caught:
        narrow.review("SELECT 1 FROM payments")
    assert caught.value.reason == "unknown_table"
    assert "shipments" not in caught.value.hint
    assert not any("Payments" in one.fix for one in narrow.advise("SELECT 1 FROM Payments"))
