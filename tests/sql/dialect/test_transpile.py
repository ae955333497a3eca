"""What people write for other engines: dialect, text in, Flink's text out."""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot import ErrorLevel
from sqlglot.errors import UnsupportedError

from app.sql.dialect import Flink
from app.sql.dialect.formats import to_java

TRANSPILED = [
    # quotes, limits, casts
    ("postgres", 'SELECT "a b", "value" FROM "T"', "SELECT `a b`, `value` FROM `T`"),
    ("mysql", "SELECT a FROM t LIMIT 5, 10", "SELECT a FROM t LIMIT 10 OFFSET 5 ROWS"),
    ("bigquery", "SELECT user, day FROM t", "SELECT `user`, `day` FROM t"),
    ("postgres", "SELECT a::text, b::int8", "SELECT CAST(a AS STRING), CAST(b AS BIGINT)"),
    ("postgres", "SELECT a::timestamptz", "SELECT CAST(a AS TIMESTAMP_LTZ)"),
    ("postgres", "SELECT a::numeric", "SELECT CAST(a AS DECIMAL(38, 18))"),
    ("bigquery", "SELECT SAFE_CAST(a AS INT64)", "SELECT TRY_CAST(a AS BIGINT)"),
    ("tsql", "SELECT CAST(a AS NVARCHAR(MAX))", "SELECT CAST(a AS STRING)"),
    ("tsql", "SELECT CONVERT(VARCHAR(10), a)", "SELECT CAST(a AS VARCHAR(10))"),
    ("tsql", "SELECT TRY_CONVERT(INT, a)", "SELECT TRY_CAST(a AS INT)"),
    ("mysql", "SELECT a <=> b, a && b", "SELECT a IS NOT DISTINCT FROM b, a AND b"),
    # truncation
    ("postgres", "SELECT DATE_TRUNC('hour', a)", "SELECT FLOOR(a TO HOUR)"),
    ("bigquery", "SELECT TIMESTAMP_TRUNC(a, MINUTE)", "SELECT FLOOR(a TO MINUTE)"),
    ("bigquery", "SELECT DATE_TRUNC(a, MONTH)", "SELECT FLOOR(a TO MONTH)"),
    ("spark", "SELECT TRUNC(a, 'MM')", "SELECT FLOOR(a TO MONTH)"),
    ("tsql", "SELECT DATETRUNC(day, a)", "SELECT FLOOR(a TO DAY)"),
    # Flink's weeks begin on Sunday
    ("bigquery", "SELECT DATE_TRUNC(a, WEEK)", "SELECT FLOOR(a TO WEEK)"),
    (
        "postgres",
        "SELECT DATE_TRUNC('week', a)",
        "SELECT FLOOR(a - INTERVAL '1' DAY TO WEEK) + INTERVAL '1' DAY",
    ),
    # differences: of whole units (mysql, bigquery), or of the units' borders between
    ("mysql", "SELECT TIMESTAMPDIFF(MINUTE, a, b)", "SELECT TIMESTAMPDIFF(MINUTE, a, b)"),
    ("bigquery", "SELECT TIMESTAMP_DIFF(a, b, HOUR)", "SELECT TIMESTAMPDIFF(HOUR, b, a)"),
    (
        "snowflake",
        "SELECT DATEDIFF(day, a, b)",
        "SELECT TIMESTAMPDIFF(DAY, FLOOR(a TO DAY), FLOOR(b TO DAY))",
    ),
    (
        "spark",
        "SELECT DATEDIFF(a, b)",
        "SELECT TIMESTAMPDIFF(DAY, CAST(b AS DATE), CAST(a AS DATE))",
    ),
    # shifts
    ("mysql", "SELECT DATE_SUB(a, INTERVAL 15 MINUTE)", "SELECT a - INTERVAL '15' MINUTE"),
    ("snowflake", "SELECT DATEADD(day, -1, a)", "SELECT a - INTERVAL '1' DAY"),
    ("tsql", "SELECT DATEADD(hour, b, a)", "SELECT TIMESTAMPADD(HOUR, b, a)"),
    ("tsql", "SELECT DATEADD(week, 2, a)", "SELECT a + INTERVAL '14' DAY"),
    ("spark", "SELECT DATE_ADD(a, 100)", "SELECT CAST(a AS DATE) + INTERVAL '100' DAY(3)"),
    ("bigquery", "SELECT 2 * DATE_ADD(a, INTERVAL 1 DAY)", "SELECT 2 * (a + INTERVAL '1' DAY)"),
    ("postgres", "SELECT a - INTERVAL '5 minutes'", "SELECT a - INTERVAL '5' MINUTE"),
    ("postgres", "SELECT INTERVAL '1 week'", "SELECT INTERVAL '7' DAY"),
    ("mysql", "SELECT a + INTERVAL 2 QUARTER", "SELECT a + INTERVAL '6' MONTH"),
    (
        "postgres",
        "SELECT a - INTERVAL '1 hour 30 minutes'",
        "SELECT a - (INTERVAL '1' HOUR + INTERVAL '30' MINUTE)",
    ),
    ("postgres", "SELECT INTERVAL '01:30:00'", "SELECT INTERVAL '01:30:00' HOUR TO SECOND"),
    # parts, formats, clocks
    ("postgres", "SELECT EXTRACT(EPOCH FROM a)", "SELECT EXTRACT(EPOCH FROM a)"),
    ("bigquery", "SELECT EXTRACT(DAYOFWEEK FROM a)", "SELECT EXTRACT(DOW FROM a)"),
    ("duckdb", "SELECT EPOCH(a)", "SELECT EXTRACT(EPOCH FROM a)"),
    ("duckdb", "SELECT EPOCH_MS(a)", "SELECT TO_TIMESTAMP_LTZ(a, 3)"),
    ("postgres", "SELECT TO_CHAR(a, 'YYYY-MM-DD')", "SELECT DATE_FORMAT(a, 'yyyy-MM-dd')"),
    ("snowflake", "SELECT TO_CHAR(a, 'YYYY-MM')", "SELECT DATE_FORMAT(a, 'yyyy-MM')"),
    ("snowflake", "SELECT TO_CHAR(a)", "SELECT CAST(a AS STRING)"),
    ("duckdb", "SELECT STRFTIME(a, '%H:%M')", "SELECT DATE_FORMAT(a, 'HH:mm')"),
    (
        "mysql",
        "SELECT DATE_FORMAT(a, '%Y-%m-%d %H:%i')",
        "SELECT DATE_FORMAT(CAST(a AS TIMESTAMP), 'yyyy-MM-dd HH:mm')",
    ),
    ("mysql", "SELECT STR_TO_DATE(a, '%d.%m.%Y')", "SELECT TO_DATE(a, 'dd.MM.yyyy')"),
    ("mysql", "SELECT FROM_UNIXTIME(a)", "SELECT TO_TIMESTAMP_LTZ(a, 0)"),
    ("postgres", "SELECT NOW()", "SELECT CURRENT_TIMESTAMP"),
    ("tsql", "SELECT GETDATE()", "SELECT CURRENT_TIMESTAMP"),
    ("bigquery", "SELECT CURRENT_DATETIME()", "SELECT LOCALTIMESTAMP"),
    # text
    ("postgres", "SELECT a ILIKE 'b%'", "SELECT LOWER(a) LIKE LOWER('b%')"),
    ("postgres", "SELECT NOT a ILIKE 'b%'", "SELECT NOT LOWER(a) LIKE LOWER('b%')"),
    ("postgres", "SELECT a ~ '^b', LENGTH(a)", "SELECT REGEXP(a, '^b'), CHAR_LENGTH(a)"),
    ("mysql", "SELECT LOCATE('x', a)", "SELECT POSITION('x' IN a)"),
    ("tsql", "SELECT CHARINDEX('x', a, 2)", "SELECT LOCATE('x', a, 2)"),
    ("postgres", "SELECT SPLIT_PART(a, ',', 2)", "SELECT SPLIT_INDEX(a, ',', 1)"),
    ("postgres", "SELECT TRIM(LEADING 'x' FROM a)", "SELECT TRIM(LEADING 'x' FROM a)"),
    ("postgres", "SELECT LPAD(a, 3)", "SELECT LPAD(a, 3, ' ')"),
    ("snowflake", "SELECT CONTAINS(a, 'x')", "SELECT POSITION('x' IN a) > 0"),
    ("postgres", "SELECT a ->> 'b'", "SELECT JSON_VALUE(a, '$.b')"),
    # aggregates
    ("postgres", "SELECT STRING_AGG(a, ';')", "SELECT LISTAGG(a, ';')"),
    ("mysql", "SELECT GROUP_CONCAT(DISTINCT a SEPARATOR '|')", "SELECT LISTAGG(DISTINCT a, '|')"),
    ("snowflake", "SELECT MEDIAN(a), ANY_VALUE(b)", "SELECT PERCENTILE(a, 0.5), FIRST_VALUE(b)"),
    (
        "postgres",
        "SELECT PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY a)",
        "SELECT PERCENTILE(a, 0.9)",
    ),
    ("bigquery", "SELECT COUNTIF(a > 1)", "SELECT COUNT(*) FILTER (WHERE a > 1)"),
    ("snowflake", "SELECT APPROX_COUNT_DISTINCT(a)", "SELECT COUNT(DISTINCT a)"),
    ("postgres", "SELECT BOOL_OR(a), STDDEV(b)", "SELECT MAX(a), STDDEV_SAMP(b)"),
    # values
    ("mysql", "SELECT IFNULL(a, b)", "SELECT COALESCE(a, b)"),
    ("snowflake", "SELECT NVL2(a, b, c)", "SELECT CASE WHEN a IS NOT NULL THEN b ELSE c END"),
    ("snowflake", "SELECT IFF(a, 1, 2)", "SELECT CASE WHEN a THEN 1 ELSE 2 END"),
    ("bigquery", "SELECT SAFE_DIVIDE(a, b)", "SELECT CAST(a AS DOUBLE) / NULLIF(b, 0)"),
    ("mysql", "SELECT a DIV (b + 1)", "SELECT CAST(a / (b + 1) AS BIGINT)"),
    ("duckdb", "SELECT a ** 2", "SELECT POWER(a, 2)"),
    ("postgres", "SELECT LOG(a), LOG(2, a)", "SELECT LOG10(a), LOG(2, a)"),
    ("postgres", "SELECT a || 'x' || b", "SELECT CAST(a AS STRING) || 'x' || CAST(b AS STRING)"),
    ("duckdb", "SELECT [1, 2][1], MAP {'a': 1}", "SELECT ARRAY[1, 2][1], MAP['a', 1]"),
    ("spark", "SELECT a[0], MAP('k', 1), ARRAY(1)", "SELECT a[1], MAP['k', 1], ARRAY[1]"),
    ("spark", "SELECT SIZE(a), COLLECT_SET(b)", "SELECT CARDINALITY(a), ARRAY_AGG(DISTINCT b)"),
    # GROUP BY and HAVING: places and aliases, not what may be a column's or a subquery's name
    (
        "postgres",
        "SELECT a, b + 1 AS c, SUM(d) FROM t GROUP BY 1, 2",
        "SELECT a, b + 1 AS c, SUM(d) FROM t GROUP BY a, b + 1",
    ),
    (
        "mysql",
        "SELECT a AS b, SUM(c) + 1 AS s FROM t GROUP BY B HAVING s * 2 > 9",
        "SELECT a AS b, SUM(c) + 1 AS s FROM t GROUP BY a HAVING (SUM(c) + 1) * 2 > 9",
    ),
    (
        "duckdb",
        "SELECT UPPER(a) AS a, SUM(b) AS b FROM t GROUP BY a HAVING SUM(b) > 1",
        "SELECT UPPER(a) AS a, SUM(b) AS b FROM t GROUP BY a HAVING SUM(b) > 1",
    ),
    (
        "bigquery",
        "SELECT a, COUNT(*) AS n FROM t GROUP BY a, n HAVING n > (SELECT n FROM u)",
        "SELECT a, COUNT(*) AS n FROM t GROUP BY a, n HAVING COUNT(*) > (SELECT n FROM u)",
    ),
    ("postgres", "SELECT 5 AS k FROM t GROUP BY 1", "SELECT 5 AS k FROM t GROUP BY 5"),
    ("postgres", "SELECT *, a FROM t GROUP BY 2", "SELECT *, a FROM t GROUP BY 2"),
    (
        "snowflake",
        "SELECT a AS b, 1, COUNT(*) FROM t GROUP BY ALL",
        "SELECT a AS b, 1, COUNT(*) FROM t GROUP BY a",
    ),
    ("duckdb", "SELECT COUNT(*) FROM t GROUP BY ALL", "SELECT COUNT(*) FROM t"),
    (
        "spark",
        "SELECT a AS b FROM t GROUP BY b WITH ROLLUP",
        "SELECT a AS b FROM t GROUP BY ROLLUP (a)",
    ),
    (
        "spark",
        "SELECT a AS b, c FROM t GROUP BY b, c GROUPING SETS ((b), (b, c))",
        "SELECT a AS b, c FROM t GROUP BY GROUPING SETS ((a), (a, c))",
    ),
    # the first of each group
    (
        "postgres",
        "SELECT DISTINCT ON (1) a AS b, c FROM t ORDER BY b, c LIMIT 3",
        "SELECT a AS b, c FROM t QUALIFY ROW_NUMBER() OVER (PARTITION BY a ORDER BY c NULLS LAST)"
        " = 1 ORDER BY b NULLS LAST, c NULLS LAST LIMIT 3",
    ),
    (
        "duckdb",
        "SELECT DISTINCT ON (a) a, b FROM t",
        "SELECT a, b FROM t QUALIFY ROW_NUMBER() OVER (PARTITION BY a ORDER BY PROCTIME()) = 1",
    ),
    (
        "duckdb",
        "SELECT DISTINCT ON (a) a, COUNT(*) AS n FROM t GROUP BY a, b ORDER BY t.a, n LIMIT 3",
        "SELECT a, n FROM (SELECT a AS a, COUNT(*) AS n, ROW_NUMBER() OVER (PARTITION BY a "
        "ORDER BY t.a NULLS LAST, COUNT(*) NULLS LAST) AS _row_number FROM t GROUP BY a, b) AS _t "
        "WHERE _row_number = 1 ORDER BY a NULLS LAST, n NULLS LAST LIMIT 3",
    ),
    # rows of arrays
    (
        "spark",
        "SELECT a, c FROM t LATERAL VIEW OUTER EXPLODE(b) u AS c",
        "SELECT a, c FROM t LEFT JOIN UNNEST(b) AS u(c) ON TRUE",
    ),
    (
        "spark",
        "SELECT a FROM t JOIN s ON s.a = t.a LATERAL VIEW EXPLODE(b) e LATERAL VIEW INLINE(c) AS d",
        "SELECT a FROM t JOIN s ON s.a = t.a CROSS JOIN UNNEST(b) AS e(col)"
        " CROSS JOIN UNNEST(c) AS _t0(d)",
    ),
    (
        "spark",
        "SELECT a FROM t LATERAL VIEW EXPLODE(b) e AS c JOIN s ON s.c = e.c",
        "SELECT a FROM t CROSS JOIN UNNEST(b) AS e(c) JOIN s ON s.c = e.c",
    ),
    (
        "spark",
        "SELECT c FROM t LATERAL VIEW f(a) e AS c",
        "SELECT c FROM t CROSS JOIN LATERAL TABLE(f(a)) AS e(c)",
    ),
    (
        "tsql",
        "SELECT a FROM t OUTER APPLY (SELECT b FROM u) AS q",
        "SELECT a FROM t LEFT JOIN LATERAL (SELECT b FROM u) AS q ON TRUE",
    ),
    (
        "spark",
        "SELECT UNIX_TIMESTAMP(a), UNIX_TIMESTAMP(), UNIX_TIMESTAMP('x')",
        "SELECT UNIX_TIMESTAMP(CAST(a AS STRING)), UNIX_TIMESTAMP(), UNIX_TIMESTAMP('x')",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("dialect", "text", "flink"), TRANSPILED)
def test_transpiled(dialect: str, text: str, flink: str) -> None:
    assert sqlglot.transpile(text, read=dialect, write=Flink) == [flink]


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("postgres", "SELECT a AT TIME ZONE 'UTC' FROM t"),
        ("bigquery", "SELECT * EXCEPT (a) FROM t"),
        ("postgres", "SELECT * FROM GENERATE_SERIES(1, 3)"),
        ("spark", "SELECT EXPLODE(a) FROM t"),
        ("spark", "SELECT a FROM t LATERAL VIEW POSEXPLODE(b) u AS i, c"),
        ("duckdb", "SELECT * FROM t GROUP BY ALL"),
        ("duckdb", "SELECT DISTINCT ON (a) * FROM t"),
        ("postgres", "SELECT DISTINCT ON (a) a FROM t GROUP BY a ORDER BY a, MAX(b)"),
    ],
)
def test_unsupported(dialect: str, text: str) -> None:
    tree = sqlglot.parse_one(text, read=dialect)
    with pytest.raises(UnsupportedError):
        tree.sql(Flink, unsupported_level=ErrorLevel.RAISE)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT a + 1 AS b, COUNT(*) AS n FROM t GROUP BY 1, b HAVING n > 1",
        "SELECT COUNT(*) AS n FROM t HAVING n > 1",
        "SELECT a AS b FROM t GROUP BY ROLLUP (b, 1)",
    ],
)
def test_own_clauses_stay(text: str) -> None:
    tree = sqlglot.parse_one(text, read=Flink)
    assert tree.sql(Flink) == text
    assert tree.copy().sql(Flink) == text
    assert tree == sqlglot.parse_one(tree.sql(Flink), read=Flink)
    assert tree == sqlglot.parse_one(text, read="duckdb")


def test_a_tree_is_written_twice_alike() -> None:
    tree = sqlglot.parse_one("SELECT DISTINCT ON (1) 2 AS k FROM t GROUP BY 1", read="postgres")
    assert tree.sql(Flink) == tree.sql(Flink)
    assert tree.sql("postgres") == "SELECT DISTINCT ON (1) 2 AS k FROM t GROUP BY 1"


@pytest.mark.parametrize(
    ("strftime", "java"),
    [
        ("%Y-%m-%dT%H:%M:%S", "yyyy-MM-dd'T'HH:mm:ss"),
        ("%-d.%-m.%y", "d.M.yy"),
        ("%I %p o'clock", "hh a 'o''clock'"),
        ("%F %T.%f", "yyyy-MM-dd HH:mm:ss.SSSSSS"),
        ("100%%", "100%"),
    ],
)
def test_formats(strftime: str, java: str) -> None:
    assert to_java(strftime) == java


def test_flink_elsewhere() -> None:
    text = "SELECT a[1], CAST(b AS STRING), COUNT(*) FROM t"
    assert sqlglot.transpile(text, read=Flink, write="postgres") == [
        "SELECT a[1], CAST(b AS TEXT), COUNT(*) FROM t"
    ]
