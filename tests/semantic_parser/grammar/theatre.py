"""A theatre: sales, seats and repairs of the stage, with COMMENTs that say more than a name."""

from __future__ import annotations

from datetime import UTC, datetime

from app.catalog.model import Catalog, Column, Table
from app.catalog.values import Values
from app.semantic_parser import Reading, parse

NOW = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)

SALES = Table(
    "ticket_sales",
    (
        Column("sale_id", "STRING", "Number of the sale", nullable=False),
        Column("play", "STRING", "Play (piece, show) that is given, by its code"),
        Column("hall_id", "STRING", "Hall, such as H01"),
        Column("cashier", "STRING", "Cashier; null for other sales"),
        Column("kind", "STRING", "entry (walk in), voucher or return (money back)"),
        Column("state", "STRING", "What became of it: printed, mailed or collected"),
        Column("seats", "INT", "Number of seats"),
        Column("sale_g", "DOUBLE", "Weight of the paper in grams"),
        Column("sold_at", "TIMESTAMP(3)", "When the ticket was sold"),
        Column("collected_at", "TIMESTAMP(3)", "When it was collected; null until then"),
    ),
    "Sales of tickets; a row may come twice",
    time_attribute="sold_at",
    primary_key=("sale_id",),
)
HALLS = Table(
    "halls",
    (
        Column("hall_id", "STRING", nullable=False),
        Column("hall_name", "STRING"),
        Column("chairs", "INT", "Number of chairs"),
        Column("grade", "INT", "Grade from 1 (best) to 6"),
        Column("stars", "DOUBLE", "Stars from 1 (bad) to 5 (excellent)"),
    ),
    primary_key=("hall_id",),
)
LIGHTS = Table(
    "spotlight_log",
    (
        Column("spotlight_id", "STRING"),
        Column("operator", "STRING"),
        Column("heat_c", "DOUBLE", "Temperature in degrees Celsius"),
        Column("seen_at", "TIMESTAMP(3)"),
    ),
    "Readings of the spotlights",
    time_attribute="seen_at",
)
CATALOG = Catalog((SALES, HALLS, LIGHTS))
VALUES = Values(
    {
        "ticket_sales": {
            "play": ("OPR-11", "OPR-12", "DRM-07"),
            "kind": ("entry", "return", "voucher"),
            "state": ("collected", "mailed", "printed"),
            "cashier": ("Abel", "Ines"),
        },
        "halls": {"hall_name": ("Great Hall", "Hallway Stage", "Attic")},
        "spotlight_log": {"operator": ("Ines", "Omar")},
    }
)


def read(question: str) -> Reading:
    """The reading of a question; there must be one."""
    found = parse(question, CATALOG, VALUES, now=NOW, time_zone="UTC")
    assert found is not None
    return found
