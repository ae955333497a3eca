"""Following a topic in tests: in a thread, or in a process of its own that can be killed.

Run as a module it follows a topic with the arguments FOLDER BOOTSTRAP TOPIC STEP; at the step, such
as `commit`, it kills itself. It ends when its standard input does.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ingest.embeddings import Embedder, Vectors
from ingest.index import DocumentIndex
from ingest.kafka_client import KafkaEndpoint
from ingest.topics import changes
from ingest.topics.deadletters import DeadLetterTopic
from ingest.topics.follow import follow
from ingest.topics.ledger import Ledger
from ingest.topics.progress import Following, TopicProgress
from tests.ingest.crash import Hashing
from tests.kafka.broker import Broker

ROOT = Path(__file__).parents[2]
SECONDS = 60.0

STEPS: dict[str, tuple[type, str]] = {
    "deliver": (DeadLetterTopic, "deliver"),
    "vectors": (changes.Changes, "_write_vectors"),
    "write": (Ledger, "commit"),
}
"""Before which steps a process can kill itself; `commit` and `delivered` are after one."""


def texts(index: DocumentIndex) -> dict[str, str]:
    """The text of each document, by the key of its event."""
    return {
        one.id.partition("//")[2].partition("/")[2]: index.text_of(one.id) or ""
        for one in index.documents()
    }


def letters_of(kafka: Broker, index: DocumentIndex, topic: str) -> DeadLetterTopic:
    """The dead-letter topic of what an index has read."""
    identity = index.topic(topic).ledger.identity()
    return DeadLetterTopic(KafkaEndpoint(kafka.bootstrap), {}, topic, identity)


class Waiting(Hashing):
    """Embeds nothing before an event is set."""

    def __init__(self, event: threading.Event) -> None:
        self._event = event

    def embed(self, texts: Sequence[str]) -> Vectors:
        self._event.wait(SECONDS)
        return super().embed(texts)


class Running:
    """A topic that is followed in a thread."""

    def __init__(self, index: DocumentIndex, broker: str, topic: str, how: Following) -> None:
        self.told: list[TopicProgress] = []
        self.error: BaseException | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(index, broker, topic, how))
        self._thread.start()

    def _run(self, index: DocumentIndex, broker: str, topic: str, how: Following) -> None:
        try:
            with index.topic(topic) as writer:
                self.told.append(
                    follow(
                        writer,
                        KafkaEndpoint(broker),
                        os.environ,
                        group=index.identity(),
                        how=how,
                        stop=self._stop,
                        progress=self.told.append,
                    )
                )
        except BaseException as error:  # noqa: BLE001 - the test sees it
            self.error = error

    def end(self) -> TopicProgress:
        """Stops it, and gives how far it came."""
        self._stop.set()
        return self.wait()

    def wait(self, seconds: float = SECONDS) -> TopicProgress:
        """Waits until it ends of itself; raises what it raised."""
        self._thread.join(seconds)
        assert not self._thread.is_alive(), "it did not end"
        if self.error is not None:
            raise self.error
        return self.told[-1]


@contextmanager
def following(
    index: DocumentIndex, kafka: Broker, topic: str, how: Following | None = None
) -> Iterator[Running]:
    """A topic followed in a thread until the block ends."""
    running = Running(index, kafka.bootstrap, topic, how or Following())
    try:
        yield running
    finally:
        running._stop.set()
        running._thread.join(SECONDS)


def caught_up(
    index: DocumentIndex, kafka: Broker, topic: str, how: Following | None = None
) -> TopicProgress:
    """Follows a topic to its present end."""
    how = how or Following(until_end=True, patience=20)
    return Running(index, kafka.bootstrap, topic, how).wait()


def eventually(what: Callable[[], object], seconds: float = SECONDS) -> None:
    """Waits until something is so."""
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "it did not become so"
        time.sleep(0.02)


def process(folder: Path, kafka: Broker, topic: str, step: str = "") -> subprocess.Popen[bytes]:
    """Follows a topic in a process of its own, which kills itself at a step."""
    command = [sys.executable, "-m", "tests.ingest.following", str(folder), kafka.bootstrap, topic]
    return subprocess.Popen([*command, step], cwd=ROOT, stdin=subprocess.PIPE)


def main(folder: str, broker: str, topic: str, step: str) -> None:
    """Follows a topic until standard input ends."""
    _arm(step)
    with DocumentIndex(Path(folder), Hashing()) as index:
        running = Running(index, broker, topic, Following())
        sys.stdin.read()
        running.end()


def _arm(step: str) -> None:
    def kill(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def after(owner: type, method: str) -> None:
        original = getattr(owner, method)

        def done(*args: object, **named: object) -> None:
            original(*args, **named)
            kill()

        setattr(owner, method, done)

    if step in STEPS:
        owner, method = STEPS[step]
        setattr(owner, method, kill)
    elif step == "delivered":
        after(DeadLetterTopic, "deliver")
    elif step == "commit":
        after(Ledger, "commit")


def embedder() -> Embedder:
    """A fast one."""
    return Hashing()


if __name__ == "__main__":
    main(*sys.argv[1:])
