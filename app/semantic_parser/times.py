"""Time ranges and time buckets in a question; tables play no part here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.semantic_parser.form import Bucket, TimeRange, Unit
from app.semantic_parser.tokens import Token, word_set

_UNITS: dict[str, Unit] = {
    "sec": "second",
    "second": "second",
    "min": "minute",
    "mins": "minute",
    "minut": "minute",
    "h": "hour",
    "hr": "hour",
    "hour": "hour",
    "day": "day",
    "week": "week",
    "month": "month",
    "year": "year",
}
_LENGTHS: dict[Unit, timedelta] = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
    "month": timedelta(days=30),
    "year": timedelta(days=365),
}
_ADVERBS: dict[str, Unit] = {
    "hourly": "hour",
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "minutely": "minute",
}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PARTS = {"morning": (0, 12), "afternoon": (12, 18), "evening": (18, 24)}
_NOT_A_RATE = word_set(
    "in within for half than of about over under after before every each once twice times at least"
    " most take takes took taking last past only is was nearly almost"
)
"""Before `an hour` where it is a length: `within an hour`."""
_MAX_COUNT = 100_000


@dataclass(frozen=True, slots=True)
class Span:
    """What the tokens from `start` to `stop` (exclusive) mean."""

    start: int
    stop: int
    meaning: TimeRange | Bucket


@dataclass(frozen=True, slots=True)
class _Point:
    """A moment or a day, and how it was said."""

    start: datetime
    end: datetime
    stop: int
    words: str
    is_clock: bool = False
    has_day: bool = True


def unit_of(token: Token) -> Unit | None:
    """The unit of time that a word names, if it does."""
    return _UNITS.get(token.stem) if token.kind == "word" else None


def find(tokens: Sequence[Token], now: datetime, time_zone: str) -> tuple[Span, ...]:
    """Every time range and bucket, without overlaps, in order."""
    reader = _Reader(tokens, now, ZoneInfo(time_zone))
    spans: list[Span] = []
    i = 0
    while i < len(tokens):
        span = reader.bucket(i) or reader.range(i)
        if span:
            spans.append(span)
        i = span.stop if span else i + 1
    return tuple(spans)


def _has_length(span: Span) -> bool:
    """Whether a range can hold anything; one that ends before it starts was misread."""
    meaning = span.meaning
    if isinstance(meaning, Bucket) or meaning.start is None or meaning.end is None:
        return True
    return meaning.start < meaning.end


class _Reader:
    """Rules over the tokens; each takes a position and gives a span or None."""

    def __init__(self, tokens: Sequence[Token], now: datetime, zone: ZoneInfo) -> None:
        self._tokens = tokens
        self._now = now
        self._zone = zone
        self._local = self._to_local(now)
        self._today = self._local.replace(hour=0, minute=0, second=0)

    def bucket(self, i: int) -> Span | None:
        """`per hour`, `hourly`, `every 5 minutes`, `by day`."""
        word = self._text(i)
        if word in _ADVERBS:
            return Span(i, i + 1, Bucket(_ADVERBS[word]))
        if word in {"a", "an"} and i and self._text(i - 1) not in _NOT_A_RATE:
            unit = self._unit(i + 1)  # "how many orders an hour"
            return Span(i, i + 2, Bucket(unit)) if unit else None
        if word not in {"per", "by", "each", "every"}:
            return self._interval(i)
        count, j = self._count(i + 1)
        unit = self._unit(j)
        if unit is None:
            return None
        return Span(i, j + 1, Bucket(unit, count or 1))

    def _interval(self, i: int) -> Span | None:
        """`in 5 minute windows`."""
        count, j = self._count(i)
        unit = self._unit(j)
        kinds = {"interval", "intervals", "buckets", "bucket", "windows", "window", "steps"}
        if count is None or unit is None or self._text(j + 1) not in kinds:
            return None
        return Span(i, j + 2, Bucket(unit, count))

    def range(self, i: int) -> Span | None:
        """The first rule that applies at `i`."""
        rules = (self._rolling, self._calendar, self._between, self._since, self._before, self._on)
        return next((span for rule in rules if (span := rule(i)) and _has_length(span)), None)

    def _rolling(self, i: int) -> Span | None:
        """`last 30 minutes`, `past hour`, `last half hour`; `last week` is the calendar's."""
        word = self._text(i)
        if word not in {"last", "past"}:
            return None
        if self._text(i + 1) == "half":
            j = i + 3 if self._text(i + 2) in {"a", "an"} else i + 2
            if self._unit(j) == "hour":
                return self._back(i, j + 1, timedelta(minutes=30), "in the last 30 minutes")
        count, j = self._count(i + 1)
        unit = self._unit(j)
        if unit is None:
            return None
        if count is None and word == "last" and unit in {"week", "month", "year"}:
            return self._previous(i, j + 1, unit)
        said = f"in the last {unit}" if count in {None, 1} else f"in the last {count} {unit}s"
        return self._back(i, j + 1, _LENGTHS[unit] * (count or 1), said)

    def _back(self, i: int, stop: int, length: timedelta, words: str) -> Span | None:
        # Far back is as good as any; datetime itself ends at year 1.
        if length > timedelta(days=36_500):
            return None
        start = self._to_local(self._now - length)
        return Span(i, stop, TimeRange(start, self._local, words))

    def _previous(self, i: int, stop: int, unit: Unit) -> Span:
        this = self._floor(unit)
        before = self._floor_of(this - timedelta(days=1), unit)
        return Span(i, stop, TimeRange(before, this, f"last {unit}"))

    def _calendar(self, i: int) -> Span | None:
        """`today`, `yesterday`, `this week`, `this morning`."""
        word, following = self._text(i), self._text(i + 1)
        if word == "today" and following not in _PARTS:
            return Span(i, i + 1, TimeRange(self._today, self._local, "today"))
        if word == "yesterday" and self._point_at(i + 1) is None and following not in _PARTS:
            start = self._today - timedelta(days=1)
            return Span(i, i + 1, TimeRange(start, self._today, "yesterday"))
        if word in {"this", "current"} and following in _PARTS:
            first, last = _PARTS[following]
            start = self._today + timedelta(hours=first)
            end = min(self._today + timedelta(hours=last), self._local)
            return Span(i, i + 2, TimeRange(start, max(start, end), f"this {following}"))
        unit = self._unit(i + 1)
        if word in {"this", "current"} and unit:
            return Span(i, i + 2, TimeRange(self._floor(unit), self._local, f"this {unit}"))
        return None

    def _between(self, i: int) -> Span | None:
        """`between 14:00 and 15:00`, `from 9 am to 11 am`, `from monday to wednesday`."""
        link = {"between": {"and"}, "from": {"to", "until", "till"}}.get(self._text(i))
        first = self._point(i + 1) if link else None
        if not link or first is None or self._text(first.stop) not in link:
            return None
        second = self._point(first.stop + 1)
        if second is None:
            return None
        first, second = self._same_day(first, second)
        end = second.start if second.is_clock else second.end
        words = f"between {first.words} and {second.words}"
        return Span(i, second.stop, TimeRange(first.start, end, words))

    def _same_day(self, first: _Point, second: _Point) -> tuple[_Point, _Point]:
        """Clock times of one range: a day said once is meant for both."""
        if not (first.is_clock and second.is_clock) or (first.has_day and second.has_day):
            return first, second
        day = second.start.date() if second.has_day else first.start.date()
        if second.has_day:
            start, end = datetime.combine(day, first.start.time()), second.start
            start -= timedelta(days=start >= end)
        else:
            start, end = first.start, datetime.combine(day, second.start.time())
            end += timedelta(days=end <= start)
        said = second.words.removesuffix(" yesterday") if not second.has_day else second.words
        said_first = first.words.removesuffix(" yesterday") if second.has_day else first.words
        return replace(first, start=start, words=said_first), replace(second, start=end, words=said)

    def _since(self, i: int) -> Span | None:
        word = self._text(i)
        if word not in {"since", "after", "from"}:
            return None
        point = self._point(i + 1)
        if point is None:
            return None
        start = point.end if word == "after" else point.start
        if word == "from" and not point.is_clock:  # "orders from yesterday" is that day
            return Span(i, point.stop, TimeRange(point.start, point.end, point.words))
        return Span(i, point.stop, TimeRange(start, self._local, f"{word} {point.words}"))

    def _before(self, i: int) -> Span | None:
        word = self._text(i)
        if word not in {"before", "until", "till"}:
            return None
        point = self._point(i + 1)
        if point is None:
            return None
        start = point.start.replace(hour=0, minute=0, second=0) if point.is_clock else None
        end = point.start if word == "before" else point.end
        return Span(i, point.stop, TimeRange(start, end, f"{word} {point.words}"))

    def _on(self, i: int) -> Span | None:
        """`on monday`, `2026-11-21`, `yesterday at 14:00`: a day, or the hour at a clock time."""
        j = i + 1 if self._text(i) in {"on", "at"} else i
        point = self._point(j)
        if point is None or (point.is_clock and j == i and self._tokens[i].kind != "word"):
            return None
        if point.is_clock:
            end = point.start + timedelta(hours=1)
            return Span(
                i, point.stop, TimeRange(point.start, end, f"in the hour from {point.words}")
            )
        said = (
            point.words if point.words.startswith(("today", "yesterday")) else f"on {point.words}"
        )
        return Span(i, point.stop, TimeRange(point.start, point.end, said))

    def _point(self, i: int) -> _Point | None:
        """A day, a clock time, or both in either order."""
        day = self._day(i)
        if day:
            j = day.stop + 1 if self._text(day.stop) == "at" else day.stop
            clock = self._point_at(j)
            return self._joined(day, clock, clock.stop) if clock else day
        clock = self._point_at(i)
        if clock is None:
            return None
        j = clock.stop + 1 if self._text(clock.stop) == "on" else clock.stop
        day = self._day(j)
        if day:
            return self._joined(day, clock, day.stop)
        if clock.start > self._local:  # not yet today, so it was yesterday's
            earlier = clock.start - timedelta(days=1)
            words = f"{clock.words} yesterday"
            return replace(clock, start=earlier, end=earlier, words=words)
        return clock

    def _joined(self, day: _Point, clock: _Point, stop: int) -> _Point:
        moment = day.start + (clock.start - self._today)
        return _Point(moment, moment, stop, f"{clock.words} {day.words}", is_clock=True)

    def _day(self, i: int) -> _Point | None:
        word = self._text(i)
        start: datetime | None = None
        words = word
        if word == "today":
            start = self._today
        elif word == "yesterday":
            start = self._today - timedelta(days=1)
        elif word in _WEEKDAYS:
            back = (self._today.weekday() - _WEEKDAYS.index(word)) % 7
            start, words = self._today - timedelta(days=back), word.capitalize()
        elif i < len(self._tokens) and self._tokens[i].kind == "date":
            try:
                start = datetime.fromisoformat(word)
            except ValueError:
                return None
        if start is None or start.year > 9000:
            return None
        if (part := self._text(i + 1)) in _PARTS:
            first, last = (start + timedelta(hours=h) for h in _PARTS[part])
            return _Point(first, last, i + 2, f"{words} {part}")
        return _Point(start, start + timedelta(days=1), i + 1, words)

    def _point_at(self, i: int) -> _Point | None:
        """A clock time of today: `14:00`, `2 pm`, `noon`, `midnight`."""
        word = self._text(i)
        if word in {"noon", "midnight"}:
            return self._clock(12 if word == "noon" else 0, 0, 0, i + 1)
        if i >= len(self._tokens):
            return None
        token, half = self._tokens[i], self._text(i + 1)
        has_half = half in {"am", "pm"}
        if token.kind == "clock":
            hour, minute, second = (int(p) for p in f"{token.text}:0".split(":")[:3])
        elif token.kind == "number" and has_half and token.text.isdecimal():
            hour, minute, second = int(token.text[:3]), 0, 0
        else:
            return None
        if has_half and hour <= 12:
            hour = hour % 12 + (12 if half == "pm" else 0)
        return self._clock(hour, minute, second, i + 1 + has_half)

    def _clock(self, hour: int, minute: int, second: int, stop: int) -> _Point | None:
        if hour > 23 or minute > 59 or second > 59:
            return None
        moment = self._today.replace(hour=hour, minute=minute, second=second)
        words = f"{hour:02}:{minute:02}"
        return _Point(moment, moment, stop, words, is_clock=True, has_day=False)

    def _floor(self, unit: Unit) -> datetime:
        return self._floor_of(self._local, unit)

    def _floor_of(self, moment: datetime, unit: Unit) -> datetime:
        midnight = moment.replace(hour=0, minute=0, second=0)
        match unit:
            case "second":
                return moment
            case "minute":
                return moment.replace(second=0)
            case "hour":
                return moment.replace(minute=0, second=0)
            case "day":
                return midnight
            case "week":
                return midnight - timedelta(days=midnight.weekday())
            case "month":
                return midnight.replace(day=1)
            case "year":
                return midnight.replace(month=1, day=1)

    def _to_local(self, moment: datetime) -> datetime:
        return moment.astimezone(self._zone).replace(tzinfo=None, microsecond=0)

    def _count(self, i: int) -> tuple[int | None, int]:
        """A whole number at `i` and where it ends; None and `i` without one."""
        if self._text(i) == "couple":
            return 2, i + 2 if self._text(i + 1) == "of" else i + 1
        number = self._tokens[i].number if i < len(self._tokens) else None
        if number is None or number != int(number) or not 0 < number <= _MAX_COUNT:
            return None, i
        return int(number), i + 1

    def _unit(self, i: int) -> Unit | None:
        return unit_of(self._tokens[i]) if i < len(self._tokens) else None

    def _text(self, i: int) -> str:
        return self._tokens[i].text if 0 <= i < len(self._tokens) else ""
