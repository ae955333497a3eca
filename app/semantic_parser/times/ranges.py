"""Ranges by their ends: `between 9 and 11 am`, `since Monday`, `before 8 am`, `on 21 November`."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.semantic_parser.form import TimeRange
from app.semantic_parser.times.clocks import clock_time
from app.semantic_parser.times.cursor import Cursor
from app.semantic_parser.times.dates import date_at, month_number
from app.semantic_parser.times.days import is_weekday
from app.semantic_parser.times.found import ClockTime, Found, Point, Relation, Window
from app.semantic_parser.times.moments import DAY, Clock, midnight, shifted
from app.semantic_parser.times.pairs import is_about_change
from app.semantic_parser.times.points import day_end, endpoint, of_part, point_at, spoken
from app.semantic_parser.times.units import length_at
from app.semantic_parser.times.windows import MINUTE, around, width
from app.semantic_parser.tokens import word_set

_LINKS = {"between": {"and", "to"}, "from": {"to", "until", "through"}}
_TO = {"to", "until", "through"}
_SINCE: dict[str, Relation] = {
    "since": "since",
    "from": "since",
    "starting": "since",
    "beginning": "since",
    "after": "after",
}
_BEFORE: dict[str, Relation] = {"before": "before", "until": "until", "by": "by", "upto": "until"}
_MEASURES = word_set(
    "priced price prices cost costs costing worth amount amounts value values with is was are were"
    " of rated rating score scores aged measured ranging range ranges varied levels level quantity"
)
"""Before plain numbers that are amounts: `priced between 5 and 10`."""
_OR = {"or", "and"}
_LESS = ("but not including", "but excluding", "not including", "excluding", "exclusive of")
_AT = {"at", "around", "about", "approximately", "circa"}


def ranged(cursor: Cursor, i: int, clock: Clock) -> Found | None:
    """The first rule that applies at `i`."""
    for rule in (_between, _since, _before, _at, _on):
        found = rule(cursor, i, clock)
        if found and _has_length(found):
            return found
    return None


def _has_length(found: Found) -> bool:
    """Whether a range can hold anything; one that ends before it starts was misread."""
    meaning = found.meaning
    if not isinstance(meaning, TimeRange) or meaning.start is None or meaning.end is None:
        return True
    return meaning.start < meaning.end


def _between(cursor: Cursor, i: int, clock: Clock) -> Found | None:
    """`between A and B`, `from A to B`, `9 am to 11 am`, `9-11am`."""
    word = cursor.text(i)
    j = i + 1 if word in _LINKS else i
    first = _first(cursor, j, clock, is_opened=j > i)
    if first is None:
        return None
    k = _linked(cursor, first, word)
    second = endpoint(cursor, k, clock, takes_day=isinstance(first, Point)) if k else None
    if isinstance(second, Point) and second.words == "now" and isinstance(first, ClockTime):
        return Found(i, second.stop, Window("since", first))
    if second is None or (
        isinstance(first, Point) != isinstance(second, Point)
        and not (isinstance(first, Point) and first.is_moment)
    ):
        return None
    if isinstance(second, ClockTime):
        return _clock_range(cursor, first, second, i, is_opened=j > i)
    if isinstance(first, ClockTime) or (is_about_change(cursor) and not first.is_moment):
        return None
    return _point_range(first, second, i)


def _first(cursor: Cursor, i: int, clock: Clock, *, is_opened: bool) -> Point | ClockTime | None:
    day = cursor.digits(cursor.skip_one(i, {"the"})) if is_opened else None
    if day is not None:
        point = _day_of_next_month(cursor, i, clock)
        if point:
            return point
    return endpoint(cursor, i, clock, may_be_bare=True)


def _day_of_next_month(cursor: Cursor, i: int, clock: Clock) -> Point | None:
    """The 1st, of `between the 1st and the 10th of November`."""
    j = cursor.skip_one(i, {"the"})
    k = cursor.skip_one(j + 1, {"st", "nd", "rd", "th"})
    if cursor.text(k) not in {"and", "to", "until", "through"}:
        return None
    second = date_at(cursor, k + 1, clock)
    has_month = second and any(month_number(cursor, m) for m in range(k + 1, second.stop))
    day = cursor.digits(j)
    if second is None or not has_month or day is None or not 1 <= day < second.start.day:
        return None
    start = second.start.replace(day=day)
    words = second.words.replace(str(second.start.day), str(day), 1)
    return replace(second, start=start, end=start + DAY, stop=k, words=words)


def _linked(cursor: Cursor, first: Point | ClockTime, word: str) -> int | None:
    """Where the second end begins; between clock times the dash leaves no token."""
    stop = first.stop
    if cursor.text(stop) in _LINKS.get(word, _TO):
        return _past_less(cursor, stop + 1)
    if cursor.text(stop) == "up" and cursor.text(stop + 1) in {"to", "until"}:
        return _past_less(cursor, stop + 2)
    if isinstance(first, ClockTime) and clock_time(cursor, stop):
        return stop
    both_dates = cursor.kind(first.stop - 1) == "date" and cursor.kind(stop) == "date"
    return stop if both_dates or (isinstance(first, Point) and clock_time(cursor, stop)) else None


def _past_less(cursor: Cursor, i: int) -> int:
    """Past `but not including`: ranges of the clock end right before their end anyway."""
    j = cursor.skip_one(i, {","})
    return next((j + len(w.split()) for w in _LESS if cursor.matches(j, w)), i)


def _clock_range(
    cursor: Cursor, first: Point | ClockTime, second: ClockTime, i: int, *, is_opened: bool
) -> Found | None:
    if isinstance(first, ClockTime):
        if first.is_bare and second.is_bare and not is_opened:
            return None
        if first.is_bare and second.is_bare and cursor.text(i - 1) in _MEASURES:
            return None
        return Found(i, second.stop, Window("between", _like(first, second), second))
    end = midnight(first.start) + of_part(second, first.part)
    end += DAY if end <= first.start else timedelta(0)
    start = first.words
    words = f"from {start} to {spoken(end)}"
    return Found(i, second.stop, TimeRange(first.start, end, words))


def _like(first: ClockTime, second: ClockTime) -> ClockTime:
    """`9 to 11 pm` begins in the evening too, `11 to 1 pm` in the morning."""
    half = timedelta(hours=12)
    if not second.is_settled or first.is_settled or not first.is_bare:
        return first
    is_pm = second.at >= half and first.at + half < second.at
    return replace(first, at=first.at + half if is_pm else first.at, is_settled=True, is_bare=False)


def _point_range(first: Point, second: Point, i: int) -> Found:
    end = second.start if second.is_moment else second.end
    link = "between {} and {}" if not first.is_moment else "from {} to {}"
    words = link.format(first.words, second.words)
    one, other = first.words.partition(" "), second.words.partition(" ")
    if first.is_moment and second.is_moment and one[2] == other[2] != "":
        words = f"between {one[0]} and {second.words}"
    return Found(i, second.stop, TimeRange(first.start, end, words))


def _since(cursor: Cursor, i: int, clock: Clock) -> Found | None:
    """`since 14:00`, `after yesterday`, `starting at 9 am`, `since yesterday 22:00`."""
    relation = _SINCE.get(cursor.text(i))
    if relation is None:
        return None
    word = cursor.text(i)
    j = i + 1 if word in {"since", "after", "from"} else cursor.skip_one(i + 1, {"from", "on"})
    j = cursor.skip_one(j, {"at", "about", "around"})
    end = endpoint(
        cursor, j, clock, takes_day=relation == "since", may_be_bare=word in {"since", "after"}
    )
    if end is None or (isinstance(end, Point) and not end.is_moment and word == "from"):
        return None  # "orders from yesterday" is that day
    if isinstance(end, ClockTime):
        return Found(i, end.stop, Window(relation, end))
    start = end.end if relation == "after" else end.start
    words = f"{relation} {end.words}"
    if start >= clock.now:
        return Found(i, end.stop, TimeRange(start, None, words))
    until = clock.now
    if relation == "after" and end.is_moment and end.is_day:
        until = min(until, day_end(start))
    return Found(i, end.stop, TimeRange(start, until, words))


def _before(cursor: Cursor, i: int, clock: Clock) -> Found | None:
    """`before 8 am`, `until Friday`, `by noon`, `before 2026-11-21`."""
    relation = _BEFORE.get(cursor.text(i))
    j = i + 1
    if relation is None and (cursor.matches(i, "up to") or cursor.matches(i, "prior to")):
        relation, j = ("until" if cursor.text(i) == "up" else "before"), i + 2
    if relation is None:
        return None
    is_bare = cursor.text(i) in {"before", "until"}
    end = endpoint(cursor, j, clock, takes_day=False, may_be_bare=is_bare)
    if end is None:
        return None
    if isinstance(end, ClockTime):
        return Found(i, end.stop, Window(relation, end))
    if end.words == "now" or (relation == "by" and not end.is_day):
        return None  # "by year" is no deadline
    if relation == "by" and end.start < clock.today and is_weekday(end):
        end = replace(end, start=end.start + 7 * DAY, end=end.end + 7 * DAY)
    start = midnight(end.start) if end.is_moment and end.is_day else None
    stop = end.start if relation == "before" else end.end
    return Found(i, end.stop, TimeRange(start, stop, f"{relation} {end.words}"))


def _at(cursor: Cursor, i: int, clock: Clock) -> Found | None:
    """`at 14:00`, `around noon`; a plain number after them is hardly a time."""
    if cursor.text(i) not in _AT:
        return None
    j = cursor.skip_one(i + 1, {"about", "around"})
    is_around = cursor.text(j - 1) != "at"
    end = endpoint(cursor, j, clock, takes_day=False, may_be_bare=False)
    if isinstance(end, ClockTime):
        return Found(i, end.stop, Window("around" if is_around else "at", end))
    if end is None or not end.is_moment or not end.is_day:
        return None
    return _at_moment(i, end, is_around=is_around)


def _on(cursor: Cursor, i: int, clock: Clock) -> Found | None:
    """`on Monday`, `yesterday`, `Saturday noon`, `in October`; `noon` alone."""
    point = point_at(cursor, i, clock)
    if point is None:
        return _alone(cursor, i, clock)
    if point.is_moment:
        is_around = any(cursor.text(k) in {"around", "about"} for k in range(i, point.stop))
        return _at_moment(i, point, is_around=is_around)
    if point.start == point.end:
        return None
    opened = _open_ended(cursor, i, point, clock)
    return opened or Found(
        i, point.stop, point.range(clock), point=point, length=point.period, kind=point.kind
    )


def _open_ended(cursor: Cursor, i: int, point: Point, clock: Clock) -> Found | None:
    """`in 2016 or later`, `from Monday onwards`, `on 5 November or before`."""
    j = point.stop
    if cursor.text(j) in _OR and cursor.text(j + 1) in {"later", "after", "newer", "since"}:
        since, stop = True, j + 2
    elif cursor.text(j) in {"onward", "onwards"}:
        since, stop = True, j + 1
    elif cursor.text(j) in _OR and cursor.text(j + 1) in {"earlier", "before", "older"}:
        since, stop = False, j + 2
    else:
        return None
    if not cursor.ends_phrase(stop):
        return None  # "in 2016 or before Easter"
    if since:
        return Found(i, stop, TimeRange(point.start, clock.now, f"since {point.words}"))
    return Found(i, stop, TimeRange(None, point.end, f"until {point.words}"))


def _alone(cursor: Cursor, i: int, clock: Clock) -> Found | None:
    """`noon`; `two hours ago`, which is the hour that began then."""
    if cursor.text(i) in {"noon", "midnight"} or cursor.matches(i, "12 noon"):
        time = clock_time(cursor, i)
        return Found(i, time.stop, Window("at", time)) if time else None
    length = length_at(cursor, i)
    if length is None or length.is_one or cursor.text(length.stop) != "ago":
        return None
    start = clock.back(length.count, length.unit)
    end = shifted(start, 1, length.unit) if start else None
    words = f"in the {length.unit} from {length.words} ago"
    return Found(i, length.stop + 1, TimeRange(start, end, words)) if end else None


def _at_moment(i: int, point: Point, *, is_around: bool) -> Found:
    if is_around:
        start, end = around(point.start)
        return Found(i, point.stop, TimeRange(start, end, f"around {point.words}"))
    length = width(point.start)
    unit = "minute" if length == MINUTE else "hour"
    words = f"in the {unit} from {point.words}"
    return Found(i, point.stop, TimeRange(point.start, point.start + length, words))
