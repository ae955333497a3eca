"""The typed tree as Flink SQL, and what the columns of its result are called."""

from __future__ import annotations

from app.semantic_parser.sql.moments import bucket_name
from app.semantic_parser.sql.names import Columns, MeasureColumns, adds_up, alias, columns
from app.semantic_parser.sql.render import render
from app.semantic_parser.sql.text import literal, timestamp
from app.sql.dialect.words import identifier

__all__ = [
    "Columns",
    "MeasureColumns",
    "adds_up",
    "alias",
    "bucket_name",
    "columns",
    "identifier",
    "literal",
    "render",
    "timestamp",
]
