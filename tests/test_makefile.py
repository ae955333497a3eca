"""Which Python the Makefile sets the environment up with."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BROKEN = "#!/bin/sh\necho 'not installed' >&2\nexit 127\n"
OTHER = "#!/bin/sh\nexit 1\n"  # what a version out of range makes of the question
GOOD = f'#!/bin/sh\nexec "{sys.executable}" "$@"\n'


def program(folder: Path, name: str, text: str) -> None:
    """An executable script."""
    path = folder / name
    path.write_text(text)
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("found", "chosen"),
    [
        ({"python3.12": GOOD}, "python3.12"),
        ({"python3.12": BROKEN, "python3.11": GOOD}, "python3.11"),
        ({"python3.12": BROKEN, "python3.11": BROKEN, "python3": GOOD}, "python3"),
        ({"python3": OTHER, "python": GOOD}, "python"),
        ({"python3": OTHER}, ""),
    ],
)
def test_the_first_python_that_runs_is_chosen(
    tmp_path: Path, found: dict[str, str], chosen: str
) -> None:
    for name in ("python3.12", "python3.11", "python3", "python"):
        program(tmp_path, name, found.get(name, BROKEN))
    run = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", "VENV=none", "demo"],
        cwd=ROOT,
        env={**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "MAKEFLAGS": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert f'"{chosen}" -m venv none' in run.stdout
