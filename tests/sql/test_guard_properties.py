"""What holds of whatever passes the guard, over texts that Hypothesis writes."""

from __future__ import annotations

import re
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, example, given, settings

from app.assistant import Assistant
from app.engines.pyflink import PyFlinkEngine
from app.errors import InvalidQuery, QueryError
from app.sql import guard, lexer
from app.sql.guard import FlinkParser, ParsedStatement, SafeQuery
from app.sql.query import read
from app.sql.scope import EVERYTHING, Scope
from tests.sql.guard_cases import CATALOG
from tests.sql.mixes import mixes, queries

QUICK = settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
WITH_FLINK = settings(
    QUICK,
    max_examples=150,
    suppress_health_check=[*HealthCheck],
)
ORDERS = Scope(tables=frozenset({"orders"}))
VISIBLE = frozenset({"order_id", "city", "amount", "order_time"})
SOME_COLUMNS = Scope(columns={"orders": VISIBLE})


def passed(text: str, parser: FlinkParser, scope: Scope = EVERYTHING) -> SafeQuery | None:
    try:
        return guard.check(text, CATALOG, parser, row_limit=10, scope=scope)
    except QueryError:
        return None


def agreeing(text: str) -> ParsedStatement:
    """A parser that sees what the dialect sees, so that all depends on the checks before it."""
    names = read(text, CATALOG).names
    return ParsedStatement(("PlannerQueryOperation",), tuple(names.tables if names else ()), True)


@QUICK
@given(mixes())
def test_whatever_passes_is_one_query_by_the_lexer(text: str) -> None:
    query = passed(text, agreeing)
    if query is None:
        return
    assert len(list(lexer.statements(text))) == 1
    tokens = list(lexer.scan(text))
    assert not [t for t in tokens if t.kind in {lexer.Kind.ERROR, lexer.Kind.UNICODE}]
    first = next(token.upper for token in tokens if token.text not in {"(", ";"})
    assert first in {"SELECT", "WITH", "VALUES", "TABLE", "EXECUTE", "HINT"}
    assert query.query.kind == "SELECT"


@QUICK
@given(mixes())
def test_whatever_passes_names_tables_in_scope(text: str) -> None:
    query = passed(text, agreeing, ORDERS)
    if query is not None:
        assert set(query.tables) <= {"orders"}


@QUICK
@given(queries())
def test_whatever_passes_uses_columns_in_scope(text: str) -> None:
    query = passed(text, agreeing, SOME_COLUMNS)
    if query is not None and query.query.names is not None:
        assert query.query.names.columns.get("orders", frozenset()) <= VISIBLE


@QUICK
@given(mixes())
def test_a_scope_lets_nothing_more_pass(text: str) -> None:
    if passed(text, agreeing, ORDERS) or passed(text, agreeing, SOME_COLUMNS):
        assert passed(text, agreeing)


@pytest.mark.flink
@WITH_FLINK
@given(text=mixes())
@example(text="SELECT 1 /* /* */ ; DROP TABLE orders -- */")
@example(text=r"SELECT '\' ; DROP TABLE orders; -- '")
def test_flink_sees_one_query_on_allowed_tables(shop: Assistant, text: str) -> None:
    asked: list[ParsedStatement] = []

    def parse(text: str) -> ParsedStatement:
        asked.append(shop.engine.parse(text))
        return asked[-1]

    if passed(text, parse, ORDERS):
        assert asked[-1].is_query
        assert set(asked[-1].tables) <= {"orders"}
    # Without its last word, too, nothing passes that Flink takes for something else.
    elif passed(text, agreeing, ORDERS):
        try:
            parsed = shop.engine.parse(text)
        except QueryError:
            return
        assert parsed.is_query
        assert set(parsed.tables) <= {"orders"}


@pytest.mark.flink
@WITH_FLINK
@given(text=queries())
def test_flink_scans_columns_in_scope(shop: Assistant, text: str) -> None:
    query = passed(text, shop.engine.parse, SOME_COLUMNS)
    if query is None:
        return
    for table, columns in _scanned(cast("PyFlinkEngine", shop.engine), text):
        if table == "orders":
            assert columns <= VISIBLE, text


_SCAN = re.compile(
    r"TableSourceScan\(table=\[\[default_catalog, default_database, (\w+)[^\n]*fields=\[([^\]]*)\]"
)


def _scanned(engine: PyFlinkEngine, text: str) -> list[tuple[str, set[str]]]:
    """Tables and columns that the optimized plan reads."""
    patience = engine._patience(text)
    gateway = engine._cluster(patience).jvm.gateway

    def plan(env: Any) -> str:
        api = gateway.jvm.org.apache.flink.table.api
        details = gateway.new_array(api.ExplainDetail, 0)
        return str(env.sqlQuery(text).explain(api.ExplainFormat.TEXT, details))

    try:
        said = patience.wait(engine._jobs.plan(text, patience, True, plan))
    except InvalidQuery:  # only the planner sees some mistakes
        return []
    optimized = said[said.index("== Optimized Physical Plan") :]
    if "Correlate(" in optimized:  # hands whole rows to its right side, whatever that reads of them
        return []
    return [(t, {c.strip() for c in fields.split(",")}) for t, fields in _SCAN.findall(optimized)]
