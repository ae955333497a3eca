"""Arithmetic of local wall-clock time: where units begin, and moments so many units away."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from app.semantic_parser.form import Unit

DAY = timedelta(days=1)
_LENGTHS: dict[Unit, timedelta] = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": DAY,
    "week": timedelta(weeks=1),
}
_MONTHS: dict[Unit, int] = {"month": 1, "quarter": 3, "year": 12}
_FARTHEST = timedelta(days=36_500)
"""Far back is as good as any; datetime itself ends at year 1."""


def shifted(moment: datetime, count: int, unit: Unit) -> datetime | None:
    """The moment `count` units later, on the wall clock; None where no calendar reaches."""
    if unit in _LENGTHS:
        length = _LENGTHS[unit] * count
        return moment + length if abs(length) <= _FARTHEST else None
    months = moment.year * 12 + moment.month - 1 + count * _MONTHS.get(unit, 1)
    year, month = divmod(months, 12)
    if not 1800 <= year <= 2200:
        return None
    day = min(moment.day, monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def midnight(moment: datetime) -> datetime:
    """The start of the moment's day."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def is_midnight(moment: datetime) -> bool:
    """Whether a day starts at the moment."""
    return moment == midnight(moment)


def floor(moment: datetime, unit: Unit) -> datetime:
    """The start of the moment's unit."""
    match unit:
        case "second":
            return moment.replace(microsecond=0)
        case "minute":
            return moment.replace(second=0, microsecond=0)
        case "hour":
            return moment.replace(minute=0, second=0, microsecond=0)
        case "day":
            return midnight(moment)
        case "week":
            return midnight(moment) - DAY * moment.weekday()
        case "month":
            return midnight(moment).replace(day=1)
        case "quarter":
            return midnight(moment).replace(month=moment.month - (moment.month - 1) % 3, day=1)
        case "year":
            return midnight(moment).replace(month=1, day=1)


@dataclass(frozen=True, slots=True)
class Clock:
    """What time it is for the asker.

    Attributes:
        now: Local wall-clock time, in whole seconds.
        zone: Where that is.
    """

    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> datetime:
        """The start of the day."""
        return midnight(self.now)

    def back(self, count: int, unit: Unit) -> datetime | None:
        """So long before now; hours and days that passed, whatever the clock was set to."""
        return self._away(-count, unit)

    def ahead(self, count: int, unit: Unit) -> datetime | None:
        """So long after now."""
        return self._away(count, unit)

    def _away(self, count: int, unit: Unit) -> datetime | None:
        if unit not in _LENGTHS:
            return shifted(self.now, count, unit)
        instant = self.now.replace(tzinfo=self.zone).astimezone(UTC)
        moved = shifted(instant, count, unit)
        return moved.astimezone(self.zone).replace(tzinfo=None) if moved else None


def clock_at(now: datetime, time_zone: str) -> Clock:
    """The asker's clock at an instant."""
    zone = ZoneInfo(time_zone)
    local = now.astimezone(zone).replace(tzinfo=None, microsecond=0)
    return Clock(local, zone)
