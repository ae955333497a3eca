"""`tributary eval` from the command to the figures, on a real Flink."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from app import settings
from app.answer import Answer, Answered, QueryRefused, QueryResult, QueryWritten, Step
from app.assistant import Assistant
from app.errors import EngineUnavailable, QueryFailed, TributaryError
from app.evaluation import cases, run
from app.evaluation.cases import Case
from tests.test_cli import environment, tributary

HERE = Path(__file__).parent

OWN = """\
now: 2026-11-22T17:30:00Z
tables: t.sql
data: writes_rides
cases:
  - question: How many rides are there?
    rows: [[3]]
  - question: How many rides are there in total?
    sql: SELECT nothing FROM rides
"""

TABLE = """\
CREATE TABLE rides (ride_id STRING COMMENT 'Number of the ride', PRIMARY KEY (ride_id) NOT ENFORCED)
WITH ('connector' = 'filesystem', 'path' = '${RIDES_FOLDER}/rides', 'format' = 'json');
"""

MODULE = """\
import json

def write(folder, now):
    (folder / "rides").mkdir()
    lines = (json.dumps({"ride_id": f"R{i}"}) for i in range(3))
    (folder / "rides" / "a.json").write_text("\\n".join(lines))
    assert now.isoformat() == "2026-11-22T17:30:00+00:00"
    return {"RIDES_FOLDER": str(folder)}
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A case file with a table and a module of its own."""
    (tmp_path / "own.yaml").write_text(OWN)
    (tmp_path / "t.sql").write_text(TABLE)
    (tmp_path / "writes_rides.py").write_text(MODULE)
    return tmp_path / "own.yaml"


@pytest.mark.flink
@pytest.mark.xdist_group("commands")
def test_the_sample_shop_is_evaluated(sample_home: Path) -> None:
    out = sample_home / "evaluation.json"
    asked = (str(HERE / "sample.yaml"), "--home", str(sample_home), "--json", str(out))
    done = tributary("eval", *asked, "--min-accuracy", "0.7", cwd=sample_home)
    assert done.returncode == 1, done.stderr
    report = json.loads(out.read_text())
    assert report["complete"] is True
    [file] = report["files"]
    outcomes = [case["outcome"] for case in file["cases"]]
    assert outcomes == ["right", "wrong", "right", "right", "right", "abstained"]
    assert round(file["figures"]["accuracy"], 3) == 0.667
    assert file["tags"]["document"]["right"] == 1
    assert file["cases"][1]["given"][0]["first"] != [[-1]]
    assert "expected: (-1)" in done.stdout
    assert "66.6%" in done.stdout


@pytest.mark.flink
@pytest.mark.xdist_group("commands")
def test_tables_and_data_of_ones_own_are_evaluated(own: Path) -> None:
    out = own.parent / "out.json"
    asked = [sys.executable, "-m", "app", "eval", str(own), "--json", str(out)]
    done = subprocess.run(
        asked, cwd=own.parent, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    right, error = json.loads(out.read_text())["files"][0]["cases"]
    assert right["outcome"] == "right"
    assert error["outcome"] == "error"
    assert "expected SQL" in error["why"]
    assert "nothing" in error["why"]


@pytest.mark.parametrize(
    ("replace", "by", "message"),
    [
        ("data: writes_rides", "data: no_such_module", "no_such_module"),
        ("data: writes_rides", "data: json", "has no attribute 'write'"),
        ("data: writes_rides\n", "", "needs the environment variable RIDES_FOLDER"),
        ("tables: t.sql", "tables: absent.sql", "absent.sql"),
        ("tables: t.sql", "tables: writes_rides.py", "cannot be used"),
        ("tables: t.sql", "tables: t.sql\ndocuments: absent", "absent"),
    ],
)
def test_what_cannot_be_asked_is_said_before_flink_starts(
    own: Path, replace: str, by: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(own.parent)
    monkeypatch.delenv("RIDES_FOLDER", raising=False)
    own.write_text(OWN.replace(replace, by))
    home = settings.load(home=own.parent / "home")
    with pytest.raises(TributaryError, match=message):
        next(run.evaluate(cases.read(own), home))


class Scripted:
    """Stands for an assistant: gives the steps, or raises what is among them."""

    def __init__(self, *steps: Step | Exception) -> None:
        self.steps = steps
        self.queries: list[str] = []

    def stream(self, question: str, *, conversation: str | None = None) -> Iterator[Step]:
        for step in self.steps:
            if isinstance(step, Exception):
                raise step
            yield step

    def sql(self, text: str) -> QueryResult:
        self.queries.append(text)
        if text == "gone":
            raise EngineUnavailable("Flink is gone.")
        return QueryResult(text, pa.table({"n": [3]}), ("t",), truncated=text == "many")


NOW = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
SILENT = Answered(Answer("q", "I cannot.", (), "rules", NOW))


@pytest.mark.parametrize(
    ("steps", "outcome", "why"),
    [
        ((SILENT,), "abstained", "no query was run"),
        ((QueryWritten("s"), QueryRefused("s", "No."), SILENT), "abstained", "refused: No."),
        ((QueryRefused("s", "No."), SILENT), "abstained", "its query was refused: No."),
        ((QueryWritten("s"), QueryFailed("It broke.")), "error", "QueryFailed: It broke."),
        ((QueryWritten("s"), KeyError("a")), "error", "KeyError: 'a'"),
        ((QueryWritten("s"), RecursionError("deep")), "error", "RecursionError: deep"),
    ],
)
def test_whatever_a_question_meets_is_an_outcome(
    steps: tuple[Step | Exception, ...], outcome: str, why: str
) -> None:
    runner = run._Run(cast(Assistant, Scripted(*steps)), ZoneInfo("UTC"))
    result = runner.case(Case("q", sql="SELECT 3"))
    assert result.outcome == outcome
    assert why in result.why
    assert result.sql == (("s",) if len(steps) > 1 else ())


def test_an_expected_query_runs_once_and_must_be_whole() -> None:
    assistant = Scripted(SILENT)
    runner = run._Run(cast(Assistant, assistant), ZoneInfo("UTC"))
    for _ in range(2):
        assert runner.case(Case("q", sql="SELECT 3")).outcome == "abstained"
    assert assistant.queries == ["SELECT 3"]
    assert "more rows than the limit" in runner.case(Case("q", sql="many")).why
    with pytest.raises(EngineUnavailable):
        runner.case(Case("q", sql="gone"))


def test_a_wrong_case_file_is_one_message(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("cases:\n  - questoin: a\n")
    done = tributary("eval", "a.yaml", cwd=tmp_path)
    assert done.returncode == 1
    said = " ".join(done.stderr.split())
    assert "a.yaml:2: A case has no key questoin. Did you mean question?" in said


def test_the_help_says_that_code_is_run(tmp_path: Path) -> None:
    said = " ".join(tributary("eval", "--help", cwd=tmp_path).stdout.split())
    assert "imported from the current directory and run" in said
