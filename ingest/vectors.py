"""The Chroma half of the document index: one persistent collection of chunk vectors.

Chroma's exceptions are mapped here. `ingest.index` is the only caller.

Chroma is safe between threads but not between processes: what another process has written stays
invisible to an open client [measured with 1.5.9]. So every change of the index carries a number
(its *generation*), and a client older than the present generation is opened anew before it reads.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from ingest.embeddings import Vectors
from ingest.errors import IngestError

COLLECTION = "passages"

_BATCH = 1_000
_opening = threading.Lock()  # Chroma's registry of clients is not safe for two at once


class VectorStore:
    """The vectors of an index's chunks, by chunk id; threads may share it."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = threading.Lock()
        self._client: Any = None
        self._collection: Any = None
        self._generation: str | None = None

    def refresh(self, generation: str) -> None:
        """Makes sure that reads see what was written up to a generation."""
        with self._lock, _chroma_errors(self._directory):
            if self._client is not None and self._generation == generation:
                return
            self._close()
            self._open()
            self._generation = generation

    def wrote(self, generation: str) -> None:
        """Notes the generation that this process's own writes have led to."""
        with self._lock:
            self._generation = generation

    def nearest(self, vector: Vectors, limit: int) -> dict[str, float]:
        """Cosine similarity of the nearest chunks by id, nearest first."""
        with self._lock, _chroma_errors(self._directory):
            found = self._collection.query(
                query_embeddings=[vector], n_results=limit, include=["distances"]
            )
        distances = found["distances"][0]
        return {id_: 1.0 - float(d) for id_, d in zip(found["ids"][0], distances, strict=True)}

    def similarities(self, vector: Vectors, ids: Sequence[str]) -> dict[str, float]:
        """Cosine similarity of the given chunks by id; unknown ids are left out."""
        if not ids:
            return {}
        with self._lock, _chroma_errors(self._directory):
            found = self._collection.get(ids=list(ids), include=["embeddings"])
        if not found["ids"]:
            return {}
        values = np.asarray(found["embeddings"], dtype=np.float32) @ vector
        return {id_: float(value) for id_, value in zip(found["ids"], values, strict=True)}

    def put(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Writes vectors; writing one again changes nothing."""
        with _chroma_errors(self._directory):
            for first in range(0, len(ids), _BATCH):
                part = slice(first, first + _BATCH)
                self._collection.upsert(ids=list(ids[part]), embeddings=vectors[part])

    def delete(self, ids: Sequence[str]) -> None:
        """Deletes vectors; unknown ids are ignored."""
        with _chroma_errors(self._directory):
            for first in range(0, len(ids), _BATCH):
                self._collection.delete(ids=list(ids[first : first + _BATCH]))

    def count(self) -> int:
        """Vectors in the collection."""
        with self._lock, _chroma_errors(self._directory):
            return int(self._collection.count())

    def reset(self) -> None:
        """Deletes every vector; the next ones may have other dimensions."""
        with self._lock, _chroma_errors(self._directory):
            self._client.delete_collection(COLLECTION)
            self._collection = self._create_collection()

    def close(self) -> None:
        """Releases the client; a later `refresh` opens it again."""
        with self._lock, _chroma_errors(self._directory):
            self._close()

    def _open(self) -> None:
        import chromadb
        from chromadb.config import Settings

        settings = Settings(anonymized_telemetry=False)
        with _opening:
            self._client = chromadb.PersistentClient(str(self._directory), settings)
        self._collection = self._create_collection()

    def _create_collection(self) -> Any:
        return self._client.get_or_create_collection(
            COLLECTION, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )

    def _close(self) -> None:
        if self._client is not None:
            with _opening:
                self._client.close()
        self._client = self._collection = self._generation = None


@contextmanager
def _chroma_errors(directory: Path) -> Iterator[None]:
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, OSError, ValueError, sqlite3.Error) as error:
        raise IngestError(
            f"The vector store {directory} cannot be used: {error}.",
            hint="Check the folder's permissions; if it is damaged, delete it and ingest again.",
        ) from error
