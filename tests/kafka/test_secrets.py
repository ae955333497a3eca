"""Credentials of Kafka and of the registry are told nobody: what is written or sent is searched."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

import app
from app.answer import Answer
from app.errors import TributaryError
from tests.agent.model_server import ModelServer, Reply, Request, serving, sql
from tests.kafka.broker import Broker, Record
from tests.kafka.registry import Registry
from tests.kafka.test_tables import AVRO_ORDER, over, write

pytestmark = [pytest.mark.flink, pytest.mark.kafka]

WRONG = "planted-wrong-7731"
REGISTRY_WORD = "planted-registry-5521"
MODEL_KEY = "planted-model-1871"
COUNT = "SELECT COUNT(*) AS n, SUM(amount) AS total FROM orders"


def _count(request: Request) -> Reply:
    """Counts, and repeats all that came back."""
    tools = [str(m["content"]) for m in request.messages if m["role"] == "tool"]
    return Reply(f"It said: {tools[-1]}") if tools else sql(COUNT)


def _shop(kafka: Broker, registry: Registry, folder: Path) -> None:
    """A table of Avro records behind two passwords, which its file does not hold."""
    topic = kafka.topic("orders")
    client = SchemaRegistryClient(
        {"url": registry.url, "basic.auth.user.info": f"ann:{REGISTRY_WORD}"}
    )
    written = AvroSerializer(client, json.dumps(AVRO_ORDER))
    context = SerializationContext(topic, MessageField.VALUE)
    kafka.produce(topic, [Record(written({"id": "A1", "amount": 10.5}, context))])
    login = "org.apache.kafka.common.security.plain.PlainLoginModule required"
    more = {
        "properties.security.protocol": "SASL_PLAINTEXT",
        "properties.sasl.mechanism": "PLAIN",
        "properties.sasl.jaas.config": f'{login} username="${{WHO}}" password="${{WORD}}";',
        "avro-confluent.url": registry.url,
        "avro-confluent.basic-auth.credentials-source": "USER_INFO",
        "avro-confluent.basic-auth.user-info": "ann:${REGISTRY_WORD}",
    }
    options = over(topic, kafka.sasl_bootstrap, more, "avro-confluent")
    write(folder / "tables", "orders", "id STRING, amount DOUBLE", options)


@pytest.mark.parametrize("responder", ["rules", "agent"])
@pytest.mark.parametrize(
    ("environ", "fails"),
    [({}, False), ({"WORD": WRONG}, True), ({"REGISTRY_WORD": WRONG}, True)],
    ids=["right", "wrong for Kafka", "wrong for the registry"],
)
@pytest.mark.usefixtures("engine", "connectors")
def test_nothing_that_is_written_or_sent_holds_a_credential(
    kafka: Broker,
    registry: Registry,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    *,
    capfd: pytest.CaptureFixture[str],
    environ: dict[str, str],
    fails: bool,
    responder: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, "markdown_it")
    right = {"WHO": kafka.user, "WORD": kafka.password, "REGISTRY_WORD": REGISTRY_WORD}
    for name, value in {**right, **environ}.items():
        monkeypatch.setenv(name, value)
    with registry.requires("ann", REGISTRY_WORD), serving(_count) as model:
        _shop(kafka, registry, tmp_path)
        answer, said = _asked(tmp_path / "home", tmp_path / "tables", model, responder)
    assert bool(answer.results) is not fails, said
    assert answer.notices or not fails
    told = [
        said,
        repr(answer),
        json.dumps(answer.to_dict()),
        *(json.dumps(request.body) for request in model.requests),
        caplog.text,
        *capfd.readouterr(),
    ]
    planted = (kafka.password, REGISTRY_WORD, WRONG, MODEL_KEY)
    for text in told:
        assert not [word for word in planted if word in text]
    for file in (tmp_path / "home").rglob("*"):
        held = file.read_bytes() if file.is_file() else b""
        assert not [word for word in planted if word.encode() in held], file


def _asked(home: Path, tables: Path, model: ModelServer, responder: str) -> tuple[Answer, str]:
    """An answer, and what the assistant says of the same query and of its tables."""
    spoken = [repr(model.url)]
    more = {"model": "openai:scripted", "model_url": model.url, "model_key": MODEL_KEY}
    chosen = more if responder == "agent" else {}
    with app.connect(home=home, tables=(tables,), query_timeout=30.0, **chosen) as assistant:
        answer = assistant.ask("How many orders are there?")
        try:
            spoken.append(repr(assistant.sql(COUNT).rows()))
        except TributaryError as error:
            spoken += [str(error), repr(error), error.hint]
        spoken += [repr(assistant.catalog), repr(assistant.history(answer.conversation))]
        spoken.append(repr([table.options for table in assistant.catalog]))
    return answer, "\n".join(spoken)
