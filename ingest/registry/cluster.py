"""What is asked of the Kafka cluster behind a registry: which topics are compacted, and how framed.

`app.table_imports` asks; `table_options` says the cluster's properties to Flink, by Java's names.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from ingest.errors import IngestError
from ingest.kafka_client import KafkaEndpoint, NoSuchTopic, kafka_errors, opened

_SECONDS = 10.0
_PEEK_SECONDS = 5.0
_PEEKED = 20  # the newest offsets of a partition may be tombstones or a transaction's own
_MAGIC = b"\0"  # begins every record that carries its schema's number in front
_SASL_MODULES = {
    "PLAIN": "org.apache.kafka.common.security.plain.PlainLoginModule",
    "SCRAM-SHA-256": "org.apache.kafka.common.security.scram.ScramLoginModule",
    "SCRAM-SHA-512": "org.apache.kafka.common.security.scram.ScramLoginModule",
}
_TRANSLATED = (
    "security.protocol",
    "sasl.mechanism",
    "sasl.username",
    "sasl.password",
    "ssl.ca.location",
)
_LETS_IN = ("security.", "sasl.", "ssl.", "enable.ssl.")  # without these, Flink is not let in


@dataclass(frozen=True, slots=True)
class TopicFacts:
    """What is known of a topic.

    Attributes:
        exists: Whether the cluster has it.
        compacted: Whether only the last record of each key is kept.
        framed: Whether its records begin with their schema's number; None where it has none yet.
        newest: The value of its newest record; empty where it has none.
    """

    exists: bool = True
    compacted: bool = False
    framed: bool | None = None
    newest: bytes = field(default=b"", repr=False, compare=False)


UNKNOWN = TopicFacts()
"""Of a topic whose cluster was not asked."""


class Cluster(Protocol):
    """What is asked of a cluster."""

    def topic(self, name: str) -> TopicFacts:
        """What is known of a topic."""
        ...


def table_options(endpoint: KafkaEndpoint) -> dict[str, str]:
    """How a table tells Flink of the cluster, `${NAME}` placeholders and all.

    Properties of the client that do not decide whether it is let in are its own, and left out.

    Raises:
        IngestError: Java has no counterpart of a property, or Tributary does not know it.
    """
    given = {n: v for n, v in endpoint.properties.items() if n.startswith(_LETS_IN)}
    for name in given:
        if name not in _TRANSLATED:
            raise IngestError(
                f"The Kafka property {name} cannot be written into table files.",
                hint=f"Those that can are {', '.join(_TRANSLATED)}.",
            )
    user, password = given.pop("sasl.username", ""), given.pop("sasl.password", "")
    if ca_file := given.pop("ssl.ca.location", ""):
        given |= {"ssl.truststore.type": "PEM", "ssl.truststore.location": ca_file}
    if user:
        module = _module(given.setdefault("sasl.mechanism", "PLAIN"))
        given["sasl.jaas.config"] = f'{module} required username="{user}" password="{password}";'
    named = {"bootstrap.servers": endpoint.bootstrap, **given}
    return {f"properties.{name}": value for name, value in named.items()}


def _module(mechanism: str) -> str:
    if mechanism not in _SASL_MODULES:
        raise IngestError(
            f"The SASL mechanism {mechanism} takes no user and password.",
            hint=f"Those that do: {', '.join(_SASL_MODULES)}.",
        )
    return _SASL_MODULES[mechanism]


class KafkaCluster:
    """A cluster; nothing is sent before the first question.

    Args:
        endpoint: How it is reached.
        environ: Where its properties' variables are looked up.
    """

    def __init__(self, endpoint: KafkaEndpoint, environ: Mapping[str, str]) -> None:
        self._endpoint, self._environ = endpoint, environ

    def topic(self, name: str) -> TopicFacts:
        """What is known of a topic.

        Raises:
            IngestError: The cluster cannot be reached, or does not say.
        """
        try:
            admin, found = opened(self._endpoint, self._environ, name)
        except NoSuchTopic:
            return TopicFacts(exists=False)
        with kafka_errors(self._endpoint.bootstrap, name):
            newest = self._newest(name, [one.id for one in found.partitions])
            return TopicFacts(
                compacted="compact" in _policy(admin, name).split(","),
                framed=newest.startswith(_MAGIC) if newest else None,
                newest=newest,
            )

    def _newest(self, name: str, partitions: Sequence[int]) -> bytes:
        """The value of a newest record that has one; no offset is committed."""
        from confluent_kafka import Consumer  # noqa: PLC0415 - only those who use Kafka load it

        options = {"group_id": "tributary-import", "enable_auto_commit": False}
        consumer = Consumer(self._endpoint.client(self._environ, **options))
        try:
            places = list(_newest(consumer, name, partitions))
            consumer.assign(places)
            until = time.monotonic() + _PEEK_SECONDS
            while places and time.monotonic() < until:
                record = consumer.poll(0.5)
                value = record.value() if record is not None and not record.error() else None
                if value:
                    return bytes(value)
            return b""
        finally:
            consumer.close()


def _newest(consumer: Any, name: str, partitions: Sequence[int]) -> Iterator[Any]:
    """Where the newest records of each partition begin that has any."""
    from confluent_kafka import TopicPartition  # noqa: PLC0415 - as above

    for partition in partitions:
        place = TopicPartition(name, partition)
        low, high = consumer.get_watermark_offsets(place, timeout=_SECONDS)
        if high > low:
            yield TopicPartition(name, partition, max(low, high - _PEEKED))


def _policy(admin: Any, name: str) -> str:
    """The topic's cleanup policy, such as `compact,delete`; empty where the cluster says none."""
    from confluent_kafka.admin import (  # type: ignore[attr-defined]  # noqa: PLC0415 - as above
        ConfigResource,
        ResourceType,
    )

    resource = ConfigResource(ResourceType.TOPIC, name)
    [answer] = admin.describe_configs([resource], request_timeout=_SECONDS).values()
    said = answer.result(timeout=_SECONDS).get("cleanup.policy")
    return said.value if said is not None else ""
