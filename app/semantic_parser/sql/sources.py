"""The rows that a form is about: tables joined, filtered, and each row once.

Flink never enforces a declared key and streams deliver at least once, so rows repeat, and a join
with a table of which several rows belong to one repeats them, too. What a repeated row would change
is computed over distinct rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.semantic_parser.form import Field, Form, Metric, Newest, TimeRange
from app.semantic_parser.sql import moments, uses
from app.semantic_parser.sql.conditions import conditions
from app.semantic_parser.sql.joins import joined
from app.semantic_parser.sql.scope import Scope, column_names
from app.semantic_parser.sql.select import Select
from app.sql.dialect.words import identifier

ROW_NUMBER = "row_num"


@dataclass(frozen=True, slots=True)
class Rows:
    """What aggregates and listings read from.

    Attributes:
        source: Lines from `FROM` on.
        where: The conditions that are still to be put.
        scope: How fields are spelled over the source.
        count: The call that counts the rows.
        time: The time that all of them lie in, or None.
        heads: What a GROUP BY needs besides the form's groups to gather rows by time.
    """

    source: tuple[str, ...]
    where: tuple[str, ...]
    scope: Scope
    count: str = "COUNT(*)"
    time: TimeRange | None = None
    heads: tuple[str, ...] = ()


def key_of(form: Form) -> tuple[Field, ...]:
    """What a row of the root is known by; empty where it has no key."""
    table = form.table
    columns = (table.column(name) for name in table.primary_key)
    return tuple(Field(table.name, c) for c in columns if c is not None)


def rows_of(form: Form, metrics: tuple[Metric, ...]) -> Rows:
    """The rows that metrics are computed over."""
    rows = filtered(form, metrics)
    if form.newest:
        wanted = (*form.group, *uses.of_metrics(form, metrics))
        return newest(form, form.newest, rows, wanted, _owner(form, metrics))
    key, others = key_of(form), _other_keys(form, metrics)
    counts = any(m.function == "count" and (m.of is None or not m.distinct) for m in metrics)
    twice = any(m.function in {"sum", "avg", "percentile"} for m in metrics)
    if not key or not (twice or (counts and len(key) > 1)):
        counted = f"COUNT(DISTINCT {rows.scope.of(key[0])})" if key else "COUNT(*)"
        return replace(rows, count=counted)
    wanted = (*key, *others, *form.group, *uses.of_metrics(form, metrics))
    found = distinct(rows, wanted, form, _owner(form, metrics))
    if len(key) == 1 and (others or _is_split(form, metrics)):
        found = replace(found, count=f"COUNT(DISTINCT {found.scope.of(key[0])})")
    return found


def filtered(form: Form, metrics: tuple[Metric, ...] = ()) -> Rows:
    """The rows as the tables have them, repeated ones included."""
    related = uses.has_related(form.filters) or any(uses.has_related(m.where) for m in metrics)
    source, pushed, scope = joined(form, aliased=related)
    where = conditions((f for f in form.filters if f not in pushed), scope)
    time = form.time or _hull(metrics)
    if form.time_field and time:
        where += moments.within(time, form.time_field, scope)
    heads: tuple[str, ...] = ()
    if form.bucket and form.time_field:
        if moments.is_tumbled(form.bucket, form.time_field):
            before = f"{identifier(form.table.name)}." if scope.qualified else ""
            scope = replace(scope, bucket=f"{before}window_start")
            heads = (f"{before}window_end",)
        else:
            start = moments.bucket_start(form.bucket, form.time_field, scope)
            scope = replace(scope, bucket=start)
    return Rows(source, where, scope, time=time, heads=heads)


def distinct(
    rows: Rows, wanted: Iterable[Field], form: Form, owner: str = "", *, once: bool = True
) -> Rows:
    """The wanted fields of the rows, `once` each; a key among them keeps rows apart."""
    select, scope = _inner(rows, wanted, form, owner)
    source = replace(select, distinct=once).within(owner)
    return Rows(source, (), scope, time=rows.time)


def newest(form: Form, of: Newest, rows: Rows, wanted: Iterable[Field], owner: str = "") -> Rows:
    """The newest row of each thing, of those that pass the form's own filters."""
    fields = (*of.per, *wanted, *uses.of_filters(of.filters))
    select, scope = _inner(rows, fields, form, owner)
    per = ", ".join(rows.scope.of(f) for f in of.per)
    time = rows.scope.of(form.time_field) if form.time_field else per
    number = (
        f"ROW_NUMBER() OVER (PARTITION BY {per} ORDER BY {time}{'' if of.oldest else ' DESC'})"
        f" AS {ROW_NUMBER}"
    )
    source = replace(select, columns=(*select.columns, number)).within(owner)
    where = (f"{ROW_NUMBER} = 1", *conditions(of.filters, scope))
    return Rows(source, where, scope, time=rows.time)


def _inner(rows: Rows, wanted: Iterable[Field], form: Form, owner: str) -> tuple[Select, Scope]:
    """A query of some fields of the rows, and how they are spelled around it."""
    names = column_names(dict.fromkeys(wanted))
    items = [rows.scope.item(f, n) for f, n in names.items()]
    scope = Scope(names=names, owner=owner)
    if form.bucket and rows.scope.bucket:
        start = moments.bucket_name(form.bucket)
        plain = rows.scope.bucket.rpartition(".")[2] == start
        items.insert(0, rows.scope.bucket if plain else f"{rows.scope.bucket} AS {start}")
        scope = replace(scope, bucket=start)
    return Select(tuple(items), rows.source, rows.where), scope


def _owner(form: Form, metrics: tuple[Metric, ...]) -> str:
    """A query that a metric's condition on another table refers to has to have a name."""
    return form.table.name if any(uses.has_related(m.where) for m in metrics) else ""


def _other_keys(form: Form, metrics: tuple[Metric, ...]) -> tuple[Field, ...]:
    """Keys of tables with several rows to one of the root, of which a metric is computed."""
    measured = {f.table for m in metrics for f in uses.of_operand(m.of)}
    tables = [j.table for j in form.joins if j.many and j.table.name in measured]
    keys = ((t, t.column(name)) for t in tables for name in t.primary_key)
    return tuple(Field(t.name, c) for t, c in keys if c is not None)


def _is_split(form: Form, metrics: tuple[Metric, ...]) -> bool:
    """Whether a metric's own condition tells apart rows that belong to one of the root."""
    several = {join.table.name for join in form.joins if join.many}
    return any(f.table in several for m in metrics for f in uses.of_filters(m.where))


def _hull(metrics: tuple[Metric, ...]) -> TimeRange | None:
    """The time that all metrics lie in, so that the rest need not be read."""
    ranges = [m.time for m in metrics if m.time]
    if not ranges or len(ranges) < len(metrics):
        return None
    starts = [r.start for r in ranges if r.start]
    ends = [r.end for r in ranges if r.end]
    start = min(starts) if len(starts) == len(ranges) else None
    end = max(ends) if len(ends) == len(ranges) else None
    return TimeRange(start, end, "")
