"""Numbers with the words that make them limits: `more than 10`, `30 or more`, `at least twice`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from app.semantic_parser.form import Operator
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.filters import quantities
from app.semantic_parser.grammar.filters.operators import operator_at
from app.semantic_parser.grammar.filters.quantities import Said
from app.semantic_parser.tokens import word_set

TIMES = {"once": 1, "twice": 2, "thrice": 3}
OR_BEYOND: dict[str, Operator] = {
    **dict.fromkeys(word_set("more higher above over"), ">="),
    **dict.fromkeys(word_set("less fewer lower below under"), "<="),
}


@dataclass(frozen=True, slots=True)
class Limit:
    """A comparison that keeps groups, and its words."""

    operator: Operator
    said: Said
    start: int
    stop: int


def limit_at(draft: Draft, i: int) -> Limit | None:
    """`more than 10`, `30 or more`, `at least twice`, `over 60 times`."""
    if not draft.is_free(i):
        return None
    found = operator_at(draft, i)
    if found is None and draft.text(i) in {"only", "just"}:
        found = "=", i + 1  # "customers with only one order"
    operator, at = found if found else ("=", i)
    if draft.text(at) in TIMES and draft.is_free(at) and (found or draft.text(at) != "once"):
        said = Said(Decimal(TIMES[draft.text(at)]), "", at, at + 1)
        said, operator = _beyond(draft, said, operator)
        return Limit(operator, said, i, said.stop)
    said_number = quantities.number_at(draft, at)
    if said_number is None:
        return None
    said, operator = _beyond(draft, said_number, operator)
    trailing = found is None and operator != "="
    behind = _or_more(draft, said.stop) if found is None and operator == "=" else None
    if behind is not None:
        operator, stop = behind
        return Limit(operator, said, i, stop)
    return Limit(operator, said, i, said.stop) if found or trailing else None


def _beyond(draft: Draft, said: Said, operator: Operator) -> tuple[Said, Operator]:
    """The number with `or more` right behind it."""
    if draft.text(said.stop) != "or" or draft.text(said.stop + 1) not in OR_BEYOND:
        return said, operator
    operator = OR_BEYOND[draft.text(said.stop + 1)]
    return Said(said.number, said.unit, said.start, said.stop + 2), operator


def _or_more(draft: Draft, i: int) -> tuple[Operator, int] | None:
    """`30 trips or more`."""
    for k in range(i + 1, min(i + 4, len(draft))):
        if draft.text(k) == "or" and draft.text(k + 1) in OR_BEYOND:
            return (OR_BEYOND[draft.text(k + 1)], i) if draft.is_free(k, k + 2) else None
    return None
