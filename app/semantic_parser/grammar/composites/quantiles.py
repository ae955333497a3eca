"""Percentiles said by a part of the rows: `half of the payments were below what amount`."""

from __future__ import annotations

from decimal import Decimal

from app.semantic_parser.form import Metric
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.filters import near
from app.semantic_parser.grammar.measures import operands

_BELOW: near.Phrases = (
    ("less", "than"), ("lower", "than"), ("smaller", "than"), ("shorter", "than"), ("below",),
    ("under",), ("at", "most"), ("up", "to"),
)  # fmt: skip
_ABOVE: near.Phrases = (
    ("more", "than"), ("higher", "than"), ("larger", "than"), ("greater", "than"),
    ("longer", "than"), ("above",), ("over",), ("at", "least"),
)  # fmt: skip


def mark(draft: Draft) -> None:
    """Adds the number that so many of the rows lie below or above."""
    for i in range(len(draft)):
        part = _part_at(draft, i)
        if part is not None and _limit(draft, i, *part):
            return


def _part_at(draft: Draft, i: int) -> tuple[int, Decimal] | None:
    """`half of`, `90 % of`: where the words stop, and which part it is."""
    if draft.text(i) == "half" and draft.text(i + 1) == "of" and draft.is_free(i, i + 2):
        return i + 2, Decimal("0.5")
    number = draft.tokens[i].number
    percent = draft.text(i + 1) in {"%", "percent"} and draft.text(i + 2) == "of"
    if number is None or not percent or not 0 < number < 100 or not draft.is_free(i, i + 3):
        return None
    return i + 3, number / 100


def _limit(draft: Draft, start: int, stop: int, part: Decimal) -> bool:
    """`... were below what amount`, behind or before the part."""
    for i in range(len(draft)):
        below = near.phrase_at(draft, i, _BELOW)
        end = below or near.phrase_at(draft, i, _ABOVE)
        if not end or draft.text(end) not in {"what", "which"} or not draft.is_free(end):
            continue
        named = operands.at(draft, end + 1)
        if named is None:
            continue
        draft.take(start, stop, "measure")
        draft.take(i, end + 1, "measure")
        draft.take(named.start, named.stop, "measure", named.score)
        fraction = part if below else 1 - part
        metric = Metric("percentile", named.operand, fraction=fraction)
        draft.add_measure(metric, named.start, named.stop, named.score)
        return True
    return False
