"""The Kafka cluster of the sample shop's topics: all that `topics` asks of the client.

Only here are its exceptions mapped, by what `ingest.kafka_client` says of them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from confluent_kafka import (
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    Producer,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._listoffsets import OffsetSpec
from confluent_kafka.admin._metadata import TopicMetadata
from confluent_kafka.cimpl import NewTopic

from ingest import kafka_client
from ingest.errors import IngestError

PARTITIONS = 3

_SECONDS = 5.0  # that one request may take, and that the producer may stand still
_HOUR = 3_600_000
_TOPIC = {"retention.ms": str(48 * _HOUR), "segment.ms": str(6 * _HOUR)}  # demo's history, twice
_READER = {
    "group.id": "tributary-sample-shop",
    "enable.auto.commit": False,
    "enable.partition.eof": True,
    "fetch.wait.max.ms": 10,  # the end of a partition is told as soon
}
# A record is tried until it is stored, or the producer is given up with all that it has: so nothing
# goes missing between two that are stored.
_WRITER = {
    "enable.idempotence": True,
    "message.timeout.ms": 0,
    "compression.type": "lz4",
    "linger.ms": 20,
}

_LATEST, _EARLIEST = OffsetSpec.latest(), OffsetSpec.earliest()  # type: ignore[no-untyped-call]
_PASSING = (
    KafkaError.LEADER_NOT_AVAILABLE,
    KafkaError.NOT_LEADER_FOR_PARTITION,
    KafkaError.FENCED_LEADER_EPOCH,
    KafkaError.UNKNOWN_LEADER_EPOCH,
)

Partition = tuple[str, int]
"""A topic and the number of its partition."""

Headers = Mapping[str, str | bytes | None]


@dataclass(slots=True)
class _Sending:
    """A producer, and what has become of its records so far."""

    producer: Producer
    stored: dict[Partition, int] = field(default_factory=dict)
    failed: list[KafkaError] = field(default_factory=list)

    def delivered(self, error: KafkaError | None, record: Message) -> None:
        """Takes a delivery report; a producer that was given up may still make some."""
        if error is not None:
            self.failed.append(error)
            return
        at = (str(record.topic()), int(record.partition() or 0))
        self.stored[at] = max(self.stored.get(at, 0), int(record.offset() or 0) + 1)


@dataclass(frozen=True, slots=True)
class Record:
    """What is produced; the timestamp is in milliseconds since the epoch."""

    partition: Partition
    key: bytes
    value: bytes
    timestamp: int
    headers: Headers


class Cluster:
    """One cluster, for one thread at a time; connects with the first question.

    Every method but `close` raises `IngestError` where the cluster cannot be reached or refuses.

    Args:
        bootstrap: Its address.
    """

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._endpoint = kafka_client.KafkaEndpoint(bootstrap)
        self._admin_client: AdminClient | None = None
        self._sending: _Sending | None = None

    def counts(self, topics: Iterable[str]) -> dict[str, int]:
        """How many partitions each topic has; those that do not exist are left out."""
        return {name: len(one.partitions) for name, one in self._topics(topics).items()}

    def create(self, topics: Iterable[str]) -> None:
        """Makes topics, and waits until they can be written to."""
        names = list(topics)
        new = [NewTopic(name, PARTITIONS, -1, config=_TOPIC) for name in names]
        with self._errors():
            for made in self._admin.create_topics(new, request_timeout=_SECONDS).values():
                try:
                    made.result()
                except KafkaException as error:
                    if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                        raise
        self._await(lambda: len(self._topics(names)) == len(names))
        places = [(name, number) for name, n in self.counts(names).items() for number in range(n)]
        self._offsets(places, _LATEST, (*_PASSING, KafkaError.UNKNOWN_TOPIC_OR_PART))

    def ends(self, partitions: Iterable[Partition]) -> dict[Partition, int]:
        """The offset after each partition's last record."""
        return self._offsets(partitions, _LATEST)

    def starts(self, partitions: Iterable[Partition]) -> dict[Partition, int]:
        """The offset of each partition's first record."""
        return self._offsets(partitions, _EARLIEST)

    def last(self, ends: Mapping[Partition, int]) -> dict[Partition, Headers]:
        """The headers of the records right before the ends; empty where there is none."""
        found: dict[Partition, Headers] = {}
        consumer = Consumer(self._client(_READER)) if ends else None
        if consumer is None:
            return found
        try:
            with self._errors():
                consumer.assign([TopicPartition(*at, end - 1) for at, end in ends.items()])
                self._await(lambda: _heard(consumer, found) and len(found) == len(ends))
        finally:
            consumer.close()
        return found

    def produce(self, record: Record) -> None:
        """Hands a record over; `flush` waits for it."""
        topic, number = record.partition
        if self._sending is None:
            self._sending = _Sending(Producer(self._client(_WRITER)))
        sending = self._sending
        while True:
            try:
                with self._errors(topic):
                    sending.producer.produce(
                        topic,
                        value=record.value,
                        key=record.key,
                        partition=number,
                        timestamp=record.timestamp,
                        headers=dict(record.headers),
                        on_delivery=sending.delivered,
                    )
                return
            except BufferError:
                self._progress(sending)

    def flush(self) -> dict[Partition, int]:
        """Waits until all is stored; the new ends of the partitions that have grown."""
        if self._sending is None:
            return {}
        while len(self._sending.producer):
            self._progress(self._sending)
        self._require_stored(self._sending)
        stored, self._sending.stored = self._sending.stored, {}
        return stored

    def close(self) -> None:
        """Lets the connections go; what has not been stored is given up."""
        sending, self._sending, self._admin_client = self._sending, None, None
        if sending is not None:
            sending.producer.purge()
            sending.producer.flush(0)

    @property
    def _admin(self) -> AdminClient:
        if self._admin_client is None:
            self._admin_client = AdminClient(self._client({}))
        return self._admin_client

    def _client(self, options: Mapping[str, Any]) -> dict[str, Any]:
        return {**self._endpoint.client(os.environ), **options}

    def _topics(self, names: Iterable[str]) -> dict[str, TopicMetadata]:
        with self._errors():
            known = self._admin.list_topics(timeout=_SECONDS).topics
        return {name: known[name] for name in names if name in known}

    def _offsets(
        self, partitions: Iterable[Partition], spec: OffsetSpec, passing: Iterable[int] = _PASSING
    ) -> dict[Partition, int]:
        """Asks again while a partition changes its leader, as after a broker's start."""
        places, until = list(partitions), time.monotonic() + _SECONDS
        with self._errors():
            while True:
                try:
                    return self._asked(places, spec)
                except KafkaException as error:
                    if error.args[0].code() not in passing or time.monotonic() > until:
                        raise
                time.sleep(0.05)

    def _asked(self, partitions: Iterable[Partition], spec: OffsetSpec) -> dict[Partition, int]:
        asked = {TopicPartition(*at): spec for at in partitions}
        if not asked:
            return {}
        answers = self._admin.list_offsets(asked, request_timeout=_SECONDS)
        return {(at.topic, at.partition): one.result().offset for at, one in answers.items()}

    def _await(self, done: Callable[[], bool]) -> None:
        until = time.monotonic() + _SECONDS
        while not done():
            if time.monotonic() > until:
                raise self._silent()
            time.sleep(0.01)

    def _progress(self, sending: _Sending) -> None:
        """Waits until a record is stored.

        Raises:
            IngestError: One was refused, or none was stored for a while.
        """
        left, until = len(sending.producer), time.monotonic() + _SECONDS
        while len(sending.producer) >= left:
            sending.producer.poll(0.1)
            if time.monotonic() > until:
                raise self._silent()
        self._require_stored(sending)

    def _require_stored(self, sending: _Sending) -> None:
        if sending.failed:
            with self._errors():
                raise KafkaException(sending.failed[0])

    def _silent(self) -> IngestError:
        return kafka_client.explained(KafkaError(KafkaError._TIMED_OUT), self._bootstrap, "")

    @contextmanager
    def _errors(self, topic: str = "") -> Iterator[None]:
        """Maps the client's exceptions to `IngestError`."""
        try:
            yield
        except KafkaException as error:
            failed: KafkaError = error.args[0]
            for codes, said, hint in _SAID:
                if failed.code() in codes:
                    at = f"The Kafka cluster at {self._bootstrap}"
                    raise IngestError(f"{at} {said} ({failed.name()}).", hint=hint) from error
            raise kafka_client.explained(failed, self._bootstrap, topic) from error


def _heard(consumer: Consumer, found: dict[Partition, Headers]) -> bool:
    """Takes one record, or the end of a partition that has none there; always true."""
    record = consumer.poll(0.1)
    if record is None:
        return True
    error = record.error()
    if error is not None and error.code() != KafkaError._PARTITION_EOF:
        raise KafkaException(error)
    headers = None if error is not None else record.headers()
    found.setdefault((str(record.topic()), int(record.partition() or 0)), dict(headers or ()))
    return True


_SAID: tuple[tuple[tuple[int, ...], str, str], ...] = (
    (
        (KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.CLUSTER_AUTHORIZATION_FAILED),
        "does not let the sample shop make and write its topics",
        "Ask for that right, or for the four topics.",
    ),
    (
        (KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._UNKNOWN_TOPIC),
        "no longer has a topic of the sample shop",
        "It will be made and filled again.",
    ),
    (
        (KafkaError.INVALID_REPLICATION_FACTOR, KafkaError.POLICY_VIOLATION),
        "does not make topics as the sample shop wants them",
        f"Make the four topics yourself, of about {PARTITIONS} partitions each.",
    ),
)
"""What an error means here: its codes, what is said, and what to do."""
