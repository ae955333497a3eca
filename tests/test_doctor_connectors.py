"""The doctor says which connectors there are, and which tables want for one."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import doctor, settings
from app.settings import Settings
from ingest.connectors import CONNECTORS

OPTIONS = "'connector' = 'kafka', 'topic' = 't', 'value.format' = 'avro-confluent'"


@pytest.fixture
def loaded(tmp_path: Path) -> Settings:
    """A home with a table over a topic of Avro, and another over files."""
    tables = tmp_path / "tables"
    tables.mkdir()
    (tables / "orders.sql").write_text(f"CREATE TABLE orders (id INT) WITH ({OPTIONS});")
    (tables / "files.sql").write_text(
        "CREATE TABLE files (id INT) WITH ('connector' = 'filesystem', 'format' = 'json');"
    )
    return settings.load(home=tmp_path / "home", tables=(tables,))


def found(loaded: Settings) -> list[tuple[bool, str]]:
    return list(dict(doctor.LOOKS)["Connectors"](loaded))


def test_each_connector_that_a_table_lacks_is_named(loaded: Settings) -> None:
    assert found(loaded) == [
        (True, "none but Flink's own; `tributary connectors list` tells more"),
        (False, "orders needs kafka; run `tributary connectors add kafka`."),
        (False, "orders needs avro; run `tributary connectors add avro`."),
    ]


def test_what_is_there_is_not_asked_for(loaded: Settings) -> None:
    for connector in CONNECTORS:
        folder = loaded.home / "connectors" / connector.name
        folder.mkdir(parents=True)
        for jar in connector.jars:
            (folder / jar.file_name).touch()
    assert found(loaded) == [(True, "kafka, avro")]


def test_another_versions_jars_are_named(loaded: Settings) -> None:
    for connector in CONNECTORS:
        (loaded.home / "connectors" / connector.name).mkdir(parents=True)
    assert [detail for ok, detail in found(loaded) if not ok] == [
        "kafka is of another version; run `tributary connectors add kafka`.",
        "avro is of another version; run `tributary connectors add avro`.",
    ]


def test_the_users_own_jars_may_bring_anything(loaded: Settings) -> None:
    (loaded.home / "connectors").mkdir(parents=True)
    (loaded.home / "connectors" / "flink-sql-connector-kafka.jar").touch()
    assert found(loaded) == [(True, "flink-sql-connector-kafka.jar")]
