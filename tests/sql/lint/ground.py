"""What the rules are tried on: the sample shop and the tables of `tests/cases/tables/lint.sql`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from app.catalog.loader import load
from app.sql import lint, query
from app.sql.lint import Advice

ROOT = Path(__file__).parents[3]
CASES = ROOT / "tests" / "cases"
CATALOG = load([ROOT / "ingest" / "demo" / "tables", CASES / "tables" / "lint.sql"])
RULES: dict[str, dict[str, list[dict[str, Any]]]] = yaml.safe_load(
    (CASES / "lint.yaml").read_text(encoding="utf-8")
)


def advise(text: str, continuous: bool = False) -> tuple[Advice, ...]:
    """The advice on a text."""
    return lint.advise(query.read(text, CATALOG), CATALOG, continuous)


def of_rule(rule: str, case: dict[str, Any]) -> list[Advice]:
    """The advice of one rule on a case."""
    found = advise(case["sql"], case.get("continuous", False))
    return [advice for advice in found if advice.rule == rule]


def texts(file: str) -> list[str]:
    """Every text in a file of the guard's cases."""
    found: list[str] = []
    stack = [yaml.safe_load((CASES / "guard" / file).read_text(encoding="utf-8"))]
    while stack:
        value = stack.pop()
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, dict):
            stack += [*value.values()]
        elif isinstance(value, list):
            stack += value
    return found
