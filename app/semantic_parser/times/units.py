"""Units of time and lengths of it: `90 mins`, `half an hour`, `two and a half hours`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.semantic_parser.form import Unit
from app.semantic_parser.times.cursor import Cursor
from app.semantic_parser.tokens import Token

_UNITS: dict[str, Unit] = {
    "sec": "second",
    "second": "second",
    "min": "minute",
    "minut": "minute",
    "h": "hour",
    "hr": "hour",
    "hour": "hour",
    "day": "day",
    "week": "week",
    "wk": "week",
    "month": "month",
    "mth": "month",
    "quarter": "quarter",
    "year": "year",
    "yr": "year",
}
_AFTER_DIGITS: dict[str, Unit] = {
    "s": "second",
    "m": "minute",
    "d": "day",
    "w": "week",
    "y": "year",
    "mins": "minute",
    "hrs": "hour",
    "yrs": "year",
    "wks": "week",
}
_MULTIPLES: dict[str, tuple[int, Unit]] = {"fortnight": (2, "week")}
_SMALLER: dict[Unit, tuple[int, Unit]] = {
    "year": (12, "month"),
    "quarter": (3, "month"),
    "month": (30, "day"),
    "week": (7, "day"),
    "day": (24, "hour"),
    "hour": (60, "minute"),
    "minute": (60, "second"),
}
_ORDER: tuple[Unit, ...] = ("second", "minute", "hour", "day", "week", "month", "quarter", "year")
_SOME = {"couple": 2, "few": 3}
_MOST = 100_000
_HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time, in whole units.

    Attributes:
        count: How many.
        unit: Of what.
        stop: Where it ends in the question.
        is_one: Whether a single unit was named without any number: `last week`.
        words: As it reads in a sentence after `the last`.
    """

    count: int
    unit: Unit
    stop: int
    is_one: bool
    words: str


def unit_of(token: Token) -> Unit | None:
    """The unit of time that a word names, if it does."""
    return _UNITS.get(token.stem) if token.kind == "word" else None


def unit_at(cursor: Cursor, i: int) -> tuple[int, Unit] | None:
    """The unit at `i` and how many of it: a fortnight has two weeks."""
    token = cursor.token(i)
    if token is None or token.kind != "word":
        return None
    unit = unit_of(token)
    if unit:
        return 1, unit
    if token.text in _AFTER_DIGITS and cursor.kind(i - 1) == "number":
        return 1, _AFTER_DIGITS[token.text]
    return _MULTIPLES.get(token.stem)


def length_at(cursor: Cursor, i: int) -> Length | None:
    """The length told at `i`: one or more counted units."""
    read = _simple(cursor, i)
    if read is None:
        return None
    count, unit, stop, is_one = read
    while not is_one and (more := _rest(cursor, stop, unit)):
        added, stop = more
        count += added
    if not 0 < count <= _MOST:
        return None
    return _length(count, unit, stop, is_one=is_one)


def _length(count: Fraction, unit: Unit, stop: int, *, is_one: bool) -> Length:
    said = f"{float(count):g} {unit}s"
    whole, smaller = count, unit
    while whole.denominator != 1 and smaller in _SMALLER:
        factor, smaller = _SMALLER[smaller]
        whole *= factor
    number = max(1, round(whole))
    if smaller == unit or number <= 90:
        said = f"{number} {smaller}s" if number > 1 else smaller
    return Length(number, smaller, stop, is_one, said)


def _rest(cursor: Cursor, i: int, unit: Unit) -> tuple[Fraction, int] | None:
    """`2 hours and 30 minutes`, `1h 30m`: the smaller unit, in parts of the greater."""
    read = _simple(cursor, cursor.skip_one(i, {"and"}))
    if read is None or read[3] or cursor.text(read[2]) in {"before", "earlier", "ago", "prior"}:
        return None
    count, smaller, stop, _ = read
    if _ORDER.index(smaller) >= _ORDER.index(unit):
        return None
    parts = Fraction(1)
    while unit != smaller:
        factor, unit = _SMALLER[unit]
        parts *= factor
        if unit not in _SMALLER and unit != smaller:
            return None
    return count / parts, stop


_Simple = tuple[Fraction, Unit, int, bool]


def _simple(cursor: Cursor, i: int) -> _Simple | None:
    return _part_of_unit(cursor, i) or _counted(cursor, i) or _single(cursor, i)


def _part_of_unit(cursor: Cursor, i: int) -> _Simple | None:
    """`half an hour`, `a quarter of an hour`, `three quarters of an hour`, `half hour`."""
    j = cursor.skip_one(i, {"a", "one"})
    count = Fraction(1)
    if cursor.text(j) in {"two", "three", "3"}:
        count, j = Fraction(2 if cursor.text(j) == "two" else 3), j + 1
    if cursor.text(j) in {"half", "½"} and count == 1:
        count = _HALF
    elif cursor.text(j) in {"quarter", "quarters"}:
        count /= 4
    else:
        return None
    after = cursor.skip_one(cursor.skip_one(j + 1, {"of"}), {"a", "an"})
    unit = unit_at(cursor, after)
    if unit is None or (count != _HALF and unit[1] != "hour"):
        return None
    return count * unit[0], unit[1], after + 1, False


def _counted(cursor: Cursor, i: int) -> _Simple | None:
    """`30 minutes`, `couple of hours`, `two and a half hours`."""
    j = cursor.skip_one(i, {"a"})
    if cursor.text(j) in _SOME:
        count, j = Fraction(_SOME[cursor.text(j)]), cursor.skip_one(j + 1, {"of"})
    else:
        number = cursor.number(i)
        if number is None or not 0 < number[0] <= _MOST:
            return None
        count, j = _fraction(number[0]), number[1]
        j, count = _and_a_half(cursor, j, count)
    unit = unit_at(cursor, j)
    if unit is None:
        return None
    j, count = _and_a_half(cursor, j + 1, count)
    return count * unit[0], unit[1], j, False


def _single(cursor: Cursor, i: int) -> _Simple | None:
    """`hour`, `an hour and a half`."""
    j = cursor.skip_one(i, {"a", "an"})
    unit = unit_at(cursor, j)
    if unit is None:
        return None
    stop, count = _and_a_half(cursor, j + 1, Fraction(1))
    return count * unit[0], unit[1], stop, stop == i + 1


def _and_a_half(cursor: Cursor, i: int, count: Fraction) -> tuple[int, Fraction]:
    if cursor.text(i) == "½":
        return i + 1, count + _HALF
    if cursor.matches(i, "and a half") and cursor.text(i + 3) not in {"an", "of"}:
        return i + 3, count + _HALF
    if cursor.matches(i, "and a quarter"):
        return i + 3, count + _HALF / 2
    return i, count


def _fraction(number: Decimal) -> Fraction:
    return Fraction(number).limit_denominator(1000)
