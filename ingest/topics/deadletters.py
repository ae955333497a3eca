"""The dead-letter topic of a topic: what is produced there, and what is read back at the start.

A record has the key and the value of the event that it is about, untouched, and the event's own
headers; what Tributary adds are the headers below. `ingest.topics.follow` and the commands use it.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, get_args

from ingest.errors import IngestError
from ingest.kafka_client import KafkaEndpoint, asked_identity, explained, kafka_errors
from ingest.topics.events import Event
from ingest.topics.parking import Gathered, Note, Spot, State, gathered, spot
from ingest.topics.places import Place

ENDING = ".deadletters"

_OURS = "tributary-"
_STATE, _REASON, _STACK = f"{_OURS}state", f"{_OURS}reason", f"{_OURS}stack"
_TOPIC, _IDENTITY = f"{_OURS}topic", f"{_OURS}topic-id"
_PARTITION, _OFFSET, _TIMESTAMP = f"{_OURS}partition", f"{_OURS}offset", f"{_OURS}timestamp"
_EPOCH = f"{_OURS}leader-epoch"
_LARGEST = "101000000"  # bytes: the client hands out no event that is larger with its reason
_FLUSH_SECONDS = 30.0
_READ_SECONDS = 60.0
_NEW_SECONDS = 10.0
_IDLE_MS = 10  # a broker may wait for more so long before it says that this is the end


class DeadLetterTopic:
    """Where events that cannot be read are kept, with those that wait behind them.

    Args:
        endpoint: The cluster.
        environ: Where its properties' variables are looked up.
        topic: The topic that the events are from.
        identity: That topic's id; notes about another one of its name are passed over.

    Raises:
        IngestError: The topic is itself one of dead letters, or a property is wrong.
    """

    def __init__(
        self, endpoint: KafkaEndpoint, environ: Mapping[str, str], topic: str, identity: str
    ) -> None:
        from confluent_kafka import Producer  # noqa: PLC0415 - only those who use Kafka load it

        if topic.endswith(ENDING):
            raise IngestError(
                f"The topic {topic} is for dead letters, not for documents.",
                hint="Name the topic that they are from; `tributary deadletters list` shows them.",
            )
        self.name = f"{topic}{ENDING}"
        self._topic = topic
        self._identity = identity
        self._endpoint = endpoint
        self._client = endpoint.client(environ)
        self._noted: frozenset[tuple[Spot, State]] = frozenset()
        self._latest: frozenset[tuple[Spot, State]] = frozenset()
        options = endpoint.client(
            environ, acks="all", enable_idempotence=True, message_max_bytes=_LARGEST
        )
        with kafka_errors(endpoint.bootstrap, self.name):
            self._producer = Producer(options)

    def require(self, partitions: int) -> None:
        """Makes the topic where it is not there; its records stay for ever.

        Raises:
            IngestError: It cannot be made.
        """
        from confluent_kafka import KafkaError, KafkaException  # noqa: PLC0415 - as above
        from confluent_kafka.admin import AdminClient  # noqa: PLC0415
        from confluent_kafka.cimpl import NewTopic  # noqa: PLC0415

        config = {"retention.ms": "-1", "cleanup.policy": "delete", "max.message.bytes": _LARGEST}
        with kafka_errors(self._endpoint.bootstrap, self.name):
            admin = AdminClient(self._client)
            if _is_there(admin, self.name):
                return
            made = admin.create_topics([NewTopic(self.name, partitions, config=config)])
            try:
                made[self.name].result(30)
            except KafkaException as error:  # another consumer may have been faster
                if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                    raise

    def gathered(self) -> Gathered:
        """What the topic says, from its start to its present end.

        Raises:
            IngestError: It cannot be read.
        """
        found = gathered(note for message in self._messages() if (note := self._note(message)))
        self._noted = found.noted
        return found

    def deliver(self, notes: Sequence[Note]) -> None:
        """Produces notes in order, and returns when all are acknowledged.

        Those of the call before are not produced again: where the index cannot be written, the
        same ones come again and again.

        Raises:
            IngestError: One is not; some of the others may be there, and are then known as doubles.
        """
        failed: list[Any] = []

        def acknowledged(error: Any, _message: object) -> None:
            if error is not None:
                failed.append(error)

        with kafka_errors(self._endpoint.bootstrap, self.name):
            for note in notes:
                about = spot(note.event), note.state
                # What was acknowledged before, in this process or in one that crashed, is there.
                if about not in self._noted and about not in self._latest:
                    self._produce(note, acknowledged)
            left = self._producer.flush(_FLUSH_SECONDS)
        if left:
            self._producer.purge()
            self._producer.flush(1)
            raise IngestError(
                f"The dead-letter topic {self.name} did not take an event in time.",
                hint="Check that the Kafka cluster runs.",
            )
        if failed:
            raise explained(failed[0], self._endpoint.bootstrap, self.name)
        self._latest = frozenset((spot(note.event), note.state) for note in notes)

    def _produce(self, note: Note, acknowledged: Any) -> None:
        event = note.event
        while True:
            try:
                self._producer.produce(
                    self.name,
                    key=event.key,
                    value=event.value,
                    headers=[*event.headers, *self._headers(note)],
                    on_delivery=acknowledged,
                )
                return
            except BufferError:  # the queue is full
                self._producer.poll(1)

    def _headers(self, note: Note) -> Iterator[tuple[str, str]]:
        place = note.event.place
        yield _STATE, note.state
        yield _TOPIC, self._topic
        yield _IDENTITY, self._identity
        yield _PARTITION, str(place.partition)
        yield _OFFSET, str(place.offset)
        yield _TIMESTAMP, str(place.at_ms)
        yield _EPOCH, str(place.epoch)
        if note.reason:
            yield _REASON, note.reason
            yield _STACK, note.stack

    def _note(self, message: Any) -> Note | None:
        """A note; None for what is another topic's, or none of ours."""
        headers = message.headers() or []
        ours = {n: (v or b"").decode("utf-8", "replace") for n, v in headers if n.startswith(_OURS)}
        if ours.get(_IDENTITY) != self._identity or ours.get(_STATE) not in get_args(State):
            return None
        try:
            names = (_PARTITION, _OFFSET, _TIMESTAMP, _EPOCH)
            place = Place(*(int(ours[name]) for name in names))
        except (KeyError, ValueError):
            return None
        kept = tuple((n, v) for n, v in headers if not n.startswith(_OURS))
        event = Event(place, message.key(), message.value(), kept)
        state: State = ours[_STATE]  # type: ignore[assignment]
        return Note(state, event, ours.get(_REASON, ""), ours.get(_STACK, ""))

    def _messages(self) -> Iterable[Any]:
        """Every record that is there now; those of one key in their order."""
        from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition  # noqa: PLC0415

        options = {
            "group.id": f"{self.name}-unused",  # nothing is committed to it
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "fetch.wait.max.ms": _IDLE_MS,
            "receive.message.max.bytes": 2 * int(_LARGEST),
        }
        with kafka_errors(self._endpoint.bootstrap, self.name):
            consumer = Consumer({**self._client, **options})
            try:
                partitions = self._partitions(consumer)
                consumer.assign(
                    [TopicPartition(self.name, p, OFFSET_BEGINNING) for p in partitions]
                )
                bootstrap = self._endpoint.bootstrap
                yield from _until_end(consumer, len(partitions), bootstrap, self.name)
            finally:
                consumer.close()

    def _partitions(self, consumer: Any) -> list[int]:
        """The topic's partitions; a broker needs a moment to know those of a new topic."""
        until = time.monotonic() + _NEW_SECONDS
        while True:
            found = consumer.list_topics(self.name, timeout=10).topics[self.name]
            if found.partitions and found.error is None:
                return list(found.partitions)
            if time.monotonic() > until:
                raise explained(found.error, self._endpoint.bootstrap, self.name)
            time.sleep(0.1)


def _is_there(admin: Any, topic: str) -> bool:
    """Whether there is such a topic; asked for by `list_topics`, a broker may make it itself."""
    from confluent_kafka import KafkaError, KafkaException  # noqa: PLC0415 - as above

    try:
        asked_identity(admin, topic).result()
    except KafkaException as error:
        if error.args[0].code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
            raise
        return False
    return True


def _until_end(consumer: Any, partitions: int, bootstrap: str, topic: str) -> Iterator[Any]:
    from confluent_kafka import KafkaError  # noqa: PLC0415 - as above

    ended: set[int] = set()
    while len(ended) < partitions:
        message = consumer.poll(_READ_SECONDS)
        if message is None:
            raise explained(KafkaError(KafkaError._TIMED_OUT), bootstrap, topic)
        if message.error() is None:
            yield message
        elif message.error().code() == KafkaError._PARTITION_EOF:
            ended.add(message.partition())
        elif not message.error().retriable():
            raise explained(message.error(), bootstrap, topic)
