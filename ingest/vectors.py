"""The Chroma half of the document index: one collection of chunk vectors, wherever it is kept.

`ingest.index` and `ingest.sync` are the only callers. How the collection is reached is its *place*:
`ingest.chroma_embedded` in the process itself, `ingest.chroma_server` over HTTP. They map Chroma's
exceptions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

import numpy as np

from ingest.embeddings import Vectors

_BATCH = 1_000
_BATCH_NUMBERS = 1_000_000  # a server takes 40 MB in one request; a number may take 20 bytes


class Place(Protocol):
    """Where the collection is; safe to use from several threads."""

    def reading(self) -> AbstractContextManager[Any]:
        """The collection as the last finished change has left it."""
        ...

    def writing(self) -> AbstractContextManager[Any]:
        """The collection for one batch of changes."""
        ...

    def reset(self) -> None:
        """Makes the collection anew, empty."""
        ...

    def publish(self, commit: Callable[[], str]) -> None:
        """Notes the new generation that `commit` returns: it was written by this process itself."""
        ...

    def close(self) -> None:
        """Releases what is held open; the next call opens it again."""
        ...


class VectorStore:
    """The vectors of an index's chunks, by chunk id; threads may share it, or each have its own."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def nearest(self, vector: Vectors, limit: int) -> dict[str, float]:
        """Cosine similarity of the nearest chunks by id, nearest first."""
        with self._place.reading() as collection:
            found = collection.query(
                query_embeddings=[vector], n_results=limit, include=["distances"]
            )
        distances = found["distances"][0]
        return {id_: 1.0 - float(d) for id_, d in zip(found["ids"][0], distances, strict=True)}

    def similarities(self, vector: Vectors, ids: Sequence[str]) -> dict[str, float]:
        """Cosine similarity of the given chunks by id; unknown ids are left out."""
        return {id_: float(stored @ vector) for id_, stored in self.stored(ids).items()}

    def stored(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """The vectors of the given chunks by id; unknown ids are left out."""
        if not ids:
            return {}
        with self._place.reading() as collection:
            found = collection.get(ids=list(ids), include=["embeddings"])
        vectors = np.asarray(found["embeddings"], dtype=np.float32)
        return dict(zip(found["ids"], vectors, strict=True))

    def ids(self) -> set[str]:
        """The ids of all vectors in the collection."""
        with self._place.reading() as collection:
            return set(collection.get(include=[])["ids"])

    def put(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Writes vectors; writing one again changes nothing."""
        size = min(_BATCH, _BATCH_NUMBERS // vectors.shape[1])
        for first in range(0, len(ids), size):
            part = slice(first, first + size)
            with self._place.writing() as collection:
                collection.upsert(ids=list(ids[part]), embeddings=vectors[part])

    def delete(self, ids: Sequence[str]) -> None:
        """Deletes vectors; unknown ids are ignored."""
        for first in range(0, len(ids), _BATCH):
            with self._place.writing() as collection:
                collection.delete(ids=list(ids[first : first + _BATCH]))

    def reset(self) -> None:
        """Deletes every vector; the next ones may have other dimensions."""
        self._place.reset()

    def publish(self, commit: Callable[[], str]) -> None:
        """Lets the store commit a new generation that this process has written itself."""
        self._place.publish(commit)

    def close(self) -> None:
        """Releases what is held open; the next call opens it again."""
        self._place.close()
