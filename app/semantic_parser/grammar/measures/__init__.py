"""What is computed: counts, aggregates of numbers, and what goes without saying."""

from __future__ import annotations

from collections.abc import Callable

from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.measures import (
    aggregates,
    counts,
    events,
    implied,
    superlatives,
)

STEPS: tuple[Callable[[Draft], None], ...] = (
    counts.counts,
    aggregates.aggregates,
    superlatives.extremes,
    superlatives.adjectives,
    events.unsaid,
    implied.most,
    implied.by,
    implied.unsaid,
    implied.judge,
)
