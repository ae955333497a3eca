"""What a leaning question changes of the form before it; what it does not name stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.semantic_parser import rows, used
from app.semantic_parser.form import (
    Change,
    Compares,
    Equals,
    Filter,
    Form,
    Having,
    Metric,
    Order,
    Share,
    ShareOfAll,
)
from app.semantic_parser.grammar import slots
from app.semantic_parser.grammar.assembly import ROWS, with_joins
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.lexicon import EXTREMES, RANKS, TOP
from app.semantic_parser.times import Before
from app.semantic_parser.tokens import word_set

_ADDING = word_set("also additionally too plus")
_PERCENT = word_set("percent percentage percentages % share proportion")
_POPULAR = word_set("popular common frequent")
_LISTING = word_set("show list display see")


def merge(draft: Draft, previous: Form) -> Form | None:
    """The earlier form with what the draft says instead; None where it says nothing."""
    form = previous
    for change in _CHANGES:
        form = change(draft, form)
    return None if form == previous else with_joins(draft, form)


def _times(draft: Draft, form: Form) -> Form:
    """`and yesterday?`, `same for the last 3 hours`, `and in the hour before?`."""
    for span in draft.spans:
        if isinstance(span.meaning, Before) and form.time:
            draft.take(span.start, span.stop, "time")
            return replace(form, time=span.meaning.of(form.time) or form.time)
    if not draft.times:
        return form
    measures = tuple(
        replace(m.later, time=None) if isinstance(m, Change) and m.later.time else m
        for m in form.measures
    )
    return replace(form, time=draft.times[0][0], time_field=draft.time_field, measures=measures)


def _filters(draft: Draft, form: Form) -> Form:
    """`and in Berlin?` stands for the other city; what is about another field is added."""
    filters = list(form.filters)
    for stated in draft.filters:
        new = stated.filter
        fields = used.of_filter(new)
        if isinstance(new, Equals) and not new.negated:
            filters = [f for f in filters if not _is_instead(f, new)]
        elif isinstance(new, Compares):
            filters = [
                f
                for f in filters
                if not (isinstance(f, Compares) and f.operator == new.operator)
                or used.of_filter(f) != fields
            ]
        if new not in filters:
            filters.append(new)
    return replace(form, filters=tuple(filters))


def _is_instead(old: Filter, new: Equals) -> bool:
    return isinstance(old, Equals) and old.field == new.field


def _groups(draft: Draft, form: Form) -> Form:
    """`per city instead`, `by device please`, `hourly`."""
    texts = {t.text for t in draft.tokens}
    if not draft.group and draft.bucket is None:
        return form
    group = tuple(draft.group)
    bucket = draft.bucket
    if "instead" not in texts:
        bucket = bucket or form.bucket
        group = group or (form.group if draft.bucket else ())
        if texts & _ADDING:
            group = tuple(dict.fromkeys((*form.group, *group)))
    order = (Order("bucket", descending=False),) if bucket else (Order(0),)
    time_field = form.time_field or (draft.time_field if bucket else None)
    return replace(
        form,
        group=group,
        bucket=bucket,
        order=order,
        limit=None,
        limit_per=(),
        time_field=time_field,
        asks_whether=False,
    )


def _other_end(draft: Draft, form: Form) -> Form:
    """`and the lowest?` after the group that had the highest average: its other end."""
    ends = [i for i in range(len(draft)) if draft.text(i) in EXTREMES]
    said = any(next(slots.SLOTS["aggregate"](draft, i), None) for i in range(len(draft)))
    said = said or any(m.start < m.stop for m in draft.measures)
    if said or not (form.group and form.limit and form.order and len(ends) == 1):
        return form
    draft.measures = []  # none that a word names
    draft.take(ends[0], ends[0] + 1, "order")
    descending = EXTREMES[draft.text(ends[0])][0] == "most"
    return replace(form, order=(replace(form.order[0], descending=descending),))


def _measures(draft: Draft, form: Form) -> Form:
    """`and the average?` of the same number; `and what was their total amount?`."""
    stated = [m.measure for m in draft.measures]
    new = [m for m in stated if not _is_plain_count(m) or _counts_else(m, previous=form)]
    if new:
        return replace(form, measures=tuple(new), columns=(), limit=_kept_limit(form))
    if form.columns and stated:
        return replace(form, measures=tuple(stated), columns=(), limit=None, order=())
    function = _function(draft)
    first = form.measures[0] if form.measures else None
    if function is None or not isinstance(first, Metric) or first.of is None:
        return form
    if first.function == "count":
        return form
    changed = replace(first, function=function.function, fraction=function.fraction)
    return replace(form, measures=(changed, *form.measures[1:]))


def _kept_limit(form: Form) -> int | None:
    return form.limit if form.measures else None


def _is_plain_count(measure: object) -> bool:
    return isinstance(measure, Metric) and measure.function == "count"


def _counts_else(measure: object, previous: Form) -> bool:
    """`and how many different customers were that?`, where rows were counted before."""
    if not isinstance(measure, Metric) or measure.of is None or not previous.measures:
        return False
    first = previous.measures[0]
    return isinstance(first, Metric) and first.function == "count" and first.of != measure.of


def _function(draft: Draft) -> slots.Aggregate | None:
    """An aggregate that is said without the number it is of."""
    for i in range(len(draft)):
        found = next(slots.SLOTS["aggregate"](draft, i), None)
        if found is not None:
            draft.take(i, found.stop, "measure")
            aggregate: slots.Aggregate = found.value
            return aggregate
        if draft.is_free(i) and draft.text(i) in EXTREMES and draft.text(i + 1) not in RANKS:
            draft.take(i, i + 1, "measure")
            direction, _ = EXTREMES[draft.text(i)]
            return slots.Aggregate("max" if direction == "most" else "min")
    return None


def _ranking(draft: Draft, form: Form) -> Form:
    """`and the top five?`, `which one has the fewest?`."""
    if not form.group or draft.bucket or draft.group:
        return form
    for i in range(len(draft)):
        text = draft.text(i)
        if draft.roles.get(i) not in {None, "order"} or text not in {*TOP, *RANKS}:
            continue
        direction = (TOP | RANKS)[text]
        number = next(slots.SLOTS["whole"](draft, i + 1), None)
        draft.take(i, i + 1 + (draft.text(i + 1) in _POPULAR), "order")
        if number is not None:
            draft.take(i + 1, number.stop, "order")
        limit = number.value if number else form.limit if text in TOP and form.limit else 1
        return replace(form, order=(Order(0, descending=direction == "most"),), limit=limit)
    return form


def _having(draft: Draft, form: Form) -> Form:
    """`only those with more than 50`: the groups before are kept by their number."""
    if not form.group or not form.measures:
        return form
    for i in range(len(draft)):
        operator = next(slots.SLOTS["operator"](draft, i), None)
        number = operator and next(slots.SLOTS["number"](draft, operator.stop), None)
        if operator and number:
            draft.take(i, number.stop, "filter")
            return replace(form, having=(Having(operator.value, number.value),))
    return form


def _share(draft: Draft, form: Form) -> Form:
    """`in percent of all orders?`: the rows that were counted, of all of them."""
    first = form.measures[0] if form.measures else None
    at = next((i for i in range(len(draft)) if draft.text(i) in _PERCENT), None)
    if at is None or not isinstance(first, Metric):
        return form
    draft.take(at, at + 1, "composite")
    if form.group and not form.filters:
        return replace(form, measures=(ShareOfAll(first),))
    if not form.filters:
        return form
    part = replace(first, where=form.filters)
    return replace(form, measures=(Share(part, first),), filters=())


def _rows(draft: Draft, form: Form) -> Form:
    """`show them`, `list them with name and city`: the rows that were counted."""
    asks = next((i for i in range(min(3, len(draft))) if draft.text(i) in _LISTING), None)
    points = any(t.text in {"them", "those", "these"} for t in draft.tokens)
    if asks is None or not points or not form.measures:
        return form
    listed = rows.behind(form, None if draft.text(asks) == "list" else ROWS)
    own = [f for f in draft.columns if f.table == form.table.name]
    if not own:
        return listed
    key = (f for f in listed.columns if f.name in form.table.primary_key)
    return replace(listed, columns=tuple(dict.fromkeys((*key, *own))), order=())


_CHANGES: tuple[Callable[[Draft, Form], Form], ...] = (
    _times,
    _filters,
    _having,
    _groups,
    _other_end,
    _measures,
    _ranking,
    _share,
    _rows,
)
