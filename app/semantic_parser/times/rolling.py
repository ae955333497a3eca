"""Lengths of time up to now or from now on: `last 90 minutes`, `past week`, `next 2 days`."""

from __future__ import annotations

from dataclasses import replace

from app.semantic_parser.form import TimeRange
from app.semantic_parser.times.cursor import Cursor
from app.semantic_parser.times.found import Found, Kind
from app.semantic_parser.times.moments import Clock, shifted
from app.semantic_parser.times.points import point_at
from app.semantic_parser.times.units import Length, length_at, unit_at

_BACK = {"last", "past", "previous", "recent", "trailing", "preceding", "prior", "latest", "final"}
_AHEAD = {"next", "coming", "upcoming", "following"}
_PREVIOUS = {"previous", "preceding", "prior"}


def rolling(cursor: Cursor, i: int, clock: Clock) -> Found | None:
    """The first rule that applies at `i`."""
    return (
        _in_period(cursor, i, clock)
        or _back(cursor, i, clock)
        or _ahead(cursor, i, clock)
        or _since_length(cursor, i, clock)
        or _ago_compared(cursor, i, clock)
    )


def back(length: Length, start: int, clock: Clock) -> Found | None:
    """So long until now."""
    begin = clock.back(length.count, length.unit)
    if begin is None:
        return None
    meaning = TimeRange(begin, clock.now, f"in the last {length.words}")
    return Found(start, length.stop, meaning, length=(length.count, length.unit))


def _back(cursor: Cursor, i: int, clock: Clock) -> Found | None:
    word = cursor.text(i)
    if word not in _BACK:
        return None
    length = length_at(cursor, i + 1)
    if length is None or (length.is_one and length.unit == "second"):
        return None  # "the last second attempt"
    if length.is_one and word in _PREVIOUS | {"last"} and _is_calendar(length, word):
        return None
    kind: Kind = "previous" if word in _PREVIOUS else "last" if length.is_one else ""
    found = back(length, i, clock)
    return replace(found, kind=kind) if found else None


def _is_calendar(length: Length, word: str) -> bool:
    """`last week` is the calendar's, `last day` ends at now, `the previous day` is yesterday."""
    return length.unit not in {"minute", "hour", "day"} or (length.unit == "day" and word != "last")


def _ahead(cursor: Cursor, i: int, clock: Clock) -> Found | None:
    """`in the next 2 days`; `next-day delivery` is none."""
    if cursor.text(i) not in _AHEAD:
        return None
    length = length_at(cursor, i + 1)
    if length is None or (length.is_one and length.unit not in {"hour", "minute"}):
        return None
    end = clock.ahead(length.count, length.unit)
    if end is None:
        return None
    return Found(i, length.stop, TimeRange(clock.now, end, f"in the next {length.words}"))


def _since_length(cursor: Cursor, i: int, clock: Clock) -> Found | None:
    """`since the last 3 hours`, `since 2 days`, as many people write."""
    if cursor.text(i) != "since":
        return None
    j = cursor.skip(i + 1, {"the", *_BACK})
    length = length_at(cursor, j)
    if length is None or cursor.text(length.stop) == "ago":
        return None
    if length.is_one and unit_at(cursor, j) and length.unit not in {"hour", "minute", "day"}:
        return None  # "since last week" is since its start
    return back(length, i, clock) if j > i + 1 or not length.is_one else None


def _ago_compared(cursor: Cursor, i: int, clock: Clock) -> Found | None:
    """`more than 3 days ago`, `less than an hour ago`."""
    word = cursor.text(i)
    if word not in {"more", "less", "longer", "earlier", "fewer"} or cursor.text(i + 1) != "than":
        return None
    length = length_at(cursor, i + 2)
    if length is None or cursor.text(length.stop) != "ago":
        return None
    moment = clock.back(length.count, length.unit)
    if moment is None:
        return None
    if word in {"less", "fewer"}:
        meaning = TimeRange(moment, clock.now, f"in the last {length.words}")
    else:
        meaning = TimeRange(None, moment, f"more than {length.words} ago")
    return Found(i, length.stop + 1, meaning)


def _in_period(cursor: Cursor, i: int, clock: Clock) -> Found | None:
    """`the first hour of today`, `the last 3 days of October`."""
    which = cursor.text(i)
    length = length_at(cursor, i + 1) if which in {"first", "last", "final"} else None
    if length is None or cursor.text(length.stop) != "of":
        return None
    point = point_at(cursor, cursor.skip_one(length.stop + 1, {"the"}), clock)
    if point is None or point.is_moment:
        return None
    last = point.range(clock).end or point.end
    is_first = which == "first"
    start = point.start if is_first else shifted(last, -length.count, length.unit)
    end = shifted(point.start, length.count, length.unit) if is_first else last
    if start is None or end is None or start < point.start:
        return None
    words = f"in the {which} {length.words} of {point.words}"
    return Found(i, point.stop, TimeRange(start, end, words))
