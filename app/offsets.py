"""Which records of a Kafka topic one query read, as it is shown beside its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

_LISTED = 8
_IDLE_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class PartitionRead:
    """What was read of one partition.

    Attributes:
        number: Of the partition.
        start: The first offset that was read.
        end: The offset after the last one.
        newest: The latest timestamp of a record in it; None for an empty partition, or where the
            broker cannot tell.
    """

    number: int
    start: int
    end: int
    newest: datetime | None = None

    def __str__(self) -> str:
        return f"{self.number}: {self.start} to {self.end}"


@dataclass(frozen=True, slots=True)
class TopicRead:
    """What was read of a topic: from where to where, at one moment.

    Attributes:
        topic: Its name.
        partitions: All of them, by number.
    """

    topic: str
    partitions: tuple[PartitionRead, ...]

    @property
    def records(self) -> int:
        """How many offsets were read; compacted and control records count too."""
        return sum(one.end - one.start for one in self.partitions)

    @property
    def newest(self) -> datetime | None:
        """The latest timestamp of a record; None for an empty topic."""
        return max((one.newest for one in self.partitions if one.newest), default=None)

    @property
    def idle(self) -> tuple[PartitionRead, ...]:
        """The partitions that are at least a minute behind the newest one, or empty."""
        if self.newest is None:
            return ()
        since = self.newest - _IDLE_AFTER
        return tuple(one for one in self.partitions if one.newest is None or one.newest < since)

    def __str__(self) -> str:
        """In one line.

        >>> str(TopicRead("orders", (PartitionRead(0, 120, 340), PartitionRead(1, 7, 9))))
        'topic orders, offsets 0: 120 to 340, 1: 7 to 9 (222 records)'
        """
        ranges = ", ".join(map(str, self.partitions[:_LISTED]))
        if more := len(self.partitions) - _LISTED:
            ranges += f" and {more} more partitions" if more > 0 else ""
        said = f"topic {self.topic}, offsets {ranges} ({self.records:,} records)"
        return f"{said}; {_idle(self.idle)}" if self.idle else said


def _idle(partitions: Sequence[PartitionRead]) -> str:
    """Of partitions that wait.

    >>> _idle([PartitionRead(3, 0, 0)])
    'partition 3 is idle (empty)'
    """
    named = ", ".join(f"{one.number} ({_since(one)})" for one in partitions[:_LISTED])
    more = len(partitions) - _LISTED
    named += f" and {more} more" if more > 0 else ""
    if len(partitions) == 1:
        one = partitions[0]
        return f"partition {one.number} is idle ({_since(one)})"
    return f"partitions {named} are idle"


def _since(one: PartitionRead) -> str:
    return f"since {one.newest:%Y-%m-%d %H:%M:%S %Z}" if one.newest else "empty"
