"""What "the last 15 minutes" cost as the sample shop's history grows 30-fold."""

from __future__ import annotations

import statistics
from contextlib import ExitStack
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from random import Random

from app.catalog import loader
from app.catalog.model import Catalog
from app.engines.pyflink import PyFlinkEngine
from app.sql import query, timerange
from app.sql.guard import SafeQuery
from ingest.demo.events import HOUR, STREAMS, Event, Payload, to_ms
from ingest.demo.segments import Rows, Segments
from ingest.demo.streams import TABLES
from tests.bench.report import Line, growth
from tests.bench.timing import once

HOURS = 24
TIMES = 30
QUERY = (
    "SELECT category, COUNT(*) AS n, SUM(amount) AS revenue FROM orders "
    "WHERE order_time >= CURRENT_TIMESTAMP - INTERVAL '15' MINUTE AND status = 'confirmed' "
    "GROUP BY category"
)
_PER_HOUR = 360  # the shop's own rate
_CATEGORIES = ("camping", "clothing", "cookware", "climbing")
_STATUS = ("confirmed", "confirmed", "confirmed", "cancelled")


def lines(folder: Path) -> list[Line]:
    """Measures the query over a day and over thirty, with and without leaving files out."""
    catalog = loader.load([TABLES])
    with ExitStack() as stack:
        engines = []
        for hours in (HOURS, HOURS * TIMES):
            streams = folder / str(hours)
            write(streams, hours)
            engine = PyFlinkEngine(
                catalog, environ={"TRIBUTARY_STREAMS": str(streams)}, state_dir=folder
            )
            engines.append(stack.enter_context(engine))
            engine.warm_up()
        short, long = _alternately(engines, catalog, 25, warm=12, spare=True)
        whole_short, whole_long = _alternately(engines, catalog, 5, warm=1, spare=False)
    return [
        growth("last 15 minutes", long, short, 1.3),
        growth("the same, reading every file", whole_long, whole_short, None),
    ]


def _alternately(
    engines: list[PyFlinkEngine], catalog: Catalog, repeats: int, *, warm: int, spare: bool
) -> list[float]:
    """The median for each engine; what else the machine does is then spread over all of them."""
    times: list[list[float]] = [[] for _ in engines]
    for _ in range(warm + repeats):
        for engine, own in zip(engines, times, strict=True):
            own.append(once(partial(_ask, engine, catalog, spare=spare)))
    return [statistics.median(own[warm:]) for own in times]


def _ask(engine: PyFlinkEngine, catalog: Catalog, *, spare: bool) -> None:
    ranges = None
    if spare:
        read, now = query.read(QUERY, catalog), datetime.now(UTC)
        ranges = timerange.of(read, catalog, now=now, time_zone="UTC")
        assert ranges["orders"].start is not None
    result = engine.run(SafeQuery(QUERY, ("orders",), 100), ranges=ranges)
    assert len(result) > 0


def write(streams: Path, hours: int) -> None:
    """Orders of so many hours up to now, in files of an hour as the shop leaves them behind."""
    segments = Segments(streams, seed=0, rate=1.0)
    segments.open()
    rng, now = Random(7), to_ms(datetime.now(UTC))
    nothing = dict.fromkeys(STREAMS, Rows(b"", None))
    first = (now - hours * HOUR) // HOUR * HOUR
    for start in range(first, now, HOUR):
        end = min(start + HOUR, now)
        segments.append(start, end, nothing | {"orders": _orders(rng, start, end)}, now=now)


def _orders(rng: Random, start: int, end: int) -> Rows:
    times = list(range(start, end, HOUR // _PER_HOUR))
    text = "".join(f"{Event('orders', t, t, _order(rng, t)).to_json()}\n" for t in times)
    return Rows(text.encode(), (times[0], times[-1]))


def _order(rng: Random, moment_ms: int) -> Payload:
    moment = datetime.fromtimestamp(moment_ms / 1000, UTC)
    return {
        "order_id": f"O-{rng.getrandbits(32):08x}",
        "customer_id": f"C-{rng.randrange(10_001, 18_001)}",
        "product": "Cast-iron pan",
        "category": rng.choice(_CATEGORIES),
        "quantity": rng.randrange(1, 4),
        "amount": Decimal(rng.randrange(100, 50_000)).scaleb(-2),
        "shipping_fee": Decimal("4.90"),
        "city": "Bern",
        "channel": "web",
        "status": rng.choice(_STATUS),
        "order_time": f"{moment:%Y-%m-%dT%H:%M:%S}.{moment_ms % 1000:03}Z",
    }
