"""Dates and times that follow from those of the evidence: 14 days after, the end of next month."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import chain, islice

from app.answer import Source
from app.responders.grounding.claims import DATE, Claim
from app.responders.grounding.moments import (
    BACKWARD,
    MONTH,
    YEAR,
    End,
    Moment,
    Step,
    clock,
    ends,
    moments,
    stands_alone,
    steps,
    year_of,
)
from app.responders.grounding.tables import Column, Sheet

_MOST_BASES = 30
_MOST_ASKED = 10  # of those the readings may have; the evidence is to have its share
_MOST_OF_RESULTS = 12
_MOST_STEPS = 30
_MOST_ENDS = 6
_MOST_STATED = 10
_ANY_DAY = date(2000, 1, 1)
Found = tuple[int, int, int, time | None]
Said = tuple[int, int, int]
"""Year, month and day as far as they are said; 0 where not."""


@dataclass(slots=True)
class _Reached:
    """Where the steps lead from one moment."""

    days: set[date] = field(default_factory=set)
    months: set[tuple[int, int]] = field(default_factory=set)
    years: set[int] = field(default_factory=set)

    def add(self, moment: Moment | None) -> None:
        if moment is None:
            return
        self.years.add(moment.day.year)
        if moment.size <= MONTH:
            self.months.add((moment.day.year, moment.day.month))
        if not moment.size:
            self.days.add(moment.day)

    def has(self, said: Said) -> bool:
        year, month, day = said
        if not month:
            return year in self.years if year else any(d.day == day for d in self.days)
        if not day:
            return (year, month) in self.months
        if year:
            return any((d.year, d.month, d.day) == said for d in self.days)
        return any((d.month, d.day) == (month, day) for d in self.days)


@dataclass(slots=True)
class _Ground:
    """What is computed from.

    Attributes:
        bases: The moments.
        clocks: Times of day, with a date or without.
        steps: The steps.
        ends: The ends and beginnings.
        anchor: By which a date without a year is understood: the moment of asking, if that is told.
    """

    bases: list[Moment]
    clocks: list[time]
    steps: list[Step]
    ends: list[End]
    anchor: date | None


class Dates:
    """What follows from the evidence and the readings. Works only once it is asked.

    Args:
        evidence: The sources.
        readings: What was asked, how it was read, and when.
        sheets: The results among the sources.
        cited: Numbers of the sources that the text points to; where it points to any, others are
            not looked at, since the steps of many documents together lead almost everywhere.
    """

    def __init__(
        self,
        evidence: Sequence[Source],
        readings: Sequence[str],
        sheets: Sequence[Sheet],
        cited: Collection[int],
    ) -> None:
        used = [source for source in evidence if source.number in cited] or list(evidence)
        results = [source.result for source in used]
        self._passages = [source.passage for source in used if source.passage]
        self._sheets = [s for s in sheets if any(s.result is result for result in results)]
        self._readings = readings
        self._read: _Ground | None = None
        self._found: dict[tuple[Moment, bool], _Reached] = {}

    def bear(self, claim: Claim, text: str, sentence: str, stated: Sequence[Claim]) -> bool:
        """Whether a date, a year or a time is some steps of the evidence away from a known one.

        Args:
            claim: What may be one.
            text: All of the text.
            sentence: The claim's sentence.
            stated: Dates that are borne out and stand around it, nearest first.
        """
        is_back = BACKWARD.search(sentence) is not None
        if claim.kind == "clock":
            return self._has_time(clock(claim.text), is_back)
        said = said_of(claim, text)
        if said is None:
            return False
        resolved = (self.moment(one.day) for one in stated[:_MOST_STATED])
        bases = [*self._ground.bases, *(m for m in resolved if m is not None)]
        if any(self._reached(base, is_back).has(said) for base in bases):
            return True
        named = _Reached()  # "the end of November 2026" says itself which day that is
        for end in islice(ends(sentence), _MOST_ENDS):
            for base in bases:
                named.add(end.of(base))
        return named.has(said)

    def days(self, said: Said) -> set[date]:
        """The days that a date, with or without a year, may be."""
        if said[0]:
            told = _moment(said, None)
            return {told.day} if told else set()
        resolved = self.moment(said)
        found = {resolved.day} if resolved else set()
        for base in self._ground.bases:
            near = self._reached(base, is_back=True).days | {base.day}
            found |= {d for d in near if (d.month, d.day) == said[1:]}
        return found

    def moment(self, said: Said) -> Moment | None:
        """What is said as a moment; without a year, the one nearest to the moment of asking."""
        return _moment(said, self._ground.anchor)

    @property
    def _ground(self) -> _Ground:
        if self._read is None:
            self._read = self._gather()
        return self._read

    def _gather(self) -> _Ground:
        asked = [found for text in self._readings for found in moments(text)]
        queries = [sheet.result.sql for sheet in self._sheets]
        told = [p.text for p in self._passages]
        written = (found for text in (*queries, *told) for found in moments(text))
        shown = [*_as_of(self._sheets), *_values(self._sheets)]
        anchor = _anchor(asked, shown)
        first = list(islice(_bases(asked, anchor), _MOST_ASKED))
        beside = list(islice(dict.fromkeys(shown), _MOST_OF_RESULTS))
        known = list(written)
        bases = dict.fromkeys((*first, *beside, *_bases(known, anchor)))
        texts = (*self._readings, *told, *queries)
        times = (at for *_, at in (*asked, *known) if at)
        return _Ground(
            list(islice(bases, _MOST_BASES)),
            list(islice(dict.fromkeys(chain(times, (m.at for m in beside if m.at))), _MOST_BASES)),
            list(islice(dict.fromkeys(s for t in texts for s in steps(t)), _MOST_STEPS)),
            list(islice(dict.fromkeys(e for t in texts for e in ends(t)), _MOST_ENDS)),
            anchor,
        )

    def _reached(self, base: Moment, is_back: bool) -> _Reached:
        """All that the steps lead to; backward only where somebody speaks of going back."""
        key = base, is_back
        if key not in self._found:
            self._found[key] = found = _Reached()
            found.years.add(base.day.year)
            for moment in self._steps_from(base, is_back):
                found.add(moment)
        return self._found[key]

    def _steps_from(self, base: Moment, is_back: bool) -> Iterator[Moment | None]:
        work = self._ground
        at_ends = [(end, found) for end in work.ends if (found := end.of(base))]
        yield from (found for _, found in at_ends)
        for step in work.steps:
            for sign in _ways(step, is_back):
                moved = step.lead(base, sign)
                yield moved
                if moved is not None:
                    yield from (end.of(moved) for end in work.ends)
                for end, found in at_ends:
                    moved = step.lead(found, sign)
                    yield moved
                    if moved is not None and step.unit == "month":
                        yield end.of(moved)

    def _has_time(self, wanted: time | None, is_back: bool) -> bool:
        lengths = [s for s in self._ground.steps if s.unit in {"hour", "minute"}]
        reached = (
            step.lead(Moment(_ANY_DAY, at=at), sign)
            for at in self._ground.clocks
            for step in lengths
            for sign in _ways(step, is_back)
        )
        return wanted is not None and any(m is not None and m.at == wanted for m in reached)


def _ways(step: Step, is_back: bool) -> tuple[int, ...]:
    return (1, -1) if is_back or step.is_back else (1,)


def said_of(claim: Claim, text: str) -> Said | None:
    """A claim as a date: also a year, and a day of some month; None if it is none.

    Args:
        claim: A claim.
        text: All of the text.
    """
    if claim.kind == "date":
        return claim.day if claim.day[1] > 0 else None
    if claim.kind == "ordinal" and 1 <= claim.amounts[0].value <= 31:
        alone = stands_alone(text, claim.end)
        return (0, 0, int(claim.amounts[0].value)) if alone else None
    year = year_of(text, claim, 0)
    return None if year is None else (year, 0, 0)


def _bases(found: Iterable[Found], anchor: date | None) -> Iterator[Moment]:
    for *said, at in found:
        moment = _moment((said[0], said[1], said[2]), anchor, at)
        if moment is not None:
            yield moment


def _moment(said: Said, anchor: date | None, at: time | None = None) -> Moment | None:
    year, month, day = said
    try:
        if year:
            size = 0 if month and day else MONTH if month else YEAR
            return Moment(date(year, month or 1, day or 1), size, None if size else at)
    except ValueError:
        return None
    if not month or anchor is None:
        return None
    nearest = [d for n in (-1, 0, 1) if (d := _day(anchor.year + n, month, day)) is not None]
    return Moment(min(nearest, key=lambda d: abs(d - anchor)), 0, at) if nearest else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _anchor(asked: Sequence[Found], shown: Sequence[Moment]) -> date | None:
    """The last moment of the readings that has a time, else a day, else one of the results."""
    days = [(d, at) for y, m, n, at in asked if (d := _day(y, m, n)) is not None]
    timed = [d for d, at in days if at]
    return next(chain(reversed(timed), (d for d, _ in days), (m.day for m in shown)), None)


def _as_of(sheets: Sequence[Sheet]) -> Iterator[Moment]:
    for sheet in sheets:
        for moment in sheet.result.as_of.values():
            yield _of(moment)


def _values(sheets: Sequence[Sheet]) -> Iterator[Moment]:
    """The first moments of each column that has any."""
    for column in (column for sheet in sheets for column in sheet.columns):
        if not column.is_numeric:
            yield from islice(_of_column(column), _MOST_OF_RESULTS)


def _of_column(column: Column) -> Iterator[Moment]:
    for value in column.values[:_MOST_OF_RESULTS]:
        if isinstance(value, date):
            yield _of(value)
        elif isinstance(value, str):
            for written in DATE.findall(value[:100]):
                if day := _moment((int(written[:4]), int(written[5:7]), int(written[8:])), None):
                    yield day


def _of(moment: date) -> Moment:
    if isinstance(moment, datetime):
        return Moment(moment.date(), at=moment.time().replace(second=0, microsecond=0))
    return Moment(moment)
