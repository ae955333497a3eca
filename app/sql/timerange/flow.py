"""Carries bounds from the outermost query down to the tables that are read.

A bound may be carried past something only where a row outside of it could not have changed any row
inside of it: past joins, grouping columns, DISTINCT and set operations, but not past LIMIT, an
aggregate, an OVER window's neighbours, a session or a pattern.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlglot import exp

from app.catalog.model import Catalog
from app.sql.names.model import Block, Field, Names, Relation
from app.sql.timerange.conditions import Conditions
from app.sql.timerange.spans import ALWAYS, Clock, Shift, Span, both, hull
from app.sql.timerange.terms import Bounds, Gates, Terms, key_of, place

_PASSES = 3
_MILLISECOND = timedelta(milliseconds=1)
_UNREAD = ("pivots", "sample")
_LIMITS = ("limit", "offset", "fetch")
# Which argument of a window table function is the longest that one of its windows can be.
_SIZE = {"TUMBLE": 0, "HOP": 1, "CUMULATE": 1}

Demand = dict[int, Span]  # by position
Columns = dict[Field, Span]  # of one relation


class Flow:
    """One walk over a query's blocks, outer ones first.

    Args:
        names: What the query's names mean.
        terms: Reads its expressions of time.
        clock: The session's time zone.
        catalog: Which column is a table's time attribute.
    """

    def __init__(self, names: Names, terms: Terms, clock: Clock, catalog: Catalog) -> None:
        self._names = names
        self._terms = terms
        self._conditions = Conditions(terms)
        self._clock = clock
        self._times = {table.name: table.time_attribute for table in catalog}
        self._demands: dict[int, Demand] = {}
        self._spans: dict[str, Span] = {}
        self._seen: set[int] = set()

    def spans(self) -> dict[str, Span]:
        """The span of each table that is read through a relation of some block."""
        # Inner blocks come first in `blocks`: backwards, all uses of one precede it.
        for block in reversed(self._names.blocks):
            self._block(block)
        return self._spans

    @property
    def seen(self) -> set[int]:
        """Ids of the nodes whose table was accounted for."""
        return self._seen

    def _block(self, block: Block) -> None:
        bounds = self._bounds(block) if isinstance(block.node, exp.Select) else {}
        for relation in block.relations:
            own = {f: s for f in relation.fields if (s := bounds.get((relation, f)))}
            self._scan(relation, own)

    def _bounds(self, block: Block) -> Bounds:
        """What must hold of the fields of a block's relations for a row to matter."""
        joins = block.node.args.get("joins") or []
        if any(join.side == "FULL" for join in joins):
            return {}
        demand, grouped = self._demands.get(id(block), {}), self._grouping(block.node)
        wanted = demand or block.node.args.get("qualify")
        partitioned = self._partitions(block.node) if wanted else ()
        bounds = self._demanded(block, demand, (*grouped, *partitioned))
        clauses: list[tuple[exp.Expression, Gates]] = []
        for name, gates in (
            ("where", ()),
            # Without GROUP BY, all of the rows are one group.
            ("having", grouped or (frozenset(),)),
            ("qualify", (*grouped, *partitioned)),
        ):
            if clause := block.node.args.get(name):
                clauses.append((clause.this, gates))
        self._conditions.linked = False
        for _ in range(_PASSES):
            found = self._once(block, clauses, bounds)
            # Again, because what is known of one column may bound the other side of a join.
            if found == bounds or not self._conditions.linked:
                return found
            bounds = found
        return bounds

    def _once(
        self, block: Block, clauses: list[tuple[exp.Expression, Gates]], known: Bounds
    ) -> Bounds:
        result = known
        for condition, gates in clauses:
            result = both(result, self._conditions.bounds(condition, known, gates))
        for join in block.node.args.get("joins") or []:
            result = both(result, self._joined(block, join, known))
        return result

    def _demanded(self, block: Block, demand: Demand, gates: Gates) -> Bounds:
        """What the users of a block's rows demand of its outputs, said of its relations' fields."""
        result: Bounds = {}
        for index, span in demand.items():
            output = block.outputs[index]
            if column := place(output):
                if all(key_of(column) in gate for gate in gates):
                    result = both(result, {column: span})
            elif output.expression and (chain := self._terms.chain(output.expression)):
                result = both(result, self._terms.solve(chain, span, gates))
        return result

    def _grouping(self, node: exp.Expression) -> Gates:
        """The grouping columns, where the block is grouped."""
        group = node.args.get("group")
        if group is None:
            return ()
        if any(group.args.get(kind) for kind in ("grouping_sets", "cube", "rollup")):
            return (frozenset(),)
        return (frozenset(map(self._terms.key, group.expressions)),)

    def _partitions(self, node: exp.Expression) -> Gates:
        """The partition columns of each OVER window of the block itself."""
        parts = [*node.expressions]
        parts += [part for name in ("order", "qualify") if (part := node.args.get(name))]
        return tuple(
            frozenset(map(self._terms.key, window.args.get("partition_by") or []))
            for part in parts
            for window in part.find_all(exp.Window)
        )

    def _joined(self, block: Block, join: exp.Join, known: Bounds) -> Bounds:
        """What the ON of a join demands of the side whose rows it can drop."""
        condition = join.args.get("on")
        if condition is None or join.kind in {"SEMI", "ANTI"}:
            return {}
        found = self._conditions.bounds(condition, known)
        if not join.side:
            return found
        if join.side not in {"LEFT", "RIGHT"}:
            return {}
        before = _before(block, join)
        after = {r for r in block.relations if _within(r, join, block)}
        wanted = after if join.side == "LEFT" else before
        return {column: span for column, span in found.items() if column[0] in wanted}

    def _scan(self, relation: Relation, bounds: Columns) -> None:
        self._seen.add(id(relation.node))
        if any(relation.node.args.get(name) for name in _UNREAD):
            bounds = {}
        if relation.kind == "table":
            self._table(relation, bounds)
        elif relation.blocks:
            for block in relation.blocks:
                self._demand(relation, block, bounds)
        elif relation.input is not None:
            carried = self._through_window(relation, bounds) if relation.window else {}
            self._scan(relation.input, carried)

    def _table(self, relation: Relation, bounds: Columns) -> None:
        attribute = self._times.get(relation.table)
        if attribute is None:
            return
        span = ALWAYS
        # An older version may be the one that is valid at the time that is asked for.
        if not relation.temporal:
            for field, found in bounds.items():
                if field.direct and field.direct.column == attribute:
                    span = found
        known = self._spans.get(relation.table)
        self._spans[relation.table] = hull(known, span) if known else span

    def _demand(self, relation: Relation, block: Block, bounds: Columns) -> None:
        """Adds a use of a block's rows to those it must serve."""
        use: Demand = {}
        if relation.complete and len(relation.fields) == len(block.outputs) and not _cut(block):
            use = {i: bounds[f] for i, f in enumerate(relation.fields) if f in bounds}
        others = self._demands.get(id(block))
        if others is not None:
            use = {i: hull(span, others[i]) for i, span in use.items() if i in others}
        self._demands[id(block)] = use

    def _through_window(self, relation: Relation, bounds: Columns) -> Columns:
        """Bounds on what a window table function gives, as bounds on what it takes."""
        window, beneath = relation.window, relation.input
        if window is None or beneath is None or window.kind not in _SIZE:
            return {}
        times = [field for field in beneath.fields if field.name == window.descriptor]
        inputs = dict(zip(relation.fields, beneath.fields, strict=False))
        result: Columns = {}
        index = _SIZE[window.kind]
        size = window.sizes[index] if index < len(window.sizes) else None
        for field, span in bounds.items():
            if field in inputs:
                result = both(result, {inputs[field]: span})
            elif len(times) == 1:
                result = both(result, {times[0]: self._windowed(field, span, size)})
        return result

    def _windowed(self, field: Field, span: Span, size: timedelta | None) -> Span:
        zero, length = timedelta(), size or timedelta()
        if field.role == "window_start":
            moved = self._clock.moved(span, Shift(zero, length))
            return Span(moved.start, moved.end if size else None)
        if field.role not in {"window_end", "window_time"}:
            return ALWAYS
        late = _MILLISECOND if field.role == "window_time" else zero
        moved = self._clock.moved(span, Shift(-length, late))
        return Span(moved.start if size else None, moved.end)


def _cut(block: Block) -> bool:
    """Whether LIMIT or OFFSET stands on the block or a set operation that it is a branch of."""
    return any(node.args.get(name) for node in _around(block.node) for name in _LIMITS)


def _around(node: exp.Expression) -> Iterator[exp.Expression]:
    yield node
    parent = node.parent
    while isinstance(parent, exp.SetOperation | exp.Subquery | exp.Paren | exp.CTE):
        yield parent
        parent = parent.parent


def _before(block: Block, join: exp.Join) -> set[Relation]:
    """The relations on the left of a join."""
    joins = block.node.args.get("joins") or []
    later = joins[next(i for i, other in enumerate(joins) if other is join) :]
    return {r for r in block.relations if not any(_within(r, other, block) for other in later)}


def _within(relation: Relation, ancestor: exp.Expr, block: Block) -> bool:
    node: exp.Expr | None = relation.node
    while node is not None and node is not block.node:
        if node is ancestor:
            return True
        node = node.parent
    return False
