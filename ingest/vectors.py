"""The Chroma half of the document index: the vectors of chunks, a collection for each access label.

Chroma's exceptions are mapped here. `ingest.reader` and `ingest.sync` are the only callers.

A caller's search asks the collections of her labels and no other, so that vectors she may not see
neither show nor push out others. One collection with the label as metadata would do the same, but
over 100,000 vectors `where` takes 0.9 s and a collection 3 ms [both measured with 1.5.9].

Chroma is safe between threads but not between processes: what another process has written stays
invisible to an open client, and its files must not be opened while they are written [both measured
with 1.5.9]. So every change of the index carries a number, its *generation*; a client older than
the present one is opened anew before it reads; writing and opening take turns by a lock file.
"""

from __future__ import annotations

import hashlib
import threading
import weakref
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from ingest.embeddings import Vectors
from ingest.errors import IngestError
from ingest.locks import exclusive

COLLECTION = "passages"
"""The collection of vectors that everybody may see; the others' names begin with it."""

_LABEL = "access"
_LABEL_DIGITS = 16
_BATCH = 1_000
_TURN_SECONDS = 60.0
_opening = threading.Lock()  # Chroma's registry of clients is not safe for two at once


class _Shared:
    """What all the users of one folder in this process have in common.

    Chroma itself keeps one system for a folder in a process, which ends when its last client is
    closed: it could not be opened anew for one user while another goes on with a client of its own.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.users: weakref.WeakSet[VectorStore] = weakref.WeakSet()
        self.client: Any = None
        self.collections: dict[str, Any] = {}
        self.generation: str | None = None

    def close(self) -> None:
        if self.client is not None:
            with _opening:
                self.client.close()
        self.client = self.generation = None
        self.collections = {}


_folders: dict[Path, _Shared] = {}


class VectorStore:
    """The vectors of an index's chunks by key; threads may share it, or each have its own.

    Args:
        directory: Where Chroma keeps its files.
        generation: Tells the index's present generation.
    """

    def __init__(self, directory: Path, generation: Callable[[], str]) -> None:
        self._directory = directory.resolve()
        self._present = generation
        self._shared = _folders.setdefault(self._directory, _Shared())

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
        with self._reading() as collections:
            for label, collection in collections.items():
                if access is None or label in {"", *access}:
                    found |= _nearest(collection, vector, limit)
        return dict(sorted(found.items(), key=lambda one: -one[1])[:limit])

    def get(self, keys: Mapping[str, str]) -> dict[str, Vectors]:
        """The vectors of keys, each given with its label; unknown ones are left out."""
        vectors: dict[str, Vectors] = {}
        with self._reading() as collections:
            for label, own in _by_label(keys):
                for part in _parts(own) if label in collections else ():
                    found = collections[label].get(ids=part, include=["embeddings"])
                    values = np.asarray(found["embeddings"], dtype=np.float32)
                    vectors.update(zip(found["ids"], values, strict=True))
        return vectors

    def keys(self) -> dict[str, str]:
        """The label of every vector, by key."""
        with self._reading() as collections:
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
        for label, own in _by_label(keys):
            for part in _parts(own):
                with self._writing(label) as collection:
                    collection.upsert(ids=part, embeddings=vectors[[rows[key] for key in part]])

    def delete(self, keys: Mapping[str, str]) -> None:
        """Deletes vectors, each given with its label; unknown ones are ignored."""
        for label, own in _by_label(keys):
            for part in _parts(own):
                with self._writing(label) as collection:
                    collection.delete(ids=part)

    def reset(self) -> None:
        """Deletes every vector; the next ones may have other dimensions."""
        with self._shared.lock, self._writing(""):
            for collection in self._shared.collections.values():
                self._shared.client.delete_collection(collection.name)
            self._shared.collections = {"": self._create_collection("")}

    def publish(self, commit: Callable[[], str]) -> None:
        """Lets the store commit a new generation that this process has written itself."""
        with self._shared.lock:
            self._shared.generation = commit()

    def close(self) -> None:
        """Lets the client go, which its last user closes; the next call takes it again."""
        with self._shared.lock:
            self._shared.users.discard(self)
            if not self._shared.users:
                self._shared.close()

    @contextmanager
    def _reading(self) -> Iterator[dict[str, Any]]:
        with self._shared.lock:
            collections = self._current()
            with _chroma_errors(self._directory):
                yield collections

    @contextmanager
    def _writing(self, label: str) -> Iterator[Any]:
        collections = self._current()
        # Without the thread lock: the threads of this process read on meanwhile.
        with self._turn(), _chroma_errors(self._directory):
            if label not in collections:
                # Never changed in place: readers may be going through it.
                collections = {**collections, label: self._create_collection(label)}
                self._shared.collections = collections
            yield collections[label]

    def _current(self) -> dict[str, Any]:
        """The collections by label, opened anew if another process has changed them."""
        with self._shared.lock:
            self._shared.users.add(self)
            present = self._present()
            if self._shared.client is None or self._shared.generation != present:
                self._open()
                self._shared.generation = present
            return self._shared.collections

    def _open(self) -> None:
        import chromadb  # noqa: PLC0415 - half a second that only those who search need
        from chromadb.config import Settings  # noqa: PLC0415

        self._shared.close()
        settings = Settings(anonymized_telemetry=False)
        with self._turn(), _chroma_errors(self._directory):
            with _opening:
                self._shared.client = chromadb.PersistentClient(str(self._directory), settings)
            self._shared.collections = {"": self._create_collection("")}
            for collection in self._shared.client.list_collections():
                if collection.name.startswith(f"{COLLECTION}-"):
                    self._shared.collections[collection.metadata[_LABEL]] = collection
            for collection in self._shared.collections.values():
                _load(collection)

    def _turn(self) -> Any:
        return exclusive(self._directory.with_suffix(".lock"), _TURN_SECONDS)

    def _create_collection(self, label: str) -> Any:
        digest = hashlib.sha256(label.encode()).hexdigest()[:_LABEL_DIGITS]
        return self._shared.client.get_or_create_collection(
            f"{COLLECTION}-{digest}" if label else COLLECTION,
            metadata={_LABEL: label},
            embedding_function=None,
            configuration={"hnsw": {"space": "cosine"}},
        )


def _nearest(collection: Any, vector: Vectors, limit: int) -> dict[str, float]:
    found = collection.query(query_embeddings=[vector], n_results=limit, include=["distances"])
    ids, distances = found["ids"][0], found["distances"][0]
    return {key: 1.0 - float(distance) for key, distance in zip(ids, distances, strict=True)}


def _load(collection: Any) -> None:
    """Asks for anything, because Chroma reads its files only then."""
    found = collection.get(limit=1, include=["embeddings"])
    if found["ids"]:
        collection.query(query_embeddings=found["embeddings"], n_results=1, include=[])


def _by_label(keys: Mapping[str, str]) -> Iterator[tuple[str, list[str]]]:
    for label in dict.fromkeys(keys.values()):
        yield label, [key for key, own in keys.items() if own == label]


def _parts(keys: Sequence[str]) -> Iterable[list[str]]:
    return (list(keys[first : first + _BATCH]) for first in range(0, len(keys), _BATCH))


@contextmanager
def _chroma_errors(directory: Path) -> Iterator[None]:
    from chromadb.errors import ChromaError  # noqa: PLC0415 - as above

    try:
        yield
    except (ChromaError, OSError, ValueError) as error:
        raise IngestError(
            f"The vector store {directory} cannot be used: {error}.",
            hint="Check the folder's permissions; if it is damaged, delete it and ingest again.",
        ) from error
