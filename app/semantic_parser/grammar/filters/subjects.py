"""Which field a number in a comparison is about."""

from __future__ import annotations

from app.semantic_parser.grammar.draft import Accept, Draft
from app.semantic_parser.grammar.filters import near, quantities
from app.semantic_parser.grammar.filters.quantities import Said
from app.semantic_parser.grammar.slots import is_measure
from app.semantic_parser.lexicon import MONEY_WORDS, STOP
from app.semantic_parser.linking import FieldTerms, Link, Noun
from app.semantic_parser.tokens import name_parts, word_set
from app.semantic_parser.types import (
    DURATION_WORDS,
    is_additive,
    is_duration,
    is_money,
    unit_of,
)

_DURATION_WORDS = word_set(
    "longer slower faster quicker shorter late later delayed early took takes taking take lasted"
    " lasting lasts waited waiting behind"
)
_SURE = 0.75
"""A name that fits worse than this comes after units and adjectives."""
_SURE_THING = 0.8
_VALUES = word_set("valu val measurement")
_LATE = word_set("late delayed behind")
_MONEY_ADJECTIVES = word_set(
    "expensive costlier pricier cheaper worth costing cost costs priced valued paying paid earning"
)
_KINDS = {
    **dict.fromkeys(word_set("older younger"), ("age", "year")),
    **dict.fromkeys(word_set("heavier lighter weighing weigh weighs"), ("weight",)),
    **dict.fromkeys(word_set("hotter warmer colder cooler"), ("temperatur", "temp")),
    **dict.fromkeys(word_set("taller higher"), ("height",)),
    **dict.fromkeys(word_set("faster slower speeding"), ("speed", "velociti")),
    **dict.fromkeys(word_set("farther further"), ("distanc",)),
}
"""Adjectives to the stems of what they compare."""


def compared(draft: Draft, start: int, said: Said) -> Link | None:
    """The field that the words from `start` to the end of `said` compare.

    Named before or after, known by its unit, by an adjective, or the one measure that rows have.
    """

    def accept(terms: FieldTerms) -> bool:
        return is_measure(terms) and quantities.fits(said.unit, terms)

    if said.is_duration and draft.text(said.stop) in {"after", "before"}:
        return None  # of two moments, where these are known
    named = _named(draft, start, said, accept)
    if named and named.score >= _SURE:
        return _decided(draft, named, accept)
    own = _held(draft, start)
    found = (
        _by_adjective(draft, start, said, [t for t in own if accept(t)])
        or _by_unit(start, said, [t for t in own if accept(t)])
        or _main_measure(draft, start, said, own)
    )
    return found or (_decided(draft, named, accept) if named else None)


def _held(draft: Draft, start: int) -> list[FieldTerms]:
    """The fields of the thing named right before: `a card transaction over 500 euros`."""
    k = start
    while k > 0 and start - k < 3 and draft.text(k - 1) in near.LINKING:
        k -= 1
    table = draft.scope.root.table.name
    for begin in range(max(0, k - 4), k):
        noun = draft.noun_at(begin, taken=True)
        if noun and noun.stop == k and noun.score >= _SURE_THING:
            held = table if noun.is_rows else noun.table
            return [t for t in draft.scope.fields if t.field.table == held]
    return [t for t in draft.scope.fields if not t.hops]


def _named(draft: Draft, start: int, said: Said, accept: Accept) -> Link | None:
    sides = (near.before(draft, start, accept), near.after(draft, said.stop, accept))
    found = [link for link in sides if link and not _is_rows(draft, link)]
    if found:
        return max(found, key=lambda k: k.score)
    if said.unit:
        whole = Said(said.number, "", said.start, said.stop - 1)
        named = near.after(draft, whole.stop, accept, least=0.75)  # "48 hours of delay"
        if named and named.stop > said.stop:
            return named
    return None


def _decided(draft: Draft, link: Link, accept: Accept) -> Link:
    """The link, with a near tie noted so that the user can be asked."""
    best = draft.field_at(link.start, accept, least=0.5)
    return best if best and best.stop == link.stop else link


def _is_rows(draft: Draft, link: Link) -> bool:
    """Whether words that only hint at the field are the rows' own name."""
    noun = draft.rows_at(link.start)
    return noun is not None and noun.stop >= link.stop and link.score < noun.score


def _by_unit(start: int, said: Said, own: list[FieldTerms]) -> Link | None:
    own = [t for t in own if not _is_off_scale(said, t)]
    if not said.unit or not own:
        return None
    best = _likeliest(own)
    if len(own) > 1 and not (said.is_money and best is own[0]):
        return near.implied(best, start, 0.8) if said.is_money else None
    return near.implied(best, start, 0.9)


def _is_off_scale(said: Said, terms: FieldTerms) -> bool:
    """Whether minutes would be said of what is kept in milliseconds."""
    return (
        DURATION_WORDS.get(said.unit) in {"min", "h", "d"} and unit_of(terms.field.column) == "ms"
    )


def _by_adjective(draft: Draft, start: int, said: Said, own: list[FieldTerms]) -> Link | None:
    words = {draft.text(k) for k in range(max(0, start - 2), min(said.stop + 2, len(draft)))}
    for word in sorted(words):
        stems = _KINDS.get(word, ())
        fitting = [t for t in own if set(stems) & {*t.name, *t.head}]
        if fitting:
            return near.implied(fitting[0], start, 0.9)
    if words & _DURATION_WORDS:
        lengths = [t for t in own if is_duration(t.field.column) and not _is_off_scale(said, t)]
        if words & _LATE:
            lengths = [t for t in lengths if {"delay", "late"} & {*t.name, *t.head}] or lengths
            _take_word(draft, said.stop, _LATE)
        return near.implied(lengths[0], start, 0.9) if len(lengths) == 1 else None
    if words & _MONEY_ADJECTIVES:
        money = [t for t in own if _is_money(t)]
        for k in (start - 1, said.stop):
            if draft.stem(k) in MONEY_WORDS or draft.text(k) in _MONEY_ADJECTIVES:
                draft.take(k, k + 1, "filter") if money else None
        return near.implied(_likeliest(money), start, 0.9) if money else None
    return None


def _take_word(draft: Draft, i: int, words: frozenset[str]) -> None:
    if draft.is_free(i) and draft.text(i) in words:
        draft.take(i, i + 1, "filter")


def _main_measure(draft: Draft, start: int, said: Said, own: list[FieldTerms]) -> Link | None:
    """`orders over 300`: rows that are an amount of money, where nothing else follows."""
    if said.unit:
        return None
    following = draft.text(said.stop)
    ends = not following or following in STOP or said.stop in draft.roles
    ends = ends or draft.tokens[said.stop].kind == "mark" or _is_unit(draft, said.stop)
    money = [t for t in own if _is_money(t) and is_measure(t)] or _plain_value(own)
    noun = near.thing_before(draft, start)
    rows = noun is not None and _holds(draft, noun, own)
    if not (ends and rows and money):
        return None
    return near.implied(_likeliest(money), start, 0.85)


def _is_unit(draft: Draft, i: int) -> bool:
    """`below 134 mmol/L`, where another field says the unit of each row's value."""
    meant = (m for link in draft.values_at(i) for m in link.meant)
    return any("unit" in name_parts(m.field.name) for m in meant)


def _plain_value(own: list[FieldTerms]) -> list[FieldTerms]:
    """The number of rows that are values of what another field names: `sodium below 134`."""
    found = [t for t in own if is_measure(t) and set(t.name) <= _VALUES]
    return found if len(found) == 1 else []


def _holds(draft: Draft, noun: Noun, own: list[FieldTerms]) -> bool:
    """Whether the things are those that have these fields."""
    held = own[0].field.table if own else ""
    if held != draft.scope.root.table.name:
        return noun.table == held
    key = tuple(f.name for f in noun.key)
    return noun.is_rows or (noun.table == held and key == draft.scope.root.table.primary_key)


def _is_money(terms: FieldTerms) -> bool:
    column = terms.field.column
    return is_money(column) or quantities.is_plainly_money(terms)


def _likeliest(own: list[FieldTerms]) -> FieldTerms:
    """An amount before a fee that is a part of it: the first that adds up and is no fee."""
    parts = {"fee", "tax", "vat", "discount", "shipp", "tip", "limit", "lim"}
    whole = [t for t in own if not parts & set(t.name)] or own
    return next((t for t in whole if is_additive(t.field.column)), whole[0])
