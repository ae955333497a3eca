"""The Chroma half of the document index: the vectors of chunks, a collection for each access label.

`ingest.reader` and `ingest.sync` are the only callers. How the collections are reached is their
*place*: `ingest.chroma_embedded` in the process itself, `ingest.chroma_server` over HTTP. They map
Chroma's exceptions.

A caller's search asks the collections of her labels and no other, so that vectors she may not see
neither show nor push out others. One collection with the label as metadata would do the same, but
over 100,000 vectors `where` takes 0.9 s and a collection 3 ms [both measured with 1.5.9].
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

import numpy as np

from ingest.embeddings import Vectors

_BATCH = 1_000
_BATCH_NUMBERS = 1_000_000  # a server takes 40 MB in one request; a number may take 20 bytes


class Place(Protocol):
    """Where the collections are; safe to use from several threads."""

    def reading(self) -> AbstractContextManager[Mapping[str, Any]]:
        """The collections by label, as the last finished change has left them."""
        ...

    def writing(self, label: str) -> AbstractContextManager[Any]:
        """The collection of a label, made if it is not there, for one batch of changes."""
        ...

    def reset(self) -> None:
        """Deletes the collections; there is an empty one for what has no label."""
        ...

    def publish(self, commit: Callable[[], str]) -> None:
        """Notes the new generation that `commit` returns: it was written by this process itself."""
        ...

    def close(self) -> None:
        """Releases what is held open; the next call opens it again."""
        ...


class VectorStore:
    """The vectors of an index's chunks by key; threads may share it, or each have its own."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def nearest(
        self, vector: Vectors, limit: int, access: Collection[str] | None = None
    ) -> dict[str, float]:
        """Cosine similarity of the nearest vectors by key, nearest first.

        Args:
            vector: What they are near to.
            limit: How many at most.
            access: The caller's labels, beside which she sees what has none; None for all labels.
        """
        found: dict[str, float] = {}
        with self._place.reading() as collections:
            for label, collection in collections.items():
                if access is None or label in {"", *access}:
                    found |= _nearest(collection, vector, limit)
        return dict(sorted(found.items(), key=lambda one: -one[1])[:limit])

    def get(self, keys: Mapping[str, str]) -> dict[str, Vectors]:
        """The vectors of keys, each given with its label; unknown ones are left out."""
        vectors: dict[str, Vectors] = {}
        with self._place.reading() as collections:
            for label, own in _by_label(keys):
                for part in _parts(own) if label in collections else ():
                    found = collections[label].get(ids=part, include=["embeddings"])
                    values = np.asarray(found["embeddings"], dtype=np.float32)
                    vectors.update(zip(found["ids"], values, strict=True))
        return vectors

    def present(self, keys: Mapping[str, str]) -> set[str]:
        """Those of the keys, each given with its label, that have a vector."""
        found: set[str] = set()
        with self._place.reading() as collections:
            for label, own in _by_label(keys):
                for part in _parts(own) if label in collections else ():
                    found.update(collections[label].get(ids=part, include=[])["ids"])
        return found

    def keys(self) -> dict[str, str]:
        """The label of every vector, by key."""
        with self._place.reading() as collections:
            return {
                key: label
                for label, collection in collections.items()
                for key in collection.get(include=[])["ids"]
            }

    def put(self, keys: Mapping[str, str], vectors: Vectors) -> None:
        """Writes vectors; writing one again changes nothing.

        Args:
            keys: The label of each vector, by key.
            vectors: One row for each key.
        """
        rows = {key: row for row, key in enumerate(keys)}
        size = min(_BATCH, _BATCH_NUMBERS // vectors.shape[1])
        for label, own in _by_label(keys):
            for part in _parts(own, size):
                with self._place.writing(label) as collection:
                    collection.upsert(ids=part, embeddings=vectors[[rows[key] for key in part]])

    def delete(self, keys: Mapping[str, str]) -> None:
        """Deletes vectors, each given with its label; unknown ones are ignored."""
        for label, own in _by_label(keys):
            for part in _parts(own):
                with self._place.writing(label) as collection:
                    collection.delete(ids=part)

    def reset(self) -> None:
        """Deletes every vector; the next ones may have other dimensions."""
        self._place.reset()

    def publish(self, commit: Callable[[], str]) -> None:
        """Lets the store commit a new generation that this process has written itself."""
        self._place.publish(commit)

    def close(self) -> None:
        """Releases what is held open; the next call opens it again."""
        self._place.close()


def _nearest(collection: Any, vector: Vectors, limit: int) -> dict[str, float]:
    found = collection.query(query_embeddings=[vector], n_results=limit, include=["distances"])
    ids, distances = found["ids"][0], found["distances"][0]
    return {key: 1.0 - float(distance) for key, distance in zip(ids, distances, strict=True)}


def _by_label(keys: Mapping[str, str]) -> Iterator[tuple[str, list[str]]]:
    for label in dict.fromkeys(keys.values()):
        yield label, [key for key, own in keys.items() if own == label]


def _parts(keys: Sequence[str], size: int = _BATCH) -> Iterator[list[str]]:
    return (list(keys[first : first + size]) for first in range(0, len(keys), size))
