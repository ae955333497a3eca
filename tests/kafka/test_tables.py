"""Tables over real topics, from a file of SQL to rows, by the engine that answers questions."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

from app.catalog import loader
from app.engines.pyflink import PyFlinkEngine
from app.sql import guard
from tests.kafka.broker import Broker, Record
from tests.kafka.registry import Registry
from tests.test_cli import tributary

pytestmark = [pytest.mark.flink, pytest.mark.kafka]

Rows = list[dict[str, Any]]
Ask = Callable[..., Rows]

AVRO_ORDER = {
    "type": "record",
    "name": "Order",
    "fields": [
        {"name": "id", "type": "string"},
        {"name": "amount", "type": ["null", "double"], "default": None},
    ],
}


def write(folder: Path, name: str, columns: str, options: Mapping[str, str]) -> None:
    """Writes the file of one table, as a user would."""
    pairs = ",\n  ".join(f"'{key}' = '{value}'" for key, value in options.items())
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.sql").write_text(f"CREATE TABLE {name} ({columns}) WITH (\n  {pairs}\n);\n")


def over(
    topic: str, bootstrap: str, more: Mapping[str, str] | None = None, value: str = "json"
) -> dict[str, str]:
    """The options of a table over a topic of such values."""
    return {
        "connector": "kafka",
        "topic": topic,
        "properties.bootstrap.servers": bootstrap,
        "scan.startup.mode": "earliest-offset",
        "format": value,
        **(more or {}),
    }


@pytest.fixture
def ask(tmp_path: Path, connectors: Path, engine: PyFlinkEngine) -> Iterator[Ask]:
    """Runs one query over the tables in `tmp_path`/tables; `engine` keeps the JVM running."""
    with ExitStack() as opened:

        def run(sql: str, environ: Mapping[str, str] | None = None) -> Rows:
            catalog = loader.load([tmp_path / "tables"])
            assert not catalog.problems
            own = PyFlinkEngine(catalog, environ=environ or {}, state_dir=tmp_path / "state")
            opened.enter_context(own)
            query = guard.check(sql, catalog, own.parse, row_limit=1000)
            return list(own.run(query).table.to_pylist())

        yield run


def test_json_records_are_read_up_to_the_newest(kafka: Broker, tmp_path: Path, ask: Ask) -> None:
    topic = kafka.topic("orders", partitions=3)
    orders = [{"id": n, "city": "Bern" if n % 2 else "Genoa"} for n in range(60)]
    kafka.produce(topic, [Record(json.dumps(one).encode()) for one in orders])
    write(tmp_path / "tables", "orders", "id INT, city STRING", over(topic, kafka.bootstrap))
    assert ask("SELECT * FROM orders ORDER BY id") == orders
    kafka.produce(topic, [Record(b'{"id": 60, "city": "Turin"}')])
    counted = ask("SELECT city, COUNT(*) AS n FROM orders GROUP BY city ORDER BY city")
    assert counted == [
        {"city": "Bern", "n": 30},
        {"city": "Genoa", "n": 30},
        {"city": "Turin", "n": 1},
    ]


def test_an_empty_topic_has_no_rows(kafka: Broker, tmp_path: Path, ask: Ask) -> None:
    topic = kafka.topic("orders", partitions=2)
    write(tmp_path / "tables", "orders", "id INT", over(topic, kafka.bootstrap))
    assert ask("SELECT * FROM orders") == []


def test_every_compression_is_read(kafka: Broker, tmp_path: Path, ask: Ask) -> None:
    """Two of the codecs come with Flink, the others with the connector's jars."""
    topic = kafka.topic("orders")
    codecs = ("none", "gzip", "snappy", "lz4", "zstd")
    for codec in codecs:
        producer = Producer(kafka.client({"compression.type": codec}))
        producer.produce(topic, json.dumps({"codec": codec, "filler": "x" * 2000}).encode())
        assert producer.flush(30) == 0
    write(tmp_path / "tables", "orders", "codec STRING", over(topic, kafka.bootstrap))
    assert [row["codec"] for row in ask("SELECT codec FROM orders")] == list(codecs)


def test_avro_records_are_read_by_the_registrys_schema(
    kafka: Broker, registry: Registry, tmp_path: Path, ask: Ask
) -> None:
    topic = kafka.topic("orders")
    client = SchemaRegistryClient({"url": registry.url, "basic.auth.user.info": "ann:pw"})
    orders = [{"id": "A1", "amount": 10.5}, {"id": "A2", "amount": None}]
    context = SerializationContext(topic, MessageField.VALUE)
    with registry.requires("ann", "pw"):
        written = AvroSerializer(client, json.dumps(AVRO_ORDER))
        kafka.produce(topic, [Record(written(one, context)) for one in orders])
        more = {
            "avro-confluent.url": registry.url,
            "avro-confluent.basic-auth.credentials-source": "USER_INFO",
            "avro-confluent.basic-auth.user-info": "${REGISTRY_LOGIN}",
        }
        options = over(topic, kafka.bootstrap, more, "avro-confluent")
        write(tmp_path / "tables", "orders", "id STRING, amount DOUBLE", options)
        assert ask("SELECT * FROM orders", {"REGISTRY_LOGIN": "ann:pw"}) == orders


def test_a_broker_that_wants_a_password_gets_it_from_a_placeholder(
    kafka: Broker, tmp_path: Path, ask: Ask
) -> None:
    topic = kafka.topic("orders")
    kafka.produce(topic, [Record(b'{"id": 1}')])
    login = (
        "org.apache.kafka.common.security.plain.PlainLoginModule required"
        f' username="{kafka.user}" password="${{KAFKA_PASSWORD}}";'
    )
    more = {
        "properties.security.protocol": "SASL_PLAINTEXT",
        "properties.sasl.mechanism": "PLAIN",
        "properties.sasl.jaas.config": login,
    }
    options = over(topic, kafka.sasl_bootstrap, more)
    write(tmp_path / "tables", "orders", "id INT", options)
    assert ask("SELECT * FROM orders", {"KAFKA_PASSWORD": kafka.password}) == [{"id": 1}]


def test_a_table_whose_connector_is_missing_says_how_to_add_it(
    kafka: Broker, connectors: Path, tmp_path: Path
) -> None:
    """Only the command shows it: the JVM of this process has the connectors."""
    topic = kafka.topic("orders")
    kafka.produce(topic, [Record(b'{"id": 1}')])
    write(tmp_path / "tables", "orders", "id INT", over(topic, kafka.bootstrap))
    (tmp_path / "tributary.toml").write_text('home = "home"\ntables = ["tables"]\n')
    query = ("sql", "SELECT id FROM orders", "--json")
    refused = tributary(*query, cwd=tmp_path)
    said = " ".join(refused.stderr.split())
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "The table orders needs 'kafka', which this Flink does not have." in said
    assert "Run `tributary connectors add kafka`, then start Tributary again." in said
    examined = " ".join(tributary("doctor", cwd=tmp_path).stdout.split())
    assert "orders needs kafka; run `tributary connectors add kafka`." in examined

    shutil.copytree(connectors, tmp_path / "home" / "connectors")
    assert json.loads(tributary(*query, cwd=tmp_path).stdout)["rows"] == [{"id": 1}]
    assert "Connectors: kafka, avro" in tributary("doctor", cwd=tmp_path).stdout
