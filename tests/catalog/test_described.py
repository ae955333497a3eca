"""What a chat model reads of a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pytest

from app.catalog.described import definition, reach, summary
from app.catalog.model import Catalog, Column, Table
from app.catalog.relevance import Relevance
from app.catalog.values import Values

BERLIN = ZoneInfo("Europe/Berlin")
TRIPS = Table(
    "trips",
    (
        Column("trip_id", "STRING", "Trip number"),
        Column("line", "STRING", "Bus line"),
        Column("value", "INT"),
        Column("kind", "STRING", "regular or night"),
        Column("day", "", kind="computed"),
        Column("seen_at", "TIMESTAMP_LTZ(3)", "When\nthe bus | was seen"),
    ),
    comment="Bus trips",
    time_attribute="seen_at",
    watermark_delay=timedelta(seconds=10),
    primary_key=("trip_id",),
    options={"connector": "filesystem", "path": "/secret", "password": "planted"},
)
LINES = tuple(f"Line {name}" for name in "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
VALUES = Values(
    {"trips": {"line": LINES, "kind": ("night", "regular")}},
    {"trips": datetime(2026, 11, 22, 17, 29, 50, tzinfo=UTC)},
    {"trips": datetime(2026, 11, 21, 17, tzinfo=UTC)},
)


def test_a_definition_has_all_but_the_options() -> None:
    assert definition(TRIPS, VALUES) == (
        "CREATE TABLE trips ( -- Bus trips\n"
        "  trip_id STRING,  -- key. Trip number\n"
        "  line STRING,  -- Bus line. values: 'Line A', 'Line B', 'Line C', 'Line D', 'Line E', "
        "'Line F', 'Line G', 'Line H', 'Line I', 'Line J', 'Line K', 'Line L', 'Line M', 'Line N', "
        "'Line O', 'Line P', ...\n"
        "  `value` INT,\n"
        "  kind STRING,  -- regular or night. values: 'night', 'regular'\n"
        "  `day` (computed),\n"
        "  seen_at TIMESTAMP_LTZ(3),  -- event time. When the bus | was seen\n"
        "); -- exact copies of rows occur"
    )


def test_how_far_a_table_reaches() -> None:
    assert reach(TRIPS, VALUES, BERLIN) == ("trips from 2026-11-21 18:00:00 to 2026-11-22 18:29:50")
    assert reach(TRIPS, Values(), BERLIN) == ""


CITIES = Values({"trips": {"line": tuple(f"{c}town" for c in "abcdefghijklmnopqrstuvwxyz")}})


@pytest.mark.parametrize("asked", ["How is ytown doing?", "YTOWN and ztown", "ztown"])
def test_values_that_the_question_names_are_shown(asked: str) -> None:
    shown = definition(TRIPS, CITIES, asked)
    for name in ("ytown", "ztown"):
        assert (f"'{name}'" in shown) == (name in asked.casefold())


def test_values_are_bounded() -> None:
    long = Values({"trips": {"line": ("x" * 500,)}})
    assert "x" * 41 not in definition(TRIPS, long)


def embed(texts: Sequence[str]) -> npt.NDArray[np.float32]:
    """Counts a few words."""
    words = ("bus", "ticket", "driver")
    counts = [[text.lower().count(w) + 0.01 for w in words] for text in texts]
    rows = np.asarray(counts, dtype=np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("which bus is late", "trips"),
        ("tickets sold", "sales"),
        ("the driver of a bus in shifts", "shifts"),
    ],
)
def test_tables_are_ranked_by_the_question(question: str, first: str) -> None:
    sales = Table("sales", (Column("n", "INT", "Ticket number"),), "Tickets sold")
    shifts = Table("shifts", (Column("n", "INT", "Driver"),), "Driver shifts")
    ranked = Relevance(Catalog((sales, shifts, TRIPS)), embed).ranked(question)
    assert ranked[0].name == first
    assert len(ranked) == 3


def test_a_summary_is_one_line() -> None:
    assert "\n" not in summary(TRIPS)
    assert "planted" not in summary(TRIPS)
