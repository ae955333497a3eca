"""Numbers with units as they are said, and what they are in a field's own unit."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from app.catalog.model import Column
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.linking import FieldTerms
from app.semantic_parser.types import (
    CURRENCIES,
    DURATION_WORDS,
    DURATIONS,
    is_duration,
    is_money,
    is_number,
    unit_of,
)

_MULTIPLES = {
    "k": Decimal(1_000),
    "thousand": Decimal(1_000),
    "million": Decimal(1_000_000),
    "millions": Decimal(1_000_000),
    "mio": Decimal(1_000_000),
    "mn": Decimal(1_000_000),
    "billion": Decimal(1_000_000_000),
    "dozen": Decimal(12),
}
_CALENDAR_DAYS = {"week": 7}
_SPOKEN_UNITS = {
    "%": "%",
    "percent": "%",
    "kg": "kg",
    "kilo": "kg",
    "kilogram": "kg",
    "gram": "g",
    "g": "g",
    "ton": "t",
    "tonn": "t",
    "km": "km",
    "kilometer": "km",
    "kilometr": "km",
    "met": "m",
    "meter": "m",
    "metr": "m",
    "m": "m",
    "cm": "cm",
    "mm": "mm",
    "kwh": "kwh",
    "kw": "kw",
    "watt": "w",
    "w": "w",
    "mwh": "mwh",
    "volt": "v",
    "v": "v",
    "amp": "a",
    "amper": "a",
    "celsius": "c",
    "degre": "c",
    "degree": "c",
    "°c": "c",
    "byt": "b",
    "kb": "kb",
    "mb": "mb",
    "gb": "gb",
    "litr": "l",
    "liter": "l",
    "l": "l",
    "bar": "bar",
    "hpa": "hpa",
    "bpm": "bpm",
    "kmh": "kmh",
    "mph": "mph",
}
"""Stems of other units to how they are written; a field is known by them in comment or name."""
_WRITTEN = {
    "%": "pct percent %",
    "kg": "kg kilogram kilo",
    "g": "g gram",
    "t": "t ton tonn",
    "km": "km kilometer kilometr",
    "m": "m meter metr",
    "kwh": "kwh",
    "kw": "kw kilowatt",
    "w": "w watt",
    "v": "v volt voltag",
    "a": "a amp amper",
    "c": "c celsius degree degre temp",
    "b": "byt",
    "l": "l litr liter",
}
_SCALES = {
    ("g", "kg"): Decimal("0.001"),
    ("kg", "g"): Decimal(1000),
    ("t", "kg"): Decimal(1000),
    ("m", "km"): Decimal("0.001"),
    ("km", "m"): Decimal(1000),
    ("kwh", "mwh"): Decimal("0.001"),
    ("mwh", "kwh"): Decimal(1000),
    ("w", "kw"): Decimal("0.001"),
    ("gb", "mb"): Decimal(1000),
    ("mb", "gb"): Decimal("0.001"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A number as it was said.

    Attributes:
        number: Its value.
        unit: The stem of its unit, empty without one.
        start: Where it starts.
        stop: Where it stops, unit and all.
    """

    number: Decimal
    unit: str
    start: int
    stop: int

    @property
    def is_duration(self) -> bool:
        """Whether it is a length of time."""
        return self.unit in DURATION_WORDS or self.unit in _CALENDAR_DAYS

    @property
    def is_money(self) -> bool:
        """Whether it is an amount of money."""
        return self.unit in CURRENCIES

    @property
    def seconds(self) -> Decimal:
        """How long a length of time is."""
        if self.unit in _CALENDAR_DAYS:
            return self.number * _CALENDAR_DAYS[self.unit] * DURATIONS["d"]
        return self.number * DURATIONS[DURATION_WORDS[self.unit]]


def number_at(draft: Draft, i: int) -> Said | None:
    """The number that free words from `i` on say: `3,000 ms`, `€ 500`, `2 million`, `an hour`."""
    start, sign = i, ""
    if draft.stem(i) in CURRENCIES and draft.is_free(i):
        i, sign = i + 1, draft.stem(i)
    minus = draft.text(i) in {"minus", "-", "−"} and draft.is_free(i)
    i += minus
    if not draft.is_free(i):
        return None
    number = draft.tokens[i].number
    if number is None:
        an_hour = draft.text(i) in {"a", "an", "one"} and draft.stem(i + 1) in DURATION_WORDS
        return Said(Decimal(1), draft.stem(i + 1), start, i + 2) if an_hour else None
    i += 1
    split = _split_unit(draft, i)
    if split:
        return Said(-number if minus else number, split, start, i + 2)
    if draft.text(i) in _MULTIPLES and draft.is_free(i):
        number, i = number * _MULTIPLES[draft.text(i)], i + 1
    unit = _unit_at(draft, i)
    number = -number if minus else number
    return Said(number, unit or sign, start, i + bool(unit))


def _split_unit(draft: Draft, i: int) -> str:
    """`kWh`, of which a reader of camel case makes two words."""
    if not draft.is_free(i, i + 2):
        return ""
    first, second = draft.tokens[i].raw, draft.tokens[i + 1].raw
    if (first.lower(), second.lower()) == ("km", "h"):
        return "kmh"
    camel = first[-1:].islower() and second[:1].isupper()
    unit = (first + second).lower()
    return unit if camel and unit in _SPOKEN_UNITS else ""


def _unit_at(draft: Draft, i: int) -> str:
    stem = draft.stem(i)
    if not draft.is_free(i) or not stem:
        return ""
    known = stem in CURRENCIES or stem in DURATION_WORDS or stem in _CALENDAR_DAYS
    return stem if known or stem in _SPOKEN_UNITS else ""


def fits(said_unit: str, terms: FieldTerms) -> bool:
    """Whether a number said with a unit can be of the field."""
    column = terms.field.column
    if not is_number(column):
        return False
    if said_unit in DURATION_WORDS or said_unit in _CALENDAR_DAYS:
        return is_duration(column)
    if said_unit in CURRENCIES:
        return is_money(column) or (not unit_of(column) and is_plainly_money(terms))
    return is_in_unit(said_unit, terms) if said_unit in _SPOKEN_UNITS else True


def is_plainly_money(terms: FieldTerms) -> bool:
    """Whether a field is money by its name, though no currency is given."""
    names = {"amount", "pric", "cost", "fee", "balanc", "revenu", "total", "sal", "pay", "salari"}
    names |= {"valu", "fare", "budget", "spend", "charg", "premium", "bal"}
    return bool(names & set(terms.name)) and not terms.is_id


def is_in_unit(said_unit: str, terms: FieldTerms) -> bool:
    """Whether the field's comment or name has the unit that was said."""
    written = _SPOKEN_UNITS[said_unit]
    words = {*_WRITTEN.get(written, written).split(), written}
    own = unit_of(terms.field.column).lower()
    known = {*terms.name, *terms.head, *terms.rest} | ({own} if own else set())
    spoken = {_SPOKEN_UNITS.get(k, "") for k in known}
    scaled = any((written, s) in _SCALES for s in spoken)
    return bool(words & known) or scaled


def converted(said: Said, column: Column) -> Decimal | None:
    """The number in the column's own unit; None where it cannot be put into that."""
    own = unit_of(column)
    if said.is_money:
        return said.number if CURRENCIES[said.unit] == own or not own else None
    if said.is_duration:
        if own not in DURATIONS:
            return said.number
        return tidy(said.seconds / DURATIONS[own])
    written, spoken = _SPOKEN_UNITS.get(said.unit, ""), _SPOKEN_UNITS.get(own.lower(), "")
    return tidy(said.number * _SCALES.get((written, spoken), Decimal(1)))


def tidy(number: Decimal) -> Decimal:
    """The number without an exponent or zeros at its end."""
    number = number.normalize()
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number
