"""What a count is of: rows, things by their ids, distinct values, or pieces that add up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.semantic_parser import used
from app.semantic_parser.form import Equals, Metric, Related
from app.semantic_parser.grammar.draft import Draft, Measured, Stated
from app.semantic_parser.grammar.slots import is_measure, is_wording
from app.semantic_parser.lexicon import (
    AGGREGATES,
    COUNTING,
    DISTINCT,
    EXTREMES,
    GROUP_BY,
    POPULAR,
    RECORDS,
    SELLING,
    STOP,
)
from app.semantic_parser.linking import FieldTerms, Link, Noun
from app.semantic_parser.types import counts_things, is_additive, is_money

_REACH = 10
_OFTEN = frozenset({"often", "frequently", "times"})
_ROWS_OWN = 0.85
_ROWS_SURE = 0.9
_PIECES = frozenset({"quantiti", "qti", "unit", "piec", "item"})


@dataclass(frozen=True, slots=True)
class Counted:
    """A metric and the words of its noun."""

    metric: Metric
    start: int
    stop: int
    score: float


def counts(draft: Draft) -> None:
    """`how many orders`, `number of different customers`, `count of frozen accounts`."""
    for i in range(len(draft)):
        stop = _counting(draft, i)
        if stop is None:
            continue
        draft.take(i, stop, "measure")
        draft.intent = 1.0
        if _is_of_number(draft, i, stop):
            continue  # "the largest number of seats" is a number that rows have
        if draft.text(stop - 1) in _OFTEN and _count_times(draft, i, stop):
            continue
        if not _count_from(draft, stop):
            _count_unsaid(draft, i, stop)


def _count_times(draft: Draft, start: int, stop: int) -> bool:
    """`how often did a charger fail`: how many times, and not how many chargers."""
    found = next_counted(draft, stop)
    if found is None or found.metric.function != "count" or found.metric.of is None:
        return False
    draft.take(found.start, found.stop, "noun", found.score)
    draft.add_measure(of_rows(draft).measure, start, stop)
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
    for words in COUNTING:
        stop = i + len(words)
        if draft.is_free(i, stop) and draft.said(i, stop) == " ".join(words):
            return stop
    if draft.said(i, i + 2) == "how much" and draft.is_free(i, i + 2):
        rows = draft.rows_at(i + 2)  # "how much orders", said for "how many"
        if rows is not None and rows.score > _ROWS_OWN and draft.text(rows.stop - 1).endswith("s"):
            return i + 2
    if draft.is_free(i) and draft.text(i) == "number" and draft.text(i + 1) in {",", "and"}:
        return i + 1  # "number, total and average amount"
    return None


def _count_from(draft: Draft, i: int) -> bool:
    """Counts the first noun from `i` on, and those listed after it."""
    found = next_counted(draft, i)
    if found is None:
        return False
    while found is not None:
        _add(draft, found)
        found = _listed_after(draft, found)
    return True


def _add(draft: Draft, found: Counted) -> None:
    role = "noun" if found.metric.function == "count" else "measure"
    draft.take(found.start, found.stop, role, found.score)  # type: ignore[arg-type]
    draft.add_measure(found.metric, found.start, found.stop)


def _listed_after(draft: Draft, found: Counted) -> Counted | None:
    """`orders, different customers and different cities`."""
    i = found.stop
    if draft.text(i) not in {",", "and", "&", "plus"}:
        return None
    i += 1
    if draft.text(i) == "and":
        i += 1
    distinct = draft.text(i) in DISTINCT
    following = counted_at(draft, i + distinct, distinct=distinct)
    if following is None:
        return None
    if distinct:
        draft.take(i, i + 1, "measure")
    if following.metric.of is None and following.start != found.start and not distinct:
        return following if found.metric.of is not None else None
    return following


def next_counted(draft: Draft, i: int) -> Counted | None:
    """What is counted by the first noun from `i` on, over small words and conditions."""
    distinct = False
    skipped = 0
    for k in reachable(draft, i):
        if draft.text(k) in DISTINCT:
            distinct = True
            draft.take(k, k + 1, "measure")
            continue
        found = counted_at(draft, k, distinct=distinct)
        if found is not None:
            draft.doubt *= 0.9 if skipped else 1.0
            return found if distinct else _headed(draft, found)
        skipped += draft.is_free(k) and not _is_verb(draft, k)
    return None


def reachable(draft: Draft, i: int, reach: int = _REACH, *, taken: bool = False) -> Iterable[int]:
    """Positions from `i` on where a noun may stand, up to the next `per` or clause.

    Args:
        draft: The reading so far.
        i: Where to start.
        reach: How far to look.
        taken: Whether words that another measure or a comparison has taken count, too.
    """
    shared = {"measure", "filter"} if taken else set()
    for k in range(i, min(i + reach, len(draft))):
        if draft.tokens[k].kind == "mark" or draft.roles.get(k) == "bucket":
            return
        if k > i and any(
            draft.said(k, k + len(w)) == " ".join(w) for w in GROUP_BY if w != ("by",)
        ):
            return
        if draft.text(k) not in STOP and (draft.is_free(k) or draft.roles[k] in shared):
            yield k


def counted_at(draft: Draft, k: int, *, distinct: bool) -> Counted | None:
    """What the noun at `k` counts, if it is one."""
    if _is_verb(draft, k):
        return None
    noun = draft.noun_at(k)
    if noun is not None and noun.score < _ROWS_SURE and _is_value(draft, noun):
        return None  # "approved amount" are no approvals
    units = draft.field_at(
        k, lambda terms: _is_pieces(terms) or _is_number_of(draft, terms), least=0.7
    )
    compound = _compound(draft, noun, distinct=distinct) if noun is not None else None
    if compound is not None:
        return compound
    if noun is not None and not _is_rather_pieces(noun, units):
        rows = _generic_rows(draft, noun)
        if rows is not None:
            return rows
        return Counted(of_noun(draft, noun), k, noun.stop, noun.score)
    link = draft.field_at(k, _is_countable, least=0.7)
    if link is not None and link.field not in draft.group and not (units and not distinct):
        said = draft.said(k, link.stop)
        return Counted(Metric("count", link.field, True, said), k, link.stop, link.score)
    if units is not None and not distinct:
        return Counted(Metric("sum", units.field), k, units.stop, units.score)
    return None


def _compound(draft: Draft, noun: Noun, *, distinct: bool) -> Counted | None:
    """`forklift drivers` are drivers: the last word says what it is about."""
    if noun.is_rows or draft.tokens[noun.stop - 1].text.endswith("s") or not distinct:
        return None
    link = draft.field_at(noun.stop, _is_countable, least=0.9)
    if link is None or not draft.text(link.stop - 1).endswith("s") or draft.rows_at(noun.stop):
        return None
    said = draft.said(noun.start, link.stop)
    return Counted(Metric("count", link.field, True, said), noun.start, link.stop, link.score)


def _headed(draft: Draft, found: Counted) -> Counted:
    """`bag scans` are scans: of two nouns side by side the last says what is counted."""
    rows = draft.rows_at(found.stop)
    if rows is None or rows.score < _ROWS_OWN or found.metric.of is None:
        return found
    said = draft.said(found.start, rows.stop)
    metric = replace(of_noun(draft, rows), noun=said)
    return Counted(metric, found.start, rows.stop, min(found.score, rows.score))


def _is_value(draft: Draft, noun: Noun) -> bool:
    values = draft.values_at(noun.start, taken=True)
    return any(v.stop >= noun.stop and v.score >= _ROWS_SURE for v in values)


def _is_rather_pieces(noun: Noun, units: Link | None) -> bool:
    """Whether a number of pieces is meant rather than things; rows of that name are things."""
    if units is None or units.stop < noun.stop:
        return False
    return units.score > noun.score and not (noun.is_rows and noun.score >= _ROWS_OWN)


def _generic_rows(draft: Draft, noun: Noun) -> Counted | None:
    """`forklift readings`: rows about forklifts, and no forklifts."""
    following = draft.text(noun.stop)
    if following not in RECORDS or not draft.is_free(noun.stop):
        return None
    said = draft.said(noun.start, noun.stop + 1)
    return Counted(Metric("count", noun=said), noun.start, noun.stop + 1, 0.9)


def of_noun(draft: Draft, noun: Noun) -> Metric:
    """The count of the things that a noun names."""
    said = draft.said(noun.start, noun.stop)
    table = draft.scope.root.table
    names = tuple(f.name for f in noun.key)
    own = noun.table == table.name
    if noun.is_rows or not noun.key or (own and names == table.primary_key):
        return Metric("count", noun=said)
    return Metric("count", noun.key[0], distinct=True, noun=said)


def of_rows(draft: Draft) -> Measured:
    """What is counted where no noun says it: what the table is named after."""
    for i in range(len(draft)):
        noun = draft.rows_at(i, taken=True)
        if noun is not None and not _is_verb(draft, i):
            return Measured(of_noun(draft, noun), i, noun.stop)
    words = draft.scope.root.table.name.replace("_", " ").lower()
    return Measured(Metric("count", noun=words), 0, 0)


def pieces_sold(draft: Draft) -> Measured | None:
    """`backpacks sold`, `best selling product`: how many pieces, where a field says that."""
    sold = next((k for k in range(len(draft)) if draft.text(k) in SELLING), None)
    pieces = next((t for t in draft.scope.fields if not t.hops and _is_quantity(t)), None)
    if sold is None or pieces is None:
        return None
    draft.take(sold, sold + 1, "measure", 0.9)
    return Measured(Metric("sum", pieces.field), sold, sold + 1)


def _count_unsaid(draft: Draft, start: int, stop: int) -> None:
    """No noun follows: pieces of what is named by a value, or rows."""
    sold = pieces_sold(draft) if draft.filters else None
    if sold is not None:
        draft.add_measure(sold.measure, sold.start, sold.stop)
        return
    rows = of_rows(draft)
    k = next(iter(reachable(draft, stop)), None)
    if k is not None and not _is_verb(draft, k) and not draft.rows_at(k):
        draft.distrust(f"what “{draft.text(k)}” counts is not known", 0.6)
    elif not rows.stop and _is_name(draft, stop):
        draft.distrust("what is to be counted is not said")
    stated = next((s for s in draft.filters if s.start <= stop < s.stop), None)
    if stated is not None and _is_of_others(draft, stated):
        draft.distrust(f"“{draft.text(stop)}” are rows of another table")
    draft.doubt *= 1.0 if rows.stop else 0.95 if stated else 0.7  # "how many cancellations"
    draft.add_measure(rows.measure, start, stop)


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


def _is_quantity(terms: FieldTerms) -> bool:
    return is_measure(terms) and bool(
        {"quantiti", "qti", "unit", "piec", "item"} & {*terms.core, *terms.head}
    )


def _is_pieces(terms: FieldTerms) -> bool:
    """Whether a number is of things that add up, so that `how many` asks for their sum."""
    column = terms.field.column
    return is_measure(terms) and is_additive(column) and not is_money(column)


def _is_number_of(draft: Draft, terms: FieldTerms) -> bool:
    """`how many beds are there`: numbers of things add up, but not those of one moment each."""
    column = terms.field.column
    if not (is_measure(terms) and counts_things(column)):
        return False
    table = next(t.table for t in draft.scope.tables if t.table.name == terms.field.table)
    return not table.time_attribute or bool(table.primary_key)


def _is_countable(terms: FieldTerms) -> bool:
    """Whether the distinct values of a field are things to count."""
    return terms.is_id or is_wording(terms)


def _is_verb(draft: Draft, k: int) -> bool:
    """Whether the word is what is done and not what is counted: `how many tents were ordered`."""
    word = draft.text(k)
    own = draft.scope.root.table.name.lower().endswith("ed")
    return word in POPULAR or (word.endswith("ed") and not own)
