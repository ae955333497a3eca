"""What the slots of patterns stand for: things of the catalog, numbers, units, aggregates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.semantic_parser import times
from app.semantic_parser.form import Function
from app.semantic_parser.grammar.draft import Accept, Draft
from app.semantic_parser.grammar.pattern import Find, Slot
from app.semantic_parser.lexicon import AGGREGATES, COMPARISONS, STOP
from app.semantic_parser.linking import FieldTerms
from app.semantic_parser.types import (
    CURRENCIES,
    DURATION_WORDS,
    is_boolean,
    is_number,
    is_text,
    is_time,
)

_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d)?)\Z")
_MOST_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with the stem of its unit as it was said, empty without one."""

    number: Decimal
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregate function; the fraction is of a percentile."""

    function: Function
    fraction: Decimal = Decimal("0.5")


def is_measure(terms: FieldTerms) -> bool:
    """Whether the field is a number that means an amount and not an identity."""
    return is_number(terms.field.column) and not terms.is_id


def is_category(terms: FieldTerms) -> bool:
    """Whether groups may be made by the field."""
    column = terms.field.column
    return is_text(column) or is_boolean(column) or terms.is_id or is_number(column)


def is_moment(terms: FieldTerms) -> bool:
    """Whether the field holds moments."""
    return is_time(terms.field.column)


def is_flag(terms: FieldTerms) -> bool:
    """Whether the field holds true and false."""
    return is_boolean(terms.field.column)


def is_wording(terms: FieldTerms) -> bool:
    """Whether the field holds text."""
    return is_text(terms.field.column)


def is_array(terms: FieldTerms) -> bool:
    """Whether the field holds several values."""
    return terms.field.column.type.upper().startswith("ARRAY")


def is_any(_terms: FieldTerms) -> bool:
    """Every field."""
    return True


def _fields(accept: Accept, least: float) -> Find:
    def find(draft: Draft, i: int) -> Iterator[Slot]:
        best = draft.field_at(i, accept, least=least)
        if best is None:
            return
        yield Slot(best.stop, best, best.score)
        for link in draft.fields_at(i, accept, least=least):
            if link != best:
                yield Slot(link.stop, link, link.score)

    return find


def _number(draft: Draft, i: int) -> Iterator[Slot]:
    if draft.is_free(i) and (number := draft.tokens[i].number) is not None:
        yield Slot(i + 1, number)


def _whole(draft: Draft, i: int) -> Iterator[Slot]:
    for slot in _number(draft, i):
        if slot.value == int(slot.value) and 0 < slot.value <= _MOST_ROWS:
            yield Slot(slot.stop, int(slot.value))


def _quantity(draft: Draft, i: int) -> Iterator[Slot]:
    """`3,000 ms`, `€500`, `20 EUR`, `50 %`, `3`."""
    sign = draft.stem(i) if draft.stem(i) in CURRENCIES and draft.is_free(i) else ""
    for slot in _number(draft, i + bool(sign)):
        unit = draft.stem(slot.stop) if draft.is_free(slot.stop) else ""
        known = unit in CURRENCIES or unit in DURATION_WORDS or unit in {"%", "percent"}
        if known:
            yield Slot(slot.stop + 1, Quantity(slot.value, unit))
        yield Slot(slot.stop, Quantity(slot.value, sign))


def _unit(draft: Draft, i: int) -> Iterator[Slot]:
    if draft.is_free(i) and (unit := times.unit_of(draft.tokens[i])):
        yield Slot(i + 1, unit)


def _nouns(draft: Draft, i: int) -> Iterator[Slot]:
    for noun in draft.nouns_at(i):
        yield Slot(noun.stop, noun, noun.score)


def _rows(draft: Draft, i: int) -> Iterator[Slot]:
    return (slot for slot in _nouns(draft, i) if slot.value.is_rows)


def _values(draft: Draft, i: int) -> Iterator[Slot]:
    for link in draft.values_at(i):
        yield Slot(link.stop, link, link.score)


def _aggregate(draft: Draft, i: int) -> Iterator[Slot]:
    if not draft.is_free(i):
        return
    code = _PERCENTILE.match(draft.text(i))
    if code:
        yield Slot(i + 1, Aggregate("percentile", Decimal(code[1]) / 100))
    number = draft.tokens[i].number
    ordinal = draft.text(i + 1) in {"th", "st", "nd", "rd"}
    stop = i + 1 + ordinal
    if number is not None and 0 < number < 100 and draft.text(stop) in {"percentile", "quantile"}:
        yield Slot(stop + 1, Aggregate("percentile", number / 100))
    if draft.said(i, i + 2) == "middle value":  # no table of these: `value` alone is a number
        yield Slot(i + 2, Aggregate("percentile"))
    for words, function in AGGREGATES:
        if all(draft.text(i + k) == word for k, word in enumerate(words)):
            yield Slot(i + len(words), Aggregate(function))


def _operator(draft: Draft, i: int) -> Iterator[Slot]:
    for words, operator in COMPARISONS:
        stop = i + len(words)
        if draft.is_free(i, stop) and draft.said(i, stop) == " ".join(words):
            yield Slot(stop, operator)


def _word(draft: Draft, i: int) -> Iterator[Slot]:
    """Any one word that is not a small one."""
    if draft.is_free(i) and draft.tokens[i].kind == "word" and draft.text(i) not in STOP:
        yield Slot(i + 1, draft.text(i))


def _code(draft: Draft, i: int) -> Iterator[Slot]:
    """An identifier as it was written: `O-5f3a`, `C-10002`, `42`."""
    if draft.is_free(i) and draft.tokens[i].kind in {"code", "number"}:
        yield Slot(i + 1, draft.tokens[i].raw)


SLOTS: Mapping[str, Find] = {
    "number": _number,
    "whole": _whole,
    "quantity": _quantity,
    "unit": _unit,
    "field": _fields(is_any, 0.5),
    "measure": _fields(is_measure, 0.6),
    "category": _fields(is_category, 0.5),
    "moment": _fields(is_moment, 0.6),
    "flag": _fields(is_flag, 0.6),
    "array": _fields(is_array, 0.6),
    "wording": _fields(is_wording, 0.6),
    "noun": _nouns,
    "rows": _rows,
    "value": _values,
    "aggregate": _aggregate,
    "operator": _operator,
    "word": _word,
    "code": _code,
}
"""By name: what may stand at a position, best first. Field slots hold a `Link`, `noun` and `rows`
a `Noun`, `value` a `ValueLink`, `quantity` a `Quantity`, `aggregate` an `Aggregate`."""
