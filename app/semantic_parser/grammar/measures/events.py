"""What happened to rows, as a noun: `check-ins per hour`, `discharges today`, by their times."""

from __future__ import annotations

from dataclasses import dataclass

from app.semantic_parser.form import Field, Metric, Null
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.slots import is_moment
from app.semantic_parser.lexicon import STOP
from app.semantic_parser.linking import FieldTerms
from app.semantic_parser.tokens import word_set

_PARTICLES = word_set("in out off up")
_BEFORE_NOUNS = word_set("many most fewest of the all any and or , : .") | {""}
"""What `check in` follows as a noun; its plural is lost where the token is read."""
_TIMES = word_set("time tim date day moment ts hour")
_SURE = 0.88


@dataclass(frozen=True, slots=True)
class Event:
    """A moment of the rows, and the words for what happened then."""

    field: Field
    start: int
    stop: int
    score: float


def at(draft: Draft, i: int) -> Event | None:
    """The event that a noun in the plural names at `i`; rows and things of that name are none."""
    known = draft.is_free(i) or draft.roles.get(i) == "time"  # "discharges today"
    if (
        not known
        or draft.text(i) in STOP
        or draft.text(i).endswith("ed")
        or draft.noun_at(i, taken=True) is not None
    ):
        return None
    stop = i + 1 + (draft.text(i + 1) in _PARTICLES and draft.text(i - 1) in _BEFORE_NOUNS)
    if stop == i + 1 and (not draft.text(i).endswith("s") or draft.stem(i) in _TIMES):
        return None
    links = draft.fields_at(i, _is_own, least=_SURE, taken=True)
    link = next((link for link in links if link.stop <= stop), None)
    return Event(link.field, i, stop, link.score) if link else None


def first(draft: Draft, i: int) -> Event | None:
    """The event that the first noun from `i` on names, over small words."""
    for k in range(i, len(draft)):
        event = at(draft, k)
        if event is not None or not draft.is_filler(k):
            return event
    return None


def count(draft: Draft, event: Event) -> None:
    """Counts the rows to which it happened, by the time at which it did."""
    table = draft.scope.root.table
    said = draft.said(event.start, event.stop)
    draft.roles.update(dict.fromkeys(range(event.start, event.stop), "noun"))
    draft.credit.update(dict.fromkeys(range(event.start, event.stop), event.score))
    draft.add_measure(Metric("count", noun=said), event.start, event.stop, event.score)
    k = event.stop + 1
    if draft.text(event.stop) in {"and", "or"} and (other := at(draft, k)):
        draft.distrust(f"{draft.said(k, other.stop)} are not part of it")
    if event.field.name == table.time_attribute:
        return
    draft.time_field = event.field
    draft.add_filter(Null(event.field, negated=True), event.start, event.stop)


def unsaid(draft: Draft) -> None:
    """`check-ins per hour`, where nothing else is asked for."""
    if draft.measures or draft.listing or draft.asks_whether or draft.comparison:
        return
    event = first(draft, 0)
    if event is not None:
        count(draft, event)


def _is_own(terms: FieldTerms) -> bool:
    return is_moment(terms) and not terms.hops and not terms.field.within
