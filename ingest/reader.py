"""What one caller may know of the documents: everything that answers her goes through this view."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ingest.embeddings import Embedder, Vectors
from ingest.errors import IngestError
from ingest.filters import EVERYTHING, Filter, Sight
from ingest.passage import Passage
from ingest.snapshot import DocumentInfo, StoredChunk
from ingest.store import Store
from ingest.vectors import VectorStore
from ingest.words import telling_words

CANDIDATES = 30  # from each leg
RANK_CONSTANT = 60  # Cormack, Clarke and Büttcher (2009), "Reciprocal rank fusion"
_QUERY_CHARACTERS = 2_000  # the model reads about the first 1,000
_FEW = 500
"""Vectors that are compared one by one, which is exact and takes 70 ms."""
_SPARE = 2
"""How many times as many vectors are asked for as should do."""

T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True, slots=True)
class _Found:
    """What the two legs of a search found, as chunk numbers, best first.

    Attributes:
        dense: The nearest by meaning.
        words: The best by words, with their BM25.
        chunks: All of them.
        similarity: Cosine similarities by vector key, as far as they are known.
    """

    dense: Sequence[int]
    words: Mapping[int, float]
    chunks: Sequence[StoredChunk]
    similarity: Mapping[str, float]


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
        """The passages that answer a query best, best first.

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
            count, made_with = now.chunk_count(), now.meta("embedder")
        if not count:
            return []
        self._require_same_embedder(made_with)
        vector = self._embedder.embed([query])[0]
        width = max(CANDIDATES, limit)
        if only == EVERYTHING:
            similarity = self._vectors.nearest(vector, width, self._sight.labels)
        elif count <= _FEW:
            similarity = self._compared_with_all(vector, only)
        else:
            similarity = self._near_enough(vector, width, only, count)
        found = self._found(query, similarity, width, only)
        return self._passages(found, vector)[:limit]

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

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Vectors of length 1 of texts, by the model that the index was made with.

        Raises:
            IngestError: The model cannot be loaded or reached.
        """
        return self._embedder.embed(texts)

    def _compared_with_all(self, vector: Vectors, only: Filter) -> dict[str, float]:
        with self._store.reading(self._sight, only) as now:
            keys = now.keys()
        return self._compared(vector, keys)

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

    def _compared(self, vector: Vectors, keys: Mapping[str, str]) -> dict[str, float]:
        """Cosine similarity of each vector, the greatest first."""
        found = {key: float(v @ vector) for key, v in self._vectors.get(keys).items()}
        return dict(sorted(found.items(), key=lambda one: -one[1]))

    def _found(
        self, query: str, similarity: Mapping[str, float], width: int, only: Filter
    ) -> _Found:
        with self._store.reading(self._sight, only) as now:
            dense = now.holding(list(similarity), width)
            words = now.matching(telling_words(query), width)
            chunks = now.chunks({*dense, *words})
        return _Found(dense, words, chunks, similarity)

    def _passages(self, found: _Found, vector: Vectors) -> list[Passage]:
        scores = fuse([found.dense, found.words])
        dense = {number: rank for rank, number in enumerate(found.dense, start=1)}
        words = {number: rank for rank, number in enumerate(found.words, start=1)}
        unmeasured = {c.key: c.access for c in found.chunks if c.key not in found.similarity}
        similarity = {**found.similarity, **self._compared(vector, unmeasured)}
        passages = [
            Passage(
                document=chunk.document,
                title=chunk.title,
                heading_path=chunk.heading_path,
                start=chunk.start,
                end=chunk.end,
                text=chunk.text,
                score=scores[chunk.number],
                similarity=similarity[chunk.key],
                kind=chunk.kind,
                tags=chunk.tags,
                access=chunk.access,
                modified=chunk.modified,
                version=chunk.version,
                page=chunk.page,
                dense_rank=dense.get(chunk.number),
                words_rank=words.get(chunk.number),
                bm25=found.words.get(chunk.number),
            )
            for chunk in found.chunks
            if chunk.key in similarity  # without a vector it is not settled yet
        ]
        return sorted(passages, key=lambda p: (-p.score, -p.similarity, p.document, p.start))

    def _require_same_embedder(self, made_with: str) -> None:
        if made_with != self._embedder.name:
            raise IngestError(
                f"The document index was made with another embedding model ({made_with}; the"
                f" present one is {self._embedder.name}).",
                hint="Run `tributary ingest` to rebuild it.",
            )


def fuse(rankings: Sequence[Iterable[T]]) -> dict[T, float]:
    """Reciprocal rank fusion: the sum over the rankings of 1 / (60 + rank).

    >>> fuse([["a", "b"], ["b"]]) == {"a": 1 / 61, "b": 1 / 62 + 1 / 61}
    True
    """
    scores: dict[T, float] = {}
    for ranking in rankings:
        for rank, item in enumerate(ranking, start=1):
            scores[item] = scores.get(item, 0.0) + 1 / (RANK_CONSTANT + rank)
    return scores
