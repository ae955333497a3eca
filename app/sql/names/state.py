"""What one resolution knows and collects, and the scopes in which it looks names up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

from sqlglot import exp

from app.catalog.model import Catalog, Table
from app.catalog.nearest import nearest
from app.sql import lexer
from app.sql.names.model import Block, Field, Origin, Problem, ProblemKind, Relation, Role

CATALOG, DATABASE = "default_catalog", "default_database"

# Views and stars can multiply columns without end; past this much the rest counts as uncertain.
_BUDGET = 40_000
_MAX_PROBLEMS = 100


@dataclass(slots=True, eq=False)
class Scope:
    """Where names are looked up: a block's relations so far, then those of the block around it.

    Attributes:
        block: The block.
        parent: The scope that it may also use.
        ctes: The WITH queries it sees.
        relations: What its FROM has brought so far.
        shown: What `*` gives, in order, once NATURAL JOIN or USING has merged columns.
        merged: The merged columns by name.
        hidden: Columns that a merged one stands for, by relation and name.
        variables: Pattern variables, within MATCH_RECOGNIZE.
    """

    block: Block
    parent: Scope | None
    ctes: Mapping[str, Relation]
    relations: list[Relation] = field(default_factory=list)
    shown: list[tuple[Relation | None, Field]] | None = None
    merged: dict[str, Field] = field(default_factory=dict)
    hidden: set[tuple[Relation, str]] = field(default_factory=set)
    variables: frozenset[str] = frozenset()

    def add(self, relation: Relation) -> None:
        """Takes in the next relation of FROM."""
        self.relations.append(relation)
        if self.shown is not None:
            self.shown.extend((relation, column) for column in relation.fields)

    def columns(self) -> list[tuple[Relation | None, Field]]:
        """What `*` gives, in order."""
        if self.shown is not None:
            return self.shown
        return [(relation, column) for relation in self.relations for column in relation.fields]

    @property
    def complete(self) -> bool:
        """Whether all columns of all relations are known."""
        return all(relation.complete for relation in self.relations)


class Rows(NamedTuple):
    """What a query gives.

    Attributes:
        fields: Its columns.
        complete: Whether these are certainly all.
        blocks: Its SELECTs, one for each branch of a set operation.
    """

    fields: tuple[Field, ...]
    complete: bool
    blocks: tuple[Block, ...]


ReadQuery = Callable[[exp.Expression, Scope | None, Mapping[str, Relation]], Rows]


class State:
    """Collects what a resolution finds.

    Args:
        catalog: The tables that there are.
        query: Resolves a query within a query.
    """

    def __init__(self, catalog: Catalog, query: Callable[[State], ReadQuery]) -> None:
        self.query = query(self)
        self.tables = {table.name: table for table in catalog}
        self.fields: dict[int, Field] = {}
        self.blocks: dict[int, Block] = {}
        self.order: list[Block] = []
        self.used: dict[str, set[str]] = {}
        self.problems: list[Problem] = []
        self.certain = True
        self._left = _BUDGET
        self._table_fields: dict[str, tuple[Field, ...]] = {}
        self._indexes: dict[int, tuple[tuple[Field, ...], dict[str, Field | None]]] = {}

    def spend(self, amount: int) -> bool:
        """Whether there is work left to spend; once there is not, nothing is certain."""
        self._left -= amount
        if self._left < 0:
            self.certain = False
        return self._left >= 0

    def use(self, column: Field) -> None:
        """Notes that a column's origins are read."""
        for origin in column.origins:
            self.used.setdefault(origin.table, set()).add(origin.column)

    def use_all(self, relation: Relation) -> None:
        """Notes that every column of a relation is read."""
        if self.spend(len(relation.fields)):
            for column in relation.fields:
                self.use(column)

    def table_fields(self, table: Table) -> tuple[Field, ...]:
        """The columns of a catalogued table; the same objects for each scan of it."""
        found = self._table_fields.get(table.name)
        if found is None:
            proctime = _processing_times(table.schema_sql) if _computes(table) else frozenset()
            found = tuple(_column(table, c.name, c.type, proctime) for c in table.columns)
            self._table_fields[table.name] = found
        return found

    def index(self, fields: tuple[Field, ...]) -> dict[str, Field | None]:
        """Fields by name; None where two have that name."""
        found = self._indexes.get(id(fields))
        if found is None:
            self.spend(len(fields))
            names: dict[str, Field | None] = {}
            for column in fields:
                names[column.name] = None if column.name in names else column
            # The tuple is kept as well: its id must not be given to another one.
            found = self._indexes[id(fields)] = (fields, names)
        return found[1]

    def problem(
        self,
        kind: ProblemKind,
        node: exp.Expression,
        candidates: Iterable[str] = (),
        *,
        name: str = "",
        table: str = "",
    ) -> None:
        """Notes a name that cannot be resolved."""
        self.certain = False
        if len(self.problems) < _MAX_PROBLEMS:
            name = name or node.name
            start, end = place(node)
            close = nearest(name, candidates)
            self.problems.append(Problem(kind, name, start, end, close, table))


def _computes(table: Table) -> bool:
    return any(column.kind == "computed" for column in table.columns)


def _column(table: Table, name: str, kind: str, proctime: frozenset[str]) -> Field:
    origin = Origin(table.name, name)
    role: Role = ""
    if name == table.time_attribute:
        role = "event_time"
    elif name in proctime:
        role, kind = "processing_time", "TIMESTAMP_LTZ(3)"
    return Field(name, frozenset((origin,)), origin, kind, role)


@lru_cache(maxsize=256)
def _processing_times(schema_sql: str) -> frozenset[str]:
    """The columns that a table's definition computes as PROCTIME()."""
    tokens = list(lexer.scan(schema_sql))
    words = [token.upper for token in tokens]
    return frozenset(
        tokens[i - 1].name
        for i in range(1, len(words) - 3)
        if words[i : i + 4] == ["AS", "PROCTIME", "(", ")"]
    )


def place(node: exp.Expression) -> tuple[int, int]:
    """Where a node stands in the text: first character, and one past the last; -1 if unknown."""
    if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
        first = node.args.get("catalog") or node.args.get("db") or node.this
        return place(first)[0], place(node.this)[1]
    for found in node.walk():
        start, end = found.meta_get("start"), found.meta_get("end")
        if start is not None and end is not None:
            return start, end + 1
    return -1, -1


def unique(name: str, taken: dict[str, int]) -> str:
    """A name that is not taken, made as Calcite makes it: `x`, `x0`, `x1`; now it is taken.

    Args:
        name: The wanted name.
        taken: Names that are taken, each with the number to try next.
    """
    found, number = name, taken.get(name, 0)
    while found in taken:
        found, number = f"{name}{number}", number + 1
    taken[name] = number
    taken.setdefault(found, 0)
    return found


def renamed(column: Field, name: str) -> Field:
    """The field under another name; `source` leads back to it."""
    return replace(column, name=name, source=column, relation=None, expression=None)
