"""What a question over a long topic costs, beside the same one over a topic of its range alone.

The events are spread evenly over a day, in six partitions of a real broker.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from app.catalog import loader
from app.engines.pyflink import PyFlinkEngine
from app.sql import guard
from app.sql.timerange import Span
from tests.bench.report import Line, growth
from tests.bench.timing import median
from tests.kafka import jars
from tests.kafka.broker import Broker, Record

EVENTS = 5_000_000
PARTITIONS = 6
_END = datetime(2026, 11, 22, 12, tzinfo=UTC)
_DAY, _RANGE = timedelta(days=1), timedelta(minutes=15)
_DELAY = timedelta(seconds=10)
_CITIES = ("Bern", "Genoa", "Lyon", "Porto", "Turin")
_TABLE = """
CREATE TABLE {name} (
  id BIGINT, city STRING, amount DECIMAL(8, 2), t TIMESTAMP_LTZ(3),
  WATERMARK FOR t AS t - INTERVAL '10' SECOND
) WITH (
  'connector' = 'kafka', 'topic' = '{topic}', 'properties.bootstrap.servers' = '{bootstrap}',
  'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601'
);
"""
_QUESTION = """
SELECT city, COUNT(*) AS n, SUM(amount) AS total FROM {name}
WHERE t >= TIMESTAMP '2026-11-22 11:45:00' GROUP BY city ORDER BY city
"""


def lines(folder: Path) -> list[Line]:
    """Measures the question over both topics."""
    folder.mkdir()
    broker = Broker(jars.broker(), folder)
    broker.start()
    try:
        since = EVENTS - round(EVENTS * ((_RANGE + _DELAY) / _DAY))
        for name, first in (("long", 0), ("short", since)):
            topic = broker.topic(name, PARTITIONS)
            broker.produce(topic, _events(first))
            table = _TABLE.format(name=name, topic=topic, bootstrap=broker.bootstrap)
            (folder / f"{name}.sql").write_text(table)
        return [_compared(folder)]
    finally:
        broker.stop()


def _compared(folder: Path) -> Line:
    catalog = loader.load([folder])
    with PyFlinkEngine(catalog, state_dir=folder, connectors=jars.connectors()) as engine:
        engine.warm_up()

        def ask(name: str) -> list[dict[str, object]]:
            query = guard.check(_QUESTION.format(name=name), catalog, engine.parse, row_limit=100)
            return engine.run(query, ranges={name: Span(_END - _RANGE, None)}).rows()

        assert ask("long") == ask("short")
        long, short = (median(partial(ask, name), 7, warm=2) for name in ("long", "short"))
    what = f"15 minutes of {EVENTS:,} events in {PARTITIONS} partitions"
    return growth(what, long, short, 1.5)


def _events(first: int) -> Iterator[Record]:
    start, step = _END - _DAY, _DAY / EVENTS
    for n in range(first, EVENTS):
        at = start + n * step
        body = {"id": n, "city": _CITIES[n % 5], "amount": n % 10_000 / 100}
        body["t"] = f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"
        yield Record(
            json.dumps(body).encode(),
            timestamp=round(at.timestamp() * 1000),
            partition=n % PARTITIONS,
        )
