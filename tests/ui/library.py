"""A small library on a disk, without the real embedding model."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np

from app.library import Library
from ingest.embeddings import Vectors
from ingest.index import DocumentIndex


class WordsEmbedder:
    """Texts with the same words have the same vector."""

    name = "words"
    dimensions = 64

    def embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.full((len(texts), self.dimensions), 1e-3, dtype=np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            for word in text.lower().split():
                vector[zlib.crc32(word.encode()) % self.dimensions] += 1
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit

    def count_tokens(self, text: str) -> int:
        return len(text.split())


def library(
    folder: Path,
    *sources: Path,
    rules: Mapping[str, str] | None = None,
    access: Collection[str] = (),
    is_sample: bool = False,
) -> Library:
    """A library in a folder; nothing is in its index before the first sync."""
    index = DocumentIndex(folder / "index", WordsEmbedder(), access=rules)
    return Library(
        index,
        index.reader(access),
        sources=sources,
        uploads=folder / "uploads",
        rules=rules or {},
        access=access,
        is_sample=is_sample,
    )
