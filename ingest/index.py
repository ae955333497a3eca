"""The document index: what `app` searches and `tributary ingest` fills."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ingest import ranking
from ingest.chroma_embedded import EmbeddedChroma
from ingest.chroma_server import ChromaServer, ServedCollection
from ingest.embeddings import Embedder
from ingest.errors import IngestError
from ingest.passage import Passage
from ingest.ranking import Hit
from ingest.store import DocumentInfo, Store
from ingest.sync import SyncProgress, SyncReport, synchronise
from ingest.vectors import VectorStore
from ingest.words import telling_words

__all__ = ["DocumentIndex", "DocumentInfo", "SyncProgress", "SyncReport"]

CANDIDATES = 50  # from each leg
_QUERY_CHARACTERS = 2_000  # the model reads about the first 1,000


class DocumentIndex:
    """Passages of documents, found by meaning (Chroma) and by words (SQLite FTS5).

    One process at a time writes; any number of threads and processes read meanwhile and see each
    document either before or after its change. Another process's changes become visible when it
    has finished. A process may open the same folder more than once.

    Args:
        directory: Where the index lives; made if it is not there.
        embedder: Makes the vectors. An index made with another one must be rebuilt by `sync`.
        server: Keeps the vectors; None keeps them in the folder.

    Raises:
        IngestError: The folder cannot be used.
    """

    def __init__(
        self, directory: Path, embedder: Embedder, *, server: ChromaServer | None = None
    ) -> None:
        self._directory = directory
        self._embedder = embedder
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
            else ServedCollection(server, self._store.identity, self._store.generation)
        )

    def search(self, query: str, limit: int = 4) -> list[Passage]:
        """The passages nearest to a query, best first; `Passage.relevant` says which bear on it.

        Args:
            query: Any text.
            limit: How many at most.

        Raises:
            IngestError: The index or the embedding model cannot be used.
        """
        query = query.encode("utf-8", "ignore").decode()[:_QUERY_CHARACTERS].strip()
        if not query or limit < 1 or not self._store.chunk_count():
            return []
        self.require_same_embedder()
        passages = ranking.choose(self._hits(query, max(CANDIDATES, limit)), limit)
        self.require_same_embedder()  # a rebuild may have begun meanwhile
        return [self._passage(hits) for hits in passages]

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
        changed chunks are embedded; documents that are gone, or can no longer be read, leave it.
        It may be interrupted at any point and goes on from there the next time.

        Args:
            sources: Files and folders; together they are all that the index shall hold.
            rebuild: Whether everything may be embedded anew where the embedding model or the way of
                cutting has changed, or the vectors are gone.
            progress: Called after every document read and every batch embedded.
            lock_timeout: Seconds to wait for another writer.

        Raises:
            RebuildNeeded: Everything would be embedded anew, and `rebuild` is not set.
            IngestError: A source does not exist, another process is writing, or the index or the
                embedding model cannot be used. A single bad file is a problem in the report.
        """
        return synchronise(
            self._directory,
            self._store,
            self._vectors,
            self._embedder,
            sources,
            rebuild=rebuild,
            progress=progress or (lambda _: None),
            lock_timeout=lock_timeout,
        )

    def documents(self) -> list[DocumentInfo]:
        """Every document in the index, by id."""
        return self._store.documents()

    def text_of(self, document: str) -> str | None:
        """A document's extracted text, which passages point into; None for an unknown one."""
        return self._store.text_of(document)

    def require_same_embedder(self) -> None:
        """Makes sure that the present model's vectors can be compared with those in the index.

        Raises:
            IngestError: They were made with another model.
        """
        made_with = self._store.meta("embedder")
        if made_with != self._embedder.name:
            raise IngestError(
                f"The document index in {self._directory} was made with another embedding model"
                f" ({made_with}; the present one is {self._embedder.name}).",
                hint="Run `tributary ingest --rebuild`, or set the model back.",
            )

    def close(self) -> None:
        """Releases what is held open; closing twice is fine."""
        self._vectors.close()

    def __enter__(self) -> DocumentIndex:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _hits(self, query: str, width: int) -> list[Hit]:
        """The chunks nearest by meaning and those that match best by words, as one list."""
        vector = self._embedder.embed([query])[0]
        words = telling_words(query)
        similarity = self._vectors.nearest(vector, width)
        by_words = self._store.matching(words, width)
        unmeasured = [id_ for id_ in by_words if id_ not in similarity]
        similarity |= self._vectors.similarities(vector, unmeasured)
        occurrences = self._store.occurrences(words, list(similarity))
        coverage = ranking.coverage(occurrences, self._store.chunk_count())
        # A chunk without a row was deleted a moment ago; one without a vector is not settled yet.
        chunks = self._store.chunks(list(similarity))
        return [
            Hit(chunk, similarity[id_], ranking.relevance(similarity[id_], coverage.get(id_, 0.0)))
            for id_, chunk in chunks.items()
        ]

    def _passage(self, hits: Sequence[Hit]) -> Passage:
        best = max(hits, key=lambda hit: hit.relevance)
        first, last = hits[0].chunk, hits[-1].chunk
        text = self._store.stretch(first.document, first.start, last.end)
        if not (text.startswith(first.text) and text.endswith(last.text)):
            first = last = best.chunk  # the document was changed a moment ago
            text = first.text
        return Passage(
            document=first.document,
            title=first.title,
            heading_path=first.heading_path,
            start=first.start,
            end=last.end,
            text=text,
            relevance=best.relevance,
            similarity=best.similarity,
        )
