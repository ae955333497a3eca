"""Rates: `cancellation rate` is a share of rows, `orders per minute on average` a pace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from app.semantic_parser.form import Equals, Metric, Rate, TimeRange, Unit
from app.semantic_parser.grammar.composites import scale
from app.semantic_parser.grammar.composites.parts import Parts, plain
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.said import Comparison, Measured
from app.semantic_parser.linking import ValueLink
from app.semantic_parser.tokens import word_set
from app.semantic_parser.types import is_number

_RATE = word_set("rate rates ratio ratios quota quote percentage share")
_OVERALL = word_set("average mean avg overall total current")
_SECONDS: dict[Unit, int] = {
    "second": 1, "minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800,
}  # fmt: skip
_AVERAGE = word_set("average avg mean averages rate")
_MASS = word_set("revenu sal sale turnover incom earn spend consumption usag")
"""Stems of words for what is added up."""
_LEAST = 0.7


def mark(draft: Draft) -> None:
    """`cancellation rate`, `failed payment rate`: the share of rows in a state."""
    if draft.comparison is not None:
        return
    for i in range(1, len(draft)):
        if draft.text(i) not in _RATE or not draft.is_free(i):
            continue
        state = None if _is_field(draft, i) else _state(draft, i)
        if state is not None:
            _claim(draft, state, i)
            return


def _is_field(draft: Draft, i: int) -> bool:
    """Whether the word is part of a number's own name: `heart rate`, `exchange rate`."""
    return any(
        link.start <= i < link.stop and link.score >= 0.75
        for start in range(max(0, i - 2), i + 1)
        for link in draft.fields_at(start, lambda t: is_number(t.field.column) and not t.hops)
    )


def _state(draft: Draft, i: int) -> ValueLink | None:
    """The value that the words right before `i` stand for, over the rows' own noun."""
    through = [i - 1] if draft.text(i - 1) == "through" else []  # "click-through rate"
    for stop in (i, *through, *_before_noun(draft, i)):
        for start in range(max(0, stop - 3), stop):
            for link in draft.values_at(start):
                fits = link.stop == stop and link.score >= _LEAST and _is_own(draft, link)
                if fits and not _is_rows(draft, link):
                    return link
    return None


def _before_noun(draft: Draft, i: int) -> list[int]:
    """Where the rows' noun starts that ends at `i`: `failed payment rate`."""
    return [
        start
        for start in range(max(0, i - 3), i)
        for noun in draft.nouns_at(start)
        if noun.is_rows and noun.stop == i
    ]


def _is_own(draft: Draft, link: ValueLink) -> bool:
    table = draft.scope.root.table.name
    return len({m.field for m in link.meant}) == 1 and link.meant[0].field.table == table


def _is_rows(draft: Draft, link: ValueLink) -> bool:
    """Whether the word is what rows are called: the `delivery rate` of deliveries."""
    noun = draft.rows_at(link.start)
    return noun is not None and noun.stop >= link.stop and noun.score >= _LEAST


def _claim(draft: Draft, state: ValueLink, i: int) -> None:
    values = tuple(dict.fromkeys(m.value for m in state.meant))
    draft.add_filter(Equals(state.meant[0].field, values), state.start, state.stop)
    draft.take(state.start, state.stop, "filter", state.score)
    draft.take(state.stop, i, "noun")  # the rows' own noun, which is no condition
    draft.take(i, i + 1, "composite")
    first = state.start - 1
    if draft.text(first) in _OVERALL:
        draft.take(first, first + 1, "composite")
    unit = scale.unit_at(draft)
    if unit:
        draft.take(*unit, "composite")
    wanted = scale.wanted(draft, i)
    if draft.text(i) in {"ratio", "ratios"}:
        wanted = "percent" if unit else "fraction"
    draft.comparison = Comparison("share", state.start, i + 1, wanted)


def per_unit(draft: Draft, stated: Sequence[Measured]) -> Parts | None:
    """`orders per minute on average in the last hour`; None where that is not asked for."""
    bucket = draft.bucket
    if bucket is None or bucket.count != 1 or bucket.unit not in _SECONDS:
        return None
    if draft.ranking or draft.cumulative or draft.having or not _is_average(draft):
        return None
    stated = [_summed(draft, m) for m in stated]
    metric = _added_up(stated)
    found = plain(draft, stated)
    units = _units(found.time, bucket.unit)
    if metric is None or units is None:
        return None
    draft.bucket = draft.summary = None
    for i in range(len(draft)):
        if draft.text(i) in _AVERAGE and draft.is_free(i):
            draft.take(i, i + 1, "composite")
    return replace(found, measures=(Rate(metric, bucket.unit, units),))


def _summed(draft: Draft, measured: Measured) -> Measured:
    """`revenue per hour on average`: such a word is of a sum already."""
    metric = measured.measure
    if not isinstance(metric, Metric) or metric.function != "avg":
        return measured
    if draft.stem(measured.start) not in _MASS:
        return measured
    return replace(measured, measure=replace(metric, function="sum"))


def _is_average(draft: Draft) -> bool:
    if draft.summary is not None:
        return draft.summary.function == "avg"
    return any(draft.text(i) in _AVERAGE for i in range(len(draft)))


def _added_up(stated: Sequence[Measured]) -> Metric | None:
    """The count or sum; an average of the same number beside it says how it is asked for."""
    metrics = [m.measure for m in stated if isinstance(m.measure, Metric)]
    added = [m for m in metrics if m.function in {"count", "sum"}]
    others = [m for m in metrics if m not in added]
    if len(added) != 1 or len(metrics) != len(stated):
        return None
    same = all(m.function == "avg" and m.of == added[0].of for m in others)
    return added[0] if same else None


def _units(time: TimeRange | None, unit: Unit) -> Decimal | None:
    if time is None or time.start is None or time.end is None:
        return None
    seconds = Decimal(int((time.end - time.start).total_seconds()))
    return seconds / _SECONDS[unit] if seconds > 0 else None
