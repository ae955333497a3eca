"""Clock times meet their day: said beside them, elsewhere in the question, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from app.semantic_parser.form import TimeRange
from app.semantic_parser.times.cursor import Cursor
from app.semantic_parser.times.found import ClockTime, Found, Point, Window
from app.semantic_parser.times.moments import DAY, Clock, midnight
from app.semantic_parser.times.points import of_part, spoken

MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_HALF_DAY = timedelta(hours=12)
_BETWEEN = {",", "on", "at", "the", "and", "only"}


def settle(found: Sequence[Found], cursor: Cursor, clock: Clock) -> list[Found]:
    """Gives every window its day, and every day its window.

    One clock range in a question is meant on each day in it ("orders before 8 am today compared
    to yesterday"); of several, each on the day beside it, or on the only one.
    """
    windows = [f for f in found if isinstance(f.meaning, Window)]
    if not windows:
        return list(found)
    days = [f for f in found if f.point and f.point.is_day]
    read: list[Found] = []
    for item in found:
        if isinstance(item.meaning, Window):
            read += _window(item, item.meaning, days, cursor, clock)
        elif item in days:
            read.append(_day(item, windows, days, cursor, clock))
        else:
            read.append(item)
    return _merged(read, cursor)


def _window(
    item: Found, window: Window, days: Sequence[Found], cursor: Cursor, clock: Clock
) -> list[Found]:
    day = _beside(item, days, cursor)
    if day is None and window.is_bare:
        return []
    day = day or next(iter(days), None)
    meaning = _on_day(window, day.point, clock) if day and day.point else _alone(window, clock)
    if meaning is None or (meaning.start and meaning.end and meaning.start >= meaning.end):
        return []
    return [replace(item, meaning=meaning)]


def _day(
    item: Found,
    windows: Sequence[Found],
    days: Sequence[Found],
    cursor: Cursor,
    clock: Clock,
) -> Found:
    own = _beside(item, windows, cursor)
    plain = [w for w in windows if not _is_bare(w) or _beside(w, days, cursor)]
    window = own or (plain[0] if len(plain) == 1 or (plain and len(days) == 1) else None)
    if window is None or item.point is None or not isinstance(window.meaning, Window):
        return item
    meaning = _on_day(window.meaning, item.point, clock)
    if meaning is None or (meaning.start and meaning.end and meaning.start >= meaning.end):
        return item
    return replace(item, meaning=meaning)


def _is_bare(found: Found) -> bool:
    return isinstance(found.meaning, Window) and found.meaning.is_bare


def _beside(item: Found, others: Sequence[Found], cursor: Cursor) -> Found | None:
    """The other that only small words stand between."""
    return next((o for o in others if _touch(item, o, cursor) or _touch(o, item, cursor)), None)


def _touch(first: Found, second: Found, cursor: Cursor) -> bool:
    return first.stop <= second.start <= cursor.skip(first.stop, _BETWEEN)


def _merged(found: Sequence[Found], cursor: Cursor) -> list[Found]:
    """Neighbours of one meaning are one span."""
    merged: list[Found] = []
    for item in found:
        last = merged[-1] if merged else None
        if last and last.meaning == item.meaning and _touch(last, item, cursor):
            merged[-1] = replace(last, stop=item.stop, point=None, kind="", length=None)
        else:
            merged.append(item)
    return merged


def _on_day(window: Window, day: Point, clock: Clock) -> TimeRange | None:
    """The clock range on a day that was told."""
    whole = day.range(clock)
    low = midnight(day.start)
    start = low + of_part(window.start, day.part)
    said = f" {day.lead}{day.words}"
    match window.relation:
        case "since" | "after":
            ends = (whole.end or day.end, day.end, low + DAY)
            end = next((e for e in ends if e > start), start + DAY)
            return TimeRange(start, end, f"{window.relation} {spoken(start)}{said}")
        case "before" | "until" | "by":
            begin = day.start if day.part and day.start < _end(start) else low
            return TimeRange(begin, _end(start), f"{window.relation} {spoken(start)}{said}")
        case "between":
            end = low + of_part(window.end or window.start, day.part)
            end += DAY if end <= start else timedelta(0)
            return TimeRange(start, end, f"between {spoken(start)} and {spoken(end)}{said}")
        case _:
            return _about(window, start, said)


def _alone(window: Window, clock: Clock) -> TimeRange:
    """The clock range on today, or on yesterday where today's has not begun."""
    start = clock.today + _likely(window.start, clock)
    if window.relation in {"before", "until", "by"}:
        end = _end(start)
        return TimeRange(clock.today, end, f"{window.relation} {spoken(end)} today")
    late = start > clock.now
    start -= DAY if late else timedelta(0)
    said = " yesterday" if late else ""
    if window.relation in {"since", "after"}:
        return TimeRange(start, clock.now, f"{window.relation} {spoken(start)}{said}")
    if window.relation == "between" and window.end:
        end = midnight(start) + _likely(window.end, clock)
        end += _HALF_DAY if end <= start and window.end.is_loose else timedelta(0)
        end += DAY if end <= start else timedelta(0)
        words = f"between {spoken(start)} and {spoken(end)}{said or ' today'}"
        return TimeRange(start, end, words)
    return _about(window, start, said or " today")


def _likely(time: ClockTime, clock: Clock) -> timedelta:
    """`since two` is since 14:00 once that has passed."""
    later = time.at + _HALF_DAY
    is_later = time.is_loose and time.at >= _HOUR and clock.today + later <= clock.now
    return later if is_later else time.at


def _end(moment: datetime) -> datetime:
    """Where a range up to it ends; up to midnight is up to the day's end."""
    return moment + DAY if moment == midnight(moment) else moment


def _about(window: Window, start: datetime, said: str) -> TimeRange:
    if window.relation == "around":
        first, last = around(start)
        return TimeRange(first, last, f"around {spoken(start)}{said}")
    length = width(start)
    unit = "minute" if length == MINUTE else "hour"
    return TimeRange(start, start + length, f"in the {unit} from {spoken(start)}{said}")


def starting_words(window: TimeRange) -> str:
    """When a stretch that `at 14:00 today` was read as begins, as it is told: `14:00 today`."""
    return window.words.partition(" from ")[2]


def width(moment: datetime) -> timedelta:
    """How long `at 14:00` lasts: that hour; `at 14:35` that minute."""
    return MINUTE if moment.minute else _HOUR


def around(moment: datetime) -> tuple[datetime, datetime]:
    """What `around 14:00` spans."""
    return moment - _HOUR / 2, moment + _HOUR / 2
