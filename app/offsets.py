"""Which records of Kafka topics one query read, as it is shown beside its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.wording import counted

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

    def silent(self, since: datetime) -> tuple[PartitionRead, ...]:
        """The partitions that have had no record since a moment."""
        return tuple(one for one in self.partitions if one.newest is None or one.newest < since)

    def __str__(self) -> str:
        """In one line.

        >>> str(TopicRead("orders", (PartitionRead(0, 120, 340), PartitionRead(1, 7, 9))))
        'topic orders, offsets 0: 120 to 340, 1: 7 to 9 (222 records)'
        """
        ranges = ", ".join(map(str, self.partitions[:_LISTED]))
        more = len(self.partitions) - _LISTED
        ranges += f" and {more} more partitions" if more > 0 else ""
        return f"topic {self.topic}, offsets {ranges} ({counted(self.records, 'record')})"


@dataclass(frozen=True, slots=True)
class TableRead:
    """What was read of a table's topics, all of them at one moment.

    Attributes:
        topics: What was read of each.
    """

    topics: tuple[TopicRead, ...]

    @property
    def records(self) -> int:
        """How many offsets were read; compacted and control records count too."""
        return sum(one.records for one in self.topics)

    @property
    def newest(self) -> datetime | None:
        """The latest timestamp of a record; None where all topics are empty."""
        return max((one.newest for one in self.topics if one.newest), default=None)

    def idle(self, topic: TopicRead) -> tuple[PartitionRead, ...]:
        """The partitions of a topic at least a minute behind the table's newest record, or empty.

        They hold back the watermark of a continuous query over the table.
        """
        return () if self.newest is None else topic.silent(self.newest - _IDLE_AFTER)

    def __str__(self) -> str:
        """In one line, topic by topic."""
        said = "; ".join(self._said(one) for one in self.topics[:_LISTED])
        if more := self.topics[_LISTED:]:
            records = sum(one.records for one in more)
            said += f"; and {len(more)} more topics ({counted(records, 'record')})"
        return said

    def _said(self, topic: TopicRead) -> str:
        idle = self.idle(topic)
        return f"{topic}; {_idle(idle)}" if idle else str(topic)


def lines(reads: Mapping[str, TableRead]) -> list[str]:
    """What was read of each table, a line for each.

    >>> lines({"orders": TableRead((TopicRead("shop", (PartitionRead(0, 3, 4),)),))})
    ['orders is topic shop, offsets 0: 3 to 4 (1 record)']
    """
    return [f"{table} is {read}" for table, read in reads.items()]


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
