"""Connectors by name: what a folder holds of them, and what goes on Flink's class path."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from ingest import connectors, maven
from ingest.connectors import CONNECTORS, Connector
from ingest.errors import IngestError
from tests.ingest.maven_repository import laid


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Two connectors of one small jar each, in a repository on disk."""
    monkeypatch.setenv("M2_REPO", str(tmp_path / "m2"))
    folder = tmp_path / "repository"
    made = tuple(
        Connector(name, f"{name} things", (name, f"upsert-{name}"), (jar,))
        for name in ("kafka", "avro")
        for jar in [laid(folder, f"org.example:{name}:1", name.encode())]
    )
    monkeypatch.setattr(connectors, "CONNECTORS", made)
    return str(folder)


def names(folder: Path) -> list[str]:
    return [path.name for path in connectors.class_path(folder)]


def test_what_is_added_is_on_the_class_path_until_it_is_removed(
    tmp_path: Path, repository: str
) -> None:
    folder = tmp_path / "connectors"
    assert names(folder) == []
    assert connectors.add("avro", folder, repository=repository)
    assert not connectors.add("avro", folder, repository=repository)
    assert names(folder) == ["avro-1.jar"]
    assert [one.name for one in connectors.installed(folder).connectors] == ["avro"]
    connectors.add("kafka", folder, repository=repository)
    assert names(folder) == ["kafka-1.jar", "avro-1.jar"]
    assert connectors.remove("avro", folder)
    assert not connectors.remove("avro", folder)
    assert names(folder) == ["kafka-1.jar"]


def test_the_users_own_jars_count_too(tmp_path: Path) -> None:
    (tmp_path / "flink-connector-jdbc.jar").write_bytes(b"x")
    (tmp_path / "notes.txt").write_text("")
    assert names(tmp_path) == ["flink-connector-jdbc.jar"]


def test_another_versions_jars_are_not_used(
    tmp_path: Path, repository: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connectors.add("kafka", tmp_path, repository=repository)
    newer = maven.Artifact("org.example:kafka:2", "00")
    later = [replace(connectors.CONNECTORS[0], jars=(newer,))]
    monkeypatch.setattr(connectors, "CONNECTORS", later)
    assert connectors.installed(tmp_path).outdated == ("kafka",)
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("kafak", "Did you mean kafka?"),
        ("Kafka", "Did you mean kafka?"),
        ("upsert-kafka", "Did you mean kafka?"),
        ("avro_confluent", "Did you mean avro?"),
        ("../../etc", "There are: kafka, avro."),
        ("", "There are: kafka, avro."),
    ],
)
def test_an_unknown_name_is_refused(name: str, hint: str, tmp_path: Path) -> None:
    for act in (connectors.add, connectors.remove):
        with pytest.raises(IngestError) as caught:
            act(name, tmp_path)
        assert caught.value.hint == hint
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("identifier", "name"),
    [("kafka", "kafka"), ("upsert-kafka", "kafka"), ("avro-confluent", "avro"), ("jdbc", None)],
)
def test_who_brings_what_a_table_names(identifier: str, name: str | None) -> None:
    found = connectors.providing(identifier)
    assert (found.name if found else None) == name


def test_every_jar_is_pinned() -> None:
    jars = [jar for connector in CONNECTORS for jar in connector.jars]
    assert all(re.fullmatch("[0-9a-f]{64}", jar.sha256) for jar in jars)
    assert len({jar.file_name for jar in jars}) == len(jars)
