"""What is counted: rows, things by their ids, distinct values, or pieces that add up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.semantic_parser import linking
from app.semantic_parser.form import Metric
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.said import Measured
from app.semantic_parser.grammar.slots import is_measure, is_wording
from app.semantic_parser.lexicon import (
    DISTINCT,
    GROUP_BY,
    POPULAR,
    RECORDS,
    SELLING,
    STOP,
)
from app.semantic_parser.linking import FieldTerms, Link, Noun
from app.semantic_parser.tokens import word_set
from app.semantic_parser.types import counts_things, is_additive, is_money

_REACH = 10
LENGTHS = word_set("seconds minutes hours days weeks months years milliseconds")
_CARRIERS = {(word,) for word in word_set("tag cod plat ref key nam number")}
"""Stems of what only tells a thing from others: bags are counted by their `bag_tag`."""
_ROWS_OWN = 0.85
_ROWS_SURE = 0.9


@dataclass(frozen=True, slots=True)
class Counted:
    """A metric and the words of its noun."""

    metric: Metric
    start: int
    stop: int
    score: float


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
        if draft.is_free(k) and draft.text(k) in LENGTHS:
            return None  # "how many seconds do people wait" counts no people
        skipped += draft.is_free(k) and not is_verb(draft, k)
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
    if is_verb(draft, k):
        return None
    noun = draft.noun_at(k)
    if noun is not None and noun.score < _ROWS_SURE and _is_value(draft, noun):
        return None  # "approved amount" are no approvals
    units = draft.field_at(
        k, lambda terms: _is_pieces(terms) or _is_number_of(draft, terms), least=0.7
    )
    link = draft.field_at(k, _is_countable, least=0.7)
    link = link if link and _says_what(draft, link) else None
    compound = _compound(draft, noun or link) if distinct else None
    if compound is not None:
        return compound
    if noun is not None and not _is_rather_pieces(noun, units):
        rows = _generic_rows(draft, noun)
        if rows is not None:
            return rows
        return Counted(of_noun(draft, noun), k, noun.stop, noun.score)
    if link is not None and link.field not in draft.group and not (units and not distinct):
        said = draft.said(k, link.stop)
        return Counted(Metric("count", link.field, True, said), k, link.stop, link.score)
    if units is not None and not distinct:
        return Counted(Metric("sum", units.field), k, units.stop, units.score)
    return None


def _compound(draft: Draft, noun: Noun | Link | None) -> Counted | None:
    """`forklift drivers` are drivers: the last word says what it is about."""
    if noun is None or (isinstance(noun, Noun) and noun.is_rows):
        return None
    if draft.tokens[noun.stop - 1].text.endswith("s"):
        return None
    link = draft.field_at(noun.stop, _is_countable, least=0.9)
    if link is None or not draft.text(link.stop - 1).endswith("s") or draft.rows_at(noun.stop):
        return None
    said = draft.said(noun.start if isinstance(noun, Noun) else link.start, link.stop)
    return Counted(Metric("count", link.field, True, said), noun.start, link.stop, link.score)


def _says_what(draft: Draft, link: Link) -> bool:
    """Whether the words say what the field is: `payments` are no payment methods."""
    terms = draft.scope.terms(link.field)
    stems = [draft.stem(i) for i in range(link.start, link.stop)]
    if terms.is_id or terms.name[-1:] in _CARRIERS:
        return True
    return linking.says_head(terms, stems)


def _headed(draft: Draft, found: Counted) -> Counted:
    """`bag scans` are scans: of two nouns side by side the last says what is counted."""
    rows = draft.rows_at(found.stop)
    if rows is None or rows.score < _ROWS_OWN or found.metric.of is None:
        return found
    if draft.text(found.stop).endswith("ed"):
        return found  # "people visited" are people
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
        if noun is not None and not is_verb(draft, i):
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


def is_verb(draft: Draft, k: int) -> bool:
    """Whether the word is what is done and not what is counted: `how many tents were ordered`."""
    word = draft.text(k)
    own = draft.scope.root.table.name.lower().endswith("ed")
    return word in POPULAR or (word.endswith("ed") and not own)
