"""A gym that no rule was written for: members since a day, visits, invoices with two times."""

from __future__ import annotations

from datetime import UTC, datetime

from app.catalog.model import Catalog, Column, Table
from app.catalog.values import Values
from app.responders import plan
from app.semantic_parser import Reading, parse

NOW = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)

MEMBERS = Table(
    "members",
    (
        Column("member_id", "STRING", "Person who trains (client, user)", nullable=False),
        Column("email", "STRING"),
        Column("country", "STRING"),
        Column("tier", "STRING", "basic, gold or platinum"),
        Column("joined_on", "DATE", "Day of sign-up"),
    ),
    "One row for each client",
    primary_key=("member_id",),
)
LESSONS = Table(
    "lessons",
    (
        Column("lesson_id", "STRING", nullable=False),
        Column("lesson_name", "STRING", "What the lesson is called"),
        Column("studio_name", "STRING", "Public studio that gives it"),
        Column("length_s", "INT", "Length of the lesson in seconds"),
        Column("pulse", "INT", "Heart rate that is aimed at; null where none was set"),
        Column("valid_from", "DATE"),
        Column("valid_to", "DATE"),
    ),
    "What is on offer: one row for each lesson",
    primary_key=("lesson_id",),
)
VISITS = Table(
    "visits",
    (
        Column("visit_id", "STRING", nullable=False),
        Column("member_id", "STRING"),
        Column("lesson_id", "STRING"),
        Column("site", "STRING", "north, south or harbour"),
        Column("locker", "STRING", "Set where one was taken, null otherwise"),
        Column("trained_s", "INT", "Seconds that were trained"),
        Column("was_rated", "BOOLEAN"),
        Column("entered_at", "TIMESTAMP_LTZ(3)"),
    ),
    time_attribute="entered_at",
    primary_key=("visit_id",),
)
INVOICES = Table(
    "invoices",
    (
        Column("invoice_no", "STRING", nullable=False),
        Column("member_id", "STRING"),
        Column("amount_eur", "DECIMAL(8, 2)", "Invoiced amount in EUR"),
        Column("pay_method", "STRING", "card, cash or voucher_card"),
        Column("state", "STRING", "open, paid or failed"),
        Column("promo_code", "STRING", "Discount code; null where none was used"),
        Column("issued_at", "TIMESTAMP_LTZ(3)"),
        Column("paid_at", "TIMESTAMP_LTZ(3)", "When the money arrived; null until then"),
    ),
    time_attribute="issued_at",
    primary_key=("invoice_no",),
)
CATALOG = Catalog((MEMBERS, LESSONS, VISITS, INVOICES))
VALUES = Values(
    {
        "members": {
            "country": ("AT", "DE", "SE"),
            "tier": ("basic", "gold", "platinum"),
        },
        "lessons": {"studio_name": ("Red Barn", "Tall House")},
        "visits": {"site": ("harbour", "north", "south"), "locker": ("big", "small")},
        "invoices": {
            "pay_method": ("card", "cash", "voucher_card"),
            "state": ("failed", "open", "paid"),
        },
    }
)


def read(question: str, before: tuple[str, ...] = ()) -> Reading | None:
    """The reading of a question that may lean on others."""
    return parse(question, CATALOG, VALUES, now=NOW, time_zone="UTC", history=before)


def run(question: str, *before: str) -> str:
    """What is run for a question, in words; empty where nothing is."""
    return plan.make(question, before, read).understood
