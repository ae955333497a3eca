"""ROW columns, whose fields Flink takes by a path or, where no column has the name, alone."""

from __future__ import annotations

from sqlglot import exp

from app.sql import shapes
from app.sql.names.model import Field, Relation
from app.sql.names.state import Scope, State


def fields(column: Field) -> tuple[Field, ...]:
    """The fields of a ROW column, each a field of its own; none if it is no known ROW."""
    shape = shapes.of(column.type)
    if shape.kind != "ROW":
        return ()
    return tuple(Field(name, column.origins, type=kind) for name, kind in shape.parts)


def nested(
    state: State, column: Field, path: list[exp.Expression], node: exp.Expression
) -> Field | None:
    """The ROW field that a path leads to from a column, which stays its origin."""
    if not path:
        return column
    kind = column.type
    for part in path:
        if not kind:
            continue
        shape = shapes.of(kind)
        inner = shape.part(part.name) or shapes.deep(kind, part.name)
        if not inner:
            known = [name for name, _ in shape.parts] if shape.kind == "ROW" else []
            state.problem("unknown_column", part, known, table=column.name)
            return None
        kind = inner
    name = path[-1].name
    return Field(name, column.origins, type=kind, expression=node, relation=column.relation)


def holders(state: State, relation: Relation, name: str) -> list[Field]:
    """The ROW columns of a relation that have a field of that name at any depth."""
    found = [column for column in relation.fields if column.type.startswith("ROW<")]
    state.spend(len(found))
    return [column for column in found if name in shapes.holders(column.type)]


def inside(relation: Relation, holder: Field, name: str, node: exp.Expression) -> Field:
    """The field of that name somewhere in one of `holders`, which stays its origin."""
    kind = shapes.deep(holder.type, name)
    return Field(name, holder.origins, type=kind, expression=node, relation=relation)


def may_hide(scope: Scope) -> bool:
    """Whether a catalog column of unknown type could be a ROW with a field of the name."""
    return any(
        column.direct is not None and not column.type
        for relation in scope.relations
        for column in relation.fields
    )
