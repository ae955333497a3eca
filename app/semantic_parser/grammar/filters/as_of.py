"""What had begun and was not over at a moment: `which tickets were open at 14:00`."""

from __future__ import annotations

from dataclasses import replace

from app.semantic_parser.form import AnyOf, During, Field, Null
from app.semantic_parser.grammar import clocked
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.filters import moments
from app.semantic_parser.grammar.said import Stated
from app.semantic_parser.types import is_time


def at_a_moment(draft: Draft) -> None:
    """A state that a missing end tells, at a moment that is past: it may have ended since."""
    moment = clocked.moment(draft)
    if moment is None or draft.newest or draft.time_field != moments.usual_of(draft):
        return
    stated = [(s, end) for s in draft.filters if (end := _missing_end(s)) is not None]
    if len(stated) != 1:
        return
    [(state, end)] = stated
    going = replace(state, filter=AnyOf((Null(end), During(end, moment.since))))
    draft.filters = [going if s == state else s for s in draft.filters]
    draft.times = [(moment.until, moment.start)]


def _missing_end(stated: Stated) -> Field | None:
    condition = stated.filter
    if not isinstance(condition, Null) or condition.negated:
        return None
    field = condition.field
    return field if isinstance(field, Field) and is_time(field.column) else None
