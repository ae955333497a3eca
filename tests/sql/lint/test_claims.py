"""What the rules say of Flink is what the real planner does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from app.engines.pyflink import PyFlinkEngine
from app.errors import QueryError, TributaryError
from app.sql import guard
from tests.sql.lint.ground import CATALOG, RULES, advise, texts

pytestmark = pytest.mark.flink

Plan = Callable[[str, bool], str]

# The connector of these cases' table is not installed.
_UNPLANNED = {"idle_partitions"}


@pytest.fixture(scope="module")
def planner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PyFlinkEngine]:
    folder = tmp_path_factory.mktemp("lint")
    for table in CATALOG:
        (folder / table.name).mkdir()
    environ = {"TRIBUTARY_STREAMS": str(folder)}
    state = folder / "state"
    with PyFlinkEngine(CATALOG, environ=environ, state_dir=state, freshness=False) as engine:
        yield engine


@pytest.fixture(scope="module")
def plan(planner: PyFlinkEngine) -> Plan:
    """What Flink explains of a query, continuous or not; raises what Flink says against it."""

    def explain(text: str, continuous: bool) -> str:
        patience = planner._patience(text)
        jvm = planner._cluster(patience).jvm
        api = jvm.java.org.apache.flink.table.api

        def task(env: Any) -> str:
            details = jvm.gateway.new_array(api.ExplainDetail, 0)
            return str(env.explainSql(text, api.ExplainFormat.TEXT, details))

        return str(patience.wait(planner._jobs.plan(text, patience, not continuous, task)))

    return explain


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule not in _UNPLANNED])
def test_errors_are_refused_and_others_planned(rule: str, plan: Plan) -> None:
    for case in RULES[rule]["fires"]:
        continuous = case.get("continuous", False)
        if case["severity"] == "error" and not case.get("accepted"):
            with pytest.raises(TributaryError):
                plan(case["sql"], continuous)
        else:
            plan(case["sql"], continuous)
        if "repaired" in case:
            plan(case["repaired"], continuous)
    for case in RULES[rule]["silent"]:
        plan(case["sql"], case.get("continuous", False))


# What stands in the plan of each query that a rule fires on, and of none that it is silent on.
OPERATORS = {
    "legacy_window": r"GroupWindowAggregate\(",
    "session_keys": r"\bGroupAggregate\(",
    "window_bound": r"\bGroupAggregate\(",
    "window_rank": r"\bRank\(",
    "window_join": r"\bJoin\(",
    "interval_join": r"\bJoin\(",
    "unbounded_join": r"\bJoin\(",
    "cross_join": r"joinType=\[InnerJoin\], where=\[true\]",
    "join_names": r"order_id0",
    "updating_aggregate": r"\bGroupAggregate\(",
    "distinct_state": r"\bGroupAggregate\(",
    "count_distinct_state": r"\bGroupAggregate\(",
    "union_state": r"\bGroupAggregate\(",
    "subquery_state": r"\bJoin\(joinType=\[Left(Semi|Anti)Join\]",
    "clock_filter": r"where=\[.*(CURRENT_TIMESTAMP|NOW)\(\)",
    "limit_on_stream": r"\bLimit\(",
}


@pytest.mark.parametrize("rule", OPERATORS)
def test_plan_shows_the_danger(rule: str, plan: Plan) -> None:
    pattern = OPERATORS[rule]
    for case in RULES[rule]["fires"]:
        assert re.search(pattern, plan(case["sql"], True)), case["sql"]
    for case in RULES[rule]["silent"]:
        if case.get("continuous"):
            assert not re.search(pattern, plan(case["sql"], True)), case["sql"]


def test_order_in_a_subquery_is_dropped(plan: Plan) -> None:
    for case in RULES["order_in_subquery"]["fires"]:
        assert not re.search(r"\bSort(Limit)?\(", plan(case["sql"], False))


def test_only_within_limits_a_pattern(plan: Plan) -> None:
    for case in RULES["match_within"]["fires"]:
        assert "interval=[" not in plan(case["sql"], True)
    for case in RULES["match_within"]["silent"]:
        if case.get("continuous"):
            assert "interval=[3600000:INTERVAL HOUR]" in plan(case["sql"], True)


@pytest.mark.parametrize("continuous", [False, True])
def test_honest_queries_with_errors_are_refused(continuous: bool, plan: Plan) -> None:
    """What the guard lets pass and lint calls an error is what the planner refuses."""
    for text in texts("honest.yaml"):
        if any(advice.severity == "error" for advice in advise(text, continuous)):
            with pytest.raises(TributaryError):
                plan(text, continuous)


_NAMES = "(VALUES ('x'), ('y'), (CAST(NULL AS STRING))) AS t (a)"
_PAIR = "(VALUES ('x'), ('y')) AS t (a)"
_LIKES = "(VALUES ('ax'), ('a*'), ('a')) AS t (a)"
_NUMBERS = "(VALUES (1), (2), (4)) AS t (a)"
_HALF_PAST = "(SELECT TIMESTAMP '2026-11-22 10:30:00' AS t FROM (VALUES (1)) AS v (a))"

# What a rule warns of, with VALUES, and the first row that comes out (None where there is none).
ROWS = [
    ("null_comparison", f"SELECT COUNT(*) AS n FROM {_NAMES} WHERE a = NULL OR a <> NULL", 0),
    ("null_in_list", f"SELECT COUNT(*) AS n FROM {_PAIR} WHERE a NOT IN ('x', NULL)", 0),
    (
        "not_in_nullable",
        "SELECT COUNT(*) AS n FROM (VALUES ('z')) AS u (b) "
        f"WHERE b NOT IN (SELECT a FROM {_NAMES})",
        0,
    ),
    ("between_reversed", f"SELECT COUNT(*) AS n FROM {_NUMBERS} WHERE a BETWEEN 4 AND 1", 0),
    ("like_pattern", f"SELECT MAX(a) AS n FROM {_LIKES} WHERE a LIKE 'a*'", "a*"),
    ("like_pattern", f"SELECT MAX(a) AS n FROM {_LIKES} WHERE a LIKE 'a'", "a"),
    ("integer_division", f"SELECT COUNT(a) / 2 AS n FROM {_NUMBERS}", 1),
    ("integer_division", "SELECT a / b AS n FROM (VALUES (1, 2)) AS t (a, b)", 0),
    ("integer_average", f"SELECT AVG(a) AS n FROM {_NUMBERS}", 2),
    ("integer_average", f"SELECT STDDEV_SAMP(a) AS n FROM {_NUMBERS}", 1),
    ("integer_overflow", "SELECT SUM(a) AS n FROM (VALUES (2147483647), (1)) AS t (a)", -(2**31)),
    (
        "float_sum",
        "SELECT CAST(SUM(a) AS DOUBLE) AS n FROM (VALUES (CAST(16777216 AS FLOAT)), "
        "(CAST(1 AS FLOAT))) AS t (a)",
        16777216.0,
    ),
    (
        "interval_misread",
        "SELECT TIMESTAMPDIFF(HOUR, t, t + INTERVAL '1' WEEK) + "
        f"TIMESTAMPDIFF(HOUR, t, t + INTERVAL 2 WEEKS) AS n FROM {_HALF_PAST}",
        3,
    ),
    (
        "interval_misread",
        f"SELECT TIMESTAMPDIFF(MONTH, t, t + INTERVAL '1' QUARTER) AS n FROM {_HALF_PAST}",
        1,
    ),
    (
        "interval_misread",
        f"SELECT TIMESTAMPDIFF(DAY, t, TIMESTAMPADD(WEEK, 1, t)) AS n FROM {_HALF_PAST}",
        7,
    ),
    ("decimal_scale", "SELECT CAST(CAST('10.6' AS DECIMAL) AS STRING) AS n", "11"),
    ("decimal_scale", "SELECT CAST('abc' AS CHAR) AS n", "a"),
    ("date_pattern", "SELECT DATE_FORMAT(TIMESTAMP '2026-12-31 13:05:00', 'YYYY') AS n", "2027"),
    ("date_pattern", "SELECT DATE_FORMAT(TIMESTAMP '2026-11-22 13:05:00', 'DD') AS n", "326"),
    ("date_pattern", "SELECT DATE_FORMAT(TIMESTAMP '2026-11-22 13:05:00', 'hh') AS n", "01"),
    ("epoch_unit", "SELECT SUBSTRING(FROM_UNIXTIME(1763805600000), 1, 5) AS n", "57862"),
    ("nullable_count", f"SELECT COUNT(a) AS n FROM {_NAMES}", 2),
    ("repeated_rows", "SELECT COUNT(*) AS n FROM (VALUES ('O-1'), ('O-1')) AS t (a)", 2),
    (
        "window_ungrouped",
        f"SELECT COUNT(*) AS n FROM TABLE(HOP({_HALF_PAST}, DESCRIPTOR(t), "
        "INTERVAL '15' MINUTE, INTERVAL '1' HOUR))",
        4,
    ),
    (
        "window_order",
        f"SELECT COUNT(*) AS n FROM TABLE(HOP({_HALF_PAST}, DESCRIPTOR(t), "
        "INTERVAL '1' HOUR, INTERVAL '15' MINUTE))",
        0,
    ),
    (
        "window_bound",
        f"SELECT COUNT(*) AS n FROM (SELECT COUNT(*) AS m FROM TABLE(CUMULATE({_HALF_PAST}, "
        "DESCRIPTOR(t), INTERVAL '30' MINUTE, INTERVAL '2' HOUR)) GROUP BY window_start)",
        1,
    ),
]


def value(engine: PyFlinkEngine, text: str) -> object:
    result = engine.run(guard.check(text, CATALOG, engine.parse, row_limit=1))
    return result.rows()[0]["n"]


@pytest.mark.parametrize(("rule", "text", "expected"), ROWS)
def test_rows_show_the_danger(
    rule: str, text: str, expected: object, planner: PyFlinkEngine
) -> None:
    assert rule in RULES
    assert value(planner, text) == expected


@pytest.mark.parametrize("written", ["yesterday", "2026-11-22 20:00", "2026-11-22T20:00:00"])
def test_text_that_is_no_time_fails_on_a_row(written: str, planner: PyFlinkEngine) -> None:
    text = f"SELECT COUNT(*) AS n FROM {_HALF_PAST} WHERE t > '{written}'"
    with pytest.raises(QueryError, match=written):
        value(planner, text)


def test_timestamps_of_two_types_depend_on_the_session_zone(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    ten = int(datetime(2026, 11, 22, 10, tzinfo=UTC).timestamp())
    text = (
        "SELECT COUNT(*) AS n FROM (SELECT TIMESTAMP '2026-11-22 10:00:00' AS a, "
        f"TO_TIMESTAMP_LTZ({ten}, 0) AS b FROM (VALUES (1)) AS v (x)) WHERE a = b"
    )
    found = []
    for zone in ("UTC", "Europe/Berlin"):
        state = tmp_path_factory.mktemp("zone")
        nothing = type(CATALOG)()
        with PyFlinkEngine(nothing, time_zone=zone, state_dir=state, freshness=False) as engine:
            found.append(value(engine, text))
    assert found == [1, 0]


def test_idle_timeout_is_an_option_of_flink(planner: PyFlinkEngine) -> None:
    jvm = planner._cluster(planner._patience("")).jvm
    options = jvm.java.org.apache.flink.table.api.config.ExecutionConfigOptions
    option = jvm.planner.submit(lambda: str(options.TABLE_EXEC_SOURCE_IDLE_TIMEOUT)).result()
    key = re.findall(r"table\.exec\.source\.[a-z-]+", option)[0]
    assert key in RULES["idle_partitions"]["fires"][0]["fix"]


def test_every_claim_is_shown() -> None:
    refused = {
        rule
        for rule, found in RULES.items()
        if any(c["severity"] == "error" and not c.get("accepted") for c in found["fires"])
    }
    elsewhere = {"order_in_subquery", "timestamp_text", "mixed_timestamps", "idle_partitions"}
    elsewhere.add("match_within")
    shown = refused | OPERATORS.keys() | {rule for rule, *_ in ROWS} | elsewhere
    assert RULES.keys() - shown == set()
