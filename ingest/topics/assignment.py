"""The partitions that a consumer has of a topic, and how far each is; `ingest.topics.follow` asks.

Where a partition goes on is the index's to say, not the group's: `next` comes from its ledger. It
is read from one event before that, the last that was dealt with: whether that is still the same
tells whether the log is. (A broker compares epochs only when a leader changes under a consumer.)
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Literal

from ingest.kafka_client import KafkaEndpoint
from ingest.topics.places import UNKNOWN_EPOCH, Place, Position

_SESSION_MS = 10_000  # until the partitions of a process that died are another's

First = Literal["next", "known", "another", "unsure"]


def consumer_options(
    endpoint: KafkaEndpoint, environ: Mapping[str, str], group: str
) -> dict[str, Any]:
    """The consumer's configuration."""
    options = endpoint.client(
        environ,
        group_id=group,
        # Of the ways to share out, those that give and take a consumer all its partitions at once.
        group_protocol="classic",
        partition_assignment_strategy="range,roundrobin",
        enable_auto_commit=False,
        enable_partition_eof=True,
        auto_offset_reset="error",  # where it starts is the index's to say
        queued_max_messages_kbytes=32_768,
        topic_metadata_refresh_interval_ms=10_000,  # until an added partition is seen
    )
    return {"session.timeout.ms": _SESSION_MS, **options}


class Assignment:
    """Partitions of one topic, as the group shares them out.

    Args:
        topic: The topic's name.

    Attributes:
        held: Their numbers; None where the group has not said yet which they are.
    """

    def __init__(self, topic: str) -> None:
        self._topic = topic
        self.held: frozenset[int] | None = None
        self._ended: set[int] = set()
        self._next: dict[int, Position] = {}
        self._read: dict[int, Position] = {}
        self._unseen: dict[int, Position] = {}

    def take(
        self, consumer: Any, partitions: Collection[Any], after: Mapping[int, Position]
    ) -> None:
        """Has the consumer go on with its partitions where the index is.

        Args:
            consumer: The client.
            partitions: What the group gives it.
            after: How far each partition is.
        """
        self._next, self._read = dict(after), dict(after)
        self._unseen.clear()
        starts = [self._start(place.partition) for place in partitions]
        consumer.assign(starts)
        consumer.resume(starts)  # the client keeps paused what was so when it was taken away
        self.held = frozenset(place.partition for place in partitions)
        self._ended.clear()

    def release(self) -> None:
        """They are another consumer's from now on."""
        self.held = None

    def judged(self, place: Place) -> First:
        """What an event that comes is.

        Returns:
            `next` for one to be dealt with; and of the first of a partition, `known` where it is
            the last that was dealt with, `another` where something else stands there, and `unsure`
            where that event is gone, as it may be from a compacted topic, and another leader has
            written since.
        """
        after = self._unseen.pop(place.partition, None)
        if after is not None and place.epoch != after.epoch:
            return "another" if place.offset < after.offset else "unsure"
        self._read[place.partition] = place.following
        return "known" if after is not None and place.offset < after.offset else "next"

    def is_short(self, partition: int, end: int) -> bool:
        """Whether a partition ends before the last event that was dealt with."""
        return partition in self._unseen and end < self._unseen[partition].offset

    def note_event(self, partition: int) -> None:
        """There is more in a partition."""
        self._ended.discard(partition)

    def note_end(self, partition: int) -> None:
        """All that is in a partition has been read."""
        self._ended.add(partition)

    @property
    def has_read_all(self) -> bool:
        """Whether the end of every partition has been seen."""
        return (self.held or frozenset()) <= self._ended

    def advance(self, after: Mapping[int, Position]) -> dict[int, int]:
        """Takes down how far the index is, and gives the offsets that are of these partitions."""
        self._next.update({p: n for p, n in after.items() if p in (self.held or ())})
        return {p: n.offset for p, n in after.items() if p in (self.held or ())}

    def reached(self) -> dict[int, int]:
        """The offset of the first event of each partition that is not dealt with, where known."""
        return {p: n.offset for p, n in self._next.items() if p in (self.held or ())}

    def read(self, partition: int) -> Position:
        """How far a partition has been read, whether that is dealt with or not."""
        return self._read.get(partition, Position(UNKNOWN_EPOCH, 0))

    def begin_anew(self, consumer: Any, partitions: Collection[int]) -> None:
        """Goes on with the first events that are there, where the next ones are not any more."""
        from confluent_kafka import OFFSET_INVALID  # noqa: PLC0415 - slow to load

        places = []
        for place in consumer.position(consumer.assignment()):
            has_come = place.offset != OFFSET_INVALID  # something of it, so that it is known
            anew = place.partition in partitions
            places.append(place if has_come and not anew else self._start(place.partition, anew))
        consumer.assign(places)  # seeking is refused to a partition that has failed
        consumer.resume(places)

    def _start(self, partition: int, anew: bool = False) -> Any:
        """Where a partition goes on."""
        from confluent_kafka import OFFSET_BEGINNING, TopicPartition  # noqa: PLC0415 - as above

        self._unseen.pop(partition, None)
        if anew or partition not in self._next:
            return TopicPartition(self._topic, partition, OFFSET_BEGINNING)
        epoch, offset = after = self._next[partition]
        if epoch == UNKNOWN_EPOCH:
            return TopicPartition(self._topic, partition, offset)
        self._unseen[partition] = after
        return TopicPartition(self._topic, partition, offset - 1, leader_epoch=epoch)

    def lag(self, consumer: Any) -> int | None:
        """Events that are not dealt with, by what was fetched last; None before that is known."""
        from confluent_kafka import TopicPartition  # noqa: PLC0415 - as above

        lag = 0
        for partition in self.held or ():
            place = TopicPartition(self._topic, partition)
            low, high = consumer.get_watermark_offsets(place, cached=True) or (0, -1)
            if high < 0:
                return None
            reached = self._next[partition].offset if partition in self._next else 0
            lag += high - (max(low, reached) if reached <= high else low)
        return lag
