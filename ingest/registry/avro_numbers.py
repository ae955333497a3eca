"""Avro types that are read as numbers, since Flink would read them wrongly; `avro` uses them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Number:
    """A logical type that is read as the number that it is, and how a column is made of that.

    Attributes:
        base: Its Avro type.
        unit: What it counts, and since when.
        suffix: Of the number's own column; empty where no other is made of it.
        type: The Flink type of what is made of it; empty for nothing.
        expression: SQL that makes it; `{}` stands for the number.
    """

    base: str
    unit: str
    suffix: str = ""
    type: str = ""
    expression: str = ""


_TIME_OF_DAY = "CAST(TIMESTAMPADD(SECOND, {}, TIMESTAMP '1970-01-01 00:00:00') AS TIME)"
INSTANT = "TIMESTAMP_LTZ(3)"
_NUMBERS = {
    "timestamp-millis": Number(
        "long", "milliseconds since 1970", "ms", INSTANT, "TO_TIMESTAMP_LTZ({}, 3)"
    ),
    "timestamp-micros": Number(
        "long", "microseconds since 1970", "us", INSTANT, "TO_TIMESTAMP_LTZ({} / 1000, 3)"
    ),
    "timestamp-nanos": Number(
        "long", "nanoseconds since 1970", "ns", INSTANT, "TO_TIMESTAMP_LTZ({} / 1000000, 3)"
    ),
    # The columns of a table have TIME without a fraction, and a reader schema has none for that.
    "time-millis": Number(
        "int", "milliseconds since midnight", "ms", "TIME", _TIME_OF_DAY.format("{} / 1000")
    ),
    "time-micros": Number(
        "long",
        "microseconds since midnight",
        "us",
        "TIME",
        _TIME_OF_DAY.format("CAST({} / 1000000 AS INT)"),
    ),
    "local-timestamp-micros": Number("long", "microseconds since 1970, local time"),
    "local-timestamp-nanos": Number("long", "nanoseconds since 1970, local time"),
}


def number(schema: Any) -> Number | None:
    """The number that a type, or the one of a union with null, is read as; None for others."""
    if isinstance(schema, list):
        others = [branch for branch in schema if branch != "null"]
        return number(others[0]) if len(others) == 1 else None
    if not isinstance(schema, dict):
        return None
    if isinstance(schema["type"], dict):
        return number(schema["type"])
    found = _NUMBERS.get(schema.get("logicalType", ""))
    return found if found and found.base == schema["type"] else None
