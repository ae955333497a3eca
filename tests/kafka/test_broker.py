"""The broker that other tests build on does what `tests.kafka` promises of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, Message
from confluent_kafka.admin import AdminClient

from tests.kafka.broker import Broker, Record

pytestmark = pytest.mark.kafka


def consumed(client: dict[str, object], topic: str, count: int) -> list[Message]:
    options = {"group.id": topic, "auto.offset.reset": "earliest"}
    consumer = Consumer({**client, **options})
    consumer.subscribe([topic])
    messages: list[Message] = []
    deadline = time.monotonic() + 60
    while len(messages) < count and time.monotonic() < deadline:
        messages += [m for m in consumer.consume(count, timeout=0.5) if not m.error()]
    consumer.close()
    return messages


def test_records_come_back_as_they_were_produced(kafka: Broker) -> None:
    topic = kafka.topic("orders", partitions=2)
    sent = [
        Record(b"one", b"a", (("kind", b"x"),), timestamp=1_700_000_000_000, partition=1),
        Record(None, b"a", partition=1),
    ]
    kafka.produce(topic, sent)
    first, second = consumed(kafka.client(), topic, 2)
    assert (first.value(), first.key(), first.partition()) == (b"one", b"a", 1)
    assert first.headers() == [("kind", b"x")]
    assert first.timestamp()[1] == 1_700_000_000_000
    assert second.value() is None


def test_a_stopped_broker_comes_back_with_its_data(kafka: Broker) -> None:
    topic = kafka.topic()
    kafka.produce(topic, [Record(b"before")])
    kafka.stop()
    try:
        with pytest.raises(KafkaException, match="transport failure"):
            AdminClient(kafka.client({"log_level": 0})).list_topics(timeout=1)
    finally:
        kafka.start()
    kafka.produce(topic, [Record(b"after")])
    assert [m.value() for m in consumed(kafka.client(), topic, 2)] == [b"before", b"after"]


def test_the_second_listener_wants_the_password(kafka: Broker) -> None:
    topic = kafka.topic()
    kafka.produce(topic, [Record(b"secret")])
    assert consumed(kafka.sasl_client(), topic, 1)[0].value() == b"secret"
    heard: list[KafkaError] = []
    options = {"sasl.password": "wrong", "log_level": 0, "error_cb": heard.append}
    admin = AdminClient(kafka.sasl_client(options))
    with pytest.raises(KafkaException, match="transport failure"):
        admin.list_topics(timeout=2)
    admin.poll(1)
    assert any(error.code() == KafkaError._AUTHENTICATION for error in heard)


def test_a_kept_process_ends_with_the_one_that_wanted_it(tmp_path: Path) -> None:
    """The starter is killed outright, as a pytest may be."""
    told = tmp_path / "pid"
    child = f"import os, time; open({str(told)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    starter = (
        "import subprocess, sys, time\n"
        f"command = [sys.executable, '-m', 'tests.kafka.keeper', sys.executable, '-c', {child!r}]\n"
        "subprocess.Popen(command, stdin=subprocess.PIPE)\n"
        "time.sleep(600)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", starter], cwd=Path(__file__).parents[2])
    deadline = time.monotonic() + 30
    while not (told.exists() and told.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    kept = int(told.read_text())
    while _runs(kept) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(kept)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
