"""Shares, changes, rates and running totals: measures that are made of other measures.

`MARKS` claim the words that ask for them before conditions, groups and measures are read; `build`
puts them together once all of that is known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.semantic_parser.grammar.composites import (
    averages,
    changes,
    elapsed,
    quantiles,
    rates,
    sets,
    shares,
    spans,
    totals,
)
from app.semantic_parser.grammar.composites.parts import Parts, plain
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.said import Measured

MARKS: tuple[Callable[[Draft], None], ...] = (
    changes.mark,
    sets.mark,
    elapsed.mark,
    averages.mark,
    totals.mark,
    quantiles.mark,
    rates.mark,
    shares.mark,
)


def build(draft: Draft, stated: Sequence[Measured]) -> Parts | None:
    """The measures that a draft amounts to, with the conditions and the time left for all rows.

    Args:
        draft: Everything that was understood.
        stated: The measures that were asked for, or what goes without saying.
    """
    sets.both_ways(draft)
    totals.check(draft, stated)
    elapsed.check(draft, stated)
    mark = draft.comparison
    if mark is None:
        found = rates.per_unit(draft, stated) or spans.build(draft, stated)
        averages.check(draft)
        return found or plain(draft, stated)
    if mark.kind == "change":
        two_sets = sets.is_meant(draft)
        return sets.build(draft, stated, mark) if two_sets else changes.build(draft, stated, mark)
    return shares.build(draft, stated, mark)


__all__ = ["MARKS", "Parts", "build", "plain"]
