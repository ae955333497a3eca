"""What a count is of: rows, ids, distinct values, or pieces sold."""

from __future__ import annotations

from app.catalog.model import Column
from app.semantic_parser.draft import Draft
from app.semantic_parser.form import Equals, Metric
from app.semantic_parser.lexicon import (
    DISTINCT,
    POPULAR,
    SELLING,
)
from app.semantic_parser.linking import ColumnTerms, Link, link_column, named_by
from app.semantic_parser.measures import (
    IMPLIED,
    measures_of,
    reachable,
)
from app.semantic_parser.tokens import name_parts
from app.semantic_parser.types import (
    is_additive,
    is_boolean,
    is_money,
    is_text,
)


def count_noun(draft: Draft, i: int) -> None:
    """What is counted: rows, distinct ids, distinct values, or units that add up."""
    distinct = False
    passed = 0
    for k in reachable(draft, i):
        if draft.text(k) in DISTINCT:
            distinct = True
            draft.take(k, k + 1, "metric")
            continue
        metric = counted(draft, k, distinct=distinct)
        if metric:
            draft.doubt *= 1.0 if not passed else 0.9
            add(draft, metric)
            _check_second_noun(draft, k)
            return
        passed += draft.is_free(k) and not _is_verb(draft, k)
    if any(isinstance(f, Equals) for f in draft.filters) and count_sold(draft):
        return
    if draft.roles.get(draft.skip_small_words(i)) == "value" and _names_nothing(draft):
        draft.distrust("what is to be counted is not said")
    draft.doubt *= 1.0 if not passed else 0.6
    add(draft, implied_count(draft))


def _names_nothing(draft: Draft) -> bool:
    """Whether no row is named: `how many tents` may be tents, orders of them or views."""
    return not any(draft.named_at(i) is not None for i in range(len(draft.tokens)))


def count_sold(draft: Draft) -> bool:
    """`backpacks sold`, `best selling product`: how many pieces, where a column says that."""
    units = _units(draft)
    sold = next((k for k, t in enumerate(draft.tokens) if t.text in SELLING), None)
    if units is None or sold is None:
        return False
    draft.take(sold, sold + 1, "metric", 0.9)
    add(draft, Metric("sum", units))
    return True


def ranks_sold(draft: Draft) -> bool:
    """Whether a ranking is by what was sold: `best selling`, `most ordered`."""
    return any(
        t.text in SELLING and draft.roles.get(i) == "ask" for i, t in enumerate(draft.tokens)
    )


def _units(draft: Draft) -> Column | None:
    """How many pieces a row is about: `backpacks sold` counts these and no rows."""
    measures = (c for c in draft.terms.columns if is_additive(c.column) and not is_money(c.column))
    pieces = {"quantiti", "qti", "unit", "piec", "item"}
    return next((c.column for c in measures if pieces & {*c.name, *c.head}), None)


def _check_second_noun(draft: Draft, k: int) -> None:
    """`how many orders and payments` counts two things, which one metric cannot."""
    while draft.roles.get(k) == "noun":
        k += 1
    if draft.text(k) in {"and", "or", ","}:
        following = draft.skip_small_words(k)
        stem = draft.stems[following] if following < len(draft.stems) else ""
        if draft.table_noun(following) is not None or named_by(draft.terms, stem):
            draft.distrust("two things cannot be counted at once")


def implied_count(draft: Draft) -> Metric:
    """What is counted where no noun says it: what the table is named after."""
    words = draft.terms.table.name.replace("_", " ").lower()
    return _rows_or_ids(draft, named_by(draft.terms, draft.terms.name[-1]), words)


def counted(draft: Draft, k: int, *, distinct: bool) -> Metric | None:
    """What the noun at `k` counts, if it is one."""
    if _is_verb(draft, k):
        return None
    ends = draft.table_noun(k)
    identity = named_by(draft.terms, draft.stems[ends - 1 if ends else k])
    column = draft.column_at(k, countable, least=0.7)
    if ends is not None and (column is None or ends >= column.stop or column.column == identity):
        draft.take(k, ends, "noun")
        return _rows_or_ids(draft, identity, _said(draft, k, ends))
    if identity is not None and identity not in draft.group:
        draft.take(k, k + 1, "noun", 0.97)
        return _rows_or_ids(draft, identity, draft.text(k))
    link = _named_column(draft, k)
    if link:
        draft.take(k, link.stop, "noun", link.score)
        return Metric("count", link.column, distinct=True, noun=_said(draft, k, link.stop))
    units = draft.column_at(k, measures_of(draft), least=0.75)
    if units and is_additive(units.column) and not is_money(units.column) and not distinct:
        draft.take(k, units.stop, "metric", units.score)
        return Metric("sum", units.column)
    if draft.stems[k] in draft.terms.comment:
        stop = k + 1
        while draft.is_free(stop) and draft.stems[stop] in draft.terms.comment:
            stop += 1
        rows = bool(draft.terms.subject & {*draft.stems[k:stop]})
        draft.take(k, stop, "noun", 0.9 if rows else 0.6)
        return Metric("count", noun=_said(draft, k, stop))
    return None


def _named_column(draft: Draft, k: int) -> Link | None:
    """The column that words at `k` name in full, without words that only its comment has."""
    link = draft.column_at(k, countable, least=0.7)
    if link is None or link.column in draft.group:
        return None
    named = {*name_parts(link.column.name)}
    stop = next((j for j in range(k, link.stop) if draft.stems[j] not in named), link.stop)
    again = link_column(draft.terms, draft.stems[:stop], k, countable) if stop > k else None
    return again if again and again.column == link.column and again.score >= 0.95 else None


def _is_verb(draft: Draft, k: int) -> bool:
    """Whether the word is what is done and not what is counted: `how many tents were ordered`."""
    word = draft.text(k)
    return word in POPULAR or (
        word.endswith("ed") and not draft.terms.table.name.lower().endswith("ed")
    )


def _said(draft: Draft, start: int, stop: int) -> str:
    return " ".join(draft.text(j) for j in range(start, stop))


def _rows_or_ids(draft: Draft, identity: Column | None, noun: str) -> Metric:
    if identity is None or draft.terms.table.primary_key == (identity.name,):
        return Metric("count", noun=noun)
    return Metric("count", identity, distinct=True, noun=noun)


def add(draft: Draft, metric: Metric, score: float = 1.0) -> None:
    """Adds a metric to a reading, as sure as the words for it are."""
    if score <= IMPLIED:  # no word names it, so no token carries the doubt
        draft.doubt *= score
    if metric not in draft.metrics:
        draft.metrics.append(metric)
    draft.intent = max(draft.intent, 1.0 if score > 0.6 else 0.9)


def countable(terms: ColumnTerms) -> bool:
    """Whether the distinct values of a column are things to count."""
    return terms.is_id or is_text(terms.column) or is_boolean(terms.column)
