"""A few small tables whose answers can be counted by hand, rows delivered twice included."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from app.catalog.model import Catalog, Column, Table
from app.semantic_parser.form import Field, Join, TimeRange
from tests.engines.tables import json_table, write_lines

_ORDER = (
    *("order_id", "customer", "city", "status", "amount", "fee", "units"),
    *("tags", "place", "ordered", "shipped", "due"),
)
_NORTH, _SOUTH = (
    {"street": "1 Road", "district": "North"},
    {"street": "2 Road", "district": "South"},
)
_O1 = (
    *("o1", "c1", "Bern", "done", "10.00", "1.00", 1),
    *(["gift"], _NORTH, "2026-11-22T10:05:00Z", "2026-11-22T10:35:00.500Z", "2026-11-22"),
)
_O2: tuple[object, ...] = (
    *("o2", "c1", "Bern", "cancelled", "20.00", "2.00", 2),
    *([], _SOUTH, "2026-11-22T10:40:00Z", None, "2026-11-23"),
)
_O3 = (
    *("o3", "c2", "Rome", "done", "30.00", "3.00", 3),
    *(["gift", "fast"], _NORTH, "2026-11-22T11:10:00Z", "2026-11-22T12:40:00Z", "2026-11-23"),
)
_O4 = (
    *("o4", "c3", "Rome", "done", "40.00", "0.00", 4),
    *(None, None, "2026-11-22T11:50:00Z", "2026-11-22T12:00:00Z", "2026-11-24"),
)
_O5 = (
    *("o5", "c2", "Oslo", "done", "50.00", "5.00", 1),
    *(["fast"], _SOUTH, "2026-11-22T12:20:00Z", "2026-11-22T12:21:00Z", None),
)
_PAYMENT = ("payment_id", "order_id", "status", "paid")
_P2 = ("p2", "o1", "ok", "2026-11-22T10:07:00Z")
_STOP = ("stop_id", "trip", "name", "boarded", "at")
_S1 = ("s1", "t1", "Main", 3, "2026-11-22T10:10:00Z")
_ROWS: dict[str, tuple[tuple[object, ...], ...]] = {
    "orders": (_ORDER, _O1, _O2, _O1, _O3, _O4, _O5, _O4, _O4),
    "payments": (
        _PAYMENT,
        ("p1", "o1", "failed", "2026-11-22T10:06:00Z"),
        _P2,
        ("p3", "o3", "ok", "2026-11-22T11:15:00Z"),
        _P2,
        ("p4", "o4", "failed", "2026-11-22T11:51:00Z"),
    ),
    "trips": (
        ("trip", "line", "delay", "left_at"),
        ("t1", "A", 5, "2026-11-22T10:00:00"),
        ("t2", "A", 1, "2026-11-22T11:00:00"),
        ("t3", "B", 9, "2026-11-22T11:30:00"),
        ("t4", "B", None, "2026-11-22T12:00:00"),
    ),
    "stops": (
        _STOP,
        _S1,
        ("s2", "t1", "Park", 2, "2026-11-22T10:20:00Z"),
        _S1,
        ("s3", "t2", "Main", 4, "2026-11-22T11:05:00Z"),
        ("s4", "t3", "Park", 1, "2026-11-22T11:50:00Z"),
    ),
}
"""The names of each table's columns, and then its rows."""


def _table(name: str, time: str, columns: dict[str, str], *key: str) -> Table:
    return replace(json_table(name, Path(name), columns, time), primary_key=key)


ORDERS = _table(
    "orders",
    "ordered",
    {
        "order_id": "STRING",
        "customer": "STRING",
        "city": "STRING",
        "status": "STRING",
        "amount": "DECIMAL(10, 2)",
        "fee": "DECIMAL(10, 2)",
        "units": "INT",
        "tags": "ARRAY<STRING>",
        "place": "ROW<street STRING, district STRING>",
        "ordered": "TIMESTAMP_LTZ(3)",
        "shipped": "TIMESTAMP_LTZ(3)",
        "due": "DATE",
    },
    "order_id",
)
PAYMENTS = _table(
    "payments",
    "paid",
    {"payment_id": "STRING", "order_id": "STRING", "status": "STRING", "paid": "TIMESTAMP_LTZ(3)"},
    "payment_id",
)
TRIPS = _table(
    "trips",
    "left_at",
    {"trip": "STRING", "line": "STRING", "delay": "INT", "left_at": "TIMESTAMP(3)"},
)
STOPS = _table(
    "stops",
    "at",
    {
        "stop_id": "STRING",
        "trip": "STRING",
        "name": "STRING",
        "boarded": "INT",
        "at": "TIMESTAMP_LTZ(3)",
    },
    "stop_id",
)
_TABLES = {table.name: table for table in (ORDERS, PAYMENTS, TRIPS, STOPS)}


def write(folder: Path) -> Catalog:
    """Writes the tables' files and gives their catalog."""
    tables = []
    for name, table in _TABLES.items():
        head, *rows = _ROWS[name]
        lines = (dict(zip(map(str, head), row, strict=True)) for row in rows)
        write_lines(folder / name / "1.json", lines)
        tables.append(replace(table, options={**table.options, "path": str(folder / name)}))
    return Catalog(tuple(tables))


def field(path: str) -> Field:
    """A field by its path, such as `orders.city` or `orders.place.district`."""
    table, name, *inner = path.split(".")
    if inner:
        return Field(table, Column(inner[0], "STRING"), within=name)
    column = _TABLES[table].column(name)
    assert column is not None
    return Field(table, column)


def join(left: str, right: str, *, many: bool = False) -> Join:
    """Another table joined by one pair of keys."""
    return Join(_TABLES[right.partition(".")[0]], ((field(left), field(right)),), many=many)


def hours(start: int | None, end: int | None, words: str = "") -> TimeRange:
    """A stretch of the day by full hours."""
    return TimeRange(_at(start), _at(end), words)


def _at(hour: int | None) -> datetime | None:
    return None if hour is None else datetime(2026, 11, 22, hour)  # noqa: DTZ001 - local time
