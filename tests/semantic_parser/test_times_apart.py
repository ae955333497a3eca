"""Times that need each other: a day and a clock time said apart, two periods compared.

It is Sunday, 2026-11-22, 18:30:15 in Berlin. Also that no text raises, and that it is quick.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.semantic_parser import times
from app.semantic_parser.form import TimeRange
from app.semantic_parser.tokens import tokenize, word_set

NOW = datetime(2026, 11, 22, 17, 30, 15, 123456, tzinfo=UTC)
ZONE = "Europe/Berlin"
APART = [
    ("On Saturday, how many alerts before 8 am?", "11-21 00:00 to 11-21 08:00"),
    ("How many tickets were bought yesterday by bus after 8 pm?", "11-21 20:00 to 11-22 00:00"),
    ("Between 9 and 11 am, how many orders came in on Friday?", "11-20 09:00 to 11-20 11:00"),
]
HOUR = ("11-22 17:30 to 11-22 18:30", "11-22 16:30 to 11-22 17:30")
TWO_HOURS = ("11-22 16:30 to 11-22 18:30", "11-22 14:30 to 11-22 16:30")
DAYS = ("11-22 00:00 to 11-22 18:30", "11-21 00:00 to 11-22 00:00")
WEEKS = ("11-16 00:00 to 11-22 18:30", "11-09 00:00 to 11-16 00:00")
PAIRS = [
    ("more orders in the last hour than in the hour before?", HOUR),
    ("change in the last hour compared to the hour before", HOUR),
    ("orders in the last hour versus the previous one, in EUR", HOUR),
    ("orders in the last hour vs. the previous hour", HOUR),
    ("from the previous hour to the last, how did orders change", HOUR),
    ("orders compared to the hour before", HOUR),
    ("sales in the last hour compared to an hour earlier", HOUR),
    ("sessions in the last 2 hours compared with the two hours before", TWO_HOURS),
    ("failed in the last 2 hours compared with the 2 hours before that?", TWO_HOURS),
    ("orders in the last 2 hours against the previous two hours", TWO_HOURS),
    ("orders in the last 2 hours and in the period before", TWO_HOURS),
    (
        "Difference between the last 30 minutes and the 30 minutes before",
        ("11-22 18:00 to 11-22 18:30", "11-22 17:30 to 11-22 18:00"),
    ),
    (
        "this hour vs last hour",
        ("11-22 18:00 to 11-22 18:30", "11-22 17:00 to 11-22 18:00"),
    ),
    (
        "last hour vs same hour yesterday",
        ("11-22 17:30 to 11-22 18:30", "11-21 17:30 to 11-21 18:30"),
    ),
    (
        "orders in the last hour compared to the day before",
        ("11-22 17:30 to 11-22 18:30", "11-21 17:30 to 11-21 18:30"),
    ),
    ("orders today compared to yesterday", DAYS),
    ("compare orders today with yesterday", DAYS),
    ("more orders today than there were yesterday?", DAYS),
    ("how did revenue change from yesterday to today", DAYS),
    ("difference between yesterday and today", DAYS),
    ("today vs the day before", DAYS),
    ("orders compared to yesterday", DAYS),
    ("how do orders compare to yesterday", DAYS),
    (
        "yesterday vs the day before",
        ("11-21 00:00 to 11-22 00:00", "11-20 00:00 to 11-21 00:00"),
    ),
    ("more orders this week than last week", WEEKS),
    ("compare this week and last week", WEEKS),
    (
        "today so far vs the same period last week",
        ("11-22 00:00 to 11-22 18:30", "11-15 00:00 to 11-15 18:30"),
    ),
    (
        "orders before 8am today compared to yesterday",
        ("11-22 00:00 to 11-22 08:00", "11-21 00:00 to 11-21 08:00"),
    ),
    (
        "yesterday from 9 to 11 vs today from 9 to 11",
        ("11-22 09:00 to 11-22 11:00", "11-21 09:00 to 11-21 11:00"),
    ),
]
FOLLOW_UPS = [
    ("and in the hour before?", "11-22 15:30 to 11-22 16:30"),
    ("and the period before?", "11-22 14:30 to 11-22 16:30"),
    ("what about the previous hour?", "11-22 15:30 to 11-22 16:30"),
    ("and an hour earlier?", "11-22 15:30 to 11-22 17:30"),
    ("and the same time yesterday?", "11-21 16:30 to 11-21 18:30"),
    ("and the day before?", "11-21 16:30 to 11-21 18:30"),
]
WORDS = sorted(
    word_set(
        "last past next this the in on at since before after between and to from until by per every"
        " hour hours day week month year quarter half past of a an couple yesterday today tomorrow"
        " monday sat november may morning night noon midnight am pm o'clock previous same time than"
        " compared vs 0 1 2 14 24 31 99999 1000000000000 14:00 24:00 25:99 2026-11-21 9999-12-31"
        " 0001-01-01 31.02.2026 22/11 1.5 20k ago earlier that st , . ( ½ q3 weekend date"
    )
)


def _said(meaning: TimeRange) -> str:
    return " to ".join(f"{m:%m-%d %H:%M}" if m else "-" for m in (meaning.start, meaning.end))


@pytest.mark.parametrize(("text", "range_"), APART)
def test_a_clock_time_is_meant_on_the_day_said_apart(text: str, range_: str) -> None:
    spans = times.find(tokenize(text), NOW, ZONE)
    (meaning,) = {s.meaning for s in spans}
    assert isinstance(meaning, TimeRange)
    assert (_said(meaning), len(spans)) == (range_, 2)


@pytest.mark.parametrize(("text", "pair"), PAIRS)
def test_pair(text: str, pair: tuple[str, str]) -> None:
    (meaning,) = {s.meaning for s in times.find(tokenize(text), NOW, ZONE)}
    assert isinstance(meaning, times.Periods)
    assert (_said(meaning.later), _said(meaning.earlier)) == pair


@pytest.mark.parametrize(
    ("text", "is_reversed"),
    [
        ("how many more reports did we get yesterday than today", True),
        ("how many more reports did we get today than yesterday", False),
        ("how did reports change from yesterday to today", False),
    ],
)
def test_what_is_named_first_is_what_the_other_is_taken_from(text: str, is_reversed: bool) -> None:
    (meaning,) = {s.meaning for s in times.find(tokenize(text), NOW, ZONE)}
    assert isinstance(meaning, times.Periods)
    assert meaning.is_reversed is is_reversed


def test_the_words_between_belong_to_the_second_half() -> None:
    tokens = tokenize("more orders in the last hour than in the hour before?")
    said = [
        " ".join(t.raw for t in tokens[s.start : s.stop]) for s in times.find(tokens, NOW, ZONE)
    ]
    assert said == ["in the last hour", "than in the hour before"]


@pytest.mark.parametrize(("text", "range_"), FOLLOW_UPS)
def test_follow_up_is_told_by_the_period_before(text: str, range_: str) -> None:
    (previous,) = times.find(tokenize("in the last 2 hours"), NOW, ZONE)
    (span,) = times.find(tokenize(text), NOW, ZONE)
    assert isinstance(previous.meaning, TimeRange)
    assert isinstance(span.meaning, times.Before)
    moved = span.meaning.of(previous.meaning)
    assert moved
    assert _said(moved) == range_


def test_two_ranges_without_a_comparison_stay_two() -> None:
    spans = times.find(tokenize("orders yesterday and failed payments this week"), NOW, ZONE)
    assert len({s.meaning for s in spans}) == 2
    assert all(isinstance(s.meaning, TimeRange) for s in spans)


def test_a_rolling_range_is_as_long_as_it_says_across_a_clock_change() -> None:
    after_change = datetime(2026, 10, 25, 2, 30, tzinfo=UTC)  # 03:30 in Berlin, was 04:30
    (span,) = times.find(tokenize("last 3 hours"), after_change, ZONE)
    assert isinstance(span.meaning, TimeRange)
    assert span.meaning.start == datetime(2026, 10, 25, 1, 30)  # noqa: DTZ001


@settings(max_examples=1_500, deadline=None)
@given(
    st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join) | st.text(max_size=60),
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001
    st.sampled_from(["Europe/Berlin", "America/New_York", "UTC", "Asia/Kathmandu"]),
)
@example("next year midnight", datetime(2026, 1, 1), ZONE)  # noqa: DTZ001
@example("last 2 hours", datetime(2026, 10, 25, 0, 30), ZONE)  # noqa: DTZ001
def test_no_text_raises(text: str, moment: datetime, zone: str) -> None:
    tokens = tokenize(text)
    spans = times.find(tokens, moment.replace(tzinfo=UTC), zone)
    assert all(0 <= s.start < s.stop <= len(tokens) for s in spans)
    assert all(a.stop <= b.start for a, b in pairwise(spans))
