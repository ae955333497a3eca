"""Rankings said by an adjective: `top 3 products`, `the 5 slowest pages`, `best-selling`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.semantic_parser import times
from app.semantic_parser.form import Bucket, Field, Order
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.measures import operands
from app.semantic_parser.grammar.said import Ranking
from app.semantic_parser.grammar.shape import things
from app.semantic_parser.grammar.shape.things import Thing
from app.semantic_parser.grammar.slots import is_measure
from app.semantic_parser.lexicon import (
    DONE,
    EXTREMES,
    JUDGED,
    MONEY_WORDS,
    POPULAR,
    RANKS,
    STOP,
    TOP,
    Direction,
    MeasureKind,
)
from app.semantic_parser.tokens import name_parts, word_set
from app.semantic_parser.types import is_number, looks_like_id

_SELLING = word_set("selling sold seller sellers")
_SURE = 0.8
_EACH = frozenset({"for each", "for every", "in each", "in every", "per", "within each"})
_GOING_ON = word_set(", : the i we who which what show give tell list name find")
"""What follows `for every clinic` where the question itself begins behind it."""
_JOINING = word_set("of the our among in all")


@dataclass(frozen=True, slots=True)
class _End:
    """An end that words ask for.

    Attributes:
        stop: Where the words stop.
        direction: Which end.
        kind: Of what sort of number.
        judged: Whether it depends on what is measured.
        counts: Whether it can only be about groups: `busiest`, `most popular`.
    """

    stop: int
    direction: Direction
    kind: MeasureKind | None = None
    judged: Literal["best", "worst"] | None = None
    counts: bool = False


def rankings(draft: Draft) -> None:
    """Ranks what the adjective stands before, where that is no number itself."""
    for i in range(len(draft)):
        end = _end(draft, i) if draft.is_free(i) and not _is_limit(draft, i) else None
        if end is None:
            continue
        number, begin = things.number_before(draft, i)
        stop = end.stop
        if number is None:
            number, stop = things.number_at(draft, _skip(draft, stop))
        if draft.text(stop) in {"(", ")"}:
            continue
        end = _and_done(draft, stop, end)
        stop = max(stop, end.stop)
        target = things.skip_taken(draft, things.skip_kinds(draft, _skip(draft, stop)))
        if _ranked(draft, target, end, number):
            draft.take(begin, stop, "order")
            things.take_kinds(draft, stop, target)


def _is_limit(draft: Draft, i: int) -> bool:
    """`at most 3` limits and does not rank."""
    return draft.text(i - 1) == "at" and draft.text(i) in {"most", "least"}


def _skip(draft: Draft, i: int) -> int:
    while draft.text(i) in _JOINING and draft.is_free(i):
        i += 1
    return i


def _and_done(draft: Draft, i: int, end: _End) -> _End:
    """`top 5 most viewed products`, `top 3 best-selling`."""
    more = _end(draft, i) if draft.text(i) in {"most", "least", "best", "worst"} else None
    if more is None or (end.kind is None and not more.counts and more.kind is None):
        return end
    return _End(more.stop, more.direction, more.kind, more.judged, counts=True)


def _end(draft: Draft, i: int) -> _End | None:
    """The end that words at `i` ask for."""
    word, following = draft.text(i), draft.text(i + 1)
    if word in TOP:
        if following == "selling" and _is_done(draft, i + 1):
            return _End(i + 2, TOP[word], counts=True)
        return _End(i + 1, TOP[word])
    if word in RANKS and following == "expensive":
        return _End(i + 2, RANKS[word], "money")
    if word in {"most", "least"}:
        return _most(draft, i)
    if word in RANKS and word != "fewest":
        return _End(i + 1, RANKS[word], counts=True)
    if word in JUDGED and following in _SELLING and not _is_done(draft, i + 1):
        return None
    if word in JUDGED and following in _SELLING:
        return _End(i + 2, "most" if word == "best" else "least", counts=True)
    if word in JUDGED:
        direction: Direction = "most" if word == "best" else "least"
        return _End(i + 1, direction, None, "best" if word == "best" else "worst")
    if word in EXTREMES and word != "expensive":
        direction, kind = EXTREMES[word]
        return _End(i + 1, direction, kind)
    return None


def _most(draft: Draft, i: int) -> _End | None:
    """`most viewed`, `least popular`, `most cancelled`."""
    if draft.is_free(i + 1) and _is_done(draft, i + 1):
        return _End(i + 2, RANKS[draft.text(i)], counts=True)
    if _is_participle(draft, i + 1):
        return _End(i + 1, RANKS[draft.text(i)], counts=True)
    return None


def _is_done(draft: Draft, i: int) -> bool:
    """`most viewed`, where the table's rows are views."""
    word, root = draft.text(i), draft.scope.root
    if word in POPULAR and word not in DONE:
        return True
    said = DONE.get(word, DONE["sold"] if word in _SELLING else frozenset())
    return bool(said & {*root.name, *root.comment})


def _is_participle(draft: Draft, i: int) -> bool:
    """`most cancelled`, where `cancelled` is a value; `searched` is not the page `search`."""
    if draft.roles.get(i) != "filter" or not draft.text(i).endswith("ed"):
        return False
    values = (str(v) for s in draft.filters for v in getattr(s.filter, "values", ()))
    return any(
        v.rpartition("_")[2].endswith("ed") and draft.stem(i) in name_parts(v) for v in values
    )


def _ranked(draft: Draft, i: int, end: _End, number: int | None) -> bool:
    """Ranks groups, stretches of time or rows; False where the words at `i` are a number."""
    if not draft.is_free(i):
        return False
    unit = times.unit_of(draft.tokens[i])
    if unit and things.is_time_unit(draft, i):
        draft.bucket = Bucket(unit)
        draft.take(i, i + 1, "bucket")
        _set(draft, end, number, i)
        return True
    thing = things.at(draft, i, rows_first=not end.counts)
    if thing is None or _is_number(draft, thing, end):
        return False
    if thing.is_rows:
        named = thing.score >= _SURE and draft.stem(i) not in MONEY_WORDS
        return named and not draft.group and _rows(draft, thing, end, number)
    if draft.group and draft.ranking is not None:
        return False
    _doubt(draft, thing, end)
    things.add_group(draft, thing)
    _set(draft, end, number, thing.stop - 1)
    things.rank_in_buckets(draft)
    return True


def _doubt(draft: Draft, thing: Thing, end: _End) -> None:
    """What an adjective alone is about may not be in this table at all."""
    said = any(draft.text(k) in {"by", "with", "in"} for k in range(thing.stop, len(draft)))
    if not said and things.is_elsewhere(draft, thing.start):
        draft.doubt *= 0.7
    if end.kind in {"money", "duration"}:
        known = operands.of_kind(draft, end.kind, thing.start)
        if known is None or (end.kind == "money" and not said):
            draft.distrust(f"what makes “{draft.text(thing.start)}” so is not said")


def _is_number(draft: Draft, thing: Thing, end: _End) -> bool:
    """Whether the noun only says whose number it is: `the highest order amount`."""
    if end.counts:
        return False
    column = thing.field.column if thing.field and not thing.is_rows else None
    if end.kind and column and is_number(column) and not looks_like_id(column.name):
        return True  # "the lowest year"
    return draft.field_at(thing.stop, is_measure, least=0.75) is not None


def _set(draft: Draft, end: _End, number: int | None, last: int) -> None:
    limit = number or (things.MANY if things.is_plural(draft, last) else 1)
    draft.ranking = Ranking(end.direction, limit, end.kind, end.judged, last)
    draft.limit = limit
    draft.intent = 1.0


def _rows(draft: Draft, thing: Thing, end: _End, number: int | None) -> bool:
    """`the 5 largest orders`: rows by a number of theirs."""
    if end.counts or draft.bucket is not None or _leads_two(draft, thing):
        return False
    found = _by(draft, thing.stop) or _implied(draft, end, thing)
    if found is None:
        return False
    limit = number or (things.MANY if things.is_plural(draft, thing.stop - 1) else 1)
    draft.take(thing.start, thing.stop, "noun", thing.score)
    list_by(draft, found, descending=end.direction == "most", limit=limit)
    return True


def participles(draft: Draft) -> None:
    """`which map is played the most`: `played` says no more than that there are rows."""
    for i in range(1, len(draft) - 1):
        k = i + 1 + (draft.text(i + 1) == "the")
        leads = draft.text(i - 1) in {"is", "are", "was", "were", "got", "gets", "been", "s"}
        if leads and draft.is_free(i) and draft.text(k) in {"most", "least"} and _is_done(draft, i):
            draft.take(i, i + 1, "order", 0.9)


def trailing(draft: Draft) -> None:
    """`orders by carrier and city, top 5`: what is wanted of groups, behind them."""
    if not (draft.group or draft.bucket) or (draft.ranking and draft.ranking.limit):
        return
    for i in range(len(draft)):
        word = draft.text(i)
        number = things.whole(draft, i + 1)
        closing = i + 2 >= len(draft) or not draft.is_free(i + 2) or draft.text(i + 2) in STOP
        closing = closing or draft.tokens[i + 2].kind == "mark"
        if draft.is_free(i) and word in {*TOP, "limit"} and number and closing:
            _set(draft, _End(i, TOP.get(word, "most")), number, i)
            draft.take(i, i + 2, "order")
            return


def within_each(draft: Draft) -> None:
    """`for each route, the two drugs with the most doses`: so many of every one of them."""
    ranked = draft.ranking is not None and draft.ranking.limit is not None
    if not ranked or draft.limit_per or len(draft.group) < 2:
        return
    start = 0
    while draft.is_filler(start) and draft.roles.get(start) != "group":
        start += 1
    leads = {draft.said(start, start + n) for n in (1, 2)} & _EACH
    for k in range(start + 1, start + 4) if leads else ():
        link = next(draft.fields_at(k, lambda t: t.field in draft.group, taken=True), None)
        if link is not None and draft.text(link.stop) in _GOING_ON:
            draft.limit_per.append(link.field)
            draft.group = [link.field, *(f for f in draft.group if f != link.field)]
            return


def list_by(draft: Draft, field: Field, *, descending: bool, limit: int) -> None:
    """A listing of rows with those first that have most, or least, of a number."""
    draft.listing, draft.intent, draft.limit = True, 1.0, limit
    draft.order = [Order(field, descending=descending)]


def _leads_two(draft: Draft, thing: Thing) -> bool:
    """`smallest and largest payment` are two numbers and not rows."""
    words = [draft.text(k) for k in range(thing.start)]
    return any(
        words[k] in EXTREMES and words[k + 1] in {"and", "or"} and words[k + 2] in EXTREMES
        for k in range(len(words) - 2)
    )


def _by(draft: Draft, i: int) -> Field | None:
    """`top 5 orders by amount`."""
    for k in range(i, min(i + 6, len(draft))):
        if draft.text(k) in {"by", "in", "after"} and draft.is_free(k):
            found = operands.after(draft, k + 1, reach=3)
            if found is not None and isinstance(found.operand, Field):
                draft.take(k, k + 1, "order")
                draft.take(found.start, found.stop, "order", found.score)
                return found.operand
    return None


def _implied(draft: Draft, end: _End, thing: Thing) -> Field | None:
    """The number that an adjective such as `slowest` is about."""
    kind = end.kind or "any"
    found = operands.of_kind(draft, kind, thing.start)
    if found is None and kind == "any":
        found = operands.of_kind(draft, "money", thing.start)
    if found is None or not isinstance(found.operand, Field):
        return None
    if found.score <= operands.IMPLIED:
        draft.doubt *= found.score
    if end.kind is None:
        draft.doubt *= 0.8
    return found.operand
