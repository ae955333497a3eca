"""The guard's cases: those of `tests/cases/guard`, and long ones that are better computed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from app.catalog.loader import load
from app.sql.limits import MAX_CHARACTERS, MAX_TOKENS
from app.sql.scope import Scope

ROOT = Path(__file__).parents[2]
CATALOG = load([ROOT / "ingest" / "demo" / "tables"])


def chain(number: int, body: str, first: str = "SELECT city FROM orders") -> str:
    """A chain of WITH queries, each made of the one before."""
    links = "".join(f", c{i} AS ({body.format(f'c{i - 1}')})" for i in range(1, number + 1))
    return f"WITH c0 AS ({first}){links} SELECT * FROM c{number}"


_LONG_HOSTILE = [
    ("too_long", "SELECT '" + "x" * MAX_CHARACTERS + "'"),
    ("too_long", "(" * 10_000_000),
    ("too_wide", "SELECT 1 FROM orders" + ", orders" * 100),
    ("too_wide", "SELECT 1 FROM orders" + " NATURAL JOIN orders" * 100),
    ("too_wide", "SELECT " + "*, " * 100 + "1 FROM orders"),
    ("too_many_plans", "SELECT *, * FROM (" * 20 + "TABLE orders" + ")" * 20),
    ("too_many_tokens", "SELECT " + "1," * MAX_TOKENS + "1"),
    ("too_deep", "SELECT " + "(" * 100 + "1" + ")" * 100),
    ("too_deep", "SELECT " + "[" * 5000),
    ("too_deep", "SELECT " + "NOT " * 1000 + "TRUE"),
    ("too_deep", "SELECT " + "- " * 1000 + "1"),
    ("too_deep", "SELECT " + "CASE WHEN TRUE THEN " * 80 + "1" + " END" * 80),
    ("too_deep", "SELECT 1" + " UNION ALL SELECT 1" * 300),
    ("huge_constant", "SELECT " + "REPLACE(" * 9 + "'aaaa'" + ", 'a', 'aaaaaaaaa')" * 9),
    ("huge_constant", chain(25, "SELECT s || s AS s FROM {}", "SELECT 'x' AS s")),
    ("huge_constant", chain(14, "SELECT CONCAT(s, s, s, s) AS s FROM {}", "SELECT 'x' AS s")),
    ("slow_pattern", "SELECT REGEXP('" + "x" * 40 + "', '(x+x+)+y')"),
    ("slow_pattern", "SELECT REGEXP_COUNT(REPEAT('a',40), '" + "a?" * 40 + "b')"),
    ("slow_pattern", "SELECT REGEXP(REPEAT('a',40), '" + "(a|a)" * 40 + "b')"),
    ("too_many_copies", "SELECT " + "NULLIF(" * 8 + "city" + ", 'a')" * 8 + " FROM orders"),
    ("too_many_copies", "SELECT quantity > 1" + " IS DISTINCT FROM TRUE" * 9 + " FROM orders"),
    ("too_many_copies", "SELECT " + "(" * 8 + "TRUE" + " BETWEEN FALSE AND TRUE)" * 8),
    ("too_many_copies", "SELECT " + "(" * 7 + "TRUE" + " IN (TRUE, FALSE, UNKNOWN))" * 7),
    ("too_many_copies", "SELECT " + "CASE " * 8 + "1" + " WHEN 1 THEN 2 WHEN 2 THEN 3 END" * 8),
    (
        "too_many_copies",
        "SELECT "
        + ", ".join(f"COUNT(DISTINCT quantity + {i})" for i in range(30))
        + " FROM orders",
    ),
    (
        "too_many_plans",
        "SELECT NULLIF(b, 1) AS a FROM (SELECT NULLIF(a, 1) AS b FROM (" * 10
        + "SELECT quantity AS a FROM orders"
        + "))" * 10,
    ),
    ("many_groupings", "SELECT 1 FROM orders GROUP BY " + ", ".join(["ROLLUP(a, b, c)"] * 4)),
    ("many_groupings", "SELECT 1 FROM orders GROUP BY " + ", ".join(["GROUPING SETS(a, b)"] * 7)),
    ("huge_constant", "SELECT " + "HEX(" * 26 + "'ab'" + ")" * 26),
    ("huge_constant", "SELECT " + "HEX(" * 26 + "CAST(TRUE AS STRING)" + ")" * 26),
    ("huge_constant", "SELECT " + "TO_BASE64(" * 40 + "CAST(PI() AS STRING)" + ")" * 40),
    ("huge_constant", "SELECT " + "JSON_QUOTE(" * 26 + "'\"'" + ")" * 26),
    ("huge_constant", "SELECT " + "URL_ENCODE(" * 26 + "'%'" + ")" * 26),
    ("huge_constant", "SELECT " + "HEX(ENCODE(" * 20 + "'x'" + ", 'UTF-16'))" * 20),
    ("huge_constant", chain(25, "SELECT HEX(s) AS s FROM {}", "SELECT 'x' AS s")),
    ("huge_constant", "SELECT " + ", ".join(["REPEAT(REPEAT('x', 1000), 1000)"] * 50)),
    ("too_deep", "SELECT 1" + "+1" * 9_000),
    ("too_deep", "SELECT 1 FROM orders WHERE a = 1" + " OR a = 1" * 500),
    ("too_deep", "SELECT a" + "[1]" * 1000 + " FROM orders"),
    ("too_many_plans", chain(12, "SELECT x.city FROM {0} x, {0} y")),
    ("too_many_plans", chain(20, "SELECT a + a AS a FROM {}", "SELECT quantity AS a FROM orders")),
    ("too_many_plans", "SELECT a + a FROM (" * 20 + "SELECT 1 AS a" + ")" * 20),
    ("too_many_plans", chain(9, "SELECT city FROM {0} UNION ALL TABLE {0}")),
]
_LONG_HONEST = [
    (
        "orders",
        "WITH a AS (SELECT * FROM orders WHERE quantity IN ("
        + ", ".join(map(str, range(400)))
        + ")) SELECT * FROM a WHERE quantity NOT IN ("
        + ", ".join(map(str, range(300)))
        + ")",
    ),
    ("orders", "SELECT * FROM (" * 20 + "SELECT * FROM orders" + ")" * 20),
    ("orders", chain(3, "SELECT city FROM {} WHERE city <> 'x'")),
    (
        "orders",
        "SELECT city FROM orders WHERE quantity IN (" + ", ".join(map(str, range(500))) + ")",
    ),
    (
        "orders",
        "SELECT CASE "
        + "".join(f"WHEN amount > {i} AND city = 'c{i}' THEN 'size {i}' " for i in range(50))
        + "ELSE 'none' END FROM orders",
    ),
    ("orders", "SELECT city FROM orders WHERE city = 'a'" + " OR city = 'b'" * 90),
    ("orders", "SELECT city FROM orders" + " UNION ALL SELECT city FROM orders" * 20),
]


def _cases(name: str) -> Any:
    return yaml.safe_load((ROOT / "tests" / "cases" / "guard" / name).read_text("utf-8"))


def _pairs(grouped: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(key, text) for key, texts in grouped.items() for text in texts]


_HOSTILE = _cases("hostile.yaml")
_SCOPED = [
    (
        Scope(
            tables=frozenset(case["scope"]["tables"]) if "tables" in case["scope"] else None,
            columns={t: frozenset(c) for t, c in case["scope"].get("columns", {}).items()},
            functions=frozenset(case["scope"].get("functions", ())),
        ),
        case,
    )
    for case in _cases("scoped.yaml")
]

REFUSED_BY_TEXT = [*_pairs(_HOSTILE["text"]), *_LONG_HOSTILE]
"""Reason and text of what no parser gets to see."""

REFUSED_BY_NAMES = _pairs(_HOSTILE["names"])
"""Reason and text of what Flink does not get to see."""

REFUSED_BY_FLINK = _pairs(_HOSTILE["flink"])
"""Reason and text of what Flink's own parser refuses."""

HONEST = [*_pairs(_cases("honest.yaml")), *_LONG_HONEST]
"""Tables, with spaces between, and text of what passes."""

REFUSED_BY_SCOPE = [
    (scope, reason, text) for scope, case in _SCOPED for reason, text in _pairs(case["hostile"])
]
"""Scope, reason and text of what a narrower scope refuses."""

HONEST_IN_SCOPE = [(scope, text) for scope, case in _SCOPED for text in case["honest"]]
"""Scope and text of what passes within a narrower scope."""
