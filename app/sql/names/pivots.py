"""PIVOT and UNPIVOT, which make columns of values and values of columns."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from app.sql.names import expressions
from app.sql.names.model import Field, Relation
from app.sql.names.state import Scope, State


def pivoted(state: State, found: Relation, node: exp.Expression, scope: Scope) -> Relation:
    """The relation after its PIVOT or UNPIVOT, if it has one.

    Every column of the input counts as used: those that are named nowhere are grouped by.

    Args:
        state: What is known.
        found: The relation before.
        node: The node in FROM that may carry the clause.
        scope: Where it stands.
    """
    for pivot in node.args.get("pivots") or ():
        state.use_all(found)
        inner = Scope(scope.block, None, scope.ctes, [found])
        axes = [axis for axis in pivot.args.get("fields") or () if isinstance(axis, exp.In)]
        if len(axes) != 1:
            state.problem("uncertain", pivot, name="PIVOT")
        read = _unpivot if pivot.args.get("unpivot") else _pivot
        gone, made = read(state, pivot, axes[:1], inner)
        kept = (
            replace(field, role="", source=field, relation=None)
            for field in found.fields
            if field.name not in gone
        )
        fields = (*kept, *made)
        complete = found.complete and len(axes) == 1
        found = Relation(pivot.alias, "function", fields, complete, node, input=found)
    return found


def _items(node: exp.Expression) -> list[exp.Expression]:
    return list(node.expressions) if isinstance(node, exp.Tuple) else [node]


def _bare(node: exp.Expression) -> exp.Expression:
    return node.this if isinstance(node, exp.Alias | exp.PivotAlias) else node


def _pivot(
    state: State, pivot: exp.Expression, axes: list[exp.In], scope: Scope
) -> tuple[set[str], list[Field]]:
    """The columns that a PIVOT takes up, and one for each value and aggregate."""
    gone: set[str] = set()
    across: list[Field] = []
    names: list[str] = []
    for axis in axes:
        across.extend(expressions.use(state, axis.this, scope))
        names.extend(_value_name(value) for value in axis.expressions)
    made = []
    sums = [(agg, expressions.use(state, _bare(agg), scope)) for agg in pivot.expressions]
    for name in names:
        for agg, used in sums:
            kind = expressions.type_of(_bare(agg))
            full = f"{name}_{agg.alias}" if isinstance(agg, exp.Alias) else name
            made.append(Field(full, expressions.origins([*used, *across]), type=kind))
    gone.update(field.name for field in across)
    gone.update(field.name for _, used in sums for field in used)
    return gone, made


def _value_name(value: exp.Expression) -> str:
    """What Calcite calls the column of a value: its alias, else the value as text."""
    if isinstance(value, exp.PivotAlias):
        return str(value.args["alias"].name)
    return "_".join(
        f"'{item.name}'" if isinstance(item, exp.Literal) and item.is_string else item.name
        for item in _items(value)
    )


def _unpivot(
    state: State, pivot: exp.Expression, axes: list[exp.In], scope: Scope
) -> tuple[set[str], list[Field]]:
    """The columns that an UNPIVOT takes up; their names' column, then their values'."""
    measures = [name for part in pivot.expressions for name in _items(part)]
    gone: set[str] = set()
    values: list[list[Field]] = [[] for _ in measures]
    made: list[Field] = []
    for axis in axes:
        made.extend(Field(name.name) for name in _items(axis.this))
        for value in axis.expressions:
            for number, column in enumerate(_items(_bare(value))):
                used = expressions.use(state, column, scope)
                gone.update(field.name for field in used)
                if number < len(values):
                    values[number].extend(used)
    made.extend(
        Field(name.name, expressions.origins(used))
        for name, used in zip(measures, values, strict=True)
    )
    return gone, made
