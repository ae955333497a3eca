"""The columns that a query gives: their names, their roles, and what branches have in common."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import zip_longest

from sqlglot import exp

from app.sql.names import columns, expressions
from app.sql.names.columns import Aliases
from app.sql.names.model import Field, Relation
from app.sql.names.state import Rows


def is_star(item: exp.Expression) -> bool:
    """Whether a select item is `*` or ends in it."""
    if isinstance(item, exp.Dot):
        return isinstance(item.expression, exp.Star)
    return isinstance(item, exp.Star) or (
        isinstance(item, exp.Column) and isinstance(item.this, exp.Star)
    )


def has_star(node: exp.Select) -> bool:
    """Whether what a SELECT gives depends on what its relations offer."""
    return any(is_star(item) for item in node.expressions)


def name_of(item: exp.Expression) -> str:
    """The name of a select item; empty if it has none."""
    if isinstance(item, exp.Alias):
        return item.alias
    while isinstance(item, exp.Paren):
        item = item.this
    path = columns.parts(item)
    if path is not None:
        return path[-1].name
    # CURRENT_DATE and the like are names to Flink.
    return item.sql_name() if isinstance(item, columns.NILADIC) else ""


def passed_on(relation: Relation | None, field: Field, name: str, item: exp.Expression) -> Field:
    """The output that a column makes which `*` brings; no relation has a merged one."""
    source = field if relation is not None else None
    return replace(field, name=name, expression=item, relation=relation, source=source)


def aliases_of(outputs: tuple[Field, ...]) -> Aliases:
    """Outputs by name; None where two have that name."""
    found: dict[str, Field | None] = {}
    for field in outputs:
        found[field.name] = None if field.name in found else field
    return found


def named(outputs: tuple[Field, ...]) -> tuple[Field, ...]:
    """The outputs that ORDER BY finds by name: `EXPR$0` is a column of a table there, if any."""
    return tuple(field for field in outputs if not field.name.startswith("EXPR$"))


def written_out(outputs: tuple[Field, ...]) -> tuple[Field, ...]:
    """The outputs that QUALIFY finds by name: what a `*` brings is not among them."""
    return tuple(
        field
        for field in named(outputs)
        if field.expression is None or not is_star(field.expression)
    )


def grouped(node: exp.Select, outputs: tuple[Field, ...], keys: list[Field]) -> tuple[Field, ...]:
    """Outputs with the roles that grouping leaves them.

    Only grouping by both bounds of a window keeps the window's columns what they are; a row's own
    time is no time attribute after any grouping.
    """
    if node.args.get("distinct"):
        keys = [*keys, *outputs]
    elif not node.args.get("group"):
        return outputs
    windowed = {"window_start", "window_end"} <= {key.role for key in keys}
    return tuple(
        field if not field.role or _survives(field, windowed=windowed) else replace(field, role="")
        for field in outputs
    )


def _survives(field: Field, *, windowed: bool) -> bool:
    if field.role.startswith("window_"):
        return windowed
    # What the call of PROCTIME() or TUMBLE_ROWTIME(...) gives is made after the grouping.
    return field.source is None and field.direct is None


def common_type(fields: Iterable[Field]) -> str:
    """The type of all the fields; empty if they have several."""
    found = {field.type for field in fields}
    return found.pop() if len(found) == 1 else ""


def merged(read: list[Rows], complete: bool) -> tuple[Field, ...]:
    """The columns of a set operation: the first branch's names, everybody's origins."""
    if len(read) == 1:
        return read[0].fields
    if not complete:
        # Where a branch has columns that nobody knows, no position is certain.
        everything = expressions.origins(field for rows in read for field in rows.fields)
        return tuple(Field(field.name, everything) for field in read[0].fields)
    result = []
    for cell in zip_longest(*(rows.fields for rows in read)):
        fields = [field for field in cell if field is not None]
        first = fields[0]
        same = all(f.direct == first.direct for f in fields)
        role = first.role if all(f.role == first.role for f in fields) else ""
        result.append(
            Field(
                first.name,
                expressions.origins(fields),
                first.direct if same else None,
                common_type(fields),
                role,
                first.expression,
            )
        )
    return tuple(result)
