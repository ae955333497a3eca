"""SQL in, verdict out: first without Flink, then with Flink's own parser having the last word.

The cases are in `tests/cases/guard` and in `tests.sql.guard_cases`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app.assistant import Assistant
from app.errors import InvalidQuery, Place, QueryError, UnsafeQuery
from app.sql import guard
from app.sql.checks import CHECKS, first_refusal
from app.sql.guard import FlinkParser, ParsedStatement
from app.sql.scope import EVERYTHING, Scope
from tests.sql.adversarial import adversarial
from tests.sql.guard_cases import (
    CATALOG,
    HONEST,
    HONEST_IN_SCOPE,
    REFUSED_BY_FLINK,
    REFUSED_BY_NAMES,
    REFUSED_BY_SCOPE,
    REFUSED_BY_TEXT,
)

ORDERS = frozenset({"orders"})
SOME_COLUMNS = Scope(columns={"orders": frozenset({"order_id", "city", "amount"})})


def reads(*tables: str) -> FlinkParser:
    """A parser that takes every text for one query on these tables."""
    return lambda _: ParsedStatement(("PlannerQueryOperation",), tables, is_query=True)


def sees(*kinds: str) -> FlinkParser:
    """A parser that takes every text for these operations, none of them a query."""
    return lambda _: ParsedStatement(kinds, (), is_query=False)


def refuses(message: str, hint: str = "") -> FlinkParser:
    """A parser that refuses every text."""

    def refuse(text: str) -> ParsedStatement:
        raise InvalidQuery(message, hint=hint, sql=text)

    return refuse


def never(_: str) -> ParsedStatement:
    raise AssertionError("Flink was asked")


def refusal(
    text: str, parser: FlinkParser = never, scope: Scope = EVERYTHING
) -> UnsafeQuery | InvalidQuery:
    with pytest.raises(QueryError) as caught:
        guard.check(text, CATALOG, parser, row_limit=10, scope=scope)
    assert isinstance(caught.value, UnsafeQuery | InvalidQuery)
    assert caught.value.sql == text
    return caught.value


@pytest.mark.parametrize(("reason", "text"), [*REFUSED_BY_TEXT, *REFUSED_BY_NAMES])
def test_refused_before_flink_is_asked(reason: str, text: str) -> None:
    error = refusal(text)
    assert error.reason == reason
    assert error.message
    assert error.hint


@pytest.mark.parametrize(("scope", "reason", "text"), REFUSED_BY_SCOPE)
def test_refused_by_a_scope_before_flink_is_asked(scope: Scope, reason: str, text: str) -> None:
    assert refusal(text, scope=scope).reason == reason


@pytest.mark.parametrize(("scope", "reason", "text"), REFUSED_BY_SCOPE)
def test_a_scope_gives_nothing_away(scope: Scope, reason: str, text: str) -> None:
    error = refusal(text, scope=scope)
    hidden = {table.name for table in CATALOG} - {t.name for t in scope.visible(CATALOG)}
    assert not {name for name in hidden if name in error.hint}
    assert "customer_id" not in error.hint


@pytest.mark.parametrize(("tables", "text"), HONEST)
def test_passes_but_for_what_flink_says(tables: str, text: str) -> None:
    query = guard.check(text, CATALOG, reads(*tables.split()), row_limit=10)
    assert " ".join(query.tables) == tables


@pytest.mark.parametrize(("scope", "text"), HONEST_IN_SCOPE)
def test_passes_a_scope(scope: Scope, text: str) -> None:
    read = guard.check(text, CATALOG, reads(), row_limit=10).query.names
    assert read is not None
    guard.check(text, CATALOG, reads(*read.tables), row_limit=10, scope=scope)


def test_there_are_enough_cases() -> None:
    assert len({text for _, text in [*REFUSED_BY_TEXT, *REFUSED_BY_NAMES, *REFUSED_BY_FLINK]}) > 300
    assert len({text for _, text in HONEST}) > 190
    assert len({reason for reason, _ in REFUSED_BY_TEXT}) == len(CHECKS)


def test_what_passed_is_the_original_text() -> None:
    text = "SELECT city FROM orders -- as written"
    query = guard.check(text, CATALOG, reads("orders"), row_limit=7)
    assert (query.text, query.tables, query.row_limit) == (text, ("orders",), 7)
    assert query.query.kind == "SELECT"


@pytest.mark.parametrize(
    ("parser", "message"),
    [
        (sees("DropTableOperation"), "Flink reads it as DROP TABLE, not as one query"),
        (sees(), "Flink reads it as 0 statements"),
        (sees("A", "B"), "Flink reads it as 2 statements"),
        (reads("orders", "payments"), "Flink reads other tables than it seems to name"),
    ],
)
def test_disagreement_is_refused(parser: FlinkParser, message: str) -> None:
    error = refusal("SELECT city FROM orders", parser)
    assert error.reason == "disagreement"
    assert message in error.message


def test_fewer_tables_than_named_is_a_disagreement_where_columns_are_hidden() -> None:
    text = "SELECT city FROM orders WHERE FALSE"
    guard.check(text, CATALOG, reads(), row_limit=1)
    assert refusal(text, reads(), SOME_COLUMNS).reason == "disagreement"


@pytest.mark.parametrize(
    ("parser", "reason", "message"),
    [
        (reads("orders"), "not_understood", "The query cannot be read."),
        (sees("ExplainOperation"), "not_a_query", "This is an EXPLAIN, not a query."),
        (sees("A", "B"), "not_one_statement", "The text holds 2 statements."),
        (refuses("Line 1, column 8: nonsense."), "invalid", "Line 1, column 8: nonsense."),
    ],
)
def test_what_cannot_be_read_is_left_to_flink(
    parser: FlinkParser, reason: str, message: str
) -> None:
    error = refusal("SELECT (city FROM orders", parser)
    assert error.reason == reason
    assert error.message.startswith(message)


def test_what_cannot_be_read_is_refused_where_something_is_hidden() -> None:
    assert refusal("SELECT (city FROM orders", never, SOME_COLUMNS).reason == "not_understood"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("SELECT *\nFROM ordrs", Place(14, 19, 2, 6)),
        ("SELECT 1,\r\n  nofunction(1)", Place(13, 23, 2, 3)),
        ("SELECT 1; DROP TABLE orders", Place(10, 27, 1, 11)),
        ("DROP TABLE orders", Place(0, 10, 1, 1)),
        ("SELECT 1 \x00", Place(9, 10, 1, 10)),
        ("SELECT * FROM orders /*+ FOO('x') */", Place(25, 28, 1, 26)),
    ],
)
def test_place(text: str, place: Place) -> None:
    assert refusal(text).place == place


def test_did_you_mean() -> None:
    assert refusal("SELECT * FROM ordrs").hint.startswith("Did you mean orders? The tables are: ")
    assert refusal("SELECT UPER(city) FROM orders").hint == "Did you mean UPPER?"
    flink = refuses("Line 1, column 8: Column 'citty' not found in any table.")
    error = refusal("SELECT citty FROM orders", flink)
    assert (error.reason, error.place) == ("unknown_column", Place(7, 12, 1, 8))
    assert error.hint.startswith("Did you mean city?")


@pytest.mark.parametrize(
    ("scope", "hidden", "missing"),
    [
        (Scope(tables=ORDERS), "SELECT * FROM payments", "SELECT * FROM pxyments"),
        (SOME_COLUMNS, "SELECT channel FROM orders", "SELECT chxnnel FROM orders"),
        (SOME_COLUMNS, "SELECT o.channel FROM orders o", "SELECT o.chxnnel FROM orders o"),
    ],
)
def test_hidden_is_told_as_missing_is(scope: Scope, hidden: str, missing: str) -> None:
    one, other = refusal(hidden, scope=scope), refusal(missing, scope=scope)
    assert (type(one), one.reason, one.place) == (type(other), other.reason, other.place)
    assert one.message == other.message.replace("x", "a", 1)
    assert "payments" not in one.hint
    assert "channel" not in one.hint


def test_hints_of_flink_do_not_tell_of_what_is_hidden() -> None:
    text, said = "SELECT citty FROM orders WHERE UPPER(1)", "Cannot apply UPPER."
    parser = refuses(said, hint="The tables are: orders, payments.")
    assert refusal(text, parser).hint
    assert refusal(text, parser, Scope(tables=ORDERS)).hint == ""


def test_other_refusals_of_flink_are_kept() -> None:
    error = refusal("SELECT UPPER(1, 2)", refuses("Line 1, column 8: Too many.", hint="h"))
    assert (error.reason, error.message, error.hint) == (
        "invalid",
        "Line 1, column 8: Too many.",
        "h",
    )
    assert error.place == Place(7, 8, 1, 8)


def test_configured_functions() -> None:
    scope = Scope(functions=frozenset({"my_f", "ML_PREDICT"}))
    for text in (
        "SELECT MY_F(city) FROM orders",
        "SELECT `my_f`(city) FROM orders",
        "SELECT * FROM TABLE(ML_PREDICT(TABLE orders, MODEL m, DESCRIPTOR(city)))",
    ):
        guard.check(text, CATALOG, reads("orders"), row_limit=1, scope=scope)
        assert refusal(text).reason == "unknown_function"


@contextmanager
def _bounded(seconds: float) -> Iterator[None]:
    # Processor time, generous: the benchmark measures, this only sees what explodes.
    started = time.process_time()
    yield
    assert time.process_time() - started < seconds


@pytest.mark.parametrize("text", adversarial(), ids=lambda text: repr(text[:30]))
def test_nothing_explodes(text: str) -> None:
    for scope in (EVERYTHING, SOME_COLUMNS):
        with _bounded(1.5):
            try:
                query = guard.check(text, CATALOG, reads(), row_limit=1, scope=scope).query
            except QueryError:
                continue
            assert query.tree is not None


@pytest.fixture
def parse(shop: Assistant) -> FlinkParser:
    """Flink's own parser, over the sample shop."""
    return shop.engine.parse


@pytest.mark.flink
@pytest.mark.parametrize(("tables", "text"), HONEST)
def test_flink_lets_pass(parse: FlinkParser, tables: str, text: str) -> None:
    query = guard.check(text, CATALOG, parse, row_limit=10)
    assert " ".join(query.tables) == tables
    names = query.query.names
    assert names is not None
    assert names.certain
    assert names.tables >= set(query.tables)


@pytest.mark.flink
@pytest.mark.parametrize(("scope", "text"), HONEST_IN_SCOPE)
def test_flink_lets_pass_in_scope(parse: FlinkParser, scope: Scope, text: str) -> None:
    guard.check(text, CATALOG, parse, row_limit=10, scope=scope)


@pytest.mark.flink
@pytest.mark.parametrize(("reason", "text"), REFUSED_BY_FLINK)
def test_flink_refuses(parse: FlinkParser, reason: str, text: str) -> None:
    assert first_refusal(text) is None
    assert refusal(text, parse).reason == reason
