"""Which conditions a share's part alone has, and which hold for all it is taken of.

They are told apart by where they stand: behind the verb, before the noun, or before the question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.semantic_parser.form import Compares, Equals
from app.semantic_parser.grammar.composites import scale, wholes
from app.semantic_parser.grammar.composites.wholes import Whole
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.said import Comparison, Stated
from app.semantic_parser.tokens import word_set

_SCOPE = word_set("in for at on among within of by from via through to under")
"""What introduces where or of what a share is taken, behind the words for the part."""
_LEADING = word_set("using reached visited placed")
_SURELY_SCOPE = word_set("in for at among within")
_ARTICLES = word_set("the a an our my all any")


@dataclass(frozen=True, slots=True)
class Sides:
    """The conditions of the part alone, and those of everything."""

    part: tuple[Stated, ...]
    whole: tuple[Stated, ...]


def split(draft: Draft, mark_: Comparison, whole: Whole) -> Sides:
    """Which conditions are of the part."""
    ordered = sorted(draft.filters, key=lambda s: (s.start, s.stop))
    inside = [s for s in ordered if mark_.start <= s.start < mark_.stop]
    if inside:  # "cancellation rate": the mark covers the state
        return _of(ordered, inside)
    if _is_afterthought(draft, mark_):
        return _of(ordered, [s for s in ordered if s.start < mark_.start])
    if whole.stop <= mark_.start:  # "of the failed payments, what percentage were by card"
        return _of(ordered, _without_scope(draft, [s for s in ordered if s.start >= mark_.stop]))
    if draft.text(mark_.stop - 1) != "of" and not any(s.start >= mark_.stop for s in ordered):
        return _of(ordered, [s for s in ordered if s.start < mark_.start][:1])
    if whole.verb is not None:
        behind = [s for s in ordered if s.start >= whole.verb]
        if behind:
            _take_between(draft, whole.verb, behind[0].start)
            return _of(ordered, _without_scope(draft, behind))
        if _groups_behind(draft, whole.verb):
            return Sides((), tuple(ordered))
    return _without_verb(draft, mark_, whole, ordered)


def _take_between(draft: Draft, verb: int, start: int) -> None:
    """`came through the app`: the words that lead to the part are accounted for."""
    for k in range(verb, start):
        if draft.is_free(k) and draft.text(k) in wholes.VERBS | _SCOPE | _LEADING:
            draft.take(k, k + 1, "composite")


def _is_afterthought(draft: Draft, mark_: Comparison) -> bool:
    """`how many were cancelled, in percent of all orders`."""
    return draft.text(mark_.stop - 1) == "of" and scale.is_unit(draft, mark_.stop - 2)


def _groups_behind(draft: Draft, verb: int) -> bool:
    """`what percentage of failed payments came from each method`."""
    return any(draft.roles.get(k) == "group" for k in range(verb, len(draft)))


def _without_verb(
    draft: Draft, mark_: Comparison, whole: Whole, ordered: Sequence[Stated]
) -> Sides:
    """`percentage of declined transactions`, `... of page views slower than 3 s`."""
    before = [s for s in ordered if mark_.stop <= s.start < max(whole.start, mark_.stop)]
    behind = [s for s in ordered if s.start >= max(whole.stop, mark_.stop)]
    if before and behind:
        draft.doubt *= 0.85
        parts = [s for s in behind if _introduced(draft, s) not in _SCOPE]
        return _of(ordered, parts or before[:1])
    if behind:
        return _of(ordered, _without_scope(draft, behind))
    if len({s.start for s in before}) > 1:
        draft.doubt *= 0.85
        said = " ".join(draft.tokens[k].raw for k in range(before[1].start, before[1].stop))
        draft.notes.append(f"The share is taken within “{said}”.")
    return _of(ordered, [s for s in before if s.start == before[0].start] if before else [])


def _without_scope(draft: Draft, behind: list[Stated]) -> list[Stated]:
    """`were cancelled in Berlin` is a share within Berlin; the first condition is the part."""
    kept = behind[:1]
    for stated in behind[1:]:
        same = stated.start == behind[0].start
        if not same and _introduced(draft, stated) in _SURELY_SCOPE:
            draft.doubt *= 0.9
            continue
        kept.append(stated)
    return kept


def _introduced(draft: Draft, stated: Stated) -> str:
    """The small word before a condition."""
    i = stated.start
    if draft.text(i) in _SCOPE:
        return draft.text(i)
    i -= 1
    while draft.text(i) in _ARTICLES:
        i -= 1
    return draft.text(i)


def _of(ordered: Sequence[Stated], part: Sequence[Stated]) -> Sides:
    return Sides(tuple(part), tuple(s for s in ordered if s not in part and not _restates(s, part)))


def _restates(stated: Stated, part: Sequence[Stated]) -> bool:
    """`server error rate (http status 500)`: said again it holds of the part, and not of all."""
    condition = stated.filter
    if not (isinstance(condition, Compares) and condition.operator == "="):
        return any(s.filter == condition for s in part)
    return any(
        isinstance(s.filter, Equals)
        and (s.filter.field, s.filter.values) == (condition.left, (condition.right,))
        for s in part
    )
