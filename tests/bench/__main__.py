"""Prints what, ours, theirs, ratio and target; `--strict` exits 1 where a target is missed."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from app.catalog.model import Catalog, Table
from app.engines.changelog import Changelog
from app.engines.pyflink import PyFlinkEngine
from app.sql.guard import SafeQuery
from tests.bench import data
from tests.bench.theirs import median


@dataclass(frozen=True, slots=True)
class Line:
    """One comparison: seconds of both sides, and how many times faster ours has to be."""

    what: str
    ours: float
    theirs: float
    target: float

    @property
    def ratio(self) -> float:
        return self.theirs / self.ours

    def __str__(self) -> str:
        verdict = "reached" if self.ratio >= self.target else "MISSED"
        return (
            f"{self.what:<38}{_human(self.ours):>12}{_human(self.theirs):>12}"
            f"{self.ratio:>9.1f}x{f'>= {self.target:.2g}x':>11}  {verdict}"
        )


def main(arguments: list[str]) -> int:
    """Measures both sides, one after the other, and prints the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data.write(folder)
        ours, theirs = _ours(folder), _theirs(folder)
    lines = [
        Line("small snapshot, warm", ours["snapshot"], theirs["snapshot"], 6),
        Line(f"{data.LARGE_ROWS:,} rows to pandas", ours["rows"], theirs["rows"], 1 / 1.1),
        Line("one change, from Flink to folded", ours["change"], theirs["change"], 20),
    ]
    print(f"{'':<38}{'Tributary':>12}{'PyFlink':>12}{'ratio':>10}{'target':>11}")
    for line in lines:
        print(line)
    missed = any(line.ratio < line.target for line in lines)
    return 1 if missed and "--strict" in arguments else 0


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


def _human(seconds: float) -> str:
    return f"{seconds * 1e6:.0f} µs" if seconds < 1e-2 else f"{seconds:.2f} s"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
