"""Sums, averages, extremes and percentiles that the question names."""

from __future__ import annotations

from dataclasses import replace

from app.semantic_parser.form import Field, Function, Measure, Metric, Summary
from app.semantic_parser.grammar import slots
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.filters import near
from app.semantic_parser.grammar.measures import counted, durations, operands
from app.semantic_parser.grammar.measures.operands import Named
from app.semantic_parser.grammar.slots import Aggregate
from app.semantic_parser.lexicon import (
    COUNTING,
    DURATION_NOUNS,
    EXTREMES,
    MONEY_WORDS,
    MeasureKind,
)
from app.semantic_parser.types import CURRENCIES, is_additive, is_money

_ADDED_UP = ("add", "adds", "added", "adding", "amounted", "came", "come", "sum", "sums")


def aggregates(draft: Draft) -> None:
    """`total amount`, `average and median load time`, `p95 latency`, `how much`."""
    for i in range(len(draft)):
        if not draft.is_free(i):
            continue
        found = next(slots.SLOTS["aggregate"](draft, i), None)
        if draft.text(i) == "plus" and next(slots.SLOTS["aggregate"](draft, i + 1), None):
            draft.take(i, i + 1, "measure")  # "number of orders plus average amount"
        elif found is not None and not _says_again(draft, i, found.stop, found.value):
            _aggregate(draft, i, _past_aside(draft, found.stop, found.value), found.value)
        elif draft.text(i) in _ADDED_UP and _is_sum(draft, i):
            _adds_up(draft, i)
    for stop in [m.stop for m in draft.measures if _is_number_of(m.measure)]:
        named = operands.listed(draft, stop)
        if named and isinstance(named.operand, Field) and is_additive(named.operand.column):
            _shared(draft, stop, Aggregate("sum"))  # "number of orders and revenue"


def _is_number_of(measure: Measure) -> bool:
    return isinstance(measure, Metric) and measure.function == "count"


def _past_aside(draft: Draft, i: int, aggregate: Aggregate) -> int:
    """Past `(median)` behind `middle value`: the same once more."""
    found = next(slots.SLOTS["aggregate"](draft, i + 1), None) if draft.text(i) == "(" else None
    same = found is not None and found.value == aggregate and draft.text(found.stop) == ")"
    return found.stop + 1 if found and same else i


def _says_again(draft: Draft, start: int, stop: int, aggregate: Aggregate) -> bool:
    """`so the median, please`: names what was asked for before, and no more; takes the words."""
    known = (m.measure for m in draft.measures if isinstance(m.measure, Metric))
    same = any((m.function, m.fraction) == (aggregate.function, aggregate.fraction) for m in known)
    first = start - (draft.text(start - 1) in {"the", "a"})
    leads = draft.text(first - 1) == "so" or draft.said(first - 2, first) in {"that is", "i e"}
    alone = stop >= len(draft) or draft.tokens[stop].kind == "mark"
    if not (same and leads and alone):
        return False
    draft.take(start, stop, "measure")
    return True


def _is_sum(draft: Draft, i: int) -> bool:
    """`adds up`, `came to`, `came up to`; what only `came up` happened."""
    adds = draft.text(i).startswith(("add", "sum"))
    up = draft.text(i + 1) == "up" and (adds or draft.text(i + 2) == "to")
    return up or draft.text(i + 1) == "to"


def _adds_up(draft: Draft, i: int) -> None:
    """`what do the shipping fees add up to`."""
    named = operands.before(draft, i) or operands.of_kind(draft, "money", i)
    if named is not None:
        draft.take(i, i + 3 if draft.text(i + 2) == "to" else i + 2, "measure")
        add(draft, "sum", named)


def add(draft: Draft, function: Function, named: Named, aggregate: Aggregate | None = None) -> None:
    """Adds an aggregate of a number, as sure as the words for it are."""
    if named.score <= operands.IMPLIED:  # no word names it, so no token carries the doubt
        draft.doubt *= named.score
    draft.take(named.start, named.stop, "measure", named.score)
    metric = Metric(function, named.operand)
    if aggregate is not None:
        metric = replace(metric, fraction=aggregate.fraction)
    draft.add_measure(metric, named.start, named.stop, named.score)


def _aggregate(draft: Draft, start: int, stop: int, aggregate: Aggregate) -> None:
    """An aggregate of the number named after it, or else before it."""
    function = aggregate.function
    k = draft.skip(stop)
    if (
        function == "sum"
        and draft.measures
        and draft.text(start) in {"in", "altogether", "combined"}
    ):
        draft.take(start, stop, "measure")
        return
    if is_count(draft, k):  # "total number of" is a count
        if function != "sum":
            _over_groups(draft, function)
        draft.take(start, stop, "measure")
        return
    if function != "sum" and is_of_counts(draft, stop):
        draft.take(start, stop, "measure")
        _over_groups(draft, function)
        return
    named = operands.after(draft, past_list(draft, stop)) or operands.before(draft, start)
    named = named or _implied(draft, start, function)
    if named is None:
        _without_number(draft, start, stop, function)
        return
    draft.take(start, stop, "measure")
    add(draft, function, named, aggregate)
    if named.start >= stop:
        _shared(draft, named.stop, aggregate)


def _shared(draft: Draft, i: int, aggregate: Aggregate) -> None:
    """The numbers listed behind the one an aggregate is of: `average amount and quantity`."""
    while (named := operands.listed(draft, i)) is not None:
        draft.take(i, named.start, "measure")
        add(draft, aggregate.function, named, aggregate)
        i = named.stop


def past_list(draft: Draft, i: int) -> int:
    """Past further aggregates: `minimum, maximum and average blood pressure`."""
    while True:
        k = operands.past_marks(draft, i)
        found = next(slots.SLOTS["aggregate"](draft, k), None) if k > i else None
        if found is None and not (k > i and draft.text(k) in EXTREMES):
            return i
        i = found.stop if found else k + 1


def _implied(draft: Draft, start: int, function: Function) -> Named | None:
    """A number that no word names: `how much`, `how long on average`."""
    if durations.is_asked(draft) and (duration := durations.of_rows(draft)):
        return Named(duration, start, start, 0.9)
    if draft.said(start, start + 2) == "how much":
        return operands.of_kind(draft, "money", start)
    if function == "sum" or any(isinstance(m.measure, Metric) for m in draft.measures):
        return None
    if draft.bucket is not None and any(draft.rows_at(i, taken=True) for i in range(len(draft))):
        return None  # "page views per minute on average" is an average over counts
    return operands.of_kind(draft, _kind_asked(draft), start)


def _without_number(draft: Draft, start: int, stop: int, function: Function) -> None:
    """`total orders` is a count; `orders per customer on average` is an average over counts."""
    if function == "sum":
        if (done := _of_verb(draft, draft.skip(stop))) is not None:
            draft.take(start, stop, "measure")
            add(draft, "sum", done)
            return
        found = counted.next_counted(draft, stop)
        if found is not None:
            money = operands.preferred(draft, "money")
            means_money = draft.text(start) == "sum" or _names_currency(draft)
            if means_money and found.metric.of is None and money is not None:
                draft.take(start, stop, "measure")
                draft.take(found.start, found.stop, "noun", found.score)
                draft.add_measure(Metric("sum", money.field), start, stop, 0.8)
                return
            if "of" in {draft.text(stop - 1), draft.text(stop)}:
                draft.distrust("a total of rows may be their number or an amount")
            draft.take(start, stop, "measure")
            draft.take(found.start, found.stop, "noun", found.score)
            draft.add_measure(found.metric, found.start, found.stop)
    elif _counts_something(draft):
        draft.take(start, stop, "measure")
        _over_groups(draft, function)


def _of_verb(draft: Draft, k: int) -> Named | None:
    """`total invoiced per day`: the money that a comment says so of, `Invoiced amount`."""
    if not draft.text(k).endswith("ed") or not draft.is_free(k):
        return None
    fitting = [
        t.field
        for t in draft.scope.root.fields
        if is_money(t.field.column) and draft.text(k) in near.comment_words(t.field.column.comment)
    ]
    return Named(fitting[0], k, k + 1, 0.9) if len(fitting) == 1 else None


def _names_currency(draft: Draft) -> bool:
    return any(t.stem in CURRENCIES for t in draft.tokens)


def _counts_something(draft: Draft) -> bool:
    named = any(draft.rows_at(i, taken=True) for i in range(len(draft)))
    counted = any(
        isinstance(m.measure, Metric) and m.measure.function == "count" for m in draft.measures
    )
    return named or counted


def _over_groups(draft: Draft, function: Function) -> None:
    """The aggregate is over the groups: `average number of orders per customer`."""
    if draft.comparison is None:
        draft.summary = Summary(function)


def is_count(draft: Draft, k: int) -> bool:
    """Whether words at `k` ask for a count."""
    return any(draft.said(k, k + len(w)) == " ".join(w) for w in COUNTING)


def _kind_asked(draft: Draft) -> MeasureKind:
    """What an adjective elsewhere asks for: what `takes the longest on average` is a duration."""
    words = {t.text for t in draft.tokens}
    timed = any(w in words and kind == "duration" for w, (_, kind) in EXTREMES.items())
    if words & {"cost", "costs", "pay", "spend", "paid"}:
        return "money"
    return "duration" if timed or "long" in words else "any"


def is_of_counts(draft: Draft, i: int) -> bool:
    """Whether a noun from `i` on is of things to count and names no number."""
    k = draft.skip(i)
    passed = {draft.roles.get(j) for j in range(i, k)}
    if not draft.is_free(k) or "measure" in passed:
        return False
    found = counted.counted_at(draft, k, distinct=False)
    if found is None or found.metric.function != "count":
        return False
    numbers = [operands.named_at(draft, j) for j in range(k, found.stop)]
    if any(n and (n.score >= 0.75 or n.stop > found.stop) for n in numbers):
        return False
    following = draft.stem(found.stop)
    follows = operands.at(draft, found.stop) if found.stop < len(draft) else None
    return follows is None and following not in MONEY_WORDS | DURATION_NOUNS
