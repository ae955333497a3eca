"""A span is never too narrow: on a real Flink, and against a small evaluator of conditions.

On Flink each query runs twice, over whole tables and over tables of which only the rows within the
span are left; the answers must be equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.catalog.model import Catalog
from app.engines.pyflink import PyFlinkEngine
from app.sql import query, timerange
from app.sql.timerange import Span
from tests.engines import tables

BERLIN = "Europe/Berlin"
COLUMNS = {
    "id": "BIGINT",
    "city": "STRING",
    "amount": "INT",
    "t": "TIMESTAMP_LTZ(3)",
    "ms": "BIGINT",
}
PAYMENTS = {
    "id": "BIGINT",
    "order_id": "BIGINT",
    "kind": "STRING",
    "p": "TIMESTAMP(3)",
    "ms": "BIGINT",
}
# Around the night on which Berlin's clocks go back, and around an ordinary day.
STARTS = (datetime(2026, 10, 24, tzinfo=UTC), datetime(2026, 11, 21, tzinfo=UTC))


def _rows() -> Iterator[tuple[dict[str, object], dict[str, object]]]:
    number = 0
    for start in STARTS:
        for step in range(144):
            number += 1
            at = start + timedelta(minutes=20 * step, milliseconds=(step % 7 == 3) * 999)
            paid = at + timedelta(minutes=step % 50)
            shown = paid.astimezone(ZoneInfo(BERLIN))
            order = {"id": number, "city": "ABCD"[step % 4], "amount": step % 11}
            payment = {"id": -number, "order_id": number, "kind": "xyz"[step % 3]}
            yield (
                order | {"t": _iso(at) + "Z", "ms": _milliseconds(at)},
                payment | {"p": _iso(shown), "ms": _milliseconds(paid)},
            )


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _catalog(folder: Path) -> Catalog:
    rows = list(_rows())
    tables.write_lines(folder / "orders" / "1.json", (order for order, _ in rows))
    late: list[dict[str, object]] = [{"id": -999, "order_id": 5, "kind": "x", "p": None}]
    tables.write_lines(folder / "payments" / "1.json", [payment for _, payment in rows] + late)
    return Catalog(
        (
            tables.json_table("orders", folder / "orders", COLUMNS, "t"),
            tables.json_table("payments", folder / "payments", PAYMENTS, "p"),
        )
    )


@dataclass(frozen=True)
class Shop:
    engine: PyFlinkEngine
    catalog: Catalog

    def rows(self, sql: str) -> list[str]:
        result = self.engine.run(tables.safe(sql, "orders", row_limit=5000))
        return sorted(map(repr, result.rows()))


@pytest.fixture(scope="module")
def berlin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("berlin")
    catalog = _catalog(folder)
    with PyFlinkEngine(catalog, state_dir=folder / "state", time_zone=BERLIN) as engine:
        yield Shop(engine, catalog)


TEN, NOON = "TIMESTAMP '2026-11-22 10:00:00'", "TIMESTAMP '2026-11-22 12:00:00'"
TUMBLE = "TABLE(TUMBLE(TABLE orders, DESCRIPTOR(t), INTERVAL '1' HOUR))"
HOP = "TABLE(HOP(TABLE orders, DESCRIPTOR(t), INTERVAL '30' MINUTE, INTERVAL '2' HOUR))"
CUMULATE = "TABLE(CUMULATE(TABLE orders, DESCRIPTOR(t), INTERVAL '1' HOUR, INTERVAL '4' HOUR))"

QUERIES = (
    f"SELECT id FROM orders WHERE t > {TEN}",
    f"SELECT id FROM orders WHERE t BETWEEN {TEN} AND {NOON}",
    f"SELECT id FROM orders WHERE NOT (t < {TEN} OR t > {NOON})",
    f"SELECT id FROM orders WHERE t + INTERVAL '3' HOUR < {TEN}",
    "SELECT id FROM orders WHERE t >= TIMESTAMP '2026-10-25 02:20:00' "
    "AND t <= TIMESTAMP '2026-10-25 02:40:00'",
    "SELECT id FROM orders WHERE FLOOR(t TO HOUR) = TIMESTAMP '2026-10-25 02:00:00'",
    "SELECT id FROM orders WHERE FLOOR(t TO DAY) = TIMESTAMP '2026-10-25 00:00:00'",
    "SELECT id FROM orders WHERE CEIL(t TO HOUR) = TIMESTAMP '2026-11-22 10:00:00'",
    "SELECT id FROM orders WHERE CAST(t AS DATE) = DATE '2026-10-25'",
    "SELECT id FROM orders WHERE CAST(t AS DATE) IN (DATE '2026-11-22', DATE '2026-11-23')",
    "SELECT id FROM orders WHERE DATE_FORMAT(t, 'yyyy-MM-dd HH') = '2026-10-25 02'",
    "SELECT id FROM orders WHERE DATE_FORMAT(t, 'yyyy-MM-dd') >= '2026-11-22'",
    "SELECT id FROM orders WHERE CAST(t AS STRING) < '2026-10-25 02'",
    "SELECT id FROM orders WHERE t >= '2026-11-22 10:00:00'",
    "SELECT id FROM orders WHERE FLOOR(t TO WEEK) = TIMESTAMP '2026-11-22 00:00:00'",
    "SELECT id FROM orders WHERE FLOOR(t TO MONTH) = TIMESTAMP '2026-11-01 00:00:00'",
    "SELECT id FROM orders WHERE EXTRACT(MONTH FROM t) = 10 AND YEAR(t) = 2026",
    "SELECT id FROM orders WHERE t + INTERVAL '1' MONTH > TIMESTAMP '2026-11-25 00:00:00'",
    "SELECT id FROM orders WHERE t >= TIMESTAMP '2026-11-22 10:00:00' - INTERVAL '2' WEEK",
    "SELECT id FROM orders WHERE TIMESTAMPADD(DAY, -1, t) > TIMESTAMP '2026-10-25 00:00:00'",
    "SELECT id FROM orders WHERE "
    "TIMESTAMPDIFF(MINUTE, t, TO_TIMESTAMP_LTZ(1795345200000, 3)) BETWEEN -5 AND 45",
    f"SELECT id FROM payments WHERE TIMESTAMPDIFF(HOUR, {TEN}, p) = 2",
    f"SELECT id FROM payments WHERE TIMESTAMPDIFF(MONTH, p, {TEN}) >= 1",
    "SELECT id FROM payments WHERE p BETWEEN TIMESTAMP '2026-10-25 02:10:00' "
    "AND TIMESTAMP '2026-10-25 02:50:00'",
    f"SELECT o.id, p.id FROM orders AS o LEFT JOIN payments AS p ON p.order_id = o.id AND p.p > "
    f"{NOON} "
    f"WHERE o.t > {TEN}",
    f"SELECT o.id, p.id FROM orders AS o LEFT JOIN payments AS p ON p.order_id = o.id AND o.t > "
    f"{TEN}",
    f"SELECT o.id FROM orders AS o LEFT JOIN payments AS p ON p.order_id = o.id AND p.p > {TEN} "
    "WHERE p.id IS NULL",
    f"SELECT o.id, p.id FROM orders AS o LEFT JOIN payments AS p ON p.order_id = o.id WHERE p.p "
    f"> {TEN}",
    f"SELECT p.id, o.id FROM orders AS o RIGHT JOIN payments AS p ON p.order_id = o.id AND o.t > "
    f"{TEN} "
    f"AND p.p > {NOON}",
    f"SELECT o.id, p.id FROM orders AS o FULL JOIN payments AS p ON p.order_id = o.id AND o.t > "
    f"{TEN} "
    f"WHERE p.p > {TEN} OR o.t > {NOON}",
    f"SELECT o.id, p.id FROM orders AS o, payments AS p WHERE p.order_id = o.id AND o.t > {TEN} "
    "AND p.p BETWEEN CAST(o.t AS TIMESTAMP(3)) AND CAST(o.t AS TIMESTAMP(3)) + INTERVAL '30' "
    "MINUTE",
    "SELECT a.id, b.id FROM orders AS a JOIN orders AS b ON a.amount = b.amount "
    f"AND b.t BETWEEN a.t - INTERVAL '5' HOUR AND a.t WHERE a.t BETWEEN {TEN} AND {NOON}",
    f"SELECT window_start, COUNT(*) FROM {TUMBLE} WHERE window_start >= {TEN} "
    f"AND window_end <= {NOON} GROUP BY window_start, window_end",
    f"SELECT * FROM (SELECT window_start, window_end, city, SUM(amount) FROM {HOP} "
    f"GROUP BY window_start, window_end, city) WHERE window_start = {TEN}",
    f"SELECT window_end, COUNT(*) FROM {HOP} GROUP BY window_start, window_end "
    "HAVING window_end = TIMESTAMP '2026-10-25 03:00:00'",
    f"SELECT window_start, window_end, SUM(amount) FROM {CUMULATE} WHERE window_time < {TEN} "
    f"AND window_start > TIMESTAMP '2026-11-22 00:00:00' GROUP BY window_start, window_end",
    f"SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY city ORDER BY t DESC) AS rn "
    f"FROM orders) WHERE rn <= 2 AND t < {TEN}",
    f"SELECT * FROM (SELECT id, t, LAG(id) OVER (PARTITION BY city ORDER BY t) FROM orders) "
    f"WHERE t > {TEN}",
    f"SELECT * FROM (SELECT id, SUM(amount) OVER (PARTITION BY FLOOR(t TO HOUR) ORDER BY t) AS s, "
    f"FLOOR(t TO HOUR) AS h FROM orders) WHERE h = {TEN}",
    f"SELECT * FROM (SELECT id, t FROM orders ORDER BY t LIMIT 5) WHERE t > {TEN}",
    f"SELECT * FROM (SELECT city, MAX(t) AS last FROM orders GROUP BY city) WHERE last > {TEN}",
    f"SELECT * FROM (SELECT FLOOR(t TO HOUR) AS h, COUNT(*) AS n FROM orders GROUP BY FLOOR(t TO "
    f"HOUR)) "
    f"WHERE h BETWEEN {TEN} AND {NOON}",
    f"WITH c AS (SELECT id, t FROM orders) SELECT id FROM c WHERE t > {TEN} "
    f"UNION ALL SELECT id FROM c WHERE t > {NOON}",
    f"SELECT * FROM (SELECT city, t FROM orders UNION ALL SELECT kind, CAST(p AS TIMESTAMP_LTZ(3)) "
    f"FROM payments) WHERE t > {TEN}",
    "SELECT * FROM (SELECT CAST(t AS DATE) AS d FROM orders EXCEPT SELECT CAST(p AS DATE) FROM "
    "payments "
    "WHERE kind = 'x') WHERE d > DATE '2026-10-25'",
    f"SELECT id FROM orders AS o WHERE t > {TEN} AND EXISTS (SELECT 1 FROM payments WHERE "
    f"order_id = o.id "
    f"AND p > {NOON})",
    f"SELECT id FROM orders WHERE id NOT IN (SELECT order_id FROM payments WHERE p > {TEN})",
    f"SELECT id FROM orders WHERE t > (SELECT MAX(t) FROM orders WHERE t < {TEN}) AND city = 'A'",
    f"SELECT DISTINCT city, CAST(t AS DATE) FROM orders WHERE t < {TEN} OR t BETWEEN {TEN} AND "
    f"{NOON}",
    f"SELECT COUNT(*) FILTER (WHERE t > {TEN}), COUNT(*) FROM orders",
    f"SELECT COUNT(*), SUM(CASE WHEN t > {TEN} THEN 1 ELSE 0 END) FROM orders WHERE city = 'A' "
    f"OR t > {NOON}",
    "SELECT id FROM orders WHERE CAST(t AS DATE) = '2026-11-22 10:00:00'",
    "SELECT id FROM orders WHERE CAST(t AS DATE) >= TO_DATE('2026-11-22')",
    "SELECT id FROM orders WHERE t >= TO_TIMESTAMP('2026-11-22', 'yyyy-MM-dd')",
    "SELECT id FROM orders WHERE t >= DATE_FORMAT(TIMESTAMP '2026-11-22 10:00:00', 'yyyy-MM-dd')",
    f"SELECT id FROM orders WHERE t >= {TEN} AND t < '2026-11-22 12:00:00'",
    f"SELECT id FROM orders WHERE t >= {TEN} AND t < TO_TIMESTAMP_LTZ(1795345200000, 3)",
    "SELECT o.t, p.p FROM (SELECT id AS order_id, t FROM orders) AS o JOIN payments AS p "
    f"USING (order_id) WHERE p.p > {TEN}",
    "SELECT t FROM (SELECT t FROM orders INTERSECT SELECT CAST(p AS TIMESTAMP_LTZ(3)) "
    f"FROM payments) WHERE t > {TEN}",
    "SELECT * FROM (SELECT w, s, ROW_NUMBER() OVER (PARTITION BY w ORDER BY s DESC, city) AS rn "
    f"FROM (SELECT window_start AS w, city, SUM(amount) AS s FROM {TUMBLE} "
    f"GROUP BY window_start, window_end, city)) WHERE rn <= 2 AND w >= {TEN}",
    f"SELECT a.window_start, a.id, b.id FROM (SELECT * FROM {TUMBLE}) AS a JOIN (SELECT * FROM "
    f"{TUMBLE}) AS b ON a.window_start = b.window_start AND a.window_end = b.window_end "
    f"AND a.city = b.city WHERE a.window_start = {TEN}",
    "SELECT id FROM orders WHERE t < CURRENT_TIMESTAMP - INTERVAL '10' DAY",
    f"SELECT id FROM orders WHERE t > {TEN} AND t < TIMESTAMP '2026-11-01 00:00:00'",
    "SELECT T.a, T.b FROM orders MATCH_RECOGNIZE (PARTITION BY city ORDER BY t MEASURES A.t AS a, "
    "B.t AS b ONE ROW PER MATCH AFTER MATCH SKIP PAST LAST ROW PATTERN (A B) "
    f"DEFINE B AS B.amount > A.amount) AS T WHERE T.a > {TEN}",
)


@pytest.mark.flink
@pytest.mark.parametrize("sql", QUERIES)
def test_rows_outside_of_the_span_do_not_matter(sql: str, berlin: Shop) -> None:
    spans = _spans(sql, berlin.catalog, datetime.now(UTC), BERLIN)
    assert berlin.rows(_within(sql, spans)) == berlin.rows(sql)


def _spans(sql: str, catalog: Catalog, now: datetime, zone: str) -> dict[str, Span]:
    read = query.read(sql, catalog)
    assert read.names is not None, read.error
    assert read.names.certain, read.names.problems
    return dict(timerange.of(read, catalog, now=now, time_zone=zone))


def _within(sql: str, spans: dict[str, Span]) -> str:
    """The query over tables that have nothing but the span: a WITH query hides a table's name."""
    hidden = []
    for table, span in spans.items():
        # Not by the time itself: Flink merges conditions on one column, and in a zone other than
        # UTC it mixes up those with a TIMESTAMP and those with a TIMESTAMP_LTZ.
        conditions = [
            f"ms {sign} {_milliseconds(end)}"
            for sign, end in ((">=", span.start), ("<=", span.end))
            if end is not None
        ]
        if conditions:
            hidden.append(f"{table} AS (SELECT * FROM {table} WHERE {' AND '.join(conditions)})")
    if not hidden:
        return sql
    own = sql.removeprefix("WITH ")
    return f"WITH {', '.join(hidden)}{' ' if own == sql else ', '}{own}"


ZONES = ("UTC", BERLIN, "Asia/Kolkata", "America/St_Johns")
NOW = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)
Instant = datetime
Value = Callable[[Instant, ZoneInfo], datetime]


@dataclass(frozen=True)
class Term:
    """A text, and what it is for an instant: aware as TIMESTAMP_LTZ, naive as TIMESTAMP."""

    sql: str
    value: Value


def _instant(value: datetime, zone: ZoneInfo) -> datetime:
    # Java takes the earlier of two, and goes on by the old offset in a gap, as fold=0 does.
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)


def _wall(value: datetime, zone: ZoneInfo) -> datetime:
    return value.astimezone(zone).replace(tzinfo=None) if value.tzinfo else value


def _floor(value: datetime, unit: str, zone: ZoneInfo) -> datetime:
    wall = _wall(value, zone).replace(microsecond=0, second=0)
    wall = wall.replace(minute=0) if unit != "MINUTE" else wall
    wall = wall.replace(hour=0) if unit in {"DAY", "MONTH"} else wall
    wall = wall.replace(day=1) if unit == "MONTH" else wall
    return _instant(wall, zone) if value.tzinfo else wall


COLUMN = Term("t", lambda at, zone: at)
UNITS = {"MINUTE": 60, "HOUR": 3600, "DAY": 86400}
moments = st.integers(-3 * 1440, 3 * 1440).map(lambda m: NOW + timedelta(minutes=m))


@st.composite
def constants(draw: st.DrawFn) -> Term:
    at = draw(moments)
    text = at.strftime("%Y-%m-%d %H:%M:%S")
    wall = at.replace(tzinfo=None)
    return draw(
        st.sampled_from(
            (
                Term(f"TIMESTAMP '{text}'", lambda _, zone: wall),
                Term(f"CAST('{text}' AS TIMESTAMP_LTZ(3))", lambda _, zone: _instant(wall, zone)),
                Term(f"TO_TIMESTAMP('{text}')", lambda _, zone: wall),
                Term(f"TO_TIMESTAMP_LTZ({round(at.timestamp())}, 0)", lambda _, zone: at),
                Term("CURRENT_TIMESTAMP", lambda _, zone: NOW + timedelta(seconds=50)),
                Term("LOCALTIMESTAMP", lambda _, zone: _wall(NOW - timedelta(seconds=50), zone)),
            )
        )
    )


def _changed(inner: Term) -> st.SearchStrategy[Term]:
    def shifted(sign: int, unit: str, count: int) -> Term:
        by = sign * timedelta(seconds=UNITS[unit] * count)
        text = f"({inner.sql} {'+' if sign > 0 else '-'} INTERVAL '{count}' {unit})"
        return Term(text, lambda at, zone: inner.value(at, zone) + by)

    def floored(unit: str) -> Term:
        text = f"FLOOR({inner.sql} TO {unit})"
        return Term(text, lambda at, zone: _floor(inner.value(at, zone), unit, zone))

    return st.one_of(
        st.builds(
            shifted, st.sampled_from((1, -1)), st.sampled_from(tuple(UNITS)), st.integers(0, 60)
        ),
        st.sampled_from((*UNITS, "MONTH")).map(floored),
        st.just(
            Term(f"CAST({inner.sql} AS TIMESTAMP(3))", lambda at, z: _wall(inner.value(at, z), z))
        ),
        st.just(
            Term(
                f"CAST({inner.sql} AS TIMESTAMP_LTZ(3))",
                lambda at, zone: _instant(inner.value(at, zone), zone),
            )
        ),
    )


def terms(start: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    return start | start.flatmap(_changed) | start.flatmap(_changed).flatmap(_changed)


Test = Callable[[Instant, ZoneInfo], bool]
SIGNS: dict[str, Callable[[datetime, datetime], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
}


def _compared(left: Term, sign: str, right: Term, *, instants: bool) -> tuple[str, Test]:
    def test(at: Instant, zone: ZoneInfo) -> bool:
        one, other = left.value(at, zone), right.value(at, zone)
        # Of two kinds, Flink compares instants for < and wall clocks for =.
        as_instants = instants if (one.tzinfo is None) != (other.tzinfo is None) else one.tzinfo
        meant = _instant if as_instants else _wall
        return SIGNS[sign](meant(one, zone), meant(other, zone))

    return f"{left.sql} {sign} {right.sql}", test


comparisons = st.builds(
    _compared,
    terms(st.just(COLUMN)),
    st.sampled_from(tuple(SIGNS)),
    terms(constants()),
    instants=st.booleans(),
) | st.builds(
    _compared,
    terms(constants()),
    st.sampled_from(tuple(SIGNS)),
    terms(st.just(COLUMN)),
    instants=st.booleans(),
)


def _joined(word: str, one: tuple[str, Test], other: tuple[str, Test]) -> tuple[str, Test]:
    join = all if word == "AND" else any
    return (
        f"({one[0]}) {word} ({other[0]})",
        lambda at, zone: join(test(at, zone) for _, test in (one, other)),
    )


def _negated(one: tuple[str, Test]) -> tuple[str, Test]:
    return f"NOT ({one[0]})", lambda at, zone: not one[1](at, zone)


conditions: st.SearchStrategy[tuple[str, Test]] = st.recursive(
    comparisons,
    lambda inner: (
        st.builds(_joined, st.sampled_from(("AND", "OR")), inner, inner) | inner.map(_negated)
    ),
    max_leaves=4,
)
CATALOG = Catalog((tables.json_table("orders", Path("orders"), COLUMNS, "t"),))


@settings(max_examples=400, deadline=None, derandomize=True)
@given(
    condition=conditions,
    instants=st.lists(moments, min_size=20, max_size=20),
    zone=st.sampled_from(ZONES),
)
def test_what_satisfies_a_condition_is_in_its_span(
    condition: tuple[str, Test], instants: list[datetime], zone: str
) -> None:
    sql, test = condition
    span = _spans(f"SELECT * FROM orders WHERE {sql}", CATALOG, NOW, zone)["orders"]
    for instant in instants:
        if test(instant, ZoneInfo(zone)):
            assert span.start is None or span.start <= instant, (sql, instant)
            assert span.end is None or instant <= span.end, (sql, instant)
