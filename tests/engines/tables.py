"""A few small tables of JSON lines, and one that is broken."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from app.catalog.model import Catalog, Column, Table
from app.sql.guard import SafeQuery

ORDERS = (
    {
        "id": 1,
        "city": "Bern",
        "amount": "10.50",
        "t": "2026-11-22T10:00:00Z",
        "due": "2026-11-23T00:00:00",
    },
    {
        "id": 2,
        "city": "Genoa",
        "amount": "7.25",
        "t": "2026-11-22T11:30:00Z",
        "due": "2026-11-24T00:00:00",
    },
    {
        "id": 3,
        "city": "Bern",
        "amount": "0.25",
        "t": "2026-11-22T12:00:00Z",
        "due": "2026-11-25T00:00:00",
    },
    {"id": 4, "city": None, "amount": None, "t": "2026-11-22T09:00:00Z", "due": None},
)
CITIES = ({"city": "Bern", "country": "CH"}, {"city": "Genoa", "country": "IT"})


def json_table(
    name: str, folder: Path, columns: dict[str, str], time_attribute: str | None = None
) -> Table:
    """A table over a folder of JSON lines."""
    fields = [f"`{column}` {kind}" for column, kind in columns.items()]
    if time_attribute:
        fields.append(f"WATERMARK FOR `{time_attribute}` AS `{time_attribute}`")
    return Table(
        name,
        tuple(Column(column, kind) for column, kind in columns.items()),
        time_attribute=time_attribute,
        schema_sql=f"CREATE TABLE {name} ({', '.join(fields)})",
        options={
            "connector": "filesystem",
            "path": str(folder),
            "source.monitor-interval": "1 s",
            "format": "json",
            "json.timestamp-format.standard": "ISO-8601",
        },
    )


def write_lines(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    """Writes rows as JSON lines, with their folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(row) for row in rows]
    path.write_text("".join(f"{line}\n" for line in lines))


def write(folder: Path) -> Catalog:
    """Writes the tables' files and gives their catalog."""
    write_lines(folder / "orders" / "1.json", ORDERS[:2])
    write_lines(folder / "orders" / "2.json", ORDERS[2:])
    write_lines(folder / "cities" / "1.json", CITIES)
    write_lines(folder / "numbers" / "1.json", ({"n": n} for n in range(2000)))
    orders = {
        "id": "BIGINT",
        "city": "STRING",
        "amount": "DECIMAL(10, 2)",
        "t": "TIMESTAMP_LTZ(3)",
        "due": "TIMESTAMP(3)",
    }
    broken = Table(
        "broken",
        (Column("id", "NO_TYPE"),),
        schema_sql="CREATE TABLE broken (id NO_TYPE)",
        options={"connector": "filesystem"},
    )
    return Catalog(
        (
            json_table("orders", folder / "orders", orders, "t"),
            json_table("cities", folder / "cities", {"city": "STRING", "country": "STRING"}),
            json_table("numbers", folder / "numbers", {"n": "INT"}),
            broken,
        )
    )


def safe(text: str, *names: str, row_limit: int = 100) -> SafeQuery:
    """A query as the guard would let it pass."""
    return SafeQuery(text, names, row_limit)
