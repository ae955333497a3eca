"""The sample shop's questions, asked of topics: the same answers as of files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app import sample_shop, settings, wiring
from app.answer import Answer
from app.engines.pyflink import PyFlinkEngine
from app.settings import Settings
from ingest.demo.events import STREAMS
from ingest.demo.shop import QUESTIONS
from ingest.demo.streams import streams
from ingest.demo.topic_tables import ShopTopics
from tests.commands import called
from tests.kafka.broker import Broker
from tests.kafka.registry import Registry
from tests.test_cli import tributary

pytestmark = [pytest.mark.flink, pytest.mark.kafka]

# The broker's own clock says what is too old to keep.
NOW = datetime.now(UTC).replace(hour=17, minute=30, second=0, microsecond=0) - timedelta(days=1)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, connectors: Path) -> Settings:
    folder = tmp_path_factory.mktemp("home")
    (folder / "connectors").symlink_to(connectors)
    return settings.load(home=folder, tables=(), documents=())


def asked(home: Settings, topics: ShopTopics | None) -> list[Answer]:
    with wiring.connect(home, sample=True, topics=topics, clock=lambda: NOW) as assistant:
        return [assistant.ask(question) for question in QUESTIONS]


@pytest.fixture(scope="module")
def of_files(home: Settings, engine: PyFlinkEngine) -> list[Answer]:
    return asked(home, None)


@pytest.fixture(scope="module")
def shops(kafka: Broker, registry_of_run: Registry) -> dict[str, ShopTopics]:
    """Topics by their format; whoever opens them first fills them."""
    registry_of_run.clear()
    return {
        "json": ShopTopics(kafka.bootstrap, "", "json."),
        "avro": ShopTopics(kafka.bootstrap, registry_of_run.url, "avro."),
    }


@pytest.mark.parametrize("format_", ["json", "avro"])
def test_topics_answer_as_files_do(
    shops: dict[str, ShopTopics], home: Settings, of_files: list[Answer], format_: str
) -> None:
    topics = shops[format_]
    answers = asked(home, topics)
    for ours, theirs in zip(answers, of_files, strict=True):
        assert ours.text == theirs.text
        assert [one.rows() for one in ours.results] == [one.rows() for one in theirs.results]
        assert [one.as_of for one in ours.results] == [one.as_of for one in theirs.results]
        for result in ours.results:
            read = result.offsets
            assert {name: [one.topic for one in of.topics] for name, of in read.items()} == {
                name: [topics.topic(name)] for name in result.tables
            }
    queries = [result for answer in answers for result in answer.results]
    assert len(queries) >= 4
    assert all(len(result) for result in queries)


def test_every_column_is_read_as_it_was_written(
    shops: dict[str, ShopTopics], home: Settings, engine: PyFlinkEngine
) -> None:
    """As the two formats have them: moments, amounts, nulls."""
    found = []
    for topics in shops.values():
        with wiring.connect(home, sample=True, topics=topics, clock=lambda: NOW) as assistant:
            rows = {}
            for stream in STREAMS:
                names = [f"`{column.name}`" for column in streams()[stream].columns]
                query = f"SELECT {', '.join(names)} FROM {stream} ORDER BY {names[0]} LIMIT 500"
                rows[stream] = assistant.sql(query).rows()
            found.append(rows)
    assert found[0] == found[1]
    assert any(row["failure_reason"] is None for row in found[0]["payments"])


def test_the_command_proves_itself_and_is_remembered(
    kafka: Broker, connectors: Path, engine: PyFlinkEngine, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "connectors").symlink_to(connectors)
    arguments = ("--home", str(home))
    there = ("--kafka", kafka.bootstrap, "--topic-prefix", "command.")
    shown = tributary("demo", "--no-serve", *there, *arguments, cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    said = " ".join(shown.stdout.split())
    assert "shipments is topic command.shipments, offsets 0:" in said
    assert "Sample streams" in shown.stderr

    later = called("sql", "SELECT COUNT(*) AS n FROM orders", *arguments, cwd=tmp_path)
    assert "orders is topic command.orders" in " ".join(later.stdout.split())
    assert f"the sample shop on Kafka at {kafka.bootstrap}" in " ".join(
        called("doctor", *arguments, cwd=tmp_path).stdout.split()
    )
    files = called("demo", "--no-serve", *arguments, cwd=tmp_path)
    assert "offsets" not in files.stdout
    assert sample_shop.chosen(settings.load(home=home)) is None
