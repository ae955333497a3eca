"""What other dialects' queries mean, in Flink's words: GROUP BY, HAVING, DISTINCT ON, LATERAL VIEW.

In Flink `GROUP BY 1` groups by a constant, and a name in GROUP BY or HAVING is a column, never the
name of an expression after SELECT. Clauses that Flink's own parser read are left as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from sqlglot import exp
from sqlglot.generator import Generator
from sqlglot.transforms import eliminate_distinct_on

from app.sql.dialect.queries import OWN
from app.sql.dialect.rewriting import Transform

_GROUPINGS = (exp.Tuple, exp.Paren, exp.Rollup, exp.Cube, exp.GroupingSets)
_CONSTANTS = (exp.Literal, exp.Null, exp.Boolean)


def _select(self: Generator, node: exp.Select) -> str:
    _apply(node)
    _lateral_views(self, node)
    _group(self, node)
    _having(node)
    return self.select_sql(_distinct_on(self, node))


# Names and ordinals


def _projection(select: exp.Select, node: exp.Expr) -> exp.Expr | None:
    """What an ordinal or an alias stands for, or None where it is no such thing."""
    if isinstance(node, exp.Literal) and node.is_int:
        chosen = select.expressions[: int(node.name)]
        counted = len(chosen) == int(node.name) and not any(item.is_star for item in chosen)
        return chosen[-1].unalias() if chosen and counted else None
    if not isinstance(node, exp.Column) or node.table:
        return None
    found = [item.this for item in select.expressions if _is_named(item, node)]
    reads = found and any(c.name.lower() == node.name.lower() for c in _columns(found[0]))
    return found[0] if found and not reads else None


def _is_named(item: exp.Expr, column: exp.Column) -> bool:
    alias, name = item.args.get("alias"), column.this
    if not isinstance(item, exp.Alias) or not isinstance(alias, exp.Identifier):
        return False
    if alias.args.get("quoted") or name.args.get("quoted"):
        return bool(alias.name == name.name)
    return bool(alias.name.lower() == name.name.lower())


def _columns(node: exp.Expr) -> list[exp.Column]:
    return list(node.find_all(exp.Column))


def _is_aggregate(node: exp.Expr) -> bool:
    return node.find(exp.AggFunc, exp.Window) is not None


# GROUP BY and HAVING


def _group(self: Generator, select: exp.Select) -> None:
    group = select.args.get("group")
    if not group or group.meta.get(OWN):
        return
    items = _items(group)
    if not items and group.args.get("all"):
        items = _all_groups(self, select)
        group.set("all", None)
    for key in ("grouping_sets", "cube", "rollup"):
        group.set(key, None)
    group.set("expressions", items)
    for leaf in list(_leaves(group)):
        meant = _projection(select, leaf)
        if meant is not None and not _is_aggregate(meant):
            leaf.replace(meant.copy())
    group.meta[OWN] = True
    if not items:
        select.set("group", None)


def _items(group: exp.Group) -> list[exp.Expr]:
    """What is grouped by; `WITH ROLLUP` and GROUPING SETS behind the columns as Flink has them."""
    items = list(group.expressions)
    if sets := group.args.get("grouping_sets"):
        items = list(sets)
    for node in (*(group.args.get("cube") or ()), *(group.args.get("rollup") or ())):
        if node.expressions:
            items.append(node)
        else:
            items = [type(node)(expressions=items)]
    return items


def _all_groups(self: Generator, select: exp.Select) -> list[exp.Expr]:
    """What GROUP BY ALL groups by."""
    if any(item.is_star for item in select.expressions):
        self.unsupported("GROUP BY ALL of *")
    found = (item.unalias() for item in select.expressions if not item.is_star)
    return [
        item.copy()
        for item in found
        if not isinstance(item, _CONSTANTS) and not _is_aggregate(item)
    ]


def _leaves(node: exp.Expr) -> Iterator[exp.Expr]:
    for item in [node.this] if isinstance(node, exp.Paren) else node.expressions:
        if isinstance(item, _GROUPINGS):
            yield from _leaves(item)
        else:
            yield item


def _having(select: exp.Select) -> None:
    having = select.args.get("having")
    if not having or having.meta.get(OWN):
        return
    scope = having.walk(prune=lambda node: isinstance(node, exp.Query))
    for column in [node for node in scope if isinstance(node, exp.Column)]:
        meant = _projection(select, column)
        if meant is None or meant.find(exp.Window):
            continue
        nested = isinstance(column.find_ancestor(exp.AggFunc, exp.Select), exp.AggFunc)
        if not (nested and _is_aggregate(meant)):
            column.replace(_operand(meant, column.parent))
    having.meta[OWN] = True


def _operand(node: exp.Expr, parent: exp.Expr | None) -> exp.Expr:
    loose = isinstance(node, exp.Binary | exp.Unary | exp.Predicate)
    tight = isinstance(parent, exp.Binary | exp.Unary | exp.Predicate)
    wrap = loose and tight and not isinstance(node, exp.Paren | exp.Dot | exp.Func)
    return exp.Paren(this=node.copy()) if wrap else node.copy()


# DISTINCT ON


def _distinct_on(self: Generator, select: exp.Select) -> exp.Select:
    """The first row of each group: by QUALIFY, which leaves ORDER BY and LIMIT as they are."""
    distinct, order = select.args.get("distinct"), select.args.get("order")
    on = distinct.args.get("on") if distinct else None
    if not isinstance(on, exp.Tuple):
        return select
    if select.args.get("qualify"):
        self.unsupported("DISTINCT ON with QUALIFY")
        return select
    keys = [_meant(select, key) for key in on.expressions]
    ordered = [item.copy() for item in order.expressions] if order else []
    for item in ordered:
        item.set("this", _meant(select, item.this))
    # What is the same in all rows of a group orders nothing, and Flink fails to plan it.
    ordered = [item for item in ordered if item.this not in keys]
    by = exp.Order(expressions=ordered or [exp.Anonymous(this="PROCTIME")])
    if select.args.get("group") or select.is_star:
        return _distinct_rows(self, select, exp.Tuple(expressions=keys), by)
    window = exp.Window(this=exp.RowNumber(), partition_by=keys, order=by)
    first = exp.EQ(this=window, expression=exp.Literal.number(1))
    select.set("distinct", None)
    select.set("qualify", exp.Qualify(this=first))
    return select


def _distinct_rows(
    self: Generator, select: exp.Select, keys: exp.Tuple, by: exp.Order
) -> exp.Select:
    """The same by a subquery: Flink 2.1 fails to plan QUALIFY with GROUP BY or *."""
    inner = select.copy()
    order, outer = inner.args.get("order"), {}
    for key in ("with_", "limit", "offset"):
        outer[key] = inner.args.get(key)
        inner.set(key, None)
    if inner.is_star:
        self.unsupported("DISTINCT ON of *: the result has a further column, _row_number")
    if order and all(_is_selected(inner, item.this) for item in order.expressions):
        outer["order"] = order = order.copy()
        for column in order.find_all(exp.Column):
            column.set("table", None)
    elif order:
        self.unsupported("ORDER BY of DISTINCT ON by what is not selected")
    inner.set("order", by)
    inner.set("distinct", exp.Distinct(on=keys))
    query = eliminate_distinct_on(inner)
    for key, node in outer.items():
        query.set(key, node)
    return cast(exp.Select, query)


def _is_selected(select: exp.Select, key: exp.Expr) -> bool:
    names = {item.output_name for item in select.expressions}
    return key.is_int or (isinstance(key, exp.Column) and (select.is_star or key.name in names))


def _meant(select: exp.Select, node: exp.Expr) -> exp.Expr:
    meant = _projection(select, node)
    return (node if meant is None else meant).copy()


# LATERAL VIEW and APPLY


def _apply(select: exp.Select) -> None:
    """CROSS APPLY and OUTER APPLY as joins."""
    for join in select.args.get("joins") or ():
        lateral = join.this
        if not isinstance(lateral, exp.Lateral) or lateral.args.get("cross_apply") is None:
            continue
        if isinstance(lateral.this, exp.Func):
            lateral.set("this", exp.TableFromRows(this=lateral.this))
        _joined(join, outer=not lateral.args["cross_apply"])
        lateral.set("cross_apply", None)


def _joined(join: exp.Join, *, outer: bool) -> exp.Join:
    if outer:
        join.set("side", "LEFT")
        join.set("on", exp.true())
    else:
        join.set("kind", "CROSS")
    return join


def _lateral_views(self: Generator, select: exp.Select) -> None:
    """LATERAL VIEW as joins; in front of the joins that read its columns."""
    laterals = select.args.get("laterals")
    if not laterals:
        return
    names = {lateral.alias for lateral in laterals}
    names |= {name for lateral in laterals for name in lateral.alias_column_names}
    first: list[exp.Join] = []
    last: list[exp.Join] = []
    for join in select.args.get("joins") or ():
        condition = join.args.get("on") or join.this
        reads = any((column.table or column.name) in names for column in _columns(condition))
        (last if reads else first).append(join)
    views = [_view(self, lateral) for lateral in laterals]
    select.set("laterals", None)
    select.set("joins", [*first, *views, *last])


def _view(self: Generator, lateral: exp.Lateral) -> exp.Join:
    call, alias = lateral.this, lateral.args.get("alias") or exp.TableAlias()
    outer = bool(lateral.args.get("outer")) or isinstance(call, exp.ExplodeOuter)
    if not isinstance(call, exp.Explode | exp.Inline):
        source = exp.Lateral(this=exp.TableFromRows(this=call), alias=alias)
        return _joined(exp.Join(this=source), outer=outer)
    columns = list(alias.columns)
    numbered = isinstance(call, exp.Posexplode)
    if isinstance(call, exp.Explode) and not columns:
        columns = [exp.to_identifier(name) for name in (["pos"] if numbered else []) + ["col"]]
    if numbered:
        self.unsupported("Flink's WITH ORDINALITY counts from 1, POSEXPLODE from 0")
        columns = [*columns[1:], columns[0]]
    unnest = exp.Unnest(
        expressions=[call.this],
        alias=exp.TableAlias(this=alias.this, columns=columns),
        offset=numbered,
    )
    return _joined(exp.Join(this=unnest), outer=outer)


# What Flink has no word for


def _missing(what: str) -> Transform:
    def transform(self: Generator, node: Any) -> str:
        self.unsupported(f"Flink has no {what}")
        return self.function_fallback_sql(node)

    return transform


def _series(self: Generator, node: Any) -> str:
    self.unsupported("Flink has no GENERATE_SERIES")
    return self.func("GENERATE_SERIES", *(node.args.get(key) for key in ("start", "end", "step")))


QUERIES: dict[type[exp.Expression], Transform] = {
    exp.Select: _select,
    **dict.fromkeys((exp.GenerateSeries, exp.ExplodingGenerateSeries), _series),
    exp.Explode: _missing("EXPLODE after SELECT"),
    exp.Posexplode: _missing("POSEXPLODE after SELECT"),
    exp.Inline: _missing("INLINE after SELECT"),
}
