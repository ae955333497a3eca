"""The README is true: its commands run, its code runs, its tables match the program."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from app import cli, settings
from app.catalog import loader
from app.semantic_parser import parse
from app.semantic_parser.definitions import find
from app.settings import Settings
from ingest.demo.shop import DOCUMENTS
from tests.commands import called
from tests.semantic_parser.catalogs import NOW, SHOP, ZONE

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def fences(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def commands(first_word: str) -> list[str]:
    lines = [line for fence in fences("sh") for line in fence.splitlines()]
    return [line.split("#")[0].strip() for line in lines if line.startswith(first_word)]


def test_it_has_what_the_other_tests_look_for() -> None:
    assert len(commands("tributary")) >= 7
    assert len(commands("make")) >= 4
    assert len(fences("python")) == 2
    assert len(fences("text")) == 1


def python(*args: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Runs Python as a reader would, on the sample shop in a home."""
    return subprocess.run(
        [sys.executable, *args],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=home,
        env={**os.environ, "TRIBUTARY_HOME": str(home), "PYTHONPATH": str(ROOT)},
        check=False,
    )


@pytest.mark.flink
@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("command", commands("tributary"))
def test_command_runs(command: str, sample_home: Path) -> None:
    home = {"TRIBUTARY_HOME": str(sample_home)}
    run = called(*shlex.split(command)[1:], cwd=sample_home, env=home)
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip()


@pytest.mark.flink
@pytest.mark.xdist_group("commands")
def test_python_example_runs(sample_home: Path) -> None:
    run = python("-c", fences("python")[0], home=sample_home)
    assert run.returncode == 0, run.stderr
    assert "SELECT" in run.stdout
    assert "shipments" in run.stdout


def test_dialect_example_runs(tmp_path: Path) -> None:
    run = python("-c", fences("python")[1], home=tmp_path)
    assert run.returncode == 0, run.stderr
    assert "TableFromRows" in run.stdout
    assert "SELECT CAST(FLOOR(ts TO HOUR) AS DATE) FROM t LIMIT 5" in run.stdout


@pytest.mark.parametrize("question", fences("text")[0].splitlines())
def test_question_is_understood(question: str) -> None:
    definitions = find((DOCUMENTS / "metric-definitions.md").read_text(encoding="utf-8"))
    reading = parse(
        question, SHOP.catalog, SHOP.values, now=NOW, time_zone=ZONE, definitions=definitions
    )
    assert reading is not None
    assert reading.is_sure
    assert reading.unexplained == ()


@pytest.mark.flink
@pytest.mark.usefixtures("engine")
def test_case_example_is_all_right(tmp_path: Path, sample_home: Path) -> None:
    (tmp_path / "cases.yaml").write_text(fences("yaml")[0])
    home = {"TRIBUTARY_HOME": str(sample_home)}
    run = called("eval", "cases.yaml", "--min-accuracy", "1", cwd=tmp_path, env=home)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "shop" in run.stdout


@pytest.mark.parametrize("command", commands("make"))
def test_make_target_exists(command: str) -> None:
    target = command.split()[1]
    assert re.search(rf"^{target}:.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_table_example_loads(tmp_path: Path) -> None:
    (tmp_path / "trips.sql").write_text(fences("sql")[0])
    catalog = loader.load([tmp_path])
    assert catalog.problems == ()
    assert catalog.names == ("trips",)


@pytest.mark.parametrize("text", fences("toml"))
def test_settings_example_loads(text: str, tmp_path: Path) -> None:
    (tmp_path / "tributary.toml").write_text(text)
    assert settings.load(tmp_path / "tributary.toml", home=tmp_path).home == tmp_path


def test_settings_table_is_the_settings() -> None:
    rows = re.findall(r"^\| `(\w+)` \| .* \| (.*) \|$", README, re.MULTILINE)
    assert rows == [(name, field.description) for name, field in Settings.model_fields.items()]


def test_exit_statuses_are_the_commands() -> None:
    said = " ".join(README.split())
    assert " ".join(str(cli.cli.info.epilog).split()) in said
