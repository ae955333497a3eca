"""The sample shop's Kafka topics: a `Sink` of `shop`, which `app.sample_shop` opens.

Each event is there once: `topic_marks` tells how a topic says what it holds. The lock in home keeps
other processes with that home away. Those with another home are noticed, since the topics then grow
by what this shop has not written: of two that write, the one that started first goes on, and the
other leaves it to that. What both wrote before they noticed is there twice, with the same keys, as
after a repeated delivery.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from uuid import uuid4

from ingest.demo.events import STREAMS, Event
from ingest.demo.shop import StoodBack
from ingest.demo.topic_cluster import PARTITIONS, Cluster, Partition, Record
from ingest.demo.topic_marks import HEADER, Identity, Mark, Written, key, partition, placed
from ingest.demo.topic_tables import ShopTopics
from ingest.demo.topic_values import Encode, encoder
from ingest.errors import IngestError


class Topics:
    """The topics of one shop; used by one thread at a time.

    Args:
        where: The cluster, the registry and the topics' names.
        seed: Which shop's events they are.
        rate: Scale of its traffic.
    """

    def __init__(self, where: ShopTopics, *, seed: int = 7, rate: float = 1.0) -> None:
        self.seed = seed
        self.rate = rate
        self.until: int | None = None
        self._where = where
        self._named = f"The topics {where.prefix}* at {where.bootstrap}"
        self._identity = Identity(seed, rate, where.format)
        # Of two writers the one with the smaller name goes on: the one that started first.
        self._name = f"{time.time_ns():020}-{uuid4().hex[:8]}"
        self._has_stood_back = False
        self._cluster = Cluster(where.bootstrap)
        self._encode: Encode = _unopened
        self._written: dict[str, Written] = {}
        self._ends: dict[Partition, int] = {}

    def open(self) -> None:
        """Finds out what the topics hold; makes those that are missing.

        Raises:
            IngestError: Kafka or the registry cannot be reached or refuses, or a topic is somebody
                else's. Nothing has been written then.
        """
        if self._has_stood_back:
            raise self._stood_back()
        names = [self._where.topic(stream) for stream in STREAMS]
        counts = self._cluster.counts(names)
        self._look(counts)
        self._encode = encoder(self._where)
        if missing := [name for name in names if name not in counts]:
            self._cluster.create(missing)
            self._look(self._cluster.counts(names))

    def write(self, start: int, end: int, events: Mapping[str, Sequence[Event]], now: int) -> None:  # noqa: ARG002 - see `Sink`
        """Produces what is not there yet, and waits until all of it is stored.

        Raises:
            IngestError: Kafka did not take it, or the topics are no longer what they were.
            StoodBack: Somebody else writes them.
        """
        self._notice_others()
        for stream in STREAMS:
            self._produce(stream, events[stream], piece=start)
        self._ends |= self._cluster.flush()
        self.until = end

    def tidy(self, before: int, now: int) -> None:
        """Does nothing: the topics' retention lets go what is old."""

    def reset(self, now: int) -> None:
        """Begins with the oldest of the history again; what is there already is not repeated.

        Raises:
            IngestError: The topics are ahead of the clock.
        """
        if self.until is not None and self.until > now:
            raise IngestError(
                f"{self._named} hold events that are later than this machine's clock.",
                hint="Set the clock, give other topics with --topic-prefix, or delete these.",
            )
        self.until = None

    def close(self) -> None:
        """Lets the connections go; what has not been stored is given up."""
        self._cluster.close()

    def _look(self, counts: Mapping[str, int]) -> None:
        """Takes in where the topics end, what their last records tell, and so where to go on."""
        partitions = [(topic, number) for topic, count in counts.items() for number in range(count)]
        self._ends = self._cluster.ends(partitions)
        starts = self._cluster.starts(partitions)
        marks = self._marks({at: end for at, end in self._ends.items() if end > starts[at]})
        for stream in STREAMS:
            topic = self._where.topic(stream)
            of_topic = {number: mark for (name, number), mark in marks.items() if name == topic}
            self._written[stream] = Written.by(of_topic, counts.get(topic, PARTITIONS))
        whole = [one.whole for one in self._written.values() if one.whole is not None]
        self.until = min(whole) if len(whole) == len(STREAMS) else None

    def _marks(self, ends: Mapping[Partition, int]) -> dict[Partition, Mark]:
        """What the last records say.

        Raises:
            IngestError: One is not of this shop.
        """
        marks: dict[Partition, Mark] = {}
        for at, headers in self._cluster.last(ends).items():
            mark = Mark.of(headers)
            if mark is None or mark.identity != self._identity:
                raise self._not_ours(at[0], mark)
            marks[at] = mark
        return marks

    def _not_ours(self, topic: str, mark: Mark | None) -> IngestError:
        what = "records that are not the sample shop's"
        if mark is not None:
            other = mark.identity.format != self._where.format
            what = f"{mark.identity.format} records" if other else "records of another sample shop"
        return IngestError(
            f"The topic {topic} at {self._where.bootstrap} holds {what}; nothing was written.",
            hint="Give other topics with --topic-prefix, or delete this one if nobody needs it.",
        )

    def _notice_others(self) -> None:
        """Compares the topics' ends with what this shop left, before it adds to them."""
        ends = self._cluster.ends(self._ends)
        if ends == self._ends:
            return
        if any(ends[at] < self._ends[at] for at in ends):
            raise IngestError(f"{self._named} have been made anew; they will be filled again.")
        grown = {at: end for at, end in ends.items() if end > self._ends[at]}
        writers = {mark.by for mark in self._marks(grown).values()}
        if any(name < self._name for name in writers):
            self._has_stood_back = True
            raise self._stood_back()
        until = self.until  # the shop is at that, and what lacks is found out event by event
        self._look(self._cluster.counts(self._where.topic(stream) for stream in STREAMS))
        self.until = until

    def _stood_back(self) -> StoodBack:
        return StoodBack(
            f"{self._named} are written by another Tributary, so this one only reads them.",
            hint="Start this one again once the other has ended.",
        )

    def _produce(self, stream: str, events: Sequence[Event], piece: int) -> None:
        topic, written = self._where.topic(stream), self._written[stream]
        for event, (at, nth) in placed(events):
            record_key = key(event)
            number = partition(record_key, written.partitions)
            if written.lacks((at, nth), number):
                mark = Mark(self._identity, at, nth, piece, written.partitions, self._name)
                headers = {HEADER: mark.to_header()}
                record = Record(
                    (topic, number), record_key, self._encode(event), event.arrival_ms, headers
                )
                self._cluster.produce(record)


def _unopened(_event: Event) -> bytes:
    raise AssertionError("the topics are opened first")
