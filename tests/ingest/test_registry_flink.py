"""Every Avro type from a producer to the real Flink, by the table file that an import writes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

from app import table_imports
from app.catalog import loader
from app.engines.pyflink import PyFlinkEngine
from app.sql import guard
from app.sql.dialect.words import identifier
from app.table_imports import Import
from ingest.registry.client import HttpRegistry, RegistryEndpoint
from ingest.registry.cluster import ClusterEndpoint, KafkaCluster
from ingest.registry.rendering import Surroundings
from tests.kafka.broker import Broker, Record
from tests.kafka.registry import Registry

pytestmark = [pytest.mark.kafka, pytest.mark.flink]

AT = datetime(2026, 11, 22, 17, 30, 15, 123000, tzinfo=UTC)
LOCAL = datetime(2026, 11, 22, 17, 30, 15, 123000)  # noqa: DTZ001 - a local time has no zone


def logical(base: str, name: str, **more: object) -> dict[str, object]:
    return {"type": base, "logicalType": name, **more}


FIELDS: list[tuple[str, Any, Any, Any]] = [
    # field, Avro type, what is produced, what Flink gives
    ("text", "string", "it's ü", "it's ü"),
    ("flag", "boolean", True, True),
    ("small", "int", -7, -7),
    ("large", "long", 1 << 40, 1 << 40),
    ("ratio", "float", 0.5, 0.5),
    ("exact", "double", 0.1, 0.1),
    ("raw", "bytes", b"\x00\xff", b"\x00\xff"),
    ("code", {"type": "fixed", "name": "Code", "size": 3}, b"abc", b"abc"),
    ("state", {"type": "enum", "name": "State", "symbols": ["NEW", "PAID"]}, "PAID", "PAID"),
    ("before", ["null", "State"], "NEW", "NEW"),
    (
        "price",
        logical("bytes", "decimal", precision=10, scale=2),
        Decimal("12.30"),
        Decimal("12.30"),
    ),
    ("born", logical("int", "date"), date(1999, 12, 31), date(1999, 12, 31)),
    ("opens", logical("int", "time-millis"), time(8, 30, 1, 5000), time(8, 30, 1)),
    ("ticks", logical("long", "time-micros"), time(0, 0, 1, 7), time(0, 0, 1)),
    ("made_at", logical("long", "timestamp-millis"), AT, AT),
    ("seen_at", ["null", logical("long", "timestamp-micros")], AT, AT),
    ("never", ["null", logical("long", "timestamp-micros")], None, None),
    ("wall", logical("long", "local-timestamp-millis"), LOCAL, LOCAL),
    (
        "ref",
        logical("string", "uuid"),
        "6f1c2f0e-27a1-4a4e-8d6d-0b2d2d7a9d11",
        "6f1c2f0e-27a1-4a4e-8d6d-0b2d2d7a9d11",
    ),
    ("tags", {"type": "array", "items": ["null", "string"]}, ["a", None], ["a", None]),
    ("scores", {"type": "map", "values": "double"}, {"a": 1.5}, {"a": 1.5}),
    ("gone", ["null", "string"], None, None),
    ("mixed", ["null", "string", "int"], 3, ...),
    (
        "address",
        {
            "type": "record",
            "name": "Address",
            "fields": [
                {"name": "street", "type": ["null", "string"]},
                {"name": "method", "type": "State"},
                {"name": "moved", "type": logical("long", "timestamp-millis")},
                {"name": "odd", "type": ["string", "int"]},
            ],
        },
        {"street": "Main", "method": "NEW", "moved": AT, "odd": "x"},
        {"street": "Main", "method": "NEW", "moved": int(AT.timestamp() * 1000)},
    ),
]
SCHEMA = {
    "type": "record",
    "name": "Everything",
    "namespace": "shop",
    "fields": [{"name": name, "type": kind} for name, kind, _, _ in FIELDS],
}


def test_all_types(kafka: Broker, registry: Registry, tmp_path: Path, monkeypatch) -> None:
    from app.engines import pyflink_jvm

    old = pyflink_jvm._command
    jars = [
        "/tmp/r-jars/flink-connector-kafka-5.0.0-2.1.jar",
        "/tmp/r-jars/flink-sql-avro-confluent-registry-2.1.0.jar",
        *map(str, (Path.home() / ".cache/tributary-tests/kafka").rglob("*kafka-clients*.jar")),
        *map(str, (Path.home() / ".cache/tributary-tests/kafka").rglob("*lz4*.jar")),
        *map(str, (Path.home() / ".cache/tributary-tests/kafka").rglob("*snappy*.jar")),
        *map(str, (Path.home() / ".cache/tributary-tests/kafka").rglob("*zstd*.jar")),
    ]

    def cmd(*a, **k):
        c = old(*a, **k)
        i = c.index("-cp")
        c[i + 1] = c[i + 1] + ":" + ":".join(jars)
        return c

    monkeypatch.setattr(pyflink_jvm, "_command", cmd)
    topic = kafka.topic("everything", 1)
    client = SchemaRegistryClient({"url": registry.url})
    serialize = AvroSerializer(client, json.dumps(SCHEMA))
    value = serialize(
        {name: made for name, _, made, _ in FIELDS}, SerializationContext(topic, MessageField.VALUE)
    )
    kafka.produce(topic, [Record(value)])
    cluster = ClusterEndpoint(kafka.bootstrap)
    with HttpRegistry(RegistryEndpoint(registry.url)) as http:
        job = Import(
            http,
            KafkaCluster(cluster, os.environ),
            Surroundings(cluster, registry.url, "", identifier),
            tmp_path / "tables",
            lambda names: None,
        )
        for plan in table_imports.plans(job, table_imports.topics(http.subjects())):
            print(plan.after, plan.problems)
            table_imports.write(plan)
    catalog = loader.load([tmp_path / "tables"])
    print(catalog.problems)
    with PyFlinkEngine(catalog, state_dir=tmp_path / "state") as engine:
        engine.warm_up()
        print(engine.problems)
        [table] = catalog
        safe = guard.check(f"SELECT * FROM {table.name}", catalog, engine.parse, row_limit=10)
        result = engine.run(safe)
        [row] = result.table.to_pylist()
        for name, _, _, expected in FIELDS:
            if expected is not ...:
                print(name, row[name] == expected, repr(row[name]), repr(expected))
    assert False
