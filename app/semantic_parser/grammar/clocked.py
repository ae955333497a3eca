"""A moment on the clock, at which something was in a state: `at 14:00 today`, `at noon`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.semantic_parser.form import TimeRange
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.times import starting_words, width


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment that a question names.

    Attributes:
        at: The moment, in local time.
        words: As it is told: `14:00 today`.
        start: The token at which it is named.
    """

    at: datetime
    words: str
    start: int

    @property
    def until(self) -> TimeRange:
        """All that was before it."""
        return TimeRange(None, self.at, f"up to {self.words}")

    @property
    def since(self) -> TimeRange:
        """All that came after it."""
        return TimeRange(self.at, None, f"after {self.words}")


def moment(draft: Draft) -> Moment | None:
    """The only time of a question, where it is one on the clock."""
    if len(draft.times) != 1:
        return None
    asked, start = draft.times[0]
    span = next((s for s in draft.spans if s.start == start), None)
    said = span and any(draft.text(k) == "at" for k in range(span.start, span.stop))
    if not said or asked.start is None or asked.end != asked.start + width(asked.start):
        return None
    return Moment(asked.start, starting_words(asked), start)
