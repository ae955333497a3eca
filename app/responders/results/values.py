"""Numbers, moments and cells for reading."""

from __future__ import annotations

import math
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from app.catalog.model import Column
from app.markdown import escape
from app.semantic_parser.types import is_money, is_number, spoken_unit
from app.semantic_parser.words import with_unit

Row = dict[str, Any]

MONEY = frozenset({"EUR", "USD", "GBP", "CHF"})
_SECONDS = {
    "milliseconds": Decimal("0.001"),
    "seconds": Decimal(1),
    "minutes": Decimal(60),
    "hours": Decimal(3_600),
    "days": Decimal(86_400),
    "weeks": Decimal(604_800),
}
_PARTS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
_LONGEST_CELL = 200
_HUGE = 1e15  # beyond which digits say nothing


def number(value: Any, *, money: bool = False) -> str:
    """A number for reading, with thousands separators.

    >>> number(1234567), number(Decimal("12.5"), money=True), number(812.3456)
    ('1,234,567', '12.50', '812.35')
    """
    if value is None or not math.isfinite(value):
        return "none"
    if abs(value) >= _HUGE:
        return f"{value:.4g}"
    if isinstance(value, int) and not money:
        return f"{value:,}"
    places = 2 if money or abs(value) >= 1 else 4
    text = f"{round(Decimal(str(value)), places):,.{places}f}"
    return text if money else text.rstrip("0").rstrip(".") or "0"


def percent(value: Any) -> str:
    """A percentage, with one decimal place where it says something.

    >>> percent(12.5), percent(33.333), percent(0.04), percent(100)
    ('12.5 %', '33.3 %', '0.04 %', '100 %')
    """
    if value is None or not math.isfinite(value) or abs(value) >= _HUGE:
        return f"{number(value)} %" if value is not None else "none"
    places = 1 if abs(value) >= 1 else 2
    text = f"{round(Decimal(str(value)), places):,.{places}f}".rstrip("0").rstrip(".")
    return f"{text or '0'} %"


def measured(value: Any, unit: str) -> str:
    """A number with its unit: money to the cent, long durations in a handier unit besides.

    >>> measured(12.5, "EUR"), measured(125, "minutes"), measured(1, "hours"), measured(7, "")
    ('12.50 EUR', '125 minutes (2 h 5 min)', '1 hour', '7')
    """
    if unit == "%":
        return percent(value)
    said = with_unit(number(value, money=unit in MONEY), unit) if value is not None else "none"
    long = _handier(value, unit)
    return f"{said} ({long})" if long else said


def cell(value: Any, zone: ZoneInfo) -> str:
    """Any value of a row as text that is no markup."""
    match value:
        case None:
            return "(none)"
        case bool():
            return "yes" if value else "no"
        case datetime():
            local = value.astimezone(zone) if value.tzinfo else value
            return f"{local:%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
        case int() | float() | Decimal():
            return number(value)
        case list():
            return ", ".join(cell(v, zone) for v in value)
        case dict():
            return ", ".join(cell(v, zone) for v in value.values())
        case _:
            return escape(str(value)[:_LONGEST_CELL])


def column_cell(value: Any, column: Column | None, zone: ZoneInfo) -> str:
    """A value with the unit of its column."""
    is_plain = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    if column is None or not is_plain or not is_number(column):
        return cell(value, zone)
    if is_money(column):
        return measured(value, spoken_unit(column))
    return with_unit(number(value), spoken_unit(column))


def _handier(value: Any, unit: str) -> str:
    """A duration in its two largest units, where its own is hard to imagine: `2 h 5 min`."""
    if unit not in _SECONDS or value is None or not math.isfinite(value) or abs(value) >= _HUGE:
        return ""
    exact = abs(Decimal(str(value))) * _SECONDS[unit]
    if exact < 120 or (exact < 3_600 and unit == "minutes"):
        return ""
    largest = next(i for i, (length, _) in enumerate(_PARTS) if exact >= length)
    parts = _PARTS[largest : largest + 2]
    rest = round(exact / parts[-1][0]) * parts[-1][0]
    said: list[str] = []
    for length, name in parts:
        count, rest = divmod(rest, length)
        if count:
            said.append(f"{count} {name}")
    sign = "-" if value < 0 else ""
    plain = len(said) == 1 and value == int(value) and unit[0] == said[0].split()[1][0]
    return "" if plain else sign + " ".join(said)
