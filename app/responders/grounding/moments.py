"""What dates are computed from: the moments that texts name, and the steps and ends they speak of.

"Valid three years from the end of the year of purchase" is a step of three years and the end of a
year; "bought in November 2024" is the moment that they are counted from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from app.responders.grounding.claims import MONTHS, Claim, find

Unit = Literal["minute", "hour", "day", "working day", "month"]
MONTH, QUARTER, YEAR = 1, 3, 12

_LONGEST = 100_000
_ONE_DAY = timedelta(days=1)
_MOST = {"minute": 100_000, "hour": 10_000, "day": 4_000, "working day": 400, "month": 1_200}
_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "following": 1, "next": 1, "a": 1, "an": 1,
}  # fmt: skip
_COUNT = (
    rf"\d{{1,5}}|{'|'.join(w for w in _WORDS if len(w) > 2)}|half an?"
    r"|(?:(?<=within )|(?<=after )|(?<=for )|(?<=in ))an?"
    r"|an?(?=[ -]\w+(?: day)?s? (?:after|from|later|before|ago)\b)"
)
_UNIT = r"(?P<unit>minute|hour|day|weekday|week|month|quarter|year)s?\b"
_STEP = re.compile(
    rf"(?<![\w.,])(?P<low>{_COUNT})(?:\s*(?:to|or|and|-|–)\s*(?P<high>{_COUNT}))?(?:\s*\(\w+\))?"
    rf"[\s'_-]+(?:(?P<working>working|business|bank|trading)[\s-]+"
    rf"|(?:calendar|full|whole|complete|consecutive|more|further|additional|extra)[\s-]+)?{_UNIT}",
    re.IGNORECASE,
)
_RECURS = re.compile(r"\bof (?:each|every) (?P<unit>month|quarter|year)\b", re.IGNORECASE)
_NAMED_UNIT = rf"(?P<unit>month|quarter|year|(?P<month>{'|'.join(MONTHS)})[a-z]*|(?:19|20)\d\d)\b"
_END = re.compile(
    r"\b(?:(?P<edge>end|close|start|beginning)"
    r"|(?P<last>last|final|first)(?: (?P<working>working|business|bank))?(?: (?:calendar )?day)?"
    r"|(?P<nth>\d{1,2})(?:st|nd|rd|th)(?: day)?)"
    rf" of (?:[a-z]+ ){{0,3}}?{_NAMED_UNIT}"
    r"|\b(?P<unit2>month|quarter|year)[ -](?P<edge2>end|start)\b",
    re.IGNORECASE,
)
BACKWARD = re.compile(
    r"\b(?:before|prior|ago|earlier|previous\w*|last|past|back|since|preced\w*|advance|older"
    r"|(?:on or|or|placed|bought|ordered|made) after|or later)\b",
    re.IGNORECASE,
)
_AROUND = 30
_BETWEEN = re.compile(r"[\s,T*_]*(?:\b(?:at|on)\b)?[\s*_]*")
_A_YEAR = re.compile(r"(?:19|20)\d\d")
_YEAR_AFTER = re.compile(
    r"(?:\b(?:in|until|till|of|since|by|from|to|years?|through|during|before|after|for|early|late"
    r"|mid|and|or)|Q[1-4]|[-–/])[\s*_/-]*\Z",
    re.IGNORECASE,
)
_NO_NOUN = re.compile(
    r"(?![\s*_]*(?:%|€|EUR\b))(?![\s*_]+[a-z])"
    r"|[\s*_]+(?:and|or|in|at|on|if|when|since|as|because|which|that|you|it|but|so|is|are|for|with"
    r"|under|unless|whichever|the|a|an|then|after|before|will|would|can|was|were|has|have|had|by"
    r"|expires?|to|until|from|only|not|of)\b"
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, or a month or year of which only that much is said.

    Attributes:
        day: The day; of a month or year its first.
        size: How many months it is long: 0 of a day, `MONTH` or `YEAR`.
        at: Time of day, where one stands beside it.
    """

    day: date
    size: int = 0
    at: time | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """How far it is from one moment to another.

    Attributes:
        count: How many.
        unit: Of what; weeks are days, quarters and years months.
        is_back: Whether it is spoken of as leading back.
    """

    count: int
    unit: Unit
    is_back: bool = False

    def lead(self, moment: Moment, sign: int) -> Moment | None:
        """Where it leads, forward or backward; None where that cannot be said.

        >>> Step(1, "month").lead(Moment(date(2027, 1, 31)), 1).day
        datetime.date(2027, 2, 28)
        """
        try:
            return self._lead(moment, sign * self.count)
        except (ValueError, OverflowError):
            return None

    def _lead(self, moment: Moment, count: int) -> Moment | None:
        if self.unit == "month":
            if moment.size and count % moment.size:
                return None
            return replace(moment, day=_plus_months(moment.day, count))
        if moment.size:  # nobody counts days from a whole month
            return None
        if self.unit == "working day":
            return replace(moment, day=_plus_working_days(moment.day, count))
        if self.unit == "day":
            return replace(moment, day=moment.day + timedelta(days=count))
        length = timedelta(minutes=count) if self.unit == "minute" else timedelta(hours=count)
        if moment.at is None:
            return Moment(moment.day + length) if not length % _ONE_DAY else None
        reached = datetime.combine(moment.day, moment.at) + length
        return Moment(reached.date(), at=reached.time())


@dataclass(frozen=True, slots=True)
class End:
    """A day by its place in a month, quarter or year.

    Attributes:
        size: How many months that is long.
        day: Which day of it; -1 for the last.
        is_working: Whether only Monday to Friday count.
    """

    size: int
    day: int
    is_working: bool = False

    def of(self, moment: Moment) -> Moment | None:
        """That day of the month, quarter or year that a moment is in.

        >>> End(YEAR, -1).of(Moment(date(2024, 11, 1), MONTH)).day
        datetime.date(2024, 12, 31)
        """
        if moment.size > self.size:
            return None
        try:
            first = moment.day.replace(month=(moment.day.month - 1) // self.size * self.size + 1)
            first = first.replace(day=1)
            if self.day > 0:
                day = first.replace(day=self.day)
            else:
                day = _plus_months(first, self.size) - _ONE_DAY
            while self.is_working and day.weekday() > 4:
                day += _ONE_DAY if self.day > 0 else -_ONE_DAY
        except (ValueError, OverflowError):
            return None
        return Moment(day)


def _plus_months(day: date, count: int) -> date:
    """So many months later; of a shorter month its last day."""
    months = day.year * 12 + day.month - 1 + count
    first = date(months // 12, months % 12 + 1, 1)
    following = date((months + 1) // 12, (months + 1) % 12 + 1, 1)
    return first.replace(day=min(day.day, (following - first).days))


def _plus_working_days(day: date, count: int) -> date:
    """So many of the days from Monday to Friday later, the first not counted."""
    way = _ONE_DAY if count > 0 else -_ONE_DAY
    left = abs(count)
    while left:
        day += way
        left -= day.weekday() < 5
    return day


def steps(text: str) -> Iterator[Step]:
    """The steps that a text speaks of: `3 to 5 working days`, `half a year`, `the next month`."""
    text = _unlaid(text)
    for match in _STEP.finditer(text):
        around = text[max(0, match.start() - _AROUND) : match.end() + _AROUND]
        is_back = BACKWARD.search(around) is not None
        for count in filter(None, (match["low"], match["high"])):
            made = _step(count.lower(), match["unit"].lower(), bool(match["working"]), is_back)
            if made is not None and 0 < made.count <= _MOST[made.unit]:
                yield made
    for match in _RECURS.finditer(text):
        yield Step(_months(match["unit"]), "month")


def _step(count: str, unit: str, is_working: bool, is_back: bool) -> Step | None:
    if count.startswith("half"):
        halves: dict[str, tuple[int, Unit]] = {
            "hour": (30, "minute"), "day": (12, "hour"), "year": (6, "month")
        }  # fmt: skip
        return Step(*halves[unit], is_back) if unit in halves else None
    number = int(count) if count.isdigit() else _WORDS[count]
    match unit:
        case "minute" | "hour":
            return Step(number, "minute" if unit == "minute" else "hour", is_back)
        case "day" | "weekday":
            is_working = is_working or unit == "weekday"
            return Step(number, "working day" if is_working else "day", is_back)
        case "week":
            return Step(7 * number, "day", is_back)
        case _:
            return Step(_months(unit) * number, "month", is_back)


def _unlaid(text: str) -> str:
    """A text without emphasis, on one line."""
    return " ".join(text[:_LONGEST].replace("*", "").split())


def _months(unit: str) -> int:
    return {"month": MONTH, "quarter": QUARTER}.get(unit.lower(), YEAR)


def ends(text: str) -> Iterator[End]:
    """The ends and beginnings that a text speaks of: `the end of the following month`."""
    for match in _END.finditer(_unlaid(text)):
        unit = match["unit"] or match["unit2"]
        size = MONTH if match["month"] else _months(unit)
        place = (match["edge"] or match["edge2"] or match["last"] or "").lower()
        if match["nth"]:
            if size == MONTH:
                yield End(size, int(match["nth"]))
        else:
            is_first = place in {"start", "beginning", "first"}
            yield End(size, 1 if is_first else -1, bool(match["working"]))


def moments(text: str) -> Iterator[tuple[int, int, int, time | None]]:
    """Year, month and day of the dates of a text, as far as they are said, and their times.

    Of a time without a date all three are 0.
    """
    text = text[:_LONGEST]
    said = find(text)
    used: set[int] = set()
    for i, claim in enumerate(said):
        if claim.kind == "date" and claim.day[1] > 0:
            beside = [j for j in (i + 1, i - 1) if _is_beside(text, said, i, j) and j not in used]
            used |= set(beside[:1])
            yield *claim.day, clock(said[beside[0]].text) if beside else None
        elif (year := year_of(text, claim, 0)) is not None:
            yield year, 0, 0, None
    for i, claim in enumerate(said):
        if claim.kind == "clock" and i not in used and (at := clock(claim.text)) is not None:
            yield 0, 0, 0, at


def _is_beside(text: str, said: list[Claim], i: int, j: int) -> bool:
    if not 0 <= j < len(said) or said[j].kind != "clock":
        return False
    first, second = sorted((said[i], said[j]), key=lambda c: c.start)
    return _BETWEEN.fullmatch(text, first.end, second.start) is not None


def clock(written: str) -> time | None:
    """The time of day that is written.

    >>> clock("5:30 pm"), clock("12 a.m."), clock("17:30:00Z")
    (datetime.time(17, 30), datetime.time(0, 0), datetime.time(17, 30))
    """
    match = re.match(r"(\d{1,2})(?::(\d\d))?[\d:.]*\s?([ap]?)", written.lower())
    if match is None:
        return None
    hour, half = int(match[1]), match[3]
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    minute = int(match[2] or 0)
    return time(hour % 24, minute) if hour <= 24 and minute < 60 else None


def year_of(text: str, claim: Claim, start: int) -> int | None:
    """The year that a number is, by the words around it; None where it may count something.

    Args:
        text: What the claim stands in.
        claim: A claim.
        start: Where the text begins, if the claim's place counts from elsewhere.
    """
    if claim.kind != "number" or not _A_YEAR.fullmatch(claim.text):
        return None
    before, at = text[max(0, claim.start - start - 20) : claim.start - start], claim.end - start
    is_year = _YEAR_AFTER.search(before) and stands_alone(text, at)
    return int(claim.text) if is_year else None


def stands_alone(text: str, at: int) -> bool:
    """Whether what ends at a place of a text counts nothing that is named right behind it."""
    return _NO_NOUN.match(text, at) is not None
