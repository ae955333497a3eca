"""What becomes of the JVM when its Python process ends, in processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.flink, pytest.mark.xdist_group("commands")]

BEGIN = """
import sys, time
from pathlib import Path
from app.catalog.model import Catalog
from app.engines.pyflink import PyFlinkEngine
from app.errors import QueryTimedOut
from app.sql.guard import SafeQuery

engine = PyFlinkEngine(Catalog(), state_dir=Path(sys.argv[1]))
engine.warm_up()
digits = "(VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9))"
names = [f"t{i}" for i in range(14)]
joined = ", ".join(f"{digits} AS {name} (n)" for name in names)
endless = SafeQuery(f"SELECT COUNT(*) FROM {joined} WHERE {'.n + '.join(names)}.n > 3", (), 1)
"""
KILLED = (
    BEGIN
    + """
print(engine._link._start.result().jvm.process.pid, flush=True)
engine.run(endless)
"""
)
# All of this join happens inside of one row, where Flink does not look whether it is cancelled.
# Stopped sooner than that row is reached, the job is an obedient one.
STUBBORN = (
    BEGIN
    + """
started = time.monotonic()
try:
    engine.run(endless, timeout=6)
except QueryTimedOut:
    assert time.monotonic() - started < 10
first = engine._link._start.result().jvm.process
first.wait(15)
assert engine.run(SafeQuery("SELECT 1 AS n", (), 1)).rows() == [{"n": 1}]
engine.close()
print("well", flush=True)
"""
)
# Constants are evaluated while planning, where nothing can be interrupted.
UNPLANNABLE = """
import sys
from functools import partial
from pathlib import Path
from app.catalog.model import Catalog
from app.engines import pyflink_planning
from app.engines.pyflink import PyFlinkEngine
from app.errors import QueryTimedOut
from app.sql.guard import SafeQuery

engine = PyFlinkEngine(Catalog(), state_dir=Path(sys.argv[1]))
engine.warm_up()
bounded = pyflink_planning.bounded_planning
pyflink_planning.bounded_planning = partial(bounded, seconds=3)
poison = "SELECT REGEXP_REPLACE(REPEAT('a', 400), 'a*a*a*a*a*b', '')"
try:
    engine.check(SafeQuery(poison, (), 1))
except QueryTimedOut as error:
    assert "Planning this query was stopped after 3 seconds." in str(error), error
else:
    raise AssertionError("it was planned")
pyflink_planning.bounded_planning = bounded
assert engine.run(SafeQuery("SELECT 1 AS n", (), 1)).rows() == [{"n": 1}]
engine.close()
print("well", flush=True)
"""


def start(folder: Path) -> tuple[subprocess.Popen[str], int]:
    """A Python process with a query running, and its JVM's process id."""
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(folder)],
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
    assert os.getpgid(jvm) != os.getpgid(process.pid)  # where a terminal's Ctrl-C does not reach it
    os.kill(process.pid, how)
    process.wait(60)
    assert gone_within(jvm, 60)
    if how is signal.SIGINT:
        errors = process.communicate()[1]
        assert "KeyboardInterrupt" in errors
        assert "py4j" not in errors
        assert not list(tmp_path.glob("run-*"))


@pytest.mark.parametrize("script", [STUBBORN, UNPLANNABLE], ids=["job", "plan"])
def test_what_cannot_be_cancelled_costs_the_jvm(script: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        check=False,
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert (done.stdout, done.returncode) == ("well\n", 0), done.stderr
