"""SQL over a catalog in; tables, columns, outputs and problems out."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from app.assistant import Assistant
from app.catalog import ddl
from app.catalog.loader import load
from app.catalog.model import Catalog
from app.engines.pyflink import PyFlinkEngine
from app.sql import lexer, query
from app.sql.names import Field, Names, Relation
from tests.sql.test_dialect_flink import plan

SHOP = load([Path(__file__).parents[2] / "ingest" / "demo" / "tables"])
RICH = """
CREATE TABLE rich (
  id INT, address ROW<city STRING, geo ROW<lat DOUBLE, lon DOUBLE>>, tags ARRAY<STRING>,
  items ARRAY<ROW<sku STRING, qty INT>>, props MAP<STRING, INT>, city STRING, `USER` STRING,
  offset_no BIGINT METADATA FROM 'offset' VIRTUAL, ts TIMESTAMP(3), pt AS PROCTIME(),
  total AS id * 2, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'x')
"""
CATALOG = Catalog((*SHOP, ddl.parse(RICH, next(lexer.statements(RICH)), Path("rich.sql"))))
ORDERS = {column.name for column in SHOP.get("orders").columns}  # type: ignore[union-attr]
PAYMENTS = {column.name for column in SHOP.get("payments").columns}  # type: ignore[union-attr]
TUMBLED = "TABLE(TUMBLE(TABLE orders, DESCRIPTOR(order_time), INTERVAL '5' MINUTE))"
MATCH = """
FROM orders MATCH_RECOGNIZE (
  PARTITION BY city ORDER BY order_time
  MEASURES A.amount AS a, LAST(B.quantity) AS q, MATCH_ROWTIME() AS t
  {} AFTER MATCH SKIP PAST LAST ROW PATTERN (A B)
  DEFINE A AS amount > 3, B AS B.shipping_fee < A.amount
) AS m"""


def names(text: str) -> Names:
    found = query.read(text, CATALOG)
    assert found.names is not None, f"{found.error} {text}"
    return found.names


# Columns used of each table; every reference is resolved.
USED: list[tuple[str, dict[str, set[str]]]] = [
    ("SELECT city FROM orders", {"orders": {"city"}}),
    ("SELECT o.city FROM orders AS o WHERE status = 'x'", {"orders": {"city", "status"}}),
    ("SELECT COUNT(*) FROM orders", {"orders": set()}),
    ("SELECT 1", {}),
    ("SELECT * FROM orders", {"orders": ORDERS}),
    ("TABLE orders", {"orders": ORDERS}),
    # What is grouped by without a name is used as well.
    ("SELECT w FROM orders PIVOT (SUM(amount) FOR city IN ('x' AS w))", {"orders": ORDERS}),
    ("SELECT k FROM orders UNPIVOT (v FOR k IN (city, channel))", {"orders": ORDERS}),
    ("SELECT o.* FROM orders o, payments p", {"orders": ORDERS, "payments": set()}),
    ("SELECT COUNT(1) FROM orders GROUP BY city", {"orders": {"city"}}),
    ("SELECT COUNT(1) FROM orders GROUP BY CUBE(city, channel)", {"orders": {"city", "channel"}}),
    ("SELECT MAX(1) FROM orders HAVING SUM(amount) > 1", {"orders": {"amount"}}),
    # ORDER BY takes an output's name first, within expressions as well.
    ("SELECT quantity AS amount FROM orders ORDER BY amount + 1", {"orders": {"quantity"}}),
    (
        "SELECT quantity AS amount FROM orders ORDER BY orders.amount",
        {"orders": {"quantity", "amount"}},
    ),
    # QUALIFY takes no name that only a star brings: it is the table's own city.
    (
        "SELECT address.* FROM rich QUALIFY ROW_NUMBER() OVER (ORDER BY city) = 1",
        {"rich": {"address", "city"}},
    ),
    ("SELECT address.* FROM rich ORDER BY city", {"rich": {"address"}}),
    (
        "SELECT address.city FROM rich QUALIFY ROW_NUMBER() OVER (ORDER BY city) = 1",
        {"rich": {"address"}},
    ),
    ("(SELECT city AS c FROM orders) ORDER BY c, status", {"orders": {"city", "status"}}),
    (
        "SELECT SUM(quantity) AS amount FROM orders HAVING SUM(amount) > 1",
        {"orders": {"quantity", "amount"}},
    ),
    (
        "SELECT city, ROW_NUMBER() OVER (PARTITION BY city ORDER BY order_time) AS rn FROM orders"
        " QUALIFY rn = 1",
        {"orders": {"city", "order_time"}},
    ),
    (
        "SELECT SUM(amount) OVER w FROM orders WINDOW w AS (PARTITION BY city ORDER BY order_time)",
        {"orders": {"amount", "city", "order_time"}},
    ),
    # Names of tables.
    (
        "SELECT city FROM default_catalog.default_database.orders",
        {"orders": {"city"}},
    ),
    (
        "SELECT default_catalog.default_database.orders.city FROM default_database.orders",
        {"orders": {"city"}},
    ),
    (
        "WITH orders AS (SELECT order_id AS x FROM orders) SELECT x FROM orders",
        {"orders": {"order_id"}},
    ),
    (
        "WITH orders AS (SELECT order_id AS x FROM orders)"
        " SELECT city FROM default_database.orders",
        {"orders": {"order_id", "city"}},
    ),
    (
        "WITH a AS (SELECT city FROM orders), b AS (SELECT city AS c FROM a) SELECT c FROM b",
        {"orders": {"city"}},
    ),
    (
        "WITH a AS (WITH b AS (SELECT city FROM orders) SELECT city FROM b) SELECT city FROM a",
        {"orders": {"city"}},
    ),
    (
        "WITH a(x, y) AS (SELECT city, amount FROM orders) SELECT y FROM a",
        {"orders": {"city", "amount"}},
    ),
    # Positional aliases.
    ("SELECT b FROM orders AS o(a, b, c, d, e, f, g, h, i, j, k)", {"orders": {"customer_id"}}),
    ("SELECT o.amount FROM (SELECT city FROM orders) AS o(amount)", {"orders": {"city"}}),
    # Joins.
    (
        "SELECT 1 FROM orders JOIN payments USING (order_id)",
        {"orders": {"order_id"}, "payments": {"order_id"}},
    ),
    (
        "SELECT 1 FROM orders NATURAL JOIN payments",
        {
            "orders": {"order_id", "amount", "status"},
            "payments": {"order_id", "amount", "status"},
        },
    ),
    (
        "SELECT order_id FROM orders JOIN payments USING (order_id)",
        {"orders": {"order_id"}, "payments": {"order_id"}},
    ),
    (
        "SELECT o.city FROM (orders o JOIN payments p ON o.order_id = p.order_id)",
        {"orders": {"city", "order_id"}, "payments": {"order_id"}},
    ),
    (
        "SELECT o.city, p.amount FROM orders o"
        " JOIN payments FOR SYSTEM_TIME AS OF o.order_time AS p"
        " ON o.order_id = p.order_id",
        {"orders": {"city", "order_time", "order_id"}, "payments": {"amount", "order_id"}},
    ),
    # Queries within queries.
    (
        "SELECT city FROM orders WHERE order_id IN (SELECT order_id FROM payments)",
        {"orders": {"city", "order_id"}, "payments": {"order_id"}},
    ),
    (
        "SELECT 1 FROM orders o WHERE EXISTS"
        " (SELECT 1 FROM payments WHERE failure_reason = o.city)",
        {"orders": {"city"}, "payments": {"failure_reason"}},
    ),
    # A column of the inner table comes before one of the outer, and the outer is seen at all.
    (
        "SELECT 1 FROM orders WHERE EXISTS (SELECT 1 FROM payments WHERE amount > quantity)",
        {"orders": {"quantity"}, "payments": {"amount"}},
    ),
    (
        "SELECT (SELECT MAX(amount) FROM payments p WHERE p.order_id = o.order_id) FROM orders o",
        {"orders": {"order_id"}, "payments": {"amount", "order_id"}},
    ),
    (
        "SELECT l.x FROM orders o, LATERAL (SELECT p.amount AS x FROM payments p"
        " WHERE p.order_id = o.order_id) AS l",
        {"orders": {"order_id"}, "payments": {"amount", "order_id"}},
    ),
    (
        "SELECT city FROM orders UNION ALL SELECT `method` FROM payments ORDER BY city",
        {"orders": {"city"}, "payments": {"method"}},
    ),
    # Table functions.
    (f"SELECT window_start FROM {TUMBLED}", {"orders": {"order_time"}}),
    (
        "SELECT city FROM TABLE(TUMBLE(DATA => TABLE rich, TIMECOL => DESCRIPTOR(ts),"
        " SIZE => INTERVAL '5' MINUTE))",
        {"rich": {"city", "ts"}},
    ),
    (
        "SELECT 1 FROM TABLE(SESSION(TABLE orders PARTITION BY city, DESCRIPTOR(order_time),"
        " INTERVAL '5' MINUTE))",
        {"orders": {"city", "order_time"}},
    ),
    (
        "WITH a AS (SELECT order_time AS t, city FROM orders)"
        " SELECT city FROM TABLE(TUMBLE(TABLE a, DESCRIPTOR(t), INTERVAL '5' MINUTE))",
        {"orders": {"order_time", "city"}},
    ),
    ("SELECT t.a FROM orders o, LATERAL TABLE(f(o.city)) AS t(a, b)", {"orders": {"city"}}),
    ("SELECT x FROM rich CROSS JOIN UNNEST(tags) AS x", {"rich": {"tags"}}),
    ("SELECT sku FROM rich CROSS JOIN UNNEST(items) AS x", {"rich": {"items"}}),
    ("SELECT n FROM rich, UNNEST(props) WITH ORDINALITY AS x(k, v, n)", {"rich": {"props"}}),
    ("SELECT a FROM f(TABLE payments) AS t(a)", {"payments": PAYMENTS}),
    (
        f"SELECT a {MATCH.format('ONE ROW PER MATCH')}",
        {"orders": {"city", "order_time", "amount", "quantity", "shipping_fee"}},
    ),
    (f"SELECT m.status {MATCH.format('ALL ROWS PER MATCH')}", {"orders": ORDERS}),
    # ROW fields, which Flink also finds without the name of the ROW.
    ("SELECT address.city FROM rich", {"rich": {"address"}}),
    ("SELECT r.address.geo.lat FROM rich r", {"rich": {"address"}}),
    ("SELECT address.geo.* FROM rich", {"rich": {"address"}}),
    ("SELECT lat FROM rich", {"rich": {"address"}}),
    ("SELECT city FROM rich", {"rich": {"city"}}),
    (
        "SELECT 1 FROM rich WHERE EXISTS (SELECT 1 FROM orders WHERE lat > 1)",
        {"rich": {"address"}, "orders": set()},
    ),
    # A word that Flink takes for a name where a column is called so.
    ("SELECT USER FROM rich", {"rich": {"USER"}}),
    ("SELECT CURRENT_DATE, PI FROM orders", {"orders": set()}),
    ("SELECT offset_no, total FROM rich", {"rich": {"offset_no", "total"}}),
    ("SELECT /*+ BROADCAST(o) */ o.city FROM orders o", {"orders": {"city"}}),
    (
        "SELECT JSON_VALUE(city, '$.a' RETURNING INT DEFAULT quantity ON EMPTY) FROM orders",
        {"orders": {"city", "quantity"}},
    ),
    ("VALUES (1, 'a')", {}),
]


@pytest.mark.parametrize(("text", "used"), USED)
def test_columns_used(text: str, used: dict[str, set[str]]) -> None:
    found = names(text)
    assert found.problems == ()
    assert found.certain
    assert found.tables == set(used)
    assert {table: set(columns) for table, columns in found.columns.items()} == used


def shown(field: Field) -> str:
    """Name, type, role and origins, `=` before a column that is passed on unchanged."""
    origins = ",".join(sorted(f"{o.table}.{o.column}" for o in field.origins))
    direct = "=" if field.direct else ""
    return "|".join(filter(None, (field.name, field.type, field.role, direct + origins)))


TIME = "TIMESTAMP_LTZ(3)|event_time|=orders.order_time"
# Outputs.
OUTPUTS = [
    ("SELECT city AS c, 1, 'ab', amount + 1 FROM orders",
     ["c|STRING|=orders.city", "EXPR$1|INT", "EXPR$2|CHAR(2)", "EXPR$3|orders.amount"]),
    ("SELECT (city), CAST(city AS INT), COUNT(city) FROM orders",
     ["city|STRING|=orders.city", "EXPR$1|INT|orders.city", "EXPR$2|BIGINT|orders.city"]),
    ("SELECT order_time, order_time + INTERVAL '1' DAY, PROCTIME() AS p FROM orders",
     [f"order_time|{TIME}", "EXPR$1|orders.order_time", "p|TIMESTAMP_LTZ(3)|processing_time"]),
    ("SELECT ts, pt FROM rich",
     ["ts|TIMESTAMP(3)|event_time|=rich.ts", "pt|TIMESTAMP_LTZ(3)|processing_time|=rich.pt"]),
    ("SELECT t FROM (SELECT order_time AS t FROM orders)", [f"t|{TIME}"]),
    ("SELECT order_time FROM orders GROUP BY order_time",
     ["order_time|TIMESTAMP_LTZ(3)|=orders.order_time"]),
    ("SELECT DISTINCT order_time FROM orders", ["order_time|TIMESTAMP_LTZ(3)|=orders.order_time"]),
    ("SELECT order_time FROM orders UNION ALL SELECT view_time FROM page_views",
     ["order_time|TIMESTAMP_LTZ(3)|event_time|orders.order_time,page_views.view_time"]),
    ("SELECT city FROM orders UNION ALL SELECT carrier FROM shipments",
     ["city|STRING|orders.city,shipments.carrier"]),
    (f"SELECT window_start, window_end, window_time, COUNT(*) FROM {TUMBLED}"
     " GROUP BY window_start, window_end, window_time",
     ["window_start|TIMESTAMP(3)|window_start|orders.order_time",
      "window_end|TIMESTAMP(3)|window_end|orders.order_time",
      "window_time|TIMESTAMP_LTZ(3)|window_time|orders.order_time", "EXPR$3|BIGINT"]),
    (f"SELECT window_time FROM {TUMBLED} GROUP BY window_time",
     ["window_time|TIMESTAMP_LTZ(3)|orders.order_time"]),
    (f"SELECT m.* {MATCH.format('ONE ROW PER MATCH')}",
     ["city|STRING|=orders.city", "a|DECIMAL(10, 2)|orders.amount", "q|orders.quantity",
      "t|event_time"]),
    ("SELECT a.city, b.city FROM orders a JOIN orders b ON a.city = b.city",
     ["city|STRING|=orders.city", "city|STRING|=orders.city"]),
    ("SELECT * FROM (SELECT city FROM orders) a JOIN (SELECT city FROM orders) b ON TRUE",
     ["city|STRING|=orders.city", "city0|STRING|=orders.city"]),
    ("SELECT * FROM (SELECT channel, city FROM orders) JOIN (SELECT city, carrier FROM shipments)"
     " USING (city)",
     ["city|STRING|orders.city,shipments.city", "channel|STRING|=orders.channel",
      "carrier|STRING|=shipments.carrier"]),
    # A comma binds as JOIN does.
    ("SELECT * FROM (SELECT city, status FROM orders) a, (SELECT carrier FROM shipments) b"
     " NATURAL JOIN (SELECT city, carrier FROM shipments) c",
     ["city|STRING|orders.city,shipments.city", "carrier|STRING|shipments.carrier",
      "status|STRING|=orders.status"]),
    ("SELECT address.city, geo.lat, items[1].sku FROM rich",
     ["city|STRING|rich.address", "lat|DOUBLE|rich.address", "EXPR$2|rich.items"]),
    ("SELECT x.* FROM rich, UNNEST(items) WITH ORDINALITY AS x",
     ["sku|STRING|rich.items", "qty|INT|rich.items", "ORDINALITY|INT"]),
    ("SELECT * FROM (VALUES (1, 'a'), (2, 'b'))", ["EXPR$0|INT", "EXPR$1|CHAR(1)"]),
    ("SELECT * FROM (VALUES (1), (2)) AS t", ["t|INT"]),
    ("SELECT total FROM rich", ["total|=rich.total"]),
    ("SELECT * FROM (SELECT city, channel, amount FROM orders)"
     " PIVOT (SUM(amount) AS s, COUNT(*) AS n FOR channel IN ('web' AS w, 'app'))",
     ["city|STRING|=orders.city", "w_s|orders.amount,orders.channel", "w_n|BIGINT|orders.channel",
      "'app'_s|orders.amount,orders.channel", "'app'_n|BIGINT|orders.channel"]),
    ("SELECT * FROM (SELECT city, channel, amount FROM orders)"
     " UNPIVOT (v FOR k IN (city, channel))",
     ["amount|DECIMAL(10, 2)|=orders.amount", "k", "v|orders.channel,orders.city"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "outputs"), OUTPUTS)
def test_outputs(text: str, outputs: list[str]) -> None:
    found = names(text)
    assert [shown(field) for field in found.outputs] == outputs
    assert found.certain
    assert found.complete


# The `[place]` of what cannot be resolved: kind, text, what was probably meant.
PROBLEMS = [
    ("unknown_table", "SELECT 1 FROM [orderz]", "orders"),
    ("unknown_table", "SELECT 1 FROM [Orders]", "orders"),
    ("unknown_table", "SELECT x.y, y FROM [other.orders] x", "orders"),
    ("unknown_table", "SELECT 1 FROM [orders.city]", "orders"),
    ("unknown_table", "WITH late AS (SELECT 1) SELECT 1 FROM [Late]", "late"),
    ("unknown_table", "WITH a AS (SELECT 1 FROM [a]) SELECT 1 FROM a", ""),
    ("unknown_table", "WITH a AS (SELECT 1 FROM [bb]), bb AS (SELECT 1) SELECT 1 FROM a", ""),
    ("unknown_table", "SELECT [x].city FROM orders AS o", ""),
    ("unknown_table", "SELECT [orders].city FROM orders AS o", ""),
    ("unknown_table", "SELECT [O].* FROM orders AS o", "o"),
    ("unknown_table", f"SELECT [orders].city FROM {TUMBLED}", ""),
    ("unknown_table", "SELECT 1 FROM orders o, (SELECT [o].city)", ""),
    ("unknown_column", "SELECT [City] FROM orders", "city"),
    ("unknown_column", "SELECT o.[citi] FROM orders o", "city"),
    ("unknown_column", "SELECT city AS c FROM orders GROUP BY [c]", ""),
    ("unknown_column", "SELECT COUNT(*) AS n FROM orders HAVING [n] > 1", ""),
    ("unknown_column", "SELECT city AS c FROM orders WHERE [c] = 'x'", ""),
    ("unknown_column", "SELECT address.[town] FROM rich", ""),
    ("unknown_column", "SELECT 1 FROM orders JOIN shipments USING ([carrier])", "carrier"),
    ("unknown_column", f"SELECT 1 FROM {TUMBLED.replace('order_time', '[ordr_time]')}",
     "order_time"),
    ("unknown_column", "SELECT city FROM orders UNION SELECT '' FROM payments ORDER BY [status]",
     ""),
    ("unknown_column", "SELECT [order_id] FROM orders AS o(a, b, c, d, e, f, g, h, i, j, k)", ""),
    ("ambiguous_column", "SELECT [amount] FROM orders, payments", ""),
    ("ambiguous_column", "SELECT [x].amount FROM orders x, payments x", ""),
    ("ambiguous_column", "SELECT [c] FROM (SELECT city AS c, status AS c FROM orders)", ""),
    ("ambiguous_column", "SELECT 1 FROM orders JOIN payments ON [order_id] = 'x'", ""),
    ("uncertain", "SELECT [a] FROM orders, LATERAL TABLE(f(city))", ""),
    ("uncertain", "SELECT 1 FROM orders WHERE EXISTS (SELECT 1 FROM f(1) WHERE [city] = 'x')", ""),
    ("uncertain", "SELECT [label] FROM ML_PREDICT(TABLE orders, MODEL m, DESCRIPTOR(amount))", ""),
    ("uncertain", "SELECT 1 FROM orders AS [o](a, b)", ""),
    ("uncertain", "SELECT [`x`] FROM f(TABLE orders)", ""),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "marked", "meant"), PROBLEMS)
def test_problems(kind: str, marked: str, meant: str) -> None:
    start, end = marked.index("["), marked.index("]") - 1
    text = re.sub(r"\[(.*)\]", r"\1", marked)
    found = names(text)
    assert not found.certain
    assert [(p.kind, p.start, p.end, p.nearest) for p in found.problems] == [
        (kind, start, end, meant)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM f(TABLE orders)",
        "SELECT * FROM ML_PREDICT(TABLE orders, MODEL m, DESCRIPTOR(amount))",
        "SELECT city FROM orders UNION ALL SELECT city, amount FROM orders",
        # Flink orders these outputs in a way of its own.
        "SELECT 1, * FROM orders JOIN payments USING (order_id)",
        "WITH " + ", ".join(
            f"t{i} AS (SELECT a.* FROM t{i - 1} a, t{i - 1} b)".replace("a.*", "*")
            if i
            else "t0 AS (SELECT * FROM orders)"
            for i in range(40)
        ) + " SELECT * FROM t39",
    ],
)  # fmt: skip
def test_what_nobody_can_know_is_uncertain(text: str) -> None:
    assert not names(text).certain


def reference(text: str, name: str) -> tuple[Names, Field]:
    """What the first column of that name in the text means."""
    found = query.read(text, CATALOG)
    assert found.tree is not None
    assert found.names is not None
    nodes = (node for node in found.tree.find_all(exp.Column) if node.name == name)
    field = found.names.field(min(nodes, key=lambda node: node.this.meta["start"]))
    assert field is not None
    return found.names, field


def test_a_reference_leads_to_the_scan() -> None:
    text = "SELECT t FROM (SELECT order_time AS t FROM orders AS o) AS q WHERE q.t > CURRENT_DATE"
    found, field = reference(text, "t")
    path: list[Relation | None] = []
    step: Field | None = field
    while step is not None:
        path.append(step.relation)
        step = step.source
    assert [relation and relation.name for relation in path] == ["q", "o", None]
    outer = found.blocks[-1]
    assert outer.relations[0] is path[0]
    assert outer.relations[0].fields == outer.relations[0].blocks[0].outputs


def test_blocks_know_what_surrounds_them() -> None:
    text = (
        "SELECT 1 FROM orders o WHERE EXISTS (SELECT 1 FROM payments p WHERE p.amount = o.amount)"
    )
    found = names(text)
    inner, outer = found.blocks
    assert inner.parent is outer
    assert found.block_of(inner.node.args["where"].this) is inner
    assert found.block_of(outer.node.args["where"].this) is outer


def test_the_first_branch_is_the_outermost_block() -> None:
    found = names("SELECT city FROM orders UNION SELECT page FROM page_views")
    assert [block.outputs[0].name for block in found.blocks] == ["page", "city"]


MINUTE = timedelta(minutes=1)
WINDOWS: list[tuple[str, str, tuple[timedelta | None, ...], Any]] = [
    ("TUMBLE(TABLE orders, DESCRIPTOR(order_time), INTERVAL '5' MINUTE)", "TUMBLE",
     (5 * MINUTE,), ()),
    ("tumble(TABLE orders, DESCRIPTOR(order_time), INTERVAL '1 02:30' DAY TO MINUTE,"
     " -INTERVAL '30' SECOND)", "TUMBLE", (26.5 * 60 * MINUTE, -MINUTE / 2), ()),
    ("HOP(SIZE => INTERVAL '10' MINUTE, DATA => TABLE orders, SLIDE => INTERVAL '1' MINUTE,"
     " TIMECOL => DESCRIPTOR(order_time))", "HOP", (MINUTE, 10 * MINUTE), ()),
    ("CUMULATE(TABLE orders, DESCRIPTOR(order_time), INTERVAL '1' HOUR, INTERVAL '1' MONTH)",
     "CUMULATE", (60 * MINUTE, None), ()),
    ("SESSION(TABLE orders PARTITION BY (city, channel), DESCRIPTOR(order_time),"
     " INTERVAL '1' DAY)", "SESSION", (1440 * MINUTE,), ("city", "channel")),
]  # fmt: skip


@pytest.mark.parametrize(("call", "kind", "sizes", "partition"), WINDOWS)
def test_windows(
    call: str, kind: str, sizes: tuple[timedelta | None, ...], partition: tuple[str, ...]
) -> None:
    found = names(f"SELECT window_end FROM TABLE({call}) AS w")
    (relation,) = found.blocks[0].relations
    window = relation.window
    assert found.certain
    assert window is not None
    assert (relation.name, relation.kind) == ("w", "window")
    assert relation.input is not None
    assert relation.input.table == "orders"
    assert (window.kind, window.sizes, window.partition_by) == (kind, sizes, partition)
    assert window.time is not None
    assert window.time.role == "event_time"


READ = [
    ("", "There is no statement."),
    ("SELECT 1; SELECT 2", "There are several statements."),
    ("SELECT 'x", 'Unexpected "\'x".'),
    ("SELECT * FROM (" * 2000 + "SELECT 1" + ")" * 2000, "The statement is nested too deeply."),
    ("SELECT " + "(" * 9000 + "1" + ")" * 9000, "The statement is nested too deeply."),
]


@pytest.mark.parametrize(("text", "error"), READ)
def test_what_cannot_be_read(text: str, error: str) -> None:
    found = query.read(text, CATALOG)
    assert (found.tree, found.names, found.kind) == (None, None, "")
    assert found.error == error


def test_an_error_has_its_place() -> None:
    found = query.read("SELECT city\nFROM orders\nWHERE AND", CATALOG)
    assert found.text[found.error_start :] == "AND"


def test_other_statements_have_a_kind_and_no_names() -> None:
    found = query.read("DROP TABLE orders", CATALOG)
    assert (found.kind, found.names, found.error) == ("DROP TABLE", None, "")


WORDS = r"""
    SELECT FROM orders payments rich o AS , , ( ) ( ) * . = 1 'x' WHERE GROUP BY ORDER city amount
    order_time JOIN LEFT ON USING NATURAL WITH a UNION ALL TABLE TUMBLE DESCRIPTOR INTERVAL MINUTE
    LATERAL UNNEST tags items IN EXISTS VALUES COUNT OVER PARTITION MATCH_RECOGNIZE MEASURES PATTERN
    DEFINE PIVOT FOR SYSTEM_TIME OF LIMIT WINDOW QUALIFY CASE END ARRAY [ ] `x` ; => f - --
    """.split()  # noqa: SIM905 - sixty quoted words are harder to read
PIECES = [text for text, *_ in USED]


@given(st.one_of(
    st.text(),
    st.lists(st.sampled_from(WORDS), max_size=30).map(lambda words: "SELECT " + " ".join(words)),
    st.tuples(st.sampled_from(PIECES), st.sampled_from(WORDS), st.sampled_from(PIECES),
              st.integers(0, 99), st.integers(0, 99)).map(
        lambda t: f"{t[0][: t[3]]} {t[1]} {t[2][t[4] :]}"
    ),
))  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_reading_never_raises(text: str) -> None:
    found = query.read(text, CATALOG)
    assert found.text == text
    assert (found.tree is None) == bool(found.error)
    if found.names is not None:
        for problem in found.names.problems:
            assert problem.start <= problem.end <= len(text)


SCAN = re.compile(
    r"TableSourceScan\(table=\[\[default_catalog, default_database, (\w+).*fields=\[([^\]]*)\]"
)


def scanned(engine: PyFlinkEngine, text: str) -> dict[str, set[str]]:
    """The columns that Flink's optimized plan scans, by table."""
    columns: dict[str, set[str]] = {}
    physical = plan(engine, text).partition("== Optimized Physical Plan ==")[2]
    for table, fields in SCAN.findall(physical):
        columns.setdefault(table, set()).update(fields.split(", "))
    return columns


# What a snapshot cannot plan, what the shop has no table or function for, and MATCH_RECOGNIZE,
# which scans whole rows.
NOT_SCANNED = ("SYSTEM_TIME", "SESSION", "DEFAULT quantity", "rich", "f(", "MATCH_RECOGNIZE")
SCANNED = [text for text, used in USED if used and not any(part in text for part in NOT_SCANNED)]


@pytest.mark.flink
@pytest.mark.parametrize("text", SCANNED)
def test_flink_reads_nothing_else(shop: Assistant, text: str) -> None:
    engine = cast("PyFlinkEngine", shop.engine)
    found = names(text)
    assert set(engine.parse(text).tables) == found.tables
    for table, fields in scanned(engine, text).items():
        # A scan that needs no column takes the table's first one.
        known = CATALOG.get(table)
        assert known is not None
        assert fields <= found.columns[table] | {known.columns[0].name}
