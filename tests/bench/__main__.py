"""Prints tables of times, ratios and targets; `--strict` exits 1 where a target is missed."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from app.catalog.model import Catalog, Table
from app.engines.changelog import Changelog
from app.engines.pyflink import PyFlinkEngine
from app.sql.guard import SafeQuery
from tests.bench import agent, data, documents, history, questions, streams, text, topics
from tests.bench.report import Line, faster, header
from tests.bench.timing import median


def main(arguments: list[str]) -> int:
    """Measures one thing after the other and prints the tables."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tables = (
            (header("time", ""), [*text.lines(), *questions.lines(), *agent.lines()]),
            (header("Tributary", "PyFlink"), _beside_pyflink(folder)),
            (header("30 days", "1 day"), history.lines(folder)),
            (header("a day", "its range alone"), streams.lines(folder / "streams")),
            (
                header("with index", "model alone"),
                [*documents.lines(folder), *topics.lines(folder)],
            ),
        )
    for head, lines in tables:
        print(head, *lines, "", sep="\n")
    missed = any(not line.reached for _, lines in tables for line in lines)
    return 1 if missed and "--strict" in arguments else 0


def _beside_pyflink(folder: Path) -> list[Line]:
    data.write(folder)
    ours, theirs = _ours(folder), _theirs(folder)
    return [
        faster("small snapshot, warm", ours["snapshot"], theirs["snapshot"], 6),
        faster(f"{data.LARGE_ROWS:,} rows to pandas", ours["rows"], theirs["rows"], 1 / 1.1),
        faster("one change, from Flink to folded", ours["change"], theirs["change"], 20),
    ]


def _ours(folder: Path) -> dict[str, float]:
    tables = [
        Table(
            name,
            (),
            schema_sql=f"CREATE TABLE {name} ({data.COLUMNS})",
            options=data.options(folder, name),
        )
        for name in ("small", "many")
    ]
    with PyFlinkEngine(Catalog(tuple(tables)), state_dir=folder, freshness=False) as engine:
        engine.warm_up()

        def run(sql: str, limit: int) -> object:
            return engine.run(SafeQuery(sql, (), limit)).to_pandas()

        return {
            "snapshot": median(lambda: run(data.SNAPSHOT, 1000), 11, warm=10),
            "rows": median(lambda: run(data.ROWS, data.LARGE_ROWS), 3),
            "change": _one_change(engine),
        }


def _one_change(engine: PyFlinkEngine) -> float:
    """Seconds for one change, the job's start and end included."""
    log, count = Changelog(), 0
    started = time.perf_counter()
    with engine.changes(SafeQuery(data.CHANGES, (), 0)) as changes:
        for kinds, rows in changes:
            log.fold(kinds, rows)
            count += len(kinds)
    seconds = time.perf_counter() - started
    assert sum(log.snapshot()["n"].to_pylist()) == data.LARGE_ROWS
    return seconds / count


def _theirs(folder: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.theirs", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    times: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return times


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
