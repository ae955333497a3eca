"""Days and their parts, told from today: `yesterday evening`, `last Tuesday`, `3 days ago`."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.semantic_parser.times.cursor import Cursor
from app.semantic_parser.times.dates import date_at
from app.semantic_parser.times.found import Kind, Point
from app.semantic_parser.times.moments import DAY, Clock, shifted
from app.semantic_parser.times.units import length_at
from app.semantic_parser.tokens import word_set

_PARTS = {
    "morning": (0, 12),
    "afternoon": (12, 18),
    "evening": (18, 24),
    "night": (18, 30),
}
"""Hours from the day's midnight; a night ends at six."""
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_BY_NAME = {name: n for n, full in enumerate(_WEEKDAYS) for name in (full, f"{full}s", full[:3])}
_BY_NAME |= {"tues": 1, "wednes": 2, "thur": 3, "thurs": 3}
_SHORT = {name for name in _BY_NAME if len(name) < 6}
_BEFORE_SHORT = word_set("on since last next this before after until from to and between by until")
_DAYS = {"today": 0, "yesterday": -1, "tomorrow": 1}
_WHICH = {"last", "this", "next", "coming", "past", "previous"}


def day_at(cursor: Cursor, i: int, clock: Clock) -> Point | None:
    """The day or the part of a day told at `i`."""
    point = _day(cursor, i, clock)
    if point is None or point.part:
        return point
    point = _with_same_day(cursor, point, clock)
    return _with_part(cursor, point) or point


def is_weekday(point: Point) -> bool:
    """Whether a day was told by its name alone."""
    return point.words.lower() in _WEEKDAYS


def _day(cursor: Cursor, i: int, clock: Clock) -> Point | None:
    for rule in (_from_today, _part_of_today, _weekday, date_at, _ago):
        point = rule(cursor, i, clock)
        if point:
            return point
    return None


def _from_today(cursor: Cursor, i: int, clock: Clock) -> Point | None:
    """`today`, `yesterday`, `the day before yesterday`, `later today`."""
    word = cursor.text(i)
    if word in _DAYS:
        return _counted(clock, _DAYS[word], i + 1, word)
    if word in {"earlier", "later"} and cursor.text(i + 1) == "today":
        point = _counted(clock, 0, i + 2, f"{word} today")
        return replace(point, start=clock.now, is_so_far=False) if word == "later" else point
    j = cursor.skip_one(i, {"the"})
    if cursor.matches(j, "day before yesterday"):
        return _counted(clock, -2, j + 3, "the day before yesterday")
    if cursor.matches(j, "day after tomorrow"):
        return _counted(clock, 2, j + 3, "the day after tomorrow")
    return None


def _counted(clock: Clock, days: int, stop: int, words: str) -> Point:
    start = clock.today + DAY * days
    kind: Kind = "this" if days == 0 else "last" if days == -1 else ""
    return Point(
        start,
        start + DAY,
        stop,
        words,
        is_day=True,
        is_so_far=days == 0,
        period=(1, "day"),
        kind=kind,
    )


def _part_of_today(cursor: Cursor, i: int, clock: Clock) -> Point | None:
    """`this morning`, `tonight`, `last night`."""
    if cursor.text(i) == "tonight":
        return _part(_counted(clock, 0, i + 1, "tonight"), "night", i + 1, "tonight")
    which, part = cursor.text(i), cursor.text(i + 1)
    if part not in _PARTS:
        return None
    if which in {"this", "today"}:
        return _part(_counted(clock, 0, i + 2, ""), part, i + 2, f"this {part}")
    if which == "last" and part in {"night", "evening"}:
        words = "last night (18:00 to 06:00)" if part == "night" else "yesterday evening"
        point = _part(_counted(clock, -1, i + 2, ""), part, i + 2, words)
        return replace(point, is_so_far=True)
    return None


def _part(day: Point, part: str, stop: int, words: str) -> Point:
    first, last = (day.start + timedelta(hours=h) for h in _PARTS[part])
    point = replace(day, start=first, end=last, stop=stop, words=words, part=part)
    return replace(point, period=None, kind="")


def _weekday(cursor: Cursor, i: int, clock: Clock) -> Point | None:
    """`Friday`, `last Tuesday`, `next Monday`."""
    which = cursor.text(i) if cursor.text(i) in _WHICH else ""
    j = i + 1 if which else i
    name = cursor.text(j)
    if name not in _BY_NAME or cursor.kind(j) != "word":
        return None
    if name in _SHORT and not which and cursor.text(i - 1) not in _BEFORE_SHORT:
        return None
    if name.endswith("days") and not which:
        return None  # "on Mondays" is any of them
    ahead = (_BY_NAME[name] - clock.today.weekday()) % 7
    match which:
        case "next" | "coming":
            days = ahead or 7
        case "this":
            days = _BY_NAME[name] - clock.today.weekday()
        case "last" | "past" | "previous":
            days = ahead - 7
        case _:
            days = ahead - 7 if ahead else 0
    start = clock.today + DAY * days
    words = f"{which} " if which in {"last", "next"} else ""
    words += _WEEKDAYS[_BY_NAME[name]].capitalize()
    lead = "" if which in {"last", "next"} else "on "
    return Point(start, start + DAY, j + 1, words, lead, is_day=True)


def _ago(cursor: Cursor, i: int, clock: Clock) -> Point | None:
    """`three days ago`, `a week ago`: that day."""
    length = length_at(cursor, i)
    if length is None or length.is_one or cursor.text(length.stop) != "ago":
        return None
    if length.unit in {"second", "minute", "hour"}:
        return None
    start = shifted(clock.today, -length.count, length.unit)
    if start is None:
        return None
    said = length.words if length.count > 1 else f"a {length.words}"
    return Point(start, start + DAY, length.stop + 1, f"{said} ago", is_day=True)


def _with_same_day(cursor: Cursor, point: Point, clock: Clock) -> Point:
    """`Sunday, 22 November 2026`, `tomorrow, 23 November`: a day said twice."""
    j = cursor.skip_one(point.stop, {",", "(", "the"})
    j = cursor.skip_one(j, {"the"})
    again = _day(cursor, j, clock)
    if again is None or not again.is_day or again.part:
        return point
    stop = cursor.skip_one(again.stop, {")"}) if cursor.text(point.stop) == "(" else again.stop
    if cursor.text(point.stop - 1) in _BY_NAME and again.words[0].isdigit():
        coming = point.start + 7 * DAY
        words = again.words.removesuffix(f" {again.start.year}")
        ahead = replace(again, start=coming, end=coming + DAY, stop=stop, words=words)
        is_ahead = _is_same_date(ahead, again) and again.start < clock.today
        return ahead if is_ahead else replace(again, stop=stop)
    return replace(point, stop=stop) if _is_same_date(again, point) else point


def _is_same_date(one: Point, other: Point) -> bool:
    """Whether two days are of one date; the year may have been guessed."""
    return (one.start.month, one.start.day) == (other.start.month, other.start.day)


def _with_part(cursor: Cursor, point: Point) -> Point | None:
    """`yesterday evening`, `on Friday in the morning`."""
    j = point.stop + 2 if cursor.matches(point.stop, "in the") else point.stop
    j = point.stop + 1 if cursor.text(point.stop) == "at" else j
    part = cursor.text(j)
    if part not in _PARTS or not point.is_day:
        return None
    words = f"this {part}" if point.words == "today" else f"{point.words} {part}"
    return _part(point, part, j + 1, words)
