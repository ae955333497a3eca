"""Queries and what stands in their FROM: text in, tree, and text out."""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError

from app.sql.dialect import Flink, kind
from tests.sql.dialect.mistakes import mistake

HOUR = "INTERVAL '1' HOUR"
TUMBLE = f"TUMBLE(TABLE t, DESCRIPTOR(ts), {HOUR})"

# Written as the generator writes it, so that text -> tree -> text changes nothing.
ROUND_TRIPS = [
    # table functions
    f"SELECT * FROM TABLE({TUMBLE})",
    f"SELECT * FROM TABLE({TUMBLE}) AS w(a, b)",
    f"SELECT * FROM TABLE(HOP(DATA => TABLE t, TIMECOL => DESCRIPTOR(ts), SLIDE => {HOUR}))",
    f"SELECT * FROM TABLE(CUMULATE((SELECT * FROM t), DESCRIPTOR(ts), {HOUR}, {HOUR}))",
    f"SELECT * FROM TABLE(SESSION(TABLE t PARTITION BY a, DESCRIPTOR(ts), {HOUR}))",
    "SELECT * FROM TABLE(f(TABLE c.d.t PARTITION BY (a, b) ORDER BY (c DESC, d), 1, x => DEFAULT))",
    "SELECT * FROM TABLE(f((SELECT 1) PARTITION BY () ORDER BY a))",
    "SELECT * FROM TABLE(c.`d e`.f())",
    "SELECT * FROM TABLE(ML_PREDICT(TABLE t, MODEL c.d.m, DESCRIPTOR(a), MAP['async', 'true']))",
    "SELECT * FROM TABLE(ML_PREDICT(INPUT => TABLE t, MODEL => MODEL m, ARGS => DESCRIPTOR(a)))",
    "SELECT * FROM q, LATERAL TABLE(VECTOR_SEARCH(TABLE v, DESCRIPTOR(x), q.x, 10)) AS s",
    "SELECT * FROM a LEFT JOIN LATERAL TABLE(split(a.b)) AS t(w) ON TRUE",
    "SELECT * FROM a, LATERAL (SELECT b FROM c WHERE c.d = a.d LIMIT 3) AS t",
    "SELECT * FROM a CROSS JOIN UNNEST(a.b) AS t(c)",
    "SELECT * FROM a, UNNEST(a.b) WITH ORDINALITY AS t(c, i)",
    # tables
    "SELECT * FROM o JOIN r FOR SYSTEM_TIME AS OF o.proctime AS c ON o.b = c.b",
    "SELECT * FROM t FOR SYSTEM_TIME AS OF TIMESTAMP '2020-01-01 00:00:00' AS t(a, b)",
    "SELECT * FROM t /*+ OPTIONS('a.b' = 'c', 'd' = 'it''s') */ AS x",
    "SELECT * FROM t /*+ OPTIONS('a' = 'b') */ FOR SYSTEM_TIME AS OF x.p AS y",
    "SELECT /*+ STATE_TTL('a' = '1d'), BROADCAST(a, `b c`), f(1, -2), LONE */ DISTINCT a FROM t",
    "SELECT * FROM `my table` AS `select`",
    "SELECT * FROM t TABLESAMPLE BERNOULLI (10) REPEATABLE (3)",
    "SELECT a AS `value`, b AS week FROM t AS `user`(`date`)",
    # joins
    "SELECT * FROM a, b JOIN c ON a.x = c.x LEFT JOIN d USING (x, y) NATURAL JOIN e",
    "SELECT * FROM a CROSS JOIN b RIGHT JOIN c ON TRUE FULL JOIN d ON TRUE INNER JOIN e",
    "SELECT * FROM a SEMI JOIN b ON a.x = b.x ANTI JOIN c ON a.x = c.x",
    "SELECT * FROM a JOIN (b JOIN c ON b.x = c.x) ON a.x = b.x",
    "SELECT * FROM ((SELECT 1) AS a JOIN b ON TRUE)",
    f"SELECT * FROM (TABLE({TUMBLE}) AS a JOIN b ON TRUE)",
    # queries
    "VALUES (1, 'a'), (2, 'b')",
    "SELECT * FROM (VALUES (1), (2)) AS t(a)",
    "SELECT * FROM (VALUES (1) ORDER BY 1 LIMIT 1) AS t(a)",
    "SELECT 1 UNION ALL SELECT 2 EXCEPT (SELECT 4) ORDER BY 1 LIMIT 5",
    "(SELECT 1 UNION SELECT 2) EXCEPT ALL SELECT 3",
    "SELECT * FROM ((SELECT 1) UNION (SELECT 2)) AS t",
    "WITH a(x) AS (SELECT 1), b AS (SELECT * FROM a) SELECT * FROM b UNION SELECT * FROM a",
    "SELECT * FROM (WITH a AS (SELECT 1) SELECT * FROM a) AS t",
    "SELECT a FROM t ORDER BY a DESC NULLS FIRST, b OFFSET 3 ROWS FETCH NEXT 2 ROWS ONLY",
    "SELECT a FROM t LIMIT 2 OFFSET 3 ROWS",
    "SELECT a FROM t GROUP BY GROUPING SETS ((a, b), (a), ()), CUBE (a, (b, c)), ROLLUP (d)",
    "SELECT a FROM t GROUP BY a HAVING COUNT(*) > 1",
    "SELECT a FROM t WHERE a WINDOW w AS (PARTITION BY a ORDER BY b) QUALIFY c = 1",
    "SELECT a FROM t WHERE a IN (SELECT b FROM u) AND EXISTS(SELECT 1 FROM u WHERE u.a = t.a)",
    # pivots
    "SELECT * FROM t PIVOT(SUM(a) AS s, MAX(b) FOR (c, d) IN ((1, 2) AS x, (3, 4) AS y)) AS p",
    "SELECT * FROM t UNPIVOT INCLUDE NULLS ((a, b) FOR c IN ((d, e) AS 'x', (f, g))) AS p(q)",
    # patterns
    "SELECT * FROM t MATCH_RECOGNIZE (PARTITION BY u, v ORDER BY ts MEASURES A.x AS a, "
    "FINAL LAST(B.x, 1) AS b ONE ROW PER MATCH AFTER MATCH SKIP TO FIRST B "
    "PATTERN (^ A B*? (C | D){1,2} {- E -} PERMUTE(F, G) $) WITHIN INTERVAL '1' HOUR "
    "SUBSET S = (A, B), U = (C) DEFINE A AS A.x > 1, B AS B.x > PREV(B.x)) AS m(a, b)",
    "SELECT * FROM (SELECT * FROM t) MATCH_RECOGNIZE (ORDER BY ts ALL ROWS PER MATCH OMIT EMPTY "
    "MATCHES AFTER MATCH SKIP PAST LAST ROW PATTERN (A) DEFINE A AS TRUE)",
]


@pytest.mark.parametrize("text", ROUND_TRIPS)
def test_round_trip(text: str) -> None:
    tree = sqlglot.parse_one(text, read=Flink)
    assert tree.sql(Flink) == text
    assert kind(tree) == "SELECT"


@pytest.mark.parametrize(
    ("text", "regenerated"),
    [
        ("TABLE t", "SELECT * FROM t"),
        ("EXECUTE SELECT 1", "SELECT 1"),
        ("VALUES 1, ROW(2)", "VALUES (1), (2)"),
        ("SELECT ALL a b FROM t u", "SELECT a AS b FROM t AS u"),
        (
            "SELECT * FROM f(TABLE t, DESCRIPTOR(a))",
            "SELECT * FROM TABLE(f(TABLE t, DESCRIPTOR(a)))",
        ),
        ("SELECT * FROM f(SELECT 1)", "SELECT * FROM TABLE(f((SELECT 1)))"),
        ("SELECT * FROM f(TABLE(SELECT 1))", "SELECT * FROM TABLE(f((SELECT 1)))"),
        ("SELECT * FROM f((TABLE t))", "SELECT * FROM TABLE(f(TABLE t))"),
        ("SELECT a FROM t LIMIT 2, 3", "SELECT a FROM t LIMIT 3 OFFSET 2 ROWS"),
        ("SELECT a FROM t LIMIT ALL", "SELECT a FROM t"),
        ("SELECT a FROM t FETCH FIRST ROW ONLY", "SELECT a FROM t FETCH FIRST 1 ROWS ONLY"),
        ("SELECT * FROM a LEFT SEMI JOIN b ON TRUE", "SELECT * FROM a SEMI JOIN b ON TRUE"),
        ("SELECT * FROM a LEFT OUTER JOIN b ON TRUE", "SELECT * FROM a LEFT JOIN b ON TRUE"),
        ("SELECT * FROM a JOIN b", "SELECT * FROM a INNER JOIN b"),
        ("SELECT a AS value FROM t AS user", "SELECT a AS `value` FROM t AS `user`"),
        (
            "WITH a AS (VALUES (1)) VALUES (2)",
            "WITH a AS (SELECT * FROM (VALUES (1)) AS _values) "
            "SELECT * FROM (VALUES (2)) AS _values",
        ),
        (
            "SELECT 1 UNION SELECT 2 INTERSECT SELECT 3",
            "SELECT 1 UNION (SELECT 2 INTERSECT SELECT 3)",
        ),
        ("SELECT a FROM t ORDER BY a NULLS FIRST", "SELECT a FROM t ORDER BY a"),
    ],
)
def test_other_spellings(text: str, regenerated: str) -> None:
    assert sqlglot.parse_one(text, read=Flink).sql(Flink) == regenerated


@pytest.mark.parametrize(
    ("text", "node", "expected"),
    [
        (f"SELECT * FROM TABLE({TUMBLE}) AS w", "from_.this", exp.TableFromRows),
        ("SELECT * FROM a, LATERAL TABLE(f(1)) AS t", "joins.0.this", exp.Lateral),
        ("SELECT * FROM a, LATERAL TABLE(f(1)) AS t", "joins.0.this.this", exp.TableFromRows),
        ("SELECT * FROM a, LATERAL (SELECT 1) AS t", "joins.0.this.this", exp.Subquery),
        ("SELECT * FROM UNNEST(a) WITH ORDINALITY AS t(b, i)", "from_.this", exp.Unnest),
        ("SELECT * FROM (VALUES (1)) AS t", "from_.this", exp.Values),
        ("SELECT * FROM t FOR SYSTEM_TIME AS OF p", "from_.this.version", exp.Version),
        ("SELECT * FROM t /*+ A() */", "from_.this.hints.0", exp.Hint),
        ("SELECT /*+ A() */ 1", "hint.expressions.0", exp.Anonymous),
        ("SELECT * FROM t MATCH_RECOGNIZE (PATTERN (A))", "from_.this.match", exp.MatchRecognize),
        (
            "SELECT * FROM f(DESCRIPTOR(a))",
            "from_.this.this.expressions.0.expressions.0",
            exp.Identifier,
        ),
        ("SELECT * FROM f(x => TABLE t)", "from_.this.this.expressions.0.expression", exp.Table),
    ],
)
def test_shapes(text: str, node: str, expected: type[exp.Expr]) -> None:
    found = sqlglot.parse_one(text, read=Flink)
    for step in node.split("."):
        found = found[int(step)] if step.isdigit() else found.args[step]
    assert isinstance(found, expected)


def test_names_know_their_places() -> None:
    text = (
        f"SELECT * FROM Aa.Bb AS Cc JOIN TABLE(TUMBLE(TABLE Dd, DESCRIPTOR(Ee), {HOUR})) AS Ff(Gg) "
        "USING (Hh) JOIN Ii /*+ Jj('k' = 'l', Mm) */ ON TRUE"
    )
    tree = sqlglot.parse_one(text, read=Flink)
    names = {
        (node.name, text[node.meta["start"] : node.meta["end"] + 1])
        for node in tree.find_all(exp.Identifier, exp.Anonymous)
    }
    words = ["Aa", "Bb", "Cc", "Dd", "Ee", "Ff", "Gg", "Hh", "Ii", "Jj", "Mm"]
    assert names == {(word, word) for word in [*words, "TUMBLE", "DESCRIPTOR"]}


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("SELECT", 1, "Expected a column or an expression"),
        ("SELECT a, FROM t", 11, "Expected a column or an expression"),
        ("SELECT 1 FROM t WHERE", 17, "Expected an expression"),
        ("SELECT a value FROM t", 10, "Unexpected token"),
        ("SELECT a FROM t LEFT b", 17, "Unexpected token"),
        ("SELECT a FROM WHERE b", 15, "reserved words need back-ticks"),
        ("SELECT a FROM t AS", 17, "Expected a name"),
        ("SELECT a FROM (SELECT 1", 23, "Expected )"),
        ("SELECT a FROM t, (SELECT 1 2) AS u", 28, "Expected )"),
        ("SELECT a FROM LATERAL t", 23, "Expected TABLE(...), UNNEST(...)"),
        ("SELECT a FROM TABLE(f(TABLE t", 29, "Expected , or )"),
        ("SELECT a FROM t /*+ OPTIONS('a' = 'b')", 38, "Expected , or the end of the hint"),
        ("SELECT a FROM t FOR SYSTEM_TIME x", 33, "Expected AS OF"),
        ("SELECT a FROM t LIMIT 1 LIMIT 2", 31, "one LIMIT only"),
        ("SELECT a FROM t ORDER BY a UNION SELECT 1", 28, "Unexpected token"),
        ("SELECT a FROM t MATCH_RECOGNIZE (DEFINE A AS TRUE)", 34, "Expected PATTERN"),
        ("SELECT a FROM t MATCH_RECOGNIZE (PATTERN (A)", 44, "Expected )"),
        ("WITH a AS SELECT 1 SELECT 2", 11, "Expected ("),
        ("WITH a AS (SELECT 1)", 20, "Expected a query"),
        ("WITH a AS (DROP TABLE t) SELECT 1", 12, "Expected a query"),
        ("FROM t", 1, "Unexpected token"),
    ],
)
def test_mistakes_have_a_place(text: str, column: int, message: str) -> None:
    description, place = mistake(text)
    assert message in description
    assert place == (1, column)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT " + "(" * 5000,
        "SELECT 1 FROM " + "(" * 5000,
        "(" * 5000,
        "SELECT " + "f(" * 2500,
        "SELECT " + "f(a, " * 60 + "1 2" + ")" * 60,
        "SELECT " + "CASE WHEN a THEN " * 60 + "1",
        "SELECT " + "(SELECT " * 30 + "1 2" + ")" * 30,
        "SELECT " + "a IN (SELECT " * 30 + "1 2" + ")" * 30,
        "SELECT 1 FROM " + "(SELECT 1 FROM " * 30 + "t u v" + ")" * 30,
        "SELECT 1 FROM " + "TABLE(" * 2500,
        "SELECT 1 FROM f(TABLE " + "(TABLE " * 2500,
        "SELECT 1 FROM a" + " JOIN (b" * 60,
        "SELECT 1 FROM t MATCH_RECOGNIZE (PATTERN (" + "(" * 5000,
        "WITH a AS (" * 500,
        "EXECUTE " * 5000,
    ],
)
def test_deep_nesting_ends_in_an_error(text: str) -> None:
    # Were the parser to try alternatives at each level, this would not end.
    with pytest.raises(ParseError) as caught:
        sqlglot.parse_one(text, read=Flink)
    assert caught.value.errors[0]["line"] == 1


def test_reasonable_nesting_is_read() -> None:
    text = "SELECT 1 FROM " + "(SELECT 1 FROM " * 12 + "t" + ")" * 12
    assert sqlglot.parse_one(text, read=Flink).sql(Flink) == text


def test_long_chains_are_read() -> None:
    text = "SELECT 1 FROM a" + " JOIN b ON a.x = b.x" * 300 + " UNION ALL SELECT 1" * 300
    assert sqlglot.parse_one(text, read=Flink).sql(Flink) == text


def test_what_is_too_deep_to_write_says_so() -> None:
    tree = sqlglot.parse_one("SELECT a" + "[1]" * 2000, read=Flink)
    with pytest.raises(SqlglotError):
        tree.sql(Flink)
