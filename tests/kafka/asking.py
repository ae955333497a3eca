"""Questions over tables of a test's own topics, for the tests of what they read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.answer import QueryResult
from app.catalog import loader
from app.engines.pyflink import PyFlinkEngine
from app.sql import guard
from app.sql.timerange import Span
from tests.kafka.broker import Broker, Record
from tests.kafka.test_tables import over, write

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
COLUMNS = "id INT, t TIMESTAMP_LTZ(3), WATERMARK FOR t AS t - INTERVAL '30' SECOND"
ISO = {"json.timestamp-format.standard": "ISO-8601"}
ALL = "SELECT id FROM orders ORDER BY id"


class Asking:
    """Engines over the tables of a folder."""

    def __init__(self, folder: Path, opened: ExitStack) -> None:
        self._folder, self._opened = folder, opened

    def table(self, topic: str, broker: Broker, more: Mapping[str, str] | None = None) -> None:
        options = over(topic, broker.bootstrap, {**ISO, **(more or {})})
        given = {name: value for name, value in options.items() if value}
        write(self._folder / "tables", "orders", COLUMNS, given)

    def run(
        self,
        sql: str,
        since: datetime | None = None,
        *,
        environ: Mapping[str, str] | None = None,
        timeout: float = 60.0,
    ) -> QueryResult:
        catalog = loader.load([self._folder / "tables"])
        assert not catalog.problems
        state = self._folder / "state"
        engine = PyFlinkEngine(catalog, environ=environ or {}, state_dir=state)
        self._opened.enter_context(engine)
        query = guard.check(sql, catalog, engine.parse, row_limit=100_000)
        ranges = {"orders": Span(since, None)} if since else {}
        return engine.run(query, ranges=ranges, timeout=timeout)


def order(n: int, at: datetime, recorded: datetime | None = None, partition: int = -1) -> Record:
    """An order of a moment, whose record has the same timestamp unless another is given."""
    value = json.dumps({"id": n, "t": f"{at:%Y-%m-%dT%H:%M:%SZ}"}).encode()
    millis = round((recorded or at).timestamp() * 1000)
    return Record(value, timestamp=millis, partition=partition)


def ids(result: QueryResult) -> list[int]:
    return [row["id"] for row in result.rows()]
