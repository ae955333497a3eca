"""The doctor asks the broker and the registry that tables name, as a user would see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)

from app import doctor, doctor_streams, settings
from app.catalog import loader
from app.doctor_streams import Surroundings
from ingest.kafka_client import KafkaEndpoint
from tests.kafka.broker import Broker
from tests.kafka.registry import Registry
from tests.kafka.test_tables import over, write

pytestmark = [pytest.mark.flink, pytest.mark.kafka]

LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule required"
NOBODY = "127.0.0.1:1"


def with_password(kafka: Broker) -> dict[str, str]:
    """The options that let in to the second listener."""
    return {
        "properties.bootstrap.servers": kafka.sasl_bootstrap,
        "properties.security.protocol": "SASL_PLAINTEXT",
        "properties.sasl.mechanism": "PLAIN",
        "properties.sasl.jaas.config": f'{LOGIN} username="{kafka.user}" password="${{WORD}}";',
    }


class Asking:
    """The doctor's looks at the tables of a folder."""

    def __init__(self, folder: Path, connectors: Path) -> None:
        self._tables = folder / "tables"
        self._around = Surroundings({}, folder / "state", connectors)

    def table(self, name: str, options: Mapping[str, str]) -> None:
        write(self._tables, name, "id INT", options)

    def kafka(self, environ: Mapping[str, str] | None = None) -> list[tuple[bool, str]]:
        catalog = loader.load([self._tables])
        assert not catalog.problems
        return list(
            doctor_streams.kafka(catalog.tables, replace(self._around, environ=environ or {}))
        )


@pytest.fixture
def asking(tmp_path: Path, connectors: Path) -> Asking:
    return Asking(tmp_path, connectors)


def test_topics_that_can_be_read_are_one_line(kafka: Broker, asking: Asking) -> None:
    topics = [kafka.topic("orders"), kafka.topic("orders")]
    asking.table("a", over(topics[0], kafka.bootstrap))
    asking.table("b", over(";".join(topics), kafka.bootstrap))
    matching = {**over("", kafka.bootstrap), "topic-pattern": f"{topics[1][:-1]}.*"}
    del matching["topic"]
    asking.table("c", matching)
    asking.table("d", {**matching, "topic-pattern": "nothing-of-the-kind"})
    asking.table("e", {**matching, "topic-pattern": "(nothing"})
    (ok, said), *problems = asking.kafka()
    assert (ok, said) == (True, f"{kafka.bootstrap} answers; readable: a, b, c")
    assert [one for one, _ in problems] == [False, False]
    assert "has no topic that 'topic-pattern' of the table d matches" in problems[0][1]
    assert "'topic-pattern' of the table e is no pattern" in problems[1][1]


def test_each_missing_topic_is_named(kafka: Broker, asking: Asking) -> None:
    there = kafka.topic("orders")
    asking.table("a", over(there, kafka.bootstrap))
    asking.table("b", over(f"{there};gone-1; gone-2", kafka.bootstrap))
    said = asking.kafka()
    assert [ok for ok, _ in said] == [True, False, False]
    for (_, problem), gone in zip(said[1:], ("gone-1", "gone-2"), strict=True):
        assert f"The topic {gone} of the table b does not exist" in problem
        assert "Create it, or correct 'topic' in " in problem


def test_each_cluster_is_asked_and_those_away_are_named(kafka: Broker, asking: Asking) -> None:
    asking.table("a", over(kafka.topic("orders"), kafka.bootstrap))
    for name in ("b", "c"):
        asking.table(name, over("t", NOBODY))
    asking.table("d", over("t", "nowhere.invalid:9092"))
    (ok, _), (away, said), (unknown, of_host) = asking.kafka()
    assert (ok, away, unknown) == (True, False, False)
    assert f"Kafka at {NOBODY} does not answer (tables b, c)" in said
    assert "No host of Kafka at nowhere.invalid:9092 can be found (table d)" in of_host


@pytest.mark.parametrize("is_right", [True, False])
def test_the_password_is_tried_and_not_told(kafka: Broker, asking: Asking, is_right: bool) -> None:
    asking.table("a", {**over(kafka.topic("orders"), ""), **with_password(kafka)})
    word = kafka.password if is_right else "planted-and-wrong"
    [(ok, said)] = asking.kafka({"WORD": word})
    assert ok is is_right
    assert ("refused the credentials" in said) is not is_right
    assert word not in said


def test_a_topic_that_may_be_seen_but_not_read(kafka: Broker, asking: Asking) -> None:
    topic = kafka.topic("orders")
    may_describe = AclBinding(
        ResourceType.TOPIC,
        topic,
        ResourcePatternType.LITERAL,
        f"User:{kafka.user}",
        "*",
        AclOperation.DESCRIBE,
        AclPermissionType.ALLOW,
    )
    admin = AdminClient(kafka.client())  # the request ends with it
    admin.create_acls([may_describe])[may_describe].result(30)
    asking.table("a", {**over(topic, ""), **with_password(kafka)})
    [(ok, said)] = asking.kafka({"WORD": kafka.password})
    assert ok is False
    assert f"does not allow reading the topic {topic} of the table a" in said


def test_the_report_has_both_lines(
    kafka: Broker, registry: Registry, tmp_path: Path, connectors: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "connectors").symlink_to(connectors)
    avro = {"avro-confluent.url": registry.url}
    options = over(kafka.topic("orders"), kafka.bootstrap, avro, "avro-confluent")
    write(tmp_path / "tables", "orders", "id INT", options)
    loaded = settings.load(home=home, tables=(tmp_path / "tables",))
    found = {f.what: f for f in doctor.examine(loaded) if f.what in {"Kafka", "Registry"}}
    assert all(finding.ok for finding in found.values())
    assert found["Kafka"].detail == f"{kafka.bootstrap} answers; readable: orders"
    assert found["Registry"].detail.endswith("answers (orders)")


@pytest.mark.parametrize("is_right", [True, False])
def test_the_cluster_of_documents_is_asked_with_its_password(kafka: Broker, is_right: bool) -> None:
    endpoint = KafkaEndpoint(kafka.sasl_bootstrap, kafka.properties)
    word = kafka.password if is_right else "planted-and-wrong"
    ok, said = doctor_streams.kafka_of_documents(endpoint, {"KAFKA_PASSWORD": word})
    assert ok is is_right
    assert ("does not accept the credentials" in said) is not is_right
    assert word not in said
