"""How a Kafka cluster is reached, and what its client's errors mean to a user.

`ingest.topics` and `ingest.registry` make their clients with it. Only here are librdkafka's errors
mapped; no message has the value of a property.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ingest.errors import IngestError

if TYPE_CHECKING:
    from confluent_kafka import KafkaError

_REQUEST_SECONDS = 10.0
_AWAY_SECONDS = 3.0  # a broker that is just starting is waited for
_PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_NAMED = re.compile(r'configuration property:? "([\w.]+)"')
_FORBIDDEN = (
    "TOPIC_AUTHORIZATION_FAILED",
    "GROUP_AUTHORIZATION_FAILED",
    "CLUSTER_AUTHORIZATION_FAILED",
)
_SECRET = re.compile(r"password|secret|key\.pem|oauthbearer\.config", re.IGNORECASE)


class NoSuchTopic(IngestError):
    """The cluster has no such topic."""


@dataclass(frozen=True, slots=True)
class KafkaEndpoint:
    """How a cluster is reached.

    Attributes:
        bootstrap: `host:port`, several with commas between.
        properties: Of the client, by librdkafka's names, such as `security.protocol`; a value may
            name environment variables as `${NAME}`, and a secret must.
    """

    bootstrap: str
    properties: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for name, value in self.properties.items():
            if _SECRET.search(name) and value and not _PLACEHOLDER.fullmatch(value):
                raise IngestError(
                    f"The Kafka property {name} is a secret, and would be read by others here.",
                    hint="Write it as ${NAME} in single quotes, and set that variable.",
                )

    def client(self, environ: Mapping[str, str], **options: Any) -> dict[str, Any]:
        """The configuration of a client; it holds secrets.

        Args:
            environ: Where the variables are looked up that values name.
            options: What the client needs; they win over the properties.

        Raises:
            IngestError: A variable is not set.
        """
        filled = {name: _filled(value, environ) for name, value in self.properties.items()}
        named = {name.replace("_", "."): value for name, value in options.items()}
        return {"bootstrap.servers": self.bootstrap, **filled, **named, "logger": _quiet()}


def opened(endpoint: KafkaEndpoint, environ: Mapping[str, str], topic: str) -> tuple[Any, Any]:
    """An administrating client, and what it says of a topic.

    Args:
        endpoint: The cluster.
        environ: Where its properties' variables are looked up.
        topic: The topic's name.

    Raises:
        NoSuchTopic: The cluster does not have it.
        IngestError: The credentials are refused, or the cluster cannot be reached.
    """
    if not topic:
        raise IngestError("The topic has no name.", hint="Name the topic that holds the documents.")
    return _answered(endpoint, environ, topic, lambda admin: asked_identity(admin, topic))


def require_answer(endpoint: KafkaEndpoint, environ: Mapping[str, str]) -> None:
    """Asks a cluster who it is.

    Raises:
        IngestError: As for `opened`.
    """

    def ask(admin: Any) -> Future[Any]:
        answer: Future[Any] = admin.describe_cluster(request_timeout=_REQUEST_SECONDS)
        return answer

    _answered(endpoint, environ, "", ask)


def _answered(
    endpoint: KafkaEndpoint,
    environ: Mapping[str, str],
    topic: str,
    ask: Callable[[Any], Future[Any]],
) -> tuple[Any, Any]:
    """A client and what it got for a question; a cluster that is away is not waited for long."""
    from confluent_kafka import KafkaError  # noqa: PLC0415 - only those who use Kafka load it
    from confluent_kafka.admin import AdminClient  # noqa: PLC0415 - as above

    heard: list[KafkaError] = []
    with kafka_errors(endpoint.bootstrap, topic):
        options = endpoint.client(environ) | {"error_cb": heard.append}
        admin = AdminClient(options)
        began, answer = time.monotonic(), ask(admin)
        while not answer.done():
            admin.poll(0.1)  # else a refused password would look like a cluster that is away
            if any(error.code() == KafkaError._AUTHENTICATION for error in heard):
                raise explained(KafkaError(KafkaError._AUTHENTICATION), endpoint.bootstrap, topic)
            is_away = any(error.code() == KafkaError._ALL_BROKERS_DOWN for error in heard)
            if is_away and time.monotonic() - began > _AWAY_SECONDS:
                raise explained(KafkaError(KafkaError._TRANSPORT), endpoint.bootstrap, topic)
        return admin, answer.result()


def asked_identity(admin: Any, topic: str) -> Future[Any]:
    """Asks for a topic's description, without waiting for it."""
    from confluent_kafka import TopicCollection  # noqa: PLC0415 - as above

    answers = admin.describe_topics(TopicCollection([topic]), request_timeout=_REQUEST_SECONDS)
    answer: Future[Any] = answers[topic]
    return answer


@contextmanager
def kafka_errors(bootstrap: str, topic: str) -> Iterator[None]:
    """Maps the client's exceptions to `IngestError`."""
    from confluent_kafka import KafkaError, KafkaException  # noqa: PLC0415 - as above

    try:
        yield
    except KafkaException as error:
        failed = error.args[0]
        if not isinstance(failed, KafkaError):
            failed = KafkaError(KafkaError._FAIL)
        raise explained(failed, bootstrap, topic) from error
    except TimeoutError as error:
        raise _unreachable(bootstrap, "it did not answer in time") from error


def explained(error: KafkaError, bootstrap: str, topic: str) -> IngestError:
    """What an error of the client means."""
    code = error.code()
    if code in _codes("_AUTHENTICATION", "SASL_AUTHENTICATION_FAILED"):
        return IngestError(
            f"The Kafka cluster at {bootstrap} does not accept the credentials.",
            hint="Check the properties sasl.username and sasl.password.",
        )
    if code in _codes(*_FORBIDDEN):
        return IngestError(
            f"The Kafka cluster at {bootstrap} does not allow it for the topic {topic}:"
            f" {error.name()}.",
            hint="Ask for the right to describe and read it; for documents, also with the consumer"
            " group, and to write its dead-letter topic.",
        )
    if code in _codes("UNKNOWN_TOPIC_OR_PART", "_UNKNOWN_TOPIC", "TOPIC_EXCEPTION"):
        return NoSuchTopic(
            f"There is no topic {topic} in the Kafka cluster at {bootstrap}.",
            hint="Correct its name or the cluster's address, or create it. If it was deleted, what"
            " was read of it stays in the index.",
        )
    if code in _codes("MSG_SIZE_TOO_LARGE"):
        return IngestError(
            f"The topic {topic} does not take so large a record.",
            hint=f"Raise max.message.bytes of {topic}.",
        )
    if code in _codes("_INVALID_ARG"):
        named = _NAMED.search(error.str())
        which = f"the property {named[1]}" if named else "these properties together"
        return IngestError(
            f"The Kafka client does not take {which}.",
            hint="Check kafka_properties and --property; their names are librdkafka's.",
        )
    if code in _codes("_TRANSPORT", "_ALL_BROKERS_DOWN"):  # it says one after the other
        return _unreachable(bootstrap, "no broker answers there")
    return _unreachable(bootstrap, error.name().lower().strip("_"))


def _unreachable(bootstrap: str, why: str) -> IngestError:
    return IngestError(
        f"The Kafka cluster at {bootstrap} cannot be reached ({why}).",
        hint="Check the address and the security properties, and that it runs.",
    )


def _codes(*names: str) -> set[int]:
    from confluent_kafka import KafkaError  # noqa: PLC0415 - as above

    return {getattr(KafkaError, name) for name in names}


def _filled(value: str, environ: Mapping[str, str]) -> str:
    for name in _PLACEHOLDER.findall(value):
        if name not in environ:
            raise IngestError(
                f"The environment variable {name} is not set; a Kafka property names it.",
                hint=f"Set {name} and try again.",
            )
    return _PLACEHOLDER.sub(lambda match: environ[match[1]], value)


def _quiet() -> logging.Logger:
    """A logger that says nothing: librdkafka's own lines would repeat every failed attempt."""
    logger = logging.getLogger("tributary.kafka")
    logger.setLevel(logging.CRITICAL + 1)
    return logger
