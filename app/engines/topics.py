"""Which records of Kafka topics a snapshot needs, and how Flink is told to read those alone.

Pure: `pyflink_topics` asks the broker. A row's event time is taken to be no later than its record's
timestamp plus the table's out-of-orderness, which is what its watermark says; the records from that
moment on therefore hold every row of a span. `runs_ahead` finds out where that is not so.

Flink reads from `scan.startup.*` to `scan.bounded.*`; the offsets are given to it one by one, so
that what it reads is what the answer says that it read. It takes offsets of one topic alone: of
several it finds the same starts by their timestamp, and the table's view ends them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from app.catalog import registration
from app.catalog.model import Table
from app.offsets import TableRead, TopicRead

if TYPE_CHECKING:
    from app.sql.timerange import Span

_START, _END = "scan.startup", "scan.bounded"
_OPEN_STARTS = {"", "earliest-offset", "latest-offset", "group-offsets"}
_OPEN_ENDS = {"", "unbounded", "latest-offset"}
_LEAST_MARGIN = timedelta(seconds=1)
_TAIL = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Source:
    """How a table is read by one job.

    Attributes:
        options: What its sources have beside their own options.
        view: The statement that makes the view that it is; empty where that is as registered.
    """

    options: Mapping[str, str]
    view: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a snapshot needs of one table's topics.

    Attributes:
        table: The table.
        topics: The topics' names; none where a pattern gives them.
        pattern: What names must match, in Java's syntax; empty where they are given.
        several: Whether there may be more than one.
        since: The timestamp of the first record that may matter; None for all of them.
    """

    table: Table
    topics: tuple[str, ...]
    pattern: str
    several: bool
    since: datetime | None

    def source(self, read: TableRead | None) -> Source:
        """How the table is read.

        Args:
            read: From where to where; None lets Flink find the offsets itself, when it starts.
        """
        if read is None:
            return Source(self._modes)
        if self.several:
            return Source(self._modes, registration.view(self.table, _ends(read)))
        (topic,) = read.topics
        return Source(_exactly(topic))

    @property
    def _modes(self) -> dict[str, str]:
        if self.since is None:
            return {f"{_START}.mode": "earliest-offset"}
        millis = str(round(self.since.timestamp() * 1000))
        return {f"{_START}.mode": "timestamp", f"{_START}.timestamp-millis": millis}


def wanted(table: Table, span: Span | None, environ: Mapping[str, str]) -> Wanted | None:
    """What is to be read of a table for the rows in a span; None where it says that itself.

    A snapshot begins with the first record even where the table's own streams begin with the
    latest one or where a consumer group is. A moment in its definition holds, as offsets do.

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
    begins = [] if span is None or span.start is None else [span.start - margin(table)]
    if start == "timestamp":
        begins += _moment(registration.option(table, f"{_START}.timestamp-millis", environ))
    elif start not in _OPEN_STARTS:
        return None
    if end not in _OPEN_ENDS:
        return None
    names = registration.option(table, "topic", environ)
    topics = tuple(dict.fromkeys(map(str.strip, names.split(";")))) if names else ()
    pattern = registration.option(table, "topic-pattern", environ)
    several = registration.of_several_topics(table, environ)
    return Wanted(table, topics, pattern, several, max(begins, default=None))


def margin(table: Table) -> timedelta:
    """How much later than its record's timestamp a row's event time may be."""
    return max(_LEAST_MARGIN, table.watermark_delay or timedelta())


def tail(newest: datetime) -> datetime:
    """From where a topic is read to find out how far its event time has come."""
    return newest - _TAIL


def runs_ahead(read: TableRead, table: Table, reached: datetime | None) -> bool:
    """Whether event time is ahead of the records' timestamps, which then bound nothing.

    Args:
        read: What was read of the table's topics.
        table: The table.
        reached: How far its event time has come.
    """
    return bool(reached and read.newest and reached > read.newest + margin(table))


def _moment(millis: str) -> list[datetime]:
    """The moment of a timestamp; none where it is no such, which Flink says by itself."""
    try:
        return [datetime.fromtimestamp(int(millis) / 1000, UTC)]
    except (ValueError, OverflowError, OSError):
        return []


def _ends(read: TableRead) -> dict[tuple[str, int], int]:
    return {(topic.topic, one.number): one.end for topic in read.topics for one in topic.partitions}


def _exactly(read: TopicRead) -> dict[str, str]:
    starts = ((one.number, one.start) for one in read.partitions)
    ends = ((one.number, one.end) for one in read.partitions)
    return {
        f"{_START}.mode": "specific-offsets",
        f"{_END}.mode": "specific-offsets",
        f"{_START}.specific-offsets": ";".join(f"partition:{p},offset:{o}" for p, o in starts),
        f"{_END}.specific-offsets": ";".join(f"partition:{p},offset:{o}" for p, o in ends),
    }
