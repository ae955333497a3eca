"""Texts and evidence: what is borne out and what is not."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answer import QueryResult, Source
from app.responders import grounding
from tests.responders.fakes import passage

ROWS = pa.table(
    {
        "carrier": ["Nordwind", "Gleis 9"],
        "late": [12, 1234],
        "hours": [30.456, 48.0],
        "paid": [Decimal("99.90"), None],
        "at": [datetime(2026, 11, 22, 16, 45, tzinfo=UTC), None],
    }
)
SQL = """SELECT carrier FROM shipments
WHERE t >= TIMESTAMP '2026-11-22 17:00:00' AND t < TIMESTAMP '2026-11-22 17:30:00'
LIMIT 10"""
EVIDENCE = (
    Source(1, QueryResult(SQL, ROWS, ("shipments",))),
    Source(2, passage("Late parcels: 24 hours or more are EUR 5, up to 7.5 %.")),
)


@pytest.mark.parametrize(
    "text",
    [
        "Nordwind had **12** late parcels [1]; we owe EUR 5 [2].",
        "1,234 or 1234 late, 30.5 or 30.46 or 30 hours, EUR 99.9 or 99.90 [1].",
        "In the last 30 minutes (2026-11-22 17:00 to 17:30), top 10: 2 rows.",
        "Together 1,246 late parcels; the latest at 17:45 on 2026-11-22.",
        "Gleis 9 is late [1][2].",
        "- 2026-11-22 16:45: **12**",
        "1. first\n2. second\n99. a list",
        "> 777 is quoted [1]",
        "`888` and\n```\n999\n```",
        "p95 and O-5f3a09c1 are names",
        "30.456 hours is 30 h 27 min, or 1 d 6 h, and Gleis 9 took 2 d.",
        "An escaped \\[5\\] is no marker, 7.5 % is in the policy.",
        "",
    ],
)
def test_borne_out(text: str) -> None:
    assert grounding.check(text, EVIDENCE) == ()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Late [3].", "The text points to [3], but there is no such source."),
        ("There were 13 late [1].", "The number 13 in the text is not in the evidence."),
        ("EUR 5.50 [2].", "The number 5.50 in the text is not in the evidence."),
        ("30.45 hours", "The number 30.45 in the text is not in the evidence."),
        ("It took 30 h 28 min.", "The number 30 h 28 min in the text is not in the evidence."),
        ("It took 3 d.", "The number 3 d in the text is not in the evidence."),
        ("At 17:46.", "The number 17:46 in the text is not in the evidence."),
        ("On 2026-11-20.", "The number 2026-11-20 in the text is not in the evidence."),
        ("On 2026-99-99.", "The number 2026-99-99 in the text is not in the evidence."),
    ],
)
def test_not_borne_out(text: str, problem: str) -> None:
    assert grounding.check(text, EVIDENCE) == (problem,)


def test_moments_of_a_query_bear_out_how_they_are_asked() -> None:
    sql = "t >= TIMESTAMP '2026-08-20 20:00:00' AND t < TIMESTAMP '2026-11-23 00:00:00'"
    source = Source(1, QueryResult(sql, ROWS, ("t",)))
    assert grounding.check("Since 8 pm, until the 22nd of November: 3 months [1].", (source,)) == ()
    assert grounding.check("The last 4 months, since 9 pm [1].", (source,)) != ()


def test_without_evidence_no_number_holds() -> None:
    assert len(grounding.check("5 parcels and 5 orders [1]", ())) == 2


@given(st.text(max_size=300))
def test_any_text_is_checked_without_raising(text: str) -> None:
    grounding.check(text, (Source(1, passage(text)), *EVIDENCE[:1]))
