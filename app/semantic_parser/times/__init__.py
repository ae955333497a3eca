"""Time in a question: ranges, buckets, and periods that are compared; tables play no part here.

A small compiler of its own. `units` reads lengths and `clocks`, `days`, `dates` and `periods` read
points; `rolling`, `ranges`, `buckets` and `relative` make spans of them; then `windows` brings days
and clock times together, and `pairs` the two halves of a comparison. A new way to say a time is a
new rule in one of these and its cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.semantic_parser.times.buckets import bucket
from app.semantic_parser.times.cursor import Cursor
from app.semantic_parser.times.found import Found, Window
from app.semantic_parser.times.model import Before, ClockPart, Meaning, Periods, Span
from app.semantic_parser.times.moments import Clock, clock_at
from app.semantic_parser.times.pairs import as_follow_up, join
from app.semantic_parser.times.ranges import ranged
from app.semantic_parser.times.relative import relative
from app.semantic_parser.times.rolling import rolling
from app.semantic_parser.times.units import unit_of
from app.semantic_parser.times.windows import settle, starting_words, width
from app.semantic_parser.tokens import Token, word_set

__all__ = [
    "Before",
    "ClockPart",
    "Meaning",
    "Periods",
    "Span",
    "find",
    "starting_words",
    "unit_of",
    "width",
]

_LEADS = word_set("in on at over during within for throughout of from across")
_ARTICLES = {"the", "these", "this", "most"}


def find(tokens: Sequence[Token], now: datetime, time_zone: str) -> tuple[Span, ...]:
    """Every time range, bucket and pair of periods, without overlaps, in order.

    Args:
        tokens: The question.
        now: When it is asked (aware).
        time_zone: IANA name of the zone that its times are in.

    Returns:
        Spans; two of them have the same meaning where it is said in two places.
    """
    cursor, clock = Cursor(tokens), clock_at(now, time_zone)
    found = _read(cursor, clock)
    found = settle(found, cursor, clock)
    found = as_follow_up(join(found, cursor, clock), cursor)
    return tuple(_spans(found, cursor))


def _read(cursor: Cursor, clock: Clock) -> list[Found]:
    found: list[Found] = []
    i = 0
    while i < len(cursor):
        read = _at(cursor, i, clock)
        if read:
            found.append(read)
        i = read.stop if read else i + 1
    return found


def _at(cursor: Cursor, i: int, clock: Clock) -> Found | None:
    return (
        relative(cursor, i, clock)
        or bucket(cursor, i)
        or rolling(cursor, i, clock)
        or ranged(cursor, i, clock)
    )


def _spans(found: Sequence[Found], cursor: Cursor) -> list[Span]:
    """With the small words before each: `in the`, `over the`."""
    spans: list[Span] = []
    least = 0
    for item in found:
        if isinstance(item.meaning, Window):
            continue
        start = _lead(cursor, item.start, least)
        stop = item.stop + 2 if cursor.matches(item.stop, "so far") else item.stop
        spans.append(Span(start, stop, item.meaning))
        least = stop
    return spans


def _lead(cursor: Cursor, start: int, least: int) -> int:
    i = start - (start > least and cursor.text(start - 1) in {"year", "years"})
    while i > least and cursor.text(i - 1) in _ARTICLES:
        i -= 1
    led = cursor.text(i) in _LEADS  # "going on at 9:30": it has its own
    if i > least and not led and cursor.text(i - 1) in _LEADS:
        i -= 1
    return i - 2 if i >= least + 2 and cursor.matches(i - 2, "so far") else i
