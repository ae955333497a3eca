"""Flink DDL in, sqlglot tree out, and Flink DDL again."""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from app.sql.dialect import Flink

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
    "SELECT a, COUNT(*) FROM t WHERE b = 'it''s' GROUP BY a",
    "SELECT `a b` FROM t",
]


@pytest.mark.parametrize("text", ROUND_TRIPS)
def test_round_trip(text: str) -> None:
    assert sqlglot.parse_one(text, read=Flink).sql(Flink) == text


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1 /* /* */ + 2",
        "SELECT 1 // comment\n + 2",
        "SELECT 1 -- comment\r + 2",
        "SELECT 1 /***/ */ + 2",
    ],
)
def test_comments_are_flinks(text: str) -> None:
    assert sqlglot.parse_one(text, read=Flink) == sqlglot.parse_one("SELECT 1 + 2")


def test_backslash_is_a_character() -> None:
    first, second = sqlglot.parse(r"SELECT '\' ; DROP TABLE t; -- '", read=Flink)
    assert isinstance(first, exp.Select)
    assert isinstance(second, exp.Drop)


def test_names_keep_their_case() -> None:
    tree = sqlglot.parse_one(f"CREATE TABLE Orders (City STRING) {WITH}", read=Flink)
    assert [i.name for i in tree.find_all(exp.Identifier)] == ["Orders", "City"]


@pytest.mark.parametrize("text", ["SELECT 'a", "SELECT /* a", "SELECT `a\n`", "SELECT a \x0b"])
def test_what_flinks_lexer_refuses(text: str) -> None:
    with pytest.raises(TokenError):
        sqlglot.parse_one(text, read=Flink)


def test_errors_say_the_line() -> None:
    with pytest.raises(ParseError) as caught:
        sqlglot.parse_one(f"CREATE TABLE t (\n  a INT,\n  b NONE\n) {WITH}", read=Flink)
    assert caught.value.errors[0]["line"] == 3
    assert caught.value.errors[0]["description"] == "Unknown type"
