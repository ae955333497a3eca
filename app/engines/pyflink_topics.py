"""Asks Kafka, through the client on the JVM's class path, which offsets a snapshot shall read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any

from app.catalog import registration
from app.engines.pyflink_jvm import Jvm
from app.engines.pyflink_kafka import Client, Clients
from app.engines.pyflink_kafka_errors import About, Unsupported
from app.engines.topics import Wanted
from app.errors import QueryFailed
from app.offsets import PartitionRead, TableRead, TopicRead

_ISOLATION = "properties.isolation.level"
_Place = tuple[str, int]
"""A partition: its topic and its number."""
_Found = tuple[int, int]
"""Offset and timestamp of a record; -1 where there is none such."""


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

    def look(self, wanted: Wanted) -> Future[TableRead | None]:
        """What of a table's topics a snapshot reads that begins now; None where none can be asked.

        The future may hold a `QueryFailed` (there is no such topic, it may not be read) or an
        `EngineUnavailable` (Kafka does not answer).
        """
        return self._jvm.readers.submit(lambda: self._look(wanted))

    def newest(self, wanted: Wanted) -> Future[datetime | None]:
        """The latest timestamp of a record in a table's topics; fails as `look` does."""
        return self._jvm.readers.submit(lambda: self._newest(wanted))

    def close(self) -> None:
        """Lets the connections go."""
        self._clients.close()

    def _look(self, wanted: Wanted) -> TableRead | None:
        client = self._clients.of(wanted.table)
        if client is None or not (wanted.topics or wanted.pattern):
            return None
        isolation = registration.option(wanted.table, _ISOLATION, self._environ)
        question = _Question(client, wanted, self._environ)
        return question.read(committed=isolation.lower() == "read_committed")

    def _newest(self, wanted: Wanted) -> datetime | None:
        read = self._look(wanted)
        return None if read is None else read.newest


class _Question:
    """One look at the topics of one table."""

    def __init__(self, client: Client, wanted: Wanted, environ: Mapping[str, str]) -> None:
        self._client, self._wanted, self._environ = client, wanted, environ
        self._java, self._kafka = client.java, client.kafka
        self._about = About([wanted.table])

    def read(self, *, committed: bool) -> TableRead:
        """Asks.

        Args:
            committed: Whether the table's source does not get beyond the first open transaction;
                it would wait there for the end that it is given.
        """
        specs = self._kafka.clients.admin.OffsetSpec
        since, pattern = self._wanted.since, self._wanted.pattern
        topics = self._client.matching(pattern, self._about) if pattern else self._wanted.topics
        places = self._places(topics)
        begin = specs.earliest() if since is None else specs.forTimestamp(_millis(since))
        # The ends come last: a record that is there before the question is asked is in the answer.
        starts, newest = self._offsets(places, begin), self._newest(places)
        ends = self._offsets(places, specs.latest(), committed=committed)
        partitions: dict[str, list[PartitionRead]] = {topic: [] for topic in topics}
        for place in places:
            topic, number = place
            start, end = starts[place][0], ends[place][0]
            start = start if 0 <= start <= end else end  # no record to be read is that late
            read = PartitionRead(number, start, end, _moment(newest[place][1]))
            partitions[topic].append(read)
        return TableRead(tuple(TopicRead(t, tuple(read)) for t, read in partitions.items()))

    def _places(self, topics: Sequence[str]) -> list[_Place]:
        """The partitions of topics, in order and by number."""
        try:
            return self._partitions(topics, self._about)
        except QueryFailed:
            for topic in topics:  # which of them it was, the answer for all does not tell
                table = self._wanted.table
                named = registration.conceal(topic, [table], self._environ)
                self._partitions([topic], About([table], named))
            raise

    def _partitions(self, topics: Sequence[str], about: About) -> list[_Place]:
        asked = self._java.java.util.ArrayList()
        asked.addAll(topics)
        described = self._client.ask(
            lambda admin: admin.describeTopics(asked).allTopicNames(), about
        )
        return [
            (topic, number)
            for topic in topics
            for number in sorted(int(p.partition()) for p in described.get(topic).partitions())
        ]

    def _newest(self, places: Sequence[_Place]) -> dict[_Place, _Found]:
        spec = self._kafka.clients.admin.OffsetSpec.maxTimestamp()
        try:
            return self._offsets(places, spec)
        except Unsupported:  # brokers before 3.0 do not know this question
            return dict.fromkeys(places, (-1, -1))

    def _offsets(
        self, places: Sequence[_Place], spec: Any, *, committed: bool = False
    ) -> dict[_Place, _Found]:
        """What is found in each partition."""
        partition = self._kafka.common.TopicPartition
        asked = self._java.java.util.HashMap()
        for place in places:
            asked.put(partition(*place), spec)
        level = self._kafka.common.IsolationLevel
        options = self._kafka.clients.admin.ListOffsetsOptions(
            level.READ_COMMITTED if committed else level.READ_UNCOMMITTED
        )
        found = self._client.ask(lambda admin: admin.listOffsets(asked, options).all(), self._about)
        return {
            (str(entry.getKey().topic()), int(entry.getKey().partition())): (
                int(entry.getValue().offset()),
                int(entry.getValue().timestamp()),
            )
            for entry in found.entrySet()
        }


def _millis(moment: datetime) -> int:
    return max(0, round(moment.timestamp() * 1000))


def _moment(millis: int) -> datetime | None:
    return datetime.fromtimestamp(millis / 1000, UTC) if millis >= 0 else None
