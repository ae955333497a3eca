"""The batch that a consumer collects; `ingest.topics.follow` hands it on when it is due."""

from __future__ import annotations

import time
from typing import Any

from ingest.topics.events import Event
from ingest.topics.places import UNKNOWN_EPOCH, Place

_EVENTS = 256  # little to read before the model has work, and to write after it
_BYTES = 4_000_000
_LINGER_SECONDS = 0.1  # a single document waits so long for others


class Batch:
    """Events in the order of arrival."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._bytes = 0
        self._since = 0.0

    def add(self, event: Event) -> None:
        """Adds an event."""
        if not self.events:
            self._since = time.monotonic()
        self.events.append(event)
        self._bytes += event.size

    @property
    def is_full(self) -> bool:
        """Whether no more are to be added."""
        return len(self.events) >= _EVENTS or self._bytes >= _BYTES

    @property
    def is_due(self) -> bool:
        """Whether it has been waiting for others long enough."""
        waited = time.monotonic() - self._since
        return bool(self.events) and (self.is_full or waited >= _LINGER_SECONDS)


def event_of(message: Any) -> Event:
    """The event that a message of the client is."""
    kind, at_ms = message.timestamp()
    epoch = message.leader_epoch()
    place = Place(
        message.partition(),
        message.offset(),
        at_ms if kind else 0,
        UNKNOWN_EPOCH if epoch is None else epoch,
    )
    headers = tuple((name, _bytes(value)) for name, value in message.headers() or ())
    return Event(place, message.key(), message.value(), headers)


def _bytes(value: Any) -> bytes | None:
    return value.encode() if isinstance(value, str) else value
