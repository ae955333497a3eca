"""Moments: ranges of time, buckets, and how columns of different types of time are compared.

TIMESTAMP_LTZ compares with a literal of local time in the session's zone, but neither with a
TIMESTAMP column in every function nor, like any other, with a DATE.
"""

from __future__ import annotations

from datetime import datetime, time

from app.semantic_parser.form import Bucket, Field, TimeRange
from app.semantic_parser.sql.scope import Scope
from app.semantic_parser.sql.text import timestamp
from app.sql.dialect.words import identifier

_TUMBLED = {"second": 0, "minute": 0, "hour": 0, "day": 0, "week": 4}
"""Units of a fixed length; days from Flink's epoch, a Thursday, to the first of them."""


def within(range_: TimeRange, field: Field, scope: Scope) -> tuple[str, ...]:
    """The conditions under which a field lies in a range."""
    name = scope.of(field)
    if is_date(field):
        return _dates_within(range_, name)
    found = []
    if range_.start:
        found.append(f"{name} >= {timestamp(range_.start)}")
    if range_.end:
        found.append(f"{name} < {timestamp(range_.end)}")
    return tuple(found)


def _dates_within(range_: TimeRange, name: str) -> tuple[str, ...]:
    """A date is its midnight, so that one in the middle of whose day a range begins is before."""
    found = []
    if range_.start:
        sign = ">=" if range_.start.time() == time() else ">"
        found.append(f"{name} {sign} {_date(range_.start)}")
    if range_.end:
        sign = "<" if range_.end.time() == time() else "<="
        found.append(f"{name} {sign} {_date(range_.end)}")
    return tuple(found)


def aligned(fields: tuple[Field, ...], scope: Scope) -> list[str]:
    """Fields as values of one type of time."""
    kinds = {_kind(field) for field in fields}
    if len(kinds) < 2:
        return [scope.of(field) for field in fields]
    wanted = "TIMESTAMP_LTZ" if "TIMESTAMP_LTZ" in kinds else "TIMESTAMP"
    return [
        scope.of(f) if _kind(f) == wanted else f"CAST({scope.of(f)} AS {wanted}(3))" for f in fields
    ]


def bucket_name(bucket: Bucket) -> str:
    """What the column of bucket starts is called."""
    return f"{bucket.unit}_start" if bucket.count == 1 else "window_start"


def is_tumbled(bucket: Bucket, field: Field) -> bool:
    """Whether a window function gathers the rows."""
    return bucket.count > 1 and bucket.unit in _TUMBLED and not is_date(field)


def tumbling(bucket: Bucket, field: Field) -> str:
    """The window function over the table of a field; its `window_start` is the bucket."""
    count, unit = (
        (bucket.count * 7, "day") if bucket.unit == "week" else (bucket.count, bucket.unit)
    )
    precision = f"({len(str(count))})" if count > 99 else ""
    size = f"INTERVAL '{count}' {unit.upper()}{precision}"
    first = _TUMBLED[bucket.unit]
    offset = f", INTERVAL '{first}' DAY" if first else ""
    column = identifier(field.name)
    return f"TABLE(TUMBLE(TABLE {identifier(field.table)}, DESCRIPTOR({column}), {size}{offset}))"


def bucket_start(bucket: Bucket, field: Field, scope: Scope) -> str:
    """The expression of a bucket that no window function gathers."""
    name, unit = scope.of(field), bucket.unit.upper()
    if bucket.count == 1:
        return _week(field, name) if unit == "WEEK" else f"FLOOR({name} TO {unit})"
    if unit in {"MONTH", "QUARTER"}:
        months = bucket.count * (3 if unit == "QUARTER" else 1)
        past = f"MOD(EXTRACT(MONTH FROM {name}) - 1, {months})"
        return f"TIMESTAMPADD(MONTH, -{past}, FLOOR({name} TO MONTH))"
    if unit == "YEAR":
        past = f"MOD(EXTRACT(YEAR FROM {name}), {bucket.count})"
        return f"TIMESTAMPADD(YEAR, -{past}, FLOOR({name} TO YEAR))"
    return _days(bucket, name)


def _week(field: Field, name: str) -> str:
    """Weeks begin on Monday; Flink's FLOOR begins them on Sunday."""
    local = f"CAST({name} AS TIMESTAMP(3))" if _kind(field) == "TIMESTAMP_LTZ" else name
    return f"FLOOR({local} - INTERVAL '1' DAY TO WEEK) + INTERVAL '1' DAY"


def _days(bucket: Bucket, name: str) -> str:
    """Several days of a DATE, which no window function takes."""
    days = bucket.count * {"day": 1, "week": 7}.get(bucket.unit, 0)
    if days < 2:
        return name
    first = "1970-01-05" if bucket.unit == "week" else "1970-01-01"
    past = f"MOD(TIMESTAMPDIFF(DAY, DATE '{first}', {name}), {days})"
    return f"TIMESTAMPADD(DAY, -{past}, {name})"


def is_date(field: Field) -> bool:
    """Whether a field holds days without a time."""
    return field.column.type.startswith("DATE")


def _kind(field: Field) -> str:
    kind = field.column.type
    if kind.startswith(("TIMESTAMP_LTZ", "TIMESTAMP(3) WITH LOCAL", "TIMESTAMP WITH LOCAL")):
        return "TIMESTAMP_LTZ"
    return "DATE" if kind.startswith("DATE") else "TIMESTAMP"


def _date(moment: datetime) -> str:
    return f"DATE '{moment:%Y-%m-%d}'"
