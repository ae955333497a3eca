"""Stretches of time that rows are gathered by: `per hour`, `every 5 minutes`, `half-hourly`."""

from __future__ import annotations

from app.semantic_parser.form import Bucket, Unit
from app.semantic_parser.times.cursor import Cursor
from app.semantic_parser.times.found import Found
from app.semantic_parser.times.model import ClockPart, Part
from app.semantic_parser.times.units import Length, length_at, unit_at
from app.semantic_parser.tokens import word_set

_ADVERBS: dict[str, tuple[int, Unit]] = {
    "minutely": (1, "minute"),
    "hourly": (1, "hour"),
    "daily": (1, "day"),
    "nightly": (1, "day"),
    "weekly": (1, "week"),
    "fortnightly": (2, "week"),
    "monthly": (1, "month"),
    "quarterly": (1, "quarter"),
    "yearly": (1, "year"),
    "annually": (1, "year"),
}
_PARTS_OF_HOUR: dict[str, tuple[int, Unit]] = {"half": (30, "minute"), "quarter": (15, "minute")}
_PER = {"per", "by", "each", "every"}
_SLICES = word_set(
    "interval intervals bucket buckets window windows step steps slice slices chunk chunks bin bins"
    " slot slots block blocks granularity basis resolution increments increment"
)
_NOT_A_RATE = word_set(
    "in within for half than of about over under after before every each once twice times at least"
    " most take takes took taking last past only is was nearly almost since until quarter to by"
    " and from with around during what such roughly not just up lasted lasting next if as like"
)
"""Before `an hour` where it is a length: `within an hour`."""
_NOT_AFTER_RATE = {"ago", "before", "after", "earlier", "later", "or", "long", "old", "late"}
_PARTS: tuple[tuple[str, Part], ...] = (
    ("hour of day", "hour of day"),
    ("hour of the day", "hour of day"),
    ("hours of the day", "hour of day"),
    ("time of day", "hour of day"),
    ("time of the day", "hour of day"),
    ("day of week", "weekday"),
    ("day of the week", "weekday"),
    ("days of the week", "weekday"),
    ("weekday", "weekday"),
    ("weekdays", "weekday"),
)


def bucket(cursor: Cursor, i: int) -> Found | None:
    """The first rule that applies at `i`."""
    for rule in (_clock_part, _adverb, _unit_by_unit, _rate, _per, _slices):
        found = rule(cursor, i)
        if found:
            return found
    return None


def _clock_part(cursor: Cursor, i: int) -> Found | None:
    """`per weekday`, `by hour of the day`, `which day of the week`."""
    word = cursor.text(i)
    start = i + 1 if word in {"which", "what"} else i
    j = cursor.skip_one(i + 1, {"the"}) if word in _PER | {"which", "what"} else i
    for words, part in _PARTS:
        if cursor.matches(j, words) and (j > i or " " in words):
            return Found(start, j + len(words.split()), ClockPart(part))
    return None


def _adverb(cursor: Cursor, i: int) -> Found | None:
    """`hourly`, `half-hourly`, `on a daily basis`, `in hourly buckets`."""
    j = i + 2 if cursor.matches(i, "on a") or cursor.matches(i, "on an") else i
    part = _PARTS_OF_HOUR.get(cursor.text(j)) if cursor.text(j + 1) == "hourly" else None
    k = j + 1 if part else j
    read = part or _ADVERBS.get(cursor.text(k))
    stop = cursor.skip_one(k + 1, _SLICES)
    if read is None or (j > i and stop == k + 1):
        return None
    return Found(i, stop, Bucket(read[1], read[0]))


def _unit_by_unit(cursor: Cursor, i: int) -> Found | None:
    """`hour by hour`, `from day to day`."""
    unit = unit_at(cursor, i)
    if unit is None or cursor.text(i + 1) not in {"by", "after"}:
        return None
    if cursor.text(i + 2) != cursor.text(i):
        return None
    count, name = unit
    return Found(i, i + 3, Bucket(name, count))


def _rate(cursor: Cursor, i: int) -> Found | None:
    """`how many orders an hour`."""
    if cursor.text(i) not in {"a", "an"} or not i or cursor.text(i - 1) in _NOT_A_RATE:
        return None
    unit = unit_at(cursor, i + 1)
    is_length = cursor.text(i + 2) in _NOT_AFTER_RATE or cursor.matches(i + 2, "and a")
    if unit is None or is_length or cursor.kind(i - 1) not in {"word", "mark"}:
        return None
    return Found(i, i + 2, Bucket(unit[1], unit[0]))


def _per(cursor: Cursor, i: int) -> Found | None:
    """`per hour`, `by the hour`, `every 5 minutes`, `every other day`, `per calendar week`."""
    if cursor.text(i) not in _PER:
        return None
    if cursor.text(i) == "every" and cursor.text(i + 1) in {"other", "second"}:
        other = unit_at(cursor, i + 2)
        if other:
            return Found(i, i + 3, Bucket(other[1], 2 * other[0]))
    j = cursor.skip_one(i + 1, {"the", "single"})
    j = cursor.skip_one(j, {"calendar", "full"})
    length = length_at(cursor, j)
    if length is None or cursor.text(length.stop) in _NOT_AFTER_RATE or _counts_more(cursor, j):
        return None
    is_ordinal = length.is_one and length.unit == "second" and cursor.text(i) in {"each", "every"}
    if is_ordinal and not cursor.ends_phrase(length.stop):
        return None  # "every second order"
    stop = cursor.skip_one(length.stop, _SLICES)
    return Found(i, stop, _of(length))


def _counts_more(cursor: Cursor, i: int) -> bool:
    """`by a couple of hours`, `by an hour and a half` tell how much."""
    return cursor.text(i) in {"a", "an"} and cursor.text(i + 1) not in {"half", "quarter"}


def _slices(cursor: Cursor, i: int) -> Found | None:
    """`in 5 minute windows`, `at half hour intervals`."""
    length = length_at(cursor, i)
    if length is None or cursor.text(length.stop) not in _SLICES:
        return None
    return Found(i, length.stop + 1, _of(length))


def _of(length: Length) -> Bucket:
    return Bucket(length.unit, length.count)
