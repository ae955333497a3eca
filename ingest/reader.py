"""What one caller may know of the documents: everything that answers her goes through this view."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from ingest import ranking
from ingest.embeddings import Embedder, Vectors
from ingest.errors import IngestError
from ingest.filters import EVERYTHING, Filter, Sight
from ingest.passage import Passage
from ingest.ranking import Hit
from ingest.snapshot import DocumentInfo, StoredChunk
from ingest.store import Store
from ingest.vectors import VectorStore
from ingest.words import telling_words

CANDIDATES = 50  # from each leg
_QUERY_CHARACTERS = 2_000  # the model reads about the first 1,000
_FEW = 500
"""Vectors that are compared one by one, which is exact and takes 70 ms."""
_SPARE = 2
"""How many times as many vectors are asked for as should do."""


@dataclass(frozen=True, slots=True)
class _ByWords:
    """What the leg that goes by words found.

    Attributes:
        frequencies: In how many chunks of all each of the question's words is.
        total: How many chunks there are in all.
        bm25: How well the best chunks match, by their numbers, best first.
        vectors: Those of these chunks, by key.
    """

    frequencies: Mapping[str, int]
    total: int
    bm25: Mapping[int, float]
    vectors: Mapping[str, Vectors]


@dataclass(frozen=True, slots=True)
class _Found:
    """What the two legs of a search found, by the numbers of chunks.

    Attributes:
        chunks: All of them.
        coverage: The share of the question's words that each has.
        dense: The place of each of the nearest by meaning, from 1.
        words: The place of each of the best by words, from 1.
        bm25: How well these match.
    """

    chunks: Sequence[StoredChunk]
    coverage: Mapping[int, float]
    dense: Mapping[int, int]
    words: Mapping[int, int]
    bm25: Mapping[int, float]


class DocumentReader:
    """The documents that a caller may read; safe to call from many threads.

    Made by `DocumentIndex.reader`.

    Args:
        store: Documents and their words.
        vectors: The vectors of their chunks.
        embedder: The model that made the vectors.
        sight: What the caller may read.
    """

    def __init__(
        self,
        store: Store,
        vectors: VectorStore,
        embedder: Embedder,
        sight: Sight,
    ) -> None:
        self._sight = sight
        self._store = store
        self._vectors = vectors
        self._embedder = embedder

    def search(self, query: str, limit: int = 4, only: Filter = EVERYTHING) -> list[Passage]:
        """The passages nearest to a query, best first; `Passage.relevant` says which bear on it.

        Args:
            query: Any text.
            limit: How many at most.
            only: Which documents are searched.

        Raises:
            IngestError: The index or the embedding model cannot be used.
        """
        query = query.encode("utf-8", "ignore").decode()[:_QUERY_CHARACTERS].strip()
        if not query or limit < 1:
            return []
        with self._store.reading(self._sight, only) as now:
            if now.is_empty():
                return []
        self.require_same_embedder()
        width = max(CANDIDATES, limit)
        with ThreadPoolExecutor(1) as beside:  # each leg takes about as long as the other
            words = beside.submit(self._by_words, query, width, only)
            vector = self._embedder.embed([query])[0]
            near = self._near(vector, width, only)
            matched = words.result()
        found = self._found(near, matched, width, only)
        passages = ranking.choose(_hits(found, near, matched, vector), limit)
        self.require_same_embedder()  # a rebuild may have begun meanwhile
        return [self._passage(hits, found) for hits in passages]

    def documents(self, only: Filter = EVERYTHING) -> list[DocumentInfo]:
        """The documents, by id."""
        with self._store.reading(self._sight, only) as now:
            return now.documents()

    def text_of(self, document: str) -> str | None:
        """A document's extracted text, which passages point into; None for an unknown one."""
        with self._store.reading(self._sight) as now:
            return now.text_of(document)

    def hidden(self) -> list[str]:
        """The ids of the documents that the caller may not read; never to be shown."""
        with self._store.reading(self._sight) as now:
            return now.out_of_sight()

    def require_same_embedder(self) -> None:
        """Makes sure that the present model's vectors can be compared with those in the index.

        Raises:
            IngestError: They were made with another model.
        """
        made_with = self._store.meta("embedder")
        if made_with != self._embedder.name:
            raise IngestError(
                f"The document index was made with another embedding model ({made_with}; the"
                f" present one is {self._embedder.name}).",
                hint="Run `tributary ingest --rebuild`, or set the model back.",
            )

    def _near(self, vector: Vectors, width: int, only: Filter) -> dict[str, float]:
        """Cosine similarity of the nearest vectors by key, nearest first."""
        if only == EVERYTHING:
            return self._vectors.nearest(vector, width, self._sight.labels)
        with self._store.reading(self._sight, only) as now:
            count = now.chunk_count()
        if count <= _FEW:
            return self._compared_with_all(vector, only)
        return self._near_enough(vector, width, only, count)

    def _compared_with_all(self, vector: Vectors, only: Filter) -> dict[str, float]:
        with self._store.reading(self._sight, only) as now:
            keys = now.keys()
        similarity = _compared(vector, self._vectors.get(keys))
        return dict(sorted(similarity.items(), key=lambda one: -one[1]))

    def _near_enough(
        self, vector: Vectors, width: int, only: Filter, count: int
    ) -> dict[str, float]:
        """So many of the nearest that enough of them pass the filter, as `count` chunks do."""
        with self._store.reading(self._sight) as now:
            asked = _SPARE * width * now.chunk_count() // count
        while True:
            similarity = self._vectors.nearest(vector, asked, self._sight.labels)
            with self._store.reading(self._sight, only) as now:
                enough = len(now.holding(list(similarity), width)) >= width
            if enough or len(similarity) < asked:
                return similarity
            asked *= _SPARE

    def _by_words(self, query: str, width: int, only: Filter) -> _ByWords:
        words = telling_words(query)
        with self._store.reading(self._sight, only) as now:
            bm25 = now.matching(words, width)
            frequencies, total = now.frequencies(words), now.indexed_chunks()
            labels = now.labels(bm25)
        return _ByWords(frequencies, total, bm25, self._vectors.get(labels))

    def _found(
        self, near: Mapping[str, float], matched: _ByWords, width: int, only: Filter
    ) -> _Found:
        with self._store.reading(self._sight, only) as now:
            dense = now.holding(list(near), width)
            chunks = now.chunks({*dense, *matched.bm25})
            covered = ranking.coverage(chunks, matched.frequencies, matched.total)
        return _Found(chunks, covered, _places(dense), _places(matched.bm25), matched.bm25)

    def _passage(self, hits: Sequence[Hit], found: _Found) -> Passage:
        best = max(hits, key=lambda hit: hit.relevance)
        first, last = hits[0].chunk, hits[-1].chunk
        text = first.text if first is last else self._stretch(first, last)
        if not text:  # the document was changed a moment ago
            first = last = best.chunk
            text = first.text
        number = best.chunk.number
        return Passage(
            document=first.document,
            title=first.title,
            heading_path=first.heading_path,
            start=first.start,
            end=last.end,
            text=text,
            relevance=best.relevance,
            similarity=best.similarity,
            kind=first.kind,
            tags=first.tags,
            access=first.access,
            modified=first.modified,
            version=first.version,
            page=first.page,
            dense_rank=found.dense.get(number),
            words_rank=found.words.get(number),
            bm25=found.bm25.get(number),
            origin=first.origin,
        )

    def _stretch(self, first: StoredChunk, last: StoredChunk) -> str:
        """The text from one chunk to another; empty where it is no longer that of the two."""
        with self._store.reading(self._sight) as now:
            text = now.stretch(first.document, first.start, last.end)
        return text if text.startswith(first.text) and text.endswith(last.text) else ""


def _hits(
    found: _Found, near: Mapping[str, float], matched: _ByWords, vector: Vectors
) -> list[Hit]:
    """The chunks with what is known of each; one without a vector is not settled yet."""
    similarity = {**_compared(vector, matched.vectors), **near}
    return [
        Hit(
            chunk,
            similarity[chunk.key],
            ranking.relevance(similarity[chunk.key], found.coverage[chunk.number]),
        )
        for chunk in found.chunks
        if chunk.key in similarity
    ]


def _compared(vector: Vectors, vectors: Mapping[str, Vectors]) -> dict[str, float]:
    """Cosine similarity of each vector, by key."""
    return {key: float(v @ vector) for key, v in vectors.items()}


def _places(numbers: Iterable[int]) -> dict[int, int]:
    return {number: place for place, number in enumerate(numbers, start=1)}
