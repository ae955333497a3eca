"""What one run reads of its Kafka tables, and how Flink is told; `pyflink` asks before each run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from app.catalog.model import Table
from app.engines import topics
from app.engines.pyflink_cluster import Cluster
from app.engines.pyflink_patience import Patience
from app.engines.pyflink_sources import Sources
from app.engines.segments import Newest
from app.errors import EngineUnavailable, QueryTimedOut, TributaryError
from app.offsets import TableRead

if TYPE_CHECKING:
    from app.sql.timerange import Span


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read of the Kafka tables of one run.

    Attributes:
        sources: How each table is read.
        offsets: Which records those are, where Kafka could be asked.
    """

    sources: Sources
    offsets: Mapping[str, TableRead]

    def ahead(self, tables: Iterable[Table], as_of: Mapping[str, datetime]) -> set[str]:
        """The tables whose event time is ahead of their records' timestamps.

        Args:
            tables: The catalogued tables.
            as_of: How far the event time of each has come.
        """
        return {
            table.name
            for table in tables
            if (read := self.offsets.get(table.name))
            and topics.runs_ahead(read, table, as_of.get(table.name))
        }


def now(
    cluster: Cluster,
    tables: Iterable[Table],
    ranges: Mapping[str, Span],
    environ: Mapping[str, str],
    patience: Patience,
) -> Reading:
    """Which records of their topics a run of this moment reads.

    Args:
        cluster: What runs it.
        tables: The tables it reads.
        ranges: The span needed of each; one that is not named is needed in full.
        environ: Where `${NAME}` placeholders are looked up.
        patience: How long the caller waits.

    Raises:
        QueryFailed: A topic does not exist, or may not be read.
        EngineUnavailable: Kafka does not answer.
    """
    found = (topics.wanted(table, ranges.get(table.name), environ) for table in tables)
    wanted = {one.table.name: one for one in found if one is not None}
    asked = {name: cluster.topics.look(one) for name, one in wanted.items() if cluster.topics}
    reads: dict[str, TableRead] = {}
    for name, future in asked.items():
        try:
            read = patience.wait(future)
        except EngineUnavailable:
            if cluster.executor is not None:
                raise
            continue  # the user's cluster may be where Kafka can be reached, and this is not
        if read is not None:
            reads[name] = read
    sources = {name: one.source(reads.get(name)) for name, one in wanted.items()}
    return Reading(sources, reads)


def blame(
    cluster: Cluster, tables: Iterable[Table], environ: Mapping[str, str], patience: Patience
) -> TributaryError | None:
    """What is wrong with Kafka, after a run of these tables has failed; None if nothing is.

    Flink's source waits without end for a broker that has gone, and says so in its log alone.
    """
    try:
        now(cluster, tables, {}, environ, patience)
    except QueryTimedOut:
        names = ", ".join(table.name for table in tables)
        return EngineUnavailable(
            f"Kafka stopped answering while the query ran (tables {names}).",
            hint="Check that it runs, and ask again.",
        )
    except TributaryError as error:
        return error
    return None


def newest(
    cluster: Cluster, table: Table, environ: Mapping[str, str], patience: Patience
) -> Newest | None:
    """From where a topic holds what tells how far its event time has come; None if unknown."""
    wanted = topics.wanted(table, None, environ)
    if wanted is None or cluster.topics is None:
        return None
    try:
        latest = patience.wait(cluster.topics.newest(wanted))
    except TributaryError:  # the query itself says it
        return None
    return None if latest is None else Newest(topics.tail(latest), complete=False)
