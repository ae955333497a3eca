"""Every Avro type from a producer to the real Flink, by the table file that an import writes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

from app import table_imports
from app.catalog import loader
from app.engines.changelog import Changelog
from app.engines.pyflink import PyFlinkEngine
from app.sql import guard
from app.sql.dialect.words import identifier
from app.sql.guard import ParsedStatement
from app.table_imports import Import
from ingest.kafka_client import KafkaEndpoint
from ingest.registry.client import HttpRegistry, RegistryEndpoint
from ingest.registry.cluster import KafkaCluster, table_options
from ingest.registry.rendering import Surroundings
from tests.kafka.broker import Broker, Record
from tests.kafka.registry import Registry
from tests.registries import a_field, logical, record

pytestmark = [pytest.mark.kafka, pytest.mark.flink]

AT = datetime(2026, 11, 22, 17, 30, 15, 123000, tzinfo=UTC)
LOCAL = datetime(2026, 11, 22, 17, 30, 15, 123000)  # noqa: DTZ001 - a local time has no zone
STATES = {"type": "enum", "name": "State", "symbols": ["NEW", "PAID"]}
SEAT = [a_field("city", "string"), a_field("floor", "int", default=1)]
BERN, ROME = {"city": "Bern", "floor": 2}, {"city": "Rome", "floor": 3}

FIELDS: list[tuple[str, Any, Any, Any]] = [
    # field, Avro type, what is produced, what Flink gives (None for what is left out)
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
    ("mixed", ["null", "string", "int"], 3, None),
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
    (
        "sender",
        {
            "type": "record",
            "name": "Party",
            "fields": [
                {"name": "name", "type": "string"},
                {"name": "seat", "type": {"type": "record", "name": "Seat", "fields": SEAT}},
                {"name": "before", "type": {"type": "array", "items": "Seat"}},
                {"name": "next", "type": ["null", "Seat"]},
            ],
        },
        {"name": "Ann", "seat": BERN, "before": [ROME], "next": ROME},
        {"name": "Ann", "seat": BERN, "before": [ROME], "next": ROME},
    ),
    (
        "receiver",
        ["null", "Party"],
        {"name": "Bo", "seat": ROME, "before": [BERN], "next": None},
        {"name": "Bo", "seat": ROME, "before": [BERN], "next": None},
    ),
    ("nobody", ["null", "Party"], None, None),
    ("legs", {"type": "array", "items": ["Seat", "null"]}, [BERN, None], [BERN, None]),
]
SCHEMA = record(
    "Everything", *(a_field(name, kind) for name, kind, _, _ in FIELDS), namespace="shop"
)


Ask = Callable[[str], list[dict[str, Any]]]


@pytest.fixture
def produce(kafka: Broker, registry: Registry) -> Callable[..., None]:
    """Writes records as a producer does that registers their schemas."""
    client = SchemaRegistryClient({"url": registry.url})

    def run(
        topic: str, schema: Any, *values: Any, keys: tuple[Any, Sequence[Any]] | None = None
    ) -> None:
        write = AvroSerializer(client, json.dumps(schema))
        made = [write(one, SerializationContext(topic, MessageField.VALUE)) for one in values]
        names = [None] * len(values)
        if keys:
            write = AvroSerializer(client, json.dumps(keys[0]))
            names = [write(one, SerializationContext(topic, MessageField.KEY)) for one in keys[1]]
        kafka.produce(topic, [Record(one, key) for one, key in zip(made, names, strict=True)])

    return run


@pytest.fixture
def imported(kafka: Broker, registry: Registry, tmp_path: Path) -> Callable[[], None]:
    """Imports all topics of the registry into a folder."""
    cluster = KafkaEndpoint(kafka.bootstrap)

    def run() -> None:
        with HttpRegistry(RegistryEndpoint(registry.url)) as client:
            where = Surroundings(table_options(cluster), registry.url, "", identifier)
            asked = KafkaCluster(cluster, {})
            job = Import(client, asked, where, tmp_path / "tables", lambda *_: None)
            for plan in table_imports.plans(job, table_imports.topics(client.subjects())):
                assert plan.status in {"new", "changed"}, plan.problems
                table_imports.write(plan)

    return run


@pytest.fixture
def ask(tmp_path: Path, connectors: Path) -> Iterator[Ask]:
    """Runs a query over the imported tables; in a zone in which a wrong one would show."""
    with ExitStack() as opened:

        def run(sql: str) -> list[dict[str, Any]]:
            catalog = loader.load([tmp_path / "tables"])
            assert not catalog.problems
            engine = PyFlinkEngine(
                catalog, environ={}, state_dir=tmp_path / "state", time_zone="America/New_York"
            )
            opened.enter_context(engine)
            query = guard.check(sql, catalog, engine.parse, row_limit=1000)
            return list(engine.run(query).table.to_pylist())

        yield run


@pytest.fixture
def follow(tmp_path: Path, connectors: Path) -> Callable[..., list[Any]]:
    """Folds the changes of a query of one column until it holds what is waited for."""

    def run(sql: str, until: Callable[[list[Any]], bool]) -> list[Any]:
        catalog = loader.load([tmp_path / "tables"])
        with PyFlinkEngine(catalog, environ={}, state_dir=tmp_path / "state") as engine:
            # Flink's parser would refuse it as a snapshot: in batch mode it reads no updates.
            parsed = ParsedStatement(("PlannerQueryOperation",), catalog.names, is_query=True)
            query = guard.check(sql, catalog, lambda _: parsed, row_limit=9)
            log = Changelog()
            with engine.changes(query) as changes:
                for kinds, rows in changes:
                    log.fold(kinds, rows)
                    held: list[Any] = log.snapshot().columns[0].to_pylist()
                    if until(held):
                        return held
        raise AssertionError("the changes ended")

    return run


def test_all_types(
    kafka: Broker, produce: Callable[..., None], imported: Callable[[], None], ask: Ask
) -> None:
    topic = kafka.topic("everything")
    produce(topic, SCHEMA, {name: made for name, _, made, _ in FIELDS})
    imported()
    [row] = ask(f"SELECT * FROM {topic.replace('-', '_')}")
    read = {name: dict(row[name]) if name == "scores" else row.get(name) for name, *_ in FIELDS}
    assert read == {name: expected for name, _, _, expected in FIELDS}


JSON_SCHEMA = {
    "type": "object",
    "required": ["id", "made_at"],
    "properties": {
        "id": {"type": "string"},
        "made_at": {"type": "string", "format": "date-time"},
        "count": {"type": ["integer", "null"]},
        "price": {"type": "number"},
        "due": {"type": "string", "format": "date"},
        "photo": {"type": "string", "contentEncoding": "base64"},
        "address": {"properties": {"street": {"type": "string"}}},
        "tags": {"type": "array", "items": {"type": "string"}},
        "scores": {"type": "object", "additionalProperties": {"type": "number"}},
        "free": {"type": "object"},
        "either": {"type": ["string", "integer"]},
    },
}


def test_json_records_without_a_number_before_them(
    kafka: Broker, registry: Registry, imported: Callable[[], None], ask: Ask
) -> None:
    topic = kafka.topic("json")
    client = SchemaRegistryClient({"url": registry.url})
    client.register_schema(f"{topic}-value", Schema(json.dumps(JSON_SCHEMA), "JSON"))
    made = {
        "id": "a",
        "made_at": "2026-11-22T17:30:15.123Z",
        "count": 3,
        "price": 1.5,
        "due": "2026-11-23",
        "photo": "AP8=",
        "address": {"street": "Main"},
        "tags": ["x"],
        "scores": {"y": 0.5},
        "free": {"deep": [1]},
        "either": 7,
    }
    sparse = {"id": "b", "made_at": "2026-11-22T17:30:15Z"}
    kafka.produce(topic, [Record(json.dumps(one).encode()) for one in (made, sparse)])
    imported()
    full, empty = ask(f"SELECT * FROM {topic.replace('-', '_')} ORDER BY id")
    assert {**full, "scores": dict(full["scores"])} == {
        **made,
        "made_at": AT,
        "due": date(2026, 11, 23),
        "photo": b"\x00\xff",
        "free": '{"deep":[1]}',
        "either": "7",
    }
    assert empty == dict.fromkeys(made) | {"id": "b", "made_at": AT.replace(microsecond=0)}


def test_an_evolved_schema_reads_old_and_new_records(
    kafka: Broker, produce: Callable[..., None], imported: Callable[[], None], ask: Ask
) -> None:
    topic = kafka.topic("evolved")
    table = topic.replace("-", "_")
    first = record(
        "Order", a_field("id", "string"), a_field("at", logical("long", "timestamp-millis"))
    )
    produce(topic, first, {"id": "a", "at": AT})
    imported()
    assert ask(f"SELECT id, `at` FROM {table}") == [{"id": "a", "at": AT}]
    fields = [*first["fields"], a_field("state", STATES, default="NEW")]
    produce(topic, {**first, "fields": fields}, {"id": "b", "at": AT, "state": "PAID"})
    imported()
    rows = ask(f"SELECT id, state, `at` FROM {table} ORDER BY id")
    assert [(row["id"], row["state"], row["at"]) for row in rows] == [
        ("a", "NEW", AT),
        ("b", "PAID", AT),
    ]


def test_a_schema_may_evolve_while_its_records_are_followed(
    kafka: Broker,
    produce: Callable[..., None],
    imported: Callable[[], None],
    follow: Callable[..., list[Any]],
) -> None:
    topic = kafka.topic("evolving")
    first = record("Order", a_field("id", "string"), a_field("state", STATES, default="NEW"))
    wider = {**first, "fields": [*first["fields"], a_field("note", ["null", "string"])]}
    fewer = {**first, "fields": first["fields"][:1]}
    produce(topic, first, {"id": "a", "state": "PAID"})
    imported()

    more: list[tuple[list[str], Any, Any]] = [
        (["a PAID"], wider, {"id": "b", "state": "PAID", "note": "new"}),
        (["a PAID", "b PAID"], fewer, {"id": "c"}),
    ]

    def has_come(held: list[Any]) -> bool:
        if more and sorted(held) == more[0][0]:
            _, schema, value = more.pop(0)
            produce(topic, schema, value)
        return len(held) > 2

    asked = f"SELECT id || ' ' || state FROM {topic.replace('-', '_')}"
    held = follow(asked, until=has_come)
    assert sorted(held) == ["a PAID", "b PAID", "c NEW"]


def compacted(kafka: Broker, name: str) -> str:
    topic = f"{kafka.topic(name)}-c"
    config = {"cleanup.policy": "compact"}
    admin = AdminClient(kafka.client())
    [made] = admin.create_topics([NewTopic(topic, 1, 1, config=config)]).values()
    made.result(timeout=30)
    return topic


KEY = record("Key", a_field("id", "long"))
VALUES: dict[str, Any] = {
    "the value holds the key": record("V", a_field("id", "long"), a_field("n", "int")),
    "the value has a field of that name": record(
        "V", a_field("id", ["null", "long"]), a_field("n", "int")
    ),
    "the value does not hold the key": record("V", a_field("n", "int")),
}


@pytest.mark.parametrize("what", VALUES)
def test_a_compacted_topic_has_one_row_for_a_key(
    what: str,
    kafka: Broker,
    produce: Callable[..., None],
    imported: Callable[[], None],
    follow: Callable[..., list[Any]],
) -> None:
    topic = compacted(kafka, "levels")
    ids = [1, 2, 1]
    values = [{"id": id_, "n": n} for n, id_ in enumerate(ids)]
    produce(topic, VALUES[what], *values, keys=(KEY, [{"id": id_} for id_ in ids]))
    imported()
    held = follow(f"SELECT n FROM {topic.replace('-', '_')}", until=lambda rows: 2 in rows)
    assert sorted(held) == [1, 2]
