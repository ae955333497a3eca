"""Phrasings of people who are new to the data, over a kennel that no rule was written for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.catalog.model import Catalog, Column, Table
from app.catalog.values import Values
from app.semantic_parser import linking, parse, words
from app.semantic_parser.reading import CONFIDENT, Reading

NOW = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
RUNS = Table(
    "runs",
    (
        Column("run_id", "STRING", "Code of the run", nullable=False),
        Column("run_name", "STRING", "Name of the run"),
        Column("area_m2", "INT", "Area in square metres"),
    ),
    "Runs that dogs stay in",
    primary_key=("run_id",),
)
STAYS = Table(
    "stays",
    (
        Column("stay_id", "STRING", "Number of the stay", nullable=False),
        Column("dog_id", "STRING", "Dog that stays"),
        Column("run_id", "STRING", "Run it is in"),
        Column("breed", "STRING", "Breed: poodle, beagle or collie"),
        Column("weight_kg", "DOUBLE", "Weight of the dog in kg"),
        Column("collar", "STRING", "Colour of the collar; null where it has none"),
        Column("brought_at", "TIMESTAMP(3)", "When it was brought"),
        Column("left_at", "TIMESTAMP(3)", "When it left; null while it is still here"),
        Column("due_back", "DATE", "Day on which the owner is to fetch it"),
    ),
    "Stays of dogs",
    time_attribute="brought_at",
    primary_key=("stay_id",),
)
CHECKS = Table(
    "checks",
    (
        Column("check_id", "STRING", "Number of the check", nullable=False),
        Column("stay_id", "STRING", "Stay it belongs to"),
        Column("kind", "STRING", "What was checked: glucose, urea or iron"),
        Column("value", "DOUBLE", "Value found, in the unit given; null while pending"),
        Column("unit", "STRING", "Unit of the value: mg/dL or mmol/L"),
        Column("drawn_by", "STRING", "Who drew it: vet or nurse"),
        Column("drawn_at", "TIMESTAMP(3)", "When it was drawn"),
        Column("reported_at", "TIMESTAMP(3)", "When it was reported; null while pending"),
    ),
    "Checks of the blood",
    time_attribute="drawn_at",
    primary_key=("check_id",),
)
WALKS = Table(
    "walks",
    (
        Column("walk_id", "STRING", "Number of the walk", nullable=False),
        Column("walker", "STRING", "Who walked the dog"),
        Column("speed_kmh", "DOUBLE", "Mean speed"),
        Column("walked_at", "TIMESTAMP(3)", "When it was"),
    ),
    "Walks",
    time_attribute="walked_at",
    primary_key=("walk_id",),
)
CATALOG = Catalog((RUNS, STAYS, CHECKS, WALKS))
VALUES = Values(
    {
        "runs": {"run_name": ("North", "Garden")},
        "stays": {"breed": ("poodle", "beagle", "collie"), "collar": ("red", "blue")},
        "checks": {
            "kind": ("glucose", "urea", "iron"),
            "unit": ("mg/dL", "mmol/L"),
            "drawn_by": ("vet", "nurse"),
        },
        "walks": {"walker": ("Ada", "Ben")},
    }
)
assert linking.vocabulary(CATALOG, VALUES)

READ = (
    ("heaviest stay today", "listing stays, today, the highest one by weight"),
    ("which dogs are still here", "dog id of stays, left at missing"),
    ("how many dogs are here right now", "counting distinct dogs in stays, left at missing"),
    ("how many urea checks below 8 mmol/L", "value under 8, kind = urea, unit = mmol/L"),
    ("has anyone walked faster than 6 km/h", "speed kmh over 6"),
    ("average value of the reported iron checks", "kind = iron, reported at given"),
    ("exist there stays which have no collar", "whether there are stays, collar missing"),
    ("stays due back in 2026", "(2026-01-01 00:00 to 2027-01-01 00:00)"),
    ("list the checks of today, with number and kind", "check id and kind"),
    ("who of the walkers has the most walks", "per walker, the one with the most"),
    ("for each kind, what percentage of checks is still pending", "in %, per kind"),
    ("number of checks plus min and max value per kind", "lowest value and highest value"),
    ("how much walks did Ada do", "counting walks"),
    ("how many checks by the nurse in which the value was over 5", "drawn by = nurse"),
    (
        "how many stays were checked more than 2 hours after they had been registered",
        "time from brought at of the stay to drawn at over 2 hours",
    ),
    ("the walker that made the most walks", "per walker, the one with the most"),
)


def _read(question: str) -> Reading:
    reading = parse(question, CATALOG, VALUES, now=NOW, time_zone="UTC")
    assert reading is not None
    return reading


@pytest.mark.parametrize(("question", "part"), READ)
def test_a_phrasing_is_understood(question: str, part: str) -> None:
    reading = _read(question)
    assert part in words.say(reading.form)
    assert reading.confidence >= CONFIDENT, (reading.unexplained, reading.reasons)


@pytest.mark.parametrize(
    ("question", "wrong"),
    [
        ("most frequent breed of each run", "counting runs"),
        ("average value of checks per horse", "average value in checks"),
        ("list the stays of today, with breed, collar and horse", "horse"),
    ],
)
def test_a_reading_that_leaves_something_out_is_not_run(question: str, wrong: str) -> None:
    reading = _read(question)
    assert wrong not in words.say(reading.form) or reading.confidence < CONFIDENT
