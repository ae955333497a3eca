"""Two sets of rows side by side: `how many more orders does Berlin have than Hamburg`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.semantic_parser.form import Change, Constant, Equals, Field, Measure, Metric, Ratio
from app.semantic_parser.grammar.composites import changes
from app.semantic_parser.grammar.composites.parts import Parts, plain
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.said import Comparison, Measured, Ranking, Stated
from app.semantic_parser.tokens import word_set

_COMPARING = word_set("compare compared compares comparing comparison versus vs")
_DIFFERENCE = word_set("difference differ differs differed")
_LEAST = 0.75


def mark(draft: Draft) -> None:
    """Claims the words of a comparison of two values of one field."""
    if draft.comparison is not None or not _asks(draft) or _two_said(draft) is None:
        return
    is_difference = _is_difference(draft)
    if _ratio(draft):
        draft.comparison = Comparison("change", 0, len(draft), "fraction")
        draft.intent = 1.0
        return
    claimed = changes.claim_words(draft)
    wanted = claimed if claimed == "percent" else "difference" if is_difference else "both"
    draft.comparison = Comparison("change", 0, len(draft), wanted)


def _asks(draft: Draft) -> bool:
    words = {draft.text(i) for i in range(len(draft)) if draft.is_free(i)}
    told = bool(words & (_COMPARING | _DIFFERENCE)) or "ratio" in words
    return told or _more_than(draft) or _more_or(draft)


def _ratio(draft: Draft) -> bool:
    """`ratio of cancelled orders to confirmed orders`; takes the word."""
    for i in range(len(draft)):
        if draft.text(i) == "ratio" and draft.is_free(i):
            draft.take(i, i + 1 + (draft.text(i + 1) == "of"), "composite")
            return True
    return False


def _is_difference(draft: Draft) -> bool:
    words = {draft.text(i) for i in range(len(draft)) if draft.is_free(i)}
    return bool(words & _DIFFERENCE) or _more_than(draft)


def _more_than(draft: Draft) -> bool:
    """`how many more ... than ...`, where what follows is no number."""
    more = next((i for i in range(len(draft)) if draft.text(i) in changes.MORE), None)
    than = next((i for i in range(len(draft)) if draft.text(i) == "than"), None)
    if more is None or than is None or more > than:
        return False
    asked = any(draft.said(i, i + 2) in {"how many", "how much"} for i in range(more))
    return asked and draft.is_free(than + 1) and draft.tokens[than + 1].number is None


def _more_or(draft: Draft) -> bool:
    """`are there more card or paypal payments`."""
    more = next((i for i in range(len(draft)) if draft.text(i) in {"more", "fewer"}), None)
    return more is not None and any(
        draft.text(k) == "or" and draft.text(k + 1) not in changes.MORE
        for k in range(more + 1, len(draft))
    )


def _two_said(draft: Draft) -> Field | None:
    """The field that two single values are said of, in the words alone."""
    said: dict[Field, set[Constant]] = {}
    i = 0
    while i < len(draft):
        link = next((v for v in draft.values_at(i) if v.score >= _LEAST), None)
        for meant in link.meant if link else ():
            said.setdefault(meant.field, set()).add(meant.value)
        i = link.stop if link else i + 1
    return next((f for f, values in said.items() if len(values) == 2), None)


def both_ways(draft: Draft) -> None:
    """`with PV vs without`, `refunded and not refunded`: one figure for each."""
    told: dict[Field, list[Stated]] = {}
    for stated in sorted(draft.filters, key=lambda s: s.start):
        condition = stated.filter
        if isinstance(condition, Equals) and isinstance(condition.values[0], bool):
            told.setdefault(condition.field, []).append(stated)
    for field, two in told.items():
        if len(two) != 2 or _truth(two[0]) == _truth(two[1]):
            continue
        between = range(two[0].stop, two[1].start)
        links = [k for k in between if draft.text(k) in _COMPARING | {"and", "or", "against"}]
        if links and field not in draft.group:
            draft.take(links[0], links[-1] + 1, "composite")
            draft.filters = [s for s in draft.filters if s not in two]
            draft.group.append(field)


def _truth(stated: Stated) -> bool:
    condition = stated.filter
    return isinstance(condition, Equals) and bool(condition.values[0]) != condition.negated


def is_meant(draft: Draft) -> bool:
    """Whether values and not periods are compared."""
    return len({t for t, _ in draft.times}) < 2


def build(draft: Draft, stated: Sequence[Measured], mark_: Comparison) -> Parts | None:
    """Both counts and their difference, or one row for each where they are only compared."""
    found = plain(draft, stated)
    compared = next(_compared(draft), None)
    metrics = [m.measure for m in stated if isinstance(m.measure, Metric)]
    if compared is None or len(metrics) != len(stated) or draft.summary or draft.having:
        draft.distrust("which two are compared is not sure")
        return found
    field, values = compared
    draft.asks_whether = False
    if mark_.wanted == "both":
        return _side_by_side(draft, found, field, values)
    rest = tuple(f for f in found.filters if not _is_of(f, field))
    first, second = (Equals(field, (value,)) for value in values)
    measures = tuple(
        _measure(replace(m, where=(*m.where, first)), replace(m, where=(*m.where, second)), mark_)
        for m in metrics
    )
    return replace(found, measures=measures, filters=rest)


def _measure(first: Metric, second: Metric, mark_: Comparison) -> Measure:
    if mark_.wanted == "fraction":
        return Ratio(first, second)
    return Change(first, second, "percent" if mark_.wanted == "percent" else "difference")


def _side_by_side(
    draft: Draft, found: Parts, field: Field, values: tuple[Constant, Constant]
) -> Parts:
    """The measures for each of the values."""
    both = Equals(field, values)
    rest = tuple(f for f in found.filters if not _is_of(f, field))
    if field not in draft.group:
        draft.group.insert(0, field)
    if draft.ranking is None and _more_or(draft):
        draft.ranking = Ranking("most", None)
    return replace(found, filters=(*rest, both))


def _compared(draft: Draft) -> Iterator[tuple[Field, tuple[Constant, Constant]]]:
    """Fields of which exactly two values are asked for, in the order in which they are said."""
    said: dict[Field, dict[Constant, None]] = {}
    for stated in sorted(draft.filters, key=lambda s: s.start):
        if isinstance(stated.filter, Equals) and not stated.filter.negated:
            for value in stated.filter.values:
                said.setdefault(stated.filter.field, {})[value] = None
    for field, values in said.items():
        if len(values) == 2:
            first, second = values
            yield field, (first, second)


def _is_of(filter_: object, field: Field) -> bool:
    return isinstance(filter_, Equals) and filter_.field == field and not filter_.negated
