"""The catalogs that questions are asked of, with sampled values, and the moment they are asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from app.catalog.loader import load
from app.catalog.model import Catalog
from app.catalog.values import Values
from app.semantic_parser import Reading, parse
from ingest.demo import assortment

CASES = Path(__file__).parents[1] / "cases"
NOW = datetime(2026, 11, 22, 17, 30, 15, 123456, tzinfo=UTC)
"""A Sunday; 18:30:15 in Berlin."""
ZONE = "Europe/Berlin"

_SHOP_TABLES = Path(assortment.__file__).parent / "tables"
_CITIES = tuple(sorted(c.name for c in assortment.CITIES.items))
_PRODUCTS = tuple(sorted(p.name for p in assortment.PRODUCTS.items))
_CATEGORIES = tuple(sorted({p.category for p in assortment.PRODUCTS.items}))


@dataclass(frozen=True, slots=True)
class Ground:
    """What a question is asked of."""

    catalog: Catalog
    values: Values

    def read(self, question: str) -> Reading | None:
        """The reading of a question at `NOW`."""
        return parse(question, self.catalog, self.values, now=NOW, time_zone=ZONE)


SHOP = Ground(
    load([_SHOP_TABLES]),
    Values(
        {
            "orders": {
                "product": _PRODUCTS,
                "category": _CATEGORIES,
                "city": _CITIES,
                "channel": ("app", "store", "web"),
                "status": ("cancelled", "confirmed", "fraud_hold"),
            },
            "payments": {
                "method": ("card", "gift_card", "invoice", "paypal"),
                "status": ("failed", "refunded", "succeeded"),
                "failure_reason": (
                    "card_expired",
                    "fraud_suspected",
                    "insufficient_funds",
                    "issuer_timeout",
                ),
            },
            "shipments": {
                "carrier": ("Alpenfracht", "Blitzkurier", "Nordwind", "PostHaste"),
                "city": _CITIES,
                "status": ("delivered", "late", "lost", "picked_up"),
            },
            "page_views": {
                "page": ("cart", "checkout", "home", "product", "search"),
                "product": _PRODUCTS,
                "device": ("desktop", "phone", "tablet"),
            },
        }
    ),
)
# The others have no sampled values: their comments list some.
SENSORS = Ground(load([CASES / "tables" / "sensors.sql"]), Values())
RIDES = Ground(load([CASES / "tables" / "rides.sql"]), Values())
CLINIC = Ground(load([CASES / "tables" / "clinic.sql"]), Values())
GROUNDS = {"shop": SHOP, "sensors": SENSORS, "rides": RIDES, "clinic": CLINIC}


def questions(kind: str) -> list[tuple[str, dict[str, Any]]]:
    """The cases of a kind (`answered`, `unsure`), each with the name of its catalog."""
    found: list[tuple[str, dict[str, Any]]] = []
    for name in GROUNDS:
        text = (CASES / f"questions_{name}.yaml").read_text(encoding="utf-8")
        found += [(name, case) for case in yaml.safe_load(text)[kind]]
    return found
