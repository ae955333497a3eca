"""Time ranges and buckets. It is Sunday, 2026-11-22, 18:30:15 in Berlin."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.semantic_parser import times
from app.semantic_parser.form import Bucket, TimeRange
from app.semantic_parser.tokens import tokenize
from tests.semantic_parser.catalogs import NOW, ZONE

RANGES = [
    ("in the last 30 minutes", "11-22 18:00:15", "11-22 18:30:15"),
    ("last hour", "11-22 17:30:15", "11-22 18:30:15"),
    ("past 2 hours", "11-22 16:30:15", "11-22 18:30:15"),
    ("in the last half hour", "11-22 18:00:15", "11-22 18:30:15"),
    ("over the past couple of days", "11-20 18:30:15", "11-22 18:30:15"),
    ("last three days", "11-19 18:30:15", "11-22 18:30:15"),
    ("this hour", "11-22 18:00:00", "11-22 18:30:15"),
    ("today", "11-22 00:00:00", "11-22 18:30:15"),
    ("yesterday", "11-21 00:00:00", "11-22 00:00:00"),
    ("this week", "11-16 00:00:00", "11-22 18:30:15"),
    ("last week", "11-09 00:00:00", "11-16 00:00:00"),
    ("this month", "11-01 00:00:00", "11-22 18:30:15"),
    ("last month", "10-01 00:00:00", "11-01 00:00:00"),
    ("this morning", "11-22 00:00:00", "11-22 12:00:00"),
    ("this evening", "11-22 18:00:00", "11-22 18:30:15"),
    ("since 14:00", "11-22 14:00:00", "11-22 18:30:15"),
    ("since 2 pm", "11-22 14:00:00", "11-22 18:30:15"),
    ("since 23:00", "11-21 23:00:00", "11-22 18:30:15"),
    ("since yesterday", "11-21 00:00:00", "11-22 18:30:15"),
    ("since monday", "11-16 00:00:00", "11-22 18:30:15"),
    ("since yesterday at 20:00", "11-21 20:00:00", "11-22 18:30:15"),
    ("before noon", "11-22 00:00:00", "11-22 12:00:00"),
    ("between 14:00 and 15:00", "11-22 14:00:00", "11-22 15:00:00"),
    ("from 9 am to 11 am", "11-22 09:00:00", "11-22 11:00:00"),
    ("from monday to wednesday", "11-16 00:00:00", "11-19 00:00:00"),
    ("between 9am and 11am yesterday", "11-21 09:00:00", "11-21 11:00:00"),
    ("from yesterday 9am to 11am", "11-21 09:00:00", "11-21 11:00:00"),
    ("between 17:00 and 20:00", "11-22 17:00:00", "11-22 20:00:00"),
    ("from 22:00 to 2:00", "11-21 22:00:00", "11-22 02:00:00"),
    ("yesterday evening", "11-21 18:00:00", "11-22 00:00:00"),
    ("on friday morning", "11-20 00:00:00", "11-20 12:00:00"),
    ("on friday", "11-20 00:00:00", "11-21 00:00:00"),
    ("on 2026-11-03", "11-03 00:00:00", "11-04 00:00:00"),
    ("at 14:00", "11-22 14:00:00", "11-22 15:00:00"),
]
BUCKETS = [
    ("per hour", Bucket("hour")),
    ("hourly", Bucket("hour")),
    ("by day", Bucket("day")),
    ("each minute", Bucket("minute")),
    ("every 5 minutes", Bucket("minute", 5)),
    ("in 15-minute windows", Bucket("minute", 15)),
]


@pytest.mark.parametrize(("text", "start", "end"), RANGES)
def test_range(text: str, start: str, end: str) -> None:
    (span,) = times.find(tokenize(f"orders {text}"), NOW, ZONE)
    assert isinstance(span.meaning, TimeRange)
    ends = [f"{m:%m-%d %H:%M:%S}" for m in (span.meaning.start, span.meaning.end) if m]
    assert ends == [start, end]


@pytest.mark.parametrize(("text", "bucket"), BUCKETS)
def test_bucket(text: str, bucket: Bucket) -> None:
    (span,) = times.find(tokenize(f"orders {text}"), NOW, ZONE)
    assert span.meaning == bucket


@pytest.mark.parametrize("text", ["the last order", "14:00", "5 minutes", "at 25:00", "per city"])
def test_no_time(text: str) -> None:
    assert times.find(tokenize(text), NOW, ZONE) == ()


def test_a_rolling_range_is_as_long_as_it_says_across_a_clock_change() -> None:
    after_change = datetime(2026, 10, 25, 2, 30, tzinfo=UTC)  # 03:30 in Berlin, was 04:30
    (span,) = times.find(tokenize("last 3 hours"), after_change, ZONE)
    assert isinstance(span.meaning, TimeRange)
    assert span.meaning.start == datetime(2026, 10, 25, 1, 30)  # noqa: DTZ001
