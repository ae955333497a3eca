"""The registry keeps the contract that confluent-kafka's own client is written against."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from confluent_kafka.schema_registry import Schema, SchemaReference, SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.schema_registry.error import SchemaRegistryError
from confluent_kafka.serialization import MessageField, SerializationContext

from tests.kafka.registry import Registry

pytestmark = pytest.mark.kafka

FIRST = {"type": "record", "name": "Order", "fields": [{"name": "id", "type": "string"}]}
NOTE = {"name": "note", "type": ["null", "string"], "default": None}
WIDER = {**FIRST, "fields": [*FIRST["fields"], NOTE]}
NARROWED = {**FIRST, "fields": [{"name": "id", "type": "int"}]}
CUSTOMER = {"type": "record", "name": "Customer", "fields": [{"name": "name", "type": "string"}]}
NESTED = {**FIRST, "fields": [{"name": "customer", "type": "Customer"}]}


def avro(schema: object, *references: SchemaReference) -> Schema:
    return Schema(json.dumps(schema), "AVRO", list(references))


def connected(url: str, **options: str) -> SchemaRegistryClient:
    return SchemaRegistryClient({"url": url, **options})


@pytest.fixture
def client(registry: Registry) -> SchemaRegistryClient:
    return connected(registry.url)


def test_versions_count_up_and_are_found_again(client: SchemaRegistryClient) -> None:
    first = client.register_schema("orders-value", avro(FIRST))
    assert client.register_schema("orders-value", avro(FIRST)) == first
    second = client.register_schema("orders-value", avro(WIDER))
    assert client.get_subjects() == ["orders-value"]
    assert client.get_versions("orders-value") == [1, 2]
    latest = client.get_latest_version("orders-value")
    assert (latest.version, latest.schema_id) == (2, second)
    assert json.loads(client.get_schema(first).schema_str or "") == FIRST


def test_what_is_not_there_has_its_error_code(client: SchemaRegistryClient) -> None:
    client.register_schema("orders-value", avro(FIRST))
    asked: dict[int, Callable[[], object]] = {
        40401: lambda: client.get_versions("nothing-value"),
        40402: lambda: client.get_version("orders-value", 9),
        40403: lambda: client.get_schema(123456),
    }
    for code, ask in asked.items():
        with pytest.raises(SchemaRegistryError) as caught:
            ask()
        assert (caught.value.http_status_code, caught.value.error_code) == (404, code)


def test_a_schema_that_breaks_the_rules_is_refused(client: SchemaRegistryClient) -> None:
    client.register_schema("orders-value", avro(FIRST))
    client.set_compatibility("orders-value", "BACKWARD")
    assert client.get_compatibility("orders-value") == "BACKWARD"
    with pytest.raises(SchemaRegistryError) as caught:
        client.register_schema("orders-value", avro(NARROWED))
    assert caught.value.http_status_code == 409
    client.register_schema("orders-value", avro(WIDER))
    with pytest.raises(SchemaRegistryError) as caught:
        client.register_schema("orders-value", Schema('{"type": "nonsense"}', "AVRO"))
    assert (caught.value.http_status_code, caught.value.error_code) == (422, 42201)


def test_references_are_kept(client: SchemaRegistryClient) -> None:
    client.register_schema("customer", avro(CUSTOMER))
    reference = SchemaReference("Customer", "customer", 1)
    client.register_schema("orders-value", avro(NESTED, reference))
    assert client.get_latest_version("orders-value").schema.references == [reference]


def test_a_deleted_subject_is_gone(client: SchemaRegistryClient) -> None:
    client.register_schema("orders-value", avro(FIRST))
    client.delete_subject("orders-value")
    assert client.get_subjects() == []


def test_what_its_serializer_writes_its_deserializer_reads(client: SchemaRegistryClient) -> None:
    context = SerializationContext("orders", MessageField.VALUE)
    written = AvroSerializer(client, json.dumps(WIDER))({"id": "A1", "note": None}, context)
    assert written is not None
    assert written[0] == 0
    assert AvroDeserializer(client)(written, context) == {"id": "A1", "note": None}


def test_it_asks_for_credentials_where_a_test_wants_that(registry: Registry) -> None:
    url = registry.url
    known = SchemaRegistryClient({"url": url, "basic.auth.user.info": "ann:planted"})
    with registry.requires("ann", "planted"):
        assert known.get_subjects() == []
        with pytest.raises(SchemaRegistryError, match="Unauthorized"):
            SchemaRegistryClient({"url": url}).get_subjects()
    with registry.requires(bearer="token"), pytest.raises(SchemaRegistryError):
        known.get_subjects()
