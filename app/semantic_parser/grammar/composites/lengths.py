"""Lengths of time in a question: where one is asked for, and what is computed of it."""

from __future__ import annotations

from decimal import Decimal

from app.semantic_parser.form import Metric
from app.semantic_parser.grammar import slots
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.measures import durations
from app.semantic_parser.grammar.slots import Aggregate
from app.semantic_parser.times import unit_of
from app.semantic_parser.tokens import word_set
from app.semantic_parser.types import DURATION_WORDS

LONGEST = word_set("longest slowest")
SHORTEST = word_set("shortest fastest quickest")
AVERAGES = word_set("average mean median maximum minimum max min avg typical total overall")
_STAYS = word_set("stay stays stayed take takes took last lasts lasted late delayed behind")


def how_long(draft: Draft, i: int) -> int:
    """Where `how long` or `how many minutes` at `i` stops; 0 where it is not said."""
    if draft.said(i, i + 2) == "how long":
        return i + 2
    counted = draft.said(i, i + 2) == "how many" and unit_of(draft.tokens[i + 2])
    return i + 3 if counted else 0


def aggregates(draft: Draft) -> list[Aggregate]:
    """What is computed of the length; an average where nothing is said."""
    found: list[Aggregate] = []
    for i in range(len(draft)):
        found_at = iter(slots.SLOTS["aggregate"](draft, i))
        slot = None if draft.text(i) == "how" else next(found_at, None)
        if slot is not None:
            draft.take(i, slot.stop, "measure")
            found.append(slot.value)
    return found or _extremes(draft) or [Aggregate("avg", Decimal("0.5"))]


def _extremes(draft: Draft) -> list[Aggregate]:
    """`the longest session`, `at most`; in a ranking of groups they mean the average."""
    if any(_asks_group(draft, i) for i in range(len(draft))):
        return []
    for i in range(len(draft)):
        words = draft.said(i, i + 2)
        if draft.text(i) in LONGEST and draft.is_free(i):
            draft.take(i, i + 1, "measure")
            return [Aggregate("max")]
        if draft.text(i) in SHORTEST and draft.is_free(i):
            draft.take(i, i + 1, "measure")
            return [Aggregate("min")]
        if words in {"at most", "at least"} and draft.is_free(i, i + 2):
            draft.take(i, i + 2, "measure")
            return [Aggregate("max" if words == "at most" else "min")]
    return []


def _asks_group(draft: Draft, i: int) -> bool:
    """`which analyst takes the longest`; `what was the longest` asks for one figure."""
    is_one = draft.text(i + 1) in {"is", "was", "are", "were", "has", "did", "does", "do"}
    return draft.text(i) in {"which", "who"} or (draft.text(i) == "what" and not is_one)


def of_number(draft: Draft) -> None:
    """`how many minutes late are trips on average`: an aggregate of a number, and no count."""
    averaged = any(draft.text(i) in AVERAGES for i in range(len(draft)))
    if not (averaged and durations.has_number(draft)):
        return
    for i in range(len(draft) - 2):
        stop = how_long(draft, i)
        if not stop or not draft.is_free(i, stop) or durations.is_said(draft, i + 2):
            continue
        stays = next((k for k in range(stop, len(draft)) if draft.text(k) in _STAYS), None)
        if draft.text(i + 1) == "long":
            draft.take(i, stop, "measure")
        elif not _add_late(draft, i, stop, stays):
            continue
        if stays is not None:
            draft.take(stays, stays + 1, "measure")


def _add_late(draft: Draft, i: int, stop: int, late: int | None) -> bool:
    """`how many minutes late`, where rows tell the delay in that unit."""
    unit = DURATION_WORDS.get(draft.stem(stop - 1), "")
    field = durations.delay_in(draft, unit) if late is not None else None
    if field is None:
        return False
    draft.take(i, stop, "measure")
    for aggregate in aggregates(draft):
        metric = Metric(aggregate.function, field, fraction=aggregate.fraction)
        draft.add_measure(metric, i, stop)
    return True
