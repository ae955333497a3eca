"""`tributary ingest --topic` and `tributary deadletters` as a user meets them."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from ingest.topics.progress import TopicProgress
from tests.commands import called
from tests.ingest.following import eventually
from tests.kafka.broker import Broker, Record
from tests.test_cli import environment


def said(run: CompletedProcess[str]) -> str:
    return " ".join((run.stdout + run.stderr).split())


@pytest.mark.parametrize("command", ["list", "show", "retry", "skip"])
def test_every_command_takes_home_and_config(command: str, tmp_path: Path) -> None:
    run = called("deadletters", command, "--help", cwd=tmp_path)
    assert "--home" in run.stdout
    assert "--config" in run.stdout


WRONG: list[tuple[list[str], int, str]] = [
    (["ingest", "--topic", "docs"], 1, "No Kafka cluster is named. Give --bootstrap"),
    (["ingest", "--topic", "docs", "--bootstrap", "here"], 1, "kafka_bootstrap is wrong"),
    (
        ["ingest", "--topic", "docs", "--bootstrap", "127.0.0.1:1"],
        1,
        "The Kafka cluster at 127.0.0.1:1 cannot be reached",
    ),
    (["ingest", "a.md", "--topic", "docs"], 2, "either files and folders or a topic"),
    (["ingest", "--topic", "", "--bootstrap", "h:1"], 2, "either files and folders or a topic"),
    (["ingest", "a.md", "--from-start"], 2, "are for a topic: name it"),
    (["ingest", "--bootstrap", "h:1"], 2, "are for a topic: name it"),
    (
        ["ingest", "--topic", "docs", "--bootstrap", "h:1", "--property", "sasl.password=planted"],
        1,
        "sasl.password is a secret, and would be read by others here. Write it as ${NAME}",
    ),
    (
        ["ingest", "--topic", "a", "--bootstrap", "h:1", "--property", "sasl.password=${NOT_SET}"],
        1,
        "The environment variable NOT_SET is not set",
    ),
    (["ingest", "--topic", "a", "--bootstrap", "h:1", "--property", "x"], 1, "NAME=VALUE"),
    (["deadletters", "show", "docs/0-1"], 1, "There is no dead letter docs/0-1."),
    (["deadletters", "skip", "docs/0-1", "--bootstrap", "h:1"], 1, "There is no dead letter"),
]


@pytest.mark.parametrize(("arguments", "status", "message"), WRONG)
def test_what_is_wrong_is_one_message_and_makes_no_index(
    arguments: list[str], status: int, message: str, tmp_path: Path
) -> None:
    run = called(*arguments, "--home", str(tmp_path / "home"), cwd=tmp_path)
    assert (run.returncode, run.stdout) == (status, "")
    assert message in said(run)
    assert "planted" not in said(run)
    assert "Traceback" not in run.stderr
    assert not (tmp_path / "home" / "index").exists()


def test_no_letters_are_said_without_an_index(tmp_path: Path) -> None:
    run = called("deadletters", "list", "--home", str(tmp_path / "home"), cwd=tmp_path)
    assert (run.returncode, run.stdout.strip()) == (0, "There are no dead letters.")
    assert not (tmp_path / "home").exists()


@pytest.fixture
def topic(tmp_path: Path, kafka: Broker, monkeypatch: pytest.MonkeyPatch) -> str:
    """A topic with two poison events, which the settings of the folder are for."""
    topic = kafka.topic("docs")
    kafka.produce(
        topic,
        [
            Record(b"A parcel is late after two hours.", b"late"),
            Record(b'{"text": 7}', b"wool"),
            Record(b"\xff", b"silk"),
            Record(b"Never wash silk hot.", b"silk"),
        ],
    )
    monkeypatch.setenv("KAFKA_PASSWORD", kafka.password)
    (tmp_path / "tributary.toml").write_text(f'home = "home"\n{kafka.settings()}')
    return topic


@pytest.mark.kafka
def test_every_run_says_which_letters_are_open(topic: str, tmp_path: Path) -> None:
    first, again = (called("ingest", "--topic", topic, cwd=tmp_path) for _ in range(2))
    assert "4 events" in first.stdout
    assert "2 not readable, 1 parked" in first.stdout
    assert "0 events" in again.stdout
    for run in (first, again):
        assert run.returncode == 4
        assert f"2 dead letters of the topic {topic} are open; `trib" in said(run)
    examined = said(called("doctor", cwd=tmp_path))
    assert f"2 dead letters of the topic {topic} are open" in examined
    assert "answers (setting kafka_bootstrap, for documents)" in examined
    letters = called("ingest", "--topic", f"{topic}.deadletters", cwd=tmp_path)
    assert (letters.returncode, "is for dead letters" in said(letters)) == (1, True)


@pytest.mark.kafka
def test_letters_are_listed_repaired_and_skipped(topic: str, tmp_path: Path, kafka: Broker) -> None:
    runs = [called("ingest", "--topic", topic, cwd=tmp_path)]
    runs.append(called("deadletters", "list", "--json", cwd=tmp_path))
    letters = json.loads(runs[-1].stdout)
    assert [(one["id"], one["key"], one["behind"]) for one in letters] == [
        (f"{topic}/0-1", "wool", 0),
        (f"{topic}/0-2", "silk", 1),
    ]
    runs.append(called("deadletters", "show", letters[0]["id"], cwd=tmp_path))
    assert "Its field text is wrong" in runs[-1].stdout
    assert '{"text": 7}' in runs[-1].stdout
    (tmp_path / "wool.json").write_text('{"text": "Wash wool at 30."}')
    repair = ["deadletters", "retry", letters[0]["id"], "--value", "wool.json"]
    runs.append(called(*repair, cwd=tmp_path))
    assert (runs[-1].returncode, "Read again" in runs[-1].stdout) == (0, True)
    runs.append(called("deadletters", "retry", letters[1]["id"], cwd=tmp_path))
    assert (runs[-1].returncode, "still cannot be read" in said(runs[-1])) == (1, True)
    away = ["--bootstrap", "127.0.0.1:1"]
    runs.append(called("deadletters", "skip", letters[1]["id"], *away, cwd=tmp_path))
    assert (runs[-1].returncode, "127.0.0.1:1 cannot be reached" in said(runs[-1])) == (1, True)
    runs.append(called("deadletters", "skip", letters[1]["id"], cwd=tmp_path))
    runs.append(called("ingest", "--topic", topic, cwd=tmp_path))
    assert (runs[-1].returncode, "dead letter" in said(runs[-1])) == (0, False)
    runs.append(called("search", "how is silk washed", "--json", cwd=tmp_path))
    [best, *_] = json.loads(runs[-1].stdout)
    assert best["document"] == f"kafka://{topic}/silk"
    assert best["origin"] == f"topic {topic}, partition 0, offset 3"
    runs.append(called("documents", cwd=tmp_path))
    assert "wool" in runs[-1].stdout
    assert not any(kafka.password in run.stdout + run.stderr for run in runs)
    files = [path for path in (tmp_path / "home").rglob("*") if path.is_file()]
    assert not any(kafka.password.encode() in path.read_bytes() for path in files)


@pytest.mark.kafka
@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_following_ends_when_it_is_asked_to(
    tmp_path: Path, kafka: Broker, asked: signal.Signals
) -> None:
    topic = kafka.topic("docs")
    kafka.produce(topic, [Record(b"A parcel is late after two hours.", b"late")])
    home = tmp_path / "home"
    command = [sys.executable, "-m", "app", "ingest", "--topic", topic, "--watch"]
    where = ["--home", str(home), "--bootstrap", kafka.bootstrap]
    with subprocess.Popen(
        [*command, *where], cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, text=True
    ) as running:
        eventually(lambda: _dealt_with(home / "index" / "passages.sqlite3"))
        running.send_signal(asked)
        printed, _ = running.communicate(timeout=60)
    assert running.returncode == 0
    assert printed.startswith(f"Topic {topic}: 1 event, ")
    assert "1 document written" in printed
    again = called("ingest", "--topic", topic, *where, cwd=tmp_path)
    assert "0 events" in again.stdout


def test_the_group_may_stand_in_a_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    groups = []

    def follow(*_: object, group: str, **__: object) -> TopicProgress:
        groups.append(group)
        return TopicProgress()

    monkeypatch.setattr("ingest.kafka_client.opened", lambda *_: None)
    monkeypatch.setattr("ingest.topics.follow.follow", follow)
    options = ["--bootstrap", "h:1", "--property", "group.id=${GROUP}"]
    called("ingest", "--topic", "docs", *options, cwd=tmp_path, env={"GROUP": "ours"})
    assert groups == ["ours"]


ASKED_TWICE = """
import os, signal, time
from concurrent.futures import ThreadPoolExecutor
from app.cli_topics import _stopping

with ThreadPoolExecutor(1) as batch, _stopping() as stop:
    batch.submit(time.sleep, 60)
    os.kill(os.getpid(), signal.SIGINT)
    print(stop.is_set(), flush=True)
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(60)
"""


def test_who_asks_twice_waits_for_no_batch() -> None:
    command = [sys.executable, "-c", ASKED_TWICE]
    ended = subprocess.run(
        command, env=environment(), capture_output=True, text=True, timeout=40, check=False
    )
    assert (ended.stdout, ended.returncode) == ("True\n", 130)


def _dealt_with(file: Path) -> bool:
    if not file.exists():
        return False
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as db, suppress(sqlite3.Error):
        return db.execute("SELECT 1 FROM topic_partition").fetchone() is not None
    return False
