"""How far extremes lie apart: `difference between the highest and the lowest price`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.semantic_parser.form import Change, Metric
from app.semantic_parser.grammar.composites.parts import Parts, plain
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.said import Measured
from app.semantic_parser.tokens import word_set

_APART = word_set("difference differences spread gap range distance span")


def build(draft: Draft, stated: Sequence[Measured]) -> Parts | None:
    """The greatest less the least of one number; None where that is not asked for."""
    metrics = {m.measure.function: m.measure for m in stated if isinstance(m.measure, Metric)}
    high, low = metrics.get("max"), metrics.get("min")
    head = next((i for i in range(len(draft)) if _says_apart(draft, i)), None)
    if head is None or high is None or low is None or len(stated) != 2 or high.of != low.of:
        return None
    for i in range(head, len(draft)):
        if draft.is_free(i) and draft.text(i) in _APART | {"between"}:
            draft.take(i, i + 1, "composite")
    return replace(plain(draft, stated), measures=(Change(high, low, "difference"),))


def _says_apart(draft: Draft, i: int) -> bool:
    return draft.is_free(i) and draft.text(i) in _APART
