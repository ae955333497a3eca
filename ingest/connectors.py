"""Flink's connectors to other systems: which there are, and the folder that holds their jars.

`tributary connectors` adds and removes them, the embedded cluster's JVM takes the folder onto its
class path, and what Flink says of a missing one is answered from here. Nothing but tables that
name such a connector needs any of this.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

from ingest import maven
from ingest.errors import IngestError
from ingest.maven import Artifact, Progress


@dataclass(frozen=True, slots=True)
class Connector:
    """Jars that teach Flink to read another system or format.

    Attributes:
        name: What `tributary connectors add` calls it.
        about: What it is for.
        identifiers: What tables name in 'connector' or 'format' to use it.
        jars: All that it needs beside Flink's own.
    """

    name: str
    about: str
    identifiers: tuple[str, ...]
    jars: tuple[Artifact, ...]


# For Flink 2.1. The jars are what the connectors' POMs name, less what Flink itself brings
# (commons-lang3, lz4-java, slf4j-api, snappy-java).
CONNECTORS: tuple[Connector, ...] = (
    Connector(
        "kafka",
        "Kafka topics: 'connector' = 'kafka' or 'upsert-kafka'",
        ("kafka", "upsert-kafka", "dynamic-kafka"),
        (
            Artifact(
                "org.apache.flink:flink-connector-kafka:5.0.0-2.1",
                "1202381d158d9c03f371665c9c3c4878b0805376f7af545ddc545333c6f09ddc",
            ),
            Artifact(
                "org.apache.kafka:kafka-clients:4.2.0",
                "bcf39f152c5553c2501a491fc4a73c5b0330741e8eed96a481323b8ee89738af",
            ),
            Artifact(
                "com.github.luben:zstd-jni:1.5.6-10",
                "b6c3237e24b8252a5a9c3a0e1ae30ef8f323412e74bd358548b7a9e527d676df",
            ),
            Artifact(
                "com.fasterxml.jackson.core:jackson-annotations:2.18.2",
                "581bd61000ef7648943f781ca05689e56d03f6052748365a8e2b3a9b5d3fa32f",
            ),
            Artifact(
                "com.fasterxml.jackson.core:jackson-core:2.18.2",
                "d8054ae7c0d1c2d2f55d28e46026ebe5892881f3fab5f439233184381c3b4a1f",
            ),
            Artifact(
                "com.fasterxml.jackson.core:jackson-databind:2.18.2",
                "4b364e6850dc89172fcf1d4dd26b8ff5488eda44ff4657e22dd265203dd5ab3c",
            ),
            Artifact(
                "com.fasterxml.jackson.datatype:jackson-datatype-jdk8:2.18.2",
                "f30d77f5826b9e9813342e84ab412095ed4ed5cf4fef6f93cebb848cb0fd0294",
            ),
            Artifact(
                "com.fasterxml.jackson.datatype:jackson-datatype-jsr310:2.18.2",
                "e2d202d4606e23aeaf8a5a9632db06f5fefd5b63d251c3f503f9faaa78530e5c",
            ),
        ),
    ),
    Connector(
        "avro",
        "Avro, also with a schema registry: 'format' = 'avro' or 'avro-confluent'",
        ("avro", "avro-confluent", "debezium-avro-confluent"),
        (
            Artifact(
                "org.apache.flink:flink-sql-avro-confluent-registry:2.1.0",
                "f21b26fc23f2e7d989fdbc1f319c5066605805909d884666f7b4aa40840d6dca",
            ),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Installed:
    """What a folder of connectors holds.

    Attributes:
        connectors: Those that are there as this Tributary wants them.
        outdated: Names of those that another version fetched; they are not used.
        own: Jars that the user laid there.
    """

    connectors: tuple[Connector, ...]
    outdated: tuple[str, ...]
    own: tuple[Path, ...]


def folder_in(home: Path) -> Path:
    """Where Tributary's home has the connectors; it need not be there."""
    return home / "connectors"


def add(name: str, folder: Path, *, repository: str = "", progress: Progress | None = None) -> bool:
    """Fetches a connector's jars, unless they are there.

    Args:
        name: As `CONNECTORS` has it.
        folder: The folder of all connectors.
        repository: See `ingest.maven.install`.
        progress: Told of every download.

    Returns:
        Whether anything had to be fetched.

    Raises:
        IngestError: There is no such connector, or its jars cannot be had.
    """
    connector = named(name)
    return maven.install(
        connector.jars, folder / connector.name, repository=repository, progress=progress
    )


def remove(name: str, folder: Path) -> bool:
    """Removes a connector's jars; False where there were none.

    Raises:
        IngestError: There is no such connector, or the folder cannot be written.
    """
    connector = named(name)
    return maven.remove(folder / connector.name)


def named(name: str) -> Connector:
    """The connector of this name.

    Raises:
        IngestError: There is none.
    """
    for connector in CONNECTORS:
        if connector.name == name:
            return connector
    names = [connector.name for connector in CONNECTORS]
    known = [*names, *(word for connector in CONNECTORS for word in connector.identifiers)]
    close = difflib.get_close_matches(name.lower(), known, n=1)
    meant = close and (providing(close[0]) or named(close[0]))
    raise IngestError(
        f"There is no connector {name}.",
        hint=f"Did you mean {meant.name}?" if meant else f"There are: {', '.join(names)}.",
    )


def providing(identifier: str) -> Connector | None:
    """The connector that gives Flink what a table names in 'connector' or 'format'."""
    return next((one for one in CONNECTORS if identifier in one.identifiers), None)


def installed(folder: Path) -> Installed:
    """What is in the folder of connectors; a missing folder holds nothing."""
    whole = tuple(one for one in CONNECTORS if _is_whole(one, folder))
    there = (one.name for one in CONNECTORS if (folder / one.name).is_dir() and one not in whole)
    return Installed(whole, tuple(there), tuple(sorted(folder.glob("*.jar"))))


def class_path(folder: Path) -> tuple[Path, ...]:
    """Every jar that the JVM is to have beside Flink's own."""
    found = installed(folder)
    fetched = (folder / c.name / jar.file_name for c in found.connectors for jar in c.jars)
    return (*fetched, *found.own)


def _is_whole(connector: Connector, folder: Path) -> bool:
    """By its names alone, since checksums were compared when it was fetched."""
    wanted = {jar.file_name for jar in connector.jars}
    return {path.name for path in (folder / connector.name).glob("*")} == wanted
