from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ingest.chroma_embedded import EmbeddedChroma
from ingest.embeddings import Vectors
from ingest.vectors import VectorStore


def of_length_1(vectors: Any) -> Vectors:
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit.astype(np.float32)


def test_what_is_unlike_all_the_rest_is_found(tmp_path: Path) -> None:
    """A thousand texts on one matter, and forty on others, each asked for by something near it."""
    random = np.random.default_rng(3)
    matter = random.normal(size=32)
    alike = of_length_1(matter + 0.5 * random.normal(size=(1_000, 32)))
    others = of_length_1(random.normal(size=(40, 32)) + 0.3 * matter)
    asked = of_length_1(others + 0.5 * random.normal(size=others.shape))
    vectors = np.vstack([alike, others])
    store = VectorStore(EmbeddedChroma(tmp_path, lambda: ""))
    for first in range(0, len(vectors), 100):  # as they come from the model
        rows = range(first, min(first + 100, len(vectors)))
        store.put({f"v{row}": "" for row in rows}, vectors[rows])
    missed = sum(f"v{int(np.argmax(vectors @ one))}" not in store.nearest(one, 50) for one in asked)
    store.close()
    assert missed <= 2
