"""What becomes of the JVM when its Python process ends, in processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.flink

PROGRAM = """
import sys
from pathlib import Path
from app.catalog.model import Catalog
from app.engines.pyflink import PyFlinkEngine
from app.sql.guard import SafeQuery

engine = PyFlinkEngine(Catalog(), state_dir=Path(sys.argv[1]))
engine.warm_up()
print(engine._start.result().jvm.process.pid, flush=True)
ten = "(VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9))"
many = ", ".join(f"{ten} AS t{i} (n)" for i in range(14))
engine.run(SafeQuery(f"SELECT COUNT(*) FROM {many}", (), 1))
"""


def start(folder: Path) -> tuple[subprocess.Popen[str], int]:
    """A Python process with a query running, and its JVM's process id."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    jvm = int(process.stdout.readline())
    time.sleep(0.5)
    return process, jvm


def gone_within(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_the_jvm_ends_with_its_process(tmp_path: Path, how: signal.Signals) -> None:
    process, jvm = start(tmp_path)
    assert not gone_within(jvm, 0.1)
    os.kill(process.pid, how)
    process.wait(5)
    assert gone_within(jvm, 5)
    if how is signal.SIGINT:
        errors = process.communicate()[1]
        assert "KeyboardInterrupt" in errors
        assert "py4j" not in errors
        assert not list(tmp_path.glob("flink/run-*"))


def test_the_jvm_ignores_ctrl_c(tmp_path: Path) -> None:
    process, jvm = start(tmp_path)
    assert os.getpgid(jvm) != os.getpgid(process.pid)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(5)
    assert gone_within(jvm, 5)
