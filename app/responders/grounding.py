"""Does the evidence bear a text out? Every marker points to some, every number occurs in it.

Quotes (blockquotes and code) are left out: they are taken from the evidence as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import combinations
from typing import Any

from app.answer import Passage, QueryResult, Source

_MARKER = re.compile(r"(?<!\\)\[(\d{1,4})\](?!\()")
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"`[^`\n]*`")
_ORDINAL = re.compile(r"^\s*(?:[-*+]\s+)?\d{1,3}[.)]\s", re.MULTILINE)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_CLOCK = re.compile(r"(?<!\d)\d{1,2}:(\d{2})(?::\d{2})?(?!\d|:\d)")
_LENGTH = re.compile(r"(?<![\w.,])\d+ (?:d|h|min|s)(?: \d+ (?:h|min|s))?\b")
_PLAIN_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")
_UNITS = (1, 60, 3_600, 86_400, 604_800)
_LENGTHS = {"s": 1, "min": 60, "h": 3_600, "d": 86_400}
_MILLISECOND = Decimal("0.001")
_SECOND = timedelta(seconds=1)
_MOST_CELLS = 200_000


def check(
    text: str, evidence: Sequence[Source], *, readings: Sequence[str] = ()
) -> tuple[str, ...]:
    """What the evidence does not bear out, one sentence each; empty where all is well.

    Args:
        text: Markdown with `[n]` markers.
        evidence: The numbered sources behind it.
        readings: How the question was read or may be; the text repeats them and claims nothing.
    """
    said = _outside_quotes(text)
    known = {s.number for s in evidence}
    missing = sorted({int(m) for m in _MARKER.findall(said)} - known)
    problems = [f"The text points to [{n}], but there is no such source." for n in missing]
    claims = list(_claims(_MARKER.sub(" ", said)))
    if claims:
        ground = _Ground(evidence, readings)
        unknown = dict.fromkeys(c for c in claims if not ground.holds(c))
        problems += [f"The number {n} in the text is not in the evidence." for n in unknown]
    return tuple(problems)


def _outside_quotes(text: str) -> str:
    lines = _FENCE.sub("", text).splitlines()
    kept = "\n".join(line for line in lines if not line.lstrip().startswith(">"))
    return _ORDINAL.sub("", _CODE.sub("", kept))


def _claims(text: str) -> Iterator[str]:
    """Dates, clock times, lengths such as `2 h 5 min` and numbers as they are written."""
    for pattern in (_DATE, _CLOCK, _LENGTH):
        for match in pattern.finditer(text):
            yield match[0]
        text = pattern.sub(" ", text)
    for match in _PLAIN_NUMBER.finditer(text):
        before = text[match.start() - 1 : match.start()]
        if not (before.isalpha() or before == "_"):  # part of a name such as p95 or O-5f3a
            yield match[0]


class _Ground:
    """All that the evidence says in numbers, dates and times."""

    def __init__(self, evidence: Sequence[Source], readings: Sequence[str]) -> None:
        self._numbers: set[Decimal] = set()
        self._days: set[date] = set()
        self._minutes: set[str] = set()
        for reading in readings:
            self._add_text(reading)
        for source in evidence:
            if isinstance(source.evidence, Passage):
                self._add_text(source.evidence.text)
                self._add_text(source.evidence.label)
            else:
                self._add_result(source.evidence)

    def holds(self, claim: str) -> bool:
        """Whether the evidence has it, as precisely as it is written.

        Clock times may be in another zone than the evidence, so only their minutes are compared,
        and days by one.
        """
        if _DATE.fullmatch(claim):
            day = date.fromisoformat(claim) if _is_date(claim) else date.min
            return any(abs((day - d).days) <= 1 for d in self._days)
        if clock := _CLOCK.fullmatch(claim):
            return clock[1] in self._minutes
        if _LENGTH.fullmatch(claim):
            return self._holds_length(claim) or all(map(self.holds, claim.split()[::2]))
        number = Decimal(claim.replace(",", ""))
        places = len(claim.partition(".")[2])
        # From 1,234.56 one may write 1,234.6 or 1,235: rounding is no invention.
        return number in self._numbers or any(_rounds_to(n, number, places) for n in self._numbers)

    def _holds_length(self, claim: str) -> bool:
        """Whether some number is that length in one unit or another, as precisely as it is said."""
        words = claim.split()
        units = [_LENGTHS[u] for u in words[1::2]]
        seconds = sum(int(n) * unit for n, unit in zip(words[::2], units, strict=True))
        finer = max((u for u in _LENGTHS.values() if u < units[-1]), default=1)
        close = Decimal(units[-1] if len(units) > 1 else finer) / 2
        known = (n * unit for n in self._numbers for unit in (_MILLISECOND, *_UNITS))
        return any(abs(length - seconds) <= close for length in known)

    def _add_result(self, result: QueryResult) -> None:
        self._add_text(result.sql)
        self._add_spans(result.sql)
        self._numbers |= {Decimal(len(result)), Decimal(len(result.columns))}
        rows = result.rows()[: _MOST_CELLS // max(1, len(result.columns))]
        for name in result.columns:
            self._add_column([row[name] for row in rows])
        for moment in result.as_of.values():
            self._add_moment(moment)

    def _add_column(self, values: Iterable[Any]) -> None:
        numbers: list[Decimal] = []
        for value in values:
            if isinstance(value, bool) or value is None:
                continue
            if isinstance(value, int | float | Decimal):
                numbers += _decimal(value)
            elif isinstance(value, datetime | date):
                self._add_moment(value)
            elif isinstance(value, str):
                self._add_text(value)
        self._numbers |= {abs(n) for n in numbers}
        if numbers:  # what a reader of the column can see at once
            total = sum(numbers, Decimal())
            self._numbers |= {abs(total), abs(total / len(numbers)), Decimal(len(set(numbers)))}

    def _add_moment(self, moment: datetime | date) -> None:
        self._days.add(moment.date() if isinstance(moment, datetime) else moment)
        if isinstance(moment, datetime):
            self._minutes.add(f"{moment:%M}")

    def _add_text(self, text: str) -> None:
        self._days |= {date.fromisoformat(d) for d in _DATE.findall(text) if _is_date(d)}
        self._minutes |= set(_CLOCK.findall(text))
        for match in _PLAIN_NUMBER.finditer(text):
            self._numbers.add(Decimal(match[0].replace(",", "")))

    def _add_spans(self, sql: str) -> None:
        """Lengths between the moments in a query: "the last 30 minutes" is one of them."""
        moments = [datetime.fromisoformat(m) for m in _MOMENT.findall(sql)[:8] if _is_moment(m)]
        for moment in moments:  # 20:00 is 8 pm, and what ends at midnight ends the day before
            last = moment - _SECOND if moment.year > 1 else moment
            self._numbers |= {Decimal(moment.hour % 12 or 12), Decimal(last.day)}
        for first, second in combinations(moments, 2):
            seconds = Decimal(int(abs((second - first).total_seconds())))
            self._numbers |= {seconds / unit for unit in _UNITS}
            months = abs((second.year - first.year) * 12 + second.month - first.month)
            self._numbers |= {Decimal(months), Decimal(months) / 12}


def _rounds_to(exact: Decimal, number: Decimal, places: int) -> bool:
    if abs(exact) >= Decimal(10) ** 24:
        return False
    return round(exact, places) == number


def _decimal(value: float | Decimal) -> list[Decimal]:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return []
    return [number] if number.is_finite() else []


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
