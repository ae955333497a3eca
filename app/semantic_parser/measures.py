"""Which numeric column is meant: by its name, or by a word such as "revenue" or "slowest"."""

from __future__ import annotations

from collections.abc import Iterable

from app.catalog.model import Column
from app.semantic_parser.draft import Accept, Draft
from app.semantic_parser.form import Function
from app.semantic_parser.lexicon import (
    DURATION_NOUNS,
    GROUP_BY,
    MONEY_WORDS,
    SELLING,
    STOP,
    TRADE_WORDS,
    MeasureKind,
)
from app.semantic_parser.linking import Link
from app.semantic_parser.tokens import name_parts, word_set
from app.semantic_parser.types import is_additive, is_duration, is_measure, is_money

_MONEY_NAMES = ("revenue", "amount", "total", "price", "fare", "cost", "value", "fee")
_REACH = 9
_ELAPSED = word_set("time duration latenc latenci load elaps respons how")
IMPLIED = 0.55
"""Score of a measure that an adjective only may mean, such as "fastest" of a delay."""


def of_kind(draft: Draft, kind: MeasureKind, beside: int, *, spoken: bool = False) -> Link | None:
    """The measure that an adjective or a noun such as "revenue" is about.

    Args:
        draft: The reading so far.
        kind: Money, a duration, or any measure.
        beside: Position to link from where no word names it.
        spoken: Only where a word such as "revenue" is in the question.
    """
    words = {"money": MONEY_WORDS, "duration": DURATION_NOUNS}.get(kind, frozenset())
    said = [
        i
        for i in range(len(draft.tokens))
        if draft.is_free(i) and draft.stems[i] in words and draft.text(i) not in STOP | SELLING
    ]
    if spoken and not said:
        return None
    column = preferred(draft, kind)
    if column is None:
        return None
    start = said[0] if said else max(beside, 0)
    if not said:
        score = 0.95 if kind != "duration" or _is_elapsed(column) else IMPLIED
    else:
        trades = bool(TRADE_WORDS & draft.terms.comment)
        score = 0.95 if trades or kind != "money" else 0.75
    return Link(column, start, start + 1 if said else start, score)


def preferred(draft: Draft, kind: MeasureKind) -> Column | None:
    """The measure of a kind that a question means when it names none."""
    table = draft.terms.table
    columns = [c for c in table.columns if is_measure(c, table)]
    if kind == "duration":
        return next((c for c in columns if is_duration(c)), None)
    money = [c for c in columns if is_money(c)] or [
        c for c in columns if any(n in name_parts(c.name) for n in _MONEY_NAMES)
    ]
    for name in _MONEY_NAMES:
        for column in money:
            if name in column.name.lower():
                return column
    if kind == "money":
        return money[0] if money else None
    return columns[0] if len(columns) == 1 else None


def ranking_function(column: Column, otherwise: Function) -> Function:
    """How groups are compared by a measure when the question does not say."""
    if is_duration(column):
        return "avg"
    return "sum" if is_additive(column) else otherwise


def measure_after(draft: Draft, i: int, reach: int = _REACH) -> Link | None:
    """The first measure named from `i` on."""
    for k in reachable(draft, i, reach):
        link = measure_at(draft, k)
        if link:
            return link
        if draft.stems[k] in MONEY_WORDS and draft.text(k) not in SELLING:
            return of_kind(draft, "money", k, spoken=True)
        if draft.stems[k] in DURATION_NOUNS:
            return of_kind(draft, "duration", k, spoken=True)
    return None


def measure_before(draft: Draft, i: int) -> Link | None:
    """The last measure named before `i`."""
    for k in range(i - 1, max(-1, i - _REACH), -1):
        link = measure_at(draft, k) if draft.text(k) not in STOP else None
        if link and link.stop <= i and link.score >= 0.75:
            return link
    return None


def measure_at(draft: Draft, k: int) -> Link | None:
    """A measure named at `k`; a table's own noun alone is none, whatever comments say."""
    link = linked_again(draft, k)
    ends = draft.table_noun(k)
    if link and link.score <= 0.8 and ends is not None and ends >= link.stop:
        return None
    return link


def linked_again(draft: Draft, k: int) -> Link | None:
    """A measure at `k`, also where a comparison or another aggregate has named it before."""
    if draft.is_free(k):
        return draft.column_at(k, measures_of(draft), least=0.6)
    if draft.roles.get(k) not in {"number", "metric"} or draft.tokens[k].kind != "word":
        return None
    taken = {j: r for j, r in draft.roles.items() if r in {"number", "metric"}}
    for j in taken:
        del draft.roles[j]
    link = draft.column_at(k, measures_of(draft), least=0.8)
    draft.roles.update(taken)
    return link


def first_measure(draft: Draft) -> Link | None:
    """The first measure named anywhere by its own name."""
    links = (measure_at(draft, k) for k in range(len(draft.tokens)) if draft.is_free(k))
    return next((link for link in links if link and link.score >= 0.85), None)


def reachable(draft: Draft, i: int, reach: int = _REACH) -> Iterable[int]:
    """Positions from `i` on where a noun may stand, up to the next `per` or clause."""
    for k in range(i, min(i + reach, len(draft.tokens))):
        if draft.tokens[k].kind == "mark" or draft.roles.get(k) in {"bucket"}:
            return
        if k > i and any(draft.matches(k, w) for w in GROUP_BY if w != ("by",)):
            return
        if draft.roles.get(k) in {"time", "value", "group", "ask"}:
            continue
        if draft.text(k) not in STOP:
            yield k


def measures_of(draft: Draft) -> Accept:
    """Accepts the columns that are measures."""
    table = draft.terms.table
    return lambda c: is_measure(c.column, table)


def _is_elapsed(column: Column) -> bool:
    """Whether a duration is how long something took, by its name or its comment's first word."""
    first = name_parts(column.comment)[:1]
    return bool({*name_parts(column.name), *first} & _ELAPSED)
