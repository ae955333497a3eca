"""What a column's type, name and comment say it can be used for."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from app.catalog.model import Column, Table
from app.semantic_parser.lexicon import ADDITIVE
from app.semantic_parser.tokens import name_parts

_INTEGERS = ("TINYINT", "SMALLINT", "INT", "BIGINT")
_NUMBERS = (*_INTEGERS, "DECIMAL", "NUMERIC", "FLOAT", "DOUBLE", "DEC")
_TEXTS = ("STRING", "VARCHAR", "CHAR")
_ID_NAME = re.compile(r"(^|_)(id|uuid|guid|key|hash|number|no|code|nr)$|[a-z](Id|ID|Key|Uuid)$")

DURATIONS = {
    "ms": Decimal("0.001"),
    "s": Decimal(1),
    "min": Decimal(60),
    "h": Decimal(3600),
    "d": Decimal(86400),
}
"""Seconds in each unit of a duration."""

DURATION_WORDS = {
    "ms": "ms",
    "msec": "ms",
    "millisecond": "ms",
    "s": "s",
    "sec": "s",
    "second": "s",
    "min": "min",
    "mins": "min",
    "minut": "min",
    "h": "h",
    "hr": "h",
    "hour": "h",
    "d": "d",
    "day": "d",
}
"""Stems that name a unit of a duration."""

CURRENCIES = {
    "eur": "EUR",
    "euro": "EUR",
    "€": "EUR",
    "usd": "USD",
    "dollar": "USD",
    "$": "USD",
    "gbp": "GBP",
    "pound": "GBP",
    "£": "GBP",
    "chf": "CHF",
    "franc": "CHF",
}
"""Stems and signs that name a currency."""

_NAME_UNITS = {
    **{u: u for u in ("ms", "min", "eur", "usd", "gbp", "chf", "kg", "km")},
    "hours": "h",
    "minutes": "min",
    "seconds": "s",
    "sec": "s",
    "days": "d",
    "millis": "ms",
}
_SPOKEN = {
    "ms": "milliseconds",
    "s": "seconds",
    "min": "minutes",
    "h": "hours",
    "d": "days",
}
_COMMENT_UNIT = re.compile(
    r"\bin (milliseconds|ms|seconds|minutes|hours|days|EUR|euros?|USD|dollars|GBP|CHF"
    r"|percent|km/h|kilomet(?:er|re)s?|met(?:er|re)s?|km|kg|kilograms?|kWh|kW|watts?"
    r"|degrees Celsius|degrees|°C|bytes|MB|GB|hPa|bar|litres?|liters?|mm|cm|m|%)(?![\w/])",
    re.IGNORECASE,
)
_LEADING_UNIT = re.compile(r"(milliseconds|seconds|minutes|hours|days)\b", re.IGNORECASE)


def is_number(column: Column) -> bool:
    """Whether the column can be summed and compared."""
    return column.type.startswith(_NUMBERS)


def is_integer(column: Column) -> bool:
    """Whether the column holds whole numbers."""
    return column.type.startswith(_INTEGERS)


def is_text(column: Column) -> bool:
    """Whether the column holds text."""
    return column.type.startswith(_TEXTS)


def is_boolean(column: Column) -> bool:
    """Whether the column holds true and false."""
    return column.type.startswith("BOOLEAN")


def is_time(column: Column) -> bool:
    """Whether the column holds moments."""
    return column.type.startswith(("TIMESTAMP", "DATE"))


@lru_cache(maxsize=20_000)
def looks_like_id(name: str) -> bool:
    """Whether a name says that its values identify something.

    >>> looks_like_id("order_id"), looks_like_id("deviceId"), looks_like_id("paid")
    (True, True, False)
    """
    return _ID_NAME.search(name) is not None


def is_id(column: Column, table: Table) -> bool:
    """Whether the column's values identify something."""
    return column.name in table.primary_key or looks_like_id(column.name)


def is_measure(column: Column, table: Table) -> bool:
    """Whether the column is a number that means an amount and not an identity."""
    return is_number(column) and not is_id(column, table)


@lru_cache(maxsize=20_000)
def unit_of(column: Column) -> str:
    """The unit of a numeric column as its comment or the end of its name gives it, or empty.

    >>> unit_of(Column("load_ms", "INT")), unit_of(Column("fee", "DOUBLE", "Fee in EUR"))
    ('ms', 'EUR')
    """
    if not is_number(column):
        return ""
    found = _COMMENT_UNIT.search(column.comment) or _LEADING_UNIT.match(column.comment)
    if found:
        word = found[1].lower().removesuffix("s") if len(found[1]) > 3 else found[1].lower()
        word = {"minute": "minut"}.get(word, word)
        return DURATION_WORDS.get(word) or CURRENCIES.get(word) or found[1]
    tail = column.name.lower().rpartition("_")[2]
    unit = _NAME_UNITS.get(tail, "")
    return unit.upper() if unit in {"eur", "usd", "gbp", "chf"} else unit


def spoken_unit(column: Column) -> str:
    """The unit as a sentence says it, or empty."""
    unit = unit_of(column)
    return _SPOKEN.get(unit, unit)


def is_money(column: Column) -> bool:
    """Whether the column is an amount of money."""
    return unit_of(column) in set(CURRENCIES.values())


def is_duration(column: Column) -> bool:
    """Whether the column is a length of time."""
    if unit_of(column) in DURATIONS:
        return True
    named = re.search(r"duration|latency|elapsed|delay", column.name, re.IGNORECASE)
    return is_number(column) and named is not None


def is_additive(column: Column) -> bool:
    """Whether a sum of the column means something."""
    if is_duration(column):
        return False
    words = {*name_parts(column.name), *name_parts(re.split(r"[:;.(,]", column.comment)[0])}
    return is_money(column) or bool(words & ADDITIVE)
