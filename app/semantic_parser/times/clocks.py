"""Times of the clock: `14:00`, `2 p.m.`, `half past two`, `8 o'clock`, `noon`."""

from __future__ import annotations

import re
from datetime import timedelta

from app.semantic_parser.times.cursor import Cursor
from app.semantic_parser.times.found import ClockTime
from app.semantic_parser.times.units import unit_at

NOON = timedelta(hours=12)
_DOTTED = re.compile(r"[0-2]?\d\.[0-5]\d")
_PARTS = {"morning": "am", "afternoon": "pm", "evening": "pm", "night": "pm"}
_CLOCK_WORDS = {"oclock", "uhr", "h", "hrs", "hours", "sharp"}
_LATEST_LOOSE = timedelta(hours=6)


def clock_time(cursor: Cursor, i: int, *, may_be_bare: bool = False) -> ClockTime | None:
    """The time at `i`; a plain number or `14.30` only where the words before it ask for one."""
    return (
        _named(cursor, i)
        or _spoken(cursor, i)
        or _written(cursor, i)
        or _with_word(cursor, i)
        or (_bare(cursor, i) if may_be_bare else None)
    )


def _named(cursor: Cursor, i: int) -> ClockTime | None:
    j = cursor.skip_one(i, {"12"})
    if cursor.text(j) == "noon":
        return ClockTime(NOON, j + 1, is_settled=True)
    if cursor.text(j) == "midnight":
        return ClockTime(timedelta(0), j + 1, is_settled=True)
    return None


def _spoken(cursor: Cursor, i: int) -> ClockTime | None:
    """`half past two`, `a quarter to nine`, `twenty past four`, `ten minutes to 5 pm`."""
    j = cursor.skip_one(i, {"a"})
    minutes: int | None = {"half": 30, "quarter": 15}.get(cursor.text(j))
    if minutes is None:
        number = cursor.number(j)
        if number is None or not 0 < number[0] < 30 or number[0] != int(number[0]):
            return None
        minutes, j = int(number[0]), cursor.skip_one(number[1], {"minutes"}) - 1
    link = cursor.text(j + 1)
    hour = _hour(cursor, j + 2)
    if link not in {"past", "to"} or hour is None or (link == "to" and minutes == 30):
        return None
    if link == "to" and not cursor.text(i).isalpha():
        return None  # "5 to 9" is a stretch
    at = timedelta(hours=hour[0] % 12, minutes=minutes if link == "past" else -minutes)
    half, stop = _half_of_day(cursor, cursor.skip_one(hour[1], {"oclock"}))
    at += NOON if half == "pm" else timedelta(0)
    at %= timedelta(days=1)
    return ClockTime(at, stop, bool(half), not half and at < _LATEST_LOOSE)


def _hour(cursor: Cursor, i: int) -> tuple[int, int] | None:
    number = cursor.number(i)
    if number is None or number[0] != int(number[0]) or not 1 <= number[0] <= 12:
        return None
    return int(number[0]), number[1]


def _written(cursor: Cursor, i: int) -> ClockTime | None:
    """`14:00`, `9:30 pm`, `14:30 o'clock`."""
    if cursor.kind(i) != "clock":
        return None
    hour, minute, second = (int(p) for p in f"{cursor.text(i)}:0".split(":")[:3])
    return _time(cursor, (hour, minute, second), _after_word(cursor, i + 1)[1])


def _with_word(cursor: Cursor, i: int) -> ClockTime | None:
    """`2 pm`, `2.30 pm`, `8 o'clock`, `two o'clock`, `14.30 o'clock`."""
    read = _digits(cursor, i)
    if read is None:
        return None
    is_clock, after = _after_word(cursor, read[2])
    half, _ = _half_of_day(cursor, read[2])
    if not is_clock and cursor.text(read[2]) not in {"am", "pm"}:
        return None
    is_loose = not half and read[1] == 0
    return _time(cursor, (read[0], read[1], 0), after, is_loose=is_loose)


def _bare(cursor: Cursor, i: int) -> ClockTime | None:
    """`10`, `14.30`."""
    read = _digits(cursor, i)
    if read is None or unit_at(cursor, read[2]):
        return None
    is_day_half = cursor.text(read[2]) == "in" and cursor.text(read[2] + 2) in _PARTS
    is_dash = _written(cursor, read[2]) or _with_word(cursor, read[2])
    if not cursor.ends_phrase(read[2]) and not is_day_half and not is_dash:
        return None
    is_dotted = bool(read[1])
    time = (read[0], read[1], 0)
    return _time(cursor, time, read[2], is_loose=not is_dotted, is_bare=not is_dotted)


def _digits(cursor: Cursor, i: int) -> tuple[int, int, int] | None:
    """Hour, minute and where they end, of `10`, `ten` or `14.30`."""
    text = cursor.text(i)
    if _DOTTED.fullmatch(text) and cursor.kind(i) == "number":
        hour, minute = text.split(".")
        return int(hour), int(minute), i + 1
    if cursor.kind(i) == "number":
        number = cursor.digits(i)
        return (number, 0, i + 1) if number is not None and number <= 24 else None
    hour_word = _hour(cursor, i)
    return (hour_word[0], 0, hour_word[1]) if hour_word else None


def _after_word(cursor: Cursor, i: int) -> tuple[bool, int]:
    """Whether `o'clock` or the like follows, and where it ends."""
    if cursor.matches(i, "o clock"):
        return True, i + 2
    is_word = cursor.text(i) in _CLOCK_WORDS - (
        set() if cursor.kind(i - 1) == "clock" else _LENGTHS
    )
    return is_word, i + 1 if is_word else i


_LENGTHS = {"h", "hrs", "hours"}
"""After `14:00` a habit; after `14` a length."""


def _half_of_day(cursor: Cursor, i: int) -> tuple[str, int]:
    """`am`, `pm`, `in the evening`: which half of the day, and where it ends."""
    if cursor.text(i) in {"am", "pm"}:
        return cursor.text(i), i + 1
    if cursor.matches(i, "in the") and cursor.text(i + 2) in _PARTS:
        return _PARTS[cursor.text(i + 2)], i + 3
    return ("pm", i + 2) if cursor.matches(i, "at night") else ("", i)


def _time(
    cursor: Cursor,
    time: tuple[int, int, int],
    stop: int,
    *,
    is_loose: bool = False,
    is_bare: bool = False,
) -> ClockTime | None:
    hour, minute, second = time
    half, stop = _half_of_day(cursor, stop)
    if hour > 24 or minute > 59 or second > 59 or (hour == 24 and minute + second):
        return None
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    at = timedelta(hours=hour % 24, minutes=minute, seconds=second)
    return ClockTime(
        at,
        stop,
        is_settled=bool(half) or at >= NOON,
        is_loose=is_loose and not half and at < _LATEST_LOOSE,
        is_bare=is_bare and not half,
    )
