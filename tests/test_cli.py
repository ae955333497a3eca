"""The `tributary` command as its users meet it: output, exit statuses, what is left behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.commands import called

ROOT = Path(__file__).parent.parent


def environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("TRIBUTARY_")}
    return {**kept, "PYTHONPATH": str(ROOT), "COLUMNS": "120"}


def tributary(*args: str, cwd: Path, timeout: float = 120) -> subprocess.CompletedProcess[str]:
    run = subprocess.run(
        [sys.executable, "-m", "app", *args],
        capture_output=True,
        text=True,
        timeout=timeout,
        cwd=cwd,
        env=environment(),
        check=False,
    )
    assert "Traceback" not in run.stderr, run.stderr
    return run


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


COMMANDS = [
    "demo",
    "chat",
    "ask",
    "ingest",
    "search",
    "documents",
    "tables",
    "sql",
    "check",
    "doctor",
    "eval",
]


def test_help_names_every_command_and_the_exit_statuses(tmp_path: Path) -> None:
    run = tributary("--help", cwd=tmp_path)
    assert run.returncode == 0
    assert all(f"{name} " in run.stdout for name in (*COMMANDS, "examples"))
    assert "3 query refused" in " ".join(run.stdout.split())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_home_and_config(command: str, tmp_path: Path) -> None:
    run = called(command, "--help", cwd=tmp_path)
    assert "--home" in run.stdout
    assert "--config" in run.stdout


def test_wrong_usage_is_status_2(tmp_path: Path) -> None:
    assert tributary("tables", "--nonsense", cwd=tmp_path).returncode == 2


def test_a_wrong_setting_is_status_1_and_one_message(tmp_path: Path) -> None:
    (tmp_path / "tributary.toml").write_text("row_limit = 'many'")
    run = tributary("tables", cwd=tmp_path)
    assert run.returncode == 1
    assert "row_limit" in run.stderr
    assert run.stdout == ""


def test_tables_of_ones_own_load_around_a_broken_one(tmp_path: Path) -> None:
    (tmp_path / "t.sql").write_text(
        "CREATE TABLE good (a INT) WITH ('connector' = 'datagen', 'password' = 'hunter2');\n"
        "CREATE TABLE bad (a INT,,) WITH ('connector' = 'datagen');\n"
    )
    (tmp_path / "tributary.toml").write_text('tables = ["t.sql"]')
    run = called("tables", "--json", "--home", str(tmp_path / "home"), cwd=tmp_path)
    assert run.returncode == 0
    listed = json.loads(run.stdout)
    assert [t["name"] for t in listed["tables"]] == ["good"]
    assert [p["line"] for p in listed["problems"]] == [2]
    assert "hunter2" not in run.stdout


def test_ingest_goes_on_past_what_it_cannot_read(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "good.md").write_text("# Returns\n\nA kettle may be returned within 40 days.")
    (docs / "bad.md").write_bytes(b"broken\0")
    home = str(tmp_path / "home")
    run = tributary("ingest", str(docs), "--home", home, cwd=tmp_path)
    assert run.returncode == 4
    assert "bad.md" in run.stderr
    assert "1 added, 0 changed, 0 moved, 0 unchanged, 0 deleted, 1 not taken in" in run.stdout
    found = called("search", "--json", "return a kettle", "--home", home, cwd=tmp_path)
    assert json.loads(found.stdout)[0]["document"].endswith("good.md")
    asked = called("ask", "--json", "When may a kettle be returned?", "--home", home, cwd=tmp_path)
    assert "40 days" in json.loads(asked.stdout)["text"]


def test_nothing_to_ingest_is_said(tmp_path: Path) -> None:
    run = called("ingest", "--home", str(tmp_path), cwd=tmp_path)
    assert run.returncode == 1
    assert "nothing to ingest" in run.stderr


@pytest.mark.flink
@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    ("sql", "status", "reason"),
    [
        ("SELECT COUNT(*) FROM orders", 0, None),
        ("DROP TABLE orders", 3, "not_a_query"),
        ("SELECT nothing FROM orders", 3, "unknown_column"),
        ("SELECT nofunction(city) FROM orders", 3, "unknown_function"),
    ],
)
def test_check_says_and_exits_with_the_verdict(
    sql: str, status: int, reason: str | None, sample_home: Path
) -> None:
    run = called("check", "--json", sql, "--home", str(sample_home), cwd=sample_home)
    verdict = json.loads(run.stdout)
    assert (run.returncode, verdict.get("reason")) == (status, reason)
    assert verdict["accepted"] is (status == 0)


SESSIONS = (
    "SELECT session_id, COUNT(DISTINCT view_id) AS pages FROM TABLE(SESSION(TABLE page_views "
    "PARTITION BY session_id, DESCRIPTOR(view_time), INTERVAL '30' MINUTE)) "
    "GROUP BY session_id, window_start, window_end"
)
SORTED = "SELECT city, COUNT(DISTINCT order_id) AS n FROM orders GROUP BY city ORDER BY n"


@pytest.mark.flink
@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    ("sql", "options", "status"),
    [(SESSIONS, [], 3), (SESSIONS, ["--continuous"], 0), (SORTED, [], 0)],
)
def test_check_plans_as_the_query_would_run(
    sql: str, options: list[str], status: int, sample_home: Path
) -> None:
    run = called("check", *options, sql, "--home", str(sample_home), cwd=sample_home)
    assert run.returncode == status, run.stdout


@pytest.mark.flink
@pytest.mark.usefixtures("engine")
def test_check_says_what_a_query_needs(sample_home: Path) -> None:
    sql = (
        "SELECT window_start, SUM(amount) AS revenue FROM TABLE(TUMBLE(TABLE orders, "
        "DESCRIPTOR(order_time), INTERVAL '1' HOUR)) WHERE status <> 'cancelled' AND "
        "order_time >= TO_TIMESTAMP_LTZ(1795370400000, 3) GROUP BY window_start"
    )
    home = ("--home", str(sample_home))
    run = called("check", "--json", "--continuous", sql, *home, cwd=sample_home)
    verdict = json.loads(run.stdout)
    assert verdict["tables"] == ["orders"]
    assert verdict["columns"] == {"orders": ["amount", "order_time", "status"]}
    assert verdict["time_range"]["orders"]["to"] is None
    assert [one["output"] for one in verdict["lineage"]] == ["window_start", "revenue"]
    assert verdict["lineage"][1]["expression"] == "SUM(orders.amount)"
    assert "window_bound" in {one["rule"] for one in verdict["advice"]}
    shown = called("check", "--continuous", sql, *home, cwd=sample_home).stdout
    assert "revenue = SUM(orders.amount)" in shown
    assert "GROUP BY window_start, window_end" in shown


@pytest.mark.flink
@pytest.mark.xdist_group("commands")
def test_sql_prints_rows_as_json(sample_home: Path) -> None:
    run = tributary(
        "sql", "--json", "SELECT 1 AS a, 'x' AS b", "--home", str(sample_home), cwd=sample_home
    )
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["rows"] == [{"a": 1, "b": "x"}]


def _java_under(home: Path) -> list[int]:
    """Process ids of the JVMs whose files lie in a home."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                line = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if b"java" in line and str(home).encode() in line:
                found.append(int(entry.name))
    return found


def _await(condition: object, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():  # type: ignore[operator]
            return True
        time.sleep(0.1)
    return False


def _start_demo(home: Path, port: int, log: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "app", "demo", "--home", str(home), "--port", str(port)],
        stdout=log.open("wb"),
        stderr=subprocess.STDOUT,
        cwd=home.parent,
        env=environment(),
    )


def _serves(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


@pytest.mark.flink
@pytest.mark.xdist_group("commands")
def test_demo_starts_again_after_a_kill_proves_itself_serves_and_ends_at_once(
    tmp_path: Path,
) -> None:
    home, log, port = tmp_path / "home", tmp_path / "out.txt", free_port()
    demo = _start_demo(home, port, log)
    try:
        assert _await(lambda: bool(_java_under(home)), 60), log.read_text()
        demo.kill()  # no chance to tidy up
        demo.wait(5)
        assert _await(lambda: not _java_under(home), 20)
        demo = _start_demo(home, port, log)
        assert _await(lambda: _serves(port) or demo.poll() is not None, 120), log.read_text()
        assert demo.poll() is None, log.read_text()
        proof = log.read_text()
        assert "SELECT" in proof
        assert "[1]" in proof
        assert f"127.0.0.1:{port}" in proof
        demo.send_signal(signal.SIGINT)
        assert demo.wait(5) == 0
        assert _await(lambda: not _java_under(home), 2)
    finally:
        demo.kill()
        demo.wait(5)


@pytest.mark.flink
@pytest.mark.xdist_group("commands")
@pytest.mark.parametrize("after", [0.3, 1.5, 4.0, 8.0])
def test_ctrl_c_at_any_step_ends_everything(after: float, tmp_path: Path) -> None:
    home, log = tmp_path / "home", tmp_path / "out.txt"
    demo = _start_demo(home, free_port(), log)
    try:
        time.sleep(after)
        demo.send_signal(signal.SIGINT)
        started = time.monotonic()
        demo.wait(5)
        assert time.monotonic() - started < 5
        assert demo.returncode == 130
        assert _await(lambda: not _java_under(home), 2)
    finally:
        demo.kill()
        demo.wait(5)
    assert "Traceback" not in log.read_text()


def test_watching_follows_changes_and_ends_with_0(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "a.md").write_text("# A\n\nOne.")
    command = [sys.executable, "-m", "app", "ingest", "docs", "--watch", "--home", "home"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        assert "1 added" in run.stdout.readline()
        (docs / "b.md").write_text("# B\n\nTwo.")
        assert "1 added, 0 changed, 0 moved, 1 unchanged" in run.stdout.readline()
        run.send_signal(signal.SIGINT)
        assert run.wait(30) == 0


def test_uploads_are_a_source_and_the_sources_are_remembered(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("# A\n\nOne.")
    assert called("ingest", "docs", "--home", "home", cwd=tmp_path).returncode == 0
    (tmp_path / "home" / "uploads" / "b.md").write_text("# B\n\nTwo.")
    again = called("ingest", "--home", "home", cwd=tmp_path)
    assert again.stdout.startswith("Documents: 1 added, 0 changed, 0 moved, 1 unchanged, 0 deleted")
