"""Moments of a row against each other: `delivered after their promised time`, `took over 2 h`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from app.catalog.model import Column
from app.semantic_parser.form import Compares, Duration, Field, Operator, Unit
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.filters import near, quantities
from app.semantic_parser.grammar.filters.operators import operator_at
from app.semantic_parser.grammar.filters.quantities import Said
from app.semantic_parser.grammar.measures import durations
from app.semantic_parser.grammar.slots import is_moment
from app.semantic_parser.lexicon import STOP
from app.semantic_parser.linking import FieldTerms
from app.semantic_parser.tokens import stem, word_set
from app.semantic_parser.types import DURATION_WORDS, is_own_length

_AFTER: near.Phrases = (("later", "than"), ("after",), ("past",), ("following",), ("since",))
_BEFORE: near.Phrases = (("earlier", "than"), ("before",), ("ahead", "of"), ("prior", "to"))
_OF: near.Phrases = (("of",), ("from",), *_AFTER)
_DETERMINERS = word_set("the their its his her they were it was a an being")
_LASTED = word_set(
    "took takes take taking lasted lasts lasting last needed needing need open waited ran"
    " run runs went goes going continued"
)
_WITHIN: tuple[tuple[str, ...], ...] = (("within",), ("in", "under"), ("in", "less", "than"))
_BEGUN = word_set("placed made created opened ordered booked submitted registered started")
_SURE = 0.85
_UNITS: dict[str, Unit] = {"ms": "second", "s": "second", "min": "minute", "h": "hour", "d": "day"}
ENDS = word_set("end clos finish resolv complet stop settl return discharg clear fix leav left")
"""Stems of names for the time at which something was over."""
_ONLY = word_set("only came come was were not until")
_UNTIL = word_set("to until till")
_PARTICLES = word_set("in out up off down over")
_GOES_ON = re.compile(r"\b(?:null|empty),? (?:while|as long as)\b", re.IGNORECASE)
_GENERIC = word_set("time tim date day moment ts at on timestamp")


@dataclass(frozen=True, slots=True)
class _Length:
    """A length of time that is compared, and the words from the comparison on."""

    said: Said
    operator: Operator
    start: int
    stop: int


def others(draft: Draft) -> list[FieldTerms]:
    """Times of the root that not every row has: all but the one that it goes by."""
    usual = usual_of(draft)
    used = draft.time_field if draft.times else None
    return [
        t
        for t in draft.scope.fields
        if not t.hops
        and is_moment(t)
        and not t.field.within
        and t.field not in (usual, used)
        and _may_lack(t.field.column)
    ]


def _may_lack(column: Column) -> bool:
    """Whether rows may be without it: a comment that says nothing of that says enough."""
    return column.nullable and (not column.comment or "null" in column.comment.lower())


def usual_of(draft: Draft) -> Field | None:
    """The time that the root goes by."""
    table = draft.scope.root.table
    moments = [t.field for t in draft.scope.fields if not t.hops and is_moment(t)]
    named = (f for f in moments if f.name == table.time_attribute)
    return next(named, moments[0] if moments else None)


def goes_on(terms: FieldTerms) -> bool:
    """Whether a comment says that a row still goes on while the time is missing."""
    return terms.field.column.nullable and bool(_GOES_ON.search(terms.field.column.comment))


def compared_moments(draft: Draft) -> None:
    """Conditions on two moments of a row, with a length between them or without."""
    if sum(is_moment(t) for t in draft.scope.fields) < 2:
        return
    i = 0
    while i < len(draft):
        i = max(
            i + 1, _reached(draft, i) or _between(draft, i) or _order(draft, i) or _took(draft, i)
        )


def _order(draft: Draft, i: int) -> int:
    """`delivered after their promised time`; 0 where it is not said."""
    for phrases, operator in ((_AFTER, ">"), (_BEFORE, "<")):
        stop = near.phrase_at(draft, i, phrases)
        found = _moment_at(draft, stop) if stop else None
        if found is None:
            continue
        right, end = found
        left = _left(draft, i, right)
        if left is None or left.table != right.table:
            return 0
        draft.add_filter(Compares(left, operator, right), i, end)  # type: ignore[arg-type]
        draft.take(i, end, "filter", 0.95)
        return end
    return 0


def _reached(draft: Draft, i: int) -> int:
    """`a first reply only after more than 4 hours`: from when the row began."""
    length = _length_at(draft, i) if draft.text(i - 1) == "after" else None
    usual = usual_of(draft)
    if length is None or usual is None:
        return 0
    stop = i - 1
    while draft.text(stop - 1) in _ONLY:
        stop -= 1
    links = (near.ending(draft, k, stop, is_moment, least=0.75) for k in range(stop - 3, stop))
    link = next((k for k in links if k and k.field.table == usual.table), None)
    if link is None or link.field == usual:
        return 0
    return _compare(draft, (link.start, length.stop), length, usual, link.field)


def _between(draft: Draft, i: int) -> int:
    """`more than 10 hours after their order`, `within 2 hours of the order`."""
    length = _length_at(draft, i)
    if length is None:
        return 0
    if draft.text(length.stop) == "between":
        return _between_two(draft, i, length)
    after = near.phrase_at(draft, length.stop, _OF)
    before = 0 if after else near.phrase_at(draft, length.stop, _BEFORE)
    found = _moment_at(draft, after or before) if after or before else None
    if found is None:
        return 0
    anchor, end = found
    until = _moment_at(draft, end + 1) if draft.text(end) in _UNTIL else None
    if until and until[0] != anchor and draft.text(length.stop) == "from":
        done = _compare(draft, (i, until[1]), length, anchor, until[0])
        _take_lasted(draft, i, until[0])
        return done
    left = _left(draft, i, anchor)
    if left is None or left == anchor:
        return 0
    first, second = (anchor, left) if after else (left, anchor)
    return _compare(draft, (i, end), length, first, second)


def _between_two(draft: Draft, i: int, length: _Length) -> int:
    """`more than 4 hours between issue and payment`."""
    first = _end_at(draft, length.stop + 1)
    second = _end_at(draft, first[1] + 1) if first and draft.text(first[1]) == "and" else None
    if not first or not second or first[0] == second[0]:
        return 0
    done = _compare(draft, (i, second[1]), length, first[0], second[0])
    _take_lasted(draft, i, second[0])
    return done


def _end_at(draft: Draft, i: int) -> tuple[Field, int] | None:
    """A moment by its name or by what happens then: `issue`, `the payment`."""
    found = _moment_at(draft, i)
    i += draft.text(i) in _DETERMINERS
    named = None if found else durations.named_by(draft, i)
    return found or ((named.field, i + 1) if named else None)


def _took(draft: Draft, i: int) -> int:
    """`took longer than 2 hours to settle`, `resolved within 30 minutes`."""
    length = _length_at(draft, i)
    usual = usual_of(draft)
    if length is None or usual is None or _is_averaged(draft, length.stop):
        return 0
    stop = length.stop
    to_verb = draft.text(stop) == "to" and not draft.text(stop + 1).isdecimal()
    end = _by_verb(draft, stop + 1) if to_verb else None
    if end is not None:
        stop += 2
    else:
        at = i - 1 - (draft.text(i - 1) in _PARTICLES)
        end = _by_verb(draft, at) if _is_within(length, draft) else None
        end = end or _the_end(draft, i)
    if end is None or end == usual:
        return 0
    done = _compare(draft, (i, stop), length, usual, end)
    if done:
        _take_lasted(draft, i, end)
    return done


def _take_lasted(draft: Draft, i: int, end: Field) -> None:
    """Takes the verb before a length: `took longer`, `was settled within`."""
    for k in (i - 1, i - 2):
        if draft.text(k) in _PARTICLES | _LASTED or _by_verb(draft, k) == end:
            draft.take(k, k + 1, "filter")


def _is_averaged(draft: Draft, i: int) -> bool:
    return any(draft.text(k) in {"average", "total", "median"} for k in range(i, i + 5))


def _is_within(length: _Length, draft: Draft) -> bool:
    return draft.text(length.start) in {"within", "in"}


def _length_at(draft: Draft, i: int) -> _Length | None:
    within = near.phrase_at(draft, i, _WITHIN)
    operator: Operator
    if within:
        operator, at = "<=", within
    else:
        found = operator_at(draft, i)
        if found is None:
            return None
        operator, at = found
    said = quantities.number_at(draft, at)
    if said is None or not said.is_duration:
        return None
    return _Length(said, operator, i, said.stop)


def _compare(
    draft: Draft, position: tuple[int, int], length: _Length, first: Field, second: Field
) -> int:
    own = DURATION_WORDS.get(length.said.unit, "d")
    unit = _UNITS[own]
    seconds = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}[unit]
    number = quantities.tidy(length.said.seconds / Decimal(seconds))
    draft.add_filter(Compares(Duration(first, second, unit), length.operator, number), *position)
    draft.take(*position, "filter", 0.95)
    return position[1]


def _moment_at(draft: Draft, i: int) -> tuple[Field, int] | None:
    """A moment named at `i`: by its own name, or as that of the thing whose time it is."""
    if told := _of_pronoun(draft, i):
        return told
    while draft.text(i) in _DETERMINERS:
        i += 1
    if not draft.is_free(i):
        return None
    link = draft.field_at(i, lambda t: is_moment(t) and not t.field.within, least=0.6)
    if link and not {draft.stem(k) for k in range(i, link.stop)} <= _GENERIC:
        return link.field, link.stop
    verb = _by_verb(draft, i, small=draft.text(i).endswith("ed"))
    if verb:
        return verb, i + 1
    root = draft.scope.root.table.name
    for noun in draft.nouns_at(i):
        attribute = _attribute(draft, noun.table) if noun.table != root else None
        if attribute:
            return attribute, noun.stop
    return None


def _of_pronoun(draft: Draft, i: int) -> tuple[Field, int] | None:
    """`after they had been placed`: the time of what the question is about, told elsewhere."""
    k = i + 1
    while draft.text(k) in {"had", "have", "has", "been", "was", "were"}:
        k += 1
    if draft.text(i) not in {"they", "it"} or k == i + 1 or draft.text(k) not in _BEGUN:
        return None
    root = draft.scope.root.table.name
    for start in range(i):
        nouns = [n for n in draft.nouns_at(start, taken=True) if n.score >= _SURE]
        if nouns:
            tables = (n.table for n in nouns if n.table != root)
            found = (a for table in tables if (a := _attribute(draft, table)))
            attribute = None if any(n.is_rows for n in nouns) else next(found, None)
            return (attribute, k + 1) if attribute else None
    return None


def _attribute(draft: Draft, table: str) -> Field | None:
    """The time that the rows of another table go by."""
    for terms in draft.scope.tables:
        column = terms.table.column(terms.table.time_attribute or "")
        if terms.table.name == table and column is not None:
            return Field(table, column)
    return None


def _left(draft: Draft, i: int, right: Field) -> Field | None:
    """The moment that is said before `i`, or the one that rows go by."""
    for start in range(i - 1, max(-1, i - 5), -1):
        verb = _by_verb(draft, start, right)
        if verb is not None:
            draft.take(start, start + 1, "filter")
            return verb
        least = 0.5 if start == i - 1 else 0.75
        for link in draft.fields_at(start, lambda t: is_moment(t) and not t.hops, least=least):
            if link.field != right and link.stop <= i:
                draft.take(link.start, link.stop, "filter", link.score)
                return link.field
    usual = usual_of(draft)
    return usual if usual != right else None


def _by_verb(
    draft: Draft, i: int, but: Field | None = None, *, small: bool = False
) -> Field | None:
    """The one moment of the root that a verb names: `settle` for `settledAt`."""
    word = draft.text(i)
    if not word or (word in STOP and not small) or draft.tokens[i].kind != "word":
        return None
    verbs = {draft.stem(i), stem(word + "ed"), stem(word.removesuffix("e") + "ed")}
    fitting = [
        t.field
        for t in draft.scope.fields
        if not t.hops and is_moment(t) and t.field != but and verbs & t.core
    ]
    return fitting[0] if len(fitting) == 1 else None


def _the_end(draft: Draft, i: int) -> Field | None:
    """The end of what lasts, where no column holds the length."""
    lasted = any(draft.text(k) in _LASTED for k in range(max(0, i - 3), i))
    if not lasted and draft.text(i) not in {"longer", "shorter"}:
        return None
    own = [t for t in draft.scope.fields if not t.hops]
    if any(is_own_length(t.field.column) for t in own):
        return None
    ends = [t.field for t in own if is_moment(t) and ENDS & set(t.name)]
    return ends[0] if len(ends) == 1 else None
