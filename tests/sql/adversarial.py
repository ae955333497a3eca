"""Texts that are meant to keep a reader busy: long, dense, deep, ambiguous or never closed.

The guard's tests hold each against a bound on the work it causes; the benchmark times them.
"""

from __future__ import annotations

from app.sql.limits import MAX_CHARACTERS, MAX_DEPTH, MAX_TOKENS

_LEVELS = MAX_DEPTH - 2


def adversarial() -> list[str]:
    """The texts, none longer than 100 KB."""
    kinds = (_long, _dense, _deep, _chained, _unclosed, _ambiguous, _multiplying)
    return [text for kind in kinds for text in kind()]


def _filled(pattern: str, before: str = "SELECT ", after: str = "") -> str:
    """A pattern repeated up to the most characters that are read."""
    room = MAX_CHARACTERS - len(before) - len(after)
    return before + pattern * (room // len(pattern)) + after


def _counted(pattern: str, tokens: int, before: str = "SELECT ", after: str = "") -> str:
    """A pattern of so many tokens repeated up to the most tokens that are parsed."""
    number = min((MAX_TOKENS - 40) // tokens, (MAX_CHARACTERS - 200) // len(pattern))
    return before + pattern * number + after


def _nested(opening: str, closing: str, inner: str = "1", levels: int = _LEVELS) -> str:
    return "SELECT " + opening * levels + inner + closing * levels


def _long() -> list[str]:
    size = 100_000
    return [
        "SELECT " + "(" * size,
        "SELECT '" + "x" * size + "'",
        "SELECT " + "a," * (size // 2),
        "/* " + "/*" * (size // 2),
        "`" * size,
        ";" * size,
        "SELECT 1 " + "UNION ALL SELECT 1 " * (size // 19),
    ]


def _dense() -> list[str]:
    """As many tokens as characters allow, and just as many as are parsed."""
    return [
        *map(_filled, ("1,", "a.", "(", "[", "a(", "+1", "-", "a ", "''", "'a' ", "a=a AND ")),
        *map(
            _filled, ("a b,", "CASE ", "NOT ", "->a", "::a", "<>", "a:", "? ", "{", "`a`", "/**/1,")
        ),
        _counted("1,", 2, after="1"),
        _counted("a a,", 3, after="a FROM orders"),
        _counted("o.city,", 4, after="o.city FROM orders AS o"),
        _counted("f(a),", 5, after="a FROM orders"),
        _counted("(a,a),", 6, after="1 FROM orders"),
        _counted("'a',", 2, "SELECT city FROM orders WHERE city IN (", "'a')"),
        _counted("(1,a),", 6, "VALUES ", "(1, 1)"),
        _counted("city,", 2, after="nothing FROM orders"),
        _counted("x(y)z,", 5, after="1"),
        _counted("*,", 2, after="* FROM orders"),
        _counted("INTERVAL '1' DAY,", 4, after="1"),
        _counted("CAST(a AS INT),", 7, after="1 FROM orders"),
        _counted("a AS a,", 4, "SELECT 1 FROM (SELECT ", "1 FROM orders)"),
        _counted("orders,", 2, "SELECT 1 FROM ", "orders"),
        _counted("(SELECT 1),", 5, after="1"),
        _counted("a[1],", 5, after="1 FROM orders"),
        _counted("WHEN a THEN a ", 4, "SELECT CASE ", "END FROM orders"),
        _counted("a -> a,", 4, "SELECT f(", "a)"),
        _counted("a => a,", 4, "SELECT f(", "a)"),
        _counted("ROW<a INT>,", 6, "SELECT CAST(a AS ROW<a INT,", "a INT>)"),
    ]


def _deep() -> list[str]:
    return [
        _nested("(", ")"),
        _nested("((", "))", levels=_LEVELS // 2),
        _nested("(SELECT ", ")"),
        _nested("(SELECT * FROM (", " t))", "orders", _LEVELS // 2),
        _nested("f(", ")", "city"),
        _nested("(a, ", ")"),
        _nested("(a, (", "))", levels=_LEVELS // 2),
        _nested("CASE WHEN ", " THEN 1 END", "TRUE", _LEVELS - 1),
        _nested("CASE (", ") WHEN 1 THEN 1 END", levels=_LEVELS // 2),
        _nested("CAST(", " AS INT)"),
        _nested("CAST(ROW(", ") AS ROW<a INT>)", levels=_LEVELS // 2),
        _nested("INTERVAL (", ") DAY"),
        _nested("ARRAY[", "]"),
        _nested("NOT (", ")", "TRUE"),
        _nested("- (", ")"),
        _nested("EXISTS (SELECT ", ")"),
        _nested("IF(a > (", "), 1, 2)", levels=_LEVELS // 2),
        _nested("a IN (", ")"),
        _nested("f(a -> ", ")"),
        _nested("f(a => ", ")"),
        _nested("f((a, b) -> ", ")"),
        _nested("TIMESTAMP (", ")"),
        _nested("DATE (", ")"),
        _nested("MAP[1, ", "]"),
        _nested("{fn f(", ")}", levels=_LEVELS // 2),
        _nested("EXTRACT(DAY FROM ", ")", "order_time"),
        _nested("TRIM(BOTH ", " FROM city)", "'a'"),
    ]


def _chained() -> list[str]:
    return [
        "SELECT CAST(a AS " + "ARRAY<" * 3_000 + "INT" + ">" * 3_000 + ")",
        "SELECT CAST(a AS " + "ROW<a " * 2_000 + "INT" + ">" * 2_000 + ")",
        "SELECT CAST(a AS " + "MAP<INT," * 2_000,
        "SELECT * FROM " + "(" * _LEVELS + "orders" + ")" * _LEVELS,
        "SELECT * FROM orders " + "JOIN (orders " * _LEVELS + ")" * _LEVELS,
        "SELECT * FROM orders a " + "JOIN orders b " * 250 + "ON TRUE " * 250,
        "WITH " + "a AS (SELECT 1) WITH " * 900,
        "WITH a AS (" * _LEVELS + "SELECT 1" + ") SELECT 1" * _LEVELS,
        "SELECT 1 FROM orders WHERE " + "a AND " * 290 + "a",
        "SELECT 1 FROM orders WHERE " + "(a AND " * _LEVELS + "a" + ")" * _LEVELS,
        "SELECT 1" + " UNION ALL SELECT 1" * 100,
        "SELECT " + "(1) + " * 290 + "1",
        "SELECT " + ".".join(["a"] * 5_000),
        "SELECT a" + "[1]" * 290,
        "SELECT a" + "::INT" * 3_000,
        "SELECT a" + " AT TIME ZONE 'UTC'" * 900,
        "SELECT a" + " COLLATE x" * 1_900,
        "SELECT a" + " IS NULL" * 2_400,
        "SELECT a" + " ESCAPE 'x'" * 1_700,
        *("SELECT " + f"{word} " * (19_000 // (len(word) + 1)) for word in _WORDS),
        *(f"{word} " * (19_000 // (len(word) + 1)) for word in _WORDS),
    ]


_WORDS = """ALL ANY ARRAY AS BETWEEN CAST CROSS DATE DISTINCT EXECUTE EXISTS FROM INTERVAL JOIN
    LATERAL LIKE LIMIT MAP MATCH_RECOGNIZE MULTISET NATURAL ON ORDER OVER PARTITION PIVOT PRIOR ROW
    SELECT TABLE TIMESTAMP UNNEST VALUES WHERE WINDOW WITH WITHIN""".split()  # noqa: SIM905


def _unclosed() -> list[str]:
    return [
        *map(
            _filled,
            ("'", "`", '"', "/*", "/*+ A ", "f(", "f((", "E'\\'", "U&'", "(a,", "CAST(a AS "),
        ),
        "SELECT 1 " + "/*" * 9_000,
        "SELECT '" + "''" * 9_000,
        "SELECT * FROM orders /*+ BROADCAST(" + "a," * 2_500,
        "SELECT * FROM orders MATCH_RECOGNIZE (PATTERN (" + "A " * 5_000,
        "SELECT * FROM orders MATCH_RECOGNIZE (PATTERN (" + "(A|" * 60,
    ]


def _ambiguous() -> list[str]:
    """What a parser may try one way and then another, again at each level."""
    both = (
        "(a, b) -> ",
        "((a, b), ",
        "INTERVAL (a) + (",
        "(a) (",
        "f(a) OVER (ORDER BY ",
        "DATE (a, ",
    )
    return [
        *(
            _nested(opening, ")" if "(" in opening[-3:] or "," in opening else "", "b", 60)
            for opening in both
        ),
        _nested("INTERVAL - (", ")", levels=30),
        _nested("INTERVAL INTERVAL (", ")", levels=60),
        _nested("a < (b > ", ")", levels=60),
        _nested("ARRAY<INT>(", ")", levels=60),
        _nested("ROW(a INT, b ", ")", levels=60),
        _nested("CAST(a AS ROW(b ", "))", "INT", 30),
        "SELECT " + "INTERVAL " * 60 + "'1' DAY",
        "SELECT " + "INTERVAL a " * 1_500,
        "SELECT " + "a < b > c, " * 900 + "1",
        "SELECT * FROM " + "(a JOIN " * 60 + "b" + ")" * 60,
        "SELECT * FROM " + "((a) JOIN " * 30 + "b" + ")" * 30,
        "SELECT * FROM " + "(SELECT * FROM a) " * 900,
        "SELECT * FROM " + "TABLE(f(TABLE " * 30 + "a" + "))" * 30,
        "SELECT * FROM " + "TABLE(f((SELECT * FROM " * 20 + "a" + ")))" * 20,
        "SELECT * FROM " + "LATERAL TABLE(f(" * 30 + "a" + "))" * 30,
        "VALUES " + "(" * 60 + "1" + ")" * 60,
        "VALUES " + "((1, 2), " * 60 + "1" + ")" * 60,
        "SELECT * FROM (VALUES " + "(" * 60 + "1" + ")" * 61,
    ]


def _multiplying() -> list[str]:
    """Short texts that stand for many columns, tables or names."""
    return [
        "SELECT " + "*," * 900 + "* FROM " + "orders," * 500 + "orders",
        "SELECT " + "*," * 60 + "* FROM " + "orders," * 60 + "orders",
        "SELECT *, * FROM (" * 12 + "SELECT * FROM orders" + ")" * 12,
        "SELECT *, * FROM (" * 40 + "SELECT * FROM orders" + ")" * 40,
        "SELECT * FROM (" + " UNION ALL ".join(["SELECT * FROM orders"] * 100) + ")",
        "SELECT * FROM orders " + "NATURAL JOIN orders " * 290,
        "SELECT * FROM orders " + "JOIN orders USING (order_id) " * 290,
        "SELECT "
        + "(SELECT MAX(amount) FROM orders o WHERE o.city = city)," * 120
        + "1 FROM orders",
        "SELECT " + ",".join(f"n{i}" for i in range(1_400)) + " FROM orders",
        "SELECT " + "cities," * 700 + "1 FROM " + ",".join(f"orders o{i}" for i in range(450)),
        "SELECT 1 FROM " + ",".join(f"table{i}" for i in range(1_400)),
        "SELECT " + ",".join(f"function{i}(1)" for i in range(550)),
        "SELECT " + "X" * 15_000 + "(1) FROM " + "orders" * 800,
        "WITH " + ",".join(f"c{i} AS (SELECT * FROM orders)" for i in range(190)) + " SELECT 1",
        "SELECT 1" + "\r\n" * 9_000 + ", nothing(1)",
    ]
