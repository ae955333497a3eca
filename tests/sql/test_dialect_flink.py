"""SQL in, tree, SQL out: the real Flink sees the same query before and after."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlglot
import yaml

from app.assistant import Assistant
from app.engines.pyflink import PyFlinkEngine
from app.sql.dialect import Flink

pytestmark = pytest.mark.flink

CASES = Path(__file__).parents[1] / "cases"
QUERIES = yaml.safe_load((CASES / "dialect.yaml").read_text(encoding="utf-8"))
TRANSPILED = yaml.safe_load((CASES / "transpiled.yaml").read_text(encoding="utf-8"))

Planner = Callable[..., str]


@pytest.fixture
def engine(shop: Assistant) -> PyFlinkEngine:
    """The sample shop's engine; nothing here runs a job on it."""
    assert isinstance(shop.engine, PyFlinkEngine)
    return shop.engine


def on_planner(
    engine: PyFlinkEngine, text: str, task: Callable[[Any], Any], *, bounded: bool = True
) -> Any:
    patience = engine._patience(text)
    return patience.wait(engine._jobs.plan(text, patience, bounded, task))


def plan(engine: PyFlinkEngine, text: str, *, bounded: bool = True) -> str:
    """What `EXPLAIN` prints: the query as it was read, and the plan made of it."""
    jvm = engine._cluster(engine._patience(text)).jvm
    api = jvm.java.org.apache.flink.table.api

    def explain(env: Any) -> str:
        details = jvm.gateway.new_array(api.ExplainDetail, 0)
        return str(env.explainSql(text, api.ExplainFormat.TEXT, details))

    return numbered_anew(on_planner(engine, text, explain, bounded=bounded))


def numbered_anew(plan: str) -> str:
    """The plan with its correlation variables counted from 0; Flink counts on from plan to plan."""
    names: dict[str, str] = {}
    return re.sub(r"\$cor\d+", lambda m: names.setdefault(m[0], f"$cor{len(names)}"), plan)


def tree(engine: PyFlinkEngine, text: str) -> str:
    """What Flink's parser makes of a text before any name is looked up, printed by Flink."""

    def parse(env: Any) -> str:
        parser = env.getParser()
        field = parser.getClass().getDeclaredField("calciteParserSupplier")
        field.setAccessible(True)
        return str(field.get(parser).get().parse(text).toString())

    return str(on_planner(engine, text, parse))


def again(text: str) -> str:
    return sqlglot.parse_one(text, read=Flink).sql(dialect=Flink)


@pytest.mark.parametrize("text", QUERIES["snapshot"])
def test_same_snapshot(engine: PyFlinkEngine, text: str) -> None:
    assert plan(engine, again(text)) == plan(engine, text)


@pytest.mark.parametrize("text", QUERIES["continuous"])
def test_same_continuous_query(engine: PyFlinkEngine, text: str) -> None:
    assert plan(engine, again(text), bounded=False) == plan(engine, text, bounded=False)


@pytest.mark.parametrize("text", QUERIES["unplanned"] + QUERIES["statements"])
def test_same_tree(engine: PyFlinkEngine, text: str) -> None:
    assert tree(engine, again(text)) == tree(engine, text)


@pytest.mark.parametrize("case", TRANSPILED, ids=lambda case: f"{case['read']}: {case['sql']}")
def test_transpiled(engine: PyFlinkEngine, case: dict[str, str]) -> None:
    [text] = sqlglot.transpile(case["sql"], read=case["read"], write="flink")
    planned = plan(engine, text)
    assert planned == plan(engine, case.get("flink", text))
