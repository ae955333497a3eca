"""What each of the sample shop's records says of its place, and what the last ones of a topic tell.

Pure; `topics` reads and writes the headers. The shop keeps no state outside of its topics. Its
events are a function of time, in one order, and each partition holds its own of them in that order
without a gap: the producer is idempotent, and stops for good at its first failure. So the last
record of a partition says what else it has. And since a piece is begun only once the one before it
is stored as a whole, the beginning of a record's piece says what all partitions have.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from zlib import crc32

from ingest.demo.events import Event

HEADER = "sample-shop"
KEYS = {
    "orders": "order_id",
    "payments": "order_id",
    "shipments": "shipment_id",
    "page_views": "session_id",
}
"""What a stream's records are keyed by: what happens to one of these stays in order."""

# Raise it when the generator changes, so that no topic goes on with other events.
_VERSION = 1

Place = tuple[int, int]
"""An event's arrival, and which one of that millisecond it is."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Which shop's records they are; records of two do not go into one topic."""

    seed: int
    rate: float
    format: str
    version: int = _VERSION


@dataclass(frozen=True, slots=True)
class Mark:
    """What a record's header says; times are milliseconds since the epoch.

    Attributes:
        identity: Whose it is.
        at: When the event arrived.
        nth: Which one of that millisecond it is, in its stream.
        piece: Where the stretch of time begins that was written at once.
        partitions: How many its topic had.
        by: Who wrote it; who started earlier has the smaller name.
    """

    identity: Identity
    at: int
    nth: int
    piece: int
    partitions: int
    by: str

    def to_header(self) -> bytes:
        """As the header has it."""
        return json.dumps(asdict(self), separators=(",", ":")).encode()

    @classmethod
    def of(cls, headers: Mapping[str, str | bytes | None]) -> Mark | None:
        """The mark among a record's headers; None for a record that is not the shop's."""
        try:
            said = json.loads(headers.get(HEADER) or b"")
            return cls(**{**said, "identity": Identity(**said["identity"])})
        except (ValueError, TypeError, KeyError):
            return None


@dataclass(frozen=True, slots=True)
class Written:
    """What a topic holds.

    Attributes:
        partitions: How many it has.
        whole: Up to which arrival it has everything; None for an empty topic.
        last: The place of each partition's last record, where it has one.
    """

    partitions: int
    whole: int | None = None
    last: Mapping[int, Place] | None = None

    @classmethod
    def by(cls, marks: Mapping[int, Mark], partitions: int) -> Written:
        """What the last records of a topic's partitions tell."""
        if not marks:
            return cls(partitions)
        places: dict[int, Place] = {number: (one.at, one.nth) for number, one in marks.items()}
        if any(one.partitions != partitions for one in marks.values()):
            # Keys have moved to other partitions since; the last piece was most likely whole.
            places = dict.fromkeys(range(partitions), max(places.values()))
        return cls(partitions, max(one.piece for one in marks.values()), places)

    def lacks(self, place: Place, partition: int) -> bool:
        """Whether an event is not in its partition yet."""
        if self.whole is not None and place[0] < self.whole:
            return False
        return place > (self.last or {}).get(partition, (-1, -1))


def placed(events: Sequence[Event]) -> Iterator[tuple[Event, Place]]:
    """The events of one stream in order of arrival, each with its place.

    The events must begin with the first one of a millisecond.
    """
    at, nth = -1, 0
    for event in events:
        nth = nth + 1 if event.arrival_ms == at else 0
        at = event.arrival_ms
        yield event, (at, nth)


def key(event: Event) -> bytes:
    """The key of an event's record."""
    return str(event.payload[KEYS[event.stream]]).encode()


def partition(record_key: bytes, partitions: int) -> int:
    """Where a key goes, as librdkafka's default partitioner has it (`consistent`)."""
    return crc32(record_key) % partitions
