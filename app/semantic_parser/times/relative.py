"""Periods told by another one: `the hour before`, `the previous one`, `same time yesterday`."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.semantic_parser.form import TimeRange, Unit
from app.semantic_parser.times.clocks import clock_time
from app.semantic_parser.times.cursor import Cursor
from app.semantic_parser.times.found import Found, Window
from app.semantic_parser.times.model import Before
from app.semantic_parser.times.moments import DAY, Clock, floor, shifted
from app.semantic_parser.times.units import Length, length_at, unit_at
from app.semantic_parser.tokens import word_set

_PREVIOUS = {"previous", "preceding", "prior", "earlier"}
_BEFORE = {"before", "earlier", "prior", "previously", "beforehand", "preceding"}
_ONE = {"one", "period", "interval", "window", "timeframe"}
_SAID_AGAIN = word_set("that it this then")
_AFTER = word_set("and in for per by with at of was were is did how what on from compared vs") | {
    ""
}
"""What may follow: `the hour before` of the question, not `the hour before the delivery`."""
_LEADS = word_set("the in than with to vs versus and against for from over during")
_SAME = word_set("time period hour day week month stretch interval window timeframe")


def relative(cursor: Cursor, i: int, clock: Clock) -> Found | None:
    """The first rule that applies at `i`."""
    return (
        _before_last(cursor, i, clock)
        or _beside_clock(cursor, i)
        or _before_that(cursor, i)
        or _previous_one(cursor, i)
        or _same(cursor, i)
    )


def _before_last(cursor: Cursor, i: int, clock: Clock) -> Found | None:
    """`the week before last`, which needs no other period."""
    length = length_at(cursor, i)
    if length is None or not cursor.matches(length.stop, "before last"):
        return None
    stop = cursor.skip_one(length.stop + 2, {length.words, f"{length.words}s"})
    count, unit = length.count, length.unit
    this = clock.now if unit in {"second", "minute", "hour"} else floor(clock.now, unit)
    start, end = shifted(this, -2 * count, unit), shifted(this, -count, unit)
    if start is None or end is None:
        return None
    return Found(i, stop, TimeRange(start, end, f"in the {length.words} before last"))


def _beside_clock(cursor: Cursor, i: int) -> Found | None:
    """`in the hour before 14:00`, `the 2 hours after midnight`."""
    length = length_at(cursor, i) if cursor.text(i - 1) == "the" else None
    if length is None or length.unit not in {"minute", "hour"}:
        return None
    word = cursor.text(length.stop)
    time = clock_time(cursor, length.stop + 1) if word in {"before", "after"} else None
    far = timedelta(**{f"{length.unit}s": length.count})
    if time is None or far > DAY:
        return None
    edge = (time.at - far if word == "before" else time.at + far) % DAY
    other = replace(time, at=edge, is_settled=True)
    ends = (other, time) if word == "before" else (time, other)
    return Found(i, time.stop, Window("between", *ends))


def _before_that(cursor: Cursor, i: int) -> Found | None:
    """`the hour before`, `the 2 hours before that`, `30 minutes earlier`, `the one before`."""
    length = length_at(cursor, i)
    is_other = length is None and cursor.text(i) in _ONE | {"time"} and cursor.text(i - 1) == "the"
    j = length.stop if length else i + 1
    word = cursor.text(j)
    if (length is None and not is_other) or word not in _BEFORE:
        return None
    if cursor.text(i - 1) not in _LEADS and not (length and not length.is_one):
        return None
    stop = _rest(cursor, j + 1)
    if stop is None:
        return None
    if length is None:
        return Found(i, stop, Before(1, None, same=False, words="in the period before"))
    return Found(i, stop, _of(length, same=word == "earlier" and cursor.text(i - 1) != "the"))


def _rest(cursor: Cursor, i: int) -> int | None:
    """Where `before that` ends; None where something else follows."""
    if cursor.text(i) == "to" and cursor.text(i + 1) in _SAID_AGAIN:
        return i + 2
    if cursor.text(i) in _SAID_AGAIN:
        return i + 1
    is_end = cursor.kind(i) == "mark" or cursor.text(i) in _AFTER
    return i if is_end else None


def _of(length: Length, *, same: bool) -> Before:
    if not same:
        return before(length.count, length.unit)
    article = "" if length.count > 1 else "an " if length.unit == "hour" else "a "
    return Before(length.count, length.unit, same=True, words=f"{article}{length.words} earlier")


def before(count: int, unit: Unit) -> Before:
    """The stretch right before another one."""
    said = unit if count == 1 else f"{count} {unit}s"
    is_long = count == 1 and unit not in {"second", "minute", "hour"}
    words = f"the {said} before" if is_long else f"in the {said} before"
    return Before(count, unit, same=False, words=words)


def _previous_one(cursor: Cursor, i: int) -> Found | None:
    """`the previous one`, `the prior period`."""
    if cursor.text(i) not in _PREVIOUS or cursor.text(i + 1) not in _ONE:
        return None
    return Found(i, i + 2, Before(1, None, same=False, words="in the period before"))


def _same(cursor: Cursor, i: int) -> Found | None:
    """`same time yesterday`, `the same period last week`, `this time a week ago`."""
    if cursor.text(i) not in {"same", "this"}:
        return None
    if cursor.text(i + 1) not in (_SAME if cursor.text(i) == "same" else {"time"}):
        return None
    j = cursor.skip(i + 2, {"of", "on", "the", "in"})
    far = _distance(cursor, j)
    if far is None:
        return None
    count, unit, stop, words = far
    return Found(i, stop, Before(count, unit, same=True, words=f"at the same time {words}"))


def _distance(cursor: Cursor, i: int) -> tuple[int, Unit, int, str] | None:
    """How far back `yesterday`, `last week` and `a week ago` are."""
    if cursor.text(i) == "yesterday":
        return 1, "day", i + 1, "yesterday"
    if cursor.text(i) in {"last", "previous"}:
        unit = unit_at(cursor, i + 1)
        return (*unit, i + 2, f"last {cursor.text(i + 1)}") if unit else None
    length = length_at(cursor, i)
    if length is None or cursor.text(length.stop) not in {"ago", *_BEFORE}:
        return None
    return length.count, length.unit, length.stop + 1, f"{length.words} before"
