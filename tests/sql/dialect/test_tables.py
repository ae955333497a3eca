"""CREATE TABLE in, sqlglot tree out, and CREATE TABLE again."""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError

from app.sql.dialect import Flink, kind
from tests.sql.dialect.mistakes import mistake

WITH = "WITH ('connector' = 'x')"

# Written as the generator writes it, so that text -> tree -> text changes nothing.
ROUND_TRIPS = [
    f"CREATE TABLE t (a INT) {WITH}",
    f"CREATE TEMPORARY TABLE IF NOT EXISTS c.d.`t 1` (a INT) {WITH}",
    f"CREATE TABLE t (a INT NOT NULL COMMENT 'it''s', `b c` STRING) COMMENT 'all' {WITH}",
    f"CREATE TABLE t (a DECIMAL(10, 2), b TIMESTAMP(3), c TIMESTAMP_LTZ(3), d TIME(0)) {WITH}",
    f"CREATE TABLE t (a ROW<`x` INT NOT NULL, `y` ARRAY<MAP<STRING, MULTISET<INT>>>>) {WITH}",
    f"CREATE TABLE t (a BYTES, b VARCHAR(3), c CHAR(1), d BINARY(2), e VARBINARY(2)) {WITH}",
    f"CREATE TABLE t (a BIGINT METADATA, b BIGINT METADATA FROM 'o' VIRTUAL COMMENT 'x') {WITH}",
    f"CREATE TABLE t (a INT, b AS a * 2 COMMENT 'x', c AS PROCTIME()) {WITH}",
    f"CREATE TABLE t (a STRING, b AS JSON_VALUE(a, '$.x' RETURNING INT)) {WITH}",
    f"CREATE TABLE t (a TIMESTAMP(3), WATERMARK FOR a AS a - INTERVAL '5' SECOND) {WITH}",
    f"CREATE TABLE t (a ROW<`b` TIMESTAMP(3)>, WATERMARK FOR a.b AS a.b) {WITH}",
    f"CREATE TABLE t (a INT, PRIMARY KEY (a) NOT ENFORCED) {WITH}",
    f"CREATE TABLE t (a INT PRIMARY KEY NOT ENFORCED) {WITH}",
    f"CREATE TABLE t (a INT, CONSTRAINT k PRIMARY KEY (a) NOT ENFORCED) {WITH}",
    f"CREATE TABLE t (a INT) DISTRIBUTED BY HASH(a) INTO 4 BUCKETS PARTITIONED BY (a) {WITH}",
    f"CREATE TABLE t (a INT) DISTRIBUTED INTO 2 BUCKETS {WITH}",
    "CREATE TABLE t (a INT) WITH ('connector' = 'x', 'a.b' = 'c''d')",
    f"CREATE TABLE t (a INT) COMMENT 'c' DISTRIBUTED BY (a) PARTITIONED BY (a, b) {WITH}",
    f"CREATE TABLE t (a INT, CONSTRAINT k PRIMARY KEY (a) NOT ENFORCED) {WITH} LIKE c.u",
    "CREATE TABLE t LIKE u (INCLUDING ALL OVERWRITING OPTIONS EXCLUDING WATERMARKS)",
    "CREATE TEMPORARY TABLE t LIKE u (INCLUDING GENERATED INCLUDING METADATA)",
    "CREATE TABLE t AS SELECT a FROM u UNION ALL SELECT b FROM v",
    f"CREATE TABLE t (a INT, WATERMARK FOR b AS b) PARTITIONED BY (a) {WITH} AS SELECT a, b FROM u",
    f"CREATE TABLE t (a, b) {WITH} AS WITH u AS (SELECT 1, 2) SELECT * FROM u",
    f"CREATE OR REPLACE TABLE t {WITH} AS SELECT 1",
    "REPLACE TABLE t AS SELECT 1",
    "CREATE TABLE t",
]


@pytest.mark.parametrize("text", ROUND_TRIPS)
def test_round_trip(text: str) -> None:
    tree = sqlglot.parse_one(text, read=Flink)
    assert tree.sql(Flink) == text
    assert kind(tree) == "CREATE TABLE"


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("CREATE TABLE t (a)", 18, "Unknown type"),
        ("CREATE TABLE t (a, b INT)", 18, "Unknown type"),
        ("CREATE TABLE t ()", 17, "Expected a name"),
        ("CREATE TABLE t (a INT, UNIQUE (a))", 24, "Flink knows no other constraint"),
        ("CREATE TABLE t (a INT PRIMARY KEY)", 34, "Expected NOT ENFORCED"),
        ("CREATE TABLE t LIKE u (INCLUDING EVERYTHING)", 34, "Expected one of ALL"),
        ("CREATE TABLE t LIKE u (INCLUDING ALL, EXCLUDING OPTIONS)", 37, "Expected one of EXCL"),
        ("CREATE TABLE t AS", 16, "Expected a query"),
        ("CREATE TABLE t AS DROP TABLE u", 19, "Expected a query"),
        ("CREATE TABLE t (a INT) WITH ('a')", 33, "Expected = and a value"),
        ("CREATE TABLE t (a INT) WITH ('a' = 'b') x", 41, "Expected nothing more"),
    ],
)
def test_mistakes_have_a_place(text: str, column: int, message: str) -> None:
    description, place = mistake(text)
    assert message in description
    assert place == (1, column)


def test_names_keep_their_case() -> None:
    tree = sqlglot.parse_one(f"CREATE TABLE Orders (City STRING) {WITH}", read=Flink)
    assert [i.name for i in tree.find_all(exp.Identifier)] == ["Orders", "City"]


def test_errors_say_the_line() -> None:
    with pytest.raises(ParseError) as caught:
        sqlglot.parse_one(f"CREATE TABLE t (\n  a INT,\n  b NONE\n) {WITH}", read=Flink)
    assert caught.value.errors[0]["line"] == 3
    assert caught.value.errors[0]["description"] == "Unknown type"
