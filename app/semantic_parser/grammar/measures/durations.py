"""Times from one moment of a row to another: how long something took, lasted or was open."""

from __future__ import annotations

import re

from app.semantic_parser.form import Duration, Field, Unit
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.slots import is_moment
from app.semantic_parser.linking import FieldTerms, wordforms
from app.semantic_parser.times import unit_of
from app.semantic_parser.tokens import Token, word_set
from app.semantic_parser.types import is_duration, is_number, is_own_length
from app.semantic_parser.types import unit_of as unit_of_column

_ENDING = re.compile(
    r"end|clos|settl|resolv|finish|complet|deliver|arriv|discharg|return|stop|left|depart|out$"
    r"|fix|clear|process|done|until|paid|ship|receiv|expir|answer|land|repair|solv|terminat"
    r"|checkout|dropoff|drop_off|logout|exit|releas|collect",
    re.IGNORECASE,
)
_PLANNED = word_set("plan planned schedul expect promis due target estimat soll eta updat")
_LASTING = word_set(
    "lasts lasted take takes took taken duration durations stay stays stayed until till complete"
    " completed elapse elapsed"
)
_UNITS = {(name,) for name in word_set("s sec second ms min minut h hr hour d dai day")}
_LENGTHS = word_set("duration durations length lasts lasted long")
_BEGINS = word_set(
    "begin start creat rais open report order request book submit receiv pickup admiss admit"
    " check arriv enter login placed"
)
_GENERIC = word_set("time when date day moment ts at on tim dat timestamp")


def of_rows(draft: Draft) -> Duration | None:
    """How long the rows' things took, where a row has its start and one end.

    An end that the question names by its verb (`to settle`, `to close`) goes before another.
    """
    start = start_of(draft)
    if start is None:
        return None
    ends = [t for t in moments(draft) if t.field != start]
    named = [t for t in ends if _is_named(draft, t)]
    likely = named or [t for t in ends if _is_ending(t)]
    if len(likely) != 1:
        return None
    for i in range(len(draft)):
        if draft.text(i) in _LENGTHS or draft.said(i, i + 2) == "how long":
            draft.take(i, i + 1, "measure")
    return Duration(start, likely[0].field, unit(draft))


def start_of(draft: Draft) -> Field | None:
    """The moment at which the rows' things began."""
    known = moments(draft)
    attribute = draft.scope.root.table.time_attribute
    own = [t for t in known if t.field.name == attribute]
    if own and not _ENDING.search(own[0].field.name):
        return own[0].field
    begins = [t for t in known if _BEGINS & t.core and not _PLANNED & t.core]
    if begins:
        return begins[0].field
    return own[0].field if own else None


def named_by(draft: Draft, i: int) -> FieldTerms | None:
    """The one moment of the root that goes by the verb or noun at `i`: `resolve`, `settlement`."""
    said = {word for word, worth in wordforms.said_as(draft.stem(i)) if worth > 0.7}
    said |= {wordforms.root(word) for word in said}
    said |= {draft.text(i).removesuffix("ment")}  # "payment" is when it was paid
    fitting = [t for t in moments(draft) if said & _stems(t)]
    return fitting[0] if len(fitting) == 1 else None


def moments(draft: Draft) -> list[FieldTerms]:
    """The root's own times."""
    return [t for t in draft.scope.fields if is_moment(t) and not t.hops and not t.field.within]


def has_number(draft: Draft) -> bool:
    """Whether rows tell a length of time as a number, which is then what is meant."""
    numbers = [t for t in draft.scope.fields if is_number(t.field.column) and not t.hops]
    return any(
        is_own_length(t.field.column) or (t.name[-1:] in _UNITS and t.name[-1:] != ("ms",))
        for t in numbers
    )


def is_said(draft: Draft, i: int) -> bool:
    """Whether a number goes by the unit at `i` itself: `hours_worked`."""
    numbers = [t for t in draft.scope.fields if is_number(t.field.column) and not t.hops]
    return any(draft.stem(i) in t.core for t in numbers)


def delay_in(draft: Draft, unit_: str) -> Field | None:
    """The one number of the root that tells a delay in a unit."""
    own = [t for t in draft.scope.fields if is_number(t.field.column) and not t.hops]
    delays = [t.field for t in own if {"delay", "lat"} & {*t.core, *t.head}]
    known = [f for f in delays if is_duration(f.column) and unit_of_column(f.column) == unit_]
    return known[0] if len(known) == 1 else None


def unit(draft: Draft) -> Unit:
    """The unit that the answer is wanted in, whose words it takes; minutes where none is said."""
    said = unit_said(draft)
    if said is None:
        return "minute"
    i, found = said
    start = i - 1 if draft.text(i - 1) == "in" else i
    draft.take(start, i + 1, "measure")
    return found


def unit_said(draft: Draft) -> tuple[int, Unit] | None:
    """Where a unit of length is said, and which: `how many hours`, `in seconds`."""
    for i, token in enumerate(draft.tokens):
        found = unit_of(token)
        if found is None or draft.roles.get(i) in {"time", "bucket", "filter"}:
            continue
        if draft.text(i - 1) in {"in", "many", "of", "much"} or _is_plural(token):
            return i, found
    return None


def is_asked(draft: Draft) -> bool:
    """Whether a length of time is asked for at all."""
    words = {t.text for t in draft.tokens}
    return {"how", "long"} <= words or bool(words & _LASTING)


def _is_ending(terms: FieldTerms) -> bool:
    return bool(_ENDING.search(terms.field.name)) and not _PLANNED & terms.core


def _is_named(draft: Draft, terms: FieldTerms) -> bool:
    known = _stems(terms)
    return any(
        wordforms.root(draft.stem(i)) in known
        for i in range(len(draft))
        if draft.roles.get(i) != "time" and draft.text(i) not in {"end", "open", "start", "to"}
    )


def _stems(terms: FieldTerms) -> frozenset[str]:
    words = {*terms.core, *terms.head} - _GENERIC
    return frozenset({*words, *(wordforms.root(w) for w in words)})


def _is_plural(token: Token) -> bool:
    return token.text.endswith("s") and token.text not in {"s", "ms"}
