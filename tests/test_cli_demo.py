"""`tributary demo --kafka` where there is no Kafka, and what home keeps of the choice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app import sample_shop, settings
from app.errors import ConfigError
from app.settings import Settings
from ingest.connectors import CONNECTORS
from ingest.demo.streams import TABLES
from ingest.demo.topic_tables import ShopTopics
from tests.commands import called

JSON = ShopTopics("127.0.0.1:1")
AVRO = ShopTopics("127.0.0.1:1", "http://127.0.0.1:2", "shop.")


def add(home: Path, *names: str) -> None:
    """Lays down what looks like these connectors' jars."""
    for connector in CONNECTORS:
        if connector.name in names:
            folder = home / "connectors" / connector.name
            folder.mkdir(parents=True)
            for jar in connector.jars:
                (folder / jar.file_name).touch()


def in_home(home: Path, **more: str) -> Settings:
    return settings.load(home=home, **more)


USAGE = [
    (("--registry", "http://localhost:8081"), "it needs --kafka"),
    (("--topic-prefix", "a."), "it needs --kafka"),
]


@pytest.mark.parametrize(("options", "said"), USAGE)
def test_options_of_kafka_need_it(options: tuple[str, ...], said: str, tmp_path: Path) -> None:
    run = called("demo", "--no-serve", *options, cwd=tmp_path)
    assert run.returncode == 2
    assert said in run.stderr


@pytest.mark.parametrize(
    "options",
    [("--kafka", "nowhere"), ("--kafka", "a:1", "--registry", "http://ann:planted-1@a")],
)
def test_an_address_that_is_none_is_one_message(options: tuple[str, ...], tmp_path: Path) -> None:
    run = called("demo", "--no-serve", "--home", "home", *options, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (1, "")
    assert "is not written as one" in run.stderr
    assert "planted-1" not in run.stderr
    assert not (tmp_path / "home").exists()


def test_a_missing_connector_is_said_before_kafka_is_looked_for(tmp_path: Path) -> None:
    options = ("--no-serve", "--home", "home", "--kafka", "127.0.0.1:1")
    run = called("demo", *options, "--registry", "http://127.0.0.1:2", cwd=tmp_path)
    said = " ".join(run.stderr.split())
    assert (run.returncode, run.stdout) == (1, "")
    assert "Run `tributary connectors add kafka avro`, then try again." in said


def test_nobody_at_the_address_is_status_1_and_one_message_and_not_remembered(
    tmp_path: Path,
) -> None:
    add(tmp_path / "home", "kafka")
    options = ("--no-serve", "--home", "home", "--kafka", "127.0.0.1:1")
    run = called("demo", *options, cwd=tmp_path)
    said = " ".join(run.stderr.split())
    assert (run.returncode, run.stdout) == (1, "")
    assert "The Kafka cluster at 127.0.0.1:1 cannot be reached" in said
    assert "goes back to files" in said
    assert sample_shop.chosen(in_home(tmp_path / "home")) is None


def test_a_choice_is_kept_until_another_one(tmp_path: Path) -> None:
    home = in_home(tmp_path / "home")
    assert sample_shop.chosen(home) is None
    for topics in (JSON, AVRO):
        sample_shop.choose(home, topics)
        assert sample_shop.chosen(home) == topics
    sample_shop.choose(home, None)
    sample_shop.choose(home, None)
    assert sample_shop.chosen(home) is None


@pytest.mark.parametrize("text", ["", "[]", '{"bootstrap": 7}', '{"bootstrap": "a"}', '{"a": "b"}'])
def test_a_choice_that_cannot_be_read_says_how_to_choose_again(text: str, tmp_path: Path) -> None:
    home = in_home(tmp_path)
    sample_shop.choose(home, JSON)
    (kept,) = (tmp_path / "sample").rglob("topics.json")
    kept.write_text(text)
    with pytest.raises(ConfigError, match="cannot be read") as refused:
        sample_shop.chosen(home)
    assert "tributary demo" in refused.value.hint
    sample_shop.choose(home, None)
    assert sample_shop.chosen(home) is None


def test_the_tables_are_those_of_the_choice(tmp_path: Path) -> None:
    home = in_home(tmp_path / "home")
    assert sample_shop.tables(home, None) == TABLES
    sample_shop.choose(home, AVRO)
    run = called("tables", "--json", "--home", "home", cwd=tmp_path)
    listed = json.loads(run.stdout)["tables"]
    columns = {t["name"]: [c["name"] for c in t["columns"]] for t in listed}
    assert "order_time_epoch" in columns["orders"]


MISSING = [
    ((), "embedded", JSON, ("kafka",)),
    ((), "embedded", AVRO, ("kafka", "avro")),
    (("kafka",), "embedded", AVRO, ("avro",)),
    (("kafka", "avro"), "embedded", AVRO, ()),
    ((), "flink:8081", AVRO, ()),
    ((), "embedded", None, ()),
]


@pytest.mark.parametrize(("there", "engine", "topics", "missing"), MISSING)
def test_which_connectors_are_missing(
    there: tuple[str, ...],
    engine: str,
    topics: ShopTopics | None,
    missing: tuple[str, ...],
    tmp_path: Path,
) -> None:
    add(tmp_path, *there)
    assert sample_shop.missing_connectors(in_home(tmp_path, engine=engine), topics) == missing


def test_ones_own_jar_counts(tmp_path: Path) -> None:
    (tmp_path / "connectors").mkdir()
    (tmp_path / "connectors" / "flink-sql-connector-kafka-5.0.0-2.1.jar").touch()
    assert sample_shop.missing_connectors(in_home(tmp_path), JSON) == ()
