"""GROUP BY, HAVING and aggregates as Flink wants them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

from sqlglot import exp

from app.sql.builtins import KNOWN
from app.sql.lint.subject import Advice, Subject, span, sql
from app.sql.lint.tree import Parts, call_name, is_aggregate, over, own, owner, parts

_LEGACY = ("TUMBLE_", "HOP_", "SESSION_")


def group_by_ordinal(subject: Subject) -> Iterator[Advice]:
    """`GROUP BY 1`."""
    for _, select in parts(subject):
        outputs = select.node.expressions
        for key in select.keys:
            if isinstance(key, exp.Literal) and not key.is_string:
                place = int(key.name) if key.name.isdigit() else 0
                meant = outputs[place - 1].unalias() if 0 < place <= len(outputs) else None
                named = sql(meant) if meant is not None else "the expression"
                message = f"GROUP BY {key.name} groups by the number, not by {named}."
                why = (
                    "Flink reads a number in GROUP BY as a constant, and refuses what is selected."
                )
                fix = f"GROUP BY {named}"
                yield Advice("group_by_ordinal", "error", message, why, fix, *span(key))


def group_by_alias(subject: Subject) -> Iterator[Advice]:
    """`SELECT FLOOR(t TO HOUR) AS h ... GROUP BY h`."""
    for _, select in parts(subject):
        for key in select.keys:
            meant = _alias(subject, key, select)
            if meant is not None:
                message = f"{key.name} is an alias of this SELECT, and no column."
                why = "Flink groups before it names the columns, and finds no such column."
                fix = f"GROUP BY {sql(meant)}"
                yield Advice("group_by_alias", "error", message, why, fix, *span(key))


def having_alias(subject: Subject) -> Iterator[Advice]:
    """`SELECT COUNT(*) AS n ... HAVING n > 3`."""
    yield from _alias_in(subject, "having", "having_alias", "Flink filters groups")


def where_alias(subject: Subject) -> Iterator[Advice]:
    """`SELECT a * 2 AS d ... WHERE d > 3`."""
    yield from _alias_in(subject, "where", "where_alias", "Flink filters rows")


def aggregate_in_where(subject: Subject) -> Iterator[Advice]:
    """`WHERE SUM(x) > 5`."""
    for _, select in parts(subject):
        for part in own(select.node.args.get("where")):
            if is_aggregate(part):
                condition = _condition(part)
                message = f"{sql(part)} stands in WHERE."
                why = (
                    "WHERE filters rows before they are grouped; Flink refuses an aggregate there."
                )
                fix = f"HAVING {sql(condition)}"
                yield Advice("aggregate_in_where", "error", message, why, fix, *span(part))


def over_in_where(subject: Subject) -> Iterator[Advice]:
    """`WHERE ROW_NUMBER() OVER (...) = 1`."""
    for _, select in parts(subject):
        for part in own(select.node.args.get("where")):
            if isinstance(part, exp.Window):
                rest = sql(_condition(part)).replace(sql(part), "row_num")
                message = f"{sql(part.this)} OVER stands in WHERE."
                why = "Flink computes it after WHERE, and refuses it there."
                fix = f"SELECT … FROM (SELECT *, {sql(part)} AS row_num FROM …) WHERE {rest}"
                yield Advice("over_in_where", "error", message, why, fix, *span(part))


def nested_aggregate(subject: Subject) -> Iterator[Advice]:
    """`SUM(COUNT(*))`."""
    for _, select in parts(subject):
        for outer in select.aggregates:
            inner = next(
                (part for part in own(outer) if part is not outer and is_aggregate(part)), 0
            )
            if isinstance(inner, exp.Expr):
                name = call_name(outer)
                message = f"{sql(inner)} stands within {name}."
                why = "Flink refuses an aggregate of an aggregate in one SELECT."
                fix = f"SELECT {name}(x) FROM (SELECT {sql(inner)} AS x FROM … GROUP BY …)"
                yield Advice("nested_aggregate", "error", message, why, fix, *span(outer))


def not_grouped(subject: Subject) -> Iterator[Advice]:
    """A column that is neither grouped by nor aggregated."""
    for block, select in parts(subject):
        if not select.grouped or _sets(select):
            continue
        names = {key.name for key in select.keys if isinstance(key, exp.Column)}
        having = select.node.args.get("having")
        roots = [*select.node.expressions, *([having] if having else [])]
        computed = {_plain(key) for key in select.keys if not isinstance(key, exp.Column)}
        loose: dict[str, exp.Column] = {}
        for column in (column for root in roots for column in _loose(root, computed)):
            if column.name not in names and owner(subject.field(column), block) is not None:
                loose.setdefault(sql(column), column)
        if loose:
            yield _not_grouped(select, loose)


def _not_grouped(select: Parts, loose: Mapping[str, exp.Column]) -> Advice:
    listed = ", ".join(loose)
    verb = "are" if len(loose) > 1 else "is"
    message = f"{listed} {verb} neither grouped by nor aggregated."
    why = "A group has many values of it; Flink refuses to choose one."
    fix = f"GROUP BY {', '.join([*map(sql, select.keys), *loose])}"
    start, end = span(next(iter(loose.values())))
    return Advice("not_grouped", "error", message, why, fix, start, end)


def _loose(root: exp.Expr, computed: Set[str]) -> Iterator[exp.Column]:
    """The columns of an expression outside of aggregates and of what is grouped by."""
    stack = [root.unalias()]
    while stack:
        node = stack.pop()
        counted = node.this if isinstance(node, exp.Filter) else node
        if isinstance(node, exp.Query) or is_aggregate(counted) or _foreign_aggregate(counted):
            continue
        if isinstance(node, exp.Func) and call_name(node).startswith(_LEGACY):
            continue
        if computed and not isinstance(node, exp.Column) and _plain(node) in computed:
            continue
        if isinstance(node, exp.Column):
            if not isinstance(node.this, exp.Star):
                yield node
            continue
        stack.extend(node.iter_expressions())


def _foreign_aggregate(node: exp.Expr) -> bool:
    """Whether it is, or may be, an aggregate of another dialect, such as MEDIAN."""
    if isinstance(node, (exp.AggFunc, exp.WithinGroup)):
        return not over(node)
    return isinstance(node, exp.Anonymous) and call_name(node) not in KNOWN


def _plain(node: exp.Expr) -> str:
    """An expression without the tables of its columns."""
    copy = node.copy()
    for column in copy.find_all(exp.Column):
        column.set("table", None)
    return sql(copy)


def _sets(select: Parts) -> bool:
    """Whether it is grouped in more than one way, or by what only Flink can tell."""
    group = select.node.args.get("group")
    kinds = ("rollup", "cube", "grouping_sets", "all", "totals")
    star = any(part.is_star for part in select.node.expressions)
    odd = any(
        not isinstance(key, (exp.Column, exp.Func, exp.Binary, exp.Case)) for key in select.keys
    )
    return star or odd or (group is not None and any(group.args.get(kind) for kind in kinds))


def _alias(subject: Subject, node: exp.Expr, select: Parts) -> exp.Expr | None:
    """What an alias of the SELECT stands for, where a column of that name is not found."""
    if not isinstance(node, exp.Column) or node.table or subject.field(node) is not None:
        return None
    found = (part for part in select.node.expressions if isinstance(part, exp.Alias))
    return next((part.this for part in found if part.alias == node.name), None)


def _alias_in(subject: Subject, clause: str, rule: str, does: str) -> Iterator[Advice]:
    for _, select in parts(subject):
        condition = select.node.args.get(clause)
        meant = {
            part.name: found
            for part in own(condition)
            if (found := _alias(subject, part, select)) is not None
        }
        if condition is None or not meant:
            continue
        name = next(iter(meant))
        place = next(p for p in own(condition) if isinstance(p, exp.Column) and p.name == name)
        message = f"{name} is an alias of this SELECT, and no column."
        why = f"{does} before it names the columns, and finds no such column."
        yield Advice(rule, "error", message, why, _spelled(clause, condition, meant), *span(place))


def _spelled(clause: str, condition: exp.Expr, meant: Mapping[str, exp.Expr]) -> str:
    """The condition with what the aliases stand for."""
    filled = condition.this.copy().transform(
        lambda part: (
            meant[part.name].copy()
            if isinstance(part, exp.Column) and not part.table and part.name in meant
            else part
        )
    )
    if any(isinstance(part, exp.Window) for found in meant.values() for part in own(found)):
        return f"SELECT … FROM (…) WHERE {sql(condition.this)}"
    aggregated = any(is_aggregate(part) for found in meant.values() for part in own(found))
    return f"{'HAVING' if aggregated else clause.upper()} {sql(filled)}"


def _condition(node: exp.Expr) -> exp.Expr:
    """The comparison that an expression stands in."""
    while node.parent is not None and not isinstance(node.parent, (exp.Where, exp.And, exp.Or)):
        node = node.parent
    return node
