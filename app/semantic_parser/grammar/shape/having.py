"""Groups that are kept by what is computed for them: `cities with more than 10 orders`."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from app.semantic_parser.form import (
    Compares,
    Field,
    Function,
    Having,
    Metric,
    Null,
    Summary,
)
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.filters import quantities, subjects
from app.semantic_parser.grammar.filters.quantities import Said
from app.semantic_parser.grammar.measures import counted, operands
from app.semantic_parser.grammar.shape import things
from app.semantic_parser.grammar.shape.heads import before
from app.semantic_parser.grammar.shape.limits import OR_BEYOND, TIMES, Limit, limit_at
from app.semantic_parser.grammar.shape.things import Thing
from app.semantic_parser.grammar.slots import is_measure
from app.semantic_parser.lexicon import MONEY_WORDS, SELLING, STOP
from app.semantic_parser.tokens import word_set
from app.semantic_parser.types import is_additive

_FUNCTIONS: dict[str, Function] = {
    **dict.fromkeys(word_set("total altogether overall combined sum totalling totaling"), "sum"),
    **dict.fromkeys(word_set("average mean avg averaged averages averaging averag"), "avg"),
    **dict.fromkeys(word_set("maximum max highest largest peak"), "max"),
    **dict.fromkeys(word_set("minimum min lowest smallest"), "min"),
    "median": "percentile",
}
_ADDING = word_set(
    "spent spend spends sold sell sells earned earns made make brought brings consumed consumes"
    " generated produced drove driven collected donated"
)
_AUXILIARY = word_set("was were been be being got have has had that which who")
_EXISTING = word_set("is are was were do does did has have had")
_REACH = 5


def having(draft: Draft) -> None:
    """Finds numbers that groups are kept by, and the groups where they are not known yet."""
    _added_up(draft)
    i = 0
    while i < len(draft):
        limit = limit_at(draft, i)
        if limit is not None and _keep(draft, limit):
            i = limit.stop
        i += 1


def _added_up(draft: Draft) -> None:
    """`customers who spent more than 500 euros`: what one spends is a sum, and no row's amount."""
    for stated in list(draft.filters):
        condition = stated.filter
        if not (isinstance(condition, Compares) and isinstance(condition.left, Field)):
            continue
        k = stated.start - 1
        while draft.text(k) in {"a", "total", "of", "have", "has"}:
            k -= 1
        limited = isinstance(condition.right, Decimal) and is_additive(condition.left.column)
        if draft.text(k) not in _ADDING or not limited or draft.having:
            continue
        said = Said(condition.right, "", stated.start, stated.stop)  # type: ignore[arg-type]
        limit = Limit(condition.operator, said, k, stated.stop)
        if not _has_groups(draft, limit):
            continue
        draft.filters.remove(stated)
        metric = Metric("sum", condition.left)
        draft.having.append(Having(limit.operator, said.number, _position(draft, metric, limit)))
        draft.take(k, stated.stop, "order")


def _keep(draft: Draft, limit: Limit) -> bool:
    metric, words = _measured(draft, limit)
    if metric is None:
        return False
    number = _in_unit(limit.said, metric)
    if number is None or not _has_groups(draft, limit):
        return _limits_rows(draft, limit)
    if metric.of is not None and metric.function == "count" and metric.of in draft.group:
        return False
    position = _position(draft, metric, limit)
    draft.having.append(Having(limit.operator, number, position))
    draft.take(limit.start, limit.stop, "order")
    for k in words:
        draft.take(k, k + 1, "measure")
    for k in range(limit.stop, min(limit.stop + 4, len(draft))):
        if draft.text(k) == "or" and draft.text(k + 1) in OR_BEYOND:
            draft.take(k, k + 2, "order")
    _take_around(draft, limit)
    return True


def _limits_rows(draft: Draft, limit: Limit) -> bool:
    """`payments with more than 2 attempts`: a number that each of the rows has."""
    link = draft.field_at(limit.stop, is_measure, least=0.85)
    rows = any(draft.rows_at(i, taken=True) for i in range(limit.start))
    if link is None or not rows:
        return False
    draft.add_filter(
        Compares(link.field, limit.operator, limit.said.number), limit.start, link.stop
    )
    draft.take(limit.start, link.stop, "filter", link.score)
    return True


def _take_around(draft: Draft, limit: Limit) -> None:
    """`only those with more than 50`, `reasons that came up over 60 times`."""
    draft.intent = max(draft.intent, 1.0)
    if draft.text(limit.start - 1) == "up" and draft.text(limit.stop) == "times":
        draft.take(limit.start - 2, limit.start, "order")
    if draft.text(limit.start - 1) == "where":
        draft.take(limit.start - 1, limit.start, "order")
    if draft.text(limit.start - 1) in {"only", "just"}:
        draft.take(limit.start - 1, limit.start, "order")


def _position(draft: Draft, metric: Metric, limit: Limit) -> int:
    plain = replace(metric, noun="")
    for position, known in enumerate(draft.measures):
        measure = known.measure
        if isinstance(measure, Metric) and replace(measure, noun="") == plain:
            return position
    draft.add_measure(metric, limit.start, limit.stop)
    return len(draft.measures) - 1


def _measured(draft: Draft, limit: Limit) -> tuple[Metric | None, list[int]]:
    """What the number is of, and the words that say it."""
    said = limit.said
    aggregate = _aggregate(draft, limit)
    if aggregate is not None:
        function, words = aggregate
        return _aggregated(draft, limit, function), words
    if draft.text(limit.stop) in {"times", "time"}:
        return counted.of_rows(draft).measure, [limit.stop]  # type: ignore[return-value]
    if draft.text(limit.said.start) in TIMES:
        return counted.of_rows(draft).measure, []  # type: ignore[return-value]
    if said.unit:
        return None, []
    return _counted(draft, limit)


def _counted(draft: Draft, limit: Limit) -> tuple[Metric | None, list[int]]:
    """The rows or things that are counted, right behind the number or its conditions."""
    k, distinct = limit.stop, False
    while k < min(limit.stop + _REACH, len(draft)):
        if draft.text(k) in {"different", "distinct", "unique"}:
            k, distinct = k + 1, True
            continue
        if any(s.start == k and isinstance(s.filter, Null) for s in draft.filters):
            return counted.of_rows(draft).measure, []  # type: ignore[return-value]
        found = counted.counted_at(draft, k, distinct=distinct) if draft.is_free(k) else None
        if found is not None and found.metric.function == "count":
            extra = [k - 1] if distinct else []
            return found.metric, [*extra, *range(k, found.stop)]
        if found is not None:
            return None, []
        recorded = draft.text(k) in STOP and draft.text(k).endswith("ed")
        if draft.is_free(k) and draft.text(k) not in {"of", "the", "such"} and not recorded:
            return _bare(draft, limit)
        k += 1
    return _bare(draft, limit)


def _bare(draft: Draft, limit: Limit) -> tuple[Metric | None, list[int]]:
    """`only those with more than 50`: of what is computed for the groups anyway."""
    ends = limit.stop >= len(draft) or draft.tokens[limit.stop].kind == "mark"
    if draft.group and (ends or not draft.is_free(limit.stop)) and _is_said_of_those(draft, limit):
        return counted.of_rows(draft).measure, []  # type: ignore[return-value]
    return None, []


def _is_said_of_those(draft: Draft, limit: Limit) -> bool:
    words = {draft.text(k) for k in range(max(0, limit.start - 4), limit.start)}
    return bool(words & {"those", "ones", "with", "having", "where"})


def _aggregate(draft: Draft, limit: Limit) -> tuple[Function, list[int]] | None:
    """An aggregate said behind the number or of the field before it."""
    for k in range(limit.stop, min(limit.stop + _REACH, len(draft))):
        if draft.text(k) in _FUNCTIONS and draft.is_free(k):
            words = [k - 1, k] if draft.text(k - 1) in {"in", "on"} else [k]
            return _FUNCTIONS[draft.text(k)], words
        if draft.tokens[k].kind == "mark" or draft.roles.get(k) == "bucket":
            break
    for k in range(limit.start - 1, max(-1, limit.start - _REACH), -1):
        if draft.text(k) in _FUNCTIONS and draft.is_free(k):
            return _FUNCTIONS[draft.text(k)], [k]
        if draft.tokens[k].kind == "mark" or not draft.is_free(k):
            break
    money = limit.said.unit and (limit.said.is_money)
    if money and any(draft.text(k) in _ADDING for k in range(limit.start)):
        return "sum", []  # "customers who spent more than 500 euros"
    return None


def _aggregated(draft: Draft, limit: Limit, function: Function) -> Metric | None:
    link = subjects.compared(draft, limit.start, limit.said)
    if link is not None:
        draft.take(link.start, link.stop, "measure", link.score)
        return Metric(function, link.field)
    for k in range(limit.start - 1, -1, -1):
        spoken = draft.stem(k) in MONEY_WORDS and draft.text(k) not in SELLING | STOP
        if spoken and draft.is_free(k) and (named := operands.of_kind(draft, "money", k)):
            draft.take(k, k + 1, "measure", 0.9)
            return Metric(function, named.operand)
    return None


def _in_unit(said: Said, metric: Metric) -> Decimal | None:
    column = getattr(metric.of, "column", None)
    if metric.function == "count" or column is None:
        return said.number
    return quantities.converted(said, column)


def _has_groups(draft: Draft, limit: Limit) -> bool:
    """Whether groups are known, or what stands before the number makes them."""
    if draft.group or draft.bucket:
        return True
    if draft.listing and not _are_to_be_named(draft):
        return False
    thing = _subject(draft, limit)
    if thing is None or thing.is_rows or thing.field is None:
        return False
    draft.listing = False
    counted = _how_many(draft, thing.start)
    things.add_group(draft, thing)
    if counted is not None or draft.asks_whether:
        said = draft.said(thing.start, thing.stop)
        draft.summary = Summary("count", said)
        if counted is not None:
            draft.take(*counted, "measure")
    return True


def _are_to_be_named(draft: Draft) -> bool:
    """`are there customers who ... Which ones?`: of the groups those are listed that are kept."""
    return draft.roles.get(0) == "ask" and draft.text(0) in _EXISTING and not draft.columns


def _subject(draft: Draft, limit: Limit) -> Thing | None:
    """What the groups are: the thing named before the number, over the words in between."""
    for i in range(limit.start, 0, -1):
        found = before(draft, i)
        if found is not None and not _is_done(draft, found):
            return found
    return None


def _is_done(draft: Draft, thing: Thing) -> bool:
    """`patients which were admitted`: what was done names no thing, whatever noun it is like."""
    said = draft.text(thing.stop - 1).endswith("ed") and draft.text(thing.start - 1) in _AUXILIARY
    if said and thing.is_rows:
        draft.take(thing.start, thing.stop, "context", 0.9)
    return said


def _how_many(draft: Draft, i: int) -> tuple[int, int] | None:
    """`how many` right before what is grouped by: the groups are counted."""
    for start in range(max(0, i - 5), i):
        stop = things.counts_at(draft, start)
        if stop and all(
            draft.is_filler(k) or draft.text(k) in {"different"} for k in range(stop, i)
        ):
            return start, stop
    return None
