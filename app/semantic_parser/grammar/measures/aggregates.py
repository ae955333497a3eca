"""Sums, averages, extremes and percentiles that the question names."""

from __future__ import annotations

from dataclasses import replace

from app.semantic_parser.form import Field, Function, Metric, Order, Summary
from app.semantic_parser.grammar import slots
from app.semantic_parser.grammar.draft import Draft, Ranking
from app.semantic_parser.grammar.measures import counts, durations, operands
from app.semantic_parser.grammar.measures.operands import Named
from app.semantic_parser.grammar.slots import Aggregate
from app.semantic_parser.lexicon import (
    ADJECTIVES,
    COUNTING,
    DURATION_NOUNS,
    EXTREMES,
    GROUP_BY,
    MONEY_WORDS,
    RANKS,
    MeasureKind,
)
from app.semantic_parser.types import CURRENCIES, is_duration

_SURE = 0.75
_MANY = 10
_ALTOGETHER = frozenset({"in", "altogether", "combined"})
_ADDED_UP = ("add", "adds", "added", "adding", "amounted", "came", "come", "sum", "sums")


def aggregates(draft: Draft) -> None:
    """`total amount`, `average and median load time`, `p95 latency`, `how much`."""
    for i in range(len(draft)):
        if not draft.is_free(i):
            continue
        found = next(slots.SLOTS["aggregate"](draft, i), None)
        if draft.text(i) == "plus" and next(slots.SLOTS["aggregate"](draft, i + 1), None):
            draft.take(i, i + 1, "measure")  # "number of orders plus average amount"
        elif found is not None:
            _aggregate(draft, i, found.stop, found.value)
        elif draft.text(i) in _ADDED_UP and _is_sum(draft, i):
            _adds_up(draft, i)


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
    if _is_count(draft, k):  # "total number of" is a count
        if function != "sum":
            _over_groups(draft, function)
        draft.take(start, stop, "measure")
        return
    if function != "sum" and _is_of_counts(draft, stop):
        draft.take(start, stop, "measure")
        _over_groups(draft, function)
        return
    named = operands.after(draft, _past_list(draft, stop)) or operands.before(draft, start)
    named = named or _implied(draft, start, function)
    if named is None:
        _without_number(draft, start, stop, function)
        return
    draft.take(start, stop, "measure")
    add(draft, function, named, aggregate)


def _past_list(draft: Draft, i: int) -> int:
    """Past further aggregates: `minimum, maximum and average blood pressure`."""
    while True:
        k = i
        while draft.text(k) in {",", "and", "&"}:
            k += 1
        found = next(slots.SLOTS["aggregate"](draft, k), None) if k > i else None
        if found is None and not (k > i and draft.text(k) in EXTREMES):
            return i
        i = found.stop if found else k + 1


def _behind_list(draft: Draft, i: int) -> int:
    """Where what is aggregated stands: `min, max and average value` names it once for all."""
    stop = i
    while draft.text(i) in {",", "and", "&", "/", "plus"}:
        i += 1
        found = next(slots.SLOTS["aggregate"](draft, i), None)
        if found is None and draft.text(i) not in EXTREMES:
            continue
        stop = i = found.stop if found else i + 1
    return stop


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
        found = counts.next_counted(draft, stop)
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


def _is_count(draft: Draft, k: int) -> bool:
    return any(draft.said(k, k + len(w)) == " ".join(w) for w in COUNTING)


def _kind_asked(draft: Draft) -> MeasureKind:
    """What an adjective elsewhere asks for: what `takes the longest on average` is a duration."""
    words = {t.text for t in draft.tokens}
    timed = any(w in words and kind == "duration" for w, (_, kind) in EXTREMES.items())
    if words & {"cost", "costs", "pay", "spend", "paid"}:
        return "money"
    return "duration" if timed or "long" in words else "any"


def _is_of_counts(draft: Draft, i: int) -> bool:
    """Whether a noun from `i` on is of things to count and names no number."""
    k = draft.skip(i)
    passed = {draft.roles.get(j) for j in range(i, k)}
    if not draft.is_free(k) or "measure" in passed:
        return False
    found = counts.counted_at(draft, k, distinct=False)
    if found is None or found.metric.function != "count":
        return False
    numbers = [operands.named_at(draft, j) for j in range(k, found.stop)]
    if any(n and (n.score >= 0.75 or n.stop > found.stop) for n in numbers):
        return False
    following = draft.stem(found.stop)
    follows = operands.at(draft, found.stop) if found.stop < len(draft) else None
    return follows is None and following not in MONEY_WORDS | DURATION_NOUNS


def extremes(draft: Draft) -> None:
    """`the highest amount`; with groups, `highest amount` ranks them by it."""
    for i in range(len(draft)):
        bare = draft.text(i) == "expensive" and draft.text(i - 1) not in RANKS  # is no extreme
        if draft.is_free(i) and not bare and (draft.text(i) in EXTREMES or _is_top(draft, i)):
            _extreme(draft, i)


def _is_top(draft: Draft, i: int) -> bool:
    """`top speed`: the highest one, as no number of things is said."""
    named = operands.at(draft, i + 1) if draft.text(i) == "top" and draft.is_free(i + 1) else None
    return (
        named is not None and named.score >= _SURE and not draft.text(named.stop - 1).endswith("s")
    )


def _extreme(draft: Draft, i: int) -> None:
    direction, kind = EXTREMES.get(draft.text(i), ("most", "any"))
    listed = bool(draft.measures) and draft.text(i - 1) in {"and", ",", "&"}
    ranks = bool(draft.group or draft.bucket) and not listed
    k = draft.skip(i + 1)
    if _is_count(draft, k) or next(slots.SLOTS["aggregate"](draft, k), None):
        if ranks:
            _rank(draft, direction, i)
            draft.take(i, i + 1, "order")
        return
    if draft.text(i) in {"highest", "lowest", "peak"} and _is_of_counts(draft, i + 1):
        if ranks:
            _rank(draft, direction, i)
            draft.take(i, i + 1, "order")
        return
    named = operands.after(draft, _past_list(draft, i + 1)) or operands.of_kind(draft, kind, i)
    if named is None:
        return
    function: Function = "max" if direction == "most" else "min"
    if ranks and not _is_pair(draft, i):
        if not _is_own_extreme(draft, named, k):
            function = operands.ranking_function(named.operand, function)
        _rank(draft, direction, i)
    draft.take(i, i + 1, "measure")
    add(draft, function, named)


def _is_pair(draft: Draft, i: int) -> bool:
    """Whether both ends are asked for: `between the highest and the lowest price per area`."""
    for step in (1, -1):
        k = i + step
        while draft.text(k) in {"and", "the", "&", ","}:
            k += step
        opposite = draft.text(k) in EXTREMES and EXTREMES[draft.text(k)] != EXTREMES[draft.text(i)]
        if opposite and k != i + step:
            return True
    return False


def _is_own_extreme(draft: Draft, named: Named, k: int) -> bool:
    """Whether each group's own extreme is asked for: `fastest load time per page`."""
    if draft.rows_at(k) is not None:
        return True  # "the longest rides" are single rows
    is_long = isinstance(named.operand, Field) and is_duration(named.operand.column)
    split = any(
        draft.said(j, j + len(w)) == " ".join(w)
        for w in GROUP_BY
        if w not in {("by",), ("across",)}
        for j in range(k, len(draft))
    )
    return is_long and named.start == k and draft.ranking is None and split


def adjectives(draft: Draft) -> None:
    """`the oldest patient`, `the hottest machine`: an extreme of the number it is about."""
    for i in range(len(draft)):
        adjective = ADJECTIVES.get(draft.text(i))
        if adjective is None or not draft.is_free(i):
            continue
        direction, nouns = adjective
        field = operands.of_adjective(draft, nouns)
        if field is None:
            continue
        if _of_rows(draft, i, Order(field, descending=direction == "most")):
            continue
        if draft.listing and not draft.order and draft.limit is None:
            _of_listed(draft, i, Order(field, descending=direction == "most"))
            continue
        function: Function = "max" if direction == "most" else "min"
        if draft.group or draft.bucket:
            _rank(draft, direction, i)
            function = operands.ranking_function(field, function)
        draft.take(i, i + 1, "measure", 0.9)
        draft.add_measure(Metric(function, field), i, i + 1)


def _of_listed(draft: Draft, i: int, order: Order) -> None:
    """`which pick list is the heaviest`: of the rows that are asked for."""
    one = any(draft.text(k) in {"is", "was", "has"} for k in range(i - 3, i))
    draft.take(i, i + 1, "order", 0.9)
    draft.order, draft.limit = [order], 1 if one else _MANY


def _of_rows(draft: Draft, i: int, order: Order) -> bool:
    """`the heaviest pick list`: the one row, which says how heavy it is as well."""
    rows = draft.rows_at(i + 1)
    if rows is None or draft.group or draft.bucket or draft.measures:
        return False
    draft.take(i, i + 1, "order", 0.9)
    draft.take(rows.start, rows.stop, "noun", rows.score)
    draft.listing, draft.intent = True, 1.0
    draft.order, draft.limit = [order], draft.limit or 1
    return True


def _rank(draft: Draft, direction: str, i: int) -> None:
    if draft.ranking is None:
        limit = draft.limit
        draft.ranking = Ranking("most" if direction == "most" else "least", limit, start=i)
