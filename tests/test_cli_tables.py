"""`tributary tables` as its users meet it: the list, and the import."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

from app.memory.examples import Examples
from tests.commands import called
from tests.kafka.broker import Broker, Record
from tests.kafka.registry import Registry
from tests.registries import a_field, logical, record
from tests.samples import NOW
from tests.test_cli import free_port

AT = a_field("placed_at", logical("long", "timestamp-millis"))
ORDER = record("Order", a_field("id", "string"), a_field("amount", "int"), AT)
SECRET = "planted-secret"


def test_the_list_needs_no_command(tmp_path: Path) -> None:
    for arguments in ((), ("--json",)):
        run = called("tables", "--home", str(tmp_path / "home"), *arguments, cwd=tmp_path)
        assert (run.returncode, "payments" in run.stdout) == (0, True)
    assert "import" in called("tables", "--help", cwd=tmp_path).stdout


def test_what_is_missing_is_wrong_usage(tmp_path: Path) -> None:
    run = called("tables", "import", "--bootstrap", "h:1", cwd=tmp_path)
    assert run.returncode == 2
    assert "--registry" in run.stderr


REFUSED: dict[str, tuple[list[str], str]] = {
    "no registry there": ([], "cannot be reached"),
    "credentials in the address": (["--registry", f"http://me:{SECRET}@x"], "holds credentials"),
    "a password in the open": (["--property", f"sasl.password={SECRET}"], "${NAME}"),
    "no property": (["--property", "acks"], "NAME=VALUE"),
    "no address": (["--bootstrap", "here"], "kafka_bootstrap is wrong"),
    "no cluster": (["--bootstrap", ""], "No Kafka cluster is named. Give --bootstrap"),
    "what a table cannot say": (["--property", "sasl.oauthbearer.method=OIDC"], "table files"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_done_is_one_message(what: str, tmp_path: Path) -> None:
    arguments, said = REFUSED[what]
    there = ("--registry", f"http://127.0.0.1:{free_port()}", "--bootstrap", "127.0.0.1:1")
    run = called("tables", "import", *there, *arguments, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (1, "")
    assert said in " ".join(run.stderr.split())
    assert SECRET not in run.stderr


@pytest.fixture
def client(registry: Registry) -> SchemaRegistryClient:
    return SchemaRegistryClient({"url": registry.url})


@pytest.fixture
def connected(connectors: Path, tmp_path: Path) -> None:
    """The folder `home` has the connectors for Kafka."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "connectors").symlink_to(connectors)


def register(client: SchemaRegistryClient, subject: str, schema: object) -> None:
    client.register_schema(subject, Schema(json.dumps(schema), "AVRO"))


@pytest.mark.kafka
def test_an_import_and_an_import_again(
    kafka: Broker, registry: Registry, client: SchemaRegistryClient, tmp_path: Path
) -> None:
    (tmp_path / "tributary.toml").write_text('tables = ["streams"]\nhome = "home"')
    topic, odd = kafka.topic("orders"), kafka.topic("odd")
    register(client, f"{topic}-value", ORDER)
    register(client, f"{odd}-value", "string")
    register(client, "nowhere-value", ORDER)
    asked = ("tables", "import", "--registry", registry.url, "--bootstrap", kafka.bootstrap)

    dry = called(*asked, "--dry-run", cwd=tmp_path)
    assert "new file" in dry.stdout
    assert "'connector' = 'kafka'" in dry.stdout
    assert not (tmp_path / "streams").exists()

    run = called(*asked, cwd=tmp_path)
    assert run.returncode == 4
    said = " ".join(run.stderr.split())
    assert f"{odd}: It is no record" in said
    assert "nowhere: The Kafka cluster has no topic" in said
    file = tmp_path / "streams" / f"{topic}.sql"
    first = file.read_text()
    listed = called("tables", cwd=tmp_path).stdout
    assert "placed_at" in listed
    assert "event time" in listed

    again = called(*asked, "--subject", f"{topic}*", cwd=tmp_path)
    assert (again.returncode, "up to date" in again.stdout) == (0, True)
    none = called(*asked, "--subject", "nothing*", cwd=tmp_path)
    assert (none.returncode, none.stdout) == (1, "")
    assert "No topic of the registry matches nothing*." in none.stderr
    wider = [*ORDER["fields"], a_field("note", ["null", "string"], default=None)]
    register(client, f"{topic}-value", {**ORDER, "fields": wider})
    unasked = called(*asked, "--subject", topic, cwd=tmp_path)
    assert (unasked.returncode, file.read_text()) == (1, first)
    assert "--yes" in unasked.stderr
    for said in ("version 1 to 2", "full: ", "note STRING is new", "+  note"):
        assert said in unasked.stdout
    changed = called(*asked, "--subject", topic, "--yes", cwd=tmp_path)
    assert changed.returncode == 0
    assert "note" in file.read_text()


@pytest.mark.kafka
def test_a_file_names_the_variables_of_credentials_and_holds_none(
    kafka: Broker,
    registry: Registry,
    client: SchemaRegistryClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    topic = kafka.topic("orders")
    register(client, f"{topic}-value", ORDER)
    monkeypatch.setenv("SCHEMA_REGISTRY_AUTH", f"me:{SECRET}")
    monkeypatch.setenv("KAFKA_PASSWORD", kafka.password)
    (tmp_path / "tributary.toml").write_text(kafka.settings())
    asked = ("tables", "import", "--registry", registry.url)
    with registry.requires("me", SECRET):
        wrong = called(*asked, "--property", "sasl.password=${SCHEMA_REGISTRY_AUTH}", cwd=tmp_path)
        run = called(*asked, cwd=tmp_path)
    assert (wrong.returncode, run.returncode) == (1, 0)
    assert "does not accept the credentials" in " ".join(wrong.stderr.split())
    text = (tmp_path / "tables" / f"{topic}.sql").read_text()
    for placeholder in ("${SCHEMA_REGISTRY_AUTH}", 'password="${KAFKA_PASSWORD}"'):
        assert placeholder in text
    for secret in (SECRET, kafka.password):
        assert secret not in text + run.stdout + run.stderr + wrong.stdout + wrong.stderr


@pytest.mark.kafka
@pytest.mark.flink
@pytest.mark.usefixtures("connected", "engine")
def test_a_question_is_answered_from_an_imported_table(
    kafka: Broker,
    registry: Registry,
    client: SchemaRegistryClient,
    tmp_path: Path,
) -> None:
    (tmp_path / "tributary.toml").write_text('tables = ["tables"]\nhome = "home"')
    topic = kafka.topic("purchases")
    schema = {**ORDER, "doc": "Purchases, one row each"}
    write = AvroSerializer(client, json.dumps(schema))
    now = datetime.now(UTC)
    for n, minutes in enumerate((5, 20, 50, 300)):
        made = {"id": f"O-{n}", "amount": 10, "placed_at": now - timedelta(minutes=minutes)}
        value = write(made, SerializationContext(topic, MessageField.VALUE))
        kafka.produce(topic, [Record(value)])
    there = ("--registry", registry.url, "--bootstrap", kafka.bootstrap)
    assert called("tables", "import", *there, cwd=tmp_path).returncode == 0
    run = called("ask", "How many purchases in the last hour?", "--json", cwd=tmp_path)
    [result] = json.loads(run.stdout)["sources"]
    assert [list(row.values()) for row in result["rows"]] == [[3]]
    assert list(result["as_of"]) == [topic.replace("-", "_")]


@pytest.mark.kafka
@pytest.mark.flink
@pytest.mark.usefixtures("connected", "engine")
def test_examples_that_a_new_version_breaks_are_named(
    kafka: Broker,
    registry: Registry,
    client: SchemaRegistryClient,
    tmp_path: Path,
) -> None:
    (tmp_path / "tributary.toml").write_text('tables = ["t"]\nhome = "home"\nexamples = "kept"')
    topic = kafka.topic("orders")
    table = topic.replace("-", "_")
    register(client, f"{topic}-value", ORDER)
    asked = ("tables", "import", "--registry", registry.url, "--bootstrap", kafka.bootstrap)
    assert called(*asked, cwd=tmp_path).returncode == 0
    examples = Examples(tmp_path / "kept")
    ids = {
        column: examples.propose(f"What is {column}?", f"SELECT {column} FROM {table}", NOW).id
        for column in ("id", "amount")
    }
    register(client, f"{topic}-value", record("Order", a_field("id", "string"), AT))
    run = called(*asked, "--yes", cwd=tmp_path)
    assert run.returncode == 0
    assert "amount is gone: queries that use it break" in run.stdout
    assert "1 example broken" in run.stdout
    assert ids["amount"] in run.stdout
    assert ids["id"] not in run.stdout
