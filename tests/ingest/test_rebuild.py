"""A rebuild is offered, never done by surprise, and never mixes the vectors of two models."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from ingest import intake
from ingest.embeddings import Embedder, Vectors
from ingest.errors import IngestError, RebuildNeeded
from ingest.index import DocumentIndex
from ingest.store import Store
from ingest.vectors import VectorStore
from tests.ingest.conftest import CountingEmbedder

QUESTION = "When is a parcel late?"


class Opposite(CountingEmbedder):
    """Another model with vectors of the same length: mixed up, what is alike looks unlike."""

    def __init__(self, inner: Embedder) -> None:
        super().__init__(inner, "opposite")
        self._signs = np.where(np.arange(inner.dimensions) % 2, 1, -1).astype(np.float32)

    def embed(self, texts: Sequence[str]) -> Vectors:
        vectors: Vectors = super().embed(texts) * self._signs
        return vectors


class Crash(Exception):
    pass


@pytest.fixture
def made(tmp_path: Path, docs: Path, counting: CountingEmbedder) -> Path:
    """An index made with the model `counting`."""
    with DocumentIndex(tmp_path / "index", counting) as index:
        index.sync([docs])
    counting.texts.clear()
    return tmp_path / "index"


def test_a_refused_rebuild_embeds_and_changes_nothing(
    made: Path, docs: Path, embedder: Embedder, counting: CountingEmbedder
) -> None:
    other = Opposite(embedder)
    with (
        DocumentIndex(made, other) as index,
        pytest.raises(RebuildNeeded, match=r"2 documents \(about 4 chunks\)"),
    ):
        index.sync([docs])
    assert other.texts == []
    with DocumentIndex(made, counting) as index:
        assert index.sync([docs]).unchanged == 2
        assert index.search(QUESTION)
    assert counting.texts == [QUESTION]


def test_another_way_of_cutting_is_offered_and_the_old_one_searched_meanwhile(
    made: Path, docs: Path, counting: CountingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "_CHUNKING_VERSION", 99)
    with DocumentIndex(made, counting) as index:
        with pytest.raises(RebuildNeeded, match="cut otherwise"):
            index.sync([docs])
        assert index.search(QUESTION)
        assert index.sync([docs], rebuild=True).rebuilt
        assert index.sync([docs]).unchanged == 2


def test_an_empty_index_asks_nobody(tmp_path: Path, docs: Path, embedder: Embedder) -> None:
    with DocumentIndex(tmp_path / "index", CountingEmbedder(embedder)) as index:
        index.sync([])
    with DocumentIndex(tmp_path / "index", Opposite(embedder)) as index:
        assert index.sync([docs]).added == 2


@pytest.mark.parametrize(
    "step",
    [
        (VectorStore, "reset"),
        (Store, "reset"),
        (VectorStore, "publish"),
        (VectorStore, "put"),
        (Store, "put"),
    ],
)
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("goes_on", ["counting", "opposite"])
def test_a_crash_in_a_rebuild_mixes_nothing(
    made: Path,
    docs: Path,
    counting: CountingEmbedder,
    embedder: Embedder,
    monkeypatch: pytest.MonkeyPatch,
    *,
    step: tuple[type, str],
    when: str,
    goes_on: str,
) -> None:
    owner, method = step
    original = getattr(owner, method)

    def crash(self: object, *args: object, **more: object) -> None:
        if when == "after":
            original(self, *args, **more)
        raise Crash

    models = {"counting": counting, "opposite": Opposite(embedder)}
    with monkeypatch.context() as patched, DocumentIndex(made, models["opposite"]) as index:
        patched.setattr(owner, method, crash)
        with pytest.raises(Crash):
            index.sync([docs], rebuild=True)
    for model in models.values():
        assert _best(made, model) in {"Late parcels", "nothing", "refused"}
    with DocumentIndex(made, models[goes_on]) as index:
        index.sync([docs], rebuild=True)
        assert len(index._vectors.keys()) == 4
    assert _best(made, models[goes_on]) == "Late parcels"


def _best(folder: Path, model: Embedder) -> str:
    """The heading of the best passage, by a similarity that only unmixed vectors give."""
    with DocumentIndex(folder, model) as index:
        try:
            found = index.search(QUESTION)
        except IngestError:
            return "refused"
    if not found:
        return "nothing"
    return found[0].heading_path[-1] if found[0].similarity > 0.5 else "mixed"


def test_a_rebuild_during_a_search_is_noticed(
    made: Path, docs: Path, counting: CountingEmbedder, embedder: Embedder
) -> None:
    class Slow(CountingEmbedder):
        def embed(self, texts: Sequence[str]) -> Vectors:
            with DocumentIndex(made, Opposite(embedder)) as other:
                other.sync([docs], rebuild=True)
            return super().embed(texts)

    with (
        DocumentIndex(made, Slow(embedder)) as index,
        pytest.raises(IngestError, match="another embedding model"),
    ):
        index.search(QUESTION)
