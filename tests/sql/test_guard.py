"""SQL in, verdict out: first the text alone, then with Flink's own parser having the last word."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.assistant import Assistant
from app.catalog.loader import load
from app.errors import InvalidQuery, UnsafeQuery
from app.sql import guard
from app.sql.checks import CHECKS, MAX_CHARACTERS, first_refusal
from app.sql.guard import FlinkParser, ParsedStatement

CATALOG = load([Path(__file__).parents[2] / "ingest" / "demo" / "tables"])
A_QUERY = ParsedStatement(("PlannerQueryOperation",), ("orders",), is_query=True)


@pytest.fixture
def parse(shop: Assistant) -> FlinkParser:
    """Flink's own parser, over the sample shop."""
    return shop.engine.parse


def chain(number: int, body: str, first: str = "SELECT city FROM orders") -> str:
    """A chain of WITH queries, each made of the one before."""
    links = "".join(f", c{i} AS ({body.format(f'c{i - 1}')})" for i in range(1, number + 1))
    return f"WITH c0 AS ({first}){links} SELECT * FROM c{number}"


# Refused from the text alone: reason, text.
HOSTILE = [
    ("empty", ""),
    ("empty", " \t\r\n"),
    ("empty", ";;"),
    ("empty", "-- SELECT 1"),
    ("empty", "/* SELECT 1 */ // x"),
    ("too_long", "SELECT '" + "x" * MAX_CHARACTERS + "'"),
    ("too_long", "(" * 10_000_000),
    ("control_character", "SELECT 1 \x00"),
    ("control_character", "SELECT /* \x00 */ 1"),
    ("control_character", "SELECT\x0b1"),
    ("control_character", "SELECT\xa01"),
    ("control_character", "\ufeffSELECT 1"),
    ("control_character", "SELECT '\u202e' FROM orders"),
    ("control_character", "SELECT\u200b1"),
    ("not_one_statement", "SELECT 1; SELECT 2"),
    ("not_one_statement", "SELECT 1; DROP TABLE orders"),
    ("not_one_statement", "SELECT 1 /* /* */ ; DROP TABLE orders -- */"),
    ("not_one_statement", r"SELECT '\' ; DROP TABLE orders; -- '"),
    ("not_one_statement", "SELECT 1 -- x\r; DROP TABLE orders"),
    ("not_one_statement", "SELECT 1 // x\n; DROP TABLE orders"),
    ("not_one_statement", "SELECT `a;` FROM orders; DROP TABLE orders"),
    ("not_one_statement", "SELECT 1 /***/ ; */ ; DROP TABLE orders"),
    ("not_one_statement", "EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT 1; END"),
    ("not_a_query", "DROP TABLE orders"),
    ("not_a_query", "drop temporary table orders"),
    ("not_a_query", "/* SELECT */ DROP TABLE orders"),
    ("not_a_query", "INSERT INTO orders SELECT * FROM orders"),
    ("not_a_query", "INSERT OVERWRITE orders SELECT * FROM orders"),
    ("not_a_query", "UPDATE orders SET city = 'x'"),
    ("not_a_query", "DELETE FROM orders"),
    ("not_a_query", "TRUNCATE TABLE orders"),
    ("not_a_query", "CREATE TABLE t AS SELECT * FROM orders"),
    ("not_a_query", "CREATE TABLE t (a INT) WITH ('connector' = 'print')"),
    ("not_a_query", "CREATE VIEW v AS SELECT * FROM orders"),
    ("not_a_query", "CREATE FUNCTION f AS 'java.lang.Runtime'"),
    ("not_a_query", "CREATE FUNCTION f AS 'x.y' USING JAR 'http://example.org/x.jar'"),
    ("not_a_query", "CREATE CATALOG c WITH ('type' = 'jdbc')"),
    ("not_a_query", "ALTER TABLE orders SET ('path' = '/etc')"),
    ("not_a_query", "ADD JAR '/tmp/x.jar'"),
    ("not_a_query", "SET 'pipeline.jars' = 'file:///tmp/x.jar'"),
    ("not_a_query", "RESET"),
    ("not_a_query", "USE CATALOG default_catalog"),
    ("not_a_query", "LOAD MODULE hive"),
    ("not_a_query", "CALL sys.f()"),
    ("not_a_query", "SHOW TABLES"),
    ("not_a_query", "SHOW CREATE TABLE orders"),
    ("not_a_query", "DESCRIBE orders"),
    ("not_a_query", "DESC orders"),
    ("not_a_query", "EXPLAIN SELECT 1"),
    ("not_a_query", "ANALYZE TABLE orders COMPUTE STATISTICS"),
    ("not_a_query", "COMPILE PLAN '/tmp/p' FOR INSERT INTO orders SELECT * FROM orders"),
    ("not_a_query", "STOP JOB 'x'"),
    ("too_deep", "SELECT " + "(" * 100 + "1" + ")" * 100),
    ("too_deep", "SELECT " + "[" * 5000),
    ("too_deep", "SELECT " + "NOT " * 1000 + "TRUE"),
    ("too_deep", "SELECT " + "- " * 1000 + "1"),
    ("too_deep", "SELECT " + "CASE WHEN TRUE THEN " * 80 + "1" + " END" * 80),
    ("too_deep", "SELECT 1" + " UNION ALL SELECT 1" * 300),
    ("unicode_name", 'SELECT * FROM U&"\\006frders"'),
    ("unicode_name", "SELECT u&\"\\0052EPEAT\"('x', 5)"),
    ("options_hint", "SELECT * FROM orders /*+ OPTIONS('path'='/etc') */"),
    ("options_hint", "SELECT * FROM orders /*+ options ('connector'='filesystem') */"),
    ("options_hint", "SELECT * FROM orders /*+ OpTiOnS('path'='/etc') */ AS o"),
    ("options_hint", "SELECT /*+ OPTIONS('path'='/etc') */ * FROM orders"),
    ("options_hint", "SELECT * FROM orders /*+ `OPTIONS`('path'='/etc') */"),
    ("options_hint", "SELECT * FROM orders /*+ BROADCAST(o), OPTIONS('path'='/etc') */"),
    ("options_hint", "SELECT * FROM orders /*+/**/OPTIONS/* */('path'='/etc') */"),
    ("options_hint", "SELECT * FROM orders /*+ -- x\n OPTIONS('path'='/etc') */"),
    ("options_hint", "SELECT * FROM orders /*+ OPT\u0131ONS('path'='/etc') */"),
    ("options_hint", "SELECT * FROM orders /*+ OPTION\u017f('path'='/etc') */"),
    ("options_hint", "SELECT * FROM orders /*+ OPT\u0130ONS('path'='/etc') */"),
    ("unicode_name", "SELECT * FROM orders /*+ U&\"\\004fPTIONS\"('path'='/etc') */"),
    ("unknown_hint", "SELECT * FROM orders /*+ FOO('path'='/etc') */"),
    ("unknown_hint", "SELECT * FROM orders /*+ `BROADCAST`(o) */"),
    ("unknown_hint", "SELECT /*+ BROADCAST(o), BAR */ * FROM orders o"),
    ("java_type", "SELECT CAST(NULL AS RAW('java.lang.Object', 'x'))"),
    ("java_type", "SELECT CAST(NULL AS raw /* */ ('java.lang.Object', 'x'))"),
    ("java_type", "SELECT CAST(city AS STRUCTURED<'java.lang.Runtime', a INT>) FROM orders"),
    ("java_type", "SELECT CAST(city AS STRUCTURED<>) FROM orders"),
    ("huge_constant", "SELECT REPEAT('x', 1000000000)"),
    ("huge_constant", "SELECT repeat ( 'x' , 1000000000 )"),
    ("huge_constant", "SELECT `REPEAT`('x', 1000000000)"),
    ("huge_constant", "SELECT REPEAT('x', 1000 * 1000 * 1000)"),
    ("huge_constant", "SELECT REPEAT('x', CAST('1000000000' AS INT))"),
    ("huge_constant", "SELECT REPEAT('x', 1e9)"),
    ("huge_constant", "SELECT LPAD('x', 1000000000, 'y')"),
    ("huge_constant", "SELECT RPAD('x', quantity, 'y') FROM orders"),
    ("huge_constant", "SELECT REPEAT(REPEAT(REPEAT('x', 1000), 1000), 1000)"),
    ("huge_constant", "SELECT REPEAT(s, 1000) FROM (SELECT REPEAT('0123456789', 1000) AS s)"),
    ("huge_constant", "SELECT " + "REPLACE(" * 9 + "'aaaa'" + ", 'a', 'aaaaaaaaa')" * 9),
    ("huge_constant", chain(25, "SELECT s || s AS s FROM {}", "SELECT 'x' AS s")),
    ("huge_constant", chain(14, "SELECT CONCAT(s, s, s, s) AS s FROM {}", "SELECT 'x' AS s")),
    ("slow_pattern", "SELECT REGEXP('" + "x" * 40 + "', '(x+x+)+y')"),
    ("slow_pattern", "SELECT REGEXP_EXTRACT(city, '(a|aa){1,99}$', 1) FROM orders"),
    ("slow_pattern", "SELECT REGEXP_REPLACE(city, '(' || 'a+' || ')+b', '') FROM orders"),
    ("slow_pattern", "SELECT city SIMILAR TO '((a|aa)+)+b' FROM orders"),
    ("slow_pattern", "SELECT REGEXP_REPLACE(REPEAT('a',200), 'a*a*a*a*b', '')"),
    ("slow_pattern", "SELECT REGEXP_REPLACE(s, 'a*a*a*a*b', '') FROM (SELECT REPEAT('a',200) s)"),
    ("slow_pattern", "SELECT REGEXP_COUNT(REPEAT('a',40), '" + "a?" * 40 + "b')"),
    ("slow_pattern", "SELECT REGEXP(REPEAT('a',40), '" + "(a|a)" * 40 + "b')"),
    ("slow_pattern", r"SELECT REGEXP(REPEAT('a',200), '\c\*\c\*a*a*a*b')"),
    ("slow_pattern", "SELECT REGEXP(REPEAT('a',40), '(?x)(a+) #\n+b')"),
    ("slow_pattern", "SELECT STR_TO_MAP(REPEAT('a',200), 'a*a*a*a*b', '=')"),
    ("slow_pattern", "SELECT PARSE_URL(REPEAT('a',200), 'QUERY', 'a*a*a*a*b')"),
    ("slow_pattern", "SELECT REPEAT('a',200) RLIKE 'a*a*a*a*b'"),
    ("slow_pattern", "SELECT JSON_VALUE('{}', '$[?(@.a =~ /a*a*a*a*b/)]')"),
    ("slow_pattern", "SELECT REPEAT('a',200) LIKE '%a_%a_%a_%a_%b'"),
    ("slow_pattern", "SELECT REPEAT('a',200) LIKE '%a_%a_' || '%a_%a_%b'"),
    ("slow_pattern", "SELECT REPEAT('a',200) LIKE REPEAT('%a_', 9)"),
    ("slow_pattern", "SELECT s LIKE p FROM (SELECT REPEAT('a',200) s, '%a_%a_%a_%a_%b' p)"),
    ("slow_pattern", "SELECT REPEAT('a',200) LIKE U&'\\0025a_\\0025a_\\0025a_\\0025a_b'"),
    ("many_groupings", "SELECT 1 FROM orders GROUP BY CUBE(a, b, c, d, e, f, g, h, i, j, k, l)"),
    ("many_groupings", "SELECT 1 FROM orders GROUP BY CUBE(a, b, c), CUBE((d, x), e, f, g)"),
    ("many_groupings", "SELECT 1 FROM orders GROUP BY " + ", ".join(["ROLLUP(a, b, c)"] * 4)),
    ("many_groupings", "SELECT 1 FROM orders GROUP BY " + ", ".join(["GROUPING SETS(a, b)"] * 7)),
    ("many_groupings", "SELECT 1 FROM (SELECT 1 FROM orders GROUP BY cube(a,b,c,d,e,f,g)) t"),
    ("huge_constant", "SELECT " + "HEX(" * 26 + "'ab'" + ")" * 26),
    ("huge_constant", "SELECT " + "HEX(" * 26 + "CAST(TRUE AS STRING)" + ")" * 26),
    ("huge_constant", "SELECT " + "TO_BASE64(" * 40 + "CAST(PI() AS STRING)" + ")" * 40),
    ("huge_constant", "SELECT " + "JSON_QUOTE(" * 26 + "'\"'" + ")" * 26),
    ("huge_constant", "SELECT " + "URL_ENCODE(" * 26 + "'%'" + ")" * 26),
    ("huge_constant", "SELECT " + "HEX(ENCODE(" * 20 + "'x'" + ", 'UTF-16'))" * 20),
    ("huge_constant", chain(25, "SELECT HEX(s) AS s FROM {}", "SELECT 'x' AS s")),
    ("huge_constant", "SELECT CHAR_LENGTH(PRINTF('%100000000d',1))"),
    ("huge_constant", "SELECT PRINTF('%' || '100000000d',1)"),
    ("huge_constant", "SELECT CAST('a' AS CHAR(200000000))"),
    ("huge_constant", "SELECT CAST(x'00' AS BINARY(100000000))"),
    ("huge_constant", "SELECT " + ", ".join(["REPEAT(REPEAT('x', 1000), 1000)"] * 50)),
    (
        "huge_constant",
        "SELECT ARRAY_JOIN(SPLIT(REPEAT('a,', 999), ','), REPEAT('b', 999)) || "
        "REPEAT(REPEAT('x', 999), 999)",
    ),
    ("too_deep", "SELECT 1" + "+1" * 9_000),
    ("too_deep", "SELECT 1 FROM orders WHERE a = 1" + " OR a = 1" * 500),
    ("too_deep", "SELECT a" + "[1]" * 1000 + " FROM orders"),
    ("too_many_plans", chain(12, "SELECT x.city FROM {0} x, {0} y")),
    ("too_many_plans", chain(20, "SELECT a + a AS a FROM {}", "SELECT quantity AS a FROM orders")),
    ("too_many_plans", "SELECT a + a FROM (" * 20 + "SELECT 1 AS a" + ")" * 20),
    (
        "long_quantifier",
        "SELECT * FROM orders MATCH_RECOGNIZE (ORDER BY order_time MEASURES A.city AS c "
        "PATTERN (A{1,1000000}) DEFINE A AS A.amount > 0)",
    ),
    ("too_many_plans", chain(9, "SELECT city FROM {0} UNION ALL TABLE {0}")),
]

# Passes, and reads these tables.
HONEST = [
    ("", "SELECT 1"),
    ("", "SELECT 1;"),
    ("", "SELECT 1;; -- done"),
    ("", "VALUES (1, 'a'), (2, 'b')"),
    ("", "SELECT 'DROP TABLE orders; --' AS s"),
    ("", "SELECT '/*+ hint */' AS s, 'it''s' AS t"),
    ("", "SELECT 1 /* ; DROP TABLE orders */"),
    ("", "SELECT 1 // ; DROP TABLE orders"),
    ("orders", "SELECT * FROM orders"),
    ("orders", "select `city` from `orders` -- a comment; with a semicolon"),
    ("orders", "SELECT city, COUNT(*) AS n FROM orders GROUP BY city ORDER BY n DESC LIMIT 5"),
    ("orders", "SELECT * FROM default_catalog.default_database.orders"),
    ("orders", "SELECT COUNT(*) FROM orders WHERE status IN ('cancelled', 'fraud_hold')"),
    ("orders", "SELECT o.city FROM orders AS o WHERE o.city LIKE 'B%' ESCAPE '!'"),
    ("orders", "SELECT CASE WHEN amount > 100 THEN 'big' ELSE 'small' END AS size_ FROM orders"),
    (
        "orders",
        "SELECT FLOOR(order_time TO HOUR) AS h, SUM(amount) FROM orders GROUP BY 1 = 1, "
        "FLOOR(order_time TO HOUR)",
    ),
    (
        "orders",
        "SELECT window_start, SUM(amount) AS total FROM TABLE(TUMBLE(TABLE orders, "
        "DESCRIPTOR(order_time), INTERVAL '1' HOUR)) GROUP BY window_start, window_end",
    ),
    (
        "orders",
        "SELECT window_start, COUNT(*) FROM TABLE(HOP(TABLE orders, DESCRIPTOR(order_time), "
        "INTERVAL '5' MINUTE, INTERVAL '10' MINUTE)) GROUP BY window_start, window_end",
    ),
    ("orders", "WITH big AS (SELECT * FROM orders WHERE amount > 100) SELECT COUNT(*) FROM big"),
    ("orders", chain(3, "SELECT city FROM {} WHERE city <> 'x'")),
    (
        "orders",
        "SELECT city, ROW_NUMBER() OVER (PARTITION BY city ORDER BY amount DESC) FROM orders",
    ),
    ("orders", "SELECT * FROM (SELECT city, amount FROM orders) AS t (c, a) WHERE a > 1"),
    ("orders", "SELECT CONCAT(city, ', ', channel) || '!' AS place FROM orders"),
    (
        "orders",
        "SELECT REPLACE(REPLACE(city, '-', ' '), 'ü', 'ue'), LPAD(city, 5, '0') FROM orders",
    ),
    ("orders", "SELECT REGEXP_EXTRACT(order_id, '(O-)([0-9a-f]+)', 2) FROM orders"),
    ("orders", r"SELECT REGEXP_EXTRACT(product, '([A-Z]\w+) .*', 1) FROM orders"),
    (
        "orders",
        r"SELECT REGEXP_REPLACE(product, '^(\w+)\s+(\w+)\s*-\s*(\d+)$', '$1') FROM orders "
        "WHERE city = 'Berlin' AND status LIKE '%late%' AND product LIKE '_%a%b%'",
    ),
    ("orders", r"SELECT REGEXP(customer_id, '[\w.+-]+@[\w.-]+') FROM orders"),
    ("orders", "SELECT product FROM orders WHERE product LIKE '%' || city || '%'"),
    ("orders", "SELECT city, channel, COUNT(*) FROM orders GROUP BY CUBE(city, channel)"),
    ("orders", "SELECT city, COUNT(*) FROM orders GROUP BY ROLLUP(city, channel, category)"),
    (
        "orders",
        "SELECT city, channel, SUM(amount) FROM orders GROUP BY GROUPING SETS ((city, channel), "
        "(city), ())",
    ),
    ("orders", "SELECT LPAD(CAST(quantity AS STRING), 10, '0') FROM orders"),
    ("orders", "SELECT CAST(city AS CHAR(10)), CAST(city AS VARCHAR(2147483647)) FROM orders"),
    ("orders", "SELECT PRINTF('%s: %05.2f', city, CAST(amount AS DOUBLE)) FROM orders"),
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
    (
        "orders",
        "WITH a AS (SELECT CONCAT(city, ', ', channel) AS place, DATE_FORMAT(order_time, "
        "'yyyy-MM-dd HH:mm') AS t FROM orders), b AS (SELECT UPPER(place) || ' at ' || t AS s "
        "FROM a) SELECT CONCAT_WS('; ', s, s, 'x') FROM b WHERE s LIKE '%A%B%'",
    ),
    ("orders", "SELECT CAST(amount AS DOUBLE), TRY_CAST(city AS INT) FROM orders"),
    ("orders", "SELECT category, APPROX_COUNT_DISTINCT(customer_id) FROM orders GROUP BY category"),
    (
        "orders",
        "SELECT EXTRACT(HOUR FROM order_time), COUNT(*) FROM orders GROUP BY EXTRACT(HOUR "
        "FROM order_time)",
    ),
    (
        "orders",
        "SELECT city FROM orders WHERE order_time > CURRENT_TIMESTAMP - INTERVAL '30' MINUTE",
    ),
    ("orders", "SELECT city FROM orders UNION ALL SELECT channel FROM orders"),
    ("orders", "(SELECT city FROM orders)"),
    ("orders", "TABLE orders"),
    ("orders", "SELECT city FROM orders" + " UNION ALL SELECT city FROM orders" * 20),
    (
        "orders",
        "SELECT * FROM orders MATCH_RECOGNIZE (PARTITION BY city ORDER BY order_time "
        "MEASURES A.amount AS a PATTERN (A{2,5} B) DEFINE A AS A.amount > 10, B AS TRUE)",
    ),
    ("orders", "EXECUTE SELECT city FROM orders"),
    (
        "orders payments",
        "SELECT o.order_id, p.`method` FROM orders o JOIN payments p ON o.order_id = p.order_id",
    ),
    (
        "orders payments",
        "SELECT /*+ BROADCAST(p) */ COUNT(*) FROM orders o JOIN payments p ON o.order_id = "
        "p.order_id",
    ),
    (
        "orders shipments",
        "SELECT COUNT(*) FROM orders WHERE order_id IN (SELECT order_id FROM shipments WHERE "
        "status = 'late')",
    ),
    (
        "orders shipments",
        "SELECT COUNT(*) FROM orders o WHERE NOT EXISTS (SELECT 1 FROM shipments s WHERE "
        "s.order_id = o.order_id)",
    ),
    (
        "page_views",
        "SELECT page, AVG(load_ms), MAX(load_ms) FROM page_views GROUP BY page HAVING "
        "COUNT(*) > 10",
    ),
    ("payments", "SELECT SUM(amount) FILTER (WHERE status = 'refunded') FROM payments"),
    (
        "shipments",
        "SELECT carrier, CAST(SUM(CASE WHEN status = 'late' THEN 1 ELSE 0 END) AS DOUBLE) / "
        "COUNT(*) FROM shipments GROUP BY carrier",
    ),
]

# What only Flink can tell: the reason, or `invalid` where it is Flink's own refusal.
FLINK_REFUSES = [
    ("unknown_table", "SELECT * FROM ordrs"),
    ("unknown_table", "SELECT * FROM Orders"),
    ("unknown_table", "SELECT * FROM a.b.orders"),
    ("unknown_table", "SELECT * FROM default_catalog.default_database.nothing"),
    ("unknown_table", "SELECT 1 FROM orders WHERE EXISTS (SELECT 1 FROM `/etc/passwd`)"),
    ("not_a_query", "EXECUTE PLAN '/tmp/plan'"),
    ("not_a_query", "EXECUTE INSERT INTO orders SELECT * FROM orders"),
    ("invalid", "SELECT nothing FROM orders"),
    ("invalid", "SELECT FROM WHERE"),
    ("invalid", "hello"),
    ("invalid", "SELECT 'unclosed"),
    ("invalid", "SELECT 1 /* unclosed"),
    ("invalid", 'SELECT "city" FROM orders'),
    ("invalid", "SELECT `city\n` FROM orders"),
    ("invalid", "SELECT nofunction(city) FROM orders"),
]


@pytest.mark.parametrize(("reason", "text"), HOSTILE)
def test_refused_before_flink_is_asked(reason: str, text: str) -> None:
    def never(_: str) -> ParsedStatement:
        raise AssertionError("the parser was asked")

    with pytest.raises(UnsafeQuery) as caught:
        guard.check(text, CATALOG, never, row_limit=10)
    assert caught.value.reason == reason
    assert caught.value.sql == text
    assert caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(("tables", "text"), HONEST)
def test_text_alone_is_let_pass(tables: str, text: str) -> None:
    assert first_refusal(text) is None


def test_every_check_refuses_something() -> None:
    assert len({reason for reason, _ in HOSTILE}) == len(CHECKS)


def test_what_passed_is_the_original_text() -> None:
    text = "SELECT city FROM orders -- as written"
    query = guard.check(text, CATALOG, lambda _: A_QUERY, row_limit=7)
    assert (query.text, query.tables, query.row_limit) == (text, ("orders",), 7)


@pytest.mark.parametrize(
    ("kinds", "reason", "message"),
    [
        (("DropTableOperation",), "not_a_query", "This is a DROP TABLE, not a query."),
        (("ExplainOperation",), "not_a_query", "This is an EXPLAIN, not a query."),
        ((), "not_one_statement", "The text holds 0 statements."),
        (("A", "B"), "not_one_statement", "The text holds 2 statements."),
    ],
)
def test_flink_has_the_last_word(kinds: tuple[str, ...], reason: str, message: str) -> None:
    with pytest.raises(UnsafeQuery) as caught:
        guard.check("SELECT 1", CATALOG, lambda _: ParsedStatement(kinds, (), False), row_limit=1)
    assert (caught.value.reason, caught.value.message) == (reason, message)


def test_table_outside_the_catalog() -> None:
    parsed = ParsedStatement(("PlannerQueryOperation",), ("ordres",), is_query=True)
    with pytest.raises(UnsafeQuery) as caught:
        guard.check("SELECT * FROM ordres", CATALOG, lambda _: parsed, row_limit=1)
    assert caught.value.reason == "unknown_table"
    assert caught.value.hint.startswith("Did you mean orders? The tables are: ")


def test_other_refusals_of_the_parser_are_kept() -> None:
    error = InvalidQuery("Line 1, column 8: Column 'x' not found.", hint="h", sql="SELECT x")

    def refuse(_: str) -> ParsedStatement:
        raise error

    with pytest.raises(InvalidQuery) as caught:
        guard.check("SELECT x", CATALOG, refuse, row_limit=1)
    assert caught.value is error


@pytest.mark.flink
@pytest.mark.parametrize(("tables", "text"), HONEST)
def test_flink_lets_pass(parse: FlinkParser, tables: str, text: str) -> None:
    query = guard.check(text, CATALOG, parse, row_limit=10)
    assert " ".join(query.tables) == tables


@pytest.mark.flink
@pytest.mark.parametrize(("reason", "text"), FLINK_REFUSES)
def test_flink_refuses(parse: FlinkParser, reason: str, text: str) -> None:
    with pytest.raises((UnsafeQuery, InvalidQuery)) as caught:
        guard.check(text, CATALOG, parse, row_limit=10)
    assert getattr(caught.value, "reason", "invalid") == reason
