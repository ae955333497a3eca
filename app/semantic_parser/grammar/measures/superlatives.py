"""Superlatives: `the highest amount`, `the oldest patient`, `the hottest machine`."""

from __future__ import annotations

from app.semantic_parser.form import Duration, Field, Function, Metric, Null, Operand, Order
from app.semantic_parser.grammar import slots
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.measures import aggregates, operands
from app.semantic_parser.grammar.measures.operands import Named
from app.semantic_parser.grammar.said import Ranking
from app.semantic_parser.grammar.shape import things
from app.semantic_parser.lexicon import ADJECTIVES, EXTREMES, GROUP_BY, RANKS
from app.semantic_parser.types import is_duration

_SURE = 0.75
_OTHERS = 0.85
"""Score of a noun that names the rows of another table."""
_MANY = 10


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
    if aggregates.is_count(draft, k) or next(slots.SLOTS["aggregate"](draft, k), None):
        if ranks:
            _rank(draft, direction, i)
            draft.take(i, i + 1, "order")
        return
    if draft.text(i) in {"highest", "lowest", "peak"} and aggregates.is_of_counts(draft, i + 1):
        if ranks:
            _rank(draft, direction, i)
            draft.take(i, i + 1, "order")
        return
    named = operands.after(draft, aggregates.past_list(draft, i + 1)) or operands.of_kind(
        draft, kind, i
    )
    if named is None or _ranks_rows(draft, i, named.operand):
        return
    function: Function = "max" if direction == "most" else "min"
    if ranks and not _is_pair(draft, i):
        if not _is_own_extreme(draft, named, k):
            function = operands.ranking_function(named.operand, function)
        _rank(draft, direction, i)
        function = _averaged(draft, named, function)
    _doubt_others(draft, named, k)
    draft.take(i, i + 1, "measure")
    aggregates.add(draft, function, named)


def _ranks_rows(draft: Draft, end: int, duration: Operand) -> bool:
    """`which payout took the longest`: the row is asked for, and not how long it took."""
    averages = [m for m in draft.measures if getattr(m.measure, "of", None) == duration]
    if draft.group or draft.bucket or len(averages) < len(draft.measures):
        return False
    if not isinstance(duration, Duration):
        return False
    for i in range(end):
        number, k = things.number_at(draft, i + 1)
        rows = draft.rows_at(k) if draft.text(i) in {"which", "what"} else None
        if rows is None or len(rows.key) != 1 or draft.roles.get(i, "ask") != "ask":
            continue
        draft.take(i, k, "ask")
        draft.take(rows.start, rows.stop, "group", rows.score)
        draft.take(end, end + 1, "order")
        direction = EXTREMES[draft.text(end)][0]
        limit = number or (_MANY if things.is_plural(draft, rows.stop - 1) else 1)
        draft.group, draft.limit, draft.listing = [rows.key[0]], limit, False
        draft.ranking = Ranking(direction, limit, "duration", start=end)
        draft.measures = []  # "to solve" alone asks for an average
        draft.add_measure(Metric("max", duration), rows.start, rows.stop)
        draft.add_filter(Null(duration.end, negated=True), rows.start, rows.stop)
        return True
    return False


def _averaged(draft: Draft, named: Named, function: Function) -> Function:
    """`which channel has the cheapest policies on average`: groups by their average."""
    if any(m.measure == Metric("avg", named.operand) for m in draft.measures):
        return "avg"
    if draft.summary is None or draft.summary.function != "avg" or draft.measures:
        return function
    draft.summary = None
    return "avg"


def _doubt_others(draft: Draft, named: Named, k: int) -> None:
    """`the cheapest policies` over claims: the price of a claim is none of theirs."""
    if named.start < named.stop or draft.rows_at(k, taken=True):
        return
    root = draft.scope.root.table.name
    nouns = draft.nouns_at(k, taken=True)
    if any(noun.table != root and noun.score >= _OTHERS for noun in nouns):
        draft.distrust(f"what makes “{draft.text(k)}” so is not said")


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
