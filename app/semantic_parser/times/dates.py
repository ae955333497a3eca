"""Dates, months and years by name or number: `21st of November`, `Nov 21, 2026`, `Q3`, `2026`."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from app.semantic_parser.times.cursor import Cursor
from app.semantic_parser.times.found import Point
from app.semantic_parser.times.moments import DAY, Clock, shifted
from app.semantic_parser.tokens import word_set

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_BY_NAME = {name: n for n, full in enumerate(_MONTHS, 1) for name in (full, full[:3])}
_BY_NAME |= {"sept": 9, "novem": 11, "decem": 12}
_AMBIGUOUS = word_set("may march mar dec sep jun jan")
"""Words of their own, or short names of other things, unless something says month."""
_ORDINALS = {"st", "nd", "rd", "th"}
_BEFORE_DATE = word_set("on since from before after until between to and by around through the for")
_BEFORE_PERIOD = word_set("in during since from before after until of throughout this and for to")
_QUARTER = re.compile(r"q([1-4])")
_YEARS = range(1990, 2100)
_BEFORE_YEAR = word_set("in during since before after until year")
_NO_DEED = word_set("priced valued measured rated ranged scored numbered weighed needed speed")


def date_at(cursor: Cursor, i: int, clock: Clock) -> Point | None:
    """A single day."""
    j = cursor.skip_one(i, {"the"})
    read = _numeric(cursor, j) or _day_first(cursor, j) or _month_first(cursor, i)
    if read:
        return _date(*read, clock=clock)
    return _slashed(cursor, i, clock) or _ordinal(cursor, j, clock)


def stretch_at(cursor: Cursor, i: int, clock: Clock) -> Point | None:
    """A month, a quarter or a year."""
    return _month(cursor, i, clock) or _quarter(cursor, i, clock) or _year(cursor, i)


def month_number(cursor: Cursor, i: int) -> int | None:
    """The month that a word names."""
    return _BY_NAME.get(cursor.text(i)) if cursor.kind(i) == "word" else None


_Read = tuple[int | None, int, int, int]
"""Year, month, day, and where they end."""


def _numeric(cursor: Cursor, i: int) -> _Read | None:
    if cursor.kind(i) != "date":
        return None
    parts = cursor.text(i).split("-")
    if len(parts) != 3 or not all(p.isdecimal() for p in parts):
        return None
    year, month, day = (int(p) for p in parts)
    return (year, month, day, i + 1) if 1800 <= year <= 2200 else None


def _day_first(cursor: Cursor, i: int) -> _Read | None:
    """`21st of November 2026`, `21 Nov`."""
    day = cursor.digits(i)
    if day is None or not 1 <= day <= 31:
        return None
    j = cursor.skip_one(i + 1, _ORDINALS)
    j = cursor.skip_one(j, {"of"})
    month = month_number(cursor, j)
    if month is None:
        return None
    year, stop = _year_number(cursor, j + 1)
    return year, month, day, stop


def _month_first(cursor: Cursor, i: int) -> _Read | None:
    """`November 21st, 2026`, `Nov 21`."""
    month = month_number(cursor, i)
    day = cursor.digits(cursor.skip_one(i + 1, {"the"}))
    if month is None or day is None or not 1 <= day <= 31:
        return None
    j = cursor.skip_one(i + 1, {"the"}) + 1
    if cursor.text(j) in {"am", "pm"}:
        return None
    year, stop = _year_number(cursor, cursor.skip_one(j, _ORDINALS))
    return year, month, day, stop


def _year_number(cursor: Cursor, i: int) -> tuple[int | None, int]:
    j = cursor.skip_one(i, {","})
    year = cursor.digits(j)
    if year in _YEARS and len(cursor.text(j)) == 4:
        return year, j + 1
    return None, i


def _slashed(cursor: Cursor, i: int, clock: Clock) -> Point | None:
    """`on 22/11`."""
    if cursor.kind(i) != "code" or cursor.text(i - 1) not in _BEFORE_DATE:
        return None
    parts = cursor.text(i).split("/")
    if len(parts) != 2 or not all(p.isdecimal() for p in parts):
        return None
    day, month = (int(p) for p in parts)
    day, month = (day, month) if month <= 12 else (month, day)
    return _date(None, month, day, i + 1, clock=clock)


def _ordinal(cursor: Cursor, i: int, clock: Clock) -> Point | None:
    """`on the 21st`, of this month or the one before."""
    day = cursor.digits(i)
    asks = cursor.text(i - 1) == "the" and cursor.text(i - 2) in _BEFORE_DATE
    asks = asks or cursor.text(i - 1) in {"on", "since"}
    is_alone = cursor.ends_phrase(i + 2) and cursor.text(i + 2) != "percentile"
    if not asks or day is None or cursor.text(i + 1) not in _ORDINALS or not is_alone:
        return None
    first = clock.today.replace(day=1)
    for back in range(3):
        month = shifted(first, -back, "month")
        start = _moment(month.year, month.month, day) if month else None
        if start and start <= clock.now:
            return _day_point(start, i + 2, clock)
    return None


_SOON = timedelta(days=31)


def _date(year: int | None, month: int, day: int, stop: int, *, clock: Clock) -> Point | None:
    if year is not None:
        start = _moment(year, month, day)
    else:  # the nearest one that has come, or is about to
        tried = (_moment(clock.now.year + 1 - back, month, day) for back in range(6))
        start = next((s for s in tried if s and s <= clock.now + _SOON), None)
    return _day_point(start, stop, clock) if start else None


def _day_point(start: datetime, stop: int, clock: Clock) -> Point:
    words = f"{start.day} {_MONTHS[start.month - 1].capitalize()}"
    words += "" if start.year == clock.now.year else f" {start.year}"
    return Point(start, start + DAY, stop, words, "on ", is_day=True)


def _moment(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day)  # noqa: DTZ001
    except ValueError:
        return None


def _month(cursor: Cursor, i: int, clock: Clock) -> Point | None:
    """`October`, `last October`, `October 2026`."""
    j = cursor.skip_one(i, {"last", "this", "next"})
    month = month_number(cursor, j)
    if month is None:
        return None
    year, stop = _year_number(cursor, j + 1)
    is_said = year or j > i or cursor.text(i - 1) in _BEFORE_PERIOD
    if cursor.text(j) in _AMBIGUOUS and not is_said:
        return None
    which = cursor.text(i) if j > i else ""
    year = year or _year_of(month, which, clock.now)
    start = _moment(year, month, 1)
    end = shifted(start, 1, "month") if start else None
    if start is None or end is None:
        return None
    words = _MONTHS[month - 1].capitalize() + (f" {year}" if year != clock.now.year else "")
    return Point(start, end, stop, words, "in ", is_so_far=True)


def _year_of(month: int, which: str, now: datetime) -> int:
    """The year of the month that is meant, from where now is."""
    match which:
        case "this":
            return now.year
        case "next":
            return now.year + (month <= now.month)
        case "last":
            return now.year - (month >= now.month)
        case _:
            return now.year - (month > now.month)


def _quarter(cursor: Cursor, i: int, clock: Clock) -> Point | None:
    """`Q3`, `Q3 2025`."""
    match = _QUARTER.fullmatch(cursor.text(i))
    year, stop = _year_number(cursor, i + 1)
    if match is None or not (year or cursor.text(i - 1) in _BEFORE_PERIOD):
        return None
    month = 3 * int(match[1]) - 2
    year = year or _year_of(month, "", clock.now)
    start = _moment(year, month, 1)
    end = shifted(start, 3, "month") if start else None
    if start is None or end is None:
        return None
    words = f"Q{match[1]} {year}"
    return Point(start, end, stop, words, "in ", is_so_far=True)


def _is_end_of_years(cursor: Cursor, i: int) -> bool:
    """`opened from 2015 through 2019`, `the years 2015 to 2019`: what was done has a time.

    What is no deed or year may be any number: `a pressure between 1990 and 2010`.
    """
    first = i if _is_linked_year(cursor, i + 2) else i - 2
    both = _is_linked_year(cursor, first) and _is_linked_year(cursor, first + 2)
    if not both or cursor.text(first + 1) not in {"and", "to", "until", "through"}:
        return False
    lead = first - 1 if cursor.text(first - 1) in {"between", "from"} else first
    done = cursor.text(lead - 1)
    return done in {"year", "years", "born", "built", "made", "sold"} or (
        lead < first and done.endswith("ed") and done not in _NO_DEED
    )


def _is_linked_year(cursor: Cursor, i: int) -> bool:
    return cursor.digits(i) in _YEARS


def _year(cursor: Cursor, i: int) -> Point | None:
    """`in 2025`; what a number counts is no year."""
    year = cursor.digits(i)
    is_said = cursor.text(i - 1) in _BEFORE_YEAR and cursor.ends_phrase(i + 1)
    if year is None or year not in _YEARS or not (is_said or _is_end_of_years(cursor, i)):
        return None
    start, end = _moment(year, 1, 1), _moment(year + 1, 1, 1)
    if start is None or end is None:
        return None
    return Point(start, end, i + 1, str(year), "in ", is_so_far=True)
