"""What a share is taken of: the noun or the number behind `percentage of`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.semantic_parser.form import Field, Metric
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.measures import counted, operands
from app.semantic_parser.grammar.said import Comparison, Measured
from app.semantic_parser.lexicon import MONEY_WORDS, STOP
from app.semantic_parser.tokens import word_set
from app.semantic_parser.types import is_additive, is_money

VERBS = word_set("""
    is are was were be been being has have had having did do does that which who whose
    came come comes coming ended end ends went go goes got get gets made make makes used use uses
    using took take takes contain contains contained include includes included belong belongs
    involve involves involved arrived arrive happen happened occurred ran run fell stem stems
    originate originates resulted result results led turned
    """)
"""What stands between the noun and what is said of the part."""
_OF = word_set("of among amongst from")


@dataclass(frozen=True, slots=True)
class Whole:
    """What a share is of.

    Attributes:
        metric: Over all of it.
        start: Where its noun starts.
        stop: Where its noun stops.
        verb: Where the words for the part begin, if a verb says so.
    """

    metric: Metric
    start: int
    stop: int
    verb: int | None = None


def find(draft: Draft, stated: Sequence[Measured], mark: Comparison) -> Whole | None:
    """The whole; None where no share can be taken of what is computed."""
    if any(mark.start <= s.start < mark.stop for s in draft.filters):
        return _rows(draft, stated, mark)  # "cancellation rate" is of rows
    whole = _stated(draft) if draft.measures else _found(draft, mark)
    if whole is None and not draft.measures:
        whole = _rows(draft, stated, mark)
    if whole is None:
        return None
    return replace(whole, verb=_verb(draft, max(whole.stop, mark.stop)))


def _is_apart(draft: Draft, measured: Measured, mark: Comparison) -> bool:
    """Whether things are counted that are named far behind the words for the share."""
    metric = measured.measure
    things = isinstance(metric, Metric) and metric.of is not None
    between = {draft.text(i) for i in range(mark.stop, measured.start)}
    return things and measured.start >= mark.stop and not between <= _OF | STOP


def _rows(draft: Draft, stated: Sequence[Measured], mark: Comparison) -> Whole | None:
    """All rows, or what is counted of them."""
    for rows in (*stated, counted.of_rows(draft)):
        metric = rows.measure
        if _is_apart(draft, rows, mark):
            continue  # "drop rate by technology of the cell" is of calls
        if isinstance(metric, Metric) and metric.function == "count":
            return Whole(metric, rows.start if rows.stop else mark.stop, rows.stop or mark.stop)
    return None


def _stated(draft: Draft) -> Whole | None:
    metrics = [m for m in draft.measures if isinstance(m.measure, Metric)]
    fitting = [m for m in metrics if m.measure.function in {"count", "sum"}]  # type: ignore[union-attr]
    if not fitting or len(fitting) < len(metrics):
        return None
    if len(fitting) > 1:
        draft.distrust("what the share is taken of is not sure")
    first = fitting[0]
    return Whole(first.measure, first.start, first.stop)  # type: ignore[arg-type]


def _found(draft: Draft, mark: Comparison) -> Whole | None:
    """The first number or noun behind the mark's `of`, or of a clause before the mark."""
    start = mark.stop if draft.text(mark.stop - 1) == "of" else _clause(draft, mark)
    reach = (_verb(draft, start) or len(draft)) - start
    named = operands.after(draft, start, max(reach, 1)) if start < len(draft) else None
    found = counted.next_counted(draft, start)
    if named is not None and found is not None and named.start > found.start:
        named = named if named.start == found.stop and draft.is_free(named.start) else None
    if named is not None and named.score >= 0.7 and _adds_up(draft, named.operand, named.start):
        draft.take(named.start, named.stop, "measure", named.score)
        return Whole(Metric("sum", named.operand), named.start, named.stop)
    if found is None or found.start >= start + max(reach, 1):
        return None
    draft.take(found.start, found.stop, "noun", found.score)
    return Whole(found.metric, found.start, found.stop)


def _adds_up(draft: Draft, operand: object, at: int) -> bool:
    if not isinstance(operand, Field):
        return False
    money = is_money(operand.column) or draft.stem(at) in MONEY_WORDS
    return money or is_additive(operand.column)


def _clause(draft: Draft, mark: Comparison) -> int:
    """Where `of the failed payments` before the mark begins; the mark's end without one."""
    for i in range(mark.start):
        if draft.text(i) in _OF:
            return i + 1
    return mark.stop


def _verb(draft: Draft, i: int) -> int | None:
    """The first verb from `i` on; a participle only where there is no other."""
    said = next((k for k in range(i, len(draft)) if draft.text(k) in VERBS), None)
    if said is not None:
        return said
    done = (k for k in range(i, len(draft)) if draft.text(k).endswith("ed") or _is_past(draft, k))
    return next((k for k in done if draft.roles.get(k) not in {"filter", "time"}), None)


def _is_past(draft: Draft, k: int) -> bool:
    return draft.text(k) in {"paid", "bought", "sold", "sent", "chose", "left", "won", "lost"}
