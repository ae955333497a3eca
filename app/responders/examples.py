"""Questions that can be asked of a catalog without a model, each proven to be understood."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from app.catalog.model import Catalog, Column, Table
from app.catalog.values import Values
from app.responders.mentions import Mentions
from app.semantic_parser import parse
from app.semantic_parser.comments import listed_values
from app.semantic_parser.tokens import tokenize
from app.semantic_parser.types import is_additive, is_id, is_measure, is_text
from app.semantic_parser.words import say_column

MOST = 4
_MOST_OF_ONE = 2
_TABLES = 12
_SURE = 0.75
_CHARACTERS = 1_000


def examples(
    catalog: Catalog, values: Values, *, now: datetime, time_zone: str, like: str = ""
) -> tuple[str, ...]:
    """A few questions that the parser is sure of, over different tables.

    Args:
        catalog: The tables.
        values: What their text columns hold.
        now: What "now" means in a question (aware).
        time_zone: IANA name of the zone that times in questions are in.
        like: A question; tables and columns that it mentions come first.
    """

    def is_understood(question: str, table: Table) -> bool:
        reading = parse(question, catalog, values, now=now, time_zone=time_zone)
        return bool(
            reading
            and reading.is_sure
            and reading.confidence >= _SURE
            and reading.form.table.name == table.name
        )

    mentioned = Mentions.of(like, catalog, values).tables
    words = _stems(like)
    found: list[str] = []
    nearest = sorted(range(len(catalog.tables)), key=lambda p: (-mentioned.get(p, 0), p))
    for position in nearest[:_TABLES]:
        table = catalog.tables[position]
        candidates = sorted(_candidates(table, values), key=lambda q: -len(words & _stems(q)))
        understood = (q for q in candidates if is_understood(q, table))
        most = _MOST_OF_ONE if position in mentioned else 1
        found += [q for q, _ in zip(understood, range(most), strict=False)]
        if len(found) >= MOST:
            break
    return tuple(found[:MOST])


def _stems(text: str) -> frozenset[str]:
    """All of its words, small ones too: they tell how many from what total."""
    return frozenset(token.stem for token in tokenize(text[:_CHARACTERS]))


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
