from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from ingest.embeddings import Embedder, Vectors, default_embedder
from ingest.formats import Reader
from ingest.index import DocumentIndex, SyncReport


@pytest.fixture(scope="session")
def embedder_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the real model is prepared, once for the whole run."""
    return tmp_path_factory.mktemp("model")


@pytest.fixture(scope="session")
def embedder(embedder_cache: Path) -> Embedder:
    """The real model."""
    return default_embedder(embedder_cache)


@pytest.fixture(scope="session")
def reader() -> Iterator[Reader]:
    """Reads documents, in one process for the whole run."""
    with Reader() as opened:
        yield opened


class CountingEmbedder:
    """The real model, with a record of what it was asked to embed."""

    def __init__(self, inner: Embedder, name: str = "counting") -> None:
        self.name = name
        self.dimensions = inner.dimensions
        self.texts: list[str] = []
        self._inner = inner

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.texts += texts
        return self._inner.embed(texts)

    def count_tokens(self, text: str) -> int:
        return self._inner.count_tokens(text)


@pytest.fixture
def counting(embedder: Embedder) -> CountingEmbedder:
    return CountingEmbedder(embedder)


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """A folder with two small documents."""
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "delivery.md").write_text(
        "# Delivery policy\n\nWhat we promise.\n\n"
        "## Late parcels\n\nA parcel is late two hours after the promised time.\n\n"
        "## Refunds\n\nFor a late parcel we pay ten percent of the order back.\n"
    )
    (folder / "care.html").write_text("<h1>Wool care</h1><p>Wash wool at 30 degrees.</p>")
    return folder


@pytest.fixture
def index(tmp_path: Path, counting: CountingEmbedder) -> Iterator[DocumentIndex]:
    with DocumentIndex(tmp_path / "index", counting) as opened:
        yield opened


def counts(report: SyncReport) -> tuple[int, int, int, int, int]:
    """Documents added, changed, unchanged and deleted, and chunks embedded."""
    return (
        *(report.added, report.changed, report.unchanged, report.deleted),
        report.chunks_embedded,
    )


def stored_vectors(index: DocumentIndex) -> int:
    """How many vectors Chroma holds."""
    return len(index._vectors.keys())
