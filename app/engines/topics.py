"""Which records of a Kafka topic a snapshot needs, and how Flink is told to read those alone.

Pure: `pyflink_topics` asks the broker. A row's event time is taken to be no later than its record's
timestamp plus the table's out-of-orderness, which is what its watermark says; the records from that
moment on therefore hold every row of a span. `runs_ahead` finds out where that is not so.

Flink reads from `scan.startup.*` to `scan.bounded.*`; the offsets are given to it one by one, so
that what it reads is what the answer says that it read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app.catalog import registration
from app.catalog.model import Table
from app.offsets import TopicRead

if TYPE_CHECKING:
    from app.sql.timerange import Span

_START, _END = "scan.startup", "scan.bounded"
_OPEN_STARTS = {"", "earliest-offset", "latest-offset", "group-offsets"}
_OPEN_ENDS = {"", "unbounded", "latest-offset"}
_LEAST_MARGIN = timedelta(seconds=1)
_TAIL = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a snapshot needs of one table's topics.

    Attributes:
        table: The table.
        topic: The topic's name; empty where the table has several, or a pattern.
        since: The timestamp of the first record that may matter; None for all of them.
    """

    table: Table
    topic: str
    since: datetime | None

    @property
    def modes(self) -> dict[str, str]:
        """Flink's options where no offsets are known: it finds them itself, when it starts."""
        if self.since is None:
            return {f"{_START}.mode": "earliest-offset"}
        millis = str(round(self.since.timestamp() * 1000))
        return {f"{_START}.mode": "timestamp", f"{_START}.timestamp-millis": millis}


def wanted(table: Table, span: Span | None, environ: Mapping[str, str]) -> Wanted | None:
    """What is to be read of a table for the rows in a span; None where it says that itself.

    A snapshot begins with the first record even where the table's own streams begin with the
    latest one or where a consumer group is; other starts and ends in its definition hold.

    Args:
        table: Any table.
        span: Bounds of its event time, both of them included; None for all rows.
        environ: Where `${NAME}` placeholders are looked up.

    Raises:
        ConfigError: A placeholder's variable is not set.
    """
    if table.connector not in {"kafka", "upsert-kafka"}:
        return None
    start = registration.option(table, f"{_START}.mode", environ).lower()
    end = registration.option(table, f"{_END}.mode", environ).lower()
    if start not in _OPEN_STARTS or end not in _OPEN_ENDS:
        return None
    names = registration.option(table, "topic", environ).split(";")
    topic = names[0].strip() if len(names) == 1 else ""
    since = None if span is None or span.start is None else span.start - margin(table)
    return Wanted(table, topic, since)


def margin(table: Table) -> timedelta:
    """How much later than its record's timestamp a row's event time may be."""
    return max(_LEAST_MARGIN, table.watermark_delay or timedelta())


def exactly(read: TopicRead) -> dict[str, str]:
    """Flink's options for these offsets and no others."""
    starts = ((one.number, one.start) for one in read.partitions)
    ends = ((one.number, one.end) for one in read.partitions)
    return {
        f"{_START}.mode": "specific-offsets",
        f"{_END}.mode": "specific-offsets",
        f"{_START}.specific-offsets": ";".join(f"partition:{p},offset:{o}" for p, o in starts),
        f"{_END}.specific-offsets": ";".join(f"partition:{p},offset:{o}" for p, o in ends),
    }


def tail(newest: datetime) -> datetime:
    """From where a topic is read to find out how far its event time has come."""
    return newest - _TAIL


def runs_ahead(read: TopicRead, table: Table, reached: datetime | None) -> bool:
    """Whether event time is ahead of the records' timestamps, which then bound nothing.

    Args:
        read: What was read of the topic.
        table: Its table.
        reached: How far the table's event time has come.
    """
    return bool(reached and read.newest and reached > read.newest + margin(table))
