"""What a topic of documents costs: beside the embedding model alone, and until one can be found."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path
from statistics import median

import pytest

from app import document_index, settings, wiring
from ingest.embeddings import Embedder, default_embedder
from ingest.index import DocumentIndex
from ingest.kafka_client import KafkaEndpoint
from ingest.topics.follow import follow
from ingest.topics.progress import Following
from tests.bench.documents import FILES, documents_of
from tests.bench.report import Line, faster, within
from tests.bench.timing import once_beside
from tests.kafka import jars
from tests.kafka.broker import Broker, Record

_SINGLE = 8
_LONGEST_SECONDS = 60.0


def lines(folder: Path) -> list[Line]:
    """Measures a backlog, and single documents from being produced to being found."""
    try:
        broker = Broker(jars.broker(), folder)
    except pytest.skip.Exception as missing:
        print(f"Topics are not measured: {missing}", file=sys.stderr)
        return []
    broker.start()
    try:
        return [_backlog(folder, broker), _single(folder / "home", broker)]
    finally:
        broker.stop()


def _backlog(folder: Path, broker: Broker) -> Line:
    """The rate of a consumer that runs: what its process loads first is not of it."""
    embedder = default_embedder(folder / "model")
    texts, chunks = documents_of(embedder)
    _follow(folder / "empty", embedder, broker, broker.topic("docs", partitions=2))
    topic = broker.topic("docs", partitions=2)
    broker.produce(topic, [Record(text.encode(), name.encode()) for name, text in texts.items()])
    followed, alone = once_beside(
        partial(embedder.embed, chunks),
        partial(_follow, folder / "backlog", embedder, broker, topic),
    )
    with DocumentIndex(folder / "backlog", embedder) as index:
        assert len(index.documents()) == len(texts)
    return faster(f"{FILES:,} documents of a topic", followed, alone, 0.9)


def _follow(folder: Path, embedder: Embedder, broker: Broker, topic: str) -> None:
    with DocumentIndex(folder, embedder) as index, index.topic(topic) as writer:
        follow(
            writer,
            KafkaEndpoint(broker.bootstrap),
            os.environ,
            group="bench",
            how=Following(until_end=True),
            stop=threading.Event(),
            progress=lambda _: None,
        )


def _single(home: Path, broker: Broker) -> Line:
    """One process follows the topic, this one searches."""
    topic = broker.topic("docs")
    command = [sys.executable, "-m", "app", "ingest", "--topic", topic, "--watch"]
    where = ["--home", str(home), "--bootstrap", broker.bootstrap]
    with subprocess.Popen([*command, *where]) as child:
        try:
            loaded = settings.load(home=home)
            document_index.made(home)
            with wiring.open_index(loaded) as index:
                index.search("warm")
                seconds = [_found_after(index, broker, topic, n) for n in range(_SINGLE)]
        finally:
            child.terminate()
    return within("one document, from produced to found", median(seconds[1:]), 2.0)


def _found_after(index: DocumentIndex, broker: Broker, topic: str, number: int) -> float:
    """Seconds from a document being produced to being found."""
    word = f"parcel {number * 7919}"
    started = time.monotonic()
    broker.produce(topic, [Record(f"The code of today is {word}.".encode(), b"%d" % number)])
    while not any(word in p.text for p in index.search(f"what is the code {word}", limit=1)):
        assert time.monotonic() - started < _LONGEST_SECONDS, "it was not found"
        time.sleep(0.02)
    return time.monotonic() - started
