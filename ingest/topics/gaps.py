"""Partitions whose log is not as it was read; `ingest.topics.follow` finds them, and asks here.

A partition goes on with the first event that is there. Those that come again then are known to the
index by their leader epochs and offsets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ingest.errors import IngestError
from ingest.topics.assignment import Assignment
from ingest.topics.places import UNKNOWN_EPOCH, Position

_ANSWER_SECONDS = 10.0


class Gaps:
    """The partitions that are waiting to go on.

    Args:
        topic: The topic's name.
        assignment: The consumer's partitions.
    """

    def __init__(self, topic: str, assignment: Assignment) -> None:
        self._topic, self._assignment = topic, assignment
        self._epochs: dict[int, int | None] = {}

    def note(self, partition: int, epoch: int | None = None) -> None:
        """Notes one, and the leader epoch of what stands in place of the last event read."""
        self._epochs[partition] = epoch
        self._assignment.note_event(partition)

    def __contains__(self, partition: int) -> bool:
        return partition in self._epochs

    def __bool__(self) -> bool:
        return bool(self._epochs)

    def clear(self) -> None:
        """They are given up; whoever has them next finds those again that are still such."""
        self._epochs.clear()

    def bridged(self, consumer: Any, admin: Any) -> list[str]:
        """Has the consumer go on, and says what somebody should know.

        Args:
            consumer: The client that reads.
            admin: One that is asked what is there.

        Raises:
            KafkaException: The cluster does not say what is there; it can be asked again.
            IngestError: See `lost`.
        """
        notices = [
            lost(self._topic, partition, self._assignment.read(partition), log)
            for partition, log in self._logs(admin).items()
        ]
        self._assignment.begin_anew(consumer, self._epochs)
        self._epochs.clear()
        return [notice for notice in notices if notice]

    def _logs(self, admin: Any) -> dict[int, Log]:
        """What is there of the partitions; waits for the answer.

        Raises:
            KafkaException: There is none.
        """
        from confluent_kafka import TopicPartition  # noqa: PLC0415 - slow to load
        from confluent_kafka.admin._listoffsets import OffsetSpec  # noqa: PLC0415 - as above

        places = [TopicPartition(self._topic, one) for one in self._epochs]
        specs = OffsetSpec.earliest(), OffsetSpec.latest()  # type: ignore[no-untyped-call]
        asked = [
            admin.list_offsets(dict.fromkeys(places, spec), request_timeout=_ANSWER_SECONDS)
            for spec in specs
        ]
        first, last = ({p.partition: one.result() for p, one in each.items()} for each in asked)
        return {
            n: Log(first[n].offset, last[n].offset, _known(epoch, last[n].leader_epoch))
            for n, epoch in self._epochs.items()
        }


@dataclass(frozen=True, slots=True)
class Log:
    """What is there of a partition.

    Attributes:
        start: The offset of the first event.
        end: The offset that the next event will have.
        epoch: The leader epoch of the first event that is not as it was read; where that is not
            known, of what will be written next. It is -1 where the cluster does not say.
    """

    start: int
    end: int
    epoch: int


def lost(topic: str, partition: int, after: Position, log: Log) -> str:
    """What somebody should know of a partition whose next event is not there any more.

    Args:
        topic: The topic's name.
        partition: Its number.
        after: How far it had been dealt with.
        log: What is there of it.

    Returns:
        A notice; empty where nothing is missing after all.

    Raises:
        IngestError: Its log was cut back, and what is new in it cannot be told from what is known.
    """
    if log.start > after.offset:
        return (
            f"Events of partition {partition} of {topic} were deleted by Kafka before they were"
            f" read (after offset {after.offset})."
        )
    if log.start == after.offset:
        return ""
    if 0 <= after.epoch < log.epoch:
        return (
            f"Kafka lost events of partition {partition} of {topic} that had been read (before"
            f" offset {after.offset}). What it has instead is read; a document from a lost event"
            " stays as it is until another event of its key comes. With --from-start the documents"
            " would be those of the topic as it is now."
        )
    if log.end < after.offset or log.epoch < after.epoch:
        raise IngestError(
            f"The log of partition {partition} of {topic} was cut back, to offset {log.end}; it had"
            f" been read to offset {after.offset}, and new events cannot be told from known ones.",
            hint="Run it again with --from-start: what the index has of the topic is forgotten.",
        )
    return ""


def _known(*epochs: int | None) -> int:
    """The first one that is known."""
    return next((epoch for epoch in epochs if epoch is not None), UNKNOWN_EPOCH)
