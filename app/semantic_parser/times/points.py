"""A day, a stretch of the calendar, a clock time, or a day and a clock time in either order."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from app.semantic_parser.times.clocks import NOON, clock_time
from app.semantic_parser.times.cursor import Cursor
from app.semantic_parser.times.days import day_at
from app.semantic_parser.times.found import ClockTime, Point
from app.semantic_parser.times.moments import DAY, Clock, midnight
from app.semantic_parser.times.periods import period_at
from app.semantic_parser.times.units import length_at

_AT = {"at", ",", "around", "about"}


def point_at(cursor: Cursor, i: int, clock: Clock) -> Point | None:
    """What is told at `i` of the calendar, with a clock time if one follows."""
    day = day_at(cursor, i, clock) or period_at(cursor, i, clock)
    if day is None or not day.is_day:
        return day
    time = _time_behind(cursor, day)
    return joined(day, time, time.stop) if time and not _goes_on(cursor, time) else day


def _time_behind(cursor: Cursor, day: Point) -> ClockTime | None:
    """`yesterday at 14:00`, `yesterday morning at 8`."""
    is_plain = bool(day.part) and cursor.text(day.stop) == "at"
    return clock_time(cursor, cursor.skip_one(day.stop, _AT), may_be_bare=is_plain)


def _goes_on(cursor: Cursor, time: ClockTime) -> bool:
    """Whether the clock time begins a stretch of its own: `yesterday 9am to 11am`."""
    j = cursor.skip_one(time.stop, {"to", "until"})
    return clock_time(cursor, j, may_be_bare=j > time.stop) is not None


def endpoint(
    cursor: Cursor, i: int, clock: Clock, *, takes_day: bool = True, may_be_bare: bool = True
) -> Point | ClockTime | None:
    """One end of a range; a clock time takes the day after it along where it may."""
    if cursor.text(i) == "now" or cursor.matches(i, "right now"):
        stop = i + 1 if cursor.text(i) == "now" else i + 2
        return Point(clock.now, clock.now, stop, "now", is_moment=True)
    point = _day_then_time(cursor, i, clock) or _ago(cursor, i, clock)
    if point:
        return point
    time = clock_time(cursor, i, may_be_bare=may_be_bare)
    if time is None or not takes_day:
        return time
    day = day_at(cursor, cursor.skip_one(time.stop, {"on", ","}), clock)
    return joined(day, time, day.stop) if day and day.is_day else time


def _day_then_time(cursor: Cursor, i: int, clock: Clock) -> Point | None:
    day = day_at(cursor, i, clock) or period_at(cursor, i, clock)
    if day is None or not day.is_day:
        return day
    time = _time_behind(cursor, day)
    return joined(day, time, time.stop) if time else day


def _ago(cursor: Cursor, i: int, clock: Clock) -> Point | None:
    """`two hours ago`: a moment."""
    length = length_at(cursor, i)
    if length is None or length.is_one or cursor.text(length.stop) != "ago":
        return None
    start = clock.back(length.count, length.unit)
    said = length.words if length.count > 1 else f"an {length.words}"
    return Point(start, start, length.stop + 1, f"{said} ago", is_moment=True) if start else None


def joined(day: Point, time: ClockTime, stop: int) -> Point:
    """The moment of a clock time on a day."""
    moment = midnight(day.start) + of_part(time, day.part)
    said = _without_part(day) if day.part else day.words
    words = f"{spoken(moment)} {day.lead}{said}".replace("  ", " ")
    return replace(day, start=moment, end=moment, stop=stop, words=words, lead="", is_moment=True)


def of_part(time: ClockTime, part: str) -> timedelta:
    """The time in its part of the day: `half past two this afternoon`."""
    if part in {"afternoon", "evening", "night"} and not time.is_settled and time.at < NOON:
        return time.at + NOON
    return time.at


def spoken(moment: datetime) -> str:
    """A moment's clock time as it reads in a sentence."""
    if moment == midnight(moment):
        return "midnight"
    return f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"


def _without_part(day: Point) -> str:
    """The part says nothing more once the time is told; `this` and `last` go with it."""
    if day.words.startswith(("this ", "tonight")):
        return "today"
    return "yesterday" if day.words.startswith("last night") else day.words.rpartition(" ")[0]


def day_end(moment: datetime) -> datetime:
    """The midnight after a moment."""
    return midnight(moment) + DAY
