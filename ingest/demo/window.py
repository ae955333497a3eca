"""What every part of the generator shares: the event, the window that collects events, and ids.

`orders` and `browsing` post events into a `Window`; `events` sorts what it holds.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from json.encoder import encode_basestring_ascii as quoted
from random import Random

from ingest.demo import assortment

Value = str | int | Decimal | None
Payload = dict[str, Value]

# Each stream's event-time column, as declared in tables/*.sql.
EVENT_TIME = {
    "orders": "order_time",
    "payments": "payment_time",
    "shipments": "scan_time",
    "page_views": "view_time",
}
STREAMS = tuple(EVENT_TIME)

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# How far each stream's watermark trails, as declared in tables/*.sql.
_WATERMARK = {
    "orders": 30 * SECOND,
    "payments": MINUTE,
    "shipments": 2 * MINUTE,
    "page_views": 10 * SECOND,
}
_BEYOND_WATERMARK_SHARE = 0.005
_DUPLICATE_SHARE = 0.01


@dataclass(frozen=True, slots=True)
class Event:
    """One row on its way into a stream; times are milliseconds since the epoch.

    Attributes:
        stream: One of `STREAMS`.
        event_ms: When it happened; the row's time attribute says the same.
        arrival_ms: When it reaches the stream. A duplicate has the same payload and
            a later arrival.
        payload: The row, with exactly the table's columns in their order.
    """

    stream: str
    event_ms: int
    arrival_ms: int
    payload: Payload

    @property
    def event_time(self) -> datetime:
        """When it happened (UTC)."""
        return EPOCH + timedelta(milliseconds=self.event_ms)

    def to_json(self) -> str:
        """The row as one line of JSON; DECIMALs are numbers with both their places."""
        return "{" + ", ".join(f'"{name}": {_json(v)}' for name, v in self.payload.items()) + "}"


class Window:
    """Collects the events whose arrival falls in a range."""

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.events: dict[str, list[Event]] = {stream: [] for stream in STREAMS}

    def post(self, rng: Random, stream: str, event: int, build: Callable[[], Payload]) -> None:
        """Draws when an event arrives, once or twice; builds its row only if that is in range."""
        u, v, w = rng.random(), rng.random(), rng.random()
        arrivals = [event + _latency(stream, u, v)]
        if w < _DUPLICATE_SHARE:
            arrivals.append(arrivals[0] + SECOND + int(w / _DUPLICATE_SHARE * MINUTE))
        inside = [moment for moment in arrivals if self.start <= moment < self.end]
        if inside:
            payload = build()
            self.events[stream].extend(Event(stream, event, at, payload) for at in inside)


def _latency(stream: str, u: float, v: float) -> int:
    if u < _BEYOND_WATERMARK_SHARE:
        return _WATERMARK[stream] + 30 * SECOND + int(v * 8 * MINUTE)
    return 150 + int(v * v * 4 * SECOND)


def moments(rng: Random, minute: int, mean: float) -> list[int]:
    """Moments in a minute as a Poisson process: exponential gaps (Knuth, TAOCP 3.4.1)."""
    drawn = []
    hour, into = divmod(minute % 1440, 60)
    curve = assortment.DAY_CURVE[hour] * (60 - into) + assortment.DAY_CURVE[(hour + 1) % 24] * into
    gap = MINUTE * 60 / (mean * curve)
    moment = -math.log(1 - rng.random()) * gap
    while moment < MINUTE:
        drawn.append(minute * MINUTE + int(moment))
        moment -= math.log(1 - rng.random()) * gap
    return drawn


def to_ms(moment: datetime) -> int:
    """Milliseconds from the epoch to an aware moment."""
    return (moment - EPOCH) // timedelta(milliseconds=1)


def code_of(number: int, bits: int) -> str:
    """An id in hexadecimal that looks random and never repeats: each step permutes [0, 2^bits)."""
    mask = (1 << bits) - 1
    mixed = number * 0x9E3779B1 & mask
    mixed ^= mixed >> bits // 2
    return f"{mixed * 0x85EBCA6B & mask:0{bits // 4}x}"


def customer_id(u: float) -> str:
    """One of 8,000 customers; squaring makes some of them regulars."""
    return f"C-{int(u * u * 8000) + 10001}"


def euros(cents: int) -> Decimal:
    """Cents as EUR with two places, `12990` as `129.90`."""
    return Decimal(cents).scaleb(-2)


def iso(moment: int) -> str:
    """Epoch milliseconds as Flink's ISO-8601 JSON format reads TIMESTAMP_LTZ(3)."""
    return f"{_iso_second(moment // SECOND)}.{moment % SECOND:03}Z"


@lru_cache(maxsize=4096)
def _iso_second(second: int) -> str:
    return (EPOCH + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%S")


def _json(value: Value) -> str:
    if value is None:
        return "null"
    return quoted(value) if isinstance(value, str) else str(value)
