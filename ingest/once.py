"""Chunks to vectors in the store, each text embedded once; `ingest.sync` uses one in every run."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np

from ingest.chunks import Chunk
from ingest.embeddings import Embedder, Vectors
from ingest.vectors import VectorStore

_STEP = 128  # texts in one call: enough for a server to be asked for several batches at once


class EmbeddedOnce:
    """Writes the vectors of chunks, and copies those of texts that it has met before."""

    def __init__(self, embedder: Embedder, vectors: VectorStore) -> None:
        self._embedder = embedder
        self._vectors = vectors
        self._ids: dict[bytes, str] = {}

    def know(self, chunk: Chunk) -> None:
        """Notes that the store has the vector of a chunk."""
        self._ids.setdefault(_digest(chunk.embedded), chunk.id)

    def write(self, chunks: Sequence[Chunk], done: Callable[[int], None]) -> None:
        """Gives every chunk its vector; what is written stays, if the rest is not reached.

        Args:
            chunks: Those that have none.
            done: Told after every step how many more have theirs.

        Raises:
            IngestError: The embedding model or the store cannot be used.
        """
        by_text: defaultdict[str, list[Chunk]] = defaultdict(list)
        for chunk in chunks:
            by_text[chunk.embedded].append(chunk)
        # Sorted, so that texts of one length are embedded together.
        texts = sorted(by_text, key=len)
        for first in range(0, len(texts), _STEP):
            step = texts[first : first + _STEP]
            known = self._stored(step)
            new = [text for text in step if text not in known]
            known |= zip(new, self._embedder.embed(new), strict=True) if new else ()
            given = [chunk for text in step for chunk in by_text[text]]
            rows = np.stack([known[chunk.embedded] for chunk in given])
            self._vectors.put([chunk.id for chunk in given], rows)
            for chunk in given:
                self.know(chunk)
            done(len(given))

    def _stored(self, texts: Sequence[str]) -> dict[str, Vectors]:
        """The vectors that the store has of texts met before."""
        ids = {text: self._ids.get(_digest(text)) for text in texts}
        stored = self._vectors.stored([id_ for id_ in ids.values() if id_])
        return {text: stored[id_] for text, id_ in ids.items() if id_ in stored}


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
