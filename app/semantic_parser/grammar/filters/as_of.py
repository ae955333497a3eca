"""What had begun and was not over at a moment: `which tickets were open at 14:00`."""

from __future__ import annotations

from dataclasses import replace

from app.semantic_parser.form import AnyOf, During, Field, Null, TimeRange
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.filters import moments
from app.semantic_parser.grammar.said import Stated
from app.semantic_parser.types import is_time


def at_a_moment(draft: Draft) -> None:
    """A state that a missing end tells, at a moment that is past: it may have ended since."""
    stated = [s for s in draft.filters if _end_of(s) is not None]
    clocked = any(_is_moment(draft, start) for _, start in draft.times)
    if len(stated) != 1 or len(draft.times) != 1 or not clocked or draft.newest:
        return
    end, (asked, position) = _end_of(stated[0]), draft.times[0]
    if end is None or asked.start is None or draft.time_field != moments.usual_of(draft):
        return
    words = asked.words.replace("in the hour from", "at")
    later = During(end, TimeRange(asked.start, None, words.replace("at", "after", 1)))
    going = replace(stated[0], filter=AnyOf((Null(end), later)))
    draft.filters = [going if s == stated[0] else s for s in draft.filters]
    draft.times = [(TimeRange(None, asked.start, words.replace("at", "up to", 1)), position)]


def _end_of(stated: Stated) -> Field | None:
    condition = stated.filter
    missing = isinstance(condition, Null) and not condition.negated
    return condition.field if missing and is_time(condition.field.column) else None  # type: ignore[union-attr]


def _is_moment(draft: Draft, i: int) -> bool:
    """Whether a time is one of the clock: `at 14:00 today`."""
    span = next((s for s in draft.spans if s.start == i), None)
    clock = span and any(draft.tokens[k].kind == "clock" for k in range(span.start, span.stop))
    return bool(clock) and draft.text(i) == "at"
