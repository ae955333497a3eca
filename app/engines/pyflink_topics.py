"""Asks Kafka, through the client on the JVM's class path, which offsets a snapshot shall read."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any

from app.catalog import registration
from app.engines.pyflink_jvm import Jvm
from app.engines.pyflink_kafka import About, Client, Clients, Unsupported
from app.engines.topics import Wanted
from app.offsets import PartitionRead, TopicRead

_ISOLATION = "properties.isolation.level"


class Topics:
    """The topics of a JVM's tables; safe to call from many threads.

    Args:
        jvm: Whose class path has the connector; without it there is nothing to ask with.
        environ: Where `${NAME}` placeholders are looked up.
    """

    def __init__(self, jvm: Jvm, environ: Mapping[str, str]) -> None:
        self._jvm = jvm
        self._environ = environ
        self._clients = Clients(jvm, environ)

    def look(self, wanted: Wanted) -> Future[TopicRead | None]:
        """What of a table's topic a snapshot reads that begins now; None where it cannot be asked.

        The future may hold a `QueryFailed` (there is no such topic, it may not be read) or an
        `EngineUnavailable` (Kafka does not answer).
        """
        return self._jvm.readers.submit(lambda: self._look(wanted))

    def newest(self, wanted: Wanted) -> Future[datetime | None]:
        """The latest timestamp of a record in a table's topic; fails as `look` does."""
        return self._jvm.readers.submit(lambda: self._newest(wanted))

    def close(self) -> None:
        """Lets the connections go."""
        self._clients.close()

    def _look(self, wanted: Wanted) -> TopicRead | None:
        client = self._clients.of(wanted.table) if wanted.topic else None
        if client is None:
            return None
        isolation = registration.option(wanted.table, _ISOLATION, self._environ)
        question = _Question(client, wanted)
        return question.read(committed=isolation.lower() == "read_committed")

    def _newest(self, wanted: Wanted) -> datetime | None:
        read = self._look(wanted)
        return None if read is None else read.newest


class _Question:
    """One look at one topic."""

    def __init__(self, client: Client, wanted: Wanted) -> None:
        self._client, self._wanted = client, wanted
        self._java, self._kafka = client.java, client.kafka
        self._about = About([wanted.table], wanted.table.options.get("topic", ""))

    def read(self, *, committed: bool) -> TopicRead:
        """Asks.

        Args:
            committed: Whether the table's source does not get beyond the first open transaction;
                it would wait there for the end that it is given.
        """
        specs = self._kafka.clients.admin.OffsetSpec
        since, topic = self._wanted.since, self._wanted.topic
        numbers = self._numbers()
        begin = specs.earliest() if since is None else specs.forTimestamp(_millis(since))
        # The ends come last: a record that is there before the question is asked is in the answer.
        starts, newest = self._offsets(numbers, begin), self._newest(numbers)
        ends = self._offsets(numbers, specs.latest(), committed=committed)
        partitions = []
        for number in numbers:
            start, end = starts[number][0], ends[number][0]
            start = start if 0 <= start <= end else end  # no record to be read is that late
            partitions.append(PartitionRead(number, start, end, _moment(newest[number][1])))
        return TopicRead(topic, tuple(partitions))

    def _numbers(self) -> list[int]:
        topic = self._wanted.topic
        asked = self._java.java.util.Collections.singletonList(topic)
        described = self._client.ask(
            lambda admin: admin.describeTopics(asked).allTopicNames(), self._about
        )
        return sorted(int(one.partition()) for one in described.get(topic).partitions())

    def _newest(self, numbers: list[int]) -> dict[int, tuple[int, int]]:
        spec = self._kafka.clients.admin.OffsetSpec.maxTimestamp()
        try:
            return self._offsets(numbers, spec)
        except Unsupported:  # brokers before 3.0 do not know this question
            return dict.fromkeys(numbers, (-1, -1))

    def _offsets(
        self, numbers: list[int], spec: Any, *, committed: bool = False
    ) -> dict[int, tuple[int, int]]:
        """Offset and timestamp by partition; -1 where there is no such record."""
        partition = self._kafka.common.TopicPartition
        asked = self._java.java.util.HashMap()
        for number in numbers:
            asked.put(partition(self._wanted.topic, number), spec)
        level = self._kafka.common.IsolationLevel
        options = self._kafka.clients.admin.ListOffsetsOptions(
            level.READ_COMMITTED if committed else level.READ_UNCOMMITTED
        )
        found = self._client.ask(lambda admin: admin.listOffsets(asked, options).all(), self._about)
        return {
            int(entry.getKey().partition()): (
                int(entry.getValue().offset()),
                int(entry.getValue().timestamp()),
            )
            for entry in found.entrySet()
        }


def _millis(moment: datetime) -> int:
    return max(0, round(moment.timestamp() * 1000))


def _moment(millis: int) -> datetime | None:
    return datetime.fromtimestamp(millis / 1000, UTC) if millis >= 0 else None
