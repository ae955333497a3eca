"""What is computed where no word for an aggregate is said: by a ranking, by groups, by default."""

from __future__ import annotations

from dataclasses import replace

from app.semantic_parser.form import Compares, Equals, Function, Metric
from app.semantic_parser.grammar import slots
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.measures import counted, events, operands
from app.semantic_parser.grammar.measures.aggregates import add
from app.semantic_parser.grammar.measures.operands import Named
from app.semantic_parser.grammar.said import Measured
from app.semantic_parser.grammar.shape import things
from app.semantic_parser.lexicon import BAD, COUNTING, POPULAR, RANKS, SELLING
from app.semantic_parser.tokens import name_parts
from app.semantic_parser.types import is_duration

_LEADING = 0.85
"""What a question begins with names a number from this score on."""


def most(draft: Draft) -> None:
    """`the most late parcels`, `the most revenue`: only a ranking of groups makes sense of it."""
    for i in range(len(draft)):
        if draft.is_free(i) and draft.text(i) in {"most", "fewest", "least"} and _ranks(draft):
            _most(draft, i)


def _ranks(draft: Draft) -> bool:
    return bool(draft.group or draft.bucket)


def _most(draft: Draft, i: int) -> None:
    from_here = i + 1 + (draft.text(i + 1) in POPULAR)
    direction = RANKS[draft.text(i)]
    if draft.ranking is not None:
        draft.ranking = replace(draft.ranking, direction=direction)
    draft.take(i, from_here, "order")
    draft.intent = 1.0
    k = draft.skip(i + 1)
    asks = any(draft.said(k, k + len(w)) == " ".join(w) for w in COUNTING)
    if asks or next(slots.SLOTS["aggregate"](draft, k), None) or _is_purpose(draft, i + 1):
        return
    rows = draft.rows_at(k)
    named = operands.after(draft, i + 1, reach=4)
    if named is not None and not (rows and not _adds_up(named.operand)):
        if draft.text(i) == "fewest" and not _adds_up(named.operand):
            draft.distrust(f"“fewest” counts, and {draft.text(named.start)} is measured")
        add(draft, operands.ranking_function(named.operand, "max"), named)
        return
    if (happened := events.first(draft, i + 1)) is not None:
        events.count(draft, happened)
        return
    found = counted.next_counted(draft, i + 1)
    if found is not None:
        draft.take(found.start, found.stop, "noun", found.score)
        draft.add_measure(found.metric, found.start, found.stop)


def _is_purpose(draft: Draft, i: int) -> bool:
    """`used the least for listening, by plays`: what for, and no number that it is ranked by."""
    by = any(draft.text(k) == "by" and draft.is_free(k) for k in range(i + 1, len(draft)))
    if not by or draft.text(i) != "for" or not draft.text(i + 1).endswith("ing"):
        return False
    draft.take(i, i + 2, "context", 0.9)
    return True


def _adds_up(operand: object) -> bool:
    return operands.ranking_function(operand, "max") == "sum"  # type: ignore[arg-type]


def by(draft: Draft) -> None:
    """`top 3 products by amount`, `... by orders`."""
    if draft.ranking is None or draft.measures:
        return
    for i in range(len(draft)):
        if not (draft.is_free(i) and draft.text(i) in {"by", "in"}):
            continue
        k = draft.skip(i + 1)
        if any(draft.said(k, k + len(w)) == " ".join(w) for w in COUNTING):
            draft.take(i, i + 1, "order")
            continue
        named = operands.after(draft, i + 1, reach=3)
        if named is not None:
            draft.take(i, i + 1, "order")
            add(draft, operands.ranking_function(named.operand, "max"), named)
            return
        found = counted.next_counted(draft, k) if draft.text(i) == "by" else None
        if found is not None:
            draft.take(i, i + 1, "order")
            draft.take(found.start, found.stop, "noun", found.score)
            draft.add_measure(found.metric, found.start, found.stop)
            return


def unsaid(draft: Draft) -> None:
    """A number or rows asked for without a word for the aggregate: `revenue per city`."""
    if draft.measures or draft.listing or draft.asks_whether or things.lists_rows(draft):
        return
    ranked = draft.ranking is not None
    sold = ranked and any(
        draft.text(i) in SELLING and draft.roles.get(i) == "order" for i in range(len(draft))
    )
    if sold and (pieces := counted.pieces_sold(draft)):
        draft.add_measure(pieces.measure, pieces.start, pieces.stop)
        return
    kind = draft.ranking.kind if draft.ranking else None
    named = operands.of_kind(draft, kind, -1) if kind else None
    named = named or operands.of_kind(draft, "money", -1, spoken=True)
    if named is None and not ranked and (_ranks(draft) or draft.comparison or draft.cumulative):
        named = operands.anywhere(draft)
    if named is None and not ranked:
        named = _leading(draft)
    if named is not None:
        otherwise: Function = "max" if kind else "sum" if draft.cumulative else "avg"
        add(draft, operands.ranking_function(named.operand, otherwise), named)
        draft.intent = max(draft.intent, 0.9)
    elif _ranks(draft):
        draft.intent = max(draft.intent, 0.9)
        found = counted.next_counted(draft, 0)
        if found is not None and found.metric.of not in draft.group:
            draft.take(found.start, found.stop, "noun", found.score)
            draft.add_measure(found.metric, found.start, found.stop)


def _leading(draft: Draft) -> Named | None:
    """`kWh used since noon`: amounts that a question begins with are added up."""
    k = next((i for i in range(len(draft)) if not draft.is_filler(i)), len(draft))
    named = operands.at(draft, k) if k < len(draft) else None
    if named is None or named.score < _LEADING or not _adds_up(named.operand):
        return None
    return named


def judge(draft: Draft) -> None:
    """The worst by a bad thing has most of it, the best least."""
    if draft.ranking is not None and draft.ranking.judged:
        wants_most = (draft.ranking.judged == "worst") == is_bad(draft)
        draft.ranking = replace(draft.ranking, direction="most" if wants_most else "least")


def is_bad(draft: Draft) -> bool:
    """Whether what is measured is a thing nobody wants much of: delays, failures."""
    metrics = [m.measure for m in draft.measures if isinstance(m.measure, Metric)]
    lengths = any(
        getattr(m.of, "column", None) is not None and is_duration(m.of.column)  # type: ignore[union-attr]
        for m in metrics
    )
    states = (
        value
        for s in draft.filters
        if isinstance(s.filter, Equals) and not s.filter.negated
        for value in s.filter.values
    )
    return lengths or any(BAD & {*name_parts(str(v))} for v in states)


def of(draft: Draft) -> Measured:
    """What is computed where nothing says it: how many rows there are."""
    compared = any(isinstance(s.filter, Compares) for s in draft.filters)
    if compared:
        draft.intent = max(draft.intent, 0.75)
    return _things(draft) or counted.of_rows(draft)


def _things(draft: Draft) -> Measured | None:
    """`late parcels`, where a parcel has several rows: the things that are named first."""
    for i in range(len(draft)):
        noun = draft.noun_at(i, taken=True)
        if noun is None or draft.roles.get(i) not in {None, "noun"}:
            continue
        own = noun.table == draft.scope.root.table.name
        several = draft.text(noun.stop - 1).endswith("s") and not noun.is_rows
        if own and several and draft.is_free(i, noun.stop) and draft.comparison is None:
            draft.take(i, noun.stop, "noun", noun.score)  # "sessions in the last hour"
        return Measured(counted.of_noun(draft, noun), i, noun.stop) if own else None
    return None
