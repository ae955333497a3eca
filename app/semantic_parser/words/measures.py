"""What is computed, in words: `average load`, `share of orders with status = cancelled, in %`."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from app.semantic_parser.form import (
    Change,
    Duration,
    Field,
    Filter,
    Measure,
    Metric,
    Rate,
    Ratio,
    Share,
    ShareOfAll,
)
from app.semantic_parser.words.filters import attached
from app.semantic_parser.words.names import Names, say_constant, say_time
from app.semantic_parser.words.nouns import plural, singular
from app.semantic_parser.words.operands import is_moment, say_operand, unit

_FUNCTIONS = {"sum": "total", "avg": "average", "min": "lowest", "max": "highest"}
_MOMENTS = {"min": "earliest", "max": "latest"}


def measure_words(names: Names, measure: Measure, *, head: bool = False) -> str:
    """What a measure is, such as `number of orders` or `average load`.

    Args:
        names: What columns are called.
        measure: The measure.
        head: Whether it begins a line: `counting orders`.
    """
    match measure:
        case Metric():
            return _metric(names, measure, head=head)
        case Share():
            return _share(names, measure)
        case ShareOfAll(metric=metric, scale=scale):
            whole = rows_of(names, metric) if metric.function == "count" else ""
            said = f"share of all {whole}" if whole else f"share of the {_metric(names, metric)}"
            return f"{said}{_scale(names, scale)}"
        case Change():
            return _change(names, measure, head=head)
        case Rate(metric=metric, unit=each):
            return f"{base(names, metric)} per {each} on average{_conditions(names, metric)}"
        case Ratio(part=part, whole=whole):
            return _ratio(names, part, whole)


def base(names: Names, metric: Metric) -> str:
    """A metric without its own conditions; of a count, what is counted."""
    if metric.function == "count":
        return rows_of(names, metric)
    subject = names.rows() if metric.of is None else say_operand(names, metric.of)
    said = f"{_function(metric, subject)}{subject}"
    has_unit = isinstance(metric.of, Duration) and not names.prose
    return f"{said} in {unit(metric.of)}" if has_unit else said


def rows_of(names: Names, metric: Metric) -> str:
    """What a count counts, in the plural: `orders`, `distinct customers`."""
    if metric.of is None:
        return plural(metric.noun) if metric.noun else names.rows()
    of = metric.of
    if not isinstance(of, Field):
        return f"values of {say_operand(names, of)}"
    if not metric.distinct:
        noun = f" of {plural(metric.noun)}" if metric.noun else ""
        return f"values of {names.full(of)}{noun}"
    known = {names.short(of), names.many(of), singular(names.many(of))}
    noun = plural(metric.noun) if metric.noun else names.many(of)
    if names.prose or (of.table == names.root and {noun, singular(noun)} & known):
        return f"distinct {noun}"
    return f"distinct {noun} ({names.full(of)})"


def measure_unit(measure: Measure) -> str:
    """The unit of a measure's numbers as a sentence says it, or empty."""
    match measure:
        case Metric(function="count"):
            return ""
        case Metric(of=of):
            return unit(of)
        case Share(scale=scale) | ShareOfAll(scale=scale):
            return "%" if scale == 100 else ""
        case Change(later=later):
            return measure_unit(later)
        case Rate(metric=metric):
            return measure_unit(metric)
        case Ratio(part=part, whole=whole):
            return measure_unit(part) if whole.function == "count" else ""


def first_metric(measure: Measure) -> Metric:
    """The metric that a measure is made of, or is a part of."""
    match measure:
        case Metric():
            return measure
        case Share(part=metric) | Ratio(part=metric) | Change(later=metric):
            return metric
        case ShareOfAll(metric=metric) | Rate(metric=metric):
            return metric


def differing(later: Metric, earlier: Metric) -> tuple[tuple[Filter, ...], ...] | None:
    """The conditions that each of two metrics has alone, or None where they differ in more."""
    if _bare(later) != _bare(earlier):
        return None
    return (
        tuple(f for f in later.where if f not in earlier.where),
        tuple(f for f in earlier.where if f not in later.where),
    )


def share_of(share: Share) -> tuple[Filter, ...] | None:
    """What makes the part of the whole, or None where they are measures of different things."""
    more = differing(share.part, share.whole)
    same = more is not None and not more[1] and share.part.time == share.whole.time
    return more[0] if more and more[0] and same else None


def _bare(metric: Metric) -> Metric:
    return replace(metric, where=(), time=None, noun="")


def _function(metric: Metric, subject: str) -> str:
    if metric.function == "percentile":
        if metric.fraction == Decimal("0.5"):
            return "median "
        return f"p{say_constant(metric.fraction * 100)} of "
    words = _MOMENTS if is_moment(metric.of) else _FUNCTIONS
    word = words.get(metric.function, metric.function)
    return f"{word} of " if subject.startswith(f"{word} ") else f"{word} "


def _conditions(names: Names, metric: Metric) -> str:
    when = f" {say_time(metric.time)}" if metric.time else ""
    return f"{attached(names, metric.where)}{when}"


def _metric(names: Names, metric: Metric, *, head: bool = False) -> str:
    said = f"{base(names, metric)}{_conditions(names, metric)}"
    if metric.function != "count":
        return said
    return f"counting {said}" if head else f"number of {said}"


def _share(names: Names, share: Share) -> str:
    part, whole, more = share.part, share.whole, share_of(share)
    said_whole = base(names, whole) + _conditions(names, whole)
    if more is None:
        said_part = base(names, part) + _conditions(names, part)
        return f"{said_part} as a share of {said_whole}{_scale(names, share.scale)}"
    if whole.where or whole.time:
        return f"share of {said_whole}:{attached(names, more)}{_scale(names, share.scale)}"
    return f"share of {said_whole}{attached(names, more)}{_scale(names, share.scale)}"


def _scale(names: Names, scale: int) -> str:
    if names.prose:
        return ""
    return ", in %" if scale == 100 else ", from 0 to 1"


def _change(names: Names, change: Change, *, head: bool) -> str:
    later, earlier = change.later, change.earlier
    leads = {"difference": "difference in ", "percent": "change in % of "}
    lead = leads.get(change.wanted, "counting " if head else "number of ")
    if later.function != "count" and change.wanted == "both":
        lead = ""
    alone = differing(later, earlier)
    if alone is None:
        return f"{lead}{_said(names, later)} against {_said(names, earlier)}"
    both = tuple(f for f in later.where if f in earlier.where)
    said = f"{lead}{base(names, later)}{attached(names, both)}"
    sides = [
        f"{attached(names, only)}{f' {say_time(m.time)}' if m.time else ''}".strip()
        for only, m in zip(alone, (later, earlier), strict=True)
    ]
    return f"{said} {sides[0] or 'all'} against {_after_in(sides) or 'all'}"


def _after_in(sides: list[str]) -> str:
    """The second side; `in the last hour against the hour before` says `in` once."""
    both = all(side.startswith("in ") for side in sides)
    return sides[1].removeprefix("in ") if both else sides[1]


def _said(names: Names, metric: Metric) -> str:
    return f"{base(names, metric)}{_conditions(names, metric)}"


def _ratio(names: Names, part: Metric, whole: Metric) -> str:
    plain = whole.function == "count" and not whole.where and not whole.time
    if plain:
        return f"{_said(names, part)} per {singular(rows_of(names, whole))}"
    return f"{_said(names, part)} divided by {_metric(names, whole)}"
