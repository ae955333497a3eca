"""Which times are of one form, so that a question about one can be an example for the other."""

from __future__ import annotations

import calendar
from itertools import product

import pytest

from app.semantic_parser.times.forms import TimeForm, time_form, without_times
from app.semantic_parser.tokens import tokenize

NONE: TimeForm = ((), frozenset())


def form(question: str) -> TimeForm:
    return time_form(tokenize(question))


SAME = [
    ("in the last hour", "over the past hour"),
    ("in the last hour", "the last 60 minutes"),
    ("in the last hour", "within the last hour"),
    ("in the last hour", "less than an hour ago"),
    ("last 24 hours", "last day"),
    ("last 90 minutes", "last hour and a half"),
    ("last 7 days", "past week"),
    ("today", "so far today"),
    ("today", "today's"),
    ("today", "since midnight"),
    ("yesterday", "on the previous day"),
    ("this month", "month to date"),
    ("on Monday", "on Friday"),
    ("on Monday", "last Tuesday"),
    ("on 21 November", "on 2026-11-20"),
    ("on 21 November", "on 1 March 1999"),
    ("on the 21st", "on Friday"),
    ("in October", "in November 2025"),
    ("in Q3", "in Q1 2025"),
    ("in 2025", "in 2024"),
    ("in 2025", "from 2024-01-01 to 2024-12-31"),
    ("since Monday", "since 20 November 2026"),
    ("between 1 and 10 November", "from 2026-03-05 to 2026-03-14"),
    ("on Friday morning", "on 21 November in the morning"),
    ("at 2 pm on Friday", "at 14:00 on 2026-11-20"),
    ("per hour today", "today by the hour"),
    ("per hour", "hourly"),
    ("per day", "every 24 hours"),
    ("per quarter", "every 3 months"),
    ("every 15 minutes", "quarter-hourly"),
    ("per weekday", "by day of the week"),
    ("today compared to yesterday", "yesterday versus today"),
    ("between 9 and 11 am", "from 9 am to 11 am"),
    ("the hour before", "in the hour before that"),
    ("right now", "currently"),
    ("", "all in all"),
]
OTHER = [
    ("in the last hour", "in the last day"),
    ("in the last hour", "today"),
    ("in the last hour", ""),
    ("in the last hour", "in the last 2 hours"),
    ("in the last hour", "in the next hour"),
    ("in the last hour", "in the last full hour"),
    ("in the last hour", "this hour"),
    ("in the last hour", "per hour"),
    ("today", "yesterday"),
    ("today", "this week"),
    ("today", "since Monday"),
    ("last week", "past week"),
    ("last week", "from 9 to 15 November"),
    ("last month", "last 30 days"),
    ("past month", "last 30 days"),
    ("past year", "last 365 days"),
    ("this month", "this quarter"),
    ("this quarter", "this year"),
    ("on Friday", "yesterday"),
    ("on Friday", "in October"),
    ("on Friday", "since Friday"),
    ("on Friday", "on Friday morning"),
    ("until Friday", "since Friday"),
    ("in October", "in Q3"),
    ("between 1 and 10 November", "between 1 and 9 November"),
    ("per hour", "per day"),
    ("per hour", ""),
    ("per hour", "per hour today"),
    ("per weekday", "per day"),
    ("per weekday", "per hour of day"),
    ("since 9 am", "since 10 am"),
    ("since 14:00", "since yesterday 14:00"),
    ("since 14:00", "at 14:00"),
    ("before 8 am", "after 8 am"),
    ("today compared to yesterday", "today"),
    ("today compared to yesterday", "this week compared to last week"),
    ("more today than yesterday", "more yesterday than today"),
    ("over the weekend", "last weekend"),
    ("right now", ""),
    ("created today and delivered yesterday", "created yesterday and delivered today"),
    ("the hour before", "same time yesterday"),
    ("2 hours ago", "in the last 2 hours"),
    ("for more than 2000 seconds, 2000 seconds ago", "in 2000"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_of_one_form(one: str, other: str) -> None:
    assert form(f"orders {one}") == form(f"orders {other}")


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_of_different_forms(one: str, other: str) -> None:
    assert form(f"orders {one}") != form(f"orders {other}")


MONTHS = calendar.month_name[1:]
DAYS = list(calendar.day_name)


@pytest.mark.parametrize(
    ("words", "names"),
    [
        *product(("in {}", "since {}", "until {}", "in {} 2024"), [MONTHS]),
        *product(("on {}", "since {}", "until {}", "after {}", "before {}", "last {}"), [DAYS]),
    ],
)
def test_no_name_is_special(words: str, names: list[str]) -> None:
    assert len({form(f"orders {words.format(name)}") for name in names}) == 1


def test_no_time_has_no_form() -> None:
    assert form("How many orders are there?") == NONE
    assert form("") == NONE


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("How many orders were cancelled in the last 2 hours?", "How many orders were cancelled"),
        ("orders per hour today, by channel", "orders by channel"),
        ("Which carriers, over the past hour, were late?", "Which carriers were late"),
        ("in the last hour", ""),
        ("", ""),
    ],
)
def test_the_other_words_stay(question: str, rest: str) -> None:
    assert without_times(tokenize(question)) == rest
