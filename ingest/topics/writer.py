"""Brings events of a topic into the index; `ingest.topics.follow` and the commands are the callers.

The costly part of a batch, reading and embedding, is done without the index's lock, so that several
processes can share it; what was decided then is decided again, from what is known by then, when the
batch is written under the lock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Self

from ingest import intake
from ingest.embeddings import Embedder
from ingest.errors import IngestError, RebuildNeeded
from ingest.formats import Reader
from ingest.locks import exclusive
from ingest.store import Store
from ingest.topics.changes import Changes, Prepared, Written
from ingest.topics.events import Event, Outcome, Poison, read
from ingest.topics.ledger import Ledger
from ingest.topics.parking import (
    Gathered,
    Known,
    Letter,
    Note,
    Spot,
    Verdict,
    decide,
    release,
    spot,
)
from ingest.vectors import VectorStore

Deliver = Callable[[Sequence[Note]], None]
"""Produces notes to the dead-letter topic and waits until they are acknowledged."""

_LOCK_SECONDS = 10.0


class BegunAnew(IngestError):
    """The index was made to forget a topic, which is to be read from its start."""


class TopicWriter:
    """Writes one topic's documents; made by `DocumentIndex.topic`. Close it.

    `read`, `embed` and `write` may each be at work on another batch, in a thread of its own.

    Args:
        store: Documents and their words.
        vectors: The vectors of their chunks.
        embedder: Makes the vectors.
        rules: Access labels by patterns of ids.
        lock: The index's lock file.
        topic: The topic's name.
    """

    def __init__(
        self,
        store: Store,
        vectors: VectorStore,
        embedder: Embedder,
        *,
        rules: Mapping[str, str],
        lock: Path,
        topic: str,
    ) -> None:
        self._store = store
        self._vectors = vectors
        self._embedder = embedder
        self._rules = rules
        self._lock = lock
        self._reader = Reader()
        self.topic = topic
        self.ledger = Ledger(store, topic)
        self._changes = Changes(store, vectors, embedder, rules=rules, ledger=self.ledger)
        self._closed: Mapping[Spot, Event | None] = {}
        self._begun = ""

    def begin(
        self, identity: str, gathered: Gathered, deliver: Deliver, *, rebuild: bool = False
    ) -> None:
        """Makes the index ready for the topic, and does what its dead-letter topic says is decided.

        Args:
            identity: The topic's id, which another one of the same name does not have.
            gathered: What the dead-letter topic says.
            deliver: As for `write`.
            rebuild: Whether the whole index may be embedded anew where that is due.

        Raises:
            RebuildNeeded: That is due, and `rebuild` is not set.
            IngestError: Another topic of this name was read before, or the index cannot be used.
        """
        with self._turn():
            self.require_identity(identity)
            run = intake.Intake(
                store=self._store,
                vectors=self._vectors,
                embedder=self._embedder,
                rules=self._rules,
            )
            intake.prepare(run, may_rebuild=rebuild)
            intake.take_again(run)
            intake.settle(self._store, self._vectors, run.present)
            self.ledger.begin(identity, gathered.open, gathered.parked)
            self._begun = self.ledger.begun()
        self._closed = gathered.closed
        for where, event in gathered.closed.items():
            letter = self.ledger.open_letter(where)
            if letter is not None:
                self._close(letter, event, deliver, is_noted=True)

    def require_identity(self, identity: str) -> None:
        """Sees to it that the topic is the one that was read before, if any was.

        Raises:
            IngestError: It is another one.
        """
        before = self.ledger.identity()
        if before and before != identity:
            raise made_anew(self.topic)

    def forget(self) -> None:
        """Takes all that came from the topic out of the index, so that it is read from its start.

        Raises:
            IngestError: Another process is writing, or the index cannot be used.
        """
        with self._turn():
            self.ledger.forget()
            intake.settle(self._store, self._vectors, self._vectors.keys())

    def read(self, events: Sequence[Event]) -> Prepared:
        """Reads a batch and cuts what is likely to count; nothing is written.

        Raises:
            IngestError: The machine is at its limits, or the index cannot be used.
        """
        outcomes = [(event, self._read(event)) for event in events]
        return self._changes.cut(outcomes, decide(outcomes, self._known(outcomes)))

    def embed(self, batch: Prepared) -> Prepared:
        """Embeds what `read` cut, where there are no vectors of it; nothing is written.

        Raises:
            IngestError: The embedding model or the index cannot be used.
        """
        return self._changes.embedded(batch)

    def write(self, batch: Prepared, deliver: Deliver) -> Written:
        """Writes a batch, as what is known by now decides; `begin` comes before the first.

        Args:
            batch: What `embed` gave.
            deliver: Produces to the dead-letter topic; called only where there is something.

        Raises:
            RebuildNeeded: The index was made anew with another embedding model meanwhile.
            BegunAnew: The index was made to forget the topic meanwhile. It would take all that is
                before the batch for dealt with.
            IngestError: Another process is writing, or the index, the model or the broker cannot be
                used; nothing is written.
        """
        with self._turn():
            self._require_same_embedder()
            if self.ledger.begun() != self._begun:
                raise BegunAnew(
                    f"The index was made to forget the topic {self.topic} meanwhile.",
                    hint="Read it from its start.",
                )
            verdict = decide(batch.events, self._known(batch.events))
            notes = _notes(verdict)
            if notes:
                deliver(notes)
            return self._changes.commit(verdict, batch)

    def retry(self, where: Spot, deliver: Deliver, repaired: Event | None = None) -> Written:
        """Closes a letter: its event, and those behind it, are read and count in their order.

        The first of them that is still poison is the key's next letter.

        Args:
            where: The poison event.
            deliver: As for `write`.
            repaired: The event with the value that it should have had; None for as it is.

        Raises:
            IngestError: There is no such letter, or the event still cannot be read.
        """
        letter = self._letter(where)
        event = repaired or letter.event
        outcome = self._cut([(event, read(self.topic, event, self._reader))]).events[0][1]
        if isinstance(outcome, Poison):
            # Of an event without a value only the key counts, which no repair changes.
            of_key = read(self.topic, replace(event, value=None), self._reader)
            raise IngestError(
                f"The event still cannot be read: {outcome.reason}",
                hint="A key cannot be repaired: skip it, and produce it anew with another."
                if isinstance(of_key, Poison)
                else "Give a value that can be, with --value FILE, or skip it.",
            )
        return self._close(letter, event, deliver)

    def skip(self, where: Spot, deliver: Deliver) -> Written:
        """Closes a letter without its event: those behind it are read and count in their order.

        Raises:
            IngestError: There is no such letter.
        """
        return self._close(self._letter(where), None, deliver)

    def _letter(self, where: Spot) -> Letter:
        letter = self.ledger.open_letter(where)
        if letter is None:
            partition, _, offset = where
            raise IngestError(
                f"There is no dead letter {self.topic}/{partition}-{offset}.",
                hint="Run `tributary deadletters list`.",
            )
        if not letter.event.place.is_within(self.ledger.next()):
            # Only the dead-letter topic told of it. Closed now, it would be opened when it is read.
            raise IngestError(
                f"The index has not come to the event of {self.topic}/{letter.event.place} yet.",
                hint=f"Run `tributary ingest --topic {self.topic}` first.",
            )
        return letter

    def _close(
        self, letter: Letter, event: Event | None, deliver: Deliver, *, is_noted: bool = False
    ) -> Written:
        """Writes the events of a key from a letter on; the letter's own if there is one."""
        with self._turn():
            self._require_same_embedder()
            if self.ledger.open_letter(spot(letter.event)) is None:
                return Written({})  # another process was faster
            own = [] if event is None else [event]
            waiting = self.ledger.behind(letter)
            outcomes = [(one, self._read(one)) for one in (*own, *waiting)]
            batch = self._cut(outcomes)
            verdict = release(batch.events, self._known(batch.events))
            verdict.next = {}
            closing = [] if is_noted else [_closing(letter, event)]
            if notes := [*closing, *_notes(verdict)]:
                deliver(notes)
            put_aside = {spot(one.event) for one in verdict.letters} | set(
                map(spot, verdict.parked)
            )
            released = {spot(letter.event), *map(spot, waiting)} - put_aside
            return self._changes.commit(verdict, batch, released)

    def _cut(self, events: Sequence[tuple[Event, Outcome | None]]) -> Prepared:
        return self._changes.cut(events, release(events, self._known(events)))

    def _read(self, event: Event) -> Outcome | None:
        """What an event says; None where somebody decided that it is to be passed over."""
        decided = self._closed.get(spot(event), event)
        return None if decided is None else read(self.topic, decided, self._reader)

    def _known(self, events: Iterable[tuple[Event, Outcome | None]]) -> Known:
        ids, keys = set(), set()
        for event, outcome in events:
            if event.key:
                keys.add(event.key)
            if outcome is not None and not isinstance(outcome, Poison):
                ids.add(outcome.id)
        return self.ledger.known(ids, keys)

    def _require_same_embedder(self) -> None:
        if differs := intake.difference(self._store, self._embedder):
            with self._store.reading() as now:
                documents, chunks = now.document_count(), now.chunk_count()
            raise RebuildNeeded(differs, documents=documents, chunks=chunks)

    def _turn(self) -> AbstractContextManager[None]:
        return exclusive(self._lock, _LOCK_SECONDS)

    def close(self) -> None:
        """Ends the process that reads HTML; closing twice is fine."""
        self._reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _closing(letter: Letter, event: Event | None) -> Note:
    if event is None:
        return Note("skipped", replace(letter.event, value=None))
    return Note("retried", event)


def _notes(verdict: Verdict) -> list[Note]:
    """What the dead-letter topic is told of a batch, in the order of the events of each key."""
    letters = [
        Note("poison", one.event, one.poison.reason, one.poison.stack) for one in verdict.letters
    ]
    return [*letters, *(Note("parked", event) for event in verdict.parked)]


def made_anew(topic: str) -> IngestError:
    """That another topic has the name of one that was read before."""
    return IngestError(
        f"The topic {topic} was deleted and made anew since it was read.",
        hint="Run it again with --from-start: what the index has of the old one is forgotten.",
    )
