from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.catalog.model import Table
from app.engines import topics
from app.engines.topics import Source
from app.offsets import PartitionRead, TableRead, TopicRead
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
MILLIS = "scan.startup.timestamp-millis"


ONE = ("shop.orders",)


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        ({}, (ONE, "")),
        ({START: "latest-offset"}, (ONE, "")),
        ({START: "group-offsets", END: "unbounded"}, (ONE, "")),
        ({START: "timestamp", MILLIS: "1"}, (ONE, "")),
        ({"topic": "a; b;a"}, (("a", "b"), "")),
        ({"topic": "", "topic-pattern": "shop.*"}, ((), "shop.*")),
        ({"topic": "${TOPIC}"}, (("filled",), "")),
        ({START: "specific-offsets"}, None),
        ({END: "specific-offsets"}, None),
        ({"connector": "filesystem"}, None),
    ],
)
def test_what_is_wanted_of_a_table(
    options: dict[str, str], asked: tuple[tuple[str, ...], str] | None
) -> None:
    given = {"connector": "kafka", "topic": "shop.orders", **options}
    wanted = topics.wanted(Table("orders", (), options=given), None, {"TOPIC": "filled"})
    assert (wanted and (wanted.topics, wanted.pattern)) == asked


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


@pytest.mark.parametrize(
    ("moment", "span", "since"),
    [
        (NOON, None, NOON),
        (NOON, Span(NOON + 2 * DELAY, None), NOON + DELAY),
        (NOON, Span(NOON, None), NOON),
        (None, Span(NOON, None), NOON - DELAY),
    ],
)
def test_a_fixed_moment_holds(
    moment: datetime | None, span: Span | None, since: datetime | None
) -> None:
    millis = str(round(moment.timestamp() * 1000)) if moment else "9" * 30  # which is no moment
    table = replace(_table(), options={**_table().options, START: "timestamp", MILLIS: millis})
    wanted = topics.wanted(table, span, {})
    assert wanted is not None
    assert wanted.since == since


ONE_READ = TopicRead("t", (PartitionRead(0, 5, 9), PartitionRead(1, 0, 0)))


def test_flink_gets_the_offsets_one_by_one() -> None:
    wanted = topics.wanted(_table(), None, {})
    assert wanted is not None
    assert wanted.source(TableRead((ONE_READ,))) == Source(
        {
            "scan.startup.mode": "specific-offsets",
            "scan.bounded.mode": "specific-offsets",
            "scan.startup.specific-offsets": "partition:0,offset:5;partition:1,offset:0",
            "scan.bounded.specific-offsets": "partition:0,offset:9;partition:1,offset:0",
        }
    )
    assert wanted.source(None) == Source({"scan.startup.mode": "earliest-offset"})


@pytest.mark.parametrize("options", [{"topic": "t;it's"}, {"topic": "", "topic-pattern": "t|i.*"}])
def test_of_several_topics_the_view_ends_what_flink_starts(options: dict[str, str]) -> None:
    table = replace(_table(), options={**_table().options, **options})
    wanted = topics.wanted(table, Span(NOON, None), {})
    assert wanted is not None
    other = TopicRead("it's", (PartitionRead(0, 1, 2),))
    source = wanted.source(TableRead((ONE_READ, other)))
    assert source.options == {
        "scan.startup.mode": "timestamp",
        "scan.startup.timestamp-millis": str(round((NOON - DELAY).timestamp() * 1000)),
    }
    assert "JOIN (VALUES ('t', 0, 9), ('t', 1, 0), ('it''s', 0, 2)) AS e" in source.view
    assert wanted.source(None) == Source(source.options)


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
    topic = TopicRead("t", (PartitionRead(0, 0, 3, newest),))
    assert topics.runs_ahead(TableRead((topic,)), _table(), reached) is ahead


LONG_AGO = NOON - timedelta(seconds=61)


@pytest.mark.parametrize(
    ("newest", "idle"),
    [
        ([(NOON, NOON - timedelta(seconds=59))], [()]),
        ([(NOON, LONG_AGO, None)], [(1, 2)]),
        ([(None, None)], [()]),
        ([(LONG_AGO,), (NOON,)], [(0,), ()]),  # a topic of a table is idle as a whole
    ],
)
def test_idle_partitions(
    newest: list[tuple[datetime | None, ...]], idle: list[tuple[int, ...]]
) -> None:
    moments = [tuple(PartitionRead(n, 0, 1, at) for n, at in enumerate(each)) for each in newest]
    read = TableRead(tuple(TopicRead(f"t{i}", parts) for i, parts in enumerate(moments)))
    assert [tuple(one.number for one in read.idle(topic)) for topic in read.topics] == idle
    assert ("idle" in str(read)) is any(idle)


def test_many_topics_are_told_in_a_line_that_ends() -> None:
    read = TableRead(tuple(TopicRead(f"t{n}", (PartitionRead(0, 0, 2),)) for n in range(30)))
    assert str(read).startswith("topic t0, offsets 0: 0 to 2 (2 records); topic t1, offsets")
    assert str(read).endswith("; and 22 more topics (44 records)")
