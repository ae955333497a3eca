"""Two periods that a question compares: `in the last hour than in the hour before`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from app.semantic_parser.form import TimeRange, Unit
from app.semantic_parser.times.cursor import Cursor
from app.semantic_parser.times.found import Found
from app.semantic_parser.times.model import Before, Periods
from app.semantic_parser.times.moments import Clock, floor, shifted
from app.semantic_parser.times.relative import before
from app.semantic_parser.tokens import word_set

_VERSUS = word_set("than versus vs against compared comparison relative opposed unlike")
_CHANGE = word_set(
    "change changed changes compare compares comparing comparison difference differ differs"
    " differed rise risen rose increase increased decrease decreased drop dropped fall fallen fell"
    " grow grew grown growth develop developed shift shifted delta gap trend"
)
_LINKS = word_set("and to with or from until")
_SMALL = word_set(
    "the in on during with to for those of that what it was were we had did at from over same as"
    " ones value number figure just within there are is has have been they ."
)


def is_about_change(cursor: Cursor) -> bool:
    """Whether two periods in the question are compared rather than ends of one."""
    return any(cursor.text(i) in _CHANGE for i in range(len(cursor)))


def join(found: Sequence[Found], cursor: Cursor, clock: Clock) -> list[Found]:
    """Makes both halves of a comparison mean the pair; all else stays."""
    halves = _halves(found, cursor)
    if halves is None:
        return list(found)
    first, second = halves
    pair = _pair(first, second, clock)
    if pair is None:
        return list(found)
    start = _connector(cursor, second, 0 if first is second else first.stop)
    if cursor.text(start) == "than" and _is_of(first, pair.earlier):
        pair = replace(pair, is_reversed=True)
    joined = {
        id(first): replace(first, start=_opened(cursor, first), meaning=pair),
        id(second): replace(second, start=start, stop=_closed(cursor, second), meaning=pair),
    }
    return [joined.get(id(f), f) for f in found]


def _is_of(found: Found, meaning: TimeRange) -> bool:
    """Whether the span is one half of a pair, whatever it was called beside the other."""
    own = found.meaning
    return isinstance(own, TimeRange) and own.start == meaning.start and own.end == meaning.end


def _halves(found: Sequence[Found], cursor: Cursor) -> tuple[Found, Found] | None:
    """What is compared with what; the same one twice where the other goes without saying."""
    periods = [f for f in found if isinstance(f.meaning, TimeRange | Before)]
    if len(periods) == 2 and _are_compared(periods[0], periods[1], cursor):
        return periods[0], periods[1]
    if len(periods) != 1:
        return None
    only = periods[0]
    if only.kind == "previous" and _reaches_last(cursor, only.stop):
        return only, only
    word = cursor.text(_connector(cursor, only, 0))
    is_asked = word in _VERSUS - {"than"} and _connector(cursor, only, 0) < only.start
    is_asked |= is_about_change(cursor) and cursor.text(only.start - 1) in {"to", "with"}
    has_other = isinstance(only.meaning, Before)
    is_past = only.kind in {"last", "previous"} and only.length is not None
    return (only, only) if is_asked and (has_other or is_past) else None


def _are_compared(first: Found, second: Found, cursor: Cursor) -> bool:
    if isinstance(first.meaning, Before) != isinstance(second.meaning, Before):
        return True
    is_previous = "previous" in {first.kind, second.kind} and first.kind != second.kind
    if isinstance(first.meaning, Before) or (first.meaning == second.meaning and not is_previous):
        return False
    start = _connector(cursor, second, first.stop)
    if start < second.start and cursor.text(start) in _VERSUS:
        return True
    between = {cursor.text(i) for i in range(first.stop, second.start)}
    return is_about_change(cursor) and between <= _LINKS | _SMALL | {","}


def _connector(cursor: Cursor, second: Found, least: int) -> int:
    """Where `compared to`, `than in` or the like begins before the second half."""
    i = second.start
    while i > least and cursor.text(i - 1) in _SMALL | _LINKS:
        i -= 1
    if i > least and cursor.text(i - 1) in _VERSUS:
        is_long = cursor.text(i - 2) in {"in", "as", "when"} and i - 2 >= least
        return i - 2 if is_long and cursor.text(i - 1) != "than" else i - 1
    between = range(i, second.start)
    linked = i == least and any(cursor.text(k) in _LINKS for k in between)
    return i if linked and least else second.start


def _opened(cursor: Cursor, first: Found) -> int:
    """Before the first half, `between` or `from` belongs to the comparison."""
    i = first.start
    while i and cursor.text(i - 1) in {"the", "in"}:
        i -= 1
    return i - 1 if i and cursor.text(i - 1) in {"between", "from"} else first.start


def _closed(cursor: Cursor, second: Found) -> int:
    return _reaches_last(cursor, second.stop) or second.stop


def _reaches_last(cursor: Cursor, i: int) -> int | None:
    """`from the previous hour to the last`: where it ends."""
    j = cursor.skip(i, {"to", "and", "the"})
    if j == i or cursor.text(j) not in {"last", "current", "latest"}:
        return None
    return cursor.skip_one(j + 1, {"one"})


def _pair(first: Found, second: Found, clock: Clock) -> Periods | None:
    """The later and the earlier of the two."""
    if first is second:
        return _with_present(first, clock)
    for one, other in ((first, second), (second, first)):
        told = _as_before(other, one)
        if told and isinstance(one.meaning, TimeRange):
            earlier = told.of(one.meaning)
            return Periods(one.meaning, earlier) if earlier else None
    if not isinstance(first.meaning, TimeRange) or not isinstance(second.meaning, TimeRange):
        return None
    last, prior = sorted((first, second), key=_starts, reverse=True)
    return _periods(_told(last, prior), _told(prior, last))


def _as_before(found: Found, other: Found) -> Before | None:
    """The period as one before the other: `the previous hour` beside `the last hour`."""
    if isinstance(found.meaning, Before):
        return found.meaning
    if found.kind != "previous" or found.length is None or other.kind == "previous":
        return None
    return before(*found.length)


def _starts(found: Found) -> float:
    meaning = found.meaning
    if not isinstance(meaning, TimeRange) or meaning.start is None:
        return float("-inf")
    day = timedelta(days=1)
    end = meaning.end or meaning.start
    return (meaning.start - meaning.start.min) / day + (end - end.min) / day / 1e6


def _told(found: Found, other: Found) -> TimeRange | None:
    """`last hour` beside `this hour` is the one of the clock."""
    meaning = found.meaning
    if not isinstance(meaning, TimeRange):
        return None
    is_last = found.kind == "last" and other.kind == "this" and found.length == other.length
    if not is_last or found.length is None or not isinstance(other.meaning, TimeRange):
        return meaning
    start, end = other.meaning.start, other.meaning.start
    count, unit = found.length
    start = shifted(start, -count, unit) if start else None
    if start is None or meaning.end == end:
        return meaning
    return TimeRange(start, end, f"in the {unit} before")


def _periods(later: TimeRange | None, earlier: TimeRange | None) -> Periods | None:
    return Periods(later, earlier) if later and earlier else None


def _with_present(found: Found, clock: Clock) -> Periods | None:
    """`compared to yesterday` is about today, `compared to the hour before` about the last hour."""
    if isinstance(found.meaning, Before):
        told = found.meaning
        if told.unit is None or told.same:
            return None
        now = _last(told.count, told.unit, clock)
        return _periods(now, told.of(now) if now else None)
    is_rolling = found.kind == "previous" and found.point is None
    if is_rolling and found.length and isinstance(found.meaning, TimeRange):
        return _periods(found.meaning, before(*found.length).of(found.meaning))
    if found.length is None or not isinstance(found.meaning, TimeRange):
        return None
    if not found.point:
        return None
    unit = found.length[1]
    start = floor(clock.now, unit)
    words = "today" if unit == "day" else f"this {unit}"
    return _periods(TimeRange(start, clock.now, words), found.meaning)


def _last(count: int, unit: Unit, clock: Clock) -> TimeRange | None:
    start = clock.back(count, unit)
    said = f"{count} {unit}s" if count > 1 else unit
    return TimeRange(start, clock.now, f"in the last {said}") if start else None


def as_follow_up(found: Sequence[Found], cursor: Cursor) -> list[Found]:
    """`and in the previous hour?` is told by the period of the question before."""
    starts = ("and", "but", "what about", "how about", "same for", "same in")
    if not any(cursor.matches(0, words) for words in starts):
        return list(found)
    return [
        replace(f, meaning=before(*f.length))
        if f.kind == "previous" and f.length and isinstance(f.meaning, TimeRange)
        else f
        for f in found
    ]
