"""Things at the head of a question that something is computed for: `the city with the most ...`."""

from __future__ import annotations

import re

from app.semantic_parser import times
from app.semantic_parser.form import Bucket, Field, Operand, Order, Summary
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.measures import operands
from app.semantic_parser.grammar.said import Ranking
from app.semantic_parser.grammar.shape import things
from app.semantic_parser.grammar.shape.orders import RECENCY, by_field
from app.semantic_parser.grammar.shape.rankings import list_by
from app.semantic_parser.grammar.shape.things import Thing
from app.semantic_parser.grammar.shape.which import Rank, set_ranking
from app.semantic_parser.lexicon import (
    BAD,
    EXTREMES,
    JUDGED,
    LISTING,
    RANKS,
    STOP,
    TOP,
)
from app.semantic_parser.tokens import name_parts, word_set
from app.semantic_parser.types import is_duration

_HAVING = word_set("with having has have had got gets that who which whose where")
_POSSESSIVE = word_set("the their its a an total")
_TOP_GRADE = re.compile(r"\b(\d+) \((?:very |the )?(?:good|best|excellent|top|high|great)", re.I)
"""What the best of grades is called in a comment: `from 1 (best) to 6`."""
_LONGEST = 5
_NAMED = 0.85


def with_the_most(draft: Draft) -> None:
    """`the city with the most orders`, `the five accounts with the lowest balance`."""
    for i in range(len(draft)):
        if draft.ranking is not None and draft.ranking.limit is not None:
            return
        rank = _rank(draft, i)
        if rank is None:
            continue
        thing = before(draft, i)
        if thing is None:
            if _time_before(draft, i, rank):
                return
            continue
        number, begin = things.number_before(draft, _first(draft, thing.start))
        limit = number or (things.MANY if things.is_plural(draft, thing.stop - 1) else 1)
        if not thing.is_rows:
            things.add_group(draft, thing)
            set_ranking(draft, rank, limit)
        elif draft.text(rank.start) in RANKS:
            if _has_number(draft, rank.start + 1) and not _rows(draft, thing, rank, limit):
                continue
        elif not _rows(draft, thing, rank, limit):
            continue
        draft.take(i, i + (draft.text(i) not in _HAVING | {"of"}), "order", _NAMED)
        begin -= draft.text(begin - 1) in TOP
        draft.take(begin, thing.start, "order")
        draft.intent = max(draft.intent, 0.95)


def _has_number(draft: Draft, i: int) -> bool:
    """`the players with the most xp`: rows have it themselves, and nothing is counted."""
    named = operands.named_at(draft, i)
    noun = draft.noun_at(i)
    own = named is not None and named.score >= _NAMED and isinstance(named.operand, Field)
    return own and (noun is None or (named is not None and noun.score < named.score))


def _time_before(draft: Draft, i: int, rank: Rank) -> bool:
    """`the day with the most orders`."""
    if not (i > 0 and things.is_time_unit(draft, i - 1)):
        return False
    unit = times.unit_of(draft.tokens[i - 1])
    if unit is None or draft.bucket is not None:
        return False
    number, begin = things.number_before(draft, i - 1)
    draft.bucket = Bucket(unit)
    draft.take(i - 1, i, "bucket")
    draft.take(begin, i - 1, "order")
    set_ranking(draft, rank, number or (things.MANY if things.is_plural(draft, i - 1) else 1))
    return True


def _rank(draft: Draft, i: int) -> Rank | None:
    """`with the most`, `that have the highest`."""
    if draft.said(i, i + 2) == "of the" and draft.text(i + 2) in RANKS and draft.is_free(i, i + 3):
        return Rank(i + 2, RANKS[draft.text(i + 2)])  # "the owner of the most animals"
    did = _did(draft, i)
    if not (draft.text(i) in _HAVING or did) or not draft.is_free(i):
        return None
    k = i + did
    while draft.text(k) in _HAVING | _POSSESSIVE | {"received", "made", "placed"} and k < i + 4:
        k += 1
    if _is_verb(draft, k) and draft.text(k + 1) in {"the", "most", "fewest", "least"}:
        k += 1 + (draft.text(k + 1) == "the")  # "the supplier that delivered the most units"
    word = draft.text(k)
    if not draft.is_free(k):
        return None
    if word in RANKS:
        return Rank(k, RANKS[word])
    if word in JUDGED and (named := operands.after(draft, k + 1, reach=2)):
        return Rank(k, "most" if (word == "best") == _is_good(named.operand) else "least")
    return Rank(k, EXTREMES[word][0]) if word in EXTREMES else None


def _did(draft: Draft, i: int) -> bool:
    """`which visit brought the highest bill`: whatever it did, the row is asked for."""
    asks = draft.text(0) == "which" and i > 1 and draft.tokens[i : i + 1]
    rows = draft.rows_at(1) if asks and draft.tokens[i].kind == "word" else None
    the = draft.text(i + 1) == "the" and draft.text(i + 2) in EXTREMES
    return rows is not None and rows.stop == i and the and draft.text(i) not in STOP


def _is_good(operand: Operand) -> bool:
    """Whether much of a number is what one wants: of a rating rather than of a delay."""
    column = getattr(operand, "column", None)
    if column is None or is_duration(column) or BAD & {*name_parts(column.name)}:
        return False
    top = _TOP_GRADE.search(column.comment)
    return not (top and top[1] in {"0", "1"})


def _is_verb(draft: Draft, k: int) -> bool:
    """Whether the word behind `that` or `who` may be what things did or do."""
    clause = draft.text(k - 1) in {"that", "who", "which"}
    done = (clause or draft.text(k - 2) == "that") and draft.text(k).endswith("ed")
    does = clause and draft.tokens[k : k + 1] and draft.tokens[k].kind == "word"
    return draft.is_free(k) and (done or (bool(does) and draft.text(k) not in RANKS))


def before(draft: Draft, i: int, *, rows_first: bool = True) -> Thing | None:
    """The nearest thing named before `i`, over conditions."""
    for stop in range(i, 0, -1):
        for start in range(max(0, stop - _LONGEST), stop):
            thing = things.at(draft, start, rows_first=rows_first)
            if thing is not None and thing.stop == stop:
                return thing
        if draft.is_free(stop - 1) and draft.text(stop - 1) not in STOP:
            return None
    return None


def _first(draft: Draft, i: int) -> int:
    while draft.roles.get(i - 1) == "filter" and i > 0:
        i -= 1
    return i


def _rows(draft: Draft, thing: Thing, rank: Rank, limit: int) -> bool:
    """Rows by the number that the superlative names."""
    if draft.group or things.asks_number(draft):
        return False
    named = operands.after(draft, rank.start + 1, reach=4)
    if named is None or not isinstance(named.operand, Field):
        return False
    draft.take(rank.start, rank.start + 1, "order")
    draft.take(named.start, named.stop, "order", named.score)
    draft.take(thing.start, thing.stop, "noun", thing.score)
    list_by(draft, named.operand, descending=rank.direction == "most", limit=limit)
    return True


def heads(draft: Draft) -> None:
    """`cities with their number of orders`, `categories sorted by total amount`."""
    if draft.group or draft.listing or draft.bucket or draft.newest or draft.measures:
        return
    head = _head(draft)
    if head is None:
        _hours(draft)
        return
    _with_figures(draft, head) or _by_figure(draft, head) or _in_order(draft, head)


def _in_order(draft: Draft, head: Thing) -> bool:
    """`failure reasons from the rarest to the most frequent`."""
    if draft.ranking is None or draft.ranking.limit is not None or _is_shown(draft, head):
        return False
    if things.is_elsewhere(draft, head.start):
        return False
    things.add_group(draft, head)
    draft.intent = max(draft.intent, 0.95)
    return True


def rows_in_order(draft: Draft) -> None:
    """`orders over 1000 euros, most expensive first`, `cancelled orders, newest first`."""
    ranking = draft.ranking
    computed = draft.group or draft.bucket or draft.measures or draft.listing or draft.newest
    if ranking is None or ranking.limit is not None or computed or things.asks_number(draft):
        return
    words = {draft.text(i) for i, role in draft.roles.items() if role == "order"}
    rows = any(draft.rows_at(i) for i in range(len(draft)))
    if rows and by_field(draft):
        draft.listing = True
        draft.intent = max(draft.intent, 0.9)
        return
    field: Field | None = None
    if words & RECENCY:
        field = draft.time_field
    else:
        kinds = [EXTREMES[word][1] for word in words if word in EXTREMES]
        kinds += ["money"] if "expensive" in words else []
        found = operands.of_kind(draft, kinds[-1], -1) if kinds and kinds[-1] != "any" else None
        field = found.operand if found and isinstance(found.operand, Field) else None
    if rows and field is not None:
        draft.listing = True
        draft.order = [Order(field, descending=ranking.direction == "most")]
        draft.intent = max(draft.intent, 0.9)


def _is_shown(draft: Draft, head: Thing) -> bool:
    """`show late parcels, highest delay first`: rows about them, one after another."""
    ids = {t.field for t in draft.scope.fields if t.is_id}
    leads = any(draft.text(k) in LISTING for k in range(head.start))
    return leads and head.field in ids and not things.asks_number(draft)


def _head(draft: Draft) -> Thing | None:
    """The first noun, where it names several things and no rows or number."""
    i = 0
    while i < len(draft) and (draft.text(i) in STOP | LISTING or not draft.is_free(i)):
        i += 1
    i = things.skip_kinds(draft, i)
    thing = things.at(draft, i) if i < len(draft) else None
    if thing is None or thing.is_rows or not things.is_plural(draft, thing.stop - 1):
        return None
    return thing


def _with_figures(draft: Draft, head: Thing) -> bool:
    """`cities in alphabetical order with the number of orders`, `sites and their consumption`."""
    for i in range(head.stop, len(draft)):
        if draft.text(i) not in {"with", "and"} or not draft.is_free(i):
            continue
        owned = draft.text(i + 1) in {"their", "its"}
        k = i + 1
        while draft.text(k) in _POSSESSIVE - {"total"}:
            k += 1
        asked = things.counts_at(draft, k) or things.aggregates_at(draft, k)
        if not owned and (draft.text(i) == "and" or not asked):
            continue  # "sites and the number of readings" are two things
        if not asked and not _measure(draft, k):
            continue
        things.add_group(draft, head)
        draft.intent = max(draft.intent, 0.95)
        return True
    return False


def _by_figure(draft: Draft, head: Thing) -> bool:
    """`failure reasons by count`, `products by revenue`, `carriers by parcels delivered`."""
    for i in range(head.stop, len(draft)):
        if draft.text(i) != "by" or not draft.is_free(i):
            continue
        k = things.skip_taken(draft, draft.skip(i + 1))
        asked = things.counts_at(draft, i + 1) or things.counts_at(draft, k)
        asked = asked or things.aggregates_at(draft, k)
        if not (asked or _measure(draft, k) or _counted(draft, k)) or _is_shown(draft, head):
            return False
        things.add_group(draft, head)
        if draft.ranking is None:
            draft.ranking = Ranking("most", None, start=i)
        draft.intent = max(draft.intent, 0.95)
        return True
    return False


def _measure(draft: Draft, k: int) -> bool:
    if draft.text(k) in {"count", "number", "volume"}:
        return True
    return operands.after(draft, k, reach=2) is not None


def _counted(draft: Draft, k: int) -> bool:
    """Rows or things that can be counted, said in the plural."""
    noun = draft.noun_at(k)
    return noun is not None and things.is_plural(draft, noun.stop - 1)


def _shows_figure(draft: Draft, k: int) -> bool:
    """Whether a figure follows that is wanted of each: `hours with their number of orders`."""
    while draft.text(k) in _POSSESSIVE:
        k += 1
    return draft.is_free(k) and (
        _measure(draft, k) or bool(things.counts_at(draft, k) or things.aggregates_at(draft, k))
    )


def _count_hours(draft: Draft, i: int) -> None:
    """`hours with a negative price - how many?`: stretches of time in which there are such rows."""
    for k in range(len(draft)):
        stop = things.counts_at(draft, k)
        closing = stop and (stop >= len(draft) or draft.tokens[stop].kind == "mark")
        if closing or stop == i:
            draft.take(k, stop, "measure")
            draft.summary = Summary("count", draft.text(i))
            draft.intent = 1.0
            return


def _hours(draft: Draft) -> None:
    """`today's hours with their number of orders`."""
    for i in range(min(4, len(draft))):
        unit = times.unit_of(draft.tokens[i]) if draft.is_free(i) else None
        if unit is None or not things.is_plural(draft, i) or not things.is_time_unit(draft, i):
            continue
        if draft.text(i + 1) in {"with", "and", "by"}:
            draft.bucket = Bucket(unit)
            draft.take(i, i + 1, "bucket")
            if not _shows_figure(draft, i + 2):
                _count_hours(draft, i)
            return
