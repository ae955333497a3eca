"""What stands in FROM: tables, queries, joins; table functions are in `functions`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sqlglot import exp

from app.sql.names import expressions, functions, matching, outputs, pivots
from app.sql.names.model import Field, ProblemKind, Relation, RelationKind
from app.sql.names.state import CATALOG, DATABASE, Scope, State, renamed


def add_from(state: State, node: exp.Expression, scope: Scope) -> None:
    """Brings everything of a SELECT's FROM into the scope, join conditions resolved."""
    first = node.args.get("from_")
    if first is not None:
        _add(state, first.this, scope)
    for item in node.args.get("laterals") or ():
        _add(state, item, scope)
    _add_joins(state, node.args.get("joins"), scope)


def _add_joins(state: State, joins: Iterable[exp.Join] | None, scope: Scope) -> None:
    for join in joins or ():
        # Everything to the left is the left side: to Flink a comma binds as a JOIN does.
        start = len(scope.columns()) if _merges(join) else 0
        _add(state, join.this, scope)
        if _merges(join):
            _merge(state, join, scope, start)
        if condition := join.args.get("on"):
            expressions.use(state, condition, scope)


def _add(state: State, node: exp.Expression, scope: Scope) -> None:
    if not state.spend(1):
        return
    if _is_group(node):
        inner = Scope(scope.block, scope.parent, scope.ctes)
        _add(state, node.this, inner)
        _add_joins(state, node.args.get("joins"), inner)
        _splice(scope, inner)
        return
    scope.add(_relation(state, node, scope))
    if not isinstance(node, exp.Lateral):
        _add_joins(state, node.args.get("joins"), scope)
        for item in node.args.get("laterals") or ():
            _add(state, item, scope)


def _is_group(node: exp.Expression) -> bool:
    """Whether it is a FROM in parentheses: `(a JOIN b ON ...)`."""
    if not isinstance(node, exp.Subquery | exp.Paren) or node.args.get("alias"):
        return False
    inner = node.this
    while isinstance(inner, exp.Subquery | exp.Paren) and not inner.args.get("alias"):
        inner = inner.this
    return not isinstance(inner, exp.Select | exp.SetOperation | exp.Values)


def _splice(scope: Scope, inner: Scope) -> None:
    if inner.shown is not None or scope.shown is not None:
        scope.shown = [*scope.columns(), *inner.columns()]
    scope.relations.extend(inner.relations)
    scope.merged.update(inner.merged)
    scope.hidden |= inner.hidden


def _merges(join: exp.Join) -> bool:
    return bool(join.args.get("using")) or str(join.args.get("method") or "").upper() == "NATURAL"


def _merge(state: State, join: exp.Join, scope: Scope, start: int) -> None:
    """Merges the columns that NATURAL JOIN or USING compares; `*` gives them first.

    Args:
        state: What is known.
        join: The join.
        scope: What it stands in, with both of its sides.
        start: How many columns the left side gives.
    """
    shown = scope.columns()
    if not state.spend(len(shown)):
        return
    sides = _by_name(shown[:start]), _by_name(shown[start:])
    if not scope.complete:
        state.problem("uncertain", join, name="NATURAL JOIN" if join.method else "USING")
    identifiers = list(join.args.get("using") or ())
    names = [identifier.name for identifier in identifiers]
    if not names:
        names = [name for name in sides[0] if name in sides[1]]
    keys: list[tuple[Relation | None, Field]] = []
    for number, name in enumerate(names):
        found = [side.get(name, []) for side in sides]
        node = identifiers[number] if identifiers else join
        if key := _key(state, scope, name, found, node):
            keys.append((None, key))
    merged = {key.name for _, key in keys}
    scope.shown = keys + [entry for entry in shown if entry[1].name not in merged]


def _by_name(
    shown: list[tuple[Relation | None, Field]],
) -> dict[str, list[tuple[Relation | None, Field]]]:
    found: dict[str, list[tuple[Relation | None, Field]]] = {}
    for entry in shown:
        found.setdefault(entry[1].name, []).append(entry)
    return found


def _key(
    state: State,
    scope: Scope,
    name: str,
    found: list[list[tuple[Relation | None, Field]]],
    node: exp.Expression,
) -> Field | None:
    for side in found:
        if len(side) != 1:
            everything = (field.name for _, field in scope.columns())
            kind: ProblemKind = "ambiguous_column" if side else "unknown_column"
            state.problem(kind, node, everything, name=name)
            return None
    entries = [entry for side in found for entry in side]
    both = [field for _, field in entries]
    scope.hidden.update((relation, name) for relation, _ in entries if relation)
    key = Field(name, expressions.origins(both), type=outputs.common_type(both))
    state.use(key)
    state.fields[id(node)] = key
    scope.merged[name] = key
    return key


def _relation(state: State, node: exp.Expression, scope: Scope) -> Relation:
    if isinstance(node, exp.Table):
        found = table(state, node, scope)
    elif isinstance(node, exp.Lateral):
        found = _lateral(state, node, scope)
    elif isinstance(node, exp.TableFromRows):
        found = functions.call(state, node.this, node, scope)
    elif isinstance(node, exp.Unnest):
        found = functions.unnest(state, node, scope)
    elif isinstance(node, expressions.QUERIES):
        found = query(state, node, scope.parent, scope)
    else:
        state.problem("uncertain", node, name=type(node).__name__)
        found = Relation("", "function", (), False, node)
    found = alias(state, found, node.args.get("alias"))
    if match := node.args.get("match"):
        found = matching.match(state, match, found, scope)
        found = alias(state, found, match.args.get("alias"))
    return pivots.pivoted(state, found, node, scope)


def _lateral(state: State, node: exp.Lateral, scope: Scope) -> Relation:
    inner = node.this
    if isinstance(inner, expressions.QUERIES):
        found = replace(query(state, inner, scope, scope), kind="query")
        return alias(state, found, inner.args.get("alias"))
    if isinstance(inner, exp.Unnest):
        found = functions.unnest(state, inner, scope)
        return alias(state, found, inner.args.get("alias"))
    call = inner.this if isinstance(inner, exp.TableFromRows) else inner
    found = functions.call(state, call, node, scope)
    return alias(state, found, inner.args.get("alias"))


def query(state: State, node: exp.Expression, parent: Scope | None, scope: Scope) -> Relation:
    """A query in FROM; what it may see besides itself is `parent`."""
    rows = state.query(node, parent, scope.ctes)
    kind: RelationKind = "values" if isinstance(node, exp.Values) else "query"
    return Relation("", kind, rows.fields, rows.complete, node, blocks=rows.blocks)


def table(state: State, node: exp.Table, scope: Scope) -> Relation:
    """A table or a WITH query by its name."""
    parts = [node.args.get(key) for key in ("catalog", "db", "this")]
    names = [part.name for part in parts if part is not None]
    if version := node.args.get("version"):
        expressions.use(state, version, scope)
    if len(names) == 1 and (cte := scope.ctes.get(names[0])):
        return replace(cte, node=node, temporal=version is not None)
    name = names[-1] if names else ""
    known = state.tables.get(name)
    if known is None or names[:-1] != [CATALOG, DATABASE][3 - len(names) :] or len(names) > 3:
        state.problem("unknown_table", node, [*scope.ctes, *state.tables], name=".".join(names))
        return Relation(name, "table", (), False, node)
    state.used.setdefault(name, set())
    fields = state.table_fields(known)
    return Relation(name, "table", fields, True, node, name, temporal=version is not None)


def _named_like_relation(found: Relation, node: exp.Expression) -> bool:
    """Whether the alias of the whole names its only column as well, as VALUES has it in Flink."""
    # The parser wraps VALUES elsewhere under an alias of its own, which stands nowhere.
    written = isinstance(node.this, exp.Identifier) and node.this.meta_get("start") is not None
    return found.kind == "values" and len(found.fields) == 1 and written


def alias(state: State, found: Relation, node: exp.Expression | None) -> Relation:
    """The relation under its alias, its columns renamed by position if the alias lists names."""
    if node is None:
        return found
    name = node.name or found.name
    names = [column.name for column in node.args.get("columns") or ()]
    if not names and _named_like_relation(found, node):
        names = [name]
    if not names:
        return replace(found, name=name)
    if not found.complete:
        everything = expressions.origins(found.fields)
        fields = tuple(Field(column, everything) for column in names)
        return replace(found, name=name, fields=fields, complete=True, renamed=True)
    if len(names) != len(found.fields):
        state.problem("uncertain", node, name=name)
        return replace(found, name=name, fields=(), complete=False)
    fields = tuple(renamed(f, n) for f, n in zip(found.fields, names, strict=True))
    return replace(found, name=name, fields=fields, renamed=True)
