"""Follows a topic: a consumer of a group that brings batches of events into the index.

`tributary ingest --topic` is the caller. Four things go on at once: the consumer collects a batch,
one thread reads and cuts the batch before, another embeds the one before that, and a third writes
what is embedded. What cannot be done for the moment (the index is locked, a disk is full, the
embedding service or the broker away) is tried again for as long as it takes; nothing is committed
meanwhile.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from ingest.kafka_client import KafkaEndpoint, kafka_errors, opened
from ingest.topics.assignment import Assignment, consumer_options
from ingest.topics.changes import Written
from ingest.topics.collecting import Batch, event_of
from ingest.topics.deadletters import DeadLetterTopic
from ingest.topics.events import Event
from ingest.topics.gaps import Gaps
from ingest.topics.outage import Outage
from ingest.topics.pipeline import Pipeline, Stopped
from ingest.topics.progress import Following, Telling, TopicProgress
from ingest.topics.watched import WatchedTopic
from ingest.topics.writer import BegunAnew, TopicWriter

_POLL_SECONDS = 0.05
_REVOKED_SECONDS = 60.0


def follow(
    writer: TopicWriter,
    endpoint: KafkaEndpoint,
    environ: Mapping[str, str],
    *,
    group: str,
    how: Following,
    stop: threading.Event,
    progress: Callable[[TopicProgress], None],
) -> TopicProgress:
    """Keeps the index up with a topic until it is told to stop.

    Args:
        writer: Writes the topic's documents.
        endpoint: The cluster.
        environ: Where its properties' variables are looked up.
        group: The consumer group; consumers of one index share it.
        how: Until when, and from where.
        stop: Ends it once what has been read is written and committed.
        progress: Told how far it is.

    Returns:
        How far it came.

    Raises:
        RebuildNeeded: The embedding model has changed, and `how.rebuild` is not set.
        IngestError: There is no such topic or no cluster, or something cannot be done.
    """
    while True:
        admin, found = opened(endpoint, environ, writer.topic)
        identity = str(found.topic_id)
        letters = DeadLetterTopic(endpoint, environ, writer.topic, identity)
        letters.require(len(found.partitions))
        with (
            Pipeline(writer, letters.deliver, stop=stop, patience=how.patience) as pipeline,
            suppress(BegunAnew),
        ):
            follower = _Follower(writer, pipeline, endpoint, how, progress)
            try:
                follower.begin(identity, letters)
            except Stopped:
                return TopicProgress()
            watched = WatchedTopic(admin, writer.topic, identity, endpoint)
            return follower.run(consumer_options(endpoint, environ, group), watched, stop)
        # Another process had the index forget the topic. It is asked for again, with what is
        # decided about its dead letters by now.
        how = replace(how, from_start=False)


class _Follower:
    """One consumer, and the batch that it collects."""

    def __init__(
        self,
        writer: TopicWriter,
        pipeline: Pipeline,
        endpoint: KafkaEndpoint,
        how: Following,
        progress: Callable[[TopicProgress], None],
    ) -> None:
        self._writer, self._pipeline, self._endpoint = writer, pipeline, endpoint
        self._how, self._report = how, progress
        self._batch = Batch()
        self._assignment = Assignment(writer.topic)
        self._outage = Outage(endpoint, writer.topic, how.patience)
        self._is_paused = False
        self._gaps = Gaps(writer.topic, self._assignment)
        self._telling = Telling(progress)
        self._consumer: Any = None

    def begin(self, identity: str, letters: DeadLetterTopic) -> None:
        """Makes the index ready; see `TopicWriter.begin`."""
        if self._how.from_start:
            self._persistently(lambda _: self._writer.forget())
        self._writer.require_identity(identity)

        def begin(_: object) -> None:
            self._writer.begin(
                identity, letters.gathered(), letters.deliver, rebuild=self._how.rebuild
            )

        self._persistently(begin)
        self._count_open()
        self._tell(at_once=True)

    def _persistently(self, work: Callable[[object], None]) -> None:
        def tell(trouble: str) -> None:
            self._report(TopicProgress(trouble=trouble))

        self._pipeline.persistently(work, None, tell)

    def run(
        self, options: Mapping[str, Any], watched: WatchedTopic, stop: threading.Event
    ) -> TopicProgress:
        """Consumes until it is told to stop, or all is dealt with; see `follow`."""
        from confluent_kafka import Consumer  # noqa: PLC0415 - as above

        with kafka_errors(self._endpoint.bootstrap, self._writer.topic):
            self._consumer = Consumer({**options, "error_cb": self._outage.hear})
            try:
                self._consumer.subscribe(
                    [self._writer.topic],
                    on_assign=self._on_assign,
                    on_revoke=self._on_revoke,
                    on_lost=self._on_revoke,
                )
                with suppress(Stopped):
                    while not stop.is_set() and not self._is_done():
                        self._read(watched)
                        self._advance()
                        if watched.look():
                            self._outage.over()
                            self._bridge(watched)
                        self._tell()
                self._finish()
                self._count_open()
                return self._tell(at_once=True)
            finally:
                self._consumer.close()

    def _read(self, watched: WatchedTopic) -> None:
        """Collects what has come, and what the consumer has to say."""
        if self._batch.is_full != self._is_paused:
            self._pause(self._batch.is_full)
        seconds = _POLL_SECONDS
        # One by one: of several at once, some may be from before the group shared out anew.
        while (message := self._consumer.poll(seconds)) is not None:
            if message.error() is not None:
                self._hear(message, watched)
                continue
            self._outage.over()
            self._take(event_of(message), watched)
            if self._batch.is_full or self._gaps:  # those are bridged outside of this
                return
            seconds = 0.0

    def _take(self, event: Event, watched: WatchedTopic) -> None:
        """Adds an event to the batch, where its partition's log is the one that was read."""
        partition = event.place.partition
        self._assignment.note_event(partition)
        if partition in self._gaps:
            return  # it comes again: what stands before it is to be read first
        judged = self._assignment.judged(event.place)
        if judged == "next":
            self._batch.add(event)
        elif judged == "another":
            self._gap(partition, watched, event.place.epoch)
        elif judged == "unsure":
            self._assignment.begin_anew(self._consumer, [partition])
            self._is_paused = False

    def _pause(self, pause: bool) -> None:
        """Goes on polling without more events, so that the group does not take it for dead."""
        places = self._consumer.assignment()
        (self._consumer.pause if pause else self._consumer.resume)(places)
        self._is_paused = pause

    def _hear(self, message: Any, watched: WatchedTopic) -> None:
        from confluent_kafka import KafkaError  # noqa: PLC0415 - as above

        error = message.error()
        if error.code() == KafkaError._PARTITION_EOF:
            self._outage.over()
            if self._assignment.is_short(message.partition(), message.offset()):
                self._gap(message.partition(), watched)
            elif message.partition() not in self._gaps:
                self._assignment.note_end(message.partition())
        elif error.code() == KafkaError._AUTO_OFFSET_RESET:
            self._gap(message.partition(), watched)
        elif error.code() in {KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._UNKNOWN_TOPIC}:
            watched.soon()
        elif not error.retriable():
            self._outage.hear(error)

    def _gap(self, partition: int, watched: WatchedTopic, epoch: int | None = None) -> None:
        self._gaps.note(partition, epoch)
        watched.soon()  # it may also be another topic of the same name

    def _bridge(self, watched: WatchedTopic) -> None:
        """Goes on with partitions whose log is not as it was read, now that the topic is."""
        from confluent_kafka import KafkaException  # noqa: PLC0415 - as above

        with suppress(KafkaException):  # then the cluster cannot say before the next look
            if self._gaps:
                said = self._gaps.bridged(self._consumer, watched.admin)
                self._telling.notice(said)  # the client may tell of one loss twice
                self._is_paused = False

    def _advance(self) -> None:
        """Counts and commits what is written, and begins the next batch."""
        if written := self._pipeline.finished():
            self._commit(written)
        if self._batch.is_due and self._pipeline.has_room:
            self._pipeline.submit(self._batch.events)
            self._batch = Batch()

    def _commit(self, written: Written) -> None:
        """Counts a batch that is written, and tells the group how far it is."""
        self._telling.count(written)
        self._tell_group(self._assignment.advance(written.next), wait=False)

    def _is_done(self) -> bool:
        """Whether all that is there has been dealt with, where it shall end then."""
        if not self._how.until_end or self._assignment.held is None:
            return False
        return self._is_even

    def _finish(self) -> None:
        """Writes and commits the batches that are embedded, and leaves out what is only read."""
        for event in self._pipeline.let_go():
            self._assignment.note_event(event.place.partition)
        with suppress(Stopped):
            for written in self._pipeline.drained(_REVOKED_SECONDS):
                self._commit(written)
        if not self._outage.trouble:
            self._tell_group(self._assignment.reached())

    def _tell_group(self, offsets: Mapping[int, int], *, wait: bool = True) -> None:
        """Commits; whoever goes on asks the index, so that a failure here loses nothing."""
        from confluent_kafka import KafkaException, TopicPartition  # noqa: PLC0415 - as above

        places = [TopicPartition(self._writer.topic, p, n) for p, n in offsets.items()]
        with suppress(KafkaException):  # the broker is away, or the partition another's
            if places:
                self._consumer.commit(offsets=places, asynchronous=not wait)

    def _on_assign(self, consumer: Any, partitions: list[Any]) -> None:
        after = self._pipeline.persistently(lambda ledger: ledger.next(), self._writer.ledger)
        # Out of a callback the client hands its own exception on as what nothing can catch.
        with kafka_errors(self._endpoint.bootstrap, self._writer.topic):
            self._assignment.take(consumer, partitions, after)
        self._is_paused = False

    def _on_revoke(self, _consumer: Any, _partitions: list[Any]) -> None:
        """Finishes what is under way before others get the partitions: they would do it again."""
        self._batch = Batch()
        self._gaps.clear()
        self._finish()
        self._assignment.release()

    def _tell(self, *, at_once: bool = False) -> TopicProgress:
        lag = self._lag() if self._assignment.held else None
        trouble = self._pipeline.trouble or self._outage.trouble
        return self._telling.tell(lag, trouble, at_once=at_once)

    def _count_open(self) -> None:
        self._telling.open_letters = self._writer.ledger.open_count()

    def _lag(self) -> int | None:
        return 0 if self._is_even else self._assignment.lag(self._consumer)

    @property
    def _is_even(self) -> bool:
        """Whether all that there is has been dealt with."""
        has_read_all = not self._batch.events and self._assignment.has_read_all
        return has_read_all and self._pipeline.is_idle
