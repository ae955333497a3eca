"""What a verdict on events means for the index: documents cut, vectors made, one change committed.

`ingest.topics.writer` calls it, `commit` only while it holds the index's lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from ingest import intake
from ingest.documents import SourceFile
from ingest.embeddings import Embedder, Vectors
from ingest.errors import IngestError
from ingest.filters import label_of
from ingest.store import NewDocument, Store
from ingest.topics.events import Document, Event, Outcome, Poison, poison
from ingest.topics.ledger import Change, Ledger
from ingest.topics.parking import Spot, Verdict
from ingest.topics.places import Place, Position
from ingest.vectors import VectorStore


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch that is ready to be written, or on its way there.

    Attributes:
        events: The events, each with what it says.
        documents: Those that are likely to count, cut.
        vectors: Of the texts that had none, once they are embedded.
    """

    events: Sequence[tuple[Event, Outcome | None]]
    documents: Mapping[Place, NewDocument] = field(default_factory=dict)
    vectors: Mapping[str, Vectors] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a batch.

    Attributes:
        next: As in `parking.Known`.
    """

    next: Mapping[int, Position]
    events: int = 0
    documents: int = 0
    deleted: int = 0
    letters: int = 0
    parked: int = 0
    passed_over: int = 0
    chunks: int = 0


class Changes:
    """Makes changes of one topic's documents.

    Args:
        store: Documents and their words.
        vectors: The vectors of their chunks.
        embedder: Makes the vectors.
        rules: Access labels by patterns of ids.
        ledger: What is known of the topic.
    """

    def __init__(
        self,
        store: Store,
        vectors: VectorStore,
        embedder: Embedder,
        *,
        rules: Mapping[str, str],
        ledger: Ledger,
    ) -> None:
        self._store = store
        self._vectors = vectors
        self._embedder = embedder
        self._rules = rules
        self._ledger = ledger

    def cut(self, events: Sequence[tuple[Event, Outcome | None]], verdict: Verdict) -> Prepared:
        """A batch with its documents cut; nothing is written. One that cannot be cut is poison."""
        cut: dict[Place, NewDocument] = {}
        broken: dict[Place, Poison] = {}
        for place, one in verdict.counting.values():
            if isinstance(one, Document):
                try:
                    cut[place] = self._new(one)
                except IngestError:  # of the index, not of the document
                    raise
                except Exception as error:  # noqa: BLE001 - the next ones are to be written
                    broken[place] = poison(f"It cannot be cut: {error!r}.")
        told = [(event, broken.get(event.place, outcome)) for event, outcome in events]
        return Prepared(told, cut)

    def embedded(self, batch: Prepared) -> Prepared:
        """A batch with its vectors too, the costly part of a change; nothing is written."""
        vectors: dict[str, Vectors] = {}
        for part in intake.embedded(self._embedder, self._missing(batch.documents.values())):
            vectors |= part
        return replace(batch, vectors=vectors)

    def commit(self, verdict: Verdict, batch: Prepared, released: Iterable[Spot] = ()) -> Written:
        """Writes what a verdict says.

        Args:
            verdict: What becomes of the events.
            batch: The events, with what is ready for them.
            released: Events that were put aside and are so no more.
        """
        documents = self._cut(verdict, batch.documents)
        self._write_vectors(self._missing(documents.values()), batch.vectors)
        counting = verdict.counting
        asked = {
            id_: (place, one.access if isinstance(one, Document) else "")
            for id_, (place, one) in counting.items()
        }
        gone = [id_ for id_, (place, _) in counting.items() if place not in documents]
        orphans = self._ledger.commit(
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
        return intake.cut(
            file,
            one.content,
            access,
            self._embedder,
            self._store.earlier(one.id),
            topic=self._ledger.topic,
        )

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
