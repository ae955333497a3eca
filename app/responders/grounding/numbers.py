"""All that the evidence itself says in numbers, lengths of time, dates and clock times."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import combinations

import numpy as np

from app.answer import QueryResult, Source
from app.responders.grounding.claims import CLOCK, DATE, UNITS, Claim, find, numbers
from app.responders.grounding.tables import Column, Sheet, unit_of

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")
_INTERVAL = re.compile(r"INTERVAL\s+'(\d+)'\s+(SECOND|MINUTE|HOUR|DAY|WEEK)", re.IGNORECASE)
_WORDS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "dozen": 12, "fifteen": 15, "twenty": 20, "thirty": 30,
    "hundred": 100,
}  # fmt: skip
_WORD = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b", re.IGNORECASE)
_SECOND = timedelta(seconds=1)
_DAYS = tuple(timedelta(days=n) for n in (-1, 0, 1))
_MOST_MOMENTS = 8
_LONGEST = 100_000


class Known:
    """What numbers, lengths, days and minutes the evidence has, and what is seen in it at once.

    Args:
        evidence: The sources.
        readings: Texts whose numbers may be repeated.
        sheets: The results among the sources.
    """

    def __init__(
        self, evidence: Sequence[Source], readings: Sequence[str], sheets: Sequence[Sheet]
    ) -> None:
        self._numbers: set[float] = set()
        self._free: set[float] = set()  # those whose unit is not known: they may be any length
        self._lengths: set[float] = set()
        self._days: set[date] = set()
        self._spoken: set[tuple[int, int, int]] = set()
        self._minutes: set[str] = set()
        self._most_rows = 0
        for reading in readings:
            self._add_text(reading)
        for passage in (s.passage for s in evidence if s.passage):
            self._add_text(passage.text)
            self._add_text(passage.label)
        for sheet in sheets:
            self._add_result(sheet.result)
            for column in sheet.columns:
                self._add_column(column)
        self._numbers |= {
            float(n) for n in (len(evidence), len(sheets), len(evidence) - len(sheets))
        }
        self._sort()

    def _sort(self) -> None:
        self._all = sorted(self._numbers)
        self._bare = sorted(self._free)
        self._seconds = sorted(self._lengths)
        self._near = {day + n for day in self._days for n in _DAYS if 1 < day.year < 9999}

    def holds(self, claim: Claim) -> bool:
        """Whether the evidence has it, as precisely as it is written.

        Clock times may be in another zone than the evidence, so only their minutes are compared,
        and days by one.
        """
        match claim.kind:
            case "date":
                return self._has_day(*claim.day)
            case "clock":
                return claim.minute in self._minutes if not claim.amounts else self._has_hour(claim)
            case "length":
                return self._has_length(claim)
            case "percent":
                return any(
                    a.among(self._all) or a.times(0.01).among(self._all) for a in claim.amounts
                )
            case "ordinal":
                return self._has_ordinal(claim)
            case _:
                return any(a.among(self._all) for a in claim.amounts)

    def _has_length(self, claim: Claim) -> bool:
        if any(a.among(self._bare) for a in claim.bare):
            return True
        units = UNITS.values()
        return any(
            a.among(self._seconds) or any(a.times(1 / unit).among(self._bare) for unit in units)
            for a in claim.amounts
        )

    def _has_hour(self, claim: Claim) -> bool:
        return any(a.among(self._all) for a in claim.amounts)

    def _has_ordinal(self, claim: Claim) -> bool:
        """A place among the rows, or a day of the month."""
        place = claim.amounts[0].value
        if 1 <= place <= self._most_rows or any(d.day == place for d in self._near):
            return True
        return claim.amounts[0].among(self._all)

    def _has_day(self, year: int, month: int, day: int) -> bool:
        if (0, month, day) in self._spoken:
            return True
        return any(
            year in {0, d.year} and month == d.month and day in {0, d.day} for d in self._near
        )

    def _add_result(self, result: QueryResult) -> None:
        self._add_sql(result.sql)
        self._most_rows = max(self._most_rows, len(result))
        self._numbers.add(float(len(result)))
        self._lengths.add(result.seconds)
        for moment in result.as_of.values():
            self._add_moment(moment)

    def _add_column(self, column: Column) -> None:
        if len(column.numbers):  # what a reader of the column can see at once
            found = np.unique(np.abs(column.numbers))
            total, count = abs(float(column.numbers.sum())), len(column.numbers)
            self._add([*found.tolist(), total, total / count], unit_of(column.name))
            several = len(np.unique(column.numbers))
            self._numbers |= {float(several), float(count), float(np.count_nonzero(column.numbers))}
        if column.texts:
            self._numbers |= {float(len(set(column.texts))), float(len(column.texts))}
            self._add_cells("\n".join(column.texts))
        if not column.is_numeric:
            self._add_moments([v for v in column.values if isinstance(v, date | time | timedelta)])

    def _add_moments(self, values: Sequence[date | time | timedelta]) -> None:
        for value in values:
            if isinstance(value, timedelta):
                self._lengths.add(abs(value.total_seconds()))
            else:
                self._add_moment(value)
        self._add_span([v for v in values if isinstance(v, datetime)])

    def _add_cells(self, text: str) -> None:
        self._days |= {date.fromisoformat(d) for d in DATE.findall(text) if _is_moment(d)}
        self._minutes |= set(CLOCK.findall(text))
        self._add(set(_no_date(text)))

    def _add_span(self, moments: Sequence[datetime]) -> None:
        if moments and len({m.tzinfo is None for m in moments}) == 1:
            self._lengths.add((max(moments) - min(moments)).total_seconds())

    def _add(self, found: Iterable[float], unit: str = "") -> None:
        """Numbers; where their unit of time is known they are no lengths in any other."""
        kept = {n for n in found if math.isfinite(n)}
        self._numbers |= kept
        if unit:
            self._lengths |= {n * UNITS[unit] for n in kept}
        else:
            self._free |= kept

    def _add_moment(self, moment: datetime | date | time) -> None:
        if isinstance(moment, date):
            day = moment.date() if isinstance(moment, datetime) else moment
            self._days.add(day)
            self._numbers.add(float(day.year))
        if isinstance(moment, datetime | time):
            self._minutes.add(f"{moment:%M}")

    def _add_text(self, text: str) -> None:
        """All that a text says, with the units that it says it in."""
        text = text[:_LONGEST]
        self._numbers |= set(_no_date(text))
        self._add(float(_WORDS[word.lower()]) for word in _WORD.findall(text))
        for claim in find(text):
            if claim.kind == "date":
                self._add_written_day(*claim.day)
            elif claim.kind == "clock":
                self._minutes.add(claim.minute)
            elif claim.kind == "length":
                self._lengths |= {a.value for a in claim.amounts}
                self._numbers |= {a.value for a in claim.bare}
            else:
                self._add(a.value for a in claim.amounts)

    def _add_written_day(self, year: int, month: int, day: int) -> None:
        if not year:
            self._spoken.add((year, month, day))
            return
        try:
            self._days.add(date(year, month, day or 1))
        except ValueError:
            return

    def _add_sql(self, sql: str) -> None:
        self._add_cells(sql)
        for count, unit in _INTERVAL.findall(sql):
            self._lengths.add(float(count) * UNITS[unit_of(unit)])
        self._add_spans(sql)

    def _add_spans(self, sql: str) -> None:
        """Lengths between the moments in a query: "the last 30 minutes" is one of them."""
        written = _MOMENT.findall(sql)[:_MOST_MOMENTS]
        moments = [datetime.fromisoformat(m) for m in written if _is_moment(m)]
        for moment in moments:  # 20:00 is 8 pm, and what ends at midnight ends the day before
            last = moment - _SECOND if moment.year > 1 else moment
            self._numbers |= {float(moment.hour % 12 or 12), float(last.day)}
        for first, second in combinations(moments, 2):
            seconds = abs((second - first).total_seconds())
            self._lengths.add(seconds)
            self._numbers |= {seconds / unit for unit in UNITS.values() if unit >= 1}
            months = abs((second.year - first.year) * 12 + second.month - first.month)
            self._numbers |= {float(months), months / 12}


def _no_date(text: str) -> Iterator[float]:
    """The numbers of a text but for those of dates and clock times, which count nothing."""
    return numbers(CLOCK.sub(" ", DATE.sub(" ", text)))


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
