"""What an import asks of the cluster behind a registry, and how a table says which one it is."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from ingest.errors import IngestError
from ingest.kafka_client import KafkaEndpoint
from ingest.registry.cluster import KafkaCluster, TopicFacts, table_options
from tests.kafka.broker import Broker, Record

PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule"
SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule"
LOGIN = {"sasl.username": "me", "sasl.password": "${WORD}"}


@pytest.mark.kafka
def test_what_a_cluster_says_of_a_topic(kafka: Broker) -> None:
    compacted = kafka.topic("compacted", config={"cleanup.policy": "compact,delete"})
    empty, framed, plain = (kafka.topic(name, 2) for name in ("empty", "framed", "plain"))
    kafka.produce(framed, [Record(b"\0\0\0\0\1x", b"k"), Record(None, b"k")])
    kafka.produce(plain, [Record(b"{}")])
    asked = KafkaCluster(KafkaEndpoint(kafka.bootstrap), {})
    assert asked.topic(compacted) == TopicFacts(compacted=True)
    assert asked.topic(empty) == TopicFacts()
    assert asked.topic(framed) == TopicFacts(framed=True)
    assert asked.topic(plain) == TopicFacts(framed=False)
    assert (asked.topic(empty).newest, asked.topic(plain).newest) == (b"", b"{}")
    assert asked.topic("nowhere") == TopicFacts(exists=False)


@pytest.mark.kafka
def test_a_cluster_that_wants_credentials(kafka: Broker) -> None:
    topic = kafka.topic("secured")
    endpoint = KafkaEndpoint(kafka.sasl_bootstrap, kafka.properties)
    known = KafkaCluster(endpoint, {"KAFKA_PASSWORD": kafka.password})
    assert known.topic(topic) == TopicFacts()
    with pytest.raises(IngestError, match="does not accept the credentials") as caught:
        KafkaCluster(endpoint, {"KAFKA_PASSWORD": "planted-wrong"}).topic(topic)
    assert "planted-wrong" not in str(caught.value)


def test_a_cluster_that_is_away() -> None:
    with pytest.raises(IngestError, match="cannot be reached"):
        KafkaCluster(KafkaEndpoint("127.0.0.1:1"), {}).topic("orders")


TOLD: list[tuple[dict[str, str], dict[str, str]]] = [
    ({}, {}),
    ({"session.timeout.ms": "9000", "client.id": "here"}, {}),
    ({"security.protocol": "SSL"}, {"security.protocol": "SSL"}),
    (
        {"ssl.ca.location": "/etc/ca.pem"},
        {"ssl.truststore.type": "PEM", "ssl.truststore.location": "/etc/ca.pem"},
    ),
    (
        LOGIN,
        {
            "sasl.mechanism": "PLAIN",
            "sasl.jaas.config": f'{PLAIN} required username="me" password="${{WORD}}";',
        },
    ),
    (
        {**LOGIN, "sasl.mechanism": "SCRAM-SHA-256"},
        {
            "sasl.mechanism": "SCRAM-SHA-256",
            "sasl.jaas.config": f'{SCRAM} required username="me" password="${{WORD}}";',
        },
    ),
]


@pytest.mark.parametrize(("properties", "options"), TOLD)
def test_how_a_table_says_it(properties: Mapping[str, str], options: Mapping[str, str]) -> None:
    expected = {"bootstrap.servers": "broker:9092", **options}
    told = table_options(KafkaEndpoint("broker:9092", properties))
    assert told == {f"properties.{name}": value for name, value in expected.items()}


REFUSED: list[tuple[dict[str, str], str]] = [
    ({"ssl.key.location": "/etc/key.pem"}, "ssl.key.location cannot be written into table files"),
    ({**LOGIN, "sasl.mechanism": "GSSAPI"}, "GSSAPI takes no user and password"),
]


@pytest.mark.parametrize(("properties", "message"), REFUSED)
def test_what_a_table_cannot_say(properties: Mapping[str, str], message: str) -> None:
    with pytest.raises(IngestError, match=message):
        table_options(KafkaEndpoint("broker:9092", properties))
