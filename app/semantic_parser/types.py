"""What a column's type, name and comment say it can be used for."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from app.catalog.model import Column, Table
from app.semantic_parser.lexicon import ADDITIVE
from app.semantic_parser.tokens import name_parts, word_set
from app.sql import shapes

_INTEGERS = ("TINYINT", "SMALLINT", "INT", "BIGINT")
_NUMBERS = (*_INTEGERS, "DECIMAL", "NUMERIC", "FLOAT", "DOUBLE", "DEC")
_TEXTS = ("STRING", "VARCHAR", "CHAR")
_ID_NAME = re.compile(
    r"(^|_)(id|uuid|guid|key|hash|number|no|code|nr)$|[a-z](Id|ID|Key|Uuid|No|Nr)$"
)

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
    "s": "s",
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
_OWN_LENGTH = frozenset({"duration", "dur", "tim", "length", "elaps", "took", "runtim", "total"})
_COMMENT_UNIT = re.compile(
    r"\bin (milliseconds|ms|seconds|minutes|hours|days|EUR|euros?|USD|dollars|GBP|CHF"
    r"|percent|km/h|kilomet(?:er|re)s?|met(?:er|re)s?|km|kg|kilograms?|kWh|kW|watts?"
    r"|degrees Celsius|degrees|°C|bytes|MB|GB|hPa|bar|litres?|liters?|mm|cm|m|%)(?![\w/])",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"_|(?<=[a-z0-9])(?=[A-Z])")
"""What names are split at."""
_NUMBER_OF = re.compile(r"(?:number|count|no\.) of (?!the\b|a\b|an\b|this\b)\w+s\b", re.IGNORECASE)
_SCALES = frozenset({"stars", "degrees", "years", "bps", "celsius", "fps", "dbs", "percents"})
"""Plurals that a number is measured in, which no sum is of."""
_LEADING_UNIT = re.compile(
    r"(milliseconds|seconds|minutes|hours|days|EUR|euros|USD|dollars|GBP|CHF)\b", re.IGNORECASE
)


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


def is_array(column: Column) -> bool:
    """Whether the column holds several values at once."""
    return column.type.startswith("ARRAY")


def is_row(column: Column) -> bool:
    """Whether the column has fields of its own."""
    return column.type.startswith("ROW")


def element_of(column: Column) -> Column:
    """What one element of an ARRAY column would be as a column; any other column is itself.

    >>> element_of(Column("tags", "ARRAY<STRING>")).type
    'STRING'
    """
    shape = shapes.of(column.type)
    if shape.kind != "ARRAY" or not shape.parts:
        return column
    return replace(column, type=shape.parts[0][1])


def fields_of(column: Column) -> tuple[Column, ...]:
    """The fields of a ROW column as columns; of any other none."""
    shape = shapes.of(column.type)
    if shape.kind != "ROW":
        return ()
    return tuple(Column(name, kind, kind=column.kind) for name, kind in shape.parts)


def text_of(column: Column) -> bool:
    """Whether the column holds text, or several texts at once."""
    return is_text(column) or is_text(element_of(column))


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
    >>> unit_of(Column("totUsd", "INT")), unit_of(Column("avgPingMs", "INT"))
    ('USD', 'ms')
    """
    if not is_number(column):
        return ""
    found = _COMMENT_UNIT.search(column.comment) or _LEADING_UNIT.match(column.comment)
    if found:
        word = found[1].lower().removesuffix("s") if len(found[1]) > 3 else found[1].lower()
        word = {"minute": "minut"}.get(word, word)
        return DURATION_WORDS.get(word) or CURRENCIES.get(word) or found[1]
    tail = _SPLIT.split(column.name)[-1].lower()
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


def is_own_length(column: Column) -> bool:
    """Whether the column may say how long the rows' things took; milliseconds are of a part.

    >>> is_own_length(Column("ping_ms", "INT")), is_own_length(Column("duration_ms", "INT"))
    (False, True)
    """
    of_all = unit_of(column) != "ms" or bool(_OWN_LENGTH & {*name_parts(column.name)})
    return is_duration(column) and of_all


_VOLUMES = word_set("kb mb gb tb bytes kwh mwh wh kg tons tonnes litres liters ml m3 pcs units")
_HELD = word_set("mem memory ram heap free used disk avg mean max min limit size capacity")


def is_additive(column: Column) -> bool:
    """Whether a sum of the column means something."""
    if is_duration(column):
        return False
    words = {*name_parts(column.name), *name_parts(re.split(r"[:;.(,]", column.comment)[0])}
    return is_money(column) or bool(words & ADDITIVE) or _is_volume(column)


def _is_volume(column: Column) -> bool:
    """Whether the unit is of amounts that add up: `dl_mb`, but not `memory_mb`."""
    parts = re.split(r"_|(?<=[a-z])(?=[A-Z])", column.name)
    unit = parts[-1].lower()
    held = {p.lower() for p in parts[:-1]} & _HELD
    return is_number(column) and unit in _VOLUMES and not held and len(parts) > 1


def counts_things(column: Column) -> bool:
    """Whether a column says how many of something there are: `beds`, `Number of doors`."""
    if not is_integer(column) or looks_like_id(column.name):
        return False
    if _NUMBER_OF.match(column.comment):
        return True
    last = column.name.rpartition("_")[2].lower()
    several = last.endswith("s") and not last.endswith(("ss", "us", "is"))
    return several and last not in _SCALES and not unit_of(column)
