"""Intervals: `INTERVAL '1 10:00' DAY(3) TO MINUTE`, and what other dialects write.

The parser reads them here, the generator asks for a spelling that Flink takes, and the catalog and
`names` for how long one is.
"""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlglot import TokenType, exp

from app.sql.dialect import functions
from app.sql.dialect.types import FlinkTypeParser

# Flink 2.1 takes `INTERVAL '1' WEEK` for one hour and `INTERVAL '1' QUARTER` for one month; what
# was written so is written back so, but no other interval is turned into one.
AS_WRITTEN = "as_written"
MISREAD = {"WEEK", "QUARTER"}

_SECONDS = {
    "DAY": Decimal(86400),
    "HOUR": Decimal(3600),
    "MINUTE": Decimal(60),
    "SECOND": Decimal(1),
    "WEEK": Decimal(604800),
    "MILLISECOND": Decimal("1e-3"),
    "MICROSECOND": Decimal("1e-6"),
    "NANOSECOND": Decimal("1e-9"),
}
# The fields that a span such as DAY TO MINUTE is made of.
_FIELDS = ("DAY", "HOUR", "MINUTE", "SECOND")
_MONTHS = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}
# Digits that a leading field has unless its unit says more, and that it can have in days or less.
_DEFAULT_DIGITS, _MAX_DIGITS = 2, 3
_CLOCK = re.compile(r"[+-]?(\d+ )?\d+:\d+:\d+(\.\d+)?")
_PART = re.compile(r"\s*([+-]?\d+(?:\.\d+)?)\s*([a-z]+)\s*,?(?:and\b)?", re.IGNORECASE)
_SHORT = functions.FOREIGN_UNITS | {"M": "MINUTE", "MS": "MILLISECOND"}


class IntervalParser(FlinkTypeParser):
    """The part of the parser that reads intervals."""

    def _parse_interval(self, *_args: Any, **_kwargs: Any) -> Any:
        start = self._index
        if not self._match(TokenType.INTERVAL):
            return None
        negative = bool(self._match(TokenType.DASH))
        amount = self._amount()
        if amount is None:
            self._retreat(start)
            return None
        text = amount.name.strip() if isinstance(amount, exp.Literal) else ""
        if unit := self._interval_unit():
            interval = self.expression(exp.Interval(this=_signed(amount, negative), unit=unit))
            if unit.name in MISREAD:
                interval.meta[AS_WRITTEN] = True
            return interval
        if amount.is_string and (spelled := spelled_out(text, negative=negative)):
            return spelled
        return self._no_unit()

    def _amount(self) -> exp.Expr | None:
        self._match(TokenType.PLUS)
        if self._match(TokenType.L_PAREN, advance=False):
            return FlinkTypeParser._parse_paren(self)
        if self._match_set((TokenType.STRING, TokenType.NUMBER), advance=False):
            return self._parse_primary()
        if self._next.token_type == TokenType.DOT or functions.unit(self._next.text):
            return self._parse_column()
        return None


def _signed(amount: exp.Expr, negative: bool) -> exp.Expr:
    """The amount as a string literal where it is constant, with its sign in it."""
    if not isinstance(amount, exp.Literal):
        return exp.Neg(this=amount) if negative else amount
    text = amount.name.strip()
    if negative:
        text = text[1:] if text.startswith("-") else "-" + text.removeprefix("+")
    amount.set("this", text)
    amount.set("is_string", True)
    return amount


def spelled_out(text: str, *, negative: bool = False) -> exp.Expr | None:
    """The interval that a text such as `5 minutes`, `1 day 2 hours` or `01:30:00` names."""
    if clock := _CLOCK.fullmatch(text):
        first = exp.var("DAY" if clock[1] else "HOUR")
        span = exp.IntervalSpan(this=first, expression=exp.var("SECOND"))
        return exp.Interval(this=_signed(exp.Literal.string(text), negative), unit=span)
    intervals: list[exp.Expr] = []
    end = 0
    while end < len(text):
        part = _PART.match(text, end)
        word = part[2].upper() if part else ""
        unit = _SHORT.get(word) or _SHORT.get(word.removesuffix("S")) or functions.unit(word)
        if not part or not unit:
            return None
        amount = _signed(exp.Literal.string(part[1]), negative)
        intervals.append(exp.Interval(this=amount, unit=exp.var(unit)))
        end = part.end()
    if len(intervals) < 2:
        return intervals[0] if intervals else None
    total = intervals[0]
    for interval in intervals[1:]:
        total = exp.Add(this=total, expression=interval)
    return exp.Paren(this=total)


def length(node: exp.Expr) -> timedelta | None:
    """How long a constant interval says that it is; None if it is none, or of months or years.

    >>> length(exp.Interval(this=exp.Literal.string("5"), unit=exp.var("MINUTE")))
    datetime.timedelta(seconds=300)
    """
    if isinstance(node, exp.Paren):
        return length(node.this)
    if isinstance(node, exp.Neg):
        positive = length(node.this)
        return -positive if positive is not None else None
    unit = node.args.get("unit") if isinstance(node, exp.Interval) else None
    if unit is None or not isinstance(node.this, exp.Literal):
        return None
    text = node.this.name.strip()
    sign = -1 if text.startswith("-") else 1
    try:
        return sign * timedelta(seconds=_seconds(text.lstrip("+-"), unit))
    except (KeyError, ValueError, OverflowError):
        return None


def _seconds(text: str, unit: exp.Expr) -> float:
    """The seconds of an amount such as `1.5`, or `1 02:03` of DAY TO MINUTE."""
    units: tuple[str, ...] = (unit.name,)
    if isinstance(unit, exp.IntervalSpan):
        first, last = _FIELDS.index(unit.this.name), _FIELDS.index(unit.expression.name)
        units = _FIELDS[first : last + 1]
    amounts = re.split("[ :]", text)
    return sum(float(a) * float(_SECONDS[u]) for a, u in zip(amounts, units, strict=True))


def exact(text: str, unit: str) -> tuple[str, exp.Expr]:
    """The same interval in an amount and a unit that Flink takes, and takes for what they say.

    >>> [part.sql() if not isinstance(part, str) else part for part in exact("2", "WEEK")]
    ['14', 'DAY']
    """
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return text, exp.var(unit)
    if unit in _MONTHS:
        return _in_months(amount, unit)
    seconds = amount * _SECONDS.get(unit, Decimal(1))
    for name in (unit, "DAY", "HOUR", "MINUTE", "SECOND"):
        count = seconds / _SECONDS.get(name, Decimal(1))
        fits = abs(count) < 10**_MAX_DIGITS and (count == int(count) or name == "SECOND")
        if fits and name in functions.INTERVAL_UNITS - MISREAD:
            return f"{_plain(count)}", _sized(name, count)
    days, rest = divmod(abs(seconds), 86400)
    minutes, second = divmod(rest, 60)
    clock = f"{minutes // 60:02}:{minutes % 60:02}:{_plain(second):0>2}"
    sign = "-" if seconds < 0 else ""
    unit_node = exp.IntervalSpan(this=_sized("DAY", days), expression=exp.var("SECOND"))
    return f"{sign}{_plain(days)} {clock}", unit_node


def _in_months(amount: Decimal, unit: str) -> tuple[str, exp.Expr]:
    if unit == "QUARTER" or amount != int(amount):
        amount, unit = amount * _MONTHS[unit], "MONTH"
    return _plain(amount), _sized(unit, amount)


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"


def _sized(unit: str, amount: Decimal) -> exp.Expr:
    """The unit, with a precision where the amount has more digits than the default."""
    digits = len(str(abs(int(amount))))
    if digits <= _DEFAULT_DIGITS:
        return exp.var(unit)
    return exp.Anonymous(this=unit, expressions=[exp.Literal.number(digits)])
