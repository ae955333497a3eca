from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.catalog.model import Table
from app.engines import topics
from app.offsets import PartitionRead, TopicRead
from app.sql.timerange import Span

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DELAY = timedelta(seconds=30)


def _table(connector: str = "kafka", delay: timedelta | None = DELAY, **options: str) -> Table:
    named = {name.replace("_", "."): value for name, value in options.items()}
    return Table(
        "orders",
        (),
        time_attribute="ordered",
        watermark_delay=delay,
        options={"connector": connector, "topic": "shop.orders", **named},
    )


START, END = "scan.startup.mode", "scan.bounded.mode"


@pytest.mark.parametrize(
    ("options", "topic"),
    [
        ({}, "shop.orders"),
        ({START: "latest-offset"}, "shop.orders"),
        ({START: "group-offsets", END: "unbounded"}, "shop.orders"),
        ({"topic": "a;b"}, ""),
        ({"topic": "", "topic-pattern": "shop.*"}, ""),
        ({"topic": "${TOPIC}"}, "filled"),
        ({START: "timestamp", "scan.startup.timestamp-millis": "1"}, None),
        ({END: "specific-offsets"}, None),
        ({"connector": "filesystem"}, None),
    ],
)
def test_what_is_wanted_of_a_table(options: dict[str, str], topic: str | None) -> None:
    given = {"connector": "kafka", "topic": "shop.orders", **options}
    wanted = topics.wanted(Table("orders", (), options=given), None, {"TOPIC": "filled"})
    assert (wanted and wanted.topic) == topic


@pytest.mark.parametrize(
    ("span", "delay", "since"),
    [
        (None, DELAY, None),
        (Span(None, NOON), DELAY, None),
        (Span(NOON, None), DELAY, NOON - DELAY),
        (Span(NOON, NOON), None, NOON - timedelta(seconds=1)),
    ],
)
def test_since_when_records_matter(
    span: Span | None, delay: timedelta | None, since: datetime | None
) -> None:
    wanted = topics.wanted(_table(delay=delay), span, {})
    assert wanted is not None
    assert wanted.since == since


def test_flink_gets_the_offsets_one_by_one() -> None:
    read = TopicRead("t", (PartitionRead(0, 5, 9), PartitionRead(1, 0, 0)))
    assert topics.exactly(read) == {
        "scan.startup.mode": "specific-offsets",
        "scan.bounded.mode": "specific-offsets",
        "scan.startup.specific-offsets": "partition:0,offset:5;partition:1,offset:0",
        "scan.bounded.specific-offsets": "partition:0,offset:9;partition:1,offset:0",
    }


@pytest.mark.parametrize(
    ("reached", "newest", "ahead"),
    [
        (NOON, NOON, False),
        (NOON + DELAY, NOON, False),
        (NOON + 2 * DELAY, NOON, True),
        (None, NOON, False),
        (NOON, None, False),
    ],
)
def test_event_time_ahead_of_the_records(
    reached: datetime | None, newest: datetime | None, ahead: bool
) -> None:
    read = TopicRead("t", (PartitionRead(0, 0, 3, newest),))
    assert topics.runs_ahead(read, _table(), reached) is ahead


@pytest.mark.parametrize(
    ("newest", "idle"),
    [
        ((NOON, NOON - timedelta(seconds=59)), []),
        ((NOON, NOON - timedelta(seconds=61), None), [1, 2]),
        ((None, None), []),
    ],
)
def test_idle_partitions(newest: tuple[datetime | None, ...], idle: list[int]) -> None:
    read = TopicRead("t", tuple(PartitionRead(n, 0, 1, at) for n, at in enumerate(newest)))
    assert [one.number for one in read.idle] == idle
    assert ("idle" in str(read)) is bool(idle)
