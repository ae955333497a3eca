"""What is asked of the Kafka cluster behind a registry: which topics are compacted, and how framed.

Client properties have librdkafka's names here, and Java's in table files, since Flink reads those.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from ingest.errors import IngestError

_SECONDS = 10.0
_PEEK_SECONDS = 5.0
_PEEKED = 20  # the newest offsets of a partition may be tombstones or a transaction's own
_MAGIC = b"\0"  # begins every record that carries its schema's number in front
_PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_SASL_MODULES = {
    "PLAIN": "org.apache.kafka.common.security.plain.PlainLoginModule",
    "SCRAM-SHA-256": "org.apache.kafka.common.security.scram.ScramLoginModule",
    "SCRAM-SHA-512": "org.apache.kafka.common.security.scram.ScramLoginModule",
}
_PROPERTIES = (
    "security.protocol",
    "sasl.mechanism",
    "sasl.username",
    "sasl.password",
    "ssl.ca.location",
)


@dataclass(frozen=True, slots=True)
class TopicFacts:
    """What is known of a topic.

    Attributes:
        exists: Whether the cluster has it.
        compacted: Whether only the last record of each key is kept.
        framed: Whether its records begin with their schema's number; None where it has none yet.
    """

    exists: bool = True
    compacted: bool = False
    framed: bool | None = None


UNKNOWN = TopicFacts()
"""Of a topic whose cluster was not asked."""


class Cluster(Protocol):
    """What is asked of a cluster."""

    def topic(self, name: str) -> TopicFacts:
        """What is known of a topic."""
        ...


@dataclass(frozen=True, slots=True)
class ClusterEndpoint:
    """How a cluster is reached.

    Attributes:
        bootstrap: `host:port`, several with commas between.
        properties: Security properties, by librdkafka's names; their values may hold `${NAME}`.
    """

    bootstrap: str
    properties: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for name, value in self.properties.items():
            if name not in _PROPERTIES:
                raise IngestError(
                    f"The client property {name} is not supported.",
                    hint=f"Those that are: {', '.join(_PROPERTIES)}. "
                    "Others can be written into the table file as 'properties.NAME'.",
                )
            if name == "sasl.password" and not _PLACEHOLDER.fullmatch(value):
                raise IngestError(
                    "The property sasl.password would be written into table files.",
                    hint="Write it as ${NAME} in single quotes, and set that variable.",
                )
        mechanism = self.properties.get("sasl.mechanism", "PLAIN")
        if "sasl.username" in self.properties and mechanism not in _SASL_MODULES:
            raise IngestError(
                f"The mechanism {mechanism} takes no user and password.",
                hint=f"Those that do: {', '.join(_SASL_MODULES)}.",
            )

    def client(self, environ: Mapping[str, str]) -> dict[str, Any]:
        """The configuration of a client; it holds secrets.

        Raises:
            IngestError: A variable that a value names is not set.
        """
        filled = {name: _filled(value, environ) for name, value in self.properties.items()}
        return {"bootstrap.servers": self.bootstrap, **filled}

    def options(self) -> dict[str, str]:
        """The properties as a table says them to Flink, placeholders and all."""
        given = dict(self.properties)
        user, password = given.pop("sasl.username", ""), given.pop("sasl.password", "")
        made = {"properties.bootstrap.servers": self.bootstrap}
        if ca_file := given.pop("ssl.ca.location", ""):
            given |= {"ssl.truststore.type": "PEM", "ssl.truststore.location": ca_file}
        if user:
            mechanism = given.setdefault("sasl.mechanism", "PLAIN")
            given["sasl.jaas.config"] = (
                f'{_SASL_MODULES[mechanism]} required username="{user}" password="{password}";'
            )
        return made | {f"properties.{name}": value for name, value in given.items()}


class KafkaCluster:
    """A cluster; nothing is sent before the first question."""

    def __init__(self, endpoint: ClusterEndpoint, environ: Mapping[str, str]) -> None:
        self._endpoint = endpoint
        self._client = endpoint.client(environ)

    def topic(self, name: str) -> TopicFacts:
        """What is known of a topic.

        Raises:
            IngestError: The cluster cannot be reached, or does not say.
        """
        from confluent_kafka.admin import (  # type: ignore[attr-defined]  # noqa: PLC0415 - slow
            AdminClient,
            ConfigResource,
            ResourceType,
        )

        with _kafka_errors(self._endpoint.bootstrap):
            admin = AdminClient(self._client, logger=_quiet())
            found = admin.list_topics(name, timeout=_SECONDS).topics.get(name)
            if found is None or found.error is not None:
                return TopicFacts(exists=False)
            resource = ConfigResource(ResourceType.TOPIC, name)
            [answer] = admin.describe_configs([resource], request_timeout=_SECONDS).values()
            policy = answer.result(timeout=_SECONDS)["cleanup.policy"].value
            return TopicFacts(
                compacted="compact" in policy.split(","),
                framed=self._framed(name, sorted(found.partitions)),
            )

    def _framed(self, name: str, partitions: Sequence[int]) -> bool | None:
        """Looks at the newest record that has a value; no offset is committed."""
        from confluent_kafka import Consumer, TopicPartition  # noqa: PLC0415

        client = {"group.id": "tributary-import", "enable.auto.commit": False, **self._client}
        consumer = Consumer(client, logger=_quiet())
        try:
            at = []
            for partition in partitions:
                place = TopicPartition(name, partition)
                low, high = consumer.get_watermark_offsets(place, timeout=_SECONDS)
                if high > low:
                    at.append(TopicPartition(name, partition, max(low, high - _PEEKED)))
            if not at:
                return None
            consumer.assign(at)
            until = time.monotonic() + _PEEK_SECONDS
            while time.monotonic() < until:
                record = consumer.poll(0.5)
                value = record.value() if record is not None and not record.error() else None
                if value:
                    return bytes(value[:1]) == _MAGIC
            return None
        finally:
            consumer.close()


def _filled(value: str, environ: Mapping[str, str]) -> str:
    for name in _PLACEHOLDER.findall(value):
        if name not in environ:
            raise IngestError(
                f"The environment variable {name} is not set.", hint=f"Set {name} and try again."
            )
    return _PLACEHOLDER.sub(lambda match: environ[match[1]], value)


def _quiet() -> Any:
    """A logger that says nothing: librdkafka's own lines would repeat every failed attempt."""
    import logging  # noqa: PLC0415

    logger = logging.getLogger("tributary.kafka")
    logger.setLevel(logging.CRITICAL)
    return logger


@contextmanager
def _kafka_errors(bootstrap: str) -> Iterator[None]:
    """Maps the client's exceptions to `IngestError`."""
    from confluent_kafka import KafkaError, KafkaException  # noqa: PLC0415

    try:
        yield
    except KafkaException as error:
        failed = error.args[0]
        code = failed.code() if isinstance(failed, KafkaError) else None
        refused = {
            KafkaError._AUTHENTICATION,
            KafkaError.SASL_AUTHENTICATION_FAILED,
            KafkaError.TOPIC_AUTHORIZATION_FAILED,
            KafkaError.CLUSTER_AUTHORIZATION_FAILED,
        }
        if code in refused:
            raise IngestError(
                f"The Kafka cluster at {bootstrap} does not accept the credentials, or they may "
                "not look at the topic.",
                hint="Check the properties given with --property.",
            ) from error
        raise IngestError(
            f"The Kafka cluster at {bootstrap} cannot be reached, or does not let this client in.",
            hint="Check the address and the properties given with --property, and that it runs.",
        ) from error
    except (KeyError, ValueError, TimeoutError) as error:
        raise IngestError(
            f"The Kafka cluster at {bootstrap} did not say how its topics are kept.",
            hint="Try again in a minute.",
        ) from error
