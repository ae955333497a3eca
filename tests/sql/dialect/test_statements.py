"""Statements that are no queries: their kind, and their text again."""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError

from app.sql.dialect import Flink, kind

SET_OF_TWO = "STATEMENT SET BEGIN INSERT INTO a SELECT 1; INSERT INTO b SELECT 2; END"

KINDS = [
    ("SHOW TABLES", "SHOW TABLES"),
    ("SHOW FULL MODULES", "SHOW MODULES"),
    ("SHOW USER FUNCTIONS FROM c LIKE 'f%'", "SHOW FUNCTIONS"),
    ("SHOW CREATE TABLE c.d.t", "SHOW CREATE TABLE"),
    ("SHOW CURRENT DATABASE", "SHOW CURRENT DATABASE"),
    ("SHOW PARTITIONS t PARTITION (a = 1)", "SHOW PARTITIONS"),
    ("DESCRIBE EXTENDED t", "DESCRIBE"),
    ("DESC t", "DESCRIBE"),
    ("DESCRIBE CATALOG EXTENDED c", "DESCRIBE CATALOG"),
    ("EXPLAIN PLAN FOR SELECT 1", "EXPLAIN"),
    ("EXPLAIN ESTIMATED_COST, CHANGELOG_MODE SELECT 1", "EXPLAIN"),
    (f"EXPLAIN {SET_OF_TWO}", "EXPLAIN"),
    ("SET", "SET"),
    ("SET 'a' = 'b'", "SET"),
    ("RESET 'a'", "RESET"),
    ("USE c.d", "USE"),
    ("USE CATALOG c", "USE CATALOG"),
    ("USE MODULES a, b", "USE MODULES"),
    ("LOAD MODULE m WITH ('a' = 'b')", "LOAD MODULE"),
    ("UNLOAD MODULE m", "UNLOAD MODULE"),
    ("ADD JAR 'a.jar'", "ADD JAR"),
    ("REMOVE JAR 'a.jar'", "REMOVE JAR"),
    ("CREATE CATALOG c WITH ('type' = 'x')", "CREATE CATALOG"),
    ("CREATE DATABASE IF NOT EXISTS d COMMENT 'x'", "CREATE DATABASE"),
    ("CREATE TEMPORARY SYSTEM FUNCTION f AS 'x.Y' LANGUAGE JAVA", "CREATE FUNCTION"),
    ("CREATE MODEL m INPUT (a INT) OUTPUT (b STRING) WITH ('a' = 'b')", "CREATE MODEL"),
    (
        "CREATE MATERIALIZED TABLE t FRESHNESS = INTERVAL '1' HOUR AS SELECT 1",
        "CREATE MATERIALIZED TABLE",
    ),
    ("CREATE OR REPLACE TEMPORARY VIEW v (a, b) COMMENT 'x' AS SELECT 1, 2", "CREATE VIEW"),
    ("CREATE VIEW v AS WITH a AS (SELECT 1) SELECT * FROM a ORDER BY 1", "CREATE VIEW"),
    ("ALTER TABLE t ADD (a INT)", "ALTER TABLE"),
    ("ALTER MATERIALIZED TABLE t SUSPEND", "ALTER MATERIALIZED TABLE"),
    ("ALTER VIEW v RENAME TO w", "ALTER VIEW"),
    ("DROP TEMPORARY TABLE IF EXISTS c.t", "DROP TABLE"),
    ("DROP VIEW v", "DROP VIEW"),
    ("DROP DATABASE IF EXISTS d CASCADE", "DROP DATABASE"),
    ("DROP TEMPORARY SYSTEM FUNCTION f", "DROP FUNCTION"),
    ("DROP MATERIALIZED TABLE t", "DROP MATERIALIZED TABLE"),
    ("INSERT INTO c.d.t (a, b.c) SELECT 1, 2 UNION ALL SELECT 3, 4", "INSERT"),
    ("INSERT INTO t VALUES (1, 'a'), (2, 'b')", "INSERT"),
    ("INSERT OVERWRITE t PARTITION (a = '1', b = '2') (c) SELECT 1", "INSERT"),
    ("INSERT INTO t /*+ OPTIONS('a' = 'b') */ SELECT * FROM u", "INSERT"),
    ("INSERT INTO t (SELECT 1)", "INSERT"),
    (f"EXECUTE {SET_OF_TWO}", "EXECUTE STATEMENT SET"),
    ("BEGIN STATEMENT SET", "BEGIN STATEMENT SET"),
    ("END", "END"),
    ("EXECUTE PLAN 'a.json'", "EXECUTE PLAN"),
    ("COMPILE PLAN 'a.json' FOR INSERT INTO t SELECT 1", "COMPILE PLAN"),
    ("COMPILE AND EXECUTE PLAN 'a.json' FOR INSERT INTO t SELECT 1", "COMPILE AND EXECUTE PLAN"),
    ("CALL a.b(1, c => 2)", "CALL"),
    ("ANALYZE TABLE t COMPUTE STATISTICS", "ANALYZE TABLE"),
    ("UPDATE t SET a = 1 WHERE b = 2", "UPDATE"),
    ("DELETE FROM t WHERE a = 1", "DELETE"),
    ("TRUNCATE TABLE t", "TRUNCATE TABLE"),
    ("STOP JOB 'a' WITH SAVEPOINT", "STOP JOB"),
]


@pytest.mark.parametrize(("text", "name"), KINDS)
def test_kind_and_round_trip(text: str, name: str) -> None:
    tree = sqlglot.parse_one(text, read=Flink)
    assert kind(tree) == name
    assert tree.sql(Flink) == text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("EXECUTE INSERT INTO t SELECT 1", "INSERT"),
        ("show /* x */ tables", "SHOW TABLES"),
        ("a + 1", "EXPRESSION"),
    ],
)
def test_other_kinds(text: str, name: str) -> None:
    assert kind(sqlglot.parse_one(text, read=Flink)) == name


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("SELECT 1; DROP TABLE t;", ["SELECT", "DROP TABLE"]),
        (f"EXECUTE {SET_OF_TWO}; SELECT 1", ["EXECUTE STATEMENT SET", "SELECT"]),
        (
            "BEGIN STATEMENT SET; INSERT INTO a SELECT 1; END",
            ["BEGIN STATEMENT SET", "INSERT", "END"],
        ),
        ("EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1", ["EXECUTE STATEMENT SET"]),
        ("SELECT 'STATEMENT SET BEGIN'; SELECT 1", ["SELECT", "SELECT"]),
    ],
)
def test_several_statements(text: str, kinds: list[str]) -> None:
    assert [kind(tree) for tree in sqlglot.parse(text, read=Flink) if tree] == kinds


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("CREATE VIEW v AS DROP TABLE t", "this.this"),
        ("INSERT INTO t DROP TABLE u", ""),
        ("INSERT t SELECT 1", ""),
        ("CREATE VIEW v", ""),
        ("DROP TABLE", ""),
        ("DROP TABLE t, u", ""),
        ("EXPLODE t u", ""),
        ("`SHOW` TABLES", ""),
        ("WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a", ""),
    ],
)
def test_mistakes(text: str, place: str) -> None:
    with pytest.raises(ParseError) as caught:
        sqlglot.parse_one(text, read=Flink)
    assert caught.value.errors[0]["line"] == 1


def test_queries_within_are_trees() -> None:
    view = sqlglot.parse_one("CREATE VIEW v AS SELECT a FROM t", read=Flink)
    insert = sqlglot.parse_one("INSERT INTO u SELECT a FROM t", read=Flink)
    assert isinstance(view.args["expression"], exp.Select)
    assert [table.name for table in insert.find_all(exp.Table)] == ["u", "t"]
