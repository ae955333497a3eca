"""Where each output column of a query comes from, in words that a person can check.

`assistant` shows it beside an answer; `tributary check` prints it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from sqlglot import exp

from app.sql.dialect import Flink, functions
from app.sql.names.model import Block, Field, Names, Origin, Relation
from app.sql.query import Query

_LONGEST = 160  # characters of an expression
_DEEPEST = 12
# Parts of one expression, and of all that are written out for one query.
_LARGEST, _MOST = 400, 1500
_MOST_FILTERS = 12
# What needs parentheses once it stands inside of another operator.
_LOOSE = (exp.Binary, exp.Not, exp.Between, exp.In, exp.Neg)

# Of a single column these need no generator, which takes a hundred times as long.


@dataclass(frozen=True, slots=True)
class Lineage:
    """What one output column is made of.

    Attributes:
        output: The column's name.
        columns: Table columns that its values are computed from, by name.
        expression: How, in terms of table columns; cut where it is long.
        filters: Table columns that conditions on the way look at, as `table.column`.
    """

    output: str
    columns: tuple[Origin, ...]
    expression: str
    filters: tuple[str, ...]


def of(query: Query) -> tuple[Lineage, ...]:
    """The lineage of each output column, in order; nothing for a text that is no query."""
    if query.names is None or query.tree is None:
        return ()
    names = query.names
    try:
        roots = tuple(_roots(query.tree, names))
        tracer = _Tracer(names)
        return tuple(tracer.lineage(i, field, roots) for i, field in enumerate(names.outputs))
    except RecursionError:  # an expression that nobody wrote to be understood
        return tuple(Lineage(f.name, _sorted(f.origins), "", ()) for f in names.outputs)


def describe(lineage: Lineage) -> str:
    """One line about a column.

    >>> describe(Lineage("revenue", (), "SUM(orders.amount)", ("orders.status",)))
    'revenue = SUM(orders.amount), orders.status filtered'
    """
    text = lineage.expression or lineage.output
    if lineage.filters or " " in text or text.split(".")[-1] != lineage.output:
        text = f"{lineage.output} = {text}"
    *some, last = lineage.filters or ("",)
    filters = f"{', '.join(some)} and {last}" if some else last
    return f"{text}, {filters} filtered" if filters else text


class _Tracer:
    """Follows columns through a query, each field once."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._generator = Flink().generator()
        self._left = _MOST
        self._texts: dict[Field, str] = {}
        self._filtered: dict[Block, tuple[str, ...]] = {}

    def lineage(self, index: int, field: Field, roots: tuple[Block, ...]) -> Lineage:
        outputs = [(b, b.outputs[index]) for b in roots if index < len(b.outputs)]
        texts = dict.fromkeys(self._field(output, 0) for _, output in outputs)
        filters = dict.fromkeys(name for block, _ in outputs for name in self._filters(block, 0))
        return Lineage(
            field.name,
            _sorted(field.origins),
            _cut(" or ".join(texts) or field.name),
            tuple(filters)[:_MOST_FILTERS],
        )

    def _field(self, field: Field, depth: int) -> str:
        """A field in terms of table columns."""
        if field.direct:
            return f"{field.direct.table}.{field.direct.column}"
        if field not in self._texts:
            text = self._compute(field, depth) if depth < _DEEPEST else field.name
            self._texts[field] = _cut(text)
        return self._texts[field]

    def _compute(self, field: Field, depth: int) -> str:
        if field.relation is not None and field.source is not None:
            return self._column(field.relation, field.source, depth + 1)
        if field.expression is not None and not isinstance(field.expression, exp.Column):
            return self._expression(field.expression, depth + 1)
        if field.source is not None:
            return self._field(field.source, depth + 1)
        return " or ".join(sorted(f"{o.table}.{o.column}" for o in field.origins)) or field.name

    def _column(self, relation: Relation, field: Field, depth: int) -> str:
        """A column of a relation in terms of table columns."""
        if field.direct:
            return self._field(field, depth)
        index = next((i for i, other in enumerate(relation.fields) if other is field), None)
        if relation.kind == "values":
            return field.name
        if relation.blocks and index is not None:
            outputs = (b.outputs[index] for b in relation.blocks if index < len(b.outputs))
            return " or ".join(dict.fromkeys(self._field(o, depth) for o in outputs))
        if relation.window is not None and relation.input is not None and index is not None:
            if index < len(relation.input.fields):
                return self._column(relation.input, relation.input.fields[index], depth)
            return f"{field.name}({relation.window.kind} of {self._time(relation, depth)})"
        if field.expression is not None or field.source is not None:
            return self._field(field, depth)
        return f"{relation.name}.{field.name}" if relation.name else field.name

    def _time(self, relation: Relation, depth: int) -> str:
        window, beneath = relation.window, relation.input
        if window is None or beneath is None or depth >= _DEEPEST:
            return "time"
        found = next((f for f in beneath.fields if f.name == window.descriptor), None)
        return self._column(beneath, found, depth + 1) if found else window.descriptor

    def _expression(self, node: exp.Expression, depth: int) -> str:
        """An expression's text, its columns in terms of table columns."""
        if isinstance(node, functions.AGGREGATES) and isinstance(node.this, exp.Column | exp.Star):
            inner = node.this
            text = "*" if isinstance(inner, exp.Star) else self._reference(inner, depth)
            return f"{node.sql_name()}({text})"
        size = sum(1 for _ in islice(node.walk(), _LARGEST))
        self._left -= size
        if size == _LARGEST or self._left < 0:
            return "a long expression"
        copied = node.copy()
        pairs = list(zip(_columns(node), list(_columns(copied)), strict=True))
        for original, column in pairs:
            text = self._reference(original, depth)
            if " " in text and not text.endswith(")") and isinstance(column.parent, _LOOSE):
                text = f"({text})"
            if column is copied:
                return text
            column.replace(exp.Var(this=text))
        return self._generator.generate(copied, copy=False)

    def _reference(self, column: exp.Expression, depth: int) -> str:
        field = self._names.field(column)
        return self._field(field, depth) if field else column.name

    def _filters(self, block: Block, depth: int) -> tuple[str, ...]:
        """The columns that conditions look at between a block and its tables.

        All that it joins counts for each of its outputs: a row without a match is left out.
        """
        if block not in self._filtered:
            found = [f for node in _conditions(block) for f in self._looked_at(node)]
            if depth < _DEEPEST:
                for relation in block.relations:
                    found += self._beneath(relation, depth + 1)
            self._filtered[block] = tuple(dict.fromkeys(found))
        return self._filtered[block]

    def _beneath(self, relation: Relation, depth: int) -> Iterator[str]:
        for block in relation.blocks:
            yield from self._filters(block, depth)
        if relation.input is not None:
            yield from self._beneath(relation.input, depth)

    def _looked_at(self, condition: exp.Expression) -> Iterator[str]:
        for column in _columns(condition):
            if field := self._names.field(column):
                yield from (f"{o.table}.{o.column}" for o in _sorted(field.origins))


def _roots(tree: exp.Expr, names: Names) -> Iterator[Block]:
    """The outermost block, or one for each branch of a set operation."""
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, exp.SetOperation):
            pending += [node.expression, node.this]
        elif isinstance(node, exp.Subquery | exp.Paren):
            pending.append(node.this)
        elif isinstance(node, exp.Select | exp.Values) and (block := names.block_of(node)):
            yield block


def _conditions(block: Block) -> Iterator[exp.Expression]:
    for name in ("where", "having", "qualify"):
        if clause := block.node.args.get(name):
            yield clause.this


def _columns(node: exp.Expression) -> Iterator[exp.Expression]:
    return node.find_all(exp.Column, bfs=False)


def _sorted(origins: Iterable[Origin]) -> tuple[Origin, ...]:
    return tuple(sorted(origins, key=lambda origin: (origin.table, origin.column)))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
