"""PyFlink as its documentation has it, in a process of its own: prints its times as JSON."""

from __future__ import annotations

import json
import os
import sys
import time
from itertools import islice
from pathlib import Path
from typing import Any

from app.engines.pyflink_jvm import java_home
from tests.bench import data
from tests.bench.timing import median

CHANGES = 3_000  # more would only take longer: the rate does not change


def main(folder: Path) -> None:
    """Measures the three of them."""
    os.environ["JAVA_HOME"] = str(java_home(os.environ))
    from pyflink.table import EnvironmentSettings, TableEnvironment

    batch = TableEnvironment.create(EnvironmentSettings.in_batch_mode())
    stream = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
    for env in (batch, stream):
        for name in ("small", "many"):
            pairs = ", ".join(f"'{k}' = '{v}'" for k, v in data.options(folder, name).items())
            env.execute_sql(f"CREATE TEMPORARY TABLE {name} ({data.COLUMNS}) WITH ({pairs})")
    times = {
        "snapshot": median(lambda: list(batch.execute_sql(data.SNAPSHOT).collect()), 11, warm=10),
        "rows": median(lambda: batch.sql_query(data.ROWS).to_pandas(), 3),
        "change": one_change(stream),
    }
    print(json.dumps(times))


def one_change(stream: Any) -> float:
    """Seconds for one row of the changelog; the wait for the first one is not counted."""
    result = stream.execute_sql(data.CHANGES)
    with result.collect() as changes:
        next(changes)
        started = time.perf_counter()
        for _ in islice(changes, CHANGES):
            pass
        return (time.perf_counter() - started) / CHANGES


if __name__ == "__main__":
    main(Path(sys.argv[1]))
