"""The partitions that a consumer has of a topic, and how far each is; `ingest.topics.follow` asks.

Where a partition goes on is the index's to say, not the group's: `next` comes from its ledger.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any


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
        self._next: dict[int, int] = {}

    def take(self, consumer: Any, partitions: Collection[Any], after: Mapping[int, int]) -> None:
        """Has the consumer go on with its partitions where the index is.

        Args:
            consumer: The client.
            partitions: What the group gives it.
            after: The offset of the first event of each partition that is not dealt with.
        """
        from confluent_kafka import OFFSET_BEGINNING  # noqa: PLC0415 - slow to load

        self._next = dict(after)
        for place in partitions:
            place.offset = self._next.get(place.partition, OFFSET_BEGINNING)
        consumer.assign(partitions)
        self.held = frozenset(place.partition for place in partitions)
        self._ended.clear()

    def release(self) -> None:
        """They are another consumer's from now on."""
        self.held = None

    def note_event(self, partition: int) -> None:
        """There was more in a partition."""
        self._ended.discard(partition)

    def note_end(self, partition: int) -> None:
        """All that is in a partition has been read."""
        self._ended.add(partition)

    @property
    def has_read_all(self) -> bool:
        """Whether the end of every partition has been seen."""
        return (self.held or frozenset()) <= self._ended

    def advance(self, after: Mapping[int, int]) -> dict[int, int]:
        """Takes down how far the index is, and gives what of that is of these partitions."""
        mine = {p: n for p, n in after.items() if p in (self.held or ())}
        self._next.update(mine)
        return mine

    def reached(self) -> dict[int, int]:
        """The offset of the first event of each partition that is not dealt with, where known."""
        return {p: n for p, n in self._next.items() if p in (self.held or ())}

    def skip_deleted(self, consumer: Any, partition: int) -> int:
        """Goes on with the first event that is still there, where the next one is not any more.

        Returns:
            The offset up to which the partition had been dealt with.
        """
        from confluent_kafka import OFFSET_BEGINNING, OFFSET_INVALID  # noqa: PLC0415 - as above

        places = consumer.position(consumer.assignment())
        for place in places:
            if place.partition == partition:
                place.offset = OFFSET_BEGINNING
            elif place.offset == OFFSET_INVALID:  # nothing of it has come yet
                place.offset = self._next.get(place.partition, OFFSET_BEGINNING)
        consumer.assign(places)  # seeking is refused to a partition that has failed
        return self._next.get(partition, 0)

    def lag(self, consumer: Any) -> int | None:
        """Events that are not dealt with, by what was fetched last; None before that is known."""
        from confluent_kafka import TopicPartition  # noqa: PLC0415 - as above

        lag = 0
        for partition in self.held or ():
            place = TopicPartition(self._topic, partition)
            low, high = consumer.get_watermark_offsets(place, cached=True) or (0, -1)
            if high < 0:
                return None
            lag += max(0, high - max(low, self._next.get(partition, 0)))
        return lag
