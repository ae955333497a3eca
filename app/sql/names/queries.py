"""Queries: WITH, set operations, SELECT and VALUES, each to the columns that it gives."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from app.sql.names import expressions, relations
from app.sql.names.model import Block, Field, Relation
from app.sql.names.outputs import (
    aliases_of,
    common_type,
    grouped,
    has_star,
    is_star,
    merged,
    name_of,
    named,
    passed_on,
    written_out,
)
from app.sql.names.state import Rows, Scope, State, unique

_NOTHING = Rows((), False, ())
# Read first, last, or not at all (hints name relations, never columns).
_APART = {"with_", "expressions", "from_", "joins", "laterals", "order", "qualify", "hint"}
_MODIFIERS = ("order", "limit", "offset")


class QueryReader:
    """Resolves a query and everything in it.

    Args:
        state: What is known, and collects what is found.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    def __call__(
        self, node: exp.Expression, parent: Scope | None, ctes: Mapping[str, Relation]
    ) -> Rows:
        """The columns of a query.

        Args:
            node: The query.
            parent: The scope that it may use besides its own.
            ctes: The WITH queries that it sees.
        """
        ctes = self._with(node, parent, ctes)
        if isinstance(node, exp.Select):
            return self._select(node, node, parent, ctes)
        if isinstance(node, exp.SetOperation):
            return self._set_operation(node, parent, ctes)
        if isinstance(node, exp.Values):
            return self._values(node, parent, ctes)
        if isinstance(node, exp.Subquery | exp.Paren):
            return self._wrapped(node, parent, ctes)
        if isinstance(node, exp.Table):
            return self._table(node, parent, ctes)
        self._state.problem("uncertain", node, name=type(node).__name__)
        return _NOTHING

    def _with(
        self, node: exp.Expression, parent: Scope | None, ctes: Mapping[str, Relation]
    ) -> Mapping[str, Relation]:
        clause = node.args.get("with_")
        if clause is None or not self._state.spend(len(ctes) // 8):
            return ctes
        seen = dict(ctes)
        for cte in clause.expressions:
            rows = self(cte.this, parent, seen)
            found = Relation("", "cte", rows.fields, rows.complete, cte, blocks=rows.blocks)
            found = relations.alias(self._state, found, cte.args.get("alias"))
            seen[found.name] = found
        return seen

    def _wrapped(
        self, node: exp.Expression, parent: Scope | None, ctes: Mapping[str, Relation]
    ) -> Rows:
        """A query in parentheses; what stands after them belongs to it."""
        if isinstance(node.this, exp.Select) and node.args.get("order"):
            ctes = self._with(node.this, parent, ctes)
            return self._select(node.this, node, parent, ctes)
        rows = self(node.this, parent, ctes)
        self._modifiers(node, rows, parent, ctes)
        return rows

    def _modifiers(
        self,
        node: exp.Expression,
        rows: Rows,
        parent: Scope | None,
        ctes: Mapping[str, Relation],
    ) -> None:
        if not rows.blocks or not any(node.args.get(key) for key in _MODIFIERS):
            return
        # Only the result's own columns are to be seen here.
        shown = Relation("", "query", rows.fields, rows.complete, node, blocks=rows.blocks)
        scope = Scope(rows.blocks[0], parent, ctes, [shown])
        for key in _MODIFIERS:
            if value := node.args.get(key):
                expressions.use(self._state, value, scope, aliases_of(rows.fields))

    def _table(self, node: exp.Table, parent: Scope | None, ctes: Mapping[str, Relation]) -> Rows:
        select = exp.Select(expressions=[exp.Star()])
        select.set("from_", exp.From(this=node.copy()))
        return self._select(select, select, parent, ctes)

    def _set_operation(
        self, node: exp.SetOperation, parent: Scope | None, ctes: Mapping[str, Relation]
    ) -> Rows:
        """All branches of a chain at once: a long one would be nested as deeply."""
        branches = []
        at: exp.Expression = node
        while isinstance(at, exp.SetOperation) and (at is node or _is_bare(at)):
            branches.append(at.expression)
            at = at.this
        branches.append(at)
        read = [self(branch, parent, ctes) for branch in reversed(branches)]
        complete = all(rows.complete for rows in read)
        counts = {len(rows.fields) for rows in read}
        if complete and len(counts) > 1:
            self._state.problem("uncertain", node, name="UNION")
        fields = merged(read, complete)
        blocks = tuple(block for rows in read for block in rows.blocks)
        result = Rows(fields, complete and len(counts) == 1, blocks)
        self._modifiers(node, result, parent, ctes)
        return result

    def _values(self, node: exp.Values, parent: Scope | None, ctes: Mapping[str, Relation]) -> Rows:
        block = self._block(node, parent)
        scope = Scope(block, parent, ctes)
        cells: list[list[Field]] = []
        for row in node.expressions:
            values = row.expressions if isinstance(row, exp.Tuple) else [row]
            for number, value in enumerate(values):
                if number == len(cells):
                    cells.append([])
                used = expressions.use(self._state, value, scope)
                cells[number].append(expressions.output(value, f"EXPR${number}", used))
        fields = tuple(
            Field(cell[0].name, expressions.origins(cell), type=common_type(cell)) for cell in cells
        )
        rows = Rows(fields, True, (block,))
        self._finish(block, (), fields)
        self._modifiers(node, rows, parent, ctes)
        return rows

    def _block(self, node: exp.Select | exp.Values, parent: Scope | None) -> Block:
        block = Block(node, parent=parent.block if parent else None)
        self._state.blocks[id(node)] = block
        return block

    def _finish(
        self, block: Block, found: tuple[Relation, ...], outputs: tuple[Field, ...]
    ) -> None:
        # Queries within it refer to the block already; nobody else has seen it before this.
        object.__setattr__(block, "relations", found)
        object.__setattr__(block, "outputs", outputs)
        self._state.order.append(block)

    def _select(
        self,
        node: exp.Select,
        outer: exp.Expression,
        parent: Scope | None,
        ctes: Mapping[str, Relation],
    ) -> Rows:
        """One SELECT; `outer` carries its ORDER BY, which may stand outside of parentheses."""
        block = self._block(node, parent)
        scope = Scope(block, parent, ctes)
        relations.add_from(self._state, node, scope)
        outputs = self._outputs(node, scope)
        used: dict[str, list[Field]] = {}
        for key, value in node.args.items():
            if key not in _APART and isinstance(value, exp.Expression | list):
                used[key] = expressions.use(self._state, value, scope)
        outputs = grouped(node, outputs, used.get("group", []))
        aliases = {"order": named(outputs), "qualify": written_out(outputs)}
        for tree in {id(n): n for n in (node, outer)}.values():
            for key, seen in aliases.items():
                if value := tree.args.get(key):
                    expressions.use(self._state, value, scope, aliases_of(seen))
        self._finish(block, tuple(scope.relations), outputs)
        return Rows(outputs, scope.complete or not has_star(node), (block,))

    def _outputs(self, node: exp.Select, scope: Scope) -> tuple[Field, ...]:
        outputs: list[Field] = []
        taken: dict[str, int] = {}
        # Flink orders and names merged columns in a way of its own where anything stands before
        # the `*`, or another one after it.
        alone = sum(is_star(item) for item in node.expressions) == 1
        for item in node.expressions:
            if stars := self._star(item, scope, alone=alone and not outputs):
                for relation, field in stars:
                    name = unique(field.name, taken)
                    outputs.append(passed_on(relation, field, name, item))
            elif not is_star(item):
                used = expressions.use(self._state, item, scope)
                name = name_of(item) or f"EXPR${len(outputs)}"
                taken.setdefault(name, 0)
                outputs.append(expressions.output(item, name, used))
        return tuple(outputs)

    def _star(
        self, item: exp.Expression, scope: Scope, *, alone: bool
    ) -> list[tuple[Relation | None, Field]] | None:
        state = self._state
        if not is_star(item):
            return None
        if not isinstance(item, exp.Star):
            found = expressions.star_fields(state, item, scope) or []
        else:
            if any(item.args.values()) or (scope.merged and not alone):
                state.problem("uncertain", item, name="*")
            found = scope.columns()
        if not state.spend(len(found)):
            return None
        for _, field in found:
            state.use(field)
        return found


def _is_bare(node: exp.Expression) -> bool:
    return not any(node.args.get(key) for key in ("with_", *_MODIFIERS))
