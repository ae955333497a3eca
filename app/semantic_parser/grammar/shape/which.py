"""`which X ...`: the one of a ranking, groups that are kept, names of a listing, or rows."""

from __future__ import annotations

from dataclasses import dataclass

from app.semantic_parser import times
from app.semantic_parser.form import Bucket, Field, Null
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.said import Ranking
from app.semantic_parser.grammar.shape import things
from app.semantic_parser.grammar.shape.things import Thing
from app.semantic_parser.grammar.slots import is_moment
from app.semantic_parser.lexicon import DONE, EXTREMES, JUDGED, RANKS, STOP, Direction
from app.semantic_parser.tokens import word_set

_ASKING = word_set("which what whose")
_NO_END = word_set("recent recently of")
_ONE_DOES = word_set("has was is does")
_PREPOSITIONS = word_set("in on at for from by to of with during within under")
_LEADS = word_set(
    "in on at for from by to of with through via and or me us know show list tell say see find out"
    " is are was were please so hi hello hey , : ; . ? ! - – ( then also under within during over"
    " than who"
)


@dataclass(frozen=True, slots=True)
class Rank:
    """A word that says which end is asked for: `most`, `slowest`, `best`."""

    start: int
    direction: Direction
    is_judged: bool = False


def which(draft: Draft) -> None:
    """Makes groups of what is asked for, where a figure decides about them."""
    for i in range(len(draft)):
        who = draft.text(i) == "who" and draft.text(i + 1) == "of"
        if (who or draft.text(i) in _ASKING) and draft.is_free(i) and _is_asking(draft, i):
            _which(draft, i)


def _is_asking(draft: Draft, i: int) -> bool:
    """Whether the word asks, and does not go on about what stands before: `orders which ...`."""
    if _is_relative(draft, i):
        return False
    if i == 0 or draft.text(i - 1) in _LEADS or not draft.is_free(i - 1):
        return True
    thing = things.at(draft, i + 1)  # "who has the most loans - which member"
    return thing is not None and not thing.is_rows and draft.skip(thing.stop) >= len(draft)


def _is_relative(draft: Draft, i: int) -> bool:
    """`readings in which the pulse was above 100`: a clause about the noun before it."""
    definite = draft.text(i + 1) in {"the", "a", "an", "no", "there", "we", "they", "nobody"}
    return i > 1 and draft.text(i - 1) in _PREPOSITIONS and definite


def _which(draft: Draft, i: int) -> None:
    j = things.skip_kinds(draft, i + 1)
    if draft.text(i + 1) == "of":
        j = things.skip_kinds(draft, i + 2)
    if draft.text(i + 1) in {"is", "are", "was", "were"} and draft.text(i + 2) == "the":
        j = i + 3 if draft.text(i + 4) in {"that", "which", "who", "with", "where"} else j
    limit, k = things.number_at(draft, j)
    k = things.skip_kinds(draft, k)
    rank = rank_in(draft, k) or rank_in(draft, 0)
    if rank and _which_time(draft, i, k, rank):
        return
    kinds = any(draft.text(n) in {"kinds", "kind", "types", "type"} for n in range(i, k))
    thing = _named(draft, k, is_ranked=rank is not None or kinds)
    if thing is None:
        return
    things.take_kinds(draft, i + 1, thing.start)
    if rank is not None and not thing.is_rows:
        draft.take(i, i + 1, "ask")
        draft.take(j, k, "order")
        things.add_group(draft, thing)
        many = things.is_plural(draft, thing.stop - 1) and not _is_one_of(draft, i, thing.stop)
        set_ranking(draft, rank, limit or (things.MANY if many else 1))
    elif rank is None and not thing.is_rows and _is_last(draft):
        draft.take(i, i + 1, "ask")
        draft.take(thing.start, thing.stop, "noun", thing.score)
        draft.columns = [thing.field] if thing.field else []
    elif rank is None:
        draft.take(i, i + 1, "ask")
        _unranked(draft, thing)
    draft.intent = max(draft.intent, 0.95)


def _is_one_of(draft: Draft, i: int, stop: int) -> bool:
    """`which of the carriers has`, `which one of our shops`: one of several."""
    following = draft.text(things.skip_taken(draft, stop))
    return draft.text(i + 1) == "one" or (draft.text(i + 1) == "of" and following in _ONE_DOES)


def _is_last(draft: Draft) -> bool:
    """`which product was ordered last`: the row that it is in is asked for."""
    last = len(draft) - 1
    while last > 0 and draft.tokens[last].kind == "mark":
        last -= 1
    ends = draft.text(last) in {"last", "first"}
    ends = ends or draft.said(last - 1, last + 1) == "most recently"
    return ends and draft.is_free(last)


def _named(draft: Draft, k: int, *, is_ranked: bool) -> Thing | None:
    """What is asked for: right here, behind a condition, or within one."""
    j = things.skip_taken(draft, k)
    if j == k and draft.text(k) in STOP:
        return None
    thing = things.at(draft, j, rows_first=not is_ranked) if draft.is_free(j) else None
    if thing is None and not draft.is_free(k) and draft.roles.get(k) == "filter":
        link = next(draft.fields_at(k, things.groupable, least=0.8, taken=True), None)
        return Thing(link.field, k, link.stop, link.score) if link else None
    return thing


def _unranked(draft: Draft, thing: Thing) -> None:
    """Groups until `settle` knows whether anything is computed for them."""
    if thing.is_rows and thing.field is None:
        draft.take(thing.start, thing.stop, "noun", thing.score)
        draft.listing = True
        return
    if thing.is_rows:
        draft.take(thing.start, thing.stop, "noun", thing.score)
        draft.listing = not things.asks_number(draft)
        return
    things.add_group(draft, thing)


def _which_time(draft: Draft, i: int, k: int, rank: Rank) -> bool:
    """`which hour had the lowest price`, `which delivery hour`."""
    start = k
    if not _unit(draft, k):
        link = draft.field_at(k, is_moment, least=0.6)
        k = link.stop if link else k + 1
        if draft.tokens[start : start + 1] and not (_unit(draft, k) and (link or k < i + 3)):
            return False
    unit = times.unit_of(draft.tokens[k]) if k < len(draft) else None
    if unit is None or not things.is_time_unit(draft, k):
        return False
    draft.bucket = Bucket(unit)
    draft.take(i, i + 1, "ask")
    draft.take(start, k + 1, "bucket")
    set_ranking(draft, rank, things.MANY if things.is_plural(draft, k) else 1)
    draft.intent = max(draft.intent, 0.95)
    return True


def _unit(draft: Draft, k: int) -> bool:
    inside = 0 <= k < len(draft) and draft.is_free(k)
    return inside and times.unit_of(draft.tokens[k]) is not None


def rank_in(draft: Draft, start: int) -> Rank | None:
    """The first free word from `start` on that asks for one end."""
    for i in range(start, len(draft)):
        word = draft.text(i)
        number = draft.tokens[i + 1].number if i + 1 < len(draft) else None
        counted = number is not None or draft.text(i + 1) in {"once", "twice", "one", "a"}
        if not draft.is_free(i) or (draft.text(i - 1) == "at" and counted):
            continue
        if word in RANKS and not (word == "most" and draft.text(i + 1) in _NO_END):
            return Rank(i, RANKS[word])
        if word in EXTREMES and word != "expensive":
            return Rank(i, EXTREMES[word][0])
        if word in JUDGED:
            return Rank(i, "most" if word == "best" else "least", is_judged=True)
    return None


def set_ranking(draft: Draft, rank: Rank, limit: int) -> None:
    """Ranks groups by what is measured; the measures take the word, or it is taken here."""
    judged = draft.text(rank.start) if rank.is_judged else None
    selling = _sells(draft)
    ranking = Ranking(rank.direction, limit, start=rank.start)
    if judged in {"best", "worst"} and not selling:
        ranking = Ranking(rank.direction, limit, None, judged, rank.start)  # type: ignore[arg-type]
    draft.ranking = ranking
    draft.limit = limit
    if draft.group:
        things.rank_in_buckets(draft)
    k = draft.skip(rank.start + 1)
    averaged = draft.said(rank.start + 1, rank.start + 3) == "on average"
    computed = averaged or _computes(draft, k) or _computes(draft, rank.start + 1)
    if draft.text(rank.start) in EXTREMES.keys() | JUDGED and computed:
        draft.take(rank.start, rank.start + 1, "order")  # "the highest average delay"
    if rank.is_judged:
        draft.take(rank.start, rank.start + 1, "order")
        if selling:
            sold = next(k for k in range(len(draft)) if draft.text(k) in _SELLING)
            draft.take(sold, sold + 1, "order")


def _computes(draft: Draft, k: int) -> bool:
    return bool(things.counts_at(draft, k) or things.aggregates_at(draft, k))


_SELLING = word_set("selling sold sell sells seller sellers")


def _sells(draft: Draft) -> bool:
    """Whether what is sold is ranked, and the table is about that."""
    said = any(draft.text(k) in _SELLING and draft.is_free(k) for k in range(len(draft)))
    return said and bool(DONE["sold"] & {*draft.scope.root.name, *draft.scope.root.comment})


def settle(draft: Draft) -> None:
    """Groups of which nothing is computed are only names: `which products did they order`."""
    if draft.group and draft.is_free(0):
        counted = draft.text(0) == "why" and things.asks_number(draft)
        if draft.text(0) in {"who", "where"} or counted:
            draft.take(0, 1, "ask")
    asked = any(draft.text(i) in _ASKING and r == "ask" for i, r in draft.roles.items())
    plain = not (draft.having or draft.measures or draft.ranking or draft.bucket)
    plain = plain and draft.comparison is None
    if not (asked and plain and draft.group) or things.asks_number(draft):
        if asked and plain:
            _given(draft)
        return
    if _names_number(draft):
        return
    names(draft, draft.group)
    draft.group = []


def _given(draft: Draft) -> None:
    """`which failure reasons` are those that are given, where the comment says some are not."""
    for field in draft.group:
        said = field.column.comment.lower()
        known = any(getattr(s.filter, "field", None) == field for s in draft.filters)
        if field.column.nullable and not known and ("null" in said or "empty" in said):
            draft.add_filter(Null(field, negated=True), 0, 0)


def _names_number(draft: Draft) -> bool:
    """`which carriers had what delay`: a figure is asked for as well."""
    seen = sum(draft.text(i) in _ASKING for i in range(len(draft)))
    return seen > 1


def names(draft: Draft, fields: list[Field]) -> None:
    """A listing of the different values of fields."""
    draft.columns = list(fields)
    draft.distinct = draft.listing = True
    draft.intent = max(draft.intent, 0.95)
