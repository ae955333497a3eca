"""Brings events of a topic into the index; `ingest.topics.follow` and the commands are the callers.

The costly part of a batch, reading and embedding, is done without the index's lock, so that several
processes can share it; what was decided then is decided again, from what is known by then, when the
batch is written under the lock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

import numpy as np

from ingest import intake
from ingest.documents import SourceFile
from ingest.embeddings import Embedder, Vectors
from ingest.errors import IngestError, RebuildNeeded
from ingest.filters import label_of
from ingest.formats import Reader
from ingest.locks import exclusive
from ingest.store import NewDocument, Store
from ingest.topics.events import Document, Event, Outcome, Place, Poison, read
from ingest.topics.ledger import Change, Ledger
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


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch, read and embedded.

    Attributes:
        events: The events, each with what it says.
        documents: Those that are likely to count, cut.
        vectors: Of the texts that had none.
    """

    events: Sequence[tuple[Event, Outcome | None]]
    documents: Mapping[Place, NewDocument] = field(default_factory=dict)
    vectors: Mapping[str, Vectors] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a batch.

    Attributes:
        next: The offset of the first event of each partition that is not dealt with.
    """

    next: Mapping[int, int]
    events: int = 0
    documents: int = 0
    deleted: int = 0
    letters: int = 0
    parked: int = 0
    passed_over: int = 0
    chunks: int = 0


class TopicWriter:
    """Writes one topic's documents; made by `DocumentIndex.topic`. Close it.

    Reading and embedding one batch may go on in one thread while another one writes.

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
        self._closed: Mapping[Spot, Event | None] = {}

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
            before = self.ledger.identity()
            if before and before != identity:
                raise made_anew(self.topic)
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
        self._closed = gathered.closed
        for where, event in gathered.closed.items():
            letter = self.ledger.open_letter(where)
            if letter is not None:
                self._close(letter, event, deliver, is_noted=True)

    def forget(self) -> None:
        """Takes all that came from the topic out of the index, so that it is read from its start.

        Raises:
            IngestError: Another process is writing, or the index cannot be used.
        """
        with self._turn():
            self.ledger.forget()
            intake.settle(self._store, self._vectors, self._vectors.keys())

    def prepare(self, events: Sequence[Event]) -> Prepared:
        """Reads a batch and embeds what is likely to count; nothing is written.

        Raises:
            IngestError: The embedding model or the index cannot be used.
        """
        outcomes = [(event, self._read(event)) for event in events]
        documents = self._cut(decide(outcomes, self._known(outcomes)), {})
        vectors: dict[str, Vectors] = {}
        for part in intake.embedded(self._embedder, self._missing(documents.values())):
            vectors |= part
        return Prepared(outcomes, documents, vectors)

    def write(self, batch: Prepared, deliver: Deliver) -> Written:
        """Writes a batch, as what is known by now decides.

        Args:
            batch: What `prepare` gave.
            deliver: Produces to the dead-letter topic; called only where there is something.

        Raises:
            RebuildNeeded: The index was made anew with another embedding model meanwhile.
            IngestError: Another process is writing, or the index, the model or the broker cannot be
                used; nothing is written.
        """
        with self._turn():
            self._require_same_embedder()
            verdict = decide(batch.events, self._known(batch.events))
            notes = _notes(verdict)
            if notes:
                deliver(notes)
            return self._commit(verdict, batch)

    def retry(self, where: Spot, deliver: Deliver, repaired: Event | None = None) -> Written:
        """Closes a letter: its event, and those behind it, are read and count in their order.

        The first of them that is still poison is the key's next letter.

        Args:
            where: Partition and offset of the poison event.
            deliver: As for `write`.
            repaired: The event with the value that it should have had; None for as it is.

        Raises:
            IngestError: There is no such letter, or the event still cannot be read.
        """
        letter = self._letter(where)
        event = repaired or letter.event
        outcome = read(self.topic, event, self._reader)
        if isinstance(outcome, Poison):
            raise IngestError(
                f"The event still cannot be read: {outcome.reason}",
                hint="Give a value that can be, with --value FILE, or skip it.",
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
            partition, offset = where
            raise IngestError(
                f"There is no dead letter {self.topic}/{partition}-{offset}.",
                hint="Run `tributary deadletters list`.",
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
            verdict = release(outcomes, self._known(outcomes))
            verdict.next = {}
            closing = [] if is_noted else [_closing(letter, event)]
            if notes := [*closing, *_notes(verdict)]:
                deliver(notes)
            put_aside = {spot(one.event) for one in verdict.letters} | set(
                map(spot, verdict.parked)
            )
            released = {spot(letter.event), *map(spot, waiting)} - put_aside
            return self._commit(verdict, Prepared(outcomes), released)

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

    def _cut(
        self, verdict: Verdict, ready: Mapping[Place, NewDocument]
    ) -> dict[Place, NewDocument]:
        """The documents that count, cut; those that are ready are taken as they are."""
        cut = {}
        for place, one in verdict.counting.values():
            if isinstance(one, Document):
                cut[place] = ready.get(place) or self._new(one)
        return cut

    def _new(self, one: Document) -> NewDocument:
        file = SourceFile(one.id, Path(one.id), one.size, one.modified_ns)
        access = label_of(self._rules, one.id) or one.access
        return intake.cut(file, one.content, access, self._embedder, topic=self.topic)

    def _missing(self, documents: Iterable[NewDocument]) -> dict[str, list[tuple[str, str]]]:
        """The texts without a vector, with the key and the label of those that they lack."""
        chunks = {
            key: (chunk.embedded, new.access) for new in documents for key, chunk in new.chunks
        }
        present = self._vectors.present({key: label for key, (_, label) in chunks.items()})
        missing: dict[str, list[tuple[str, str]]] = {}
        for key, (text, label) in chunks.items():
            if key not in present:
                missing.setdefault(text, []).append((key, label))
        return missing

    def _commit(self, verdict: Verdict, batch: Prepared, released: Iterable[Spot] = ()) -> Written:
        documents = self._cut(verdict, batch.documents)
        self._write_vectors(self._missing(documents.values()), batch.vectors)
        counting = verdict.counting
        asked = {
            id_: (place, one.access if isinstance(one, Document) else "")
            for id_, (place, one) in counting.items()
        }
        gone = [id_ for id_, (place, _) in counting.items() if place not in documents]
        orphans = self.ledger.commit(
            Change(
                next=verdict.next,
                documents=list(documents.values()),
                removed=gone,
                newest=asked,
                letters=verdict.letters,
                parked=verdict.parked,
                released=list(released),
            )
        )
        self._vectors.delete(orphans)
        if self._store.unpublished:
            self._vectors.publish(self._store.publish)
        return Written(
            next=verdict.next,
            events=len(batch.events),
            documents=len(documents),
            deleted=len(gone),
            letters=len(verdict.letters),
            parked=len(verdict.parked),
            passed_over=verdict.passed_over,
            chunks=sum(len(new.chunks) for new in documents.values()),
        )

    def _write_vectors(
        self, missing: Mapping[str, list[tuple[str, str]]], ready: Mapping[str, Vectors]
    ) -> None:
        vectors = dict(ready)
        for part in intake.embedded(self._embedder, missing.keys() - ready.keys()):
            vectors |= part
        labels = {key: label for keys in missing.values() for key, label in keys}
        if labels:
            rows = [vectors[text] for text, keys in missing.items() for _ in keys]
            self._vectors.put(labels, np.stack(rows))

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
