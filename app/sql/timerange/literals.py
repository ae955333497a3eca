"""What constants of a query say: intervals, and times written as text."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from sqlglot import exp

from app.sql.timerange.spans import LENGTHS, Shift, between

# Flink takes single digits too, but they sort differently as text: only the full form is read.
_TIME = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[ ](\d\d)(?::(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?)?)?)?"
)
_COMPOUND = ("DAY", "HOUR", "MINUTE", "SECOND")
_MONTHS = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}
_FORMATS = {
    "yyyy": "YEAR",
    "yyyy-MM": "MONTH",
    "yyyy-MM-dd": "DAY",
    "yyyy-MM-dd HH": "HOUR",
    "yyyy-MM-dd HH:mm": "MINUTE",
    "yyyy-MM-dd HH:mm:ss": "SECOND",
}


def format_unit(pattern: exp.Expression | None) -> str | None:
    """The unit that `DATE_FORMAT` with this pattern cuts to, if its text sorts as time does."""
    if isinstance(pattern, exp.Literal) and pattern.is_string:
        return _FORMATS.get(pattern.name)
    return None


def time(text: str) -> tuple[datetime, datetime] | None:
    """The wall clock time of a text such as `2026-11-22 10:00`, to the millisecond on either side.

    >>> time("2026-11-22")
    (datetime.datetime(2026, 11, 22, 0, 0), datetime.datetime(2026, 11, 22, 0, 0))
    """
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(g or 0) for g in match.groups()[:6])
    try:
        whole = datetime(year, month or 1, day or 1, hour, minute, second)  # noqa: DTZ001
        digits = (match[7] or "").ljust(9, "0")
        start = whole + timedelta(milliseconds=int(digits[:3]))
        return start, start + timedelta(milliseconds=1 if digits[3:].strip("0") else 0)
    except (ValueError, OverflowError):
        return None


def number(node: exp.Expression | None) -> int | None:
    """A whole number, with its sign."""
    if isinstance(node, exp.Paren):
        return number(node.this)
    if isinstance(node, exp.Neg):
        value = number(node.this)
        return None if value is None else -value
    # Beyond 18 digits it is no count of anything that could be a time.
    if isinstance(node, exp.Literal) and not node.is_string and len(node.name) <= 18:
        return int(node.name) if node.name.isdecimal() else None
    return None


def interval(node: exp.Expression | None) -> Shift | None:
    """An expression of intervals and numbers, or None where it is anything else."""
    if isinstance(node, exp.Paren):
        return interval(node.this)
    if isinstance(node, exp.Neg):
        shift = interval(node.this)
        return None if shift is None else -shift
    if isinstance(node, exp.Add | exp.Sub):
        left, right = interval(node.this), interval(node.expression)
        if left is None or right is None:
            return None
        return left + (-right if isinstance(node, exp.Sub) else right)
    if isinstance(node, exp.Mul):
        return _product(node)
    return _literal(node) if isinstance(node, exp.Interval) else None


def steps(unit: str, count: int) -> Shift | None:
    """What `TIMESTAMPADD(unit, count, x)` adds."""
    if unit in _MONTHS:
        return _months(count * _MONTHS[unit], count * _MONTHS[unit])
    length = LENGTHS.get(unit)
    return None if length is None else _bounded(lambda: between(length * count, length * count))


def _product(node: exp.Mul) -> Shift | None:
    for one, other in ((node.this, node.expression), (node.expression, node.this)):
        shift, factor = interval(one), number(other)
        if shift is not None and factor is not None:
            return _bounded(partial(shift.times, factor))
    return None


def _literal(node: exp.Interval) -> Shift | None:
    text, unit = node.this, node.args.get("unit")
    if isinstance(text, exp.Neg):
        shift = _literal(exp.Interval(this=text.this.copy(), unit=unit.copy() if unit else None))
        return None if shift is None else -shift
    if not isinstance(text, exp.Literal) or unit is None:
        return None
    negative, parts = text.name.strip().startswith("-"), re.findall(r"[\d.]+", text.name)
    units = _units(unit)
    if len(parts) != len(units):
        return None
    shift = _sum(units, parts)
    return -shift if shift is not None and negative else shift


def _units(unit: exp.Expression) -> tuple[str, ...]:
    if isinstance(unit, exp.IntervalSpan):
        first, last = unit.this.name.upper(), unit.expression.name.upper()
        if (first, last) == ("YEAR", "MONTH"):
            return first, last
        if first in _COMPOUND and last in _COMPOUND:
            return _COMPOUND[_COMPOUND.index(first) : _COMPOUND.index(last) + 1]
        return ()
    return (unit.name.upper(),)


def _sum(units: tuple[str, ...], parts: list[str]) -> Shift | None:
    total = Shift()
    for unit, part in zip(units, parts, strict=True):
        shift = _part(unit, part)
        if shift is None:
            return None
        total += shift
    return total


def _part(unit: str, part: str) -> Shift | None:
    try:
        if unit == "SECOND":
            seconds = timedelta(seconds=float(part))
            return between(seconds, seconds)
        count = int(part)
        if unit == "WEEK":
            # Flink 2.1 takes INTERVAL '1' WEEK for one hour, and INTERVAL '1' QUARTER for a month.
            return between(timedelta(hours=count), timedelta(weeks=count))
        if unit in _MONTHS:
            return _months(
                count if unit == "QUARTER" else count * _MONTHS[unit], count * _MONTHS[unit]
            )
        return steps(unit, count)
    except (ValueError, OverflowError):
        return None


def _months(one: int, other: int) -> Shift:
    return Shift(least_months=min(one, other), most_months=max(one, other))


def _bounded(compute: Callable[[], Shift]) -> Shift | None:
    try:
        return compute()
    except OverflowError:
        return None
