"""Units of the calendar told from now: `this week`, `last month`, `next year`, `the weekend`."""

from __future__ import annotations

from dataclasses import replace

from app.semantic_parser.form import Unit
from app.semantic_parser.times.cursor import Cursor
from app.semantic_parser.times.dates import stretch_at
from app.semantic_parser.times.found import Point
from app.semantic_parser.times.moments import DAY, Clock, floor, shifted
from app.semantic_parser.times.units import unit_at

_THIS = {"this", "current"}
_WHOLE = {"full", "complete", "whole", "calendar", "entire"}
_CALENDAR: set[Unit] = {"week", "month", "quarter", "year"}
"""Units whose last one is the calendar's; the last hour and the last day end at now."""
_WEEKEND = 2 * DAY


def period_at(cursor: Cursor, i: int, clock: Clock) -> Point | None:
    """The calendar's stretch told at `i`, longer or shorter than a day."""
    return (
        _relative(cursor, i, clock)
        or _weekend(cursor, i, clock)
        or _beginning(cursor, i, clock)
        or _to_date(cursor, i, clock)
        or stretch_at(cursor, i, clock)
    )


def _relative(cursor: Cursor, i: int, clock: Clock) -> Point | None:
    """`this week`, `last quarter`, `the last full hour`, `next month`, `previous day`."""
    which = cursor.text(i)
    j = cursor.skip_one(i + 1, _WHOLE)
    unit = unit_at(cursor, j)
    if unit is None or cursor.matches(j + 1, "of an") or cursor.matches(j, "quarter hour"):
        return None
    count, name = unit
    said = name if count == 1 else cursor.text(j)
    if which in _THIS and name != "second":
        return _unit(clock, 0, unit, j + 1, f"this {said}")
    is_calendar = j > i + 1 or name in _CALENDAR
    is_day = name == "day" and which in {"previous", "preceding"}
    if which in {"last", "previous", "preceding"} and (is_calendar or is_day):
        words = "yesterday" if is_day else f"last {said}"
        words = f"the last full {said}" if name not in _CALENDAR and not is_day else words
        point = _unit(clock, -1, unit, j + 1, words)
        return replace(point, kind="previous") if point and which != "last" else point
    if which in {"next", "coming", "upcoming", "following"} and is_calendar:
        return _unit(clock, 1, unit, j + 1, f"next {said}")
    return None


def _unit(clock: Clock, away: int, length: tuple[int, Unit], stop: int, words: str) -> Point | None:
    count, unit = length
    this = floor(clock.now, unit)
    start = shifted(this, away * count, unit)
    end = shifted(start, count, unit) if start else None
    if start is None or end is None:
        return None
    return Point(
        start,
        end,
        stop,
        words,
        lead="in " if words.startswith("the ") else "",
        is_day=(count, unit) == (1, "day"),
        is_so_far=True,
        period=(count, unit),
        kind="this" if away == 0 else "last" if away < 0 else "",
    )


def _weekend(cursor: Cursor, i: int, clock: Clock) -> Point | None:
    """`the weekend`, `last weekend`; the one that lasts, or else the last one."""
    j = cursor.skip_one(i, {"last", "this", "next", "past", "coming", "the"})
    which = cursor.text(i) if j > i else ""
    if cursor.text(j) not in {"weekend", "wknd"}:
        return None
    saturday = floor(clock.now, "week") + 5 * DAY
    match which:
        case "last" | "past":
            start = saturday - 7 * DAY
        case "next" | "coming":
            start = saturday + (7 * DAY if saturday <= clock.now else 0 * DAY)
        case "this":
            start = saturday
        case _:
            start = saturday - (7 * DAY if saturday > clock.now else 0 * DAY)
    words = f"{which} weekend" if which in {"last", "next", "this"} else "the weekend"
    lead = "over " if words == "the weekend" else ""
    return Point(start, start + _WEEKEND, j + 1, words, lead, is_so_far=True)


def _beginning(cursor: Cursor, i: int, clock: Clock) -> Point | None:
    """`the start of the week`, as in `since the start of the week`."""
    j = cursor.skip_one(i, {"the"})
    if cursor.text(j) not in {"start", "beginning"} or cursor.text(j + 1) != "of":
        return None
    k = cursor.skip_one(j + 2, {"the", "this"})
    read = unit_at(cursor, k)
    unit: Unit | None = "day" if cursor.text(k) == "today" else read[1] if read else None
    if unit is None:
        return None
    start = floor(clock.now, unit)
    return Point(start, start, k + 1, f"the start of the {unit}")


def _to_date(cursor: Cursor, i: int, clock: Clock) -> Point | None:
    """`month to date`, `ytd`."""
    short: dict[str, Unit] = {"ytd": "year", "mtd": "month", "wtd": "week"}
    if cursor.text(i) in short:
        unit = short[cursor.text(i)]
        return _unit(clock, 0, (1, unit), i + 1, f"this {unit}")
    named = unit_at(cursor, i)
    if named and cursor.matches(i + 1, "to date"):
        return _unit(clock, 0, named, i + 3, f"this {cursor.text(i)}")
    return None
