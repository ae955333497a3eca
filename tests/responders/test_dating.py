"""Dates that follow from the evidence and from what was asked, and those that do not."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answer import QueryResult, Source
from app.responders import grounding
from app.responders.grounding.moments import End, Moment, Step, ends, steps
from tests.responders.dating_cases import BOUGHT, DISHONEST, GIFT, HONEST, NOW, RETURN, WORK
from tests.responders.fakes import passage


def doubted(policy: str, question: str, text: str) -> list[str]:
    evidence = (Source(1, passage(policy)),)
    return [d.text for d in grounding.examine(text, evidence, readings=[question, NOW])]


@pytest.mark.parametrize(("policy", "question", "text"), HONEST)
def test_a_date_that_follows_is_borne_out(policy: str, question: str, text: str) -> None:
    assert doubted(policy, question, text) == []


@pytest.mark.parametrize(("policy", "question", "text", "wrong"), DISHONEST)
def test_a_date_that_does_not_follow_is_doubted(
    policy: str, question: str, text: str, wrong: list[str]
) -> None:
    assert doubted(policy, question, text) == wrong


def test_messages_say_what_would_pass() -> None:
    evidence = (Source(1, passage(GIFT)),)
    text = "Until December 31, 2028, 11 pm, or until 2033; Thursday, December 31, 2027 [1]."
    tail = "in the text is not in the evidence and does not follow from it; show how it is worked "
    assert grounding.check(text, evidence, readings=[BOUGHT, NOW]) == (
        f"The date December 31, 2028 {tail}out, or leave it out.",
        f"The time 11 pm {tail}out, or leave it out.",
        f"The year 2033 {tail}out, or leave it out.",
        "The date December 31, 2027 in the text is no Thursday; it is a Friday.",
    )


def test_days_of_a_result_are_counted_from() -> None:
    rows = pa.table({"order_id": ["O-1"], "delivered": [datetime(2026, 10, 20, 9, 15, tzinfo=UTC)]})
    evidence = (
        Source(1, QueryResult("SELECT 1", rows, ("orders",))),
        Source(2, passage(RETURN)),
    )
    said = "O-1 came on 2026-10-20 [1] and may be returned until {} [2]."
    assert grounding.check(said.format("2026-11-03"), evidence) == ()
    assert len(grounding.check(said.format("2026-11-05"), evidence)) == 1


def test_steps_of_sources_that_are_not_pointed_to_bear_nothing_out() -> None:
    evidence = (Source(1, passage(RETURN)), Source(2, passage("A trial is free for 40 days.")))
    assert grounding.check("Until January 1, 2027 [2].", evidence, readings=[NOW]) == ()
    assert grounding.check("Until January 1, 2027.", evidence, readings=[NOW]) == ()
    assert len(grounding.check("Until January 1, 2027 [1].", evidence, readings=[NOW])) == 1


@pytest.mark.parametrize(
    "text",
    [
        "From Monday to Friday, 20 November 2026, and Sunday 22 November 2026.",
        "Monday–Sunday, 16–22 November 2026.",
        "On Sunday 2026-11-22, Monday's figures are not in.",
        "2026-11-21, 2026-11-22 and the Friday before.",
    ],
)
def test_weekdays_of_something_else_are_let_be(text: str) -> None:
    readings = [NOW, "2026-11-16 to 2026-11-21", "2026-11-20"]
    assert grounding.check(text, (), readings=readings) == ()


def test_steps_and_ends_are_read() -> None:
    assert list(steps("Within 3-5 business days, a 24-month term; half a year, next quarter")) == [
        Step(3, "working day"),
        Step(5, "working day"),
        Step(24, "month"),
        Step(6, "month"),
        Step(3, "month"),
    ]
    assert list(steps("30 (thirty) calendar days; INTERVAL '2' DAY")) == [
        Step(30, "day"),
        Step(2, "day"),
    ]
    assert list(steps("EUR 5 a month, 12 parcels, 3 dayflies")) == []
    assert list(ends("the end of the following month; last working day of the quarter")) == [
        End(1, -1),
        End(3, -1, is_working=True),
    ]


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(1, 300))
def test_working_days_are_those_of_a_calendar(day: date, count: int) -> None:
    reached = Step(count, "working day").lead(Moment(day), 1)
    assert reached is not None
    between = (day + timedelta(days=n + 1) for n in range((reached.day - day).days))
    assert sum(d.weekday() < 5 for d in between) == count
    assert reached.day.weekday() < 5


@given(st.dates(), st.integers(-1, 40), st.sampled_from([1, 3, 12]), st.integers(0, 99_999))
def test_the_calendar_has_no_edge_to_fall_off(day: date, nth: int, size: int, count: int) -> None:
    reached = [End(size, nth or 1, is_working=True).of(Moment(day))]
    for unit in ("day", "working day", "month", "hour", "minute"):
        for sign in (1, -1):
            reached.append(Step(min(count, 400), unit).lead(Moment(day), sign))
            if unit != "working day":
                reached.append(Step(count, unit).lead(Moment(day), sign))
    # Beyond the calendar there is nothing, and no error.
    assert all(one is None or date.min <= one.day <= date.max for one in reached)


def test_work_is_bounded() -> None:
    many = " ".join(f"{n} days after the end of the month, 2026-{n % 12 + 1:02}-{n % 28 + 1:02}; "
                    f"{n} working days, {n} years from the first day of the quarter."
                    for n in range(1, 400))  # fmt: skip
    said = "\n\n".join(f"By 20{n:02}-07-19 or in March 2{n:03}." for n in range(99))
    started = time.process_time()
    grounding.examine(said, (Source(1, passage(many)),), readings=[NOW, WORK])
    assert time.process_time() - started < 5
