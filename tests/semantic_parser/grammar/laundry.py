"""A laundry whose columns share words with the names of its rows, and its questions, read."""

from __future__ import annotations

from datetime import UTC, datetime

from app.catalog.model import Catalog, Column, Table
from app.catalog.values import Values
from app.semantic_parser import Reading, parse

NOW = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)

SHOPS = Table(
    "shops",
    (
        Column("shop_id", "STRING", nullable=False),
        Column("name", "STRING"),
        Column("town", "STRING"),
        Column("is_shut", "BOOLEAN", "True while the shop takes no new bundles"),
    ),
    "Shops of the laundry",
    primary_key=("shop_id",),
)
BUNDLES = Table(
    "bundles",
    (
        Column("bundle_id", "STRING", nullable=False),
        Column("shop_id", "STRING"),
        Column("customer_id", "STRING", "Who brought it"),
        Column("bundle_price", "DECIMAL(8, 2)", "Price in EUR"),
        Column("subtotal_eur", "DECIMAL(8, 2)"),
        Column("deposit", "INT", "EUR that the customer leaves"),
        Column("tip_eur", "DECIMAL(8, 2)", "Tip; null where none was given"),
        Column("state", "STRING", "dropped, washed or fetched"),
        Column("wear_score", "DOUBLE", "Damage, 0 to 1; 1 is most worn"),
        Column("dropped_at", "TIMESTAMP(3)"),
        Column("fetched_at", "TIMESTAMP(3)", "null while it has not been fetched"),
    ),
    time_attribute="dropped_at",
    primary_key=("bundle_id",),
)
RUNS = Table(
    "wash_runs",
    (
        Column("run_id", "STRING", nullable=False),
        Column("bundle_id", "STRING"),
        Column("machine_id", "STRING", "The drum"),
        Column("wash_fee", "DECIMAL(6, 2)"),
        Column("http_code", "INT", "200 = washed, 500 = drum error"),
        Column("run_at", "TIMESTAMP(3)"),
    ),
    time_attribute="run_at",
    primary_key=("run_id",),
)
STAGES = Table(
    "stage_log",
    (
        Column("entry_id", "BIGINT", nullable=False),
        Column("bundle_id", "STRING"),
        Column("bundle_status", "STRING", "Status from then on: sorted, pressed or spoiled"),
        Column("logged_at", "TIMESTAMP(3)"),
    ),
    "Every change of status of every bundle",
    time_attribute="logged_at",
    primary_key=("entry_id",),
)
COMPLAINTS = Table(
    "complaints",
    (
        Column("complaint_id", "STRING", nullable=False),
        Column("bundle_id", "STRING"),
        Column("progress", "STRING", "open, waiting (answered, not settled) or settled"),
        Column("opened_at", "TIMESTAMP(3)"),
        Column("first_answer_at", "TIMESTAMP(3)"),
        Column("settled_at", "TIMESTAMP(3)"),
    ),
    time_attribute="opened_at",
    primary_key=("complaint_id",),
)
CATALOG = Catalog((SHOPS, BUNDLES, RUNS, STAGES, COMPLAINTS))
VALUES = Values(
    {
        "shops": {"name": ("Blue Drum", "Foam Corner"), "town": ("Graz", "Linz")},
        "bundles": {"state": ("dropped", "washed", "fetched")},
        "stage_log": {"bundle_status": ("sorted", "pressed", "spoiled")},
        "complaints": {"progress": ("open", "waiting", "settled")},
    }
)


def read(*questions: str) -> Reading | None:
    """How the last of some questions is read, which may lean on those before it."""
    *before, question = questions
    return parse(question, CATALOG, VALUES, now=NOW, time_zone="UTC", history=before)
