"""The sample shop's events as a pure function of seed and time: no files, no clock.

Everything follows from orders and browser sessions, and each of those from a random generator
seeded by the shop's seed and its own minute or number. So `arrivals` gives the same events for a
moment whatever range it is asked in, and the shop can write, stop and go on without keeping state.
`shop` is the caller; tests compute expected answers from here.
"""

from __future__ import annotations

from datetime import datetime

from ingest.demo import browsing, orders
from ingest.demo.window import (
    EPOCH,
    EVENT_TIME,
    HOUR,
    MINUTE,
    SECOND,
    STREAMS,
    Event,
    Payload,
    Window,
    to_ms,
)

__all__ = [
    "EPOCH",
    "EVENT_TIME",
    "HOUR",
    "MINUTE",
    "SECOND",
    "STREAMS",
    "Event",
    "Payload",
    "arrivals",
    "to_ms",
]


def arrivals(
    seed: int, start: datetime, end: datetime, *, rate: float = 1.0
) -> dict[str, list[Event]]:
    """All events that arrive in `[start, end)`, by stream, in order of arrival.

    Args:
        seed: Which shop; another seed gives other events.
        start: First moment of arrival (aware).
        end: One past the last moment of arrival (aware).
        rate: Scale of the traffic; 1.0 is about 6 orders and 30 page views a minute.

    Returns:
        A list for each of `STREAMS`. Splitting the range in pieces gives the same events.
    """
    window = Window(to_ms(start), to_ms(end))
    last = (window.end - 1) // MINUTE
    for minute in range((window.start - orders.LONG_LIFE) // MINUTE, last + 1):
        only_long = (minute + 1) * MINUTE < window.start - orders.SHORT_LIFE
        for order in orders.orders_in(seed, minute, rate):
            if order.long_lived or not only_long:
                orders.live(order, seed, window)
    for minute in range((window.start - browsing.SESSION_LIFE) // MINUTE, last + 1):
        browsing.browse(seed, minute, rate, window)
    for events in window.events.values():
        events.sort(key=lambda event: event.arrival_ms)
    return window.events
