"""What it costs to understand a query before any of it runs: nothing here starts Flink."""

from __future__ import annotations

import statistics
from datetime import UTC, datetime
from functools import partial

from app.catalog import loader
from app.catalog.model import Catalog
from app.errors import TributaryError
from app.sql import guard, lineage, lint, timerange
from app.sql.guard import ParsedStatement
from ingest.demo.streams import TABLES
from tests.bench.report import Line, within
from tests.bench.timing import median, once
from tests.sql.adversarial import adversarial

NOW = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
TYPICAL = (
    "SELECT status, COUNT(*) AS n FROM orders GROUP BY status ORDER BY n DESC LIMIT 10",
    "SELECT category, SUM(amount) AS revenue FROM orders WHERE status = 'confirmed' "
    "AND order_time >= CURRENT_TIMESTAMP - INTERVAL '6' HOUR GROUP BY category",
    "SELECT window_start, window_end, failure_reason, COUNT(*) AS n FROM TABLE(TUMBLE("
    "TABLE payments, DESCRIPTOR(payment_time), INTERVAL '5' MINUTE)) WHERE status = 'failed' "
    "GROUP BY window_start, window_end, failure_reason",
    "SELECT s.carrier, COUNT(DISTINCT s.shipment_id) AS late, SUM(o.amount) * 0.1 AS owed "
    "FROM shipments s JOIN orders o ON o.order_id = s.order_id WHERE s.status = 'late' "
    "AND s.scan_time >= CURRENT_TIMESTAMP - INTERVAL '1' HOUR "
    "GROUP BY s.carrier ORDER BY late DESC",
    "WITH ranked AS (SELECT *, ROW_NUMBER() OVER "
    "(PARTITION BY order_id ORDER BY payment_time DESC) AS rn FROM payments) "
    "SELECT r.order_id, r.status, r.failure_reason FROM ranked r "
    "WHERE rn = 1 AND r.order_id IN (SELECT order_id FROM orders WHERE amount > 500)",
)


def lines() -> list[Line]:
    """Measures typical queries and the slowest of the hostile texts."""
    catalog = loader.load([TABLES])
    for text in TYPICAL:
        assert understand(text, catalog), text
    typical = [median(partial(understand, text, catalog), 21, warm=5) for text in TYPICAL]
    hostile = max(once(partial(understand, text, catalog)) for text in adversarial())
    return [
        within("a typical query understood", statistics.median(typical), 5e-3),
        within("the slowest hostile text of 100 KB", hostile, 0.2),
    ]


def understand(text: str, catalog: Catalog) -> bool:
    """Guard, lint, time range and lineage; whether the guard lets it pass."""

    def parsed(_text: str) -> ParsedStatement:
        """Flink's own parser has the last word, and is not what is measured."""
        return ParsedStatement(("PlannerQueryOperation",), (), is_query=True)

    try:
        safe = guard.check(text, catalog, parsed, row_limit=100)
    except TributaryError:
        return False
    lint.advise(safe.query, catalog, continuous=False)
    timerange.of(safe.query, catalog, now=NOW, time_zone="UTC")
    lineage.of(safe.query)
    return True
