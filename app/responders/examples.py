"""Questions that can be asked of a catalog without a model, each proven to be understood."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from app.catalog.model import Catalog, Column, Table
from app.catalog.values import Values
from app.semantic_parser import parse
from app.semantic_parser.comments import listed_values
from app.semantic_parser.types import is_additive, is_id, is_measure, is_text
from app.semantic_parser.words import say_column

MOST = 4
_TABLES = 12
_SURE = 0.75


def examples(catalog: Catalog, values: Values, *, now: datetime, time_zone: str) -> tuple[str, ...]:
    """A few questions over different tables that the parser is sure of."""
    found: list[str] = []
    for table in catalog.tables[:_TABLES]:
        for question in _candidates(table, values):
            reading = parse(question, catalog, values, now=now, time_zone=time_zone)
            if reading and reading.confidence >= _SURE and reading.form.table.name == table.name:
                found.append(question)
                break
        if len(found) == MOST:
            break
    return tuple(found)


def _candidates(table: Table, values: Values) -> Iterator[str]:
    name = table.name.replace("_", " ")
    measures = [c for c in table.columns if is_measure(c, table)]
    groups = [c for c in table.columns if is_text(c) and not is_id(c, table)]
    states = [(c, v) for c in groups for v in _values(table, c, values) if c.name == "status"]
    for column, value in states[:1]:
        yield f"How many {name} with {say_column(column)} {value} in the last hour?"
    for measure in measures[:2]:
        for group in groups[:2]:
            function = "total" if is_additive(measure) else "average"
            subject, by = say_column(measure), say_column(group)
            yield f"What is the {function} {subject} of {name} per {by} today?"
    for group in groups[:2]:
        yield f"How many {name} per {say_column(group)} today?"
    yield f"How many {name} were there in the last hour?"


def _values(table: Table, column: Column, values: Values) -> tuple[str, ...]:
    return values.of(table.name, column.name) or listed_values(column)
