"""Moments that a question names: `the order`, `promised time`, `its successful payment`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.semantic_parser.form import Field
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.measures import durations
from app.semantic_parser.grammar.slots import is_moment
from app.semantic_parser.linking import FieldTerms
from app.semantic_parser.tokens import word_set

_ENDS = word_set("and to until till is are was were did do does has have will on in for per by")
_SMALL = word_set("the a an its their his her they it first last")
_SURE = 0.75


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment and the words that name it."""

    field: Field
    start: int
    stop: int
    score: float


def has_two(draft: Draft) -> bool:
    """Whether there are two moments to tell a length of time from."""
    return sum(1 for t in draft.scope.fields if is_moment(t)) > 1


def usual(draft: Draft) -> Field | None:
    """The time that the root's rows go by."""
    return _of_table(draft, draft.scope.root.table.name)


def take(draft: Draft, instant: Instant) -> None:
    """Takes the words of a moment."""
    draft.take(instant.start, instant.stop, "measure", instant.score)


def at(draft: Draft, i: int, but: Field | None = None) -> Instant | None:
    """The moment named by the phrase that begins at `i`: by its name, its thing or its verb."""
    stop = _phrase(draft, i)
    for k in range(i, stop):
        for link in draft.fields_at(k, is_moment, least=_SURE):
            if link.field != but and not _is_generic(draft, link.start, link.stop):
                return Instant(link.field, link.start, link.stop, link.score)
    for k in range(i, stop):
        for noun in draft.nouns_at(k):
            field = _of_table(draft, noun.table)
            own = not noun.key or noun.is_rows or {f.table for f in noun.key} == {noun.table}
            own = own and _is_whole(draft, noun.table, noun.key)
            if field is not None and field != but and own:
                return Instant(field, noun.start, noun.stop, noun.score)
    for k in range(i, stop):
        terms = durations.named_by(draft, k)
        if terms is not None and terms.field != but:
            return Instant(terms.field, k, k + 1, 0.9)
    return next(_of_values(draft, i, stop, but), None)


def done(draft: Draft, i: int, but: Field) -> Field | None:
    """The moment at which happened what is said from `i` on: `is a parcel picked up`."""
    stop = _clause(draft, i)
    for k in range(i, stop):
        terms = durations.named_by(draft, k)
        if terms is not None and terms.field != but:
            return terms.field
    if next(_of_values(draft, i, stop, but), None):
        return usual(draft)
    named = any(draft.rows_at(k) for k in range(i, stop))
    return usual(draft) if named and usual(draft) != but else None


def _phrase(draft: Draft, i: int) -> int:
    k = i
    while k < len(draft) and draft.text(k) in _SMALL:
        k += 1
    k += 1
    while k < len(draft) and draft.tokens[k].kind == "word" and draft.text(k) not in _ENDS:
        k += 1
    return min(k, len(draft))


def _clause(draft: Draft, i: int) -> int:
    while i < len(draft) and draft.tokens[i].kind != "mark":
        i += 1
    return i


def _of_table(draft: Draft, table: str) -> Field | None:
    """The time that a table's rows go by: its time attribute, or the only one."""
    own = [t.field for t in _moments(draft, table)]
    terms = next((t for t in draft.scope.tables if t.table.name == table), None)
    attribute = terms.table.time_attribute if terms else None
    return next((f for f in own if f.name == attribute), own[0] if len(own) == 1 else None)


def _moments(draft: Draft, table: str) -> list[FieldTerms]:
    fields = draft.scope.fields
    return [t for t in fields if is_moment(t) and t.field.table == table and not t.field.within]


def _is_whole(draft: Draft, table: str, key: tuple[Field, ...]) -> bool:
    """Whether a noun is of the table's rows and not of something that it refers to."""
    if table == draft.scope.root.table.name:
        names = tuple(f.name for f in key)
        return not key or names == draft.scope.root.table.primary_key
    return True


def _of_values(draft: Draft, i: int, stop: int, but: Field | None) -> Iterator[Instant]:
    """`late scan`, `picked up`: the time at which a row of the root says so."""
    time = usual(draft)
    for k in range(i, stop):
        for value in draft.values_at(k):
            own = value.meant[0].field.table == draft.scope.root.table.name
            if own and value.score >= _SURE and time is not None and time != but:
                yield Instant(time, k, k, value.score)


def _is_generic(draft: Draft, start: int, stop: int) -> bool:
    words = word_set("time date day when moment ts")
    return all(draft.text(k) in words for k in range(start, stop))
