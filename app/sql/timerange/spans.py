"""Stretches of time, and how they move through Flink's functions: widened, never narrowed."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import TypeVar
from zoneinfo import ZoneInfo

K = TypeVar("K")

_DAY = timedelta(days=1)
# Month arithmetic of Flink runs on UTC dates and cuts to the month's end: never off by more.
_MONTH_SLACK = timedelta(days=5)
_OFFSET = re.compile(r"(?:GMT|UTC)?([+-])(\d{1,2})(?::?(\d{2}))?")

LENGTHS = {
    "MILLISECOND": timedelta(milliseconds=1),
    "SECOND": timedelta(seconds=1),
    "MINUTE": timedelta(minutes=1),
    "HOUR": timedelta(hours=1),
    "DAY": _DAY,
    "WEEK": 7 * _DAY,
    "MONTH": 31 * _DAY,
    "QUARTER": 92 * _DAY,
    "YEAR": 366 * _DAY,
}
"""The longest that a unit can be."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of event time, its ends included.

    Attributes:
        start: Aware, in UTC; None where it is unbounded.
        end: Likewise.
    """

    start: datetime | None
    end: datetime | None

    @property
    def bounded(self) -> bool:
        """Whether it has an end at all."""
        return self.start is not None or self.end is not None


ALWAYS = Span(None, None)


@dataclass(frozen=True, slots=True)
class Shift:
    """An INTERVAL, as two bounds of what Flink makes of it."""

    least: timedelta = timedelta()
    most: timedelta = timedelta()
    least_months: int = 0
    most_months: int = 0

    def __neg__(self) -> Shift:
        return Shift(-self.most, -self.least, -self.most_months, -self.least_months)

    def __add__(self, other: Shift) -> Shift:
        return Shift(
            self.least + other.least,
            self.most + other.most,
            self.least_months + other.least_months,
            self.most_months + other.most_months,
        )

    def times(self, factor: int) -> Shift:
        """As often as that."""
        if factor < 0:
            return -self.times(-factor)
        return Shift(
            self.least * factor,
            self.most * factor,
            self.least_months * factor,
            self.most_months * factor,
        )


def between(least: timedelta, most: timedelta) -> Shift:
    """A shift that lies between two lengths, given in either order."""
    return Shift(min(least, most), max(least, most))


def intersect(one: Span, other: Span) -> Span:
    """What lies in both; the wrong way round where nothing does."""
    starts = [start for start in (one.start, other.start) if start is not None]
    ends = [end for end in (one.end, other.end) if end is not None]
    return Span(max(starts, default=None), min(ends, default=None))


def hull(one: Span, other: Span) -> Span:
    """The shortest span around both."""
    start = None if one.start is None or other.start is None else min(one.start, other.start)
    end = None if one.end is None or other.end is None else max(one.end, other.end)
    return Span(start, end)


def both(one: Mapping[K, Span], other: Mapping[K, Span]) -> dict[K, Span]:
    """Bounds that hold where both do."""
    result = dict(one)
    for key, span in other.items():
        result[key] = intersect(result[key], span) if key in result else span
    return result


def either(one: Mapping[K, Span], other: Mapping[K, Span]) -> dict[K, Span]:
    """Bounds that hold where at least one does."""
    return {key: hull(span, other[key]) for key, span in one.items() if key in other}


class Clock:
    """The session's time zone: between what a wall clock shows and when that is.

    A value without a zone (TIMESTAMP, DATE) stands for all instants at which the wall clock may
    show it, so that one kind of span serves both kinds of column.

    Args:
        zone: Flink's session time zone.
    """

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self.universal = zone.utcoffset(None) == timedelta() or str(zone) in {"UTC", "GMT"}
        self._fixed = isinstance(zone, timezone) or getattr(zone, "key", "") in {"UTC", "GMT"}

    def shown(self, wall: datetime) -> Span:
        """When the wall clock shows that (naive) time; as wide as doubt where it was changed."""
        if self._fixed:
            only = _kept(lambda: wall.replace(tzinfo=self._zone).astimezone(UTC))
            return Span(only, only)
        times = [wall.replace(tzinfo=self._zone, fold=fold) for fold in (0, 1)]
        return Span(
            _kept(lambda: min(t.astimezone(UTC) for t in times)),
            _kept(lambda: max(t.astimezone(UTC) for t in times)),
        )

    def moved(self, span: Span, shift: Shift) -> Span:
        """Later by an interval, whether Flink adds it to instants or to wall clock time."""
        return Span(
            self._move(span.start, shift.least, shift.least_months, -1),
            self._move(span.end, shift.most, shift.most_months, 1),
        )

    def floored(self, span: Span, unit: str) -> Span:
        """Where `FLOOR(x TO unit)` lies for an x in the span."""
        return Span(self._floor(span.start, unit, -1), self._floor(span.end, unit, 1))

    def _move(
        self, instant: datetime | None, by: timedelta, months: int, side: int
    ) -> datetime | None:
        if instant is None:
            return None
        moved = _kept(lambda: _add_months(instant, months) + by + side * _slack(months))
        return _kept(lambda: self._doubt(moved, side, instant))

    def _floor(self, instant: datetime | None, unit: str, side: int) -> datetime | None:
        if instant is None:
            return None
        if unit not in _CUT:
            return _kept(lambda: instant - LENGTHS[unit]) if side < 0 else instant
        wall = _kept(lambda: instant.astimezone(self._zone))
        if wall is None:
            return None
        cut = self.shown(_cut(wall.replace(tzinfo=None), unit))
        found = cut.start if side < 0 else cut.end
        return _kept(lambda: self._doubt(found, side, instant))

    def _doubt(self, instant: datetime | None, side: int, origin: datetime) -> datetime | None:
        """An instant, outwards by as much as the clock was changed around it or since `origin`."""
        if self._fixed or instant is None:
            return instant
        around = [at + day for at in (origin, instant) for day in (-_DAY, _DAY)]
        offsets = [at.astimezone(self._zone).utcoffset() or timedelta() for at in around]
        return instant + side * (max(offsets) - min(offsets))


def clock(name: str) -> Clock | None:
    """The clock of a zone by Flink's name for it, or None where it is not known."""
    if match := _OFFSET.fullmatch(name):
        offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        try:
            return Clock(timezone(-offset if match[1] == "-" else offset))
        except ValueError:
            return None
    try:
        return Clock(ZoneInfo(name))
    except (ValueError, OSError, LookupError):
        return None


_CUT = {
    "SECOND": {"microsecond": 0},
    "MINUTE": {"second": 0, "microsecond": 0},
    "HOUR": {"minute": 0, "second": 0, "microsecond": 0},
    "DAY": {"hour": 0, "minute": 0, "second": 0, "microsecond": 0},
    "MONTH": {"day": 1, "hour": 0, "minute": 0, "second": 0, "microsecond": 0},
    "YEAR": {"month": 1, "day": 1, "hour": 0, "minute": 0, "second": 0, "microsecond": 0},
}


def _cut(wall: datetime, unit: str) -> datetime:
    return wall.replace(**_CUT[unit])  # type: ignore[arg-type]


def _slack(months: int) -> timedelta:
    return _MONTH_SLACK if months else timedelta()


def _add_months(instant: datetime, months: int) -> datetime:
    if not months:
        return instant
    year, month = divmod(instant.year * 12 + instant.month - 1 + months, 12)
    day = min(instant.day, calendar.monthrange(year, month + 1)[1])
    return instant.replace(year=year, month=month + 1, day=day)


def _kept(compute: Callable[[], datetime | None]) -> datetime | None:
    """What is computed, or None where it lies beyond the calendar."""
    try:
        return compute()
    except (OverflowError, ValueError):
        return None
