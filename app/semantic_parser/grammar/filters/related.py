"""Rows of other tables that belong to a row, or do not: `orders without a payment`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from app.semantic_parser import used
from app.semantic_parser.form import AnyOf, During, Equals, Field, Filter, Join, Related, TimeRange
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.filters import near, ways
from app.semantic_parser.grammar.said import Stated
from app.semantic_parser.lexicon import STOP
from app.semantic_parser.linking import Noun
from app.semantic_parser.tokens import word_set

_HAVING = word_set("with have has had having placed made got received")
_LACKING = word_set("without no never not lacking")
_ARTICLES = word_set("a an any at least one single some")
_ASKING = word_set("many much average total median number count highest lowest largest smallest")
_OF = word_set("number count sum total average amount value")
_BE = word_set("is are was were be been being have has had did do does")
_BEFORE_QUESTIONS = {"", "me", "us", "know", "tell", "see", "say", "out", ":", ".", "and", "hi"}
"""Behind these, `which` asks and does not go on about what stands before."""
_MOST_BETWEEN = 4


def related(draft: Draft) -> None:
    """Conditions over rows that belong to a row of the root, several of them or none."""
    if not draft.scope.reached:
        return
    for i in range(len(draft)):
        for noun in draft.nouns_at(i, taken=True) if draft.roles.get(i) != "context" else ():
            join = None if noun.is_rows else _many(draft, noun.table)
            if join and _is_their_noun(draft, noun) and _relate(draft, noun, join):
                break
    _fold(draft)


def _many(draft: Draft, table: str) -> Join | None:
    """The one join to a table that has several rows for one of the root."""
    reach = draft.scope.reached.get(table)
    if reach is None or len(reach.joins) != 1 or not reach.joins[0].many:
        return None
    return ways.chosen(draft, reach.joins[0])


def _is_their_noun(draft: Draft, noun: Noun) -> bool:
    """Whether rows of the other table are named and not what a field of the root identifies."""
    best = draft.noun_at(noun.start, taken=True)
    own = (f for f in draft.fields_at(noun.start, taken=True) if not f.hops)
    better = any(f.stop > noun.stop or f.score >= noun.score for f in own)
    return best is not None and best.table == noun.table and not better


def _relate(draft: Draft, noun: Noun, join: Join) -> bool:
    """`with a declined card transaction`, `who have no orders`, `never had a payment`."""
    k, inside = noun.start - 1, []
    while k >= 0 and noun.start - k <= _MOST_BETWEEN + 2:
        stated = next((s for s in draft.filters if s.start <= k < s.stop), None)
        if stated is not None and _is_of(stated.filter, noun.table):
            inside.append(stated)
            k = stated.start - 1
        elif draft.text(k) in _ARTICLES:
            k -= 1
        else:
            break
    stop = noun.stop
    for stated in sorted(draft.filters, key=lambda s: s.start):
        if stop <= stated.start <= stop + 2 and _is_of(stated.filter, noun.table):
            inside.insert(0, stated)
            stop = max(stop, stated.stop)
    lacks = draft.text(k) in _LACKING or draft.said(k - 1, k) in _LACKING
    if not lacks and draft.text(k) not in _HAVING:
        return False
    if _is_counted(draft, k, noun):
        return False
    start = k
    if lacks and draft.text(k - 1) in {"have", "has", "had", "with", *_LACKING}:
        start = k - 1  # "have no", "never got"
    none = _nobody(draft, k)
    start = none or start
    negated = bool(lacks or none or near.negation(draft, k, join.on[0][0]))
    filters = tuple(_plain(s.filter) for s in reversed(inside))
    draft.filters = [s for s in draft.filters if s not in inside]
    filters = (*filters, *_their_time(draft, noun.start, join))
    draft.add_filter(Related(join, filters, negated=negated), start, stop)
    draft.take(start, noun.stop, "filter", noun.score)
    _check(draft, start)
    return True


def _nobody(draft: Draft, k: int) -> int:
    """Where `nobody has` starts, of a verb that ends at `k`; 0 where it is not said."""
    if draft.text(k - 1) in {"nobody", "noone"}:
        return k - 1
    return k - 2 if draft.said(k - 2, k) == "no one" else 0


def _is_counted(draft: Draft, i: int, noun: Noun) -> bool:
    """`with at least 5 orders` limits groups."""
    return any(
        draft.tokens[k].number is not None and draft.text(k) != "one" for k in range(i, noun.start)
    )


def _is_of(filter_: Filter, table: str) -> bool:
    fields = () if isinstance(filter_, (Related, AnyOf)) else used.of_filter(filter_)
    return bool(fields) and all(f.table == table for f in fields)


def _plain(filter_: Filter) -> Filter:
    """The condition without the negation that was said of the rows: `without failed payments`."""
    if isinstance(filter_, Equals) and filter_.negated:
        return Equals(filter_.field, filter_.values)
    return filter_


def _fold(draft: Draft) -> None:
    """Conditions on tables with several rows for one of the root ask for any such row."""
    tables = {f.table for s in draft.filters for f in used.of_filter(s.filter)}
    for table in sorted(tables - {draft.scope.root.table.name}):
        join = _many(draft, table)
        if join is None or _is_asked_for(draft, table):
            continue
        inside = [s for s in draft.filters if _is_of(s.filter, table)]
        if inside:
            _replace(draft, inside, join)


def _is_asked_for(draft: Draft, table: str) -> bool:
    """Whether the rows of the table are what is counted or measured: each is met by itself."""
    for i in range(len(draft)):
        if any(noun.table == table for noun in draft.nouns_at(i, taken=True)):
            k = i - 1
            while k >= 0 and (draft.roles.get(k) == "filter" or draft.text(k) in {"the", "all"}):
                k -= 1
            if draft.text(k) in _ASKING or (draft.text(k) == "of" and draft.text(k - 1) in _OF):
                return True
    return False


def relatives(draft: Draft) -> None:
    """Takes `who were`, `that have been` before conditions: they say nothing of their own."""
    for stated in draft.filters:
        k = stated.start - 1
        while k >= 0 and (draft.text(k) in _BE or draft.roles.get(k) == "filter"):
            k -= 1
        asks = draft.text(k - 1) in _BEFORE_QUESTIONS and draft.text(k) != "that"
        if draft.text(k) in {"who", "that", "which", "whose"} and draft.is_free(k) and not asks:
            draft.take(k, k + 1, "filter")


def _replace(draft: Draft, inside: Sequence[Stated], join: Join) -> None:
    start, stop = min(s.start for s in inside), max(s.stop for s in inside)
    negated = all(isinstance(s.filter, Equals) and s.filter.negated for s in inside)
    filters = tuple(_plain(s.filter) if negated else s.filter for s in inside)
    draft.filters = [s for s in draft.filters if s not in inside]
    done = not negated and any(draft.text(s.stop - 1).endswith("ed") for s in inside)
    filters = (*filters, *_their_time(draft, start, join, done=done))
    draft.add_filter(Related(join, filters, negated=negated), start, stop)
    _check(draft, start)


def _their_time(draft: Draft, i: int, join: Join, *, done: bool = False) -> tuple[Filter, ...]:
    """A time said after them is theirs, where the rows of the root are not events themselves.

    It is as well where it says when something was done: `denied in the last hour`.
    """
    column = join.table.column(join.table.time_attribute or "")
    own = draft.scope.root.table.time_attribute and not done
    if column is None or own or len(draft.spans) != 1:
        return ()
    (span,) = draft.spans
    if span.start < i or not isinstance(span.meaning, TimeRange):
        return ()
    draft.times = [t for t in draft.times if t[1] != span.start]
    draft.take(span.start, span.stop, "time")
    return (During(Field(join.table.name, column), span.meaning),)


def _check(draft: Draft, i: int) -> None:
    """What other things than the rows have or lack is not a condition on the rows."""
    thing = near.thing_before(draft, i)
    if thing is not None and not thing.is_rows:
        said = draft.said(thing.start, thing.stop)
        draft.distrust(f"what {said} have in all is not asked of single rows")


def alternatives(draft: Draft) -> None:
    """`cancelled or over 500 euros`: conditions with `or` between them."""
    stated = sorted(draft.filters, key=lambda s: (s.start, s.stop))
    for first, second in pairwise(stated):
        between = [draft.text(k) for k in range(first.stop, second.start)]
        if "or" not in between or len(between) > 5:
            continue
        if not all(
            w in STOP or w in near.LINKING or draft.rows_at(first.stop + n, taken=True)
            for n, w in enumerate(between)
        ):
            continue
        if len([s for s in stated if s.start >= first.start - 3]) > 2:
            draft.distrust("which of the conditions “or” joins is not clear")
        draft.filters = [s for s in draft.filters if s not in (first, second)]
        draft.add_filter(AnyOf((first.filter, second.filter)), first.start, second.stop)
        return
