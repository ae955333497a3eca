"""Finds what a text claims in figures: numbers, percentages, lengths of time, dates, clock times.

Every number becomes the intervals that it may stand for: 1.2k is anything that rounds to 1,200
at that precision. Words for numbers are not looked for: "one" and "two" count nothing as often as
they count something, and a false alarm is worse than a small number let through.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from app.responders.grounding.amounts import NUMBER, Amount, amounts, loosely

UNITS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3_600.0, "d": 86_400.0, "w": 604_800.0}
"""Units of time in seconds."""

_UNIT = (
    r"(?:(?i:milliseconds?|millis|msecs?|seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?)"
    r"|ms|s|m|h|d)(?![\w/])"
)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d{2})"
DATE = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?![\d-])")
_SPOKEN_DATE = re.compile(
    rf"(?<![\w.,]){_DAY}\.?(?: of)? {_MONTH}(?:,? {_YEAR})?(?!\d)"
    rf"|\b{_MONTH.replace('month', 'month2')} {_DAY.replace('day', 'day2')}"
    rf"(?: ?(?:-|–|to|and|until) ?(?P<until>\d{{1,2}}))?"
    rf"(?:,? {_YEAR.replace('year', 'year2')})?(?![\w:])"
    rf"|\b{_MONTH.replace('month', 'month3')},? {_YEAR.replace('year', 'year3')}(?!\d)"
)
_FIRST_DAY = re.compile(
    rf"(?<![\w.,]){_DAY}\.?"
    rf"(?= ?(?:-|–|to|and|until) ?\d{{1,2}}(?:st|nd|rd|th)?\.?(?: of)? {_MONTH})"
)
"""The first of `20 to 22 November`."""
CLOCK = re.compile(
    r"(?<!\d)\d{1,2}:(\d{2})(?::\d{2})?(?:\.\d+)?(?!\d|:\d)"
    r"(?:Z\b|[+-]\d{2}:\d{2}|\s?(?i:[ap]\.?m\b))?"
)
_ZONE = re.compile(r"\b(?:UTC|GMT)[+−-]\d{1,2}(?::\d{2})?")
_HOUR = re.compile(r"(?<![\w.,])(\d{1,2})\s?(?:[ap]\.?m\b\.?)", re.IGNORECASE)
_LENGTH = re.compile(
    rf"(?<![\w.,])(?:{NUMBER})[ \u00a0\u202f-]?{_UNIT}"
    rf"(?:(?:,| and|, and)? ?(?:{NUMBER})[ \u00a0\u202f]?{_UNIT}){{0,3}}"
)
_PART = re.compile(rf"({NUMBER})[ \u00a0\u202f-]?({_UNIT})")
_PER_CENT = r"(?:%|(?i:per ?cent(?:age points?)?)\b|pp\b)"
_PERCENT = re.compile(
    rf"(?<![\w.,])({NUMBER})(?:[ \u00a0\u202f]?{_PER_CENT}"
    rf"|(?=[ ]?(?:[-–—]|to|and)[ ]?(?:{NUMBER})[ \u00a0\u202f]?{_PER_CENT}))"
)
# Digits of names are no claims: p95, O-5f3a09c1, UTF-8, 2.1.3, 5f3a09c1, 24/7.
_NAME = re.compile(
    r"(?<![\w-])(?!(?:EUR|USD|GBP|CHF)\d)(?:[A-Za-z_]\w*?\d\w*(?:-\w+)*|\w*[A-Z]\w*(?:-\w*\d\w*)+)"
    r"|(?<![\w.])(?!\d{1,3}(?:\.\d{3})+(?![\d.]))v?\d+(?:\.\d+){2,}(?!\w)"
    r"|\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b"
    r"|\b24/7\b"
)
_DIGIT = re.compile(r"\d")
_NAMED = re.compile(r"[A-Za-z_-]\d|\d[A-Za-z_.]|24/7")
_SCALE = r"(?i:thousand|millions?|billions?|mio|mrd|mn|bn|tsd)(?![a-zA-Z])\.?|[kKMB](?!\w)"
_SCALED = re.compile(rf"(?<![\w.,])({NUMBER})[ \u00a0\u202f]?({_SCALE})")
_RATIO = r"[ ]?(?:x\b|×|-?fold\b|times\b)"
_PLAIN = re.compile(rf"(?<![\w.])({NUMBER})(?:(st|nd|rd|th)\b|(?=({_RATIO}))|(?![A-Za-z_\d]))")
_SCALES = {"k": 1e3, "t": 1e3, "m": 1e6, "b": 1e9, "mrd": 1e9}


@dataclass(frozen=True, slots=True)
class Claim:
    """Something said in figures.

    Attributes:
        start: First character in the text.
        end: One past the last.
        text: As written.
        kind: `length` is a length of time; its `amounts` are seconds.
        amounts: What it may stand for; one of them is enough.
        bare: Of a length of one part, the number without its unit.
        day: Of a date, the year, month and day, as far as they are said.
        minute: Of a clock time, its minutes.
    """

    start: int
    end: int
    text: str
    kind: Literal["date", "clock", "length", "percent", "ordinal", "ratio", "number"]
    amounts: tuple[Amount, ...] = ()
    bare: tuple[Amount, ...] = ()
    day: tuple[int, int, int] = (0, 0, 0)
    minute: str = ""

    @property
    def value(self) -> float | None:
        """The number to calculate with, if it is one."""
        found = self.bare or self.amounts
        return found[0].value if found else None


def find(text: str, start: int = 0) -> list[Claim]:
    """The claims of a text without markup, in order of place.

    Args:
        text: A paragraph; what is no claim in it (markers, code, addresses) is blank.
        start: Where it begins in the whole text.
    """
    found: list[Claim] = []
    if not _DIGIT.search(text):
        return found
    named = _NAMED.search(text) is not None
    for pattern, made in _KINDS:
        if pattern is _NAME and not named:
            continue
        kept: list[str] = []
        last = 0
        for match in pattern.finditer(text):
            if made:
                found += made(match, start)
            kept += (text[last : match.start()], " " * len(match[0]))
            last = match.end()
        text = "".join((*kept, text[last:]))
    return sorted(found, key=lambda c: c.start)


def _date(match: re.Match[str], start: int) -> list[Claim]:
    try:
        day = date.fromisoformat(match[0])
        said = (day.year, day.month, day.day)
    except ValueError:
        said = (-1, -1, -1)
    return [Claim(start + match.start(), start + match.end(), match[0], "date", day=said)]


def _spoken_date(match: re.Match[str], start: int) -> list[Claim]:
    said = match.groupdict()
    month = next(v for k, v in said.items() if k.startswith("month") and v)
    year = next((v for k, v in said.items() if k.startswith("year") and v), "0")
    day = next((v for k, v in said.items() if k.startswith("day") and v), "0")
    days = [day, *([said["until"]] if said.get("until") else [])]
    when = [(int(year), MONTHS.index(month[:3].lower()) + 1, int(d)) for d in days]
    place = (start + match.start(), start + match.end())
    return [Claim(*place, match[0], "date", day=w) for w in when]


def _clock(match: re.Match[str], start: int) -> list[Claim]:
    return [Claim(start + match.start(), start + match.end(), match[0], "clock", minute=match[1])]


def _hour(match: re.Match[str], start: int) -> list[Claim]:
    said = amounts(match[1])
    place = (start + match.start(), start + match.end())
    return [Claim(*place, match[0], "clock", said, minute="00")]


def _lengths(match: re.Match[str], start: int) -> list[Claim]:
    """One length, or several that only stand in a row: 2 h 5 min, but 2.8 s, 2,800 ms."""
    runs: list[list[re.Match[str]]] = []
    for part in _PART.finditer(match.string, match.start(), match.end()):
        last = runs[-1][-1] if runs else None
        if last and _size(part) < _size(last) and last[1].isdigit():
            runs[-1].append(part)
        else:
            runs.append([part])
    return [_length(run, start) for run in runs]


def _length(parts: Sequence[re.Match[str]], start: int) -> Claim:
    first, last = parts[0], parts[-1]
    said = [(amounts(p[1])[0], _size(p)) for p in parts]
    seconds = sum(n.value * unit for n, unit in said)
    step = said[-1][0].step * said[-1][1]
    # In another unit than the evidence a whole number would let too much through: 3 days may be
    # anything from 60 to 84 hours.
    close = step / 2 if len(parts) > 1 else min(step / 2, 0.05 * seconds)
    before = _before(first)
    length = loosely(Amount(seconds, step, seconds - close, seconds + close), before)
    bare = tuple(loosely(a, before) for a in amounts(first[1])) if len(parts) == 1 else ()
    if last[2] == "m":  # 5m may be 5 million too
        bare += tuple(a.times(1e6) for a in bare)
    place = (start + first.start(), start + last.end())
    return Claim(*place, first.string[first.start() : last.end()], "length", (length,), bare)


def _size(part: re.Match[str]) -> float:
    return UNITS[_unit(part[2])]


def _unit(written: str) -> str:
    """The unit by its short name: minutes, mins and m are min."""
    low = written.lower()
    if low.startswith(("ms", "milli")):
        return "ms"
    return "min" if low.startswith("m") else low[0]


def _percent(match: re.Match[str], start: int) -> list[Claim]:
    said = tuple(loosely(a, _before(match)) for a in amounts(match[1]))
    return [Claim(start + match.start(), start + match.end(), match[0], "percent", said)]


def _scaled(match: re.Match[str], start: int) -> list[Claim]:
    word = match[2].lower().rstrip(".")
    scale = _SCALES.get(word) or _SCALES[word[0]]
    said = tuple(loosely(a.times(scale), _before(match)) for a in amounts(match[1]))
    return [Claim(start + match.start(), start + match.end(), match[0], "number", said)]


def _plain(match: re.Match[str], start: int) -> list[Claim]:
    said = tuple(loosely(a, _before(match)) for a in amounts(match[1]))
    kind: Literal["ordinal", "ratio", "number"] = "number"
    if match[2]:
        kind = "ordinal"
    elif match[3]:
        kind = "ratio"
    return [Claim(start + match.start(), start + match.end(), match[0], kind, said)]


def _before(match: re.Match[str]) -> str:
    return match.string[max(0, match.start() - 40) : match.start()]


# In this order: what one has found is blank to the next.
_KINDS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], int], list[Claim]] | None], ...] = (
    (DATE, _date),
    (CLOCK, _clock),
    (_ZONE, None),
    (_FIRST_DAY, _spoken_date),
    (_SPOKEN_DATE, _spoken_date),
    (_HOUR, _hour),
    (_LENGTH, _lengths),
    (_PERCENT, _percent),
    (_SCALED, _scaled),
    (_NAME, None),
    (_PLAIN, _plain),
)


def numbers(text: str) -> Iterator[float]:
    """The values of a text's plain numbers, quickly: for the many cells of a result."""
    for written in _QUICK.findall(text):
        yield float(written.replace(",", ""))


_QUICK = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
