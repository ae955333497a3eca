"""Small values that several tests share."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pyarrow as pa

from app.answer import Answer, Passage, QueryResult, Source
from app.offsets import PartitionRead, TableRead, TopicRead

NOW = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)


def result(**changes: object) -> QueryResult:
    table = pa.table(
        {
            "carrier": pa.array(["Nordwind", "<b>Blitz</b>", None]),
            "owed": pa.array([Decimal("12.50"), Decimal("3.00"), None], pa.decimal128(10, 2)),
            "last_scan": pa.array([NOW, NOW, None], pa.timestamp("ms", "UTC")),
        }
    )
    values: dict[str, object] = {
        "sql": "SELECT carrier, owed, last_scan FROM shipments",
        "table": table,
        "tables": ("shipments",),
        "truncated": False,
        "as_of": {"shipments": NOW},
        "seconds": 0.25,
        "lineage": ("owed = SUM(shipments.owed)", "<i>carrier</i>"),
        "ranges": {"shipments": (NOW, None)},
        "advice": ("A remark on the query.",),
        "offsets": {"shipments": TableRead((topic("<b>parcels</b>"), topic("more")))},
    }
    return QueryResult(**{**values, **changes})  # type: ignore[arg-type]


def topic(name: str) -> TopicRead:
    return TopicRead(name, (PartitionRead(0, 120, 340, NOW), PartitionRead(1, 7, 7)))


def passage(**changes: object) -> Passage:
    values: dict[str, object] = {
        "document": "policies/late.md",
        "title": "Late parcels",
        "heading_path": ("Late parcels", "What we owe"),
        "start": 10,
        "end": 40,
        "text": "We owe EUR 5. <script>x()</script>",
        "relevance": 0.93,
        "similarity": 0.71,
    }
    return Passage(**{**values, **changes})  # type: ignore[arg-type]


def answer(**changes: object) -> Answer:
    values: dict[str, object] = {
        "question": "Which carriers are late?",
        "text": "Nordwind owes **12.50** [1].\n\n> We owe EUR 5. [2]",
        "sources": (Source(1, result()), Source(2, passage())),
        "responder": "rules",
        "asked_at": NOW,
        "understood": "owed per carrier",
        "notices": ("One remark.",),
        "timings": {"engine": 0.25, "total": 0.3},
        "conversation": "c1",
    }
    return Answer(**{**values, **changes})  # type: ignore[arg-type]
