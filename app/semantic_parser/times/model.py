"""What the time words of a question can mean, beside `TimeRange` and `Bucket` of the form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from app.semantic_parser.form import Bucket, TimeRange, Unit
from app.semantic_parser.times.moments import is_midnight, shifted

Part = Literal["hour of day", "weekday"]


@dataclass(frozen=True, slots=True)
class ClockPart:
    """Rows are gathered by a part of their time that comes again: `per weekday`."""

    unit: Part


@dataclass(frozen=True, slots=True)
class Before:
    """A period told by another one: `the hour before`, `the same time yesterday`.

    Attributes:
        count: How many units it lies before the other.
        unit: None where it is as long as the other: `the period before`.
        same: Whether the other is moved as it is, rather than what lies right before it.
        words: As it was asked.
    """

    count: int
    unit: Unit | None
    same: bool
    words: str

    def of(self, later: TimeRange) -> TimeRange | None:
        """The period, told from the later one; None where that has no start."""
        if later.start is None or (later.end is None and (self.same or self.unit is None)):
            return None
        if self.unit is None:
            length = (later.end or later.start) - later.start
            return TimeRange(later.start - length, later.start, self.words)
        start = shifted(later.start, -self.count, self.unit)
        end = later.start
        if self.same or self._is_within_a_day(later):
            end = shifted(later.end or later.start, -self.count, self.unit) or end
        return TimeRange(start, end, self.words) if start else None

    def _is_within_a_day(self, later: TimeRange) -> bool:
        """`the day before` of an hour is that hour of the day before."""
        if later.start is None or later.end is None or self.unit in {"second", "minute", "hour"}:
            return False
        return not is_midnight(later.start) and later.end - later.start < timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Periods:
    """Two periods that are compared.

    Attributes:
        later: The one that the other is taken from: `today` of `today than yesterday`.
        earlier: The one before it.
        is_reversed: Whether the later one is taken from the earlier: `more yesterday than today`.
    """

    later: TimeRange
    earlier: TimeRange
    is_reversed: bool = False


Meaning = TimeRange | Bucket | ClockPart | Before | Periods


@dataclass(frozen=True, slots=True)
class Span:
    """What the tokens from `start` to `stop` (exclusive) mean.

    A meaning that is said in two places ("on Saturday ... before 8 am", both halves of a
    comparison) is in two spans, which are equal but for their places.
    """

    start: int
    stop: int
    meaning: Meaning
