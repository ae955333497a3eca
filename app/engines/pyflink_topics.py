"""Asks Kafka, through the client on the JVM's class path, which offsets a snapshot shall read.

It is the client that Flink's connector reads with, given the table's own `properties.*`: whatever
a table can be read with (TLS, SASL, Kerberos), it can be asked with.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any

from py4j.java_gateway import JavaClass
from py4j.protocol import Py4JJavaError

from app.catalog import registration
from app.catalog.model import Table
from app.engines.pyflink_errors import FOREIGN, causes, running
from app.engines.pyflink_jvm import Jvm
from app.engines.topics import Wanted
from app.errors import EngineUnavailable, QueryFailed, TributaryError
from app.offsets import PartitionRead, TopicRead

_SECONDS = 10
_ADMIN_OPTIONS = {
    "default.api.timeout.ms": str(1000 * _SECONDS),
    "request.timeout.ms": str(500 * _SECONDS),
    "client.id": "tributary",
}
_PROPERTIES = "properties."
_ISOLATION = f"{_PROPERTIES}isolation.level"
# Where the client's classes are: in its own jar, or in the connector's bundle for SQL clients.
_HOMES = ("", "org.apache.flink.kafka.shaded.")


class Topics:
    """The topics of a JVM's tables; safe to call from many threads.

    Args:
        jvm: Whose class path has the connector; without it there is nothing to ask with.
        environ: Where `${NAME}` placeholders are looked up.
    """

    def __init__(self, jvm: Jvm, environ: Mapping[str, str]) -> None:
        self._jvm = jvm
        self._environ = environ
        self._lock = threading.Lock()
        self._admins: dict[tuple[tuple[str, str], ...], Any] = {}

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
        with self._lock:
            admins, self._admins = list(self._admins.values()), {}
        for admin in admins if self._jvm.alive else ():
            admin.close(self._jvm.java.java.time.Duration.ZERO)

    def _look(self, wanted: Wanted) -> TopicRead | None:
        kafka = self._kafka()
        if kafka is None or not wanted.topic:
            return None
        isolation = registration.option(wanted.table, _ISOLATION, self._environ)
        question = _Question(self._jvm, kafka, self._admin(kafka, wanted.table), wanted)
        return question.read(committed=isolation.lower() == "read_committed")

    def _newest(self, wanted: Wanted) -> datetime | None:
        read = self._look(wanted)
        return None if read is None else read.newest

    def _kafka(self) -> Any:
        """The Java package `org.apache.kafka`, wherever it is; None where it is not there."""
        for home in _HOMES:
            package = self._jvm.java
            for name in f"{home}org.apache.kafka".split("."):
                package = getattr(package, name)
            if isinstance(package.clients.admin.Admin, JavaClass):
                return package
        return None

    def _admin(self, kafka: Any, table: Table) -> Any:
        """The client of everybody with these properties; making one takes 40 ms, connecting 100."""
        options = {
            name.removeprefix(_PROPERTIES): registration.option(table, name, self._environ)
            for name in table.options
            if name.startswith(_PROPERTIES)
        }
        key = tuple(sorted(options.items()))
        with self._lock:
            if key not in self._admins:
                properties = self._jvm.java.java.util.Properties()
                for name, value in {**options, **_ADMIN_OPTIONS}.items():
                    properties.setProperty(name, value)
                try:
                    self._admins[key] = kafka.clients.admin.Admin.create(properties)
                except FOREIGN as error:
                    raise _said(error, table) from None
            return self._admins[key]


class _Question:
    """One look at one topic."""

    def __init__(self, jvm: Jvm, kafka: Any, admin: Any, wanted: Wanted) -> None:
        self._java, self._kafka, self._admin = jvm.java, kafka, admin
        self._wanted = wanted

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
        described = self._answer(lambda: self._admin.describeTopics(asked).allTopicNames())
        return sorted(int(one.partition()) for one in described.get(topic).partitions())

    def _newest(self, numbers: list[int]) -> dict[int, tuple[int, int]]:
        spec = self._kafka.clients.admin.OffsetSpec.maxTimestamp()
        try:
            return self._offsets(numbers, spec)
        except _Unsupported:  # brokers before 3.0 do not know this question
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
        found = self._answer(lambda: self._admin.listOffsets(asked, options).all())
        return {
            int(entry.getKey().partition()): (
                int(entry.getValue().offset()),
                int(entry.getValue().timestamp()),
            )
            for entry in found.entrySet()
        }

    def _answer(self, ask: Callable[[], Any]) -> Any:
        unit = self._java.java.util.concurrent.TimeUnit.SECONDS
        try:
            return ask().get(_SECONDS + 1, unit)
        except FOREIGN as error:
            raise _said(error, self._wanted.table) from None


class _Unsupported(QueryFailed):
    """The broker is too old for the question."""


def _said(error: BaseException, table: Table) -> TributaryError:
    """What a failure of the client means; addresses are told as the table's definition has them.

    Of the client's own words only the kind is told: they may repeat its properties.
    """
    if not isinstance(error, Py4JJavaError):  # the JVM is lost
        return running(error, "")
    kinds = [cause.kind for cause in causes(error)]
    at = table.options.get(f"{_PROPERTIES}bootstrap.servers", "its bootstrap servers")
    topic = table.options.get("topic", "")
    where = f"in {table.file}" if table.file else "in its definition"
    for sign, say in _SAID:
        if any(sign in kind for kind in kinds):
            return say(f"Kafka at {at}", table.name, topic, where)
    return EngineUnavailable(
        f"Kafka at {at} does not answer (table {table.name}): {kinds[-1]}.",
        hint=f"Check that it runs, and 'properties.bootstrap.servers' and"
        f" 'properties.security.protocol' {where}.",
    )


def _missing(kafka: str, table: str, topic: str, where: str) -> TributaryError:
    return QueryFailed(
        f"The topic {topic} of the table {table} does not exist on {kafka}.",
        hint=f"Create it, or correct 'topic' {where}.",
    )


def _not_allowed(kafka: str, table: str, topic: str, _: str) -> TributaryError:
    return QueryFailed(
        f"{kafka} does not allow reading the topic {topic} of the table {table}.",
        hint="Ask for the right to describe and to read it.",
    )


def _not_let_in(kafka: str, table: str, _: str, where: str) -> TributaryError:
    options = ("security.protocol", "sasl.*", "ssl.*")
    named = ", ".join(f"'{_PROPERTIES}{option}'" for option in options)
    return EngineUnavailable(
        f"{kafka} refused the credentials or the certificate of the table {table}.",
        hint=f"Check {named} {where}.",
    )


def _not_taken(kafka: str, table: str, _: str, where: str) -> TributaryError:
    # An address that cannot be looked up is one of them.
    return EngineUnavailable(
        f"Kafka's client can do nothing with the properties of the table {table}, or finds no host"
        f" of {kafka}.",
        hint=f"Check 'properties.bootstrap.servers' and the other 'properties.*' {where}.",
    )


def _too_old(kafka: str, table: str, _topic: str, _where: str) -> TributaryError:
    return _Unsupported(f"{kafka} is too old for what is asked of it (table {table}).")


_SAID: tuple[tuple[str, Callable[[str, str, str, str], TributaryError]], ...] = (
    ("UnsupportedVersion", _too_old),
    ("UnknownTopicOrPartition", _missing),
    ("InvalidTopic", _missing),
    ("Authorization", _not_allowed),
    ("Authentication", _not_let_in),
    ("Ssl", _not_let_in),
    ("SSL", _not_let_in),
    ("ConfigException", _not_taken),
)
"""By a part of the name of the Java exception."""


def _millis(moment: datetime) -> int:
    return max(0, round(moment.timestamp() * 1000))


def _moment(millis: int) -> datetime | None:
    return datetime.fromtimestamp(millis / 1000, UTC) if millis >= 0 else None
