"""Hypothesis strategies that write SQL: mixes of statements, comments and quotes; and queries."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

_STATEMENTS = st.sampled_from(
    (
        "SELECT city FROM orders",
        "SELECT 1",
        "SELECT * FROM payments",
        "SELECT 'a;b', `city` FROM orders",
        "TABLE orders",
        "VALUES (1)",
        "WITH a AS (SELECT 1) SELECT * FROM a",
        "DROP TABLE orders",
        "INSERT INTO orders SELECT * FROM orders",
        "SET 'a' = 'b'",
        "SHOW TABLES",
        "EXPLAIN SELECT 1",
        "EXECUTE SELECT 1",
        "CREATE VIEW v AS SELECT * FROM orders",
        "SELECT * FROM secrets",
        "FROM orders",
        "1",
        "",
    )
)
_MARKS = st.sampled_from(
    (
        *(";", " ; ", "\n;\r\n", "--", "//", "/*", "*/", "/**/", "/***/", "/*/", "/*+", "/*+ A */"),
        *("'", "''", "'''", "`", "``", '"', "E'\\'", "e'\\\\'", "U&'", "U&'\\0027'", "N'", "x'00'"),
        *('U&"', 'U&"\\006frders"', "_latin1'", "\\", "\n", "\r", "\r\n", "\f", "\t", "\u2028"),
        *("\x85", "\xa0", "\x00", "(", ")", "[", "]", "{", "}", ",", ".", "$", "#", "@", "?", "!"),
        *("UNION ALL", "AS", "FROM", "WHERE", "é", "/*+ OPTIONS('a'='b') */", "--+", "{fn ", "<>"),
    )
)
_FRAMES = st.sampled_from(
    (
        *("({0})", "/* {0} */ {1}", "/*{0}*/ {1}", "-- {0}\n{1}", "-- {0}\r{1}", "// {0}\n{1}"),
        *("{1} -- {0}", "{1} // {0}", "{1} /* {0} */", "{1} /***/ {0} */", "{0}; {1}", "{0};\n"),
        *("{0} UNION ALL {1}", "SELECT '{0}'", "SELECT '{0}' AS `{1}`", "SELECT `{0}` FROM ({1})"),
        *("SELECT * FROM ({0})", "WITH a AS ({0}) {1}", "SELECT ({0})", "SELECT E'{0}' {1}"),
        *("SELECT 1 WHERE EXISTS ({0})", "SELECT U&'{0}'", "/*+ {0} */ {1}", "{0} {1}", "{0}{1}"),
        *("SELECT /*+ {0} */ 1", "EXECUTE {0}", "SELECT $${0}$$", "/* /* {0} */ {1} */ {0}"),
    )
)


def _framed(parts: SearchStrategy[str]) -> SearchStrategy[str]:
    return st.builds(lambda frame, one, other: frame.format(one, other), _FRAMES, parts, parts)


def mixes() -> SearchStrategy[str]:
    """Texts that a lexer unlike Flink's would cut elsewhere."""
    pieces = st.one_of(_STATEMENTS, _STATEMENTS, _MARKS)
    return st.recursive(pieces, _framed, max_leaves=5)


_COLUMNS = (
    "order_id",
    "city",
    "amount",
    "customer_id",
    "product",
    "channel",
    "o.city",
    "o.product",
)
_COLUMN = st.sampled_from(
    (*_COLUMNS, "orders.city", "default_database.orders.customer_id", "a", "b")
)
_EXPRESSION = st.recursive(
    _COLUMN | st.just("1"),
    lambda inner: st.builds(
        lambda form, one, other: form.format(one, other),
        st.sampled_from(
            (
                *(
                    "UPPER({0})",
                    "COALESCE({0}, {1})",
                    "MAX({0})",
                    "COUNT(*)",
                    "CAST({0} AS STRING)",
                ),
                *(
                    "CASE WHEN {0} IS NULL THEN {1} END",
                    "{0} || {1}",
                    "ROW({0}, {1})",
                    "ARRAY[{0}]",
                ),
                *("MIN({0}) OVER (PARTITION BY {1})", "(SELECT MAX({0}) FROM orders)"),
                "EXISTS (SELECT 1 FROM orders AS o WHERE o.city = {0})",
            )
        ),
        inner,
        inner,
    ),
    max_leaves=2,
)
_ITEM = st.one_of(
    _EXPRESSION,
    st.builds("{} AS {}".format, _EXPRESSION, st.sampled_from(("a", "b", "city", "customer_id"))),
    st.sampled_from(("*", "o.*")),
)
_TABLE = st.sampled_from(
    (
        *("orders", "orders AS o", "orders o", "default_database.orders AS o", "orders `o`"),
        *("orders AS o (a, b, c, d, e, f, g, h, i, j, k)", "orders AS orders", "page_views AS o"),
        *("orders AS o NATURAL JOIN page_views", "orders AS o JOIN page_views USING (customer_id)"),
        *("orders AS o JOIN payments AS p ON o.order_id = p.order_id", "orders, payments AS a"),
        *(
            "TABLE(TUMBLE(TABLE orders, DESCRIPTOR(order_time), INTERVAL '1' HOUR)) AS o",
            "payments",
        ),
        *("orders AS o CROSS JOIN UNNEST(ARRAY[o.city]) AS t (a)", "(TABLE orders) AS o"),
        *("orders AS o, LATERAL (SELECT o.product AS a) AS t", "(VALUES (1, 2)) AS o (a, b)"),
    )
)
_TAIL = st.sampled_from(
    (
        *("", "", "", " WHERE city = 'x'", " WHERE o.customer_id = 'x'", " GROUP BY city"),
        *(" GROUP BY customer_id", " ORDER BY product", " LIMIT 3", " ORDER BY 1", " WHERE a = b"),
        " WHERE city IN (SELECT customer_id FROM page_views)",
        " QUALIFY ROW_NUMBER() OVER (PARTITION BY city ORDER BY product) = 1",
    )
)


def _select(sources: SearchStrategy[str]) -> SearchStrategy[str]:
    return st.builds(
        lambda items, source, tail: f"SELECT {', '.join(items)} FROM {source}{tail}",
        st.lists(_ITEM, min_size=1, max_size=3),
        sources,
        _TAIL,
    )


def _nested(inner: SearchStrategy[str]) -> SearchStrategy[str]:
    forms = (
        *("({0}) AS o", "({0}) AS o (a)", "({0}) AS o (a, b)", "orders, ({0}) AS o"),
        *("orders AS o JOIN ({0}) AS t ON TRUE", "payments AS p, LATERAL ({0}) AS o"),
    )
    wrapped = st.builds(lambda form, query: form.format(query), st.sampled_from(forms), inner)
    joined = ("{0} UNION ALL {1}", "{0} EXCEPT {1}")
    named = (
        *("WITH a AS ({0}) SELECT * FROM a", "WITH o AS ({0}) {1}", "WITH orders AS ({0}) {1}"),
        *("WITH orders AS ({0}) SELECT * FROM orders", "WITH a (city) AS ({0}) SELECT city FROM a"),
        *(
            "WITH a AS ({0}), b AS (SELECT * FROM a) SELECT * FROM b",
            "SELECT a FROM ({0}) AS t (a)",
        ),
    )
    both = st.builds(
        lambda form, one, other: form.format(one, other),
        st.sampled_from((*joined, *named)),
        inner,
        inner,
    )
    return st.one_of(_select(wrapped), both)


def queries() -> SearchStrategy[str]:
    """Queries over the sample shop that reach columns in all sorts of ways; many are invalid."""
    return st.recursive(_select(_TABLE), _nested, max_leaves=3)
