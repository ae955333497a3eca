"""MATCH_RECOGNIZE: pattern variables stand for rows of the input."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from app.sql.names import expressions
from app.sql.names.model import Field, Relation
from app.sql.names.state import Scope, State, unique

_WORD = re.compile(r"`((?:[^`]|``)+)`|([^\W\d][\w$]*)")


def match(state: State, node: exp.MatchRecognize, table: Relation, scope: Scope) -> Relation:
    """What MATCH_RECOGNIZE makes of its input: partition columns, then measures.

    Args:
        state: What is known.
        node: The clause.
        table: What it is applied to.
        scope: Where it stands.
    """
    variables = frozenset(_variables(node))
    inner = Scope(scope.block, None, scope.ctes, [table], variables=variables)
    partition = [_passed(state, column, inner) for column in node.args.get("partition_by") or ()]
    ordered: list[Field] = []
    if order := node.args.get("order"):
        ordered = expressions.use(state, order, inner)
    measures = [_measure(state, m, inner) for m in node.args.get("measures") or ()]
    for definition in node.args.get("define") or ():
        expressions.use(state, _inner(definition), inner)
    rows = node.args.get("rows")
    fields = [field for field in partition if field is not None]
    if "ALL ROWS" in (rows.name if isinstance(rows, exp.Expression) else str(rows)).upper():
        fields.extend(_rest(state, table, fields, ordered))
    complete = table.complete and len(fields) >= len(partition)
    return Relation("", "match", (*fields, *measures), complete, node, input=table)


def _variables(node: exp.MatchRecognize) -> Iterator[str]:
    for definition in node.args.get("define") or ():
        yield definition.alias
    for subset in node.args.get("subset") or ():
        yield subset.this.name
    pattern = node.args.get("pattern")
    text = pattern.name if isinstance(pattern, exp.Expression) else str(pattern or "")
    for found in _WORD.finditer(text):
        yield (found[1] or "").replace("``", "`") or found[2]


def _inner(node: exp.Expression) -> exp.Expression:
    while isinstance(node, exp.Alias | exp.MatchRecognizeMeasure):
        node = node.this
    return node


def _passed(state: State, node: exp.Expression, scope: Scope) -> Field | None:
    used = expressions.use(state, node, scope)
    return used[0].source or used[0] if len(used) == 1 else None


def _measure(state: State, node: exp.Expression, scope: Scope) -> Field:
    """A measure: a value of some row of the match, so never the column unchanged."""
    named = node.this if isinstance(node, exp.MatchRecognizeMeasure) else node
    inner = _inner(node)
    used = expressions.use(state, inner, scope)
    computed = expressions.output(inner, "", [])
    plain = used[0].type if len(used) == 1 and used[0].expression is inner else ""
    kind = computed.type or plain
    return Field(
        named.alias_or_name,
        expressions.origins(used),
        type=kind,
        role=computed.role,
        expression=inner,
    )


def _rest(
    state: State, table: Relation, fields: list[Field], ordered: list[Field]
) -> Iterator[Field]:
    """The input's other columns under ALL ROWS PER MATCH, those of ORDER BY first."""
    state.use_all(table)
    taken = {field.name: 0 for field in fields}
    first = [field.source for field in ordered if field.source is not None]
    for field in (*first, *table.fields):
        if field.name not in taken:
            unique(field.name, taken)
            yield field
