"""Column references: which column of which relation a (qualified) name means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sqlglot import exp

from app.sql.dialect.functions import WITHOUT_PARENTHESES
from app.sql.names import rows
from app.sql.names.model import Field, Relation
from app.sql.names.state import CATALOG, DATABASE, Scope, State

# Functions that Flink knows without parentheses; unquoted they come before any column. Most have a
# node of their own.
NILADIC = tuple(WITHOUT_PARENTHESES.values())
_NILADIC_NAMES = {kind.sql_name() for kind in NILADIC} | {"PI"}

Aliases = Mapping[str, Field | None]


def parts(node: exp.Expression) -> list[exp.Expression] | None:
    """The identifiers of a dotted name, first to last; None if it is something else."""
    tail: list[exp.Expression] = []
    while isinstance(node, exp.Dot):
        if not isinstance(node.expression, exp.Identifier | exp.Star):
            return None
        tail.append(node.expression)
        node = node.this
    if not isinstance(node, exp.Column):
        return None
    found = [node.args.get(key) for key in ("catalog", "db", "table", "this")]
    return [part for part in found if part is not None] + tail[::-1]


def resolve(
    state: State, node: exp.Expression, scope: Scope, aliases: Aliases | None = None
) -> Field | None:
    """What a column reference means; notes it as used, or as a problem.

    Args:
        state: What is known.
        node: A column, or a Dot whose root is one.
        scope: Where it stands.
        aliases: Output columns of the block, where they come first (ORDER BY, QUALIFY).
    """
    path = parts(node)
    if path is None or not state.spend(1 + len(scope.relations)):
        return None
    found = _find(state, path, node, scope, aliases)
    if found is not None:
        state.use(found)
        state.fields[id(node)] = found
        # Each node of a path into a ROW stands for the whole path.
        while isinstance(node, exp.Dot):
            node = node.this
            state.fields[id(node)] = found
    return found


def follow(
    state: State, path: list[exp.Expression], node: exp.Expression, scope: Scope
) -> Field | None:
    """The column before the `.*` of `path.*`, in which it is a ROW."""
    found = _find(state, path, node, scope, None, qualifier=True)
    if found is not None:
        state.use(found)
    return found


def possible(state: State, word: exp.Expression, scope: Scope) -> list[Field]:
    """The columns that a word would mean if it were a name; they count as used."""
    found: list[Field] = []
    at: Scope | None = scope
    while at is not None and state.spend(1 + len(at.relations)):
        for relation in at.relations:
            column = state.index(relation.fields).get(word.name)
            for field in (column, *rows.holders(state, relation, word.name)):
                if field is not None:
                    state.use(field)
                    found.append(field)
        at = at.parent
    return found


def is_function(node: exp.Expression) -> bool:
    """Whether a column reference is a call without parentheses, such as CURRENT_DATE."""
    identifier = node.this
    return (
        isinstance(node, exp.Column)
        and isinstance(identifier, exp.Identifier)
        and not identifier.args.get("quoted")
        and node.args.get("table") is None
        and identifier.this.upper() in _NILADIC_NAMES
    )


def _find(
    state: State,
    path: list[exp.Expression],
    node: exp.Expression,
    scope: Scope,
    aliases: Aliases | None,
    *,
    qualifier: bool = False,
) -> Field | None:
    if len(path) == 1:
        if aliases is not None and path[0].name in aliases:
            return _alias(state, path[0], aliases)
        return _unqualified(state, path[0], node, scope, aliases, qualifier=qualifier)
    for length in range(min(len(path) - 1, 3), 0, -1):
        matches = relations(path[:length], scope)
        if len(matches) > 1:
            state.problem("ambiguous_column", path[length - 1])
            return None
        if matches:
            return _within(state, matches[0], path[length:], node)
    first = _unqualified(state, path[0], node, scope, aliases, qualifier=True)
    return None if first is None else rows.nested(state, first, path[1:], node)


def _alias(state: State, part: exp.Expression, aliases: Aliases) -> Field | None:
    found = aliases[part.name]
    if found is None:
        state.problem("ambiguous_column", part)
    return found


def relations(path: Sequence[exp.Expression], scope: Scope | None) -> list[Relation]:
    """The relations that a qualifier names, in the innermost scope that has one."""
    names = [part.name for part in path]
    while scope is not None:
        if len(names) == 1 and names[0] in scope.variables:
            return scope.relations[:1]
        found = [relation for relation in scope.relations if _named(relation, names)]
        if found:
            return found
        scope = scope.parent
    return []


def _named(relation: Relation, names: list[str]) -> bool:
    if relation.name != names[-1] or not relation.name:
        return False
    if len(names) == 1:
        return True
    # A whole path names a table; an alias of another table by that name does not count.
    full = [CATALOG, DATABASE, relation.table]
    return bool(relation.table) and names == full[-len(names) :]


def _within(
    state: State, relation: Relation, path: list[exp.Expression], node: exp.Expression
) -> Field | None:
    """The column `path[0]` of one relation, and the ROW fields after it."""
    name = path[0].name
    index = state.index(relation.fields)
    if name in index:
        found = index[name]
        if found is None:
            state.problem("ambiguous_column", path[0], table=relation.name)
            return None
        return rows.nested(state, _reference(relation, found, node), path[1:], node)
    holders = rows.holders(state, relation, name)
    if len(holders) == 1 and relation.complete:
        inside = rows.inside(relation, holders[0], name, node)
        return rows.nested(state, inside, path[1:], node)
    if relation.complete and not holders:
        state.problem("unknown_column", path[0], index, table=relation.name)
    else:
        _uncertain(state, path[0], relation)
    return None


def _uncertain(state: State, part: exp.Expression, relation: Relation) -> None:
    """A column of a relation that is not fully known; of an unknown table one problem is enough."""
    if relation.kind == "table" and not relation.table:
        state.certain = False
    else:
        state.problem("uncertain", part, table=relation.name)


def _unqualified(
    state: State,
    part: exp.Expression,
    node: exp.Expression,
    scope: Scope,
    aliases: Aliases | None,
    *,
    qualifier: bool = False,
) -> Field | None:
    name = part.name
    at: Scope | None = scope
    while at is not None:
        if not state.spend(len(at.relations)):
            return None
        hits = list(_hits(state, at, name, node))
        if len(hits) == 1 and hits[0] is not None:
            return hits[0]
        if hits:
            _ambiguous(state, part, at)
            return None
        unknown = next((r for r in at.relations if not r.complete), None)
        if unknown is not None:
            _uncertain(state, part, unknown)
            return None
        if at.parent is not None and rows.may_hide(at):
            state.problem("uncertain", part)
            return None
        at = at.parent
    if qualifier:
        state.problem("unknown_table", part, _relation_names(scope))
    else:
        state.problem("unknown_column", part, _column_names(state, scope, aliases))
    return None


def _hits(state: State, scope: Scope, name: str, node: exp.Expression) -> Iterator[Field | None]:
    """What an unqualified name can mean in one scope; None stands for several in one relation."""
    if merged := scope.merged.get(name):
        yield replace(merged, expression=node)
    found = False
    for relation in scope.relations:
        index = state.index(relation.fields)
        if name in index and (relation, name) not in scope.hidden:
            found = True
            column = index[name]
            yield None if column is None else _reference(relation, column, node)
    if found or merged:
        return
    # Flink also finds the fields of a ROW without its name, but only where no column has it.
    for relation in scope.relations:
        for holder in rows.holders(state, relation, name):
            yield rows.inside(relation, holder, name, node)


def _ambiguous(state: State, part: exp.Expression, scope: Scope) -> None:
    state.problem("ambiguous_column", part)
    for relation in scope.relations:
        if not state.spend(len(relation.fields)):
            return
        for column in relation.fields:
            if column.name == part.name:
                state.use(column)


def _reference(relation: Relation, column: Field, node: exp.Expression) -> Field:
    return replace(column, expression=node, relation=relation, source=column)


def _relation_names(scope: Scope | None) -> Iterator[str]:
    while scope is not None:
        yield from (relation.name for relation in scope.relations)
        scope = scope.parent


def _column_names(state: State, scope: Scope | None, aliases: Aliases | None) -> Iterator[str]:
    yield from aliases or ()
    while scope is not None:
        for relation in scope.relations:
            yield from state.index(relation.fields)
        scope = scope.parent
