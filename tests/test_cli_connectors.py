"""`tributary connectors` as its users meet it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from ingest.connectors import CONNECTORS
from tests.commands import called

COMMANDS = ["add", "list", "remove"]


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home in the current directory, and a repository that nobody runs."""
    monkeypatch.setenv("M2_REPO", str(tmp_path / "m2"))
    monkeypatch.setenv("JGO_CONFIG_FILE", str(tmp_path / "jgo.conf"))
    lines = ('home = "home"', 'maven_repository = "http://127.0.0.1:1/maven"')
    (tmp_path / "tributary.toml").write_text("\n".join(lines))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_home_and_config(command: str, tmp_path: Path) -> None:
    run = called("connectors", command, "--help", cwd=tmp_path)
    assert "--home" in run.stdout
    assert "--config" in run.stdout


def test_all_are_listed_and_nothing_is_made(tmp_path: Path) -> None:
    run = called("connectors", "list", cwd=tmp_path)
    assert run.returncode == 0
    assert "kafka (not added)" in run.stdout
    assert "org.apache.flink:flink-connector-kafka:" in run.stdout
    listed = json.loads(called("connectors", "list", "--json", cwd=tmp_path).stdout)
    assert [(one["name"], one["state"]) for one in listed] == [
        (one.name, "missing") for one in CONNECTORS
    ]
    assert not (tmp_path / "home").exists()


def test_a_repository_out_of_reach_is_status_1_and_one_message(tmp_path: Path) -> None:
    run = called("connectors", "add", "kafka", cwd=tmp_path)
    said = " ".join(run.stderr.split())
    assert (run.returncode, run.stdout) == (1, "")
    assert "could not be fetched from 127.0.0.1: it cannot be reached." in said
    assert "TRIBUTARY_MAVEN_REPOSITORY" in said


def test_an_unknown_name_is_refused_before_anything_is_fetched(tmp_path: Path) -> None:
    run = called("connectors", "add", "avro", "kafak", cwd=tmp_path)
    assert run.returncode == 1
    assert "There is no connector kafak. Did you mean kafka?" in run.stderr
    assert not (tmp_path / "home").exists()


def test_credentials_in_an_address_are_refused_unsaid(tmp_path: Path) -> None:
    (tmp_path / "tributary.toml").write_text(
        'maven_repository = "https://ann:planted-4711@example.org"'
    )
    run = called("connectors", "list", cwd=tmp_path)
    assert run.returncode == 1
    assert "Credentials belong in ~/.netrc" in " ".join(run.stderr.split())
    assert "planted-4711" not in run.stderr


@pytest.mark.kafka
def test_what_is_added_is_listed_until_it_is_removed(tmp_path: Path, connectors: Path) -> None:
    repository = tmp_path / "repository"
    for jar in CONNECTORS[0].jars:
        group, artifact, version, _, _ = jar.parts
        place = repository.joinpath(*group.split("."), artifact, version)
        place.mkdir(parents=True)
        shutil.copy(connectors / CONNECTORS[0].name / jar.file_name, place)
    lines = ('home = "home"', f'maven_repository = "{repository}"')
    (tmp_path / "tributary.toml").write_text("\n".join(lines))

    added = called("connectors", "add", "kafka", cwd=tmp_path)
    folder = tmp_path / "home" / "connectors" / "kafka"
    assert added.returncode == 0
    assert f"kafka added ({folder})." in "".join(added.stdout.split("\n"))
    assert "started again" in added.stdout
    again = called("connectors", "add", "kafka", cwd=tmp_path).stdout
    assert "kafka is there already" in again
    assert "started again" not in again
    assert "kafka (added)" in called("connectors", "list", cwd=tmp_path).stdout
    assert called("connectors", "remove", "kafka", cwd=tmp_path).stdout == "kafka removed.\n"
    assert called("connectors", "remove", "kafka", cwd=tmp_path).stdout == (
        "kafka was not there.\n"
    )
    assert not folder.exists()
