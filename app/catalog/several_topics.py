"""How a snapshot reads a table of several topics, or of all that match a pattern.

Flink takes offsets of one topic alone. Of several it looks for the ends itself, when its source
starts, which is later than the moment of the question. So the table is a view over its records with
their places, of which it keeps those before the ends that the question has found. The join that
does so makes reading 1.4 times as long, for however many topics.
"""

from __future__ import annotations

from dataclasses import replace

from app.catalog import places
from app.catalog.model import Table
from app.catalog.places import Ends
from app.sql import lexer


def part(table: Table) -> Table:
    """The table behind the view."""
    name, _ = places.part_names(table.name)
    schema = places.with_columns(table.schema_sql, places.COLUMNS)
    return replace(table, name=name, schema_sql=schema)


def view(table: Table, ends: Ends) -> str:
    """The statement that makes the table itself; it reads to the end where none are given."""
    name, columns = lexer.quote(table.name), (lexer.quote(c.name) for c in table.columns)
    rows = lexer.quote(places.part_names(table.name)[0])
    kept = ", ".join(f"r.{column}" for column in columns)
    join = places.before(ends, "r")
    return f"CREATE TEMPORARY VIEW {name} AS\nSELECT {kept}\nFROM {rows} r {join}".rstrip()
