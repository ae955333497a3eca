"""One count for each of several values: `for every carrier: parcels delivered, late and lost`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.semantic_parser.form import Equals, Metric
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.said import Measured, Stated

_LEAST = 3
"""Two values joined by `and` are rather meant together: `late and lost parcels`."""


def split(draft: Draft, stated: Sequence[Measured]) -> list[Measured]:
    """The measures, a single count of groups split by a list of values that is said behind it."""
    first = stated[0].measure if len(stated) == 1 else None
    if not (isinstance(first, Metric) and first.function == "count"):
        return list(stated)
    listed = _listed(draft)
    if listed is None or not draft.group or draft.ranking or draft.comparison:
        return list(stated)
    filter_ = listed.filter
    if not isinstance(filter_, Equals):
        return list(stated)
    draft.filters.remove(listed)
    return [
        replace(stated[0], measure=replace(first, where=(Equals(filter_.field, (value,)),)))
        for value in filter_.values
    ]


def _listed(draft: Draft) -> Stated | None:
    """The one condition that lists values by `and` where nobody asks how many there are of all."""
    if any(draft.text(i) == "many" for i in range(len(draft))):
        return None
    lists = [
        s
        for s in draft.filters
        if isinstance(s.filter, Equals)
        and not s.filter.negated
        and len(s.filter.values) >= _LEAST
        and "and" in {draft.text(i) for i in range(s.start, len(draft))}
    ]
    return lists[0] if len(lists) == 1 else None
