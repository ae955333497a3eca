"""Two periods side by side: `how many more orders in the last hour than in the hour before`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from app.semantic_parser.form import Change, Measure, Metric, TimeRange
from app.semantic_parser.grammar.composites.parts import Parts, plain
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.filters import near
from app.semantic_parser.grammar.measures import implied
from app.semantic_parser.grammar.said import Comparison, Measured
from app.semantic_parser.times import Periods, unit_of
from app.semantic_parser.tokens import word_set

Wanted = Literal["percent", "difference", "both"]

MORE = word_set("more fewer less higher lower greater")
_FEWER = word_set("fewer less lower")
_VERBS = word_set("""
    change changes changed changing differ differs differed differing rise rises rose risen rising
    fall falls fell fallen falling increase increases increased increasing decrease decreases
    decreased decreasing grow grows grew grown growing drop drops dropped dropping climb climbed
    shrink shrank shrunk sank develop developed evolve evolved
    """)
_NOUNS = word_set("difference differences growth change increase decrease rise fall drop trend")
_COMPARING = word_set(
    "compare compared compares comparing comparison comparisons versus vs against"
)
_PERCENT = word_set("percent percentage % pct percentages")
_AFTER = word_set("with to and by in of")
_GOING = word_set("go goes going gone went")
_ENDS = (("up", "or", "down"), ("down", "or", "up"), ("up",), ("down",))
_PHRASES = (
    ("in", "the", "same", "hours"), ("in", "the", "same", "period"), ("at", "the", "same", "time"),
    ("the", "same", "hours"), ("the", "same", "time"), ("the", "same", "period"),
    ("in", "comparison", "with"), ("in", "comparison", "to"), ("relative", "to"), ("or", "not"),
    ("better", "or", "worse"), ("more", "or", "less"), ("more", "or", "fewer"),
    ("higher", "or", "lower"), ("lower", "or", "higher"), *_ENDS[:2],
    *((word, *end) for end in _ENDS for word in _GOING),
)  # fmt: skip
_BY_HOW_MUCH = (("by", "how", "much"), ("by", "how", "many"))
_BY_PERCENT = (
    ("by", "what", "percentage"), ("by", "what", "percent"), ("by", "what", "%"),
    ("by", "how", "many", "percent"), ("by", "how", "much", "percent"),
    ("by", "which", "percentage"),
    ("how", "many", "percent"), ("how", "much", "percent"), ("what", "percentage"),
    ("what", "percent"), ("in", "percent"), ("in", "%"), ("as", "a", "percentage"),
)  # fmt: skip

_SURE = 0.9


def mark(draft: Draft) -> None:
    """Claims the words of a comparison of two periods."""
    periods = _periods(draft)
    if len(periods) != 2:
        if len(periods) == 1 and _how_much(draft):
            draft.distrust("what it has changed from is not said")
        return
    told = any(isinstance(s.meaning, Periods) for s in draft.spans)
    if not told and not _compares(draft):
        return
    wanted = claim_words(draft)
    draft.asks_whether = False
    draft.comparison = Comparison("change", 0, len(draft), wanted)


def _how_much(draft: Draft) -> bool:
    """Whether it is asked by how much something has changed."""
    for i in range(len(draft)):
        stop = near.phrase_at(draft, i, (*_BY_HOW_MUCH, *_BY_PERCENT[:6]))
        if stop and unit_of(draft.tokens[min(stop, len(draft) - 1)]) is None:
            return True
    return False


def _periods(draft: Draft) -> list[TimeRange]:
    """What was said of time, the latest first."""
    found = list(dict.fromkeys(t for t, _ in draft.times))
    known = [t for t in found if t.start is not None]
    return sorted(known, key=lambda t: t.start or 0, reverse=True) if known == found else []


def _compares(draft: Draft) -> bool:
    words = {draft.text(i) for i in range(len(draft)) if draft.is_free(i)}
    return bool(words & (_VERBS | _NOUNS | _COMPARING | {"than"}))


def claim_words(draft: Draft) -> Wanted:
    """Takes all words that only say that there is a comparison; gives how it is to be said."""
    wanted: Wanted = "both"
    i = 0
    while i < len(draft):
        stop, said = _word_at(draft, i)
        if stop:
            draft.take(i, stop, "composite")
            wanted = "percent" if "percent" in (said, wanted) else said or wanted
        i = max(i + 1, stop)
    draft.intent = 1.0
    return wanted


def _word_at(draft: Draft, i: int) -> tuple[int, Wanted | None]:
    """Where words at `i` stop that are about the comparison, and how they want it."""
    if not draft.is_free(i):
        return 0, None
    if stop := near.phrase_at(draft, i, _BY_PERCENT):
        return stop, "percent"
    if stop := near.phrase_at(draft, i, _BY_HOW_MUCH):
        return stop, "difference"
    if stop := near.phrase_at(draft, i, _PHRASES):
        return stop, None
    if draft.said(i, i + 2) in {"how much", "how many"} and _asks_of_change(draft, i + 2):
        return i + 2, "difference"
    if draft.said(i, i + 2) == "how much" and draft.text(i + 2) in {"higher", "lower", "greater"}:
        return i + 3, "difference"
    return _single(draft, i)


def _single(draft: Draft, i: int) -> tuple[int, Wanted | None]:
    word = draft.text(i)
    asked = draft.text(i - 1) in {"many", "much"}
    if word in MORE:
        return i + 1, "difference" if asked or _many_before(draft, i) else None
    if word in _PERCENT and (i == 0 or draft.tokens[i - 1].number is None):
        return i + 1, "percent"
    if word in _NOUNS:
        return i + 1, "difference"
    if word in _VERBS and any(v.score >= _SURE for v in draft.values_at(i)):
        return 0, None  # "dropped calls" are calls in that state
    if word in _VERBS or word in _COMPARING or word == "than":
        return i + 1 + (draft.text(i + 1) in _AFTER and draft.is_free(i + 1)), None
    if word == "between" and draft.tokens[min(i + 1, len(draft) - 1)].number is None:
        return i + 1, None
    return 0, None


def _many_before(draft: Draft, i: int) -> bool:
    """`how many orders does Berlin have more than Hamburg`."""
    return any(draft.said(k, k + 2) in {"how many", "how much"} for k in range(i))


def _asks_of_change(draft: Draft, i: int) -> bool:
    """`how much did revenue rise`, and no amount: `how much more`, `how much revenue`."""
    if draft.text(i) not in {"did", "has", "have", "does", "do", "is", "are", "was", "were"}:
        return False
    return any(draft.text(k) in _VERBS for k in range(i + 1, len(draft)))


def build(draft: Draft, stated: Sequence[Measured], mark_: Comparison) -> Parts | None:
    """Each metric of both periods."""
    draft.asks_whether = False
    if not draft.measures:  # "is revenue up or down" asks for no rows
        implied.unsaid(draft)
        stated = draft.measures or stated
    periods = _periods(draft)
    metrics = [m.measure for m in stated if isinstance(m.measure, Metric)]
    if len(periods) != 2 or len(metrics) != len(stated) or draft.summary or draft.having:
        draft.distrust("how two periods are compared by it is not sure")
        return plain(draft, stated)
    if draft.bucket is not None or draft.cumulative or draft.newest:
        draft.distrust("two periods are compared, and more is asked of them")
    if draft.ranking is None and _selects(draft):
        draft.distrust("it asks for those with more of it, and all would be given")
    later, earlier = _as_said(draft) or periods
    wanted = mark_.wanted if mark_.wanted != "fraction" else "percent"
    changes: tuple[Measure, ...] = tuple(
        Change(replace(m, time=later), replace(m, time=earlier), wanted) for m in metrics
    )
    return Parts(changes, tuple(s.filter for s in draft.filters), None)


def _as_said(draft: Draft) -> list[TimeRange]:
    """`how many more yesterday than today`: what is told apart, and from what it is taken off."""
    than = next((i for i in range(len(draft)) if draft.text(i) == "than"), None)
    said = {draft.text(i) for i in range(len(draft))} & MORE
    placed = dict(draft.times)
    if than is None or len(said) != 1 or len(placed) != 2:
        return []
    first, second = placed  # as they are said
    if placed[first] != placed[second] and not placed[first] < than < placed[second]:
        return []
    fewer = bool(said & _FEWER) and any(draft.text(i) in {"many", "much"} for i in range(than))
    return [second, first] if fewer else [first, second]


def _selects(draft: Draft) -> bool:
    """`which cities had more orders today than yesterday`."""
    asks = bool(draft.group) and any(draft.text(i) in {"which", "what"} for i in range(3))
    return asks and any(draft.text(i) in MORE for i in range(len(draft)))
