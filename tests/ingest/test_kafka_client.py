"""How a cluster is reached, and what the client's errors are called, without a cluster."""

from __future__ import annotations

import pytest
from confluent_kafka import KafkaError

from ingest.errors import IngestError
from ingest.kafka_client import KafkaEndpoint, NoSuchTopic, explained, opened

SECRET = "planted-secret"

SECRETS = ["sasl.password", "ssl.key.password", "ssl.key.pem", "sasl.oauthbearer.client.secret"]


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_in_the_open_is_refused(name: str) -> None:
    with pytest.raises(IngestError, match=f"{name} is a secret") as caught:
        KafkaEndpoint("broker:9092", {name: SECRET})
    assert SECRET not in str(caught.value)


def test_variables_are_filled_in_and_shown_nowhere() -> None:
    endpoint = KafkaEndpoint("broker:9092", {"sasl.password": "${WORD}", "client.id": "a-${N}"})
    made = endpoint.client({"WORD": SECRET, "N": "1"}, group_id="g")
    assert {name: made[name] for name in ("sasl.password", "client.id", "group.id")} == {
        "sasl.password": SECRET,
        "client.id": "a-1",
        "group.id": "g",
    }
    assert "sasl.password" not in repr(endpoint)
    with pytest.raises(IngestError, match="WORD is not set"):
        endpoint.client({})


REFUSED: list[tuple[dict[str, str], str]] = [
    ({"no.such": SECRET}, "The Kafka client does not take the property no.such."),
    ({"security.protocol": SECRET}, "does not take the property security.protocol."),
    ({"security.protocol": "SASL_SSL", "sasl.mechanism": "PLAIN"}, "these properties together"),
]


@pytest.mark.parametrize(("properties", "message"), REFUSED)
def test_properties_that_the_client_refuses(properties: dict[str, str], message: str) -> None:
    with pytest.raises(IngestError, match=message) as caught:
        opened(KafkaEndpoint("127.0.0.1:1", properties), {}, "orders")
    assert SECRET not in str(caught.value)


MEANT: list[tuple[int, type[IngestError], str]] = [
    (KafkaError.SASL_AUTHENTICATION_FAILED, IngestError, "does not accept the credentials"),
    (KafkaError.TOPIC_AUTHORIZATION_FAILED, IngestError, "does not allow it for the topic orders"),
    (KafkaError.CLUSTER_AUTHORIZATION_FAILED, IngestError, "does not allow it"),
    (KafkaError.UNKNOWN_TOPIC_OR_PART, NoSuchTopic, "no topic orders in the Kafka cluster at b"),
    (KafkaError.MSG_SIZE_TOO_LARGE, IngestError, "does not take so large a record"),
    (KafkaError._TRANSPORT, IngestError, "cannot be reached (no broker answers"),
    (KafkaError._ALL_BROKERS_DOWN, IngestError, "cannot be reached (no broker answers"),
]


@pytest.mark.parametrize(("code", "kind", "message"), MEANT)
def test_what_an_error_means(code: int, kind: type[IngestError], message: str) -> None:
    said = explained(KafkaError(code), "broker:9092", "orders")
    assert type(said) is kind
    assert message in said.message
    assert said.hint


def test_a_topic_without_a_name() -> None:
    with pytest.raises(IngestError, match="The topic has no name"):
        opened(KafkaEndpoint("127.0.0.1:1"), {}, "")
