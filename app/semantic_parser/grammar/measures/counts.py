"""Words that ask for a count, and what goes with them."""

from __future__ import annotations

from app.semantic_parser import comments, used
from app.semantic_parser.form import Equals, Metric, Related
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.measures import aggregates, counted, events, operands
from app.semantic_parser.grammar.said import Stated
from app.semantic_parser.grammar.shape import shown, things
from app.semantic_parser.grammar.slots import is_measure
from app.semantic_parser.lexicon import (
    AGGREGATES,
    DISTINCT,
    EXTREMES,
)
from app.semantic_parser.tokens import name_parts, word_set

_OFTEN = frozenset({"often", "frequently", "times"})
_ROWS_OWN = 0.85
_LASTS = word_set("do does did is are was were go goes went pass passes passed elapse elapsed")


def counts(draft: Draft) -> None:
    """`how many orders`, `number of different customers`, `count of frozen accounts`."""
    for i in range(len(draft)):
        stop = _counting(draft, i)
        if stop is None:
            continue
        draft.take(i, stop, "measure")
        before = i - 1 - (draft.text(i - 1) == "the")
        if draft.text(before) == "plus":
            draft.take(before, before + 1, "measure")
        draft.intent = 1.0
        if _is_of_listed(draft, i, stop) or _is_length(draft, stop):
            continue
        if _is_of_number(draft, i, stop):
            continue  # "the largest number of seats" is a number that rows have
        if draft.text(stop - 1) in _OFTEN and _count_times(draft, i, stop):
            continue
        happened = events.first(draft, stop)
        if happened is not None:
            events.count(draft, happened)
        elif not _told_apart(draft, stop) and not _count_from(draft, stop):
            _count_unsaid(draft, i, stop)
    _corrected(draft)


def _corrected(draft: Draft) -> None:
    """`How many people ordered? I mean the number of orders.`: only what is meant."""
    at = next((i for i in range(len(draft)) if draft.said(i, i + 2) == "i mean"), None)
    meant = [m for m in draft.measures if at is not None and m.start > at]
    draft.measures = meant or draft.measures


def _is_of_listed(draft: Draft, start: int, stop: int) -> bool:
    """`count, sum and average of refunds`: of the rows that have one, where some have none."""
    last = aggregates.past_list(draft, stop)
    named = operands.after(draft, last) if last > stop else None
    column = getattr(named.operand, "column", None) if named else None
    if named is None or column is None or "null" not in column.comment.lower():
        return False
    if any(draft.rows_at(k) for k in range(named.stop, len(draft))):
        return False  # "count and average value of the results" counts results
    draft.add_measure(Metric("count", named.operand), start, stop)
    return True


def _is_length(draft: Draft, i: int) -> bool:
    """`how many seconds do people wait on average`: how long it is, as the aggregate says."""
    asks = draft.text(i + 1) in _LASTS
    averaged = any(things.aggregates_at(draft, k) for k in range(len(draft)))
    if not (asks and averaged and draft.text(i) in counted.LENGTHS and draft.is_free(i)):
        return False
    draft.take(i, i + 1, "measure")
    return True


def _count_times(draft: Draft, start: int, stop: int) -> bool:
    """`how often did a charger fail`: how many times, and not how many chargers."""
    found = counted.next_counted(draft, stop)
    if found is None or found.metric.function != "count" or found.metric.of is None:
        return False
    draft.take(found.start, found.stop, "noun", found.score)
    draft.add_measure(counted.of_rows(draft).measure, start, stop)
    return True


def _is_of_number(draft: Draft, start: int, stop: int) -> bool:
    """Whether an aggregate of a field that holds a number of things is asked for."""
    aggregated = {w for words, _ in AGGREGATES for w in words} | {*EXTREMES}
    asked = any(draft.text(i) in aggregated for i in range(max(0, start - 3), start))
    k = draft.skip(stop)
    link = draft.field_at(k, is_measure, least=0.75) if asked and k < len(draft) else None
    noun = draft.noun_at(k) if link else None
    return link is not None and (noun is None or noun.score < link.score)


def _counting(draft: Draft, i: int) -> int | None:
    """Where words that ask for a count end."""
    if stop := things.counts_at(draft, i):
        return stop
    if draft.said(i, i + 2) == "how much" and draft.is_free(i, i + 2):
        rows = draft.rows_at(i + 2)  # "how much orders", said for "how many"
        if rows is not None and rows.score > _ROWS_OWN and draft.text(rows.stop - 1).endswith("s"):
            return i + 2
    listed = draft.text(i) == "number" and draft.text(i + 1) in {",", "and"}
    if draft.is_free(i) and listed and (draft.group or draft.bucket or not shown.trails(draft, i)):
        return i + 1  # "number, total and average amount"
    return None


def _told_apart(draft: Draft, i: int) -> bool:
    """`how many mugs (pieces, not orders)`: what stands in parentheses is what is counted."""
    opens = next((k for k in range(i, min(i + 5, len(draft))) if draft.text(k) == "("), None)
    found = counted.counted_at(draft, opens + 1, distinct=False) if opens else None
    if opens is None or found is None:
        return False
    k = found.stop + (draft.text(found.stop) in {",", "and"})
    other = counted.counted_at(draft, k + 1, distinct=False) if draft.text(k) == "not" else None
    known = all(draft.is_filler(j) or _is_of_value(draft, j) for j in range(i, opens))
    if other is None or draft.text(other.stop) != ")" or not draft.is_free(k) or not known:
        return False
    draft.take(opens, other.stop + 1, "measure", found.score)
    draft.take(i, opens, "noun", _ROWS_OWN)
    draft.add_measure(found.metric, found.start, found.stop)
    return True


def _is_of_value(draft: Draft, i: int) -> bool:
    """`mugs`, where one of that name is asked about: `Enamel Mug`."""
    equal = (s.filter for s in draft.filters if isinstance(s.filter, Equals))
    return any(draft.stem(i) in name_parts(str(v)) for f in equal for v in f.values)


def _count_from(draft: Draft, i: int) -> bool:
    """Counts the first noun from `i` on, and those listed after it."""
    found = counted.next_counted(draft, i)
    if found is None:
        return False
    while found is not None:
        _add(draft, found)
        found = _listed_after(draft, found)
    return True


def _add(draft: Draft, found: counted.Counted) -> None:
    role = "noun" if found.metric.function == "count" else "measure"
    draft.take(found.start, found.stop, role, found.score)  # type: ignore[arg-type]
    draft.add_measure(found.metric, found.start, found.stop)


def _listed_after(draft: Draft, found: counted.Counted) -> counted.Counted | None:
    """`orders, different customers and different cities`."""
    i = found.stop
    if draft.text(i) not in {",", "and", "&", "plus"}:
        return None
    i += 1
    if draft.text(i) == "and":
        i += 1
    distinct = draft.text(i) in DISTINCT
    following = counted.counted_at(draft, i + distinct, distinct=distinct)
    if following is None:
        return None
    if distinct:
        draft.take(i, i + 1, "measure")
    if following.metric.of is None and following.start != found.start and not distinct:
        return following if found.metric.of is not None else None
    return following


def _count_unsaid(draft: Draft, start: int, stop: int) -> None:
    """No noun follows: pieces of what is named by a value, or rows."""
    sold = counted.pieces_sold(draft) if draft.filters else None
    if sold is not None:
        draft.add_measure(sold.measure, sold.start, sold.stop)
        return
    rows = counted.of_rows(draft)
    k = next(iter(counted.reachable(draft, stop)), None)
    if k is not None and _is_due(draft, k):
        draft.take(k, k + 1, "noun", _ROWS_OWN)
    elif k is not None and not counted.is_verb(draft, k) and not draft.rows_at(k):
        draft.distrust(f"what “{draft.text(k)}” counts is not known", 0.6)
    elif not rows.stop and _is_name(draft, stop):
        draft.distrust("what is to be counted is not said")
    stated = next((s for s in draft.filters if s.start <= stop < s.stop), None)
    if stated is not None and _is_of_others(draft, stated):
        draft.distrust(f"“{draft.text(stop)}” are rows of another table")
    draft.doubt *= 1.0 if rows.stop else 0.95 if stated else 0.7  # "how many cancellations"
    draft.add_measure(rows.measure, start, stop)


def _is_due(draft: Draft, k: int) -> bool:
    """`how many boosters are due next week`, of a time `on which the booster is due`."""
    field = draft.time_field if draft.times else None
    if field is not None and field.name == draft.scope.root.table.time_attribute:
        return False
    known = field is not None and draft.stem(k) in comments.content(field.column.comment)
    return known and draft.is_free(k) and things.is_plural(draft, k)


def _is_name(draft: Draft, i: int) -> bool:
    """`how many tents`: of what has that name, and not how many rows are in that state."""
    stated = next((s.filter for s in draft.filters if s.start <= i < s.stop), None)
    values = stated.values if isinstance(stated, Equals) else ()
    return bool(values) and all(str(v)[:1].isupper() for v in values)


def _is_of_others(draft: Draft, stated: Stated) -> bool:
    """`number of receipts`, where receipts are known only by a value in another table."""
    root = draft.scope.root.table.name
    related = isinstance(stated.filter, Related)
    return related or any(f.table != root for f in used.of_filter(stated.filter))
