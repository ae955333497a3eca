"""What the sample shop's records hold: JSON, or Avro with the schema's number in front.

`topics` calls `encoder`. Schemas are registered under `<topic>-value`, with the tables' comments as
their docs and with logical types, as a producer of real topics would.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ingest.demo.events import Event
from ingest.demo.streams import Stream, streams
from ingest.demo.topic_tables import ShopTopics, avro_type, record_name
from ingest.errors import IngestError

if TYPE_CHECKING:
    from confluent_kafka.schema_registry import SchemaRegistryClient

Encode = Callable[[Event], bytes]
"""The value of an event's record."""

NULLABLE = {
    "payments": frozenset({"failure_reason"}),
    "page_views": frozenset({"customer_id", "product"}),
}
"""The fields that may be null, by stream."""

_SECONDS, _RETRIES = 10.0, 1


def encoder(where: ShopTopics) -> Encode:
    """How the records of these topics are made; registers the schemas where there is a registry.

    Raises:
        IngestError: The registry cannot be reached, or does not take a schema.
    """
    if not where.registry:
        return lambda event: event.to_json().encode()
    from confluent_kafka.schema_registry import SchemaRegistryClient  # noqa: PLC0415 - slow

    options = {"url": where.registry, "timeout": _SECONDS, "max.retries": _RETRIES}
    client = SchemaRegistryClient(options)
    encoders = {name: _avro(client, stream, where) for name, stream in streams().items()}
    return lambda event: encoders[event.stream](event)


def schema(stream: Stream) -> dict[str, Any]:
    """The Avro schema that a stream's records are written with."""
    nullable = NULLABLE.get(stream.name, frozenset())
    fields = []
    for column in stream.columns:
        kind: Any = avro_type(column)
        null = {"type": ["null", kind], "default": None} if column.name in nullable else {}
        fields.append({"name": column.name, "type": kind, "doc": column.comment, **null})
    namespace, _, name = record_name(stream).rpartition(".")
    doc = {"doc": stream.comment}
    return {"type": "record", "name": name, "namespace": namespace, **doc, "fields": fields}


def _avro(client: SchemaRegistryClient, stream: Stream, where: ShopTopics) -> Encode:
    from confluent_kafka.schema_registry import Schema  # noqa: PLC0415 - slow
    from confluent_kafka.schema_registry.avro import AvroSerializer  # noqa: PLC0415 - slow
    from confluent_kafka.serialization import (  # noqa: PLC0415 - slow
        MessageField,
        SerializationContext,
    )

    context = SerializationContext(where.topic(stream.name), MessageField.VALUE)
    text = json.dumps(schema(stream))
    with _registry_errors(where, context.topic):
        client.register_schema(f"{context.topic}-value", Schema(text, "AVRO"))
    serialize = AvroSerializer(client, text)
    instants = [column.name for column in stream.columns if column.is_instant]

    def encode(event: Event) -> bytes:
        times = {name: datetime.fromisoformat(str(event.payload[name])) for name in instants}
        with _registry_errors(where, context.topic):
            value = serialize({**event.payload, **times}, context)
        return bytes(value or b"")

    return encode


@contextmanager
def _registry_errors(where: ShopTopics, topic: str) -> Iterator[None]:
    """Maps the client's exceptions to `IngestError`; what a server said is not shown."""
    from confluent_kafka.schema_registry import SchemaRegistryError  # noqa: PLC0415 - slow
    from confluent_kafka.schema_registry.common._httpx_compat import httpx  # noqa: PLC0415 - slow

    host = urlsplit(where.registry).netloc
    try:
        yield
    except SchemaRegistryError as error:
        message, hint = _REFUSALS.get(error.http_status_code, _OTHER)
        said = message.format(subject=f"{topic}-value", status=error.http_status_code)
        raise IngestError(f"The schema registry at {host} {said}", hint=hint) from error
    except httpx.HTTPError as error:
        raise IngestError(
            f"The schema registry at {host} cannot be reached.",
            hint="Check the address, and that it runs.",
        ) from error


_CREDENTIALS = (
    "wants credentials ({status}), and the sample shop has none.",
    "Use a registry without, or leave --registry out for JSON.",
)
_REFUSALS: Mapping[int, tuple[str, str]] = {
    401: _CREDENTIALS,
    403: _CREDENTIALS,
    409: (
        "has another schema for {subject}, which the sample shop's does not go with.",
        "Give other topics with --topic-prefix, or delete that subject.",
    ),
}
_OTHER = (
    "did not take a schema for {subject} ({status}).",
    "Check that the address is the registry's own, with its path.",
)
