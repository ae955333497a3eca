"""A finished draft as a form: what rules found, with what the question leaves unsaid."""

from __future__ import annotations

from dataclasses import replace

from app.semantic_parser import used
from app.semantic_parser.form import (
    Equals,
    Field,
    Filter,
    Form,
    Metric,
    Null,
    Order,
)
from app.semantic_parser.grammar import composites, naming
from app.semantic_parser.grammar.composites import Parts
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.filters import states, ways
from app.semantic_parser.grammar.measures import each, implied

_OF_ROWS = frozenset({"avg", "percentile"})
ROWS = 10
"""How many rows or groups are shown where several of the first are wanted, without a number."""


def assemble(draft: Draft) -> Form | None:
    """The form that a draft amounts to; None where it says nothing of the table."""
    if draft.listing and not draft.measures and draft.comparison is None:
        return with_joins(draft, _listing(draft))
    if not draft.measures and not _says_something(draft):
        return None
    stated = each.split(draft, list(draft.measures) or [implied.of(draft)])
    parts = composites.build(draft, stated)
    if parts is None:
        return None
    return with_joins(draft, _aggregate(draft, parts))


def _says_something(draft: Draft) -> bool:
    return bool(
        draft.group
        or draft.bucket
        or draft.filters
        or draft.times
        or draft.comparison
        or draft.asks_whether
        or draft.newest
    )


def _aggregate(draft: Draft, parts: Parts) -> Form:
    group = _groups(draft, parts)
    skipped = [Null(f, negated=True) for f in group if _skips_null(draft, f)]
    is_timed = parts.time or draft.bucket or draft.newest or _is_timed(parts)
    return Form(
        table=draft.scope.root.table,
        measures=parts.measures,
        group=tuple(group),
        filters=_once(*parts.filters, *skipped),
        time_field=draft.time_field if is_timed else None,
        time=parts.time,
        bucket=draft.bucket,
        newest=draft.newest,
        cumulative=draft.cumulative,
        having=tuple(draft.having),
        order=_order(draft),
        limit=draft.limit if group or draft.bucket else None,
        limit_per=tuple(draft.limit_per),
        summary=draft.summary,
        asks_whether=draft.asks_whether and not group and not draft.bucket,
    )


def _once(*filters: Filter) -> tuple[Filter, ...]:
    """The filters without repeats, in order; those that relate to other rows have no hash."""
    kept: list[Filter] = []
    for filter_ in filters:
        if filter_ not in kept:
            kept.append(filter_)
    return tuple(kept)


def _groups(draft: Draft, parts: Parts) -> list[Field]:
    """The groups; `the median energy per session` is one number, and not one for each row."""
    table = draft.scope.root.table
    whole = all(isinstance(m, Metric) and m.function in _OF_ROWS for m in parts.measures)
    picked = draft.ranking or draft.having or draft.summary or draft.newest
    if picked or not whole or len(table.primary_key) != 1:
        return draft.group
    return [f for f in draft.group if (f.table, f.name) != (table.name, table.primary_key[0])]


def _is_timed(parts: Parts) -> bool:
    return any(metric.time for m in parts.measures for metric in used.metrics_of(m))


def _order(draft: Draft) -> tuple[Order, ...]:
    if draft.order:
        return tuple(draft.order)
    if draft.ranking and (draft.group or draft.bucket):
        return (Order(0, descending=draft.ranking.direction == "most"),)
    if draft.bucket:
        return (Order("bucket", descending=False),)
    return (Order(0),) if draft.group else ()


def _listing(draft: Draft) -> Form:
    table = draft.scope.root.table
    parts = composites.plain(draft, [])
    own = tuple(Field(table.name, c) for c in table.columns)
    columns = _with_key(draft, own) if draft.columns else own
    missing = [Null(f, negated=True) for f in columns[:1] if draft.distinct and f.column.nullable]
    missing += [
        Null(p, negated=True) for p in draft.limit_per if isinstance(p, Field) and _lacks(draft, p)
    ]
    order = tuple(draft.order)
    if not order and draft.time_field and not draft.distinct:
        order = (Order(draft.time_field),)
    return Form(
        table=table,
        columns=columns,
        distinct=draft.distinct,
        filters=_once(*parts.filters, *missing),
        time_field=draft.time_field if parts.time or draft.newest else None,
        time=parts.time,
        newest=draft.newest,
        order=order,
        limit=draft.limit,
        limit_per=tuple(draft.limit_per),
    )


def _with_key(draft: Draft, own: tuple[Field, ...]) -> tuple[Field, ...]:
    """What a listing shows, with whose its rows are, what tells them apart and their order."""
    if draft.newest is not None:
        return tuple(dict.fromkeys((*draft.newest.per, *draft.columns)))
    per = [p for p in draft.limit_per if isinstance(p, Field)]
    if draft.distinct:
        return tuple(dict.fromkeys((*per, *draft.columns)))
    key = [f for f in own if f.name in draft.scope.root.table.primary_key]
    ordered = [o.by for o in draft.order if isinstance(o.by, Field)]
    return tuple(dict.fromkeys((*per, *key, *draft.columns, *ordered)))


def with_joins(draft: Draft, form: Form) -> Form:
    """The form with the joins that the fields it uses need."""
    needed = {f.table for f in used.of_form(form)} - {form.table.name}
    named = naming.with_names(draft.scope, form)
    others = {f.table for f in used.of_form(named)} - {form.table.name}
    if not others:
        return named
    before = {j.table.name for j in draft.scope.joins(sorted(needed))}
    joins = (ways.chosen(draft, j) for j in draft.scope.joins(sorted(others)))
    outer = tuple(replace(j, outer=j.table.name not in before) for j in joins)
    return replace(named, joins=outer)


def _skips_null(draft: Draft, field: Field) -> bool:
    """Whether picking groups leaves out rows without a value: the comment says there are some."""
    picks = draft.ranking is not None or bool(draft.having)
    picks = picks or (_is_of_some(field.column.comment.lower()) and not draft.filters)
    return picks and _lacks(draft, field)


def _lacks(draft: Draft, field: Field) -> bool:
    """Whether rows are asked about that may be without a value, as the comment says."""
    filtered = any(isinstance(s.filter, Equals) and s.filter.field == field for s in draft.filters)
    return field.column.nullable and states.speaks_of_null(field) and not filtered


def _is_of_some(comment: str) -> bool:
    """`Set where it came from a list, null otherwise`: other rows have none to be grouped by."""
    return "null otherwise" in comment or "null unless" in comment
