"""Numbers that are made of times: an age in minutes, a year."""

from __future__ import annotations

import math
from datetime import datetime

from sqlglot import exp

from app.sql.timerange import literals
from app.sql.timerange.spans import ALWAYS, Clock, Shift, Span
from app.sql.timerange.terms import Bounds, Gates, Terms, name_of

# TIMESTAMPDIFF gives an INT that wraps around: after 25 days of milliseconds, 68 years of seconds
# and 4,083 years of minutes, which are only between a time before this year and the far future.
_WRAPPING = {"MILLISECOND", "SECOND"}
_FAR = 4000


def solve(
    terms: Terms, node: exp.Expression, least: float, most: float, gates: Gates = ()
) -> Bounds:
    """What follows for columns from a number made of times lying between two others.

    Args:
        terms: Reads the expressions of time in it.
        node: The number, such as `TIMESTAMPDIFF(MINUTE, t, NOW())`.
        least: It is not less than that; may be infinite.
        most: It is not more than that; may be infinite.
        gates: As for `Terms.solve`.
    """
    unit = node.name.upper() if isinstance(node, exp.Extract) else name_of(node)
    if unit == "YEAR":
        inner = node.expression if isinstance(node, exp.Extract) else node.expressions[0]
        chain = terms.chain(inner)
        return terms.solve(chain, _years(terms.clock, least, most), gates) if chain else {}
    if unit == "TIMESTAMPDIFF" and len(node.expressions) == 3:
        return _age(terms, node, least, most, gates)
    return {}


def _age(terms: Terms, node: exp.Expression, least: float, most: float, gates: Gates) -> Bounds:
    unit, *ends = node.expressions
    first, last = map(terms.chain, ends)
    if first is None or last is None:
        return {}
    # The difference is cut towards zero: it is never off by a whole unit.
    low, high = _steps(unit, least - 1), _steps(unit, most + 1)
    if last.value is not None and (end := terms.value(last, {})):
        found = _between(terms.clock, end, high and -high, low and -low)
        return terms.solve(first, _unwrapped(unit, end, found), gates)
    if first.value is not None and (begin := terms.value(first, {})):
        found = _between(terms.clock, begin, low, high)
        return terms.solve(last, _unwrapped(unit, begin, found), gates)
    return {}


def _unwrapped(unit: exp.Expression, constant: Span, found: Span) -> Span:
    """The span that is found, opened to where the difference to the constant wraps around."""
    name = unit.name.upper()
    if name not in {*_WRAPPING, "MINUTE"}:
        return found
    near = constant.end is not None and constant.end.year < _FAR
    return Span(found.start, None) if near and name not in _WRAPPING else ALWAYS


def _between(clock: Clock, span: Span, low: Shift | None, high: Shift | None) -> Span:
    start: datetime | None = clock.moved(span, low).start if low else None
    return Span(start, clock.moved(span, high).end if high else None)


def _steps(unit: exp.Expression, count: float) -> Shift | None:
    return literals.steps(unit.name.upper(), int(count)) if math.isfinite(count) else None


def _years(clock: Clock, least: float, most: float) -> Span:
    start = literals.time(f"{int(least):04d}") if 1 <= least <= 9999 else None
    end = literals.time(f"{int(most) + 1:04d}") if 1 <= most < 9999 else None
    return Span(
        clock.shown(start[0]).start if start else None,
        clock.shown(end[1]).end if end else None,
    )
