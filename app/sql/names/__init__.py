"""What the names in a Flink SQL query stand for, by Flink's own rules.

Names are case-sensitive. A WITH query hides a table of the same name, but not the qualified name,
and not within its own definition. Whatever cannot be resolved for certain is a `Problem`: what a
caller may read is decided by this, so a guess would be a leak.
"""

from __future__ import annotations

from types import MappingProxyType

from sqlglot import exp

from app.catalog.model import Catalog
from app.sql.names.model import Block, Field, Names, Origin, Problem, Relation, Role, Window
from app.sql.names.queries import QueryReader
from app.sql.names.state import State

__all__ = [
    "Block",
    "Field",
    "Names",
    "Origin",
    "Problem",
    "Relation",
    "Role",
    "Window",
    "resolve",
]


def resolve(tree: exp.Expression, catalog: Catalog) -> Names:
    """Finds out what every table and column name of a query means.

    Args:
        tree: A query as the dialect parses it, with the places of its names.
        catalog: The tables that there are.

    Raises:
        RecursionError: The query is nested too deeply for Python.
    """
    state = State(catalog, QueryReader)
    rows = state.query(tree, None, {})
    blocks = state.order
    if len(rows.blocks) > 1:
        blocks = [block for block in blocks if block is not rows.blocks[0]]
        blocks.append(rows.blocks[0])
    if not (state.certain or state.problems):
        state.problems.append(Problem("uncertain", "", -1, -1))
    used = {table: frozenset(columns) for table, columns in state.used.items()}
    return Names(
        blocks=tuple(blocks),
        outputs=rows.fields,
        tables=frozenset(used),
        columns=MappingProxyType(used),
        problems=tuple(sorted(state.problems, key=lambda problem: problem.start)),
        certain=state.certain and rows.complete,
        complete=rows.complete,
        _fields=MappingProxyType(state.fields),
        _blocks=MappingProxyType(state.blocks),
    )
