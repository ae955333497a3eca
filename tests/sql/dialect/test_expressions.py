"""Expressions: text in, tree, and text out."""

from __future__ import annotations

from typing import Any

import pytest
import sqlglot
from sqlglot import TokenType, exp
from sqlglot.errors import ParseError

from app.sql.dialect import Flink
from app.sql.dialect.statements import StatementParser

# Written as the generator writes it, so that text -> tree -> text changes nothing.
ROUND_TRIPS = [
    # functions keep their names
    "f(a), F(a), myFunc(a, b), `my f`(a), cat.db.f(a), cat.db.f(a).b[1]",
    "LEFT(a, 1), REPLACE(a, 'x', 'y'), TRUNCATE(a, 1), MOD(a, 2), YEAR(a), IF(a, 1, 2), UUID()",
    "DATE_FORMAT(a, 'yyyy'), TO_TIMESTAMP_LTZ(a, 3), SPLIT_INDEX(a, ',', 0), REGEXP(a, 'b')",
    "f(a => 1, b => DEFAULT), f(*), f((SELECT 1))",
    "COUNT(*), COUNT(DISTINCT a), COUNT(DISTINCT a, b), SUM(a), AVG(a), MIN(a), MAX(a)",
    "COALESCE(a, b), NULLIF(a, b), GREATEST(a, b), CARDINALITY(a), ELEMENT(a), COLLECT(a)",
    "GROUPING(a, b), GROUP_ID(), CURRENT_WATERMARK(rt), PROCTIME(), CURRENT_ROW_TIMESTAMP()",
    "CURRENT_DATE, CURRENT_TIME, CURRENT_TIMESTAMP, LOCALTIME, LOCALTIMESTAMP, NOW()",
    "LISTAGG(a, ',') WITHIN GROUP (ORDER BY b DESC), ARRAY_AGG(DISTINCT a)",
    "SUM(a) FILTER(WHERE a > 1), SUM(a) FILTER(WHERE a > 1) OVER w",
    "FIRST_VALUE(a) IGNORE NULLS OVER w, LAG(a, 1) RESPECT NULLS OVER (ORDER BY b)",
    "ROW_NUMBER() OVER (PARTITION BY a ORDER BY b DESC), RANK() OVER w, DENSE_RANK() OVER w",
    "SUM(a) OVER (PARTITION BY a, b ORDER BY rt RANGE BETWEEN INTERVAL '1' HOUR PRECEDING "
    "AND CURRENT ROW)",
    "SUM(a) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND 1 FOLLOWING)",
    "SUM(a) OVER (ORDER BY b ROWS 2 PRECEDING), SUM(a) OVER (ORDER BY b RANGE CURRENT ROW)",
    # arguments set apart by words
    "TRIM(a), TRIM(BOTH FROM a), TRIM(LEADING 'x' FROM a), TRIM('x' FROM a)",
    "POSITION('x' IN a), POSITION('x' IN a FROM 2), OVERLAY(a PLACING b FROM 1 FOR 2)",
    "SUBSTRING(a FROM 1 FOR 2), SUBSTRING(a, 1, 2), CONVERT(a USING utf8), TRANSLATE(a, b, c)",
    "FLOOR(a), FLOOR(a TO MONTH), CEIL(a TO DAY), EXTRACT(EPOCH FROM a), EXTRACT(DAY FROM a) + 1",
    "TIMESTAMPADD(DAY, 1, a), TIMESTAMPDIFF(SECOND, a, b), TIMESTAMPADD(SQL_TSI_DAY, 1, a)",
    "JSON_VALUE(a, '$.x' RETURNING INT NULL ON EMPTY DEFAULT 1 + 1 ON ERROR)",
    "JSON_VALUE(a, '$.x' DEFAULT NULL ON EMPTY ERROR ON ERROR)",
    "JSON_QUERY(a, '$' RETURNING ARRAY<INT> WITH CONDITIONAL ARRAY WRAPPER EMPTY ARRAY ON EMPTY)",
    "JSON_QUERY(a, '$' WITHOUT WRAPPER NULL ON EMPTY EMPTY OBJECT ON ERROR)",
    "JSON_EXISTS(a, '$.x' TRUE ON ERROR), JSON_OBJECT(), JSON_ARRAY(), JSON_STRING(a)",
    "JSON_OBJECT(KEY 'a' VALUE b, 'c' VALUE NULL NULL ON NULL), JSON_ARRAY(a, b ABSENT ON NULL)",
    "JSON_OBJECT('a' VALUE JSON_OBJECT('b' VALUE c > 1) FORMAT JSON)",
    "JSON_OBJECTAGG(KEY a VALUE b NULL ON NULL), JSON_ARRAYAGG(a ORDER BY b ABSENT ON NULL)",
    # values
    "1e3, .5, 1., 'it''s', '', x'0aFf', N'a', U&'\\0041', U&'!0041' UESCAPE '!', TRUE, NULL",
    "DATE '2025-01-01', TIME '10:00:00', TIMESTAMP '2025-01-01 00:00:00.123'",
    "TIMESTAMP WITH LOCAL TIME ZONE '2025-01-01 00:00:00'",
    "INTERVAL '1' DAY, INTERVAL '-1' DAY, -INTERVAL '1' DAY, INTERVAL '1.5' SECOND",
    "INTERVAL '1-2' YEAR TO MONTH, INTERVAL '100' MINUTE(3), INTERVAL '1 10:00' DAY(3) TO MINUTE",
    "INTERVAL '1.5' SECOND(2, 3), INTERVAL a DAY, INTERVAL (a + 1) HOUR, (a - b) DAY TO SECOND",
    # what Flink misreads stays as it was written
    "INTERVAL '1' WEEK, INTERVAL '1' QUARTER",
    "ROW(1, 2), (1, 2), ARRAY[1, 2], ARRAY[], MAP['k', 1], MAP[], MULTISET[1]",
    "a[1], m['k'], a[1].b[c], t.r.f.g.h, (a).b.c, ROW(1).f, t.*, t.r.*",
    "ARRAY(SELECT 1), MAP(SELECT 1, 2), MULTISET(SELECT 1), (SELECT 1), EXISTS(SELECT 1)",
    "CASE WHEN a THEN 1 WHEN b THEN 2 ELSE 3 END, CASE a WHEN 1 THEN 2 END",
    "CASE a WHEN 1, 2 THEN b ELSE c END, USER, CURRENT_CATALOG, ?, NEXT VALUE FOR s",
    # names that are key words elsewhere only
    "type, text, json, uuid, key, name, format, status, cache, div, semi, `value`, t.`user`",
    # types
    "CAST(a AS STRING), TRY_CAST(a AS INT), CAST(a AS DECIMAL(10, 2)), CAST(a AS TIMESTAMP_LTZ(3))",
    "CAST(a AS ROW<`f` INT NOT NULL, `g` ARRAY<MAP<STRING, MULTISET<INT>>>>).g[1]",
    "CAST(a AS INTERVAL DAY TO SECOND(3)), CAST(a AS `my`.`type`), CAST(a AS RAW('c', 's'))",
    "CAST(a AS STRUCTURED<'c', `f` INT>), CAST(a AS BYTES), CAST(a AS CHAR(3))",
    # operators
    "a || b + c * d - e % f / g, -a * b, - -a, (a + b) * c, NOT (a AND b) OR c",
    "a = b, a <> b, a < b, a >= b, (a = b) IS NULL, a = b < c, (a IS NOT NULL) = TRUE",
    "a LIKE b, a NOT LIKE b ESCAPE '\\', a SIMILAR TO b ESCAPE c, a NOT SIMILAR TO b",
    "a BETWEEN 1 AND 2, a NOT BETWEEN SYMMETRIC 1 AND 2, a BETWEEN b + 1 AND c OR d",
    "a IN (1, 2), a NOT IN (SELECT 1), (a, b) IN ((1, 2), (3, 4)), a IN (1) = TRUE",
    "a > ALL (SELECT 1), a = ANY (SELECT 1), a = SOME (1, 2), a LIKE SOME (SELECT 1)",
    "a IS DISTINCT FROM b, a IS NOT DISTINCT FROM b, a IS TRUE, a IS NOT FALSE, a IS UNKNOWN",
    "a IS JSON, a IS NOT JSON SCALAR, a IS A SET, a IS NOT EMPTY, a = 'unknown', b = 'user'",
    "(a, b) OVERLAPS (c, d), a CONTAINS b, a IMMEDIATELY PRECEDES b, a NOT SUBMULTISET OF b",
    "a MEMBER OF b, a MULTISET UNION ALL b, a MULTISET EXCEPT b",
]  # fmt: skip

# What is read leniently, or written in one way where Flink knows several.
REWRITTEN = [
    ("a != b AND a == b", "a <> b AND a = b"),
    ("a::INT::STRING", "CAST(CAST(a AS INT) AS STRING)"),
    ("a ILIKE 'X%', a NOT ILIKE b", "LOWER(a) LIKE LOWER('X%'), LOWER(a) NOT LIKE LOWER(b)"),
    ("INTERVAL '5 minutes'", "INTERVAL '5' MINUTE"),
    ("INTERVAL '1 day 2 hours'", "(INTERVAL '1' DAY + INTERVAL '2' HOUR)"),
    ("INTERVAL '01:30:00'", "INTERVAL '01:30:00' HOUR TO SECOND"),
    ("INTERVAL 5 MINUTES", "INTERVAL '5' MINUTE"),
    ("INTERVAL -'1' DAY, INTERVAL -'-1' DAY", "INTERVAL '-1' DAY, INTERVAL '1' DAY"),
    ("INTERVAL '100' MINUTE", "INTERVAL '100' MINUTE(3)"),
    ("INTERVAL '5000' SECOND", "INTERVAL '0 01:23:20' DAY TO SECOND"),
    ("INTERVAL '1440' MINUTE", "INTERVAL '1' DAY"),
    ("INTERVAL '250' MILLISECOND", "INTERVAL '0.25' SECOND"),
    ("INTERVAL '2 weeks'", "INTERVAL '14' DAY"),
    ("INTERVAL '1.5' HOUR", "INTERVAL '90' MINUTE"),
    ("SAFE_CAST(a AS INT64)", "TRY_CAST(a AS BIGINT)"),
    ("CAST(a AS TEXT), CAST(a AS VARCHAR(MAX))", "CAST(a AS STRING), CAST(a AS STRING)"),
    ("CAST(a AS DATETIME), CAST(a AS BOOL)", "CAST(a AS TIMESTAMP), CAST(a AS BOOLEAN)"),
    ("CAST(a AS INT ARRAY)", "CAST(a AS ARRAY<INT NOT NULL>)"),
    ("CAST(a AS INT NOT NULL)", "CAST(a AS INT)"),
    ("a IS NULL = b IS NULL", "((a IS NULL) = b) IS NULL"),
    ("'a' 'b'\n 'c'", "'abc'"),
    ("E'a\\tb\\u0041\\x41\\101'", "'a\tbAAA'"),
    ("SUM(ALL a)", "SUM(a)"),
    ("JSON_OBJECT('a': b)", "JSON_OBJECT('a' VALUE b)"),
    ("NOT a IN (1), NOT a IS NULL", "a NOT IN (1), a IS NOT NULL"),
    ("+a", "a"),
    ("CEILING(a)", "CEIL(a)"),
    ("count(*), Sum(a)", "COUNT(*), SUM(a)"),
]

# Text, and the same with the parentheses that Flink's parser puts.
PRECEDENCE = [
    ("a || b + c", "(a || b) + c"),
    ("a + b || c", "a + (b || c)"),
    ("a = b < c", "(a = b) < c"),
    ("a = b IN (c)", "a = (b IN (c))"),
    ("a < b BETWEEN c AND d AND e", "(a < (b BETWEEN c AND d)) AND e"),
    ("NOT a = b", "NOT (a = b)"),
    ("a = NOT b = c", "a = (NOT (b = c))"),
    ("a + b IS DISTINCT FROM c + d", "(a + b) IS DISTINCT FROM (c + d)"),
    ("a IS DISTINCT FROM b = c", "(a IS DISTINCT FROM b) = c"),
    ("a = b IS NOT NULL = c", "((a = b) IS NOT NULL) = c"),
    ("a LIKE b || c = d", "(a LIKE (b || c)) = d"),
    ("-a[1] * b", "(-(a[1])) * b"),
    ("a = b CONTAINS c", "(a = b) CONTAINS c"),
    ("a AND b = c IS NOT TRUE", "a AND ((b = c) IS NOT TRUE)"),
]

REFUSED = [
    "TRIM(BOTH a",
    "JSON_VALUE(a b)",
    "JSON_VALUE(a, '$' NULL ON)) x",
    "CAST(a INT)",
    "CAST(a AS)",
    "EXTRACT(DAY a)",
    "INTERVAL '5 bananas'",
    "INTERVAL '1' DAY TO",
    "a[1",
    "CASE a END",
    "CASE WHEN a 1 END",
    "a LIKE",
    "a BETWEEN 1",
    "f(a,",
    "a & b",
]

NESTED = [
    ("(", ")"), ("f(", ")"), ("f(a => ", ")"), ("a[", "]"), ("NOT ", ""), ("- ", ""),
    ("CASE WHEN ", " THEN 1 END"), ("CASE a WHEN 1, 2 THEN ", " END"), ("CAST(", " AS INT)"),
    ("ARRAY[", "]"), ("JSON_OBJECT('a' VALUE ", ")"), ("TRIM(' ' FROM ", ")"), ("(a, ", ")"),
    ("POSITION(a IN ", ")"), ("INTERVAL (", ") DAY"), ("a IN (", ")"), ("(SELECT ", ")"),
    ("EXISTS(SELECT ", ")"), ("a = ANY (", ")"), ("FLOOR(", " TO DAY)"), ("a.f(", ")"),
    ("SUM(DISTINCT ", ")"), ("DATE '2025-01-01' + (", ")"), ("a IS DISTINCT FROM (", ")"),
]  # fmt: skip


def read(text: str) -> exp.Expr:
    return sqlglot.parse_one(f"SELECT {text}", read=Flink)


def bare(tree: exp.Expr) -> exp.Expr:
    for paren in list(tree.find_all(exp.Paren)):
        paren.replace(paren.this)
    return tree


@pytest.mark.parametrize("text", ROUND_TRIPS)
def test_round_trip(text: str) -> None:
    assert read(text).sql(Flink) == f"SELECT {text}"


@pytest.mark.parametrize(("text", "written"), REWRITTEN)
def test_rewritten(text: str, written: str) -> None:
    assert read(text).sql(Flink) == f"SELECT {written}"


@pytest.mark.parametrize(("text", "explicit"), PRECEDENCE)
def test_precedence_is_flinks(text: str, explicit: str) -> None:
    assert bare(read(text)) == bare(read(explicit))


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text: str) -> None:
    with pytest.raises(ParseError):
        read(text)


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("count(*)", exp.Count),
        ("coalesce(a, b)", exp.Coalesce),
        ("DATE '2025-01-01'", exp.Cast),
        ("FLOOR(a TO DAY)", exp.Floor),
        ("EXTRACT(DAY FROM a)", exp.Extract),
        ("ROW_NUMBER() OVER w", exp.Window),
        ("MAP['a', 1]", exp.Map),
        ("TO_DATE(a)", exp.Anonymous),
        ("LISTAGG(a)", exp.Anonymous),
        ("GREATEST(a, b)", exp.Anonymous),
        ("JSON_VALUE(a, '$')", exp.Anonymous),
        ("CAST(a AS INT)", exp.Cast),
        ("TRY_CAST(a AS INT)", exp.TryCast),
        ("a IS DISTINCT FROM b", exp.NullSafeNEQ),
    ],
)
def test_nodes(text: str, node: type[exp.Expression]) -> None:
    assert type(read(text).expressions[0]) is node


@pytest.mark.parametrize(
    ("text", "unit"),
    [("INTERVAL '5' MINUTES", "MINUTE"), ("INTERVAL '5' MINUTE(3)", "MINUTE")],
)
def test_the_unit_of_an_interval(text: str, unit: str) -> None:
    interval = read(text).expressions[0]
    assert (interval.this.name, interval.args["unit"].name) == ("5", unit)


def test_a_unit_is_no_column() -> None:
    tree = read("TIMESTAMPDIFF(DAY, a, b), EXTRACT(DOW FROM c), f(DEFAULT), DESCRIPTOR(d)")
    assert [column.name for column in tree.find_all(exp.Column, bfs=False)] == ["a", "b", "c"]


def test_every_argument_can_be_reached() -> None:
    tree = read("JSON_VALUE(a, '$.x' RETURNING INT DEFAULT b ON EMPTY DEFAULT c ON ERROR)")
    assert {column.name for column in tree.find_all(exp.Column)} == {"a", "b", "c"}


@pytest.mark.parametrize(
    "text", ["foo(a)", "`foo`(a)", "TRIM(a)", "JSON_VALUE(a, '$')", "db.foo(a)"]
)
def test_calls_know_their_place(text: str) -> None:
    call = next(read(text).find_all(exp.Anonymous))
    start, end = call.meta["start"], call.meta["end"]
    assert f"SELECT {text}"[start : end + 1].strip("`") == call.name


def test_names_know_their_place() -> None:
    text = "SELECT a.b, `c d` FROM t"
    for name in sqlglot.parse_one(text, read=Flink).find_all(exp.Identifier):
        assert text[name.meta["start"] : name.meta["end"] + 1].strip("`") == name.name


class Counting(StatementParser):
    """Counts the steps that it takes through the tokens."""

    steps = 0

    def _advance(self, *args: Any, **kwargs: Any) -> None:
        self.steps += 1
        super()._advance(*args, **kwargs)


def steps(text: str) -> int:
    parser = Counting(dialect=Flink())
    parser.parse(Flink().tokenize(text), text)
    return parser.steps


@pytest.mark.parametrize(("opening", "closing"), NESTED)
def test_reading_takes_steps_in_proportion_to_the_text(opening: str, closing: str) -> None:
    short, long = (steps(f"SELECT {opening * n}a{closing * n}") for n in (10, 20))
    assert long < 2.5 * short


def test_hexadecimal_text_is_no_text() -> None:
    (token,) = Flink().tokenize("x'00'")
    assert token.token_type == TokenType.HEX_STRING
