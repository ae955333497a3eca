"""Time ranges and buckets. It is Sunday, 2026-11-22, 18:30:15 in Berlin."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.semantic_parser import times
from app.semantic_parser.form import Bucket, TimeRange
from app.semantic_parser.tokens import tokenize

NOW = datetime(2026, 11, 22, 17, 30, 15, 123456, tzinfo=UTC)
ZONE = "Europe/Berlin"
N = "11-22 18:30:15"
TODAY, YESTERDAY, TOMORROW = "11-22 00:00", "11-21 00:00", "11-23 00:00"

ROLLING = [
    ("in the last 30 minutes", "11-22 18:00:15", N),
    ("last hour", "11-22 17:30:15", N),
    ("last 2 hrs", "11-22 16:30:15", N),
    ("last 90 mins", "11-22 17:00:15", N),
    ("in the last half hour", "11-22 18:00:15", N),
    ("in the last half an hour", "11-22 18:00:15", N),
    ("in the last quarter of an hour", "11-22 18:15:15", N),
    ("in the last three quarters of an hour", "11-22 17:45:15", N),
    ("last hour and a half", "11-22 17:00:15", N),
    ("in the last 1 hour and 30 minutes", "11-22 17:00:15", N),
    ("last 1h 30m", "11-22 17:00:15", N),
    ("last 1.5 hours", "11-22 17:00:15", N),
    ("over the last two and a half hours", "11-22 16:00:15", N),
    ("last 24h", "11-21 18:30:15", N),
    ("past 7d", "11-15 18:30:15", N),
    ("the past couple of hours", "11-22 16:30:15", N),
    ("over the past few days", "11-19 18:30:15", N),
    ("last forty five minutes", "11-22 17:45:15", N),
    ("within the last hour", "11-22 17:30:15", N),
    ("during the past week", "11-15 18:30:15", N),
    ("most recent hour", "11-22 17:30:15", N),
    ("trailing 30 minutes", "11-22 18:00:15", N),
    ("for the last 3 days", "11-19 18:30:15", N),
    ("last 3 months", "08-22 18:30:15", N),
    ("since the last 3 hours", "11-22 15:30:15", N),
    ("since 3 hours ago", "11-22 15:30:15", N),
    ("in the previous 30 minutes", "11-22 18:00:15", N),
    ("less than 2 hours ago", "11-22 16:30:15", N),
    ("more than 3 days ago", None, "11-19 18:30:15"),
    ("2 hours ago", "11-22 16:30:15", "11-22 17:30:15"),
    ("in the next 2 days", N, "11-24 18:30:15"),
    ("next hour", N, "11-22 19:30:15"),
]
CALENDAR = [
    ("this hour", "11-22 18:00", N),
    ("today", TODAY, N),
    ("so far today", TODAY, N),
    ("earlier today", TODAY, N),
    ("later today", N, TOMORROW),
    ("todays", TODAY, N),
    ("yesterday", YESTERDAY, TODAY),
    ("the day before yesterday", "11-20 00:00", YESTERDAY),
    ("previous day", YESTERDAY, TODAY),
    ("this morning", TODAY, "11-22 12:00"),
    ("this afternoon", "11-22 12:00", "11-22 18:00"),
    ("this evening", "11-22 18:00", N),
    ("tonight", "11-22 18:00", N),
    ("last night", "11-21 18:00", "11-22 06:00"),
    ("yesterday evening", "11-21 18:00", TODAY),
    ("this week", "11-16 00:00", N),
    ("last week", "11-09 00:00", "11-16 00:00"),
    ("this month", "11-01 00:00", N),
    ("month to date", "11-01 00:00", N),
    ("last month", "10-01 00:00", "11-01 00:00"),
    ("this quarter", "10-01 00:00", N),
    ("last quarter", "07-01 00:00", "10-01 00:00"),
    ("last year", "2025-01-01 00:00", "01-01 00:00"),
    ("last full hour", "11-22 17:00", "11-22 18:00"),
    ("the week before last", "11-02 00:00", "11-09 00:00"),
    ("over the weekend", YESTERDAY, N),
    ("last weekend", "11-14 00:00", "11-16 00:00"),
    ("on friday", "11-20 00:00", YESTERDAY),
    ("on friday morning", "11-20 00:00", "11-20 12:00"),
    ("last Tuesday", "11-17 00:00", "11-18 00:00"),
    ("last Sunday", "11-15 00:00", "11-16 00:00"),
    ("on sat", YESTERDAY, TODAY),
    ("three days ago", "11-19 00:00", "11-20 00:00"),
    ("in October", "10-01 00:00", "11-01 00:00"),
    ("in December", "2025-12-01 00:00", "01-01 00:00"),
    ("October 2026", "10-01 00:00", "11-01 00:00"),
    ("in May", "05-01 00:00", "06-01 00:00"),
    ("in Q3", "07-01 00:00", "10-01 00:00"),
    ("in 2025", "2025-01-01 00:00", "01-01 00:00"),
    ("the first hour of today", TODAY, "11-22 01:00"),
    ("the last 3 days of October", "10-29 00:00", "11-01 00:00"),
    ("tomorrow", TOMORROW, "11-24 00:00"),
    ("tomorrow morning", TOMORROW, "11-23 12:00"),
    ("next week", TOMORROW, "11-30 00:00"),
    ("next Friday", "11-27 00:00", "11-28 00:00"),
]
DATES = [
    ("on 2026-11-21", YESTERDAY, TODAY),
    ("on 21.11.2026", YESTERDAY, TODAY),
    ("on 22/11/2026", TODAY, TOMORROW),
    ("on 11/22/2026", TODAY, TOMORROW),
    ("on 03/04/2026", "04-03 00:00", "04-04 00:00"),
    ("on 21.11.26", YESTERDAY, TODAY),
    ("on 21/11", YESTERDAY, TODAY),
    ("on the 21st", YESTERDAY, TODAY),
    ("in the years 2015 to 2019", "2015-01-01 00:00", "2020-01-01 00:00"),
    ("in 2016 or later", "2016-01-01 00:00", N),
    ("in 2015 or earlier", None, "2016-01-01 00:00"),
    ("from Monday onwards", "11-16 00:00", N),
    ("on the 21st of November", YESTERDAY, TODAY),
    ("November 21", YESTERDAY, TODAY),
    ("Nov 21st, 2026", YESTERDAY, TODAY),
    ("23 November 2026", TOMORROW, "11-24 00:00"),
    ("23 November", "11-23 00:00", "11-24 00:00"),
    ("Sunday, 22 November 2026", TODAY, TOMORROW),
    ("Monday, 23 November", TOMORROW, "11-24 00:00"),
    ("for tomorrow, 23 November 2026", TOMORROW, "11-24 00:00"),
    ("between 2026-11-01 and 2026-11-10", "11-01 00:00", "11-11 00:00"),
    ("from 1 to 10 November", "11-01 00:00", "11-11 00:00"),
    ("between the 1st and the 10th of November", "11-01 00:00", "11-11 00:00"),
    ("from monday to wednesday", "11-16 00:00", "11-19 00:00"),
    ("since yesterday", YESTERDAY, N),
    ("since monday", "11-16 00:00", N),
    ("since last week", "11-09 00:00", N),
    ("since the start of the month", "11-01 00:00", N),
    ("from yesterday", YESTERDAY, TODAY),
    ("until yesterday", None, TODAY),
    ("before 2026-11-21", None, YESTERDAY),
    ("by Friday", None, "11-28 00:00"),
    ("after tomorrow", "11-24 00:00", None),
]
CLOCK = [
    ("since 14:00", "11-22 14:00", N),
    ("since yesterday morning at 8", "11-21 08:00", N),
    ("from 17:00 up to but not including 21:00 yesterday", "11-21 17:00", "11-21 21:00"),
    ("since 14.30", "11-22 14:30", N),
    ("since 14.30 o'clock", "11-22 14:30", N),
    ("since 2 pm", "11-22 14:00", N),
    ("since 2 p.m.", "11-22 14:00", N),
    ("since 2", "11-22 14:00", N),
    ("since 23:00", "11-21 23:00", N),
    ("since 8 o'clock", "11-22 08:00", N),
    ("since 9", "11-22 09:00", N),
    ("since midnight", TODAY, N),
    ("since half past two", "11-22 14:30", N),
    ("since half past two this afternoon", "11-22 14:30", N),
    ("since quarter to nine", "11-22 08:45", N),
    ("since twenty past four this afternoon", "11-22 16:20", N),
    ("since 6 o'clock this morning", "11-22 06:00", N),
    ("since 6 in the morning", "11-22 06:00", N),
    ("since yesterday 22:00", "11-21 22:00", N),
    ("since 22:00 yesterday", "11-21 22:00", N),
    ("since yesterday at 20:00", "11-21 20:00", N),
    ("since yesterday evening 18:00", "11-21 18:00", N),
    ("since Saturday noon", "11-21 12:00", N),
    ("since 2026-11-21T14:00", "11-21 14:00", N),
    ("from 9am to now", "11-22 09:00", N),
    ("after 8 pm", "11-21 20:00", N),
    ("before noon", TODAY, "11-22 12:00"),
    ("before 8am", TODAY, "11-22 08:00"),
    ("before midnight", TODAY, TOMORROW),
    ("until 10", TODAY, "11-22 10:00"),
    ("by noon", TODAY, "11-22 12:00"),
    ("between 14:00 and 15:00", "11-22 14:00", "11-22 15:00"),
    ("from 9 am to 11 am", "11-22 09:00", "11-22 11:00"),
    ("9-11am", "11-22 09:00", "11-22 11:00"),
    ("between 11 and 1 pm", "11-22 11:00", "11-22 13:00"),
    ("between midnight and 1 am", TODAY, "11-22 01:00"),
    ("between 10 pm and midnight", "11-21 22:00", TODAY),
    ("between 17:00 and 20:00", "11-22 17:00", "11-22 20:00"),
    ("from 22:00 to 2:00", "11-21 22:00", "11-22 02:00"),
    ("in the hour before 14:00", "11-22 13:00", "11-22 14:00"),
    ("between 22.11.2026 09:00 and 22.11.2026 12:00", "11-22 09:00", "11-22 12:00"),
    ("between yesterday 22:00 and today 6:00", "11-21 22:00", "11-22 06:00"),
    ("from yesterday 9am to 11am", "11-21 09:00", "11-21 11:00"),
    ("between 2 hours ago and 1 hour ago", "11-22 16:30:15", "11-22 17:30:15"),
    ("at 14:00", "11-22 14:00", "11-22 15:00"),
    ("at 14:35", "11-22 14:35", "11-22 14:36"),
    ("around 14:00", "11-22 13:30", "11-22 14:30"),
    ("Saturday noon", "11-21 12:00", "11-21 13:00"),
    ("at 2pm on Friday", "11-20 14:00", "11-20 15:00"),
    ("at 6 am this morning", "11-22 06:00", "11-22 07:00"),
]
DAY_AND_CLOCK = [
    ("between 9am and 11am yesterday", "11-21 09:00", "11-21 11:00"),
    ("yesterday between 18:00 and 22:00", "11-21 18:00", "11-21 22:00"),
    ("yesterday after 8 pm", "11-21 20:00", TODAY),
    ("after 8 pm yesterday", "11-21 20:00", TODAY),
    ("on the 21st of November after 9 pm", "11-21 21:00", TODAY),
    ("Saturday before 8 am", YESTERDAY, "11-21 08:00"),
    ("on 22/11/2026 before 8am", TODAY, "11-22 08:00"),
    ("from 10:30 to 11:15 this morning", "11-22 10:30", "11-22 11:15"),
    ("this afternoon between 2 and 4", "11-22 14:00", "11-22 16:00"),
    ("today between 6 and 12", "11-22 06:00", "11-22 12:00"),
    ("on Sunday, 22 November 2026, between midnight and 1 am", TODAY, "11-22 01:00"),
    ("today after 8", "11-22 08:00", N),
]
BUCKETS = [
    ("per hour", Bucket("hour")),
    ("hourly", Bucket("hour")),
    ("in hourly buckets", Bucket("hour")),
    ("on a daily basis", Bucket("day")),
    ("by day", Bucket("day")),
    ("day by day", Bucket("day")),
    ("by the hour", Bucket("hour")),
    ("each minute", Bucket("minute")),
    ("every 5 minutes", Bucket("minute", 5)),
    ("every other day", Bucket("day", 2)),
    ("in 15-minute windows", Bucket("minute", 15)),
    ("in 5 minute steps", Bucket("minute", 5)),
    ("per quarter of an hour", Bucket("minute", 15)),
    ("half-hourly", Bucket("minute", 30)),
    ("quarter-hourly", Bucket("minute", 15)),
    ("per quarter", Bucket("quarter")),
    ("per calendar week", Bucket("week")),
    ("a minute", Bucket("minute")),
    ("per weekday", times.ClockPart("weekday")),
    ("by hour of the day", times.ClockPart("hour of day")),
]
NO_TIME = [
    "the last order",
    "first 3",
    "14:00",
    "5 minutes",
    "at 25:00",
    "per city",
    "over time",
    "a pressure between 1990 and 2010",
    "at least 3 hours",
    "took 5 minutes",
    "longer than an hour",
    "delay of 3 hours",
    "order number 14",
    "5 of the orders",
    "100 to 200 EUR",
    "between 24 and 47 hours",
    "between 9 and 11",
    "between 10.50 and 20.00 EUR",
    "after 3 attempts",
    "up to 10 orders",
    "at 30 hours",
    "Good evening",
    "which orders may be late",
    "the sun sensor",
    "next-day delivery",
    "the last second attempt",
    "every second order",
    "3 hours before the promised time",
    "more than 10 hours after their order",
]
WORDS = [
    ("last 2.5 hours", "in the last 2.5 hours"),
    ("past half hour", "in the last 30 minutes"),
    ("since 2pm", "since 14:00"),
    ("since 23:00", "since 23:00 yesterday"),
    ("9-11am", "between 09:00 and 11:00 today"),
    ("on the 21st of November", "on 21 November"),
    ("23 November", "on 23 November"),
    ("at 14:00", "in the hour from 14:00 today"),
    ("last friday", "last Friday"),
    ("on friday", "on Friday"),
    ("On Saturday, how many before 8 am", "before 08:00 on Saturday"),
    ("between 22.11.2026 09:00 and 22.11.2026 12:00", "between 09:00 and 12:00 on 22 November"),
    ("last night", "last night (18:00 to 06:00)"),
]


def _said(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    date = f"{moment:%m-%d}" if moment.year == 2026 else f"{moment:%Y-%m-%d}"
    return f"{date} {moment:%H:%M}" + (f":{moment:%S}" if moment.second else "")


@pytest.mark.parametrize(
    ("text", "start", "end"), [*ROLLING, *CALENDAR, *DATES, *CLOCK, *DAY_AND_CLOCK]
)
def test_range(text: str, start: str | None, end: str | None) -> None:
    (span,) = times.find(tokenize(f"orders {text}"), NOW, ZONE)
    assert isinstance(span.meaning, TimeRange)
    assert (_said(span.meaning.start), _said(span.meaning.end)) == (start, end)
    assert (span.start, span.stop) == (1, len(tokenize(f"orders {text}")))


@pytest.mark.parametrize("text", ["opened from 2015 through 2019", "built between 2015 and 2019"])
def test_years_of_what_was_done(text: str) -> None:
    (span,) = times.find(tokenize(f"accounts {text}"), NOW, ZONE)
    assert isinstance(span.meaning, TimeRange)
    assert _said(span.meaning.start) == "2015-01-01 00:00"
    assert _said(span.meaning.end) == "2020-01-01 00:00"


@pytest.mark.parametrize(("text", "bucket"), BUCKETS)
def test_bucket(text: str, bucket: times.Meaning) -> None:
    (span,) = times.find(tokenize(f"orders {text}"), NOW, ZONE)
    assert span.meaning == bucket


@pytest.mark.parametrize("text", NO_TIME)
def test_no_time(text: str) -> None:
    assert times.find(tokenize(text), NOW, ZONE) == ()


@pytest.mark.parametrize(("text", "words"), WORDS)
def test_words_read_well(text: str, words: str) -> None:
    span = times.find(tokenize(text), NOW, ZONE)[0]
    assert isinstance(span.meaning, TimeRange)
    assert span.meaning.words == words
