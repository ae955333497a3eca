"""A sync that is killed, anywhere, is made good by the next one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.ingest import crash

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.xdist_group("crash")  # all are seen in one run of a process


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What was found after each kill, by its name; one process does them all."""
    command = [sys.executable, "-m", "tests.ingest.crash", str(tmp_path_factory.mktemp("crash"))]
    run = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False
    )
    assert run.returncode == 0, run.stderr
    return {line["name"]: line for line in map(json.loads, run.stdout.splitlines())}


@pytest.mark.parametrize(
    "name",
    [f"before {owner.__name__}.{method}" for owner, method in crash.STEPS]
    + [f"after {seconds} s" for seconds in crash.DELAYS],
)
def test_the_next_sync_makes_good_what_was_killed(
    lines: dict[str, dict[str, Any]], name: str
) -> None:
    line = lines[name]
    assert line["killed"]
    assert line["between"] == []
    assert line["state"] == line["anew"]
    assert line["state"]["settled"]
    assert len(line["state"]["documents"]) == 6
