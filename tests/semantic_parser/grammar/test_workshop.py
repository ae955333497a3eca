"""Phrasings that two blind catalogs brought, over a car workshop that no rule was written for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.catalog.model import Catalog, Column, Table
from app.catalog.values import Values
from app.semantic_parser import parse, words
from app.semantic_parser.reading import CONFIDENT, Reading

NOW = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
FITTERS = Table(
    "fitters",
    (
        Column("fitter_id", "STRING", nullable=False),
        Column("full_name", "STRING"),
        Column("squad", "STRING", "body, engine or tyres"),
        Column("hired_on", "DATE"),
        Column("born", "DATE", "Date of birth"),
        Column("sex", "STRING", "f (female) or m (male)"),
    ),
    "Fitters of the workshop, one row each",
    primary_key=("fitter_id",),
)
REPAIRS = Table(
    "repairs",
    (
        Column("repair_no", "BIGINT", nullable=False),
        Column("acct_id", "STRING", "Customer account"),
        Column("contact_email", "STRING"),
        Column("assignee_id", "STRING", "Fitter who does it; null while it is in the queue"),
        Column("chief", "STRING", "Who signs it off"),
        Column("kind", "STRING", "brakes, gears or paint"),
        Column("channel", "STRING", "phone, email or walk_in"),
        Column("bill_eur", "DECIMAL(9, 2)", "Invoice total in EUR; null until the car is returned"),
        Column("insurer", "STRING", "Company that pays; null for uninsured cars"),
        Column("paid_by", "STRING", "card, cash or transfer; null while unpaid"),
        Column("status", "STRING", "new, started, fixed or returned"),
        Column("brought_at", "TIMESTAMP(3)", "Drop-off at the gate"),
        Column("first_call_at", "TIMESTAMP(3)", "When we first called the owner; null until then"),
        Column("fixed_at", "TIMESTAMP(3)"),
        Column("returned_at", "TIMESTAMP(3)", "When the owner left; null while it is with us"),
        Column("next_due", "DATE", "Day on which the next inspection is due"),
    ),
    "Repairs of cars; a row may come twice",
    time_attribute="brought_at",
    primary_key=("repair_no",),
)
NOTES = Table(
    "notes",
    (
        Column("note_id", "STRING", nullable=False),
        Column("repair_no", "BIGINT"),
        Column("fitter_id", "STRING", "Who wrote it; null unless author is fitter"),
        Column("author", "STRING", "customer, fitter or robot"),
        Column("word_cnt", "INT"),
        Column("subject", "STRING"),
        Column("noted_at", "TIMESTAMP(3)"),
    ),
    "Notes on repairs",
    time_attribute="noted_at",
    primary_key=("note_id",),
)
GAUGES = Table(
    "gauges",
    (
        Column("reading_id", "BIGINT", nullable=False),
        Column("lift", "STRING", "Lift, such as L-2"),
        Column("alarm", "STRING", "smoke or water; null for no alarm"),
        Column("raised_by", "STRING", "What raised it: sensor or customer"),
        Column("oil_ml", "INT", "Oil given since the reading before"),
        Column("read_at", "TIMESTAMP(3)"),
    ),
    "Readings of the gauges at the lifts",
    time_attribute="read_at",
    primary_key=("reading_id",),
)
CATALOG = Catalog((FITTERS, REPAIRS, NOTES, GAUGES))
VALUES = Values(
    {
        "fitters": {"squad": ("body", "engine", "tyres"), "sex": ("f", "m")},
        "repairs": {
            "kind": ("brakes", "gears", "paint"),
            "channel": ("phone", "email", "walk_in"),
            "chief": ("Dr. Brandt", "Dr. Farkas", "Max"),
            "status": ("new", "started", "fixed", "returned"),
        },
        "notes": {"author": ("customer", "fitter", "robot")},
        "gauges": {"alarm": ("smoke", "water"), "raised_by": ("sensor", "customer")},
    }
)

READ = (
    # keys that only a comment ties to a table
    ("repairs per squad", "counting repairs, joined with fitters by assignee id = fitter id"),
    ("which squads have an average bill above 300", "per squad of the fitter, only those with"),
    ("names of the fitters who don't have a single repair", "without a repair"),
    ("which fitters have no notes", "listing fitters, without a note"),
    # names and columns
    ("names and squads of everybody hired in 2025", "different full name and squad of fitters"),
    ("the three fitters with the most repairs assigned to them", "per assignee"),
    ("repairs of today, number and kind only", "listing repairs with their repair no and kind"),
    ("latest repair of each kind: chief and bill", "their kind and repair no and chief and bill"),
    # states that are told of in a few words
    ("how many insured repairs are there", "insurer given"),
    ("how many uninsured repairs are there", "insurer missing"),
    ("what percentage of the repairs of every kind is insured", "with insurer given, in %"),
    ("how many repairs have no assignee yet", "counting repairs, assignee id missing"),
    ("how many repairs are over, but the bill is still unpaid", "returned at given"),
    ("how many female fitters are there", "counting fitters, sex = f"),
    # what happened, as a noun
    ("how many alarms were there today", "alarm given, today"),
    ("which lift had the most alarms", "alarm given, per lift, the one with the most"),
    ("lifts with more than 5 alarms", "only those with over 5"),
    ("which hour had the most drop-offs", "counting drop offs in repairs, per hour, the one"),
    ("how many different alarms are there", "counting distinct alarms in gauges"),
    ("number of returns per day", "per day of returned at"),
    ("how many repairs are still unassigned", "assignee id missing"),
    ("repairs that are not assigned", "assignee id missing"),
    ("drop-offs per hour today", "counting drop offs in repairs, today, per hour"),
    ("how many drop-offs in the last 45 min", "counting drop offs in repairs, in the last 45"),
    ("how many inspections fall due next week", "counting repairs, next due next week"),
    # times
    ("how many repairs got fixed on each day", "fixed at given, per day of fixed at"),
    ("how many repairs got their first call only after more than 4 hours", "over 4 hours"),
    ("at 14:00 today, how many repairs were not over", "returned at after 14:00 today"),
    ("how many repairs were going on at 9:35 on Saturday", "returned at after 09:35 on Saturday"),
    ("how many repairs were ongoing yesterday at noon", "up to 12:00 yesterday"),
    ("which repairs took longer than 3 hours to fix", "time from brought at to fixed at over 3"),
    # ends of rows and groups
    ("which repair got the biggest bill", "listing repairs, the highest one by bill"),
    ("which repair caused the biggest bill", "listing repairs, the highest one by bill"),
    ("who is our oldest fitter", "listing fitters, the first by born, earliest"),
    ("list the fitters, youngest first", "listing fitters, latest by born first"),
    ("which kind was the one with the fewest repairs", "per kind, the one with the fewest"),
    ("for every kind I want to know the chief who gets the most repairs", "the most of each kind"),
    ("lifts whose most recent reading shows an alarm", "newest row of each lift where alarm given"),
    ("on which repair did each fitter write the latest note", "the latest one of each fitter"),
    # numbers
    ("median word count of notes written by customers", "median word cnt in notes, author"),
    ("min, max and average bill plus the number of repairs per kind", "per kind"),
    ("how much have we billed for gears altogether", "total bill in repairs, kind = gears"),
    ("kinds with at least 40 registered repairs", "only those with at least 40 repairs"),
    # small words
    ("how many repairs reached us by phone", "counting repairs, channel = phone"),
    ("what share of the repairs comes in over each channel", "share of all repairs"),
    ("how many repairs did Dr. Brandt have", "chief = Dr. Brandt"),
    ("whats the average bill of our customers? thx", "average bill in repairs"),
    ("how many notes mention rust in the subject line", 'subject contains "rust"'),
    (
        "how many repairs are from an e-mail address that ends with .edu",
        'counting repairs, contact email ends with ".edu"',
    ),
    ("how many repairs are on our books", "counting repairs"),
)
LEFT_ALONE = (
    ("which lifts had no alarm today", "one that had one has readings without as well"),
    ("which repair brought us the biggest bill", "the repair is asked for, and not its bill"),
    ("drop-offs and pickups per hour", "only one of them is known"),
)
LEANING = (
    (("how many brakes repairs are there",), "list them with kind and chief", "kind and chief"),
    (("how many repairs did Dr. Farkas have",), "how many different customers is that", "acct id"),
    (("list the repairs without an insurer",), "how many are there", "counting repairs"),
    (("which chief had the most repairs",), "and who had the fewest?", "the one with the fewest"),
)


def _read(question: str, history: tuple[str, ...] = ()) -> Reading:
    reading = parse(question, CATALOG, VALUES, now=NOW, time_zone="UTC", history=history)
    assert reading is not None
    return reading


@pytest.mark.parametrize(("question", "part"), READ)
def test_a_phrasing_is_understood(question: str, part: str) -> None:
    reading = _read(question)
    assert part in words.say(reading.form)
    assert reading.confidence >= CONFIDENT, (reading.unexplained, reading.reasons)


@pytest.mark.parametrize(("question", "why"), LEFT_ALONE)
def test_what_it_cannot_say_is_left_alone(question: str, why: str) -> None:
    assert _read(question).confidence < CONFIDENT, why


@pytest.mark.parametrize(("history", "question", "part"), LEANING)
def test_a_follow_up_is_understood(history: tuple[str, ...], question: str, part: str) -> None:
    reading = _read(question, history)
    assert part in words.say(reading.form)
    assert reading.confidence >= CONFIDENT, (reading.unexplained, reading.reasons)
