"""Table functions in FROM: windows, UNNEST, and those of whose columns nothing is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from sqlglot import exp

from app.sql import shapes
from app.sql.dialect import intervals
from app.sql.names import expressions, relations
from app.sql.names.model import Field, Relation, Role, Window
from app.sql.names.state import Scope, State

# Parameters after the descriptor, in Flink's order.
_WINDOWS = {
    "TUMBLE": ("SIZE", "OFFSET"),
    "HOP": ("SLIDE", "SIZE", "OFFSET"),
    "CUMULATE": ("STEP", "SIZE", "OFFSET"),
    "SESSION": ("GAP",),
}
# Functions that pass the columns of their table on and add some of a model's or a table's own.
_EXTENDING = {"ML_PREDICT", "VECTOR_SEARCH"}


def call(state: State, node: exp.Expression, at: exp.Expression, scope: Scope) -> Relation:
    """What `TABLE(F(...))` brings.

    Args:
        state: What is known.
        node: The call.
        at: The node in FROM that holds it.
        scope: Where it stands; it sees the relations to its left.
    """
    while isinstance(node, exp.Dot):
        node = node.expression
    inputs = [_input(state, table, scope) for table in _tables(node)]
    name = node.name.upper() if isinstance(node, exp.Anonymous) else ""
    if name in _WINDOWS and isinstance(node, exp.Anonymous) and len(inputs) == 1:
        _plain_arguments(state, node, scope)
        return _window(state, node, inputs[0], at)
    used = list(_plain_arguments(state, node, scope))
    for descriptor in _descriptors(node):
        for column in descriptor.expressions:
            _described(state, column, inputs)
    if name in _EXTENDING and inputs:
        return Relation("", "function", inputs[0].fields, False, at, input=inputs[0])
    for table in inputs:
        state.use_all(table)
        used.extend(table.fields)
    hidden = Field("", expressions.origins(used))
    # Nobody knows the columns; `AS t(a, b)` names them, and then these are their origins.
    fields = (hidden,) if used else ()
    return Relation("", "function", fields, False, at, input=inputs[0] if inputs else None)


def _value(argument: exp.Expression) -> exp.Expression:
    return argument.expression if isinstance(argument, exp.Kwarg) else argument


def _is_table(node: exp.Expression) -> bool:
    return isinstance(node, exp.Table | exp.Query)


def _tables(node: exp.Expression) -> Iterator[exp.Expression]:
    return (value for a in node.expressions if _is_table(value := _value(a)))


def _descriptors(node: exp.Expression) -> Iterator[exp.Anonymous]:
    for argument in node.expressions:
        value = _value(argument)
        if isinstance(value, exp.Anonymous) and value.name.upper() == "DESCRIPTOR":
            yield value


def _plain_arguments(state: State, node: exp.Expression, scope: Scope) -> list[Field]:
    if not isinstance(node, exp.Func):
        return expressions.use(state, node, scope)
    skipped = {id(d) for d in _descriptors(node)}
    found = []
    for argument in node.iter_expressions():
        value = _value(argument)
        if not _is_table(value) and id(value) not in skipped:
            found.extend(expressions.use(state, value, scope))
    return found


def _input(state: State, node: exp.Expression, scope: Scope) -> Relation:
    """A table argument, with what its PARTITION BY and ORDER BY use."""
    outer = Scope(scope.block, scope.parent, scope.ctes)
    if isinstance(node, exp.Table):
        found = relations.table(state, node, outer)
    else:
        found = relations.query(state, node, scope.parent, outer)
    found = relations.alias(state, found, node.args.get("alias"))
    for column in node.args.get("partition_by") or ():
        _described(state, column, [found])
    if order := node.args.get("order"):
        expressions.use(state, order, Scope(scope.block, None, scope.ctes, [found]))
    return found


def _described(state: State, column: exp.Expression, inputs: list[Relation]) -> Field | None:
    """The column of the table argument that a DESCRIPTOR names."""
    name = column.name
    known: list[str] = []
    for relation in inputs:
        index = state.index(relation.fields)
        if found := index.get(name):
            reference = replace(found, relation=relation, source=found)
            state.use(reference)
            state.fields[id(column)] = reference
            return reference
        known.extend(index)
    if all(relation.complete for relation in inputs):
        table = inputs[0].name if inputs else ""
        state.problem("unknown_column", column, known, table=table)
    state.certain = False
    return None


def _window(state: State, node: exp.Anonymous, table: Relation, at: exp.Expression) -> Relation:
    kind = node.name.upper()
    descriptor = next(_descriptors(node), None)
    named = descriptor.expressions[:1] if descriptor else []
    if descriptor is None:
        state.problem("uncertain", node, name=kind)
    time = _described(state, named[0], [table]) if named else None
    partition = next(_tables(node)).args.get("partition_by") or ()
    window = Window(
        kind,
        time,
        named[0].name if named else "",
        _sizes(kind, node),
        tuple(column.name for column in partition),
        node,
    )
    fields = table.fields + _bounds(time)
    return Relation("", "window", fields, table.complete, at, input=table, window=window)


def _bounds(time: Field | None) -> tuple[Field, ...]:
    origins = time.origins if time else frozenset()
    bounds: tuple[tuple[Role, str], ...] = (
        ("window_start", "TIMESTAMP(3)"),
        ("window_end", "TIMESTAMP(3)"),
        ("window_time", time.type if time else ""),
    )
    return tuple(Field(role, origins, type=kind, role=role) for role, kind in bounds)


def _sizes(kind: str, node: exp.Anonymous) -> tuple[timedelta | None, ...]:
    positional: list[exp.Expression] = []
    named: dict[str, exp.Expression] = {}
    for argument in node.expressions:
        if isinstance(argument, exp.Kwarg):
            named[argument.this.name.upper()] = argument.expression
        else:
            positional.append(argument)
    in_order = [named[name] for name in _WINDOWS[kind] if name in named]
    return tuple(intervals.length(value) for value in in_order or positional[2:])


def unnest(state: State, node: exp.Unnest, scope: Scope) -> Relation:
    """UNNEST of one array, map or multiset: a ROW element is spread into its fields."""
    used = expressions.use(state, node.expressions, scope)
    origins = expressions.origins(used)
    kind = expressions.value_type(state, node.expressions[0]) if len(node.expressions) == 1 else ""
    fields = [Field(name, origins, type=kind) for name, kind in _elements(shapes.of(kind))]
    alias = node.args.get("alias")
    if len(fields) == 1 and alias is not None and alias.name:
        # A plain element takes the alias of the whole for its name.
        fields = [replace(fields[0], name=alias.name)]
    complete = bool(fields)
    if not fields:
        fields = [Field("", origins)]
    elif node.args.get("offset"):
        fields.append(Field("ORDINALITY", type="INT"))
    return Relation("", "unnest", tuple(fields), complete, node)


def _elements(shape: shapes.Shape) -> list[tuple[str, str]]:
    if shape.kind == "MAP" and len(shape.parts) == 2:
        return [("KEY", shape.parts[0][1]), ("VALUE", shape.parts[1][1])]
    if shape.kind not in {"ARRAY", "MULTISET"} or len(shape.parts) != 1:
        return []
    element = shape.parts[0][1]
    row = shapes.of(element)
    return list(row.parts) if row.kind == "ROW" else [("EXPR$0", element)]
