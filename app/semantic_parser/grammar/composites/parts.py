"""What a draft amounts to before it is a form: measures, conditions and the time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.semantic_parser.form import Filter, Measure, TimeRange
from app.semantic_parser.grammar import timing
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.said import Measured


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a form that a composite measure changes."""

    measures: tuple[Measure, ...]
    filters: tuple[Filter, ...]
    time: TimeRange | None


def plain(draft: Draft, stated: Sequence[Measured]) -> Parts:
    """The measures as they were stated, over everything that was said."""
    return Parts(
        measures=tuple(m.measure for m in stated),
        filters=tuple(s.filter for s in draft.filters),
        time=timing.range_of(draft),
    )
