"""Lengths of time that a question spells out, from which moment to which.

`how many hours after the order is a parcel picked up`, `seconds between an order and its payment`,
`how long does it take to resolve an incident`. Their words would mean something else to the rules
for counts and conditions, so they are claimed first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.semantic_parser.form import Compares, Duration, Field, Metric, Null
from app.semantic_parser.grammar.composites import instants, lengths
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.measures import durations
from app.semantic_parser.grammar.said import Measured
from app.semantic_parser.times import unit_of
from app.semantic_parser.tokens import word_set

_LENGTHS = word_set("time duration gap lag interval delay period long elapsed pass passed lie lies")
_AUX = word_set("do does did is are was were has have will can")
_TAKING = word_set("take takes took taking need needs needed")
_LASTING = word_set("last lasts lasted take takes took go goes")
_BEATS = word_set("beat beats precede preceded undercut")
_MISSES = word_set("miss missed misses exceed exceeded exceeds overrun overran overshoot overshot")
_BETWEEN = word_set("and to until till")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A length of time, and where the words for it start and stop."""

    duration: Duration
    start: int
    stop: int


def mark(draft: Draft) -> None:
    """Adds what is computed of a length of time that is spelled out."""
    if instants.has_two(draft) and _until_now(draft):
        draft.distrust("how long something has lasted until now is not kept in a row")
        return
    asked = _spelled_out(draft) if instants.has_two(draft) else None
    if asked is None:
        lengths.of_number(draft)
        return
    _take_state(draft)
    draft.take(asked.start, asked.stop, "measure")
    for aggregate in lengths.aggregates(draft):
        metric = Metric(aggregate.function, asked.duration, fraction=aggregate.fraction)
        draft.add_measure(metric, asked.start, asked.stop)


def _spelled_out(draft: Draft) -> _Asked | None:
    found = _against(draft) or _relative(draft) or _between(draft)
    return found or _to_verb(draft) or _lasting(draft)


def _until_now(draft: Draft) -> bool:
    """`how long have the open tickets been open`."""
    for i in range(len(draft) - 2):
        if draft.said(i, i + 2) == "how long" and draft.text(i + 2) in {"has", "have"}:
            return any(draft.text(k) == "been" for k in range(i, len(draft)))
    return False


def _take_state(draft: Draft) -> None:
    """`how long was it open`: no condition that it still is."""
    for i in range(len(draft)):
        if draft.text(i) == "open" and draft.is_free(i) and draft.rows_at(i + 1) is None:
            draft.take(i, i + 1, "measure")


def check(draft: Draft, stated: Sequence[Measured]) -> None:
    """`how many minutes late was it` asks for no count; what is not over has no length yet."""
    metrics = [m.measure for m in stated if isinstance(m.measure, Metric)]
    if all(m.of is None for m in metrics) and _asks_length(draft):
        draft.distrust("a length of time is asked for, and rows would be counted")
    ends = {f for m in metrics if isinstance(m.of, Duration) for f in (m.of.start, m.of.end)}
    nulls = (s.filter for s in draft.filters if isinstance(s.filter, Null))
    if any(n.field in ends and not n.negated for n in nulls):
        draft.distrust("what has no end yet has lasted for no known time")


def _asks_length(draft: Draft) -> bool:
    """Whether `how many minutes` is asked, and no bucket is meant."""
    return any(
        draft.said(i, i + 2) == "how many"
        and lengths.how_long(draft, i)
        and draft.roles.get(i + 2) not in {"time", "bucket", "filter"}
        for i in range(len(draft) - 2)
    )


def _against(draft: Draft) -> _Asked | None:
    """`by how many hours at most did a delivery beat its promised time`."""
    for i in range(1, len(draft)):
        if draft.text(i) not in _BEATS | _MISSES or not draft.is_free(i):
            continue
        planned = instants.at(draft, i + 1)
        usual = instants.usual(draft)
        asks = any(draft.said(k, k + 2) in {"how many", "how much"} for k in range(i))
        if planned is None or usual is None or usual == planned.field or not asks:
            continue
        instants.take(draft, planned)
        draft.take(i, i + 1, "measure")
        early = draft.text(i) in _BEATS
        start, end = (usual, planned.field) if early else (planned.field, usual)
        return _asked(draft, start, end, i, i + 1)
    return None


def _relative(draft: Draft) -> _Asked | None:
    """`how many hours after the order is a parcel picked up`."""
    for i in range(1, len(draft)):
        length = _length_before(draft, i)
        word = draft.text(i)
        if word not in {"after", "before"} or length is None or not draft.is_free(i):
            continue
        first = instants.at(draft, i + 1)
        second = instants.done(draft, first.stop, first.field) if first else None
        if first is None or second is None:
            return None
        instants.take(draft, first)
        start, end = (first.field, second) if word == "after" else (second, first.field)
        _only(draft, start, end)
        return _asked(draft, start, end, length, i + 1)
    return None


def _only(draft: Draft, start: Field, end: Field) -> None:
    """`early ones only`, `count only late ones`: those of which the length is above nothing."""
    for i in range(len(draft)):
        if draft.text(i) in {"early", "late"} and draft.text(i + 1) in {"ones", "only"}:
            draft.add_filter(Compares(start, "<", end), i, i + 2)
            draft.take(i, i + 2, "filter")


def _between(draft: Draft) -> _Asked | None:
    """`time between A and B`, `how long from A to B`."""
    for i in range(1, len(draft)):
        if draft.text(i) not in {"between", "from"} or not draft.is_free(i):
            continue
        length = _length_before(draft, i)
        first = instants.at(draft, i + 1) if length is not None else None
        joint = _joint(draft, first.stop) if first else None
        second = instants.at(draft, joint + 1, but=first.field) if first and joint else None
        if length is None or first is None or second is None:
            continue
        instants.take(draft, first)
        instants.take(draft, second)
        draft.take(joint or i, (joint or i) + 1, "measure")
        return _asked(draft, first.field, second.field, length, i + 1)
    return None


def _joint(draft: Draft, i: int) -> int | None:
    """Where the `and` or `to` between two moments stands."""
    for k in range(i, min(i + 7, len(draft))):
        if draft.text(k) in _BETWEEN:
            return k
        if draft.tokens[k].kind == "mark":
            return None
    return None


def _length_before(draft: Draft, i: int) -> int | None:
    """Where words for a length that end before `i` start: `how many hours`, `average time`."""
    k = i - 1
    if draft.said(i - 2, i) == "on average":
        k -= 2
    while draft.text(k) in _AUX | _TAKING | {"it", "there", "passes", "pass", "passed", "elapse"}:
        k -= 1
    if k < 0 or not draft.is_free(k):
        return None
    if draft.text(k) not in _LENGTHS and unit_of(draft.tokens[k]) is None:
        return None
    if draft.text(k) not in _LENGTHS and draft.tokens[k - 1].number is not None:
        return None  # "longer than 2 hours from A to B" is a condition
    while k and draft.text(k - 1) in {"how", "many", "much", "number", "of", "the", "long"}:
        k -= 1
    return k


def _to_verb(draft: Draft) -> _Asked | None:
    """`how long does it take to resolve an incident`, `mean time to settle`, `settlement time`."""
    for i in range(len(draft)):
        if _is_limit(draft, i):
            continue
        verb = draft.text(i) == "to" and not draft.text(i + 1).endswith("ed")
        if verb and draft.is_free(i, i + 2) and _is_taking(draft, i):
            found = _until(draft, i + 1)
            if found is not None:
                draft.take(i, i + 2, "measure")
                return _asked(draft, *found, _start_of(draft, i), i + 2)
        if verb and unit_of(draft.tokens[i - 1]) and _has_lead(draft, i):
            return _up_to(draft, i)
        if draft.text(i) in {"time", "times", "duration"} and _has_lead(draft, i):
            found = _until(draft, i - 1)
            if found is not None:
                return _asked(draft, *found, i - 1, i + 1)
    return None


def _is_limit(draft: Draft, i: int) -> bool:
    """`took longer than 3 hours to fix` is a condition."""
    limited = i > 1 and draft.tokens[i - 2].number is not None
    return limited and unit_of(draft.tokens[i - 1]) is not None


def _up_to(draft: Draft, i: int) -> _Asked | None:
    """`average minutes to first reply`: from the start of the rows' things."""
    end, start = instants.at(draft, i + 1), durations.start_of(draft)
    if end is None or start is None or end.field == start:
        return None
    instants.take(draft, end)
    return _asked(draft, start, end.field, i - 1, i + 1)


def _is_taking(draft: Draft, i: int) -> bool:
    """Whether `to` at `i` goes with `take`, `time` or `how long`."""
    words = {draft.text(k) for k in range(max(0, i - 8), i)}
    return bool(words & _TAKING) or draft.text(i - 1) in {"time", "long", "times"}


def _has_lead(draft: Draft, i: int) -> bool:
    lead = any(draft.text(k) in lengths.AVERAGES for k in range(max(0, i - 4), i))
    return lead and draft.is_free(i - 1, i + 1)


def _until(draft: Draft, verb: int) -> tuple[Field, Field] | None:
    """From the start of the rows' things to the moment that the verb names."""
    end = durations.named_by(draft, verb)
    start = durations.start_of(draft)
    if end is None or start is None or end.field == start:
        return None
    return start, end.field


def _start_of(draft: Draft, i: int) -> int:
    """Where the question for a length starts that `to` at `i` goes on: `how long does it take`."""
    k = i
    while k and draft.is_free(k - 1) and draft.text(k - 1) in _TAKING | _AUX | {"it", "time"}:
        k -= 1
    return k


def _lasting(draft: Draft) -> _Asked | None:
    """`how long was the longest session`, `how many minutes does a session last`."""
    if durations.has_number(draft):
        return None
    for i in range(len(draft) - 2):
        stop = lengths.how_long(draft, i)
        if not stop or not draft.is_free(i, stop) or draft.text(stop) not in _AUX:
            continue
        lasts = next((k for k in range(stop, len(draft)) if draft.text(k) in _LASTING), None)
        longest = any(
            draft.text(k) in lengths.LONGEST | lengths.SHORTEST for k in range(stop, len(draft))
        )
        counted = draft.text(i + 1) == "many"
        duration = durations.of_rows(draft) if lasts or longest or not counted else None
        if duration is None:
            return None
        if lasts is not None:
            draft.take(lasts, lasts + 1, "measure")
        return _Asked(duration, i, stop)
    return _length(draft)


def _length(draft: Draft) -> _Asked | None:
    """`average session length`."""
    for i in range(1, len(draft)):
        named = draft.text(i) in {"length", "lengths", "duration", "durations"}
        if named and draft.is_free(i) and _has_lead(draft, i):
            duration = durations.of_rows(draft)
            return _Asked(duration, i, i + 1) if duration else None
    return None


def _asked(draft: Draft, start: Field, end: Field, first: int, stop: int) -> _Asked:
    if end.table not in {start.table, draft.scope.root.table.name}:
        draft.doubt *= 0.7  # the later event refers to the earlier one
    for i in range(len(draft) - 1):
        if draft.said(i, i + 2) in {"how long", "how many"} and draft.is_free(i, i + 2):
            draft.take(i - (draft.text(i - 1) == "by"), i + 2, "measure")
    return _Asked(Duration(start, end, durations.unit(draft)), first, stop)
