"""What kind of times a question speaks of, whatever moments those are: its time form.

`in the last hour` and `over the past 60 minutes` have one form, `today` another, `on Friday` and
`on 21 November` a third. A question is read as if asked at fixed moments, so that its form never
depends on when it is asked: what lies as far from each of them is the same, however it was said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import zip_longest

from app.semantic_parser.form import Bucket, TimeRange, Unit
from app.semantic_parser.times import find
from app.semantic_parser.times.model import Before, ClockPart, Meaning, Periods
from app.semantic_parser.times.moments import midnight
from app.semantic_parser.tokens import Token

TimeForm = tuple[tuple[object, ...], frozenset[object]]
"""Ranges in the order said, and what rows are gathered by."""

PROBES = (
    datetime(2150, 5, 20, 10, 37, 41, tzinfo=UTC),
    datetime(2152, 11, 19, 20, 13, 7, tzinfo=UTC),
)
"""Later than any date that is asked for, and where no two units of the calendar begin together: a
Wednesday morning, and a Sunday evening of a leap year."""

_NAMED = re.compile(
    r"\b(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
    r"|January|February|March|April|May|June|July|August|September|October|November|December|Q[1-4]"
    r"|(?:19|20)\d\d(?! (?:second|minute|hour|day|week|month|quarter|year)))"
)
"""In the words of a range: that it is told by a name or a number of the calendar, not from now."""

_SECONDS: dict[Unit, int] = {
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "day": 86_400,
    "week": 604_800,
}
_MONTHS: dict[Unit, int] = {"month": 1, "quarter": 3, "year": 12}
_NOW = ("right now", "at the moment", "at present", "as of now", "currently", "presently", "now")


def time_form(tokens: Sequence[Token]) -> TimeForm:
    """The form of a question's times.

    Dates, weekdays, months and years are alike where they last as long; clock times and lengths
    are alike only where they are the same.

    Args:
        tokens: The question.
    """
    read = [
        list(dict.fromkeys(span.meaning for span in find(tokens, probe, "UTC"))) for probe in PROBES
    ]
    meanings = list(zip_longest(*read))
    ranges = [_form(at) for at in meanings if not isinstance(at[0], Bucket | ClockPart)]
    gathered = [_form(at) for at in meanings if isinstance(at[0], Bucket | ClockPart)]
    if any(f" {words} " in f" {without_times(tokens).lower()} " for words in _NOW):
        ranges.append("now")
    return tuple(ranges), frozenset(gathered)


def without_times(tokens: Sequence[Token]) -> str:
    """The question's other words."""
    spans = find(tokens, PROBES[0], "UTC")
    inside = {i for span in spans for i in range(span.start, span.stop)}
    return " ".join(t.raw for i, t in enumerate(tokens) if i not in inside and t.kind != "mark")


def _form(at: Sequence[Meaning | None]) -> object:
    """One time expression, from what it means at each of the probes."""
    first = at[0]
    match first:
        case TimeRange():
            ranges = [m for m in at if isinstance(m, TimeRange)]
        case Periods():
            periods = [m for m in at if isinstance(m, Periods)]
            if len(periods) == len(at):
                later, earlier = [p.later for p in periods], [p.earlier for p in periods]
                return "compared", _range(later), _range(earlier), first.is_reversed
            ranges = []
        case Bucket():
            return "per", _length(first.count, first.unit)
        case ClockPart():
            return "per", first.unit
        case Before():
            return "before", first.unit and _length(first.count, first.unit), first.same
        case None:
            ranges = []
    # What is read one way now and another way later is like itself only.
    return _range(ranges) if len(ranges) == len(at) else tuple(map(repr, at))


def _range(at: Sequence[TimeRange]) -> object:
    pairs = list(zip(at, (probe.replace(tzinfo=None) for probe in PROBES), strict=True))
    if all(_NAMED.search(one.words) for one in at):
        # In November, all of October has passed and not all of November: it is still a month.
        return max((_named(one, now) for one, now in pairs), key=_told)
    return tuple((_away(one.start, now), _away(one.end, now)) for one, now in pairs)


def _away(moment: datetime | None, now: datetime) -> timedelta | None:
    return moment - now if moment else None


def _named(one: TimeRange, now: datetime) -> tuple[object, ...]:
    """How long it lasts and at what time of day it begins; or which end of it is named."""
    start, end = one.start, one.end
    if start is None or end is None or now in {start, end}:
        return "named", _end(start, now), _end(end, now)
    months = 12 * (end.year - start.year) + end.month - start.month
    is_months = all(m == midnight(m).replace(day=1) for m in (start, end))
    return "named", start - midnight(start), (months, "month") if is_months else end - start


def _end(moment: datetime | None, now: datetime) -> object:
    if moment is None:
        return "open"
    return "now" if moment == now else moment - midnight(moment)


def _told(form: tuple[object, ...]) -> int:
    """How much a form says: both ends, one and the present, or one alone."""
    return 0 if "open" in form else 1 if "now" in form else 2


def _length(count: int, unit: Unit) -> tuple[int, str]:
    if unit in _SECONDS:
        return count * _SECONDS[unit], "second"
    return count * _MONTHS[unit], "month"
