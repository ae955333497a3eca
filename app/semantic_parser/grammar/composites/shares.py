"""Which part of something: `what percentage of orders came from the app`, `share of each region`.

The mark claims the words that ask for a share. Once conditions and groups are known, `build` tells
those of the part from those of the whole by where they stand: what is said before the noun's verb
belongs to both, what is said after it to the part alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from app.semantic_parser.form import Filter, Metric, Share, ShareOfAll, TimeRange
from app.semantic_parser.grammar.composites import scale, sides, wholes
from app.semantic_parser.grammar.composites.parts import Parts, plain
from app.semantic_parser.grammar.composites.wholes import Whole
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.filters import near
from app.semantic_parser.grammar.said import Comparison, Measured, Position, Ranking, Stated
from app.semantic_parser.lexicon import EXTREMES
from app.semantic_parser.linking import Link
from app.semantic_parser.tokens import word_set
from app.semantic_parser.types import is_number

_HEADS = word_set("percentage percent % pct share shares proportion fraction portion")
_HOW_LARGE = {"how large", "how big", "how high", "how great", "how small", "how low"}
_SPLIT = word_set("breakdown distribution split")
_ACCOUNTS = (
    ("account", "for"), ("accounts", "for"), ("accounted", "for"), ("make", "up"), ("makes", "up"),
    ("made", "up"), ("stand", "for"), ("stands", "for"), ("contribute", "to"),
    ("contributes", "to"), ("account",), ("represent",), ("represents",),
    ("represented",), ("contribute",), ("contributes",), ("contributed",), ("constitute",),
    ("constitutes",), ("bring", "in"),
    ("brings", "in"), ("generate",), ("generates",), ("generated",),
)  # fmt: skip
_EACH = word_set("each every")
_WITHIN = word_set("for in at on within of")
"""`for each carrier, what share ...` is taken within each, `each carrier's share` of all."""
_ARTICLES = word_set("the a an our my all any")


def mark(draft: Draft) -> None:
    """Claims the words that ask for a share."""
    if draft.comparison is not None:
        return
    head = next((i for i in range(len(draft)) if _is_head(draft, i)), None)
    unit = scale.unit_at(draft)
    if draft.measures:  # a term that documents define, which may be a share itself
        draft.take(*(unit or (0, 0)), "composite")
    elif head is not None:
        _claim_head(draft, head)
    elif unit is not None:
        _claim_unit(draft, unit)


def _claim_unit(draft: Draft, unit: Position) -> None:
    """`how many were cancelled, in percent of all orders`: only the unit asks for a share."""
    head = _how_much_of(draft)
    start, stop = head or unit
    if head is None and draft.text(stop) == "of":
        stop += 1
        _take_total(draft, stop)
    draft.comparison = Comparison("share", start, stop, scale.wanted(draft, unit[0]))
    draft.take(*unit, "composite")


def _take_total(draft: Draft, i: int) -> None:
    """`in percent of the total`: of all of them."""
    while draft.text(i) in _ARTICLES:
        i += 1
    if draft.text(i) in {"total", "overall", "whole"}:
        draft.take(i, i + 1, "composite")


def _is_head(draft: Draft, i: int) -> bool:
    if not draft.is_free(i):
        return False
    if _is_part_of(draft, i) or _is_rate_of(draft, i):
        return True
    if draft.text(i) not in _HEADS or scale.is_unit(draft, i):
        return False
    asks = draft.text(i - 1) in {"what", "which"} or draft.said(i - 2, i) == "how many"
    if draft.text(i) in {"percent", "%", "pct"} and draft.text(i + 1) != "of" and not asks:
        return False
    if i and draft.tokens[i - 1].number is not None:
        return False
    return asks or not _is_field(draft, i)


def _is_part_of(draft: Draft, i: int) -> bool:
    """`what part of the payments failed`."""
    return draft.text(i) == "part" and draft.said(i - 1, i + 2) in {"what part of", "which part of"}


def _is_rate_of(draft: Draft, i: int) -> bool:
    """`the rate of cancelled orders`."""
    if draft.text(i) not in {"rate", "rates"} or draft.text(i + 1) != "of":
        return False
    return any(v.score >= 0.75 for k in range(i + 2, i + 5) for v in draft.values_at(k))


def _is_field(draft: Draft, i: int) -> bool:
    """Whether the word is part of a number's name: `the average discount percentage`."""
    return any(
        link.start <= i < link.stop
        and link.score >= 0.8
        and (draft.stem(i) in _core(draft, link) or _ends_name(draft, i, link))
        for start in range(max(0, i - 2), i + 1)
        for link in draft.fields_at(start, lambda t: is_number(t.field.column), taken=True)
    )


def _ends_name(draft: Draft, i: int, link: Link) -> bool:
    """`fuel percentage` of `fuelPct`: the end of a name whose other parts are said before it."""
    slots = near.terms_of(draft, link.field).slots
    return link.start < i == link.stop - 1 and draft.stem(i) in slots[-1]


def _core(draft: Draft, link: object) -> frozenset[str]:
    field = getattr(link, "field", None)
    return next((t.core for t in draft.scope.fields if t.field == field), frozenset())


def _how_much_of(draft: Draft) -> tuple[int, int] | None:
    """`how much of the revenue came from roaming, in percent`."""
    for i in range(len(draft)):
        if draft.text(i) == "how" and draft.text(i + 1) in {"much", "many"}:
            return (i, i + 3) if draft.text(i + 2) == "of" else None
    return None


def _claim_head(draft: Draft, head: int) -> None:
    start, stop = head, head + 1
    if draft.said(head - 2, head) == "how many":
        start = head - 2
    for k in range(max(0, head - 4), head):
        if draft.said(k, k + 2) in _HOW_LARGE:
            draft.take(k, k + 2, "composite")
    if draft.text(stop) in _SPLIT:
        stop += 1
    if draft.text(stop) == "of":
        stop += 1
    accounts = _accounts(draft, stop)
    kind: Literal["share", "share_of_all"] = "share"
    each = [k for k in range(len(draft)) if draft.text(k) in _EACH and not _leads(draft, k)]
    owns = [k for k in each if start - 4 <= k < start and draft.text(k - 1) not in _WITHIN]
    if owns or any(k == stop or (accounts and k > stop) for k in each):
        kind = "share_of_all"
    wanted = scale.wanted(draft, head)
    unit = scale.unit_at(draft)
    if unit:
        draft.take(*unit, "composite")
    draft.take(start, stop, "composite")
    draft.comparison = Comparison(kind, start, stop, wanted)


def _leads(draft: Draft, k: int) -> bool:
    """`For each test, what percentage is pending?`: groups, whatever the share is of."""
    comma = any(draft.text(j) in {",", ":"} for j in range(k, k + 4))
    return comma and draft.text(k - 1) in {"for", "in", "of"}


def _accounts(draft: Draft, i: int) -> bool:
    """Whether it is asked what groups make up; takes the verb."""
    for k in range(i, len(draft)):
        for words in _ACCOUNTS:
            stop = k + len(words)
            if draft.is_free(k, stop) and draft.said(k, stop) == " ".join(words):
                draft.take(k, stop, "composite")
                return True
    return False


def _rank(draft: Draft, head: int) -> None:
    """`which carrier has the highest share of late parcels`: the share decides."""
    word = draft.text(head - 1)
    if word in EXTREMES and draft.roles.get(head - 1, "order") == "order":
        draft.take(head - 1, head, "order")
        if draft.ranking is None:
            draft.ranking = Ranking(EXTREMES[word][0], None, start=head - 1)


def build(draft: Draft, stated: Sequence[Measured], mark_: Comparison) -> Parts | None:
    """The share that was asked for."""
    draft.asks_whether = False
    whole = wholes.find(draft, stated, mark_)
    if whole is None:
        if mark_.start < mark_.stop and draft.text(mark_.start) in _HEADS:
            draft.distrust("a share of an average or of an extreme is not what it may seem")
        return plain(draft, stated)
    factor: Literal[100, 1] = 1 if mark_.wanted == "fraction" else 100
    draft.intent = 1.0
    _rank(draft, mark_.start)
    split = sides.split(draft, mark_, whole)
    time, part_time = _times(draft, whole)
    if mark_.kind == "share_of_all" or not (split.part or part_time):
        return _of_all(draft, stated, whole.metric, factor)
    if draft.having or draft.summary:
        draft.distrust("a share is asked for of what more is said of than can be put into it")
    part = replace(whole.metric, where=_filters(split.part), time=part_time)
    rest = _filters(split.whole)
    if len({t for t, _ in draft.times}) > 1 and part_time is None:
        draft.distrust("it names more than one time")
    return Parts((Share(part, whole.metric, factor),), rest, time)


def _of_all(
    draft: Draft, stated: Sequence[Measured], metric: Metric, factor: Literal[100, 1]
) -> Parts:
    found = plain(draft, stated)
    if draft.group or draft.bucket:
        return replace(found, measures=(ShareOfAll(metric, factor),))
    draft.distrust("which part of it is meant is not said")
    return found


def _filters(stated: Sequence[Stated]) -> tuple[Filter, ...]:
    return tuple(s.filter for s in stated)


def _times(draft: Draft, whole: Whole) -> tuple[TimeRange | None, TimeRange | None]:
    """The time of everything, and that of the part where it has its own."""
    times = list(dict.fromkeys(draft.times))
    if len(times) == 2 and whole.verb is not None:
        (first, before), (second, behind) = sorted(times, key=lambda t: t[1])[:2]
        if before < whole.verb <= behind:
            return first, second
    return times[0][0] if len(times) == 1 else None, None
