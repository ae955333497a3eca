"""`tributary examples` as a reviewer meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.memory.examples import Examples
from tests.commands import called
from tests.samples import NOW
from tests.test_terminal import HOSTILE

COMMANDS = ["list", "show", "approve", "reject", "check"]
QUESTION, SQL = "How many orders are there?", "SELECT COUNT(*) FROM orders"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the settings file of the current directory says that examples are."""
    (tmp_path / "tributary.toml").write_text('home = "home"\nexamples = "kept"')
    return tmp_path / "kept"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_home_and_config(command: str, tmp_path: Path) -> None:
    run = called("examples", command, "--help", cwd=tmp_path)
    assert "--home" in run.stdout
    assert "--config" in run.stdout


def test_nothing_to_review_is_said_without_flink(tmp_path: Path) -> None:
    for command in ("list", "check"):
        run = called("examples", command, "--home", str(tmp_path / "home"), cwd=tmp_path)
        assert (run.returncode, run.stdout.strip()) == (
            0,
            "There are no examples. Propose answers in the chat.",
        )
    assert not (tmp_path / "home").exists()


def test_a_proposal_is_listed_shown_approved_and_rejected(tmp_path: Path, folder: Path) -> None:
    id_ = Examples(folder).propose(QUESTION, SQL, NOW).id
    listed = called("examples", "list", cwd=tmp_path)
    assert listed.stdout.splitlines() == [
        id_,
        f"proposed: {QUESTION}",
        "",
        "1 example, 0 broken.",
    ]
    shown = called("examples", "show", id_, cwd=tmp_path).stdout
    assert SQL in shown
    assert "Asked at 2026-11-22T17:30:00+00:00" in shown
    assert called("examples", "approve", id_, cwd=tmp_path).returncode == 0
    [one] = json.loads(called("examples", "list", "--json", cwd=tmp_path).stdout)
    assert one == {
        "id": id_,
        "status": "verified",
        "question": QUESTION,
        "problem": "",
        "asked_at": "2026-11-22T17:30:00+00:00",
        "sql": SQL,
        "file": str(folder / f"{id_}.sql"),
    }
    assert called("examples", "reject", id_, cwd=tmp_path).returncode == 0
    assert Examples(folder).all() == ()


@pytest.mark.parametrize("command", ["show", "approve", "reject"])
def test_an_unknown_id_is_status_1_and_one_message(
    command: str, tmp_path: Path, folder: Path
) -> None:
    run = called("examples", command, "../nothing", cwd=tmp_path)
    assert (run.returncode, run.stdout) == (1, "")
    assert "There is no example '../nothing'. `tributary examples list`" in " ".join(
        run.stderr.split()
    )


def test_nothing_in_a_file_drives_the_terminal(tmp_path: Path, folder: Path) -> None:
    folder.mkdir()
    (folder / "a.sql").write_text(f"-- question: {HOSTILE}\nSELECT '{HOSTILE}'")
    (folder / "b.sql").write_text(HOSTILE)
    for arguments in (("list",), ("show", "a")):
        shown = called("examples", *arguments, cwd=tmp_path).stdout
        assert "[bold]f[/bold]" in shown
        assert not {c for c in shown if not c.isprintable() and c != "\n"}
    assert "Broken: It has no line" in called("examples", "list", cwd=tmp_path).stdout


@pytest.mark.flink
@pytest.mark.usefixtures("engine")
def test_check_asks_flink_and_fails_where_one_is_broken(tmp_path: Path, sample_home: Path) -> None:
    examples = Examples(tmp_path)
    examples.approve(examples.propose(QUESTION, SQL, NOW).id)
    (tmp_path / "tributary.toml").write_text('examples = "."')
    options = ("--config", str(tmp_path / "tributary.toml"), "--home", str(sample_home))
    run = called("examples", "check", *options, cwd=sample_home)
    assert (run.returncode, run.stdout.splitlines()[-1]) == (0, "1 example, 0 broken.")
    broken = examples.propose("Which colour?", "SELECT colour FROM orders", NOW)
    run = called("examples", "check", "--json", *options, cwd=sample_home)
    problems = {e["id"]: e["problem"] for e in json.loads(run.stdout)}
    assert run.returncode == 1
    assert "colour" in problems.pop(broken.id)
    assert list(problems.values()) == [""]
