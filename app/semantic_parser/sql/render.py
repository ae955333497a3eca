"""A form as Flink SQL text, for batch mode and in the session's time zone.

A query is built from the inside out: the rows (`sources`), the metrics over them, what is computed
from those (`measures`), which of the groups are kept, their order, and one row over all of them.
Steps that a form does not need are not there.
"""

from __future__ import annotations

from dataclasses import replace

from app.semantic_parser.form import Change, Form, Having, Measure, Metric, ShareOfAll
from app.semantic_parser.sql import measures
from app.semantic_parser.sql.listing import listing
from app.semantic_parser.sql.names import Columns, columns, completed, summarised
from app.semantic_parser.sql.operands import is_whole
from app.semantic_parser.sql.ordering import ordered
from app.semantic_parser.sql.select import Select, named
from app.semantic_parser.sql.sources import Rows, rows_of
from app.semantic_parser.sql.text import literal
from app.sql.dialect.words import identifier


def render(form: Form) -> str:
    """The query for a form, formatted over several lines."""
    form = completed(form)
    return (_aggregate(form) if form.measures else listing(form)).text()


def _aggregate(form: Form) -> Select:
    names = columns(form)
    given = (*filter(None, (names.bucket,)), *names.group, *measures.derived(form, names))
    rows = rows_of(form, tuple(metric for metric, _ in names.metrics))
    select = _metrics(form, names, rows)
    if not _is_plain(form):
        select = _derived(form, names, select)
    select = _kept(form, names, select, given)
    if summarised(form):
        inner = ordered(form, names, select, given) if form.limit is not None else select
        return _summary(form, names, inner)
    if _is_found(form):
        return _found(form, names, rows, select)
    return ordered(form, names, select, given)


def _metrics(form: Form, names: Columns, rows: Rows) -> Select:
    """The metrics of each group."""
    scope = rows.scope
    items = [named(scope.bucket, identifier(names.bucket))] if form.bucket else []
    items += [scope.item(f, name) for f, name in zip(form.group, names.group, strict=True)]
    items += [f"{measures.aggregate(form, m, rows)} AS {name}" for m, name in names.metrics]
    buckets = (scope.bucket, *rows.heads) if form.bucket else ()
    having = tuple(
        _holds(measures.aggregate(form, metric, rows), one)
        for one in form.having
        if _is_inside(form, one) and isinstance(metric := form.measures[one.measure], Metric)
    )
    group = (*buckets, *map(scope.of, form.group))
    return Select(tuple(items), rows.source, rows.where, group=group, having=having)


def _derived(form: Form, names: Columns, select: Select) -> Select:
    """The measures of each group, from its metrics."""
    keys = [identifier(n) for n in (names.bucket, *names.group) if n]
    items = [named(e, identifier(n)) for n, e in measures.derived(form, names).items()]
    return Select((*keys, *items), select.within())


def _kept(form: Form, names: Columns, select: Select, given: tuple[str, ...]) -> Select:
    """The groups that are asked for, by what was computed from their metrics."""
    outside = [h for h in form.having if not _is_inside(form, h)]
    if not outside or _is_found(form):
        return select
    values = [names.measures[h.measure].value for h in outside]
    if _is_windowed(form):
        kept = tuple(map(_holds, values, outside))
        return Select(tuple(map(identifier, given)), select.within(), kept)
    expressions = measures.derived(form, names)
    return replace(select, where=tuple(map(_holds, map(expressions.__getitem__, values), outside)))


def _is_windowed(form: Form) -> bool:
    """Whether measures look at other groups than their own."""
    return form.cumulative or any(isinstance(m, ShareOfAll) for m in form.measures)


def _is_inside(form: Form, having: Having) -> bool:
    """Whether groups may be left out before measures are computed from those that are there."""
    metric = isinstance(form.measures[having.measure], Metric)
    return metric and not _is_windowed(form) and not _is_found(form)


def _holds(expression: str, having: Having) -> str:
    return f"{expression} {having.operator} {literal(having.number)}"


def _summary(form: Form, names: Columns, select: Select) -> Select:
    """One row over all groups."""
    function = form.summary.function if form.summary else "count"
    value = names.measures[0].value
    match function:
        case "count":
            call = "COUNT(*)"
        case "avg" if _is_whole(form.measures[0]):
            call = f"AVG(CAST({value} AS DOUBLE))"
        case "percentile":
            call = f"PERCENTILE({value}, 0.5)"
        case _:
            call = f"{function.upper()}({value})"
    found = (f"{call} > 0 AS {names.found}",) if names.found else ()
    return Select((f"{call} AS {identifier(names.summary)}", *found), select.within())


def _is_whole(measure: Measure) -> bool:
    """Whether a measure is an integer, of which Flink's average would be one, too."""
    match measure:
        case Metric(function="count"):
            return True
        case Metric(function=("sum" | "min" | "max"), of=of) if of is not None:
            return is_whole(of)
        case Change(wanted=("both" | "difference"), later=later):
            return _is_whole(later)
        case _:
            return False


def _is_found(form: Form) -> bool:
    """Whether it is asked if there are any rows, and not any groups."""
    return form.asks_whether and not summarised(form)


def _found(form: Form, names: Columns, rows: Rows, select: Select) -> Select:
    """The one row of measures, and whether it is what was asked after."""
    plain = _is_plain(form)
    first = form.measures[0]
    counts = not isinstance(first, Metric) or first.function == "count"
    if form.having:
        holds = [_holds(_value(form, names, rows, h.measure), h) for h in form.having]
    else:
        holds = [f"{_value(form, names, rows, 0)} {'> 0' if counts else 'IS NOT NULL'}"]
    found = f"{' AND '.join(holds)} AS {names.found}"
    if plain:
        return replace(select, columns=(*select.columns, found))
    listed = tuple(map(identifier, measures.derived(form, names)))
    return Select((*listed, found), select.within())


def _value(form: Form, names: Columns, rows: Rows, position: int) -> str:
    measure = form.measures[position]
    if _is_plain(form) and isinstance(measure, Metric):
        return measures.aggregate(form, measure, rows)
    return names.measures[position].value


def _is_plain(form: Form) -> bool:
    """Whether what is asked for are metrics as they are."""
    return not form.cumulative and all(isinstance(m, Metric) for m in form.measures)
