"""What the names of a query stand for, as values: `resolve` makes them, others read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from sqlglot import exp

Role = Literal["", "event_time", "processing_time", "window_start", "window_end", "window_time"]
RelationKind = Literal["table", "query", "cte", "window", "values", "unnest", "function", "match"]
ProblemKind = Literal["unknown_table", "unknown_column", "ambiguous_column", "uncertain"]


@dataclass(frozen=True, slots=True)
class Origin:
    """One column of a catalogued table."""

    table: str
    column: str


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One column that a relation or a query offers, or what one column reference means.

    Attributes:
        name: As others call it; `EXPR$0` and so on where the query gives it no name.
        origins: Columns that its values are computed from (what decides which rows there are,
            such as a filter, is not among them).
        direct: That very column of the catalog, where it is passed on unchanged.
        type: Flink's type where it is known for certain, as the catalog writes it; else empty.
        role: Time attribute or window bound that it passes on unchanged; computing on it loses it.
        expression: What computes it in its own block, the bare reference included; None for a
            table's or a window's own column.
        relation: The relation of its block that it passes a column of on unchanged (or a ROW field
            of one: `source` is None then).
        source: The field of that relation; following `source` ends at the scan. It is None for
            the field of a set operation (its relation's `blocks` lead on) and for a column that
            NATURAL JOIN or USING merged.
    """

    name: str
    origins: frozenset[Origin] = frozenset()
    direct: Origin | None = None
    type: str = ""
    role: Role = ""
    expression: exp.Expression | None = None
    relation: Relation | None = None
    source: Field | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """A call of a window table function.

    Attributes:
        kind: TUMBLE, HOP, CUMULATE or SESSION.
        time: The DESCRIPTOR's column of the table argument; None where there is no such column.
        descriptor: Its name as written.
        sizes: Interval arguments in Flink's positional order: TUMBLE size[, offset]; HOP slide,
            size[, offset]; CUMULATE step, size[, offset]; SESSION gap. None where it is no
            constant interval of days to seconds.
        partition_by: Columns of the table argument's PARTITION BY.
        call: The call.
    """

    kind: str
    time: Field | None
    descriptor: str
    sizes: tuple[timedelta | None, ...]
    partition_by: tuple[str, ...]
    call: exp.Anonymous


@dataclass(frozen=True, slots=True, eq=False)
class Relation:
    """One thing in FROM.

    Attributes:
        name: Alias, or the table's or CTE's own name; empty if it has none.
        kind: What it is.
        fields: Its columns in order, without those that nobody can know.
        complete: Whether `fields` is certainly all of its columns.
        node: Where it stands in the tree.
        table: The catalogued table, where `kind` is "table"; empty if there is no such table.
        blocks: The query beneath (kind query, cte, values), one block for each branch of a set
            operation; `fields[i]` is `outputs[i]` of each.
        input: What is beneath a window, a match or a function's table argument.
        window: The window table function, where `kind` is "window".
        temporal: Whether FOR SYSTEM_TIME AS OF stands on it.
        renamed: Whether `AS a(c1, c2)` gave its columns other names.
    """

    name: str
    kind: RelationKind
    fields: tuple[Field, ...]
    complete: bool
    node: exp.Expression
    table: str = ""
    blocks: tuple[Block, ...] = ()
    input: Relation | None = None
    window: Window | None = None
    temporal: bool = False
    renamed: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """One SELECT, or the rows of VALUES.

    Attributes:
        node: The tree of it.
        relations: What stands in its FROM, in order; those in parentheses are among them.
        outputs: The columns it gives.
        parent: The block whose columns it may use as well (a correlated subquery, LATERAL).
    """

    node: exp.Select | exp.Values
    relations: tuple[Relation, ...] = ()
    outputs: tuple[Field, ...] = ()
    parent: Block | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A name that could not be resolved.

    Attributes:
        kind: Why.
        name: The name as written, without back-ticks; empty if the whole query is too large to
            follow.
        start: Its first character in the text; -1 if it stands nowhere in particular.
        end: One past its last character.
        nearest: A name that may have been meant, or empty.
        table: The relation that a column was looked for in, if one was named.
    """

    kind: ProblemKind
    name: str
    start: int
    end: int
    nearest: str = ""
    table: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Names:
    """What every name of a query stands for.

    Attributes:
        blocks: Inner ones first; the last is the outermost (the first branch's of a set operation).
        outputs: Columns of the whole query; a set operation has its first branch's names.
        tables: Catalogued tables read anywhere.
        columns: For each of `tables` the columns used anywhere: by name, or reached by `*`,
            NATURAL JOIN, USING, DESCRIPTOR or under another name.
        problems: What could not be resolved; at most the first hundred.
        certain: Whether each reference was resolved, so that `tables` and `columns` are complete.
        complete: Whether `outputs` is certainly all of the columns.
    """

    blocks: tuple[Block, ...]
    outputs: tuple[Field, ...]
    tables: frozenset[str]
    columns: Mapping[str, frozenset[str]]
    problems: tuple[Problem, ...]
    certain: bool
    complete: bool
    _fields: Mapping[int, Field] = field(repr=False)
    _blocks: Mapping[int, Block] = field(repr=False)

    def field(self, column: exp.Expression) -> Field | None:
        """What a column reference of the tree means: `relation` says of which table of its block.

        `DESCRIPTOR` and USING name columns by identifiers; those may be asked for too.
        """
        return self._fields.get(id(column))

    def block_of(self, node: exp.Expression | None) -> Block | None:
        """The block that a node of the tree stands in (for a SELECT: that block itself)."""
        while node is not None:
            if found := self._blocks.get(id(node)):
                return found
            node = node.parent  # type: ignore[assignment]
        return None
