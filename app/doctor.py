"""What is set up, what is missing, and what to do about it: `tributary doctor`."""

from __future__ import annotations

import os
import platform
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata

from app import chat_model, doctor_streams, document_index, sample_shop, wiring
from app.catalog import registration
from app.catalog.model import Table
from app.doctor_streams import Surroundings
from app.errors import TributaryError
from app.settings import Settings
from ingest import connectors
from ingest.connectors import Connector
from ingest.filters import matches
from ingest.kafka_client import KafkaEndpoint
from ingest.wording import open_letters

_NAMING = ("connector", "format", "key.format", "value.format")
"""Options by which a table names what it is read with."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report.

    Attributes:
        what: What was looked at.
        ok: Whether it is as it should be.
        detail: What was found and, where it is not ok, what to do.
    """

    what: str
    ok: bool
    detail: str


def examine(settings: Settings) -> tuple[Finding, ...]:
    """Looks at everything Tributary needs, and changes nothing but the home.

    Nothing that it starts goes on: a JVM runs while Kafka is asked, if a table is over Kafka.
    """
    findings: list[Finding] = []
    for what, look in LOOKS:
        try:
            findings += (Finding(what, ok, detail) for ok, detail in look(settings))
        except TributaryError as error:
            findings.append(Finding(what, ok=False, detail=str(error)))
    return tuple(findings)


def _python(_: Settings) -> Iterator[tuple[bool, str]]:
    supported = (3, 11) <= sys.version_info < (3, 13)
    yield supported, platform.python_version() + ("" if supported else "; use Python 3.11 or 3.12.")


def _packages(_: Settings) -> Iterator[tuple[bool, str]]:
    names = ("apache-flink", "chromadb", "sqlglot", "streamlit")
    yield True, ", ".join(f"{name} {metadata.version(name)}" for name in names)


def _home(settings: Settings) -> Iterator[tuple[bool, str]]:
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.home):
            yield True, str(settings.home)
    except OSError as error:
        yield False, f"{settings.home}: {error.strerror}; choose another with --home."


def _java(settings: Settings) -> Iterator[tuple[bool, str]]:
    if settings.engine != "embedded":
        return
    java = wiring.java_home() / "bin" / "java"
    said = subprocess.run([str(java), "-version"], capture_output=True, text=True, check=False)
    yield said.returncode == 0, f"{(said.stderr.splitlines() or ['no version'])[0]} ({java})"


def _cluster(settings: Settings) -> Iterator[tuple[bool, str]]:
    if settings.engine == "embedded":
        yield True, "embedded: a Flink mini cluster starts with the first query"
        return
    host, _, port = settings.engine.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=3):
            yield True, f"the session cluster at {settings.engine} answers"
    except OSError as error:
        yield (
            False,
            f"the session cluster at {settings.engine} cannot be reached ({error}); start it, "
            "or set engine to embedded.",
        )


def _connectors(settings: Settings) -> Iterator[tuple[bool, str]]:
    found = connectors.installed(connectors.folder_in(settings.home))
    names = [*(one.name for one in found.connectors), *(jar.name for jar in found.own)]
    yield True, ", ".join(names) or "none but Flink's own; `tributary connectors list` tells more"
    for name in found.outdated:
        yield False, f"{name} is of another version; run `tributary connectors add {name}`."
    if found.own:  # what they bring cannot be told from outside
        return
    for table in wiring.open_catalog(settings):
        for needed in _needed(table):
            if needed not in found.connectors and needed.name not in found.outdated:
                yield (
                    False,
                    f"{table.name} needs {needed.name}; run `tributary connectors add"
                    f" {needed.name}`.",
                )


def _needed(table: Table) -> list[Connector]:
    """The connectors that a table's options name."""
    named = (table.options.get(option, "").lower() for option in _NAMING)
    return [needed for needed in map(connectors.providing, named) if needed]


def _tables(settings: Settings) -> Iterator[tuple[bool, str]]:
    catalog = wiring.open_catalog(settings)
    origin = f" ({_shop(settings)})" if wiring.uses_sample_shop(settings) else ""
    names = ", ".join(catalog.names)
    yield True, f"{names}{origin}" if names else "none; set tables to ask questions of streams"
    for problem in catalog.problems:
        yield False, str(problem)
    if not wiring.uses_sample_shop(settings):
        for table in catalog:
            for name in registration.unset(table, os.environ):
                yield False, f"{table.name} needs the environment variable {name}; set it."


def _shop(settings: Settings) -> str:
    topics = sample_shop.chosen(settings)
    return "the sample shop" + (f" on Kafka at {topics.bootstrap}" if topics else "")


def _kafka(settings: Settings) -> Iterator[tuple[bool, str]]:
    yield from doctor_streams.kafka(wiring.open_catalog(settings).tables, _surroundings(settings))
    if settings.kafka_bootstrap:
        yield doctor_streams.kafka_of_documents(
            KafkaEndpoint(settings.kafka_bootstrap, settings.kafka_properties), os.environ
        )


def _registries(settings: Settings) -> Iterator[tuple[bool, str]]:
    return doctor_streams.registries(wiring.open_catalog(settings).tables, _surroundings(settings))


def _surroundings(settings: Settings) -> Surroundings:
    return Surroundings(
        os.environ,
        state_dir=settings.home / "flink",
        connectors=connectors.folder_in(settings.home),
        flink="" if settings.engine == "embedded" else settings.engine,
    )


def _documents(settings: Settings) -> Iterator[tuple[bool, str]]:
    if wiring.uses_sample_shop(settings):
        yield True, "the sample shop's; `tributary ingest PATH` adds your own"
        return
    for path in settings.documents:
        if not path.exists():
            yield False, f"There is nothing at {path}; correct documents in tributary.toml."
    with wiring.open_index(settings) as index:
        known = index.documents()
        if known:
            index.require_same_embedder()
        readable = len(index.reader(settings.access).documents())
        letters = Counter(one.topic for one in index.dead_letters())
    yield True, f"{len(known)} indexed" if known else "none indexed; run `tributary ingest PATH`"
    if readable < len(known):
        labels = ", ".join(sorted({one.access for one in known} - {"", *settings.access}))
        yield True, f"{readable} of them answer: the setting access has no {labels}"
    for topic, count in letters.items():
        yield False, open_letters(topic, count)
    for pattern in settings.document_access:
        if not any(matches(pattern, one.id) for one in known):
            yield (
                False,
                f"{pattern} of document_access matches no document; ids are paths within"
                " their source.",
            )


def _vectors(settings: Settings) -> Iterator[tuple[bool, str]]:
    yield True, document_index.check_vectors(settings)


def _embeddings(settings: Settings) -> Iterator[tuple[bool, str]]:
    yield True, document_index.check_embeddings(settings)


def _responder(settings: Settings) -> Iterator[tuple[bool, str]]:
    if not settings.model:
        yield True, "the keyless rules answer; no chat model is needed"
    for name in filter(None, (settings.model, settings.fallback_model)):
        try:
            yield True, chat_model.check(settings, name)
        except TributaryError as error:
            yield False, str(error)


LOOKS: tuple[tuple[str, Callable[[Settings], Iterator[tuple[bool, str]]]], ...] = (
    ("Python", _python),
    ("Packages", _packages),
    ("Home", _home),
    ("Java", _java),
    ("Flink", _cluster),
    ("Connectors", _connectors),
    ("Tables", _tables),
    ("Kafka", _kafka),
    ("Registry", _registries),
    ("Documents", _documents),
    ("Embeddings", _embeddings),
    ("Vectors", _vectors),
    ("Answers", _responder),
)
