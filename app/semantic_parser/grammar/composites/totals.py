"""Running totals: `cumulative number of orders by hour`, `how revenue adds up hour by hour`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from app.semantic_parser.form import Bucket, Metric
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.filters import near
from app.semantic_parser.grammar.said import Measured
from app.semantic_parser.tokens import word_set

_RUNNING = word_set("running rolling cumulative cumulated accumulated accumulating ongoing")
_TOTALS = word_set("total totals sum sums count counts tally")
_ADVERBS = word_set("cumulative cumulatively cumulated accumulated")
_GROWS = word_set("accumulate accumulates accumulated accumulating cumulates cumulate")
_PHRASES = (
    ("adds", "up"), ("add", "up"), ("added", "up"), ("builds", "up"), ("build", "up"),
    ("built", "up"), ("piles", "up"), ("pile", "up"), ("so", "far"),
)  # fmt: skip
_HALF_A_DAY, _TWO_DAYS = timedelta(hours=4), timedelta(days=2)


def mark(draft: Draft) -> None:
    """Claims the words for a total that runs on."""
    found = [p for i in range(len(draft)) if (p := _said(draft, i))]
    if not found:
        return
    for start, stop in found:
        draft.take(start, stop, "composite")
    draft.cumulative = True
    draft.intent = 1.0
    if draft.bucket is None:
        _bucket(draft)


def check(draft: Draft, stated: Sequence[Measured]) -> None:
    """What does not add up from step to step has no running total."""
    metrics = [m.measure for m in stated if isinstance(m.measure, Metric)]
    if draft.cumulative and draft.comparison is not None:
        draft.distrust("a share or a change does not add up from step to step")
    if draft.cumulative and any(m.distinct or m.function in {"avg", "percentile"} for m in metrics):
        draft.distrust("what is counted may be the same again in a later step")


def _said(draft: Draft, i: int) -> tuple[int, int] | None:
    word = draft.text(i)
    if not draft.is_free(i):
        return None
    if word in _RUNNING and draft.text(i + 1) in _TOTALS and draft.is_free(i + 1):
        return i, i + 2 + (draft.text(i + 2) == "of")
    if word in _ADVERBS or word in _GROWS:
        return i, i + 1
    stop = near.phrase_at(draft, i, _PHRASES) if draft.bucket is not None else 0
    return (i, stop) if stop and not _is_plain_sum(draft, stop) else None


def _is_plain_sum(draft: Draft, stop: int) -> bool:
    """`what do the fees add up to`: one sum."""
    return draft.text(stop) == "to"


def _bucket(draft: Draft) -> None:
    """By which steps a total runs where none are said."""
    times = [t for t, _ in draft.times]
    start, end = (times[0].start, times[0].end) if len(times) == 1 else (None, None)
    length = end - start if start and end else None
    if length is None or length < _HALF_A_DAY or draft.time_field is None:
        draft.distrust("by which steps of time the total runs is not said")
        draft.cumulative = False
        return
    unit = Bucket("hour") if length <= _TWO_DAYS else Bucket("day")
    draft.bucket = unit
    draft.doubt *= 0.9
    draft.notes.append(f"The running total is given by {unit.unit}.")
