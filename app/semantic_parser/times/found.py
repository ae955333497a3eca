"""What the rules find on the way: clock times, points of the calendar, unsettled spans."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from app.semantic_parser.form import TimeRange, Unit
from app.semantic_parser.times.model import Meaning
from app.semantic_parser.times.moments import Clock

Kind = Literal["", "this", "last", "previous"]
Relation = Literal["since", "after", "before", "until", "by", "between", "at", "around"]


@dataclass(frozen=True, slots=True)
class ClockTime:
    """A time of the clock on any day.

    Attributes:
        at: Since midnight.
        stop: Where it ends in the question.
        is_settled: Whether it can be in one half of the day only, by am, pm or a full 24 hours.
        is_loose: Whether `two` may well be in the afternoon, as people say it.
        is_bare: A plain number, which is a time only beside other words of time.
    """

    at: timedelta
    stop: int
    is_settled: bool = False
    is_loose: bool = False
    is_bare: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """A day, a longer stretch of the calendar, or a moment of a day.

    Attributes:
        start: Its first moment.
        end: Just past its last one; the same as `start` for a moment.
        stop: Where it ends in the question.
        words: How it reads after `since`: `Friday morning`.
        lead: What stands before the words in a sentence: `on `.
        is_day: Whether clock times can be meant on it.
        part: Which part of the day it is, if only one: `afternoon`.
        is_moment: Whether a clock time was said with it.
        is_so_far: Whether it ends at now while it lasts: `today`.
        period: The calendar's unit, as (count, unit), of `this week` and `last week`.
        kind: Whether that is the one that lasts, the last one, or the one before another.
    """

    start: datetime
    end: datetime
    stop: int
    words: str
    lead: str = ""
    is_day: bool = False
    part: str = ""
    is_moment: bool = False
    is_so_far: bool = False
    period: tuple[int, Unit] | None = None
    kind: Kind = ""

    def range(self, clock: Clock) -> TimeRange:
        """All of it, or as much of it as has passed."""
        is_cut = self.is_so_far and self.start < clock.now < self.end
        return TimeRange(self.start, clock.now if is_cut else self.end, f"{self.lead}{self.words}")


@dataclass(frozen=True, slots=True)
class Window:
    """Clock times on a day that is told elsewhere, or not at all.

    Attributes:
        relation: How the range lies to the times.
        start: Where it begins, or the only time.
        end: Where it ends; only of `between`.
    """

    relation: Relation
    start: ClockTime
    end: ClockTime | None = None

    @property
    def is_bare(self) -> bool:
        """Whether only a day beside them makes times of the numbers."""
        return self.end is not None and self.start.is_bare and self.end.is_bare


@dataclass(frozen=True, slots=True)
class Found:
    """A span that its neighbours can still change.

    Attributes:
        point: The day or period that the meaning is, alone.
        length: How far it reaches, as (count, unit), of what rolls or is a unit of the calendar.
        kind: `last` and `previous` mean another period beside `this hour` or `last hour`.
    """

    start: int
    stop: int
    meaning: Meaning | Window
    point: Point | None = None
    length: tuple[int, Unit] | None = None
    kind: Kind = ""
