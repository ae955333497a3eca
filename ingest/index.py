"""The document index: what `tributary ingest` fills, and what gives each caller her view of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from ingest import intake, sync
from ingest.chroma_embedded import EmbeddedChroma
from ingest.chroma_server import ChromaServer, ServedCollections
from ingest.embeddings import Embedder
from ingest.errors import IngestError
from ingest.filters import ALL, EVERYTHING, Filter, Sight
from ingest.formats import Reader
from ingest.locks import exclusive
from ingest.passage import Passage
from ingest.reader import DocumentReader
from ingest.report import LastSync, SyncProgress, SyncReport
from ingest.snapshot import DocumentInfo
from ingest.store import Store
from ingest.topics.ledger import OpenLetter, open_letters
from ingest.topics.writer import TopicWriter
from ingest.vectors import VectorStore

__all__ = [
    "DocumentIndex",
    "DocumentInfo",
    "DocumentReader",
    "LastSync",
    "SyncProgress",
    "SyncReport",
]


class DocumentIndex:
    """Passages of documents, found by meaning (Chroma) and by words (SQLite FTS5).

    One process at a time writes; any number of threads and processes read meanwhile and see each
    document either before or after its change. Another process's changes become visible when it
    has finished. A process may open the same folder more than once.

    Searching the index itself sees every document; `reader` gives the view of one caller.

    Args:
        directory: Where the index lives; made if it is not there.
        embedder: Makes the vectors. An index made with another one must be rebuilt by `sync`.
        server: Keeps the vectors; None keeps them in the folder.
        access: Access labels by glob patterns of document ids (see `ingest.filters`); the last
            pattern that matches a document gives its label, and one without may be read by all.

    Raises:
        IngestError: The folder cannot be used.
    """

    def __init__(
        self,
        directory: Path,
        embedder: Embedder,
        *,
        server: ChromaServer | None = None,
        access: Mapping[str, str] | None = None,
    ) -> None:
        self._lock = directory / "writer.lock"
        self._embedder = embedder
        self._rules = dict(access or {})
        try:
            directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise IngestError(
                f"The folder {directory} cannot be made: {error.strerror}.",
                hint="Choose another one with --home.",
            ) from error
        self._store = Store(directory / "passages.sqlite3")
        self._vectors = VectorStore(
            EmbeddedChroma(directory / "chroma", self._store.generation)
            if server is None
            else ServedCollections(server, self._store.identity, self._store.generation)
        )
        self._all = DocumentReader(self._store, self._vectors, embedder, ALL)

    def reader(self, access: Collection[str]) -> DocumentReader:
        """The view of a caller: what she may not read is not there.

        A new access rule holds at once, a withdrawn one until the next `sync`.

        Args:
            access: Her labels, beside which she reads what has none.
        """
        sight = Sight(tuple(access), self._rules)
        return DocumentReader(self._store, self._vectors, self._embedder, sight)

    def sync(
        self,
        sources: Sequence[Path],
        *,
        rebuild: bool = False,
        progress: Callable[[SyncProgress], None] | None = None,
        lock_timeout: float = 60.0,
    ) -> SyncReport:
        """Brings the index to the state of files and folders.

        Unchanged documents cost a look at size and modification time; of a changed one only the
        changed chunks are embedded, of a moved, copied or relabelled one none; documents that are
        gone, or can no longer be read, leave it. It may be interrupted at any point and goes on
        from there the next time.

        Args:
            sources: Files and folders; together they are all that the index shall hold.
            rebuild: Whether everything may be embedded anew where the embedding model or the way of
                cutting has changed, or the vectors are gone.
            progress: Called after every document read and every step of embedding.
            lock_timeout: Seconds to wait for another writer.

        Raises:
            RebuildNeeded: Everything would be embedded anew, and `rebuild` is not set.
            IngestError: A source does not exist, another process is writing, or the index or the
                embedding model cannot be used. A single bad file is a problem in the report.
        """
        report = progress or (lambda _: None)
        with exclusive(self._lock, lock_timeout), Reader() as reader:
            run = sync.Run(
                store=self._store,
                vectors=self._vectors,
                embedder=self._embedder,
                rules=self._rules,
                report=report,
                reader=reader,
            )
            return sync.synchronise(run, sources, rebuild=rebuild)

    def remove(self, documents: Collection[str], *, lock_timeout: float = 60.0) -> None:
        """Takes documents out of the index at once; unknown ones are ignored.

        Their files are to be deleted before, or the next `sync` brings them back.

        Args:
            documents: Their ids.
            lock_timeout: Seconds to wait for another writer.

        Raises:
            IngestError: Another process is writing, or the index cannot be used.
        """
        with exclusive(self._lock, lock_timeout):
            self._store.remove(documents)
            intake.settle(self._store, self._vectors, self._vectors.keys())

    def topic(self, name: str) -> TopicWriter:
        """What keeps a Kafka topic's documents in the index, beside those of files; close it."""
        return TopicWriter(
            self._store,
            self._vectors,
            self._embedder,
            rules=self._rules,
            lock=self._lock,
            topic=name,
        )

    def dead_letters(self) -> list[OpenLetter]:
        """Events of topics that could not be read and wait for somebody to decide."""
        return open_letters(self._store)

    def identity(self) -> str:
        """The index's own name, which no other one has."""
        return self._store.identity()

    @property
    def sources(self) -> tuple[Path, ...]:
        """What it was brought to the state of by the last `sync`; empty before the first."""
        return tuple(map(Path, json.loads(self._store.meta("sources") or "[]")))

    def last_sync(self) -> LastSync | None:
        """What is remembered of the sync that finished last; None where there was none."""
        text = self._store.meta("last_sync")
        return LastSync.from_text(text) if text else None

    def search(self, query: str, limit: int = 4, only: Filter = EVERYTHING) -> list[Passage]:
        """See `DocumentReader.search`."""
        return self._all.search(query, limit, only)

    def documents(self) -> list[DocumentInfo]:
        """Every document in the index, by id."""
        return self._all.documents()

    def text_of(self, document: str) -> str | None:
        """See `DocumentReader.text_of`."""
        return self._all.text_of(document)

    def require_same_embedder(self) -> None:
        """See `DocumentReader.require_same_embedder`."""
        self._all.require_same_embedder()

    def close(self) -> None:
        """Releases what is held open; closing twice is fine."""
        self._vectors.close()
        self._store.close()

    def __enter__(self) -> DocumentIndex:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
