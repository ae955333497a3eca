"""Order that is asked for: `highest first`, `from the rarest to the most frequent`, `by name`."""

from __future__ import annotations

from typing import Literal

from app.semantic_parser.form import Null, Order
from app.semantic_parser.grammar import lifetimes
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.said import Ranking
from app.semantic_parser.grammar.shape import things
from app.semantic_parser.grammar.slots import is_measure, is_moment
from app.semantic_parser.lexicon import EXTREMES, RANKS, Direction
from app.semantic_parser.tokens import word_set
from app.semantic_parser.types import is_number

_ENDS: dict[str, Direction] = {
    **{word: direction for word, (direction, _) in EXTREMES.items()},
    **RANKS,
    **dict.fromkeys(word_set("high big large best top newest latest popular recent"), "most"),
    **dict.fromkeys(word_set("hottest warmest heaviest strongest tallest fullest loudest"), "most"),
    **dict.fromkeys(word_set("low small worst rarest bottom oldest earliest cheap"), "least"),
    **dict.fromkeys(word_set("coldest coolest lightest weakest emptiest nearest"), "least"),
}
_SUPERLATIVES = frozenset(_ENDS) - word_set("high big large low small popular recent cheap top")
RECENCY = word_set("newest latest oldest earliest recent")
_RISING: dict[str, Direction] = {
    **dict.fromkeys(word_set("ascending asc increasing ascendingly upwards"), "least"),
    **dict.fromkeys(word_set("descending desc decreasing descendingly downwards"), "most"),
}
_SORTED = word_set("sorted ranked ordered sort rank arranged arrange sorting ranking")
_ALPHABETICAL = (
    ("in", "alphabetical", "order"),
    ("in", "alphabetic", "order"),
    ("alphabetical", "order"),
    ("alphabetically",),
    ("from", "a", "to", "z"),
    ("a", "to", "z"),
)
_BY_TIME = (
    ("in", "chronological", "order"),
    ("chronologically",),
    ("in", "order", "of", "time"),
    ("by", "time"),
    ("by", "date"),
    ("by", "the", "time"),
    ("by", "the", "date"),
    ("after", "time"),
    ("after", "date"),
    ("after", "the", "time"),
    ("after", "the", "date"),
)
_KNOWN = word_set("recent recently frequent popular often first to at on")
_BY = word_set("by after")
"""Speakers of other languages sort after what others sort by."""


def directions(draft: Draft) -> None:
    """Takes the words for a direction; what is ordered by it shows later."""
    for i in range(len(draft)):
        if draft.is_free(i):
            _from_to(draft, i) or _first(draft, i) or _worded(draft, i)
    for i in range(len(draft)):
        if draft.is_free(i):
            _sorted_by(draft, i)


def _from_to(draft: Draft, i: int) -> bool:
    """`highest to lowest`, `from the rarest to the most frequent`."""
    start = i + 1 if draft.text(i) == "from" else i
    one = _end_at(draft, start)
    if one is None or draft.text(one[1]) not in {"to", "down", "up"}:
        return False
    other = _end_at(draft, one[1] + 1 + (draft.text(one[1] + 1) == "to"))
    if other is None or other[0] == one[0]:
        return False
    _set(draft, one[0], i, other[1])
    return True


def _first(draft: Draft, i: int) -> bool:
    """`most first`, `busiest hour first`, `most expensive first`, `with the largest on top`."""
    end = _end_at(draft, i)
    if end is None or draft.text(i) not in _SUPERLATIVES | {"youngest"}:
        return False
    direction, j = end
    for stop in range(j, min(j + 3, len(draft))):
        closing = things.says(draft, stop, (("first",), ("at", "the", "top"), ("on", "top")))
        if closing:
            _set(draft, direction, i, closing)
            return True
        if not draft.is_free(stop) or draft.tokens[stop].kind != "word":
            return False
    return False


def _end_at(draft: Draft, i: int) -> tuple[Direction, int] | None:
    """Which end the words at `i` name, and where they stop: `the most frequent`."""
    while draft.text(i) in {"the", "with", "starting"}:
        i += 1
    word = draft.text(i)
    if word == "youngest" and lifetimes.born(draft) and draft.is_free(i):
        return "most", i + 1
    if word not in _ENDS or not draft.is_free(i):
        return None
    stop = i + 1
    if word in {"most", "least"} and draft.tokens[stop : stop + 1]:
        closing = draft.text(stop) in {"to", "first", "at", "on"}
        stop += not closing and draft.is_free(stop)
    return _ENDS[word], stop


def _worded(draft: Draft, i: int) -> bool:
    direction = _RISING.get(draft.text(i))
    if direction is not None:
        start = i - 1 if draft.text(i - 1) == "in" else i
        _set(draft, direction, start, i + 1 + (draft.text(i + 1) == "order"))
        return True
    for phrases in (_ALPHABETICAL, _BY_TIME):
        stop = things.says(draft, i, phrases)
        plain = phrases is _ALPHABETICAL or draft.text(i) not in _BY
        if stop and (plain or _is_sorted(draft, i)):
            draft.take(i - _is_sorted(draft, i), stop, "order")
            return True
    return False


def _is_sorted(draft: Draft, i: int) -> bool:
    return draft.text(i - 1) in _SORTED


def _set(draft: Draft, direction: Direction, start: int, stop: int) -> None:
    if draft.ranking is None:
        said = {draft.text(k) for k in range(start, stop)}
        judged: Literal["best", "worst"] | None = "worst" if "worst" in said else None
        judged = "best" if "best" in said else judged
        draft.ranking = Ranking(direction, None, None, judged, start)
    draft.take(start, stop, "order")


def _sorted_by(draft: Draft, i: int) -> bool:
    """`sorted by total amount`: groups by the measure named next, most first."""
    if _sorts(draft, i):
        draft.take(i, i + 1, "order")
        if draft.ranking is None:
            draft.ranking = Ranking("most", None, start=i)
        return True
    if draft.text(i) not in _SORTED or draft.text(i + 1) not in {*_BY, "on", "according"}:
        return False
    if draft.text(i) == "ordered" and not _is_sortable(draft, i + 2):
        return False
    draft.take(i, i + 1, "order")
    if draft.ranking is None and not _is_name(draft, i + 2):
        draft.ranking = Ranking("most", None, start=i)
    return True


def _sorts(draft: Draft, i: int) -> bool:
    """`rank the carriers by ...`."""
    leads = i == 0 or draft.text(i - 1) in {"please", ",", "me"}
    if not leads or draft.text(i) not in {"rank", "sort", "order", "arrange"}:
        return False
    by = any(draft.text(k) == "by" for k in range(i, len(draft)))
    return by and draft.text(i + 1) in {"the", "all", "our"}


def _is_sortable(draft: Draft, i: int) -> bool:
    """Whether one sorts by what is named: an actor, as in `ordered by customer X`, is none."""
    k = draft.skip(i)
    counted = things.counts_at(draft, i) or things.aggregates_at(draft, k)
    return bool(counted or draft.field_at(k, lambda t: is_measure(t) or is_moment(t), least=0.75))


def _is_name(draft: Draft, i: int) -> bool:
    k = draft.skip(i)
    return things.category_at(draft, k) is not None and not things.counts_at(draft, k)


def settle(draft: Draft) -> None:
    """Orders by names and times, and listings, whose columns are known by now."""
    said = [i for i, role in draft.roles.items() if role == "order"]
    if draft.measures and not (draft.group or draft.bucket):
        return
    words = {draft.text(i) for i in said}
    if words & {"alphabetical", "alphabetic", "alphabetically", "z"}:
        names = draft.group or draft.columns
        if names:
            draft.order = [Order(names[0], descending=False)]
    elif words & {"chronological", "chronologically", "time", "date"}:
        _by_time(draft, descending=False)
    elif words & {"oldest", "youngest"} and draft.listing and (born := lifetimes.born(draft)):
        draft.order = [Order(born.field, descending="youngest" in words)]
    elif words & RECENCY and draft.ranking and draft.ranking.limit is None:
        _by_time(draft, descending=draft.ranking.direction == "most")
    elif draft.listing and not draft.order and not by_field(draft):
        _by_adjective(draft)
    _by_group(draft)


def _by_adjective(draft: Draft) -> None:
    """`most suspicious first`: by the number that is told of so, or it is not known by what."""
    for i in range(1, len(draft)):
        said = draft.roles.get(i) == "order" and draft.text(i - 1) in {"most", "least"}
        if not said or draft.text(i) in _KNOWN or draft.tokens[i].kind != "word":
            continue
        numbers = draft.fields_at(i, lambda t: is_measure(t) and not t.hops, taken=True)
        found = {link.field for link in numbers}
        if len(found) == 1:
            draft.order = [Order(found.pop(), descending=draft.text(i - 1) == "most")]
        else:
            draft.distrust(f"what “{draft.text(i)}” goes by is not known")
        return


def _by_time(draft: Draft, *, descending: bool) -> None:
    if draft.bucket is not None:
        draft.order = [Order("bucket", descending=descending)]
    elif draft.listing and draft.time_field is not None:
        draft.order = [Order(draft.time_field, descending=descending)]
        plain = any(t.text in {"different", "distinct", "unique"} for t in draft.tokens)
        if draft.distinct and not plain and draft.time_field not in draft.columns:
            draft.distinct = False  # rows in time, and no names
            names = [f for f in draft.columns[:1] if f.column.nullable]
            for name in names:
                draft.add_filter(Null(name, negated=True), 0, 0)


def by_field(draft: Draft) -> bool:
    """`orders sorted by amount, descending`: rows by one of their own fields."""
    for i in range(len(draft)):
        if draft.text(i) not in _SORTED or draft.text(i + 1) not in _BY:
            continue
        link = draft.field_at(draft.skip(i + 2), least=0.7)
        if link is None:
            continue
        number = is_number(link.field.column)
        falling = draft.ranking.direction == "most" if draft.ranking else number
        draft.order = [Order(link.field, descending=falling)]
        draft.take(i, link.start, "order")
        draft.take(link.start, link.stop, "order", link.score)
        return True
    return False


def _by_group(draft: Draft) -> None:
    """`sorted by city`, where cities are what is counted by."""
    for i in range(len(draft)):
        if draft.text(i) in _SORTED and draft.text(i + 1) in _BY and not draft.order:
            link = next(draft.fields_at(draft.skip(i + 2), least=0.7, taken=True), None)
            link = link or next(draft.fields_at(i + 2, least=0.7, taken=True), None)
            if link is not None and link.field in draft.group:
                falling = draft.ranking is not None and draft.ranking.direction == "most"
                draft.order = [Order(link.field, descending=falling)]
