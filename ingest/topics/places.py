"""Where events of a topic stand, and which of two is the later one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

UNKNOWN_EPOCH = -1
"""The leader epoch where the cluster does not say."""


class Position(NamedTuple):
    """Where in its partition an event stands.

    Where Kafka loses the end of a log, what is written next has the offsets of what was lost, but
    never its leader epoch. Epochs never fall along a log.

    Attributes:
        epoch: The leader epoch; -1 where the cluster does not say.
        offset: The offset.
    """

    epoch: int
    offset: int

    def is_before(self, other: Position) -> bool:
        """Whether this one was written earlier.

        >>> Position(3, 7).is_before(Position(4, 2)), Position(3, 7).is_before(Position(-1, 2))
        (True, False)
        """
        if UNKNOWN_EPOCH in {self.epoch, other.epoch}:
            return self.offset < other.offset
        return self < other


@dataclass(frozen=True, slots=True)
class Place:
    """Where in its topic an event stands.

    Attributes:
        at_ms: The record's timestamp, in milliseconds since 1970.
        epoch: As in `Position`.
    """

    partition: int
    offset: int
    at_ms: int
    epoch: int = UNKNOWN_EPOCH

    @property
    def position(self) -> Position:
        """Where that is in its partition."""
        return Position(self.epoch, self.offset)

    @property
    def following(self) -> Position:
        """What is dealt with once this event is; the next one is not before it."""
        return Position(self.epoch, self.offset + 1)

    def is_within(self, reached: Mapping[int, Position]) -> bool:
        """Whether the event is one of those that have been dealt with.

        Args:
            reached: How far that is in each partition.
        """
        position = reached.get(self.partition)
        return position is not None and self.position.is_before(position)

    def is_after(self, other: Place) -> bool:
        """Whether this is the later one of two events of a key.

        >>> Place(0, 7, 5).is_after(Place(0, 6, 9)), Place(1, 2, 5).is_after(Place(0, 6, 9))
        (True, False)
        """
        if self.partition == other.partition:
            return other.position.is_before(self.position)
        return (self.at_ms, self.partition) > (other.at_ms, other.partition)

    def __str__(self) -> str:
        return f"{self.partition}-{self.offset}"
