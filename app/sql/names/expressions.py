"""Expressions: which columns they use, and of what type they are where that is certain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sqlglot import exp

from app.sql.dialect import types
from app.sql.names import columns, relations, rows
from app.sql.names.columns import Aliases
from app.sql.names.model import Field, Origin, Relation, Role
from app.sql.names.state import Scope, State

QUERIES = (exp.Select, exp.SetOperation, exp.Subquery, exp.Values)
# Calls that give a time attribute.
_TIME_CALLS: dict[str, Role] = {
    "PROCTIME": "processing_time",
    "MATCH_ROWTIME": "event_time",
    "MATCH_PROCTIME": "processing_time",
    "TUMBLE_ROWTIME": "event_time",
    "HOP_ROWTIME": "event_time",
    "SESSION_ROWTIME": "event_time",
    "TUMBLE_PROCTIME": "processing_time",
    "HOP_PROCTIME": "processing_time",
    "SESSION_PROCTIME": "processing_time",
}
_CALL_TYPES = {
    "PROCTIME": "TIMESTAMP_LTZ(3)",
    "MATCH_PROCTIME": "TIMESTAMP_LTZ(3)",
    "CURRENT_TIMESTAMP": "TIMESTAMP_LTZ(3)",
    "CURRENT_ROW_TIMESTAMP": "TIMESTAMP_LTZ(3)",
    "NOW": "TIMESTAMP_LTZ(3)",
    "LOCALTIMESTAMP": "TIMESTAMP(3)",
    "CURRENT_DATE": "DATE",
    "LOCALTIME": "TIME(0)",
    "CURRENT_TIME": "TIME(0)",
    "ROW_NUMBER": "BIGINT",
}
_INT_MAX, _BIGINT_MAX = 2**31 - 1, 2**63 - 1


def use(
    state: State,
    node: exp.Expression | Iterable[object],
    scope: Scope,
    aliases: Aliases | None = None,
) -> list[Field]:
    """Resolves everything in an expression (or several), queries within it included.

    Args:
        state: What is known.
        node: The expression.
        scope: Where it stands.
        aliases: Output columns, where they come before the columns of the scope.

    Returns:
        The columns that its value is computed from.
    """
    found: list[Field] = []
    stack = [node] if isinstance(node, exp.Expression) else _nodes(node)
    while stack:
        at = stack.pop()
        if isinstance(at, exp.Column) or (isinstance(at, exp.Dot) and columns.parts(at)):
            _column(state, at, scope, aliases, found)
        elif isinstance(at, exp.Var):
            # A word such as USER or DAY; where a column has that name it may be the column.
            found.extend(columns.possible(state, at, scope))
        elif isinstance(at, QUERIES):
            found.extend(state.query(at, scope, scope.ctes).fields)
        elif isinstance(at, exp.Table):
            relation = relations.table(state, at, scope)
            state.use_all(relation)
            found.extend(relation.fields)
        else:
            stack.extend(at.iter_expressions())
    return found


def _nodes(values: Iterable[object]) -> list[exp.Expression]:
    return [value for value in values if isinstance(value, exp.Expression)]


def _column(
    state: State,
    node: exp.Expression,
    scope: Scope,
    aliases: Aliases | None,
    found: list[Field],
) -> None:
    if isinstance(node.this, exp.Star) or isinstance(node.args.get("expression"), exp.Star):
        star = star_fields(state, node, scope)
        found.extend(field for _, field in star or ())
    elif not columns.is_function(node):
        field = columns.resolve(state, node, scope, aliases)
        if field is not None:
            found.append(field)


def star_fields(
    state: State, node: exp.Expression, scope: Scope
) -> list[tuple[Relation | None, Field]] | None:
    """What `t.*` gives, where `t` is a relation or a ROW; None if nobody can know."""
    path = (columns.parts(node) or [])[:-1]
    if not path:
        return None
    matches = columns.relations(path, scope) if len(path) <= 3 else []
    if len(matches) == 1:
        state.use_all(matches[0])
        return [(matches[0], field) for field in matches[0].fields]
    if matches:
        state.problem("ambiguous_column", path[-1])
        return None
    row = columns.follow(state, path, node, scope)
    if row is None:
        return None
    fields = rows.fields(row)
    if not fields:
        state.problem("uncertain", path[-1])
    return [(None, field) for field in fields]


def output(node: exp.Expression, name: str, used: list[Field]) -> Field:
    """The field that a select item gives, its columns being resolved."""
    inner = node
    while isinstance(inner, exp.Alias | exp.Paren):
        inner = inner.this
    if len(used) == 1 and used[0].expression is inner:
        ref = used[0]
        return replace(ref, name=name)
    role, kind = _role(inner), type_of(inner)
    return Field(name, origins(used), type=kind, role=role, expression=inner)


def origins(used: Iterable[Field]) -> frozenset[Origin]:
    """All origins of some fields."""
    sets = {id(field.origins): field.origins for field in used}.values()
    if len(sets) == 1:
        return next(iter(sets))
    return frozenset().union(*sets)


def _call_name(node: exp.Expression) -> str:
    if isinstance(node, exp.Window):
        node = node.this
    if isinstance(node, exp.Anonymous):
        return str(node.name).upper()
    if isinstance(node, exp.Column):
        return str(node.name).upper() if columns.is_function(node) else ""
    return node.sql_name() if isinstance(node, exp.Func) else ""


def _role(node: exp.Expression) -> Role:
    return _TIME_CALLS.get(_call_name(node), "")


def type_of(node: exp.Expression) -> str:
    """The type of an expression where its own form says it; else empty."""
    if isinstance(node, exp.Window):
        node = node.this
    if isinstance(node, exp.Cast):
        literal = node.args.get("literal") and not node.to.is_type(exp.DType.DATE)
        return "" if literal else types.text(node.to).removesuffix(" NOT NULL")
    if isinstance(node, exp.Literal):
        return _literal_type(node)
    if isinstance(node, exp.Count):
        return "BIGINT"
    if isinstance(node, exp.Boolean | exp.Predicate | exp.Connector | exp.Not):
        return "BOOLEAN"
    return _CALL_TYPES.get(_call_name(node), "")


def value_type(state: State, node: exp.Expression) -> str:
    """The type of an expression whose columns are resolved already; empty if not certain."""
    while isinstance(node, exp.Paren):
        node = node.this
    if field := state.fields.get(id(node)):
        return field.type
    if isinstance(node, exp.Array) and node.expressions:
        kinds = {value_type(state, element) for element in node.expressions}
        # Elements of several plain types have a common plain one, whichever it is.
        plain = not any(kind == "" or "<" in kind for kind in kinds)
        if len(kinds) == 1 or plain:
            kind = kinds.pop() if len(kinds) == 1 else "STRING"
            return f"ARRAY<{kind}>" if kind else ""
    return type_of(node)


def _literal_type(node: exp.Literal) -> str:
    text = str(node.this)
    if node.is_string:
        return f"CHAR({len(text)})" if text else ""
    if text.isdecimal() and len(text) < 20:
        value = int(text)
        return "INT" if value <= _INT_MAX else "BIGINT" if value <= _BIGINT_MAX else ""
    return ""
