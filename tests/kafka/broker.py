"""A single-node Kafka broker in its own JVM, on loopback alone; see `tests.kafka`."""

from __future__ import annotations

import itertools
import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Message, Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._metadata import ClusterMetadata
from confluent_kafka.cimpl import NewTopic

from app.engines.pyflink_jvm import java_home
from tests.kafka.keeper import Kept
from tests.kafka.ports import free_ports

START_TIMEOUT = 60.0
JVM_OPTIONS = ("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")

# Events have the timestamps of their tests' own clocks: no broker may find them too old to keep.
_CONFIG = """\
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:{controller}
listeners=OPEN://127.0.0.1:{open},SASL://127.0.0.1:{sasl},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=OPEN://127.0.0.1:{open},SASL://127.0.0.1:{sasl}
listener.security.protocol.map=OPEN:PLAINTEXT,SASL:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=OPEN
sasl.enabled.mechanisms=PLAIN
listener.name.sasl.plain.sasl.jaas.config=\
org.apache.kafka.common.security.plain.PlainLoginModule required user_{user}="{password}";
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
allow.everyone.if.no.acl.found=true
log.dirs={data}
auto.create.topics.enable=true
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
log.retention.ms=-1
log.cleaner.dedupe.buffer.size=4194304
num.network.threads=2
num.io.threads=2
"""


@dataclass(frozen=True, slots=True)
class Record:
    """What is produced.

    Attributes:
        value: Its bytes; None is a tombstone.
        timestamp: Milliseconds since 1970; 0 for now.
        partition: Where it goes; -1 lets the key decide.
    """

    value: bytes | None
    key: bytes | None = None
    headers: tuple[tuple[str, bytes], ...] = ()
    timestamp: int = 0
    partition: int = -1


class Broker:
    """One broker with its data in `folder`.

    Attributes:
        bootstrap: Its address, without authentication.
        sasl_bootstrap: Its address for those with `user` and `password`.
        properties: What a client says there, as a user writes it: the password is in a variable.
    """

    user = "tributary"
    properties: Mapping[str, str] = {
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": "PLAIN",
        "sasl.username": user,
        "sasl.password": "${KAFKA_PASSWORD}",
    }

    def __init__(self, jars: Path, folder: Path) -> None:
        self._jars, self._folder = jars, folder
        self.password = f"planted-{secrets.token_hex(8)}"
        ports = dict(zip(("open", "sasl", "controller"), free_ports(3), strict=True))
        self.bootstrap = f"127.0.0.1:{ports['open']}"
        self.sasl_bootstrap = f"127.0.0.1:{ports['sasl']}"
        self._config = folder / "broker.properties"
        self._config.write_text(
            _CONFIG.format(**ports, data=folder / "data", user=self.user, password=self.password)
        )
        self._process: Kept | None = None
        self._numbers = itertools.count(1)
        self._format()

    def start(self) -> None:
        """Starts it and waits until it answers; nothing happens where it runs."""
        if self._process is not None and self._process.alive:
            return
        self._process = Kept(self._java("kafka.Kafka", str(self._config)), self.output)
        try:
            self._await_answer(self._process)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stops it; its data stay, and a later `start` is at the same port."""
        process, self._process = self._process, None
        if process is not None:
            process.stop()

    @contextmanager
    def losing(self, topic: str) -> Iterator[None]:
        """Loses what is produced to a topic within the block, as a leader out of sync would.

        Its logs are put back as they were, and the broker starts anew; the topic's id stays.
        """
        logs = list((self._folder / "data").glob(f"{topic}-[0-9]*"))
        with TemporaryDirectory(dir=self._folder) as kept:
            for log in logs:
                shutil.copytree(log, Path(kept) / log.name)
            yield
            self.stop()
            for log in logs:
                shutil.rmtree(log)
                shutil.copytree(Path(kept) / log.name, log)
        self.start()

    @property
    def output(self) -> Path:
        """What the broker logged."""
        return self._folder / "broker.out"

    def client(self, options: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """A client's configuration, with these options too."""
        return {"bootstrap.servers": self.bootstrap, **(options or {})}

    def settings(self) -> str:
        """What `tributary.toml` says of that listener; it ends in a table."""
        named = "\n".join(f'"{name}" = "{value}"' for name, value in self.properties.items())
        return f'kafka_bootstrap = "{self.sasl_bootstrap}"\n[kafka_properties]\n{named}\n'

    def sasl_client(self, options: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """A configuration for the listener that wants a password."""
        return {
            "bootstrap.servers": self.sasl_bootstrap,
            **self.properties,
            "sasl.password": self.password,
            **(options or {}),
        }

    def topic(
        self, name: str = "topic", partitions: int = 1, config: dict[str, str] | None = None
    ) -> str:
        """Makes a topic whose name no other test has, and gives the name."""
        unique = f"{name}-{next(self._numbers)}"
        admin = AdminClient(self.client())  # the request ends with it
        made = admin.create_topics([NewTopic(unique, partitions, 1, config=config or {})])
        made[unique].result(30)
        return unique

    def produce(self, topic: str, records: Iterable[Record]) -> None:
        """Produces them in order and waits until the broker has stored all."""
        # Without retries nothing can be doubled or change its order: a failure is told instead.
        producer = Producer(self.client({"linger.ms": 5, "retries": 0}))
        failed: list[KafkaError] = []

        def stored(error: KafkaError | None, _: Message) -> None:
            if error is not None:
                failed.append(error)

        for record in records:
            while True:
                try:
                    producer.produce(
                        topic,
                        value=record.value,
                        key=record.key,
                        headers=list(record.headers),
                        timestamp=record.timestamp,
                        partition=record.partition,
                        on_delivery=stored,
                    )
                    break
                except BufferError:
                    producer.poll(1)
        producer.flush(60)
        assert not failed, failed[0]
        assert not len(producer), "records were not stored within a minute"

    def _java(self, main: str, *arguments: str) -> list[str]:
        java = java_home(os.environ) / "bin" / "java"
        logging = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"
        classes = str(self._jars / "*")
        return [str(java), *JVM_OPTIONS, logging, "-cp", classes, main, *arguments]

    def _format(self) -> None:
        """Makes the empty metadata log that KRaft wants before the first start."""
        cluster = "VHJpYnV0YXJ5VGVzdHMxMg"  # any 16 bytes in base 64
        options = ("format", "--standalone", "-t", cluster, "-c", str(self._config))
        command = self._java("kafka.tools.StorageTool", *options)
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr[-2000:]

    def _await_answer(self, process: Kept) -> None:
        admin = AdminClient(self.client({"log_level": 0}))
        deadline = time.monotonic() + START_TIMEOUT
        while True:
            try:
                if _ready(admin.list_topics(timeout=1)):
                    return
            except KafkaException:
                pass
            if not process.alive or time.monotonic() > deadline:
                said = self.output.read_text(errors="replace")[-2000:]
                raise AssertionError(f"The broker did not start: {said}")


def _ready(cluster: ClusterMetadata) -> bool:
    """Whether it answers and leads all that it has: after a start that takes a moment."""
    partitions = (one for topic in cluster.topics.values() for one in topic.partitions.values())
    return bool(cluster.brokers) and all(one.leader >= 0 for one in partitions)
