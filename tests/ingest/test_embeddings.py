from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import numpy as np
import pytest
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from ingest import minilm
from ingest.embeddings import ChromaDefault, Embedder, MiniLM, Vectors, default_embedder
from ingest.errors import IngestError

TEXTS = [
    "When is a parcel late?",
    "",
    "A delivery is overdue two hours after the promised time.",
    "Wash wool at 30 degrees. " * 40,
    "naïve café 日本語 😀",
]


def _files() -> minilm.ModelFiles:
    files = minilm.installed()
    assert files is not None
    return files


def _normed(x: Vectors, weights: dict[str, Vectors], name: str) -> Vectors:
    centred = x - x.mean(-1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12)
    return np.asarray(scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"])


def _dense(x: Vectors, weights: dict[str, Vectors], name: str) -> Vectors:
    return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]


def _erf(x: Vectors) -> Vectors:
    # Abramowitz and Stegun 7.1.26, wrong by at most 1.5e-7.
    t = 1 / (1 + 0.3275911 * np.abs(x))
    series = t * (
        0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))
    )
    return np.asarray(np.sign(x) * (1 - series * np.exp(-x * x)))


def _plain_forward(ids: list[int], weights: dict[str, Vectors]) -> Vectors:
    """BERT written down once more, for one text without padding."""
    x = weights["embeddings.word_embeddings.weight"][ids]
    x = x + weights["embeddings.position_embeddings.weight"][: len(ids)]
    x = x + weights["embeddings.token_type_embeddings.weight"][0]
    x = _normed(x, weights, "embeddings.LayerNorm")
    for layer in range(6):
        name = f"encoder.layer.{layer}"
        q, k, v = (
            _dense(x, weights, f"{name}.attention.self.{part}").reshape(-1, 12, 32).swapaxes(0, 1)
            for part in ("query", "key", "value")
        )
        scores = np.exp(q @ k.swapaxes(1, 2) / np.sqrt(32))
        attended = (scores / scores.sum(-1, keepdims=True)) @ v
        attended = attended.swapaxes(0, 1).reshape(-1, 384)
        attended = _dense(attended, weights, f"{name}.attention.output.dense")
        x = _normed(x + attended, weights, f"{name}.attention.output.LayerNorm")
        inner = _dense(x, weights, f"{name}.intermediate.dense")
        inner = inner * 0.5 * (1 + _erf(inner / np.sqrt(2)))
        output = _dense(inner, weights, f"{name}.output.dense")
        x = _normed(x + output, weights, f"{name}.output.LayerNorm")
    mean = x.mean(0)
    return np.asarray(mean / np.linalg.norm(mean))


def test_the_graph_computes_what_the_weights_mean(embedder: Embedder) -> None:
    weights = load_file(_files().weights)
    tokenizer = Tokenizer.from_file(str(_files().tokenizer))
    tokenizer.enable_truncation(256)
    tokenizer.no_padding()
    vectors = embedder.embed(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), embedder.dimensions)
    for text, vector in zip(TEXTS, vectors, strict=True):
        assert vector @ _plain_forward(tokenizer.encode(text).ids, weights) > 0.9999


def test_related_texts_are_closer_than_unrelated_ones(embedder: Embedder) -> None:
    question, _, related, unrelated, _ = embedder.embed(TEXTS)
    assert question @ related > 0.5
    assert question @ unrelated < 0.2


def test_a_vector_does_not_depend_on_its_batch(embedder: Embedder) -> None:
    many = embedder.embed([f"{text} {i}" for i in range(20) for text in TEXTS])
    alone = embedder.embed([f"{TEXTS[0]} 7"])
    assert np.allclose(many[35], alone[0], atol=1e-5)
    assert embedder.embed([]).shape == (0, 384)


def test_questions_are_remembered(embedder: Embedder) -> None:
    first, second = (embedder.embed(["Which carriers are late?"]) for _ in range(2))
    assert first is second
    assert not first.flags.writeable


def test_threads_share_one_model(tmp_path: Path) -> None:
    shared = MiniLM(_files(), tmp_path)
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda i: shared.embed([f"text {i % 4}", "b"]), range(16)))
    assert all(np.allclose(results[i], results[i % 4], atol=1e-5) for i in range(16))


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("late parcels", 2), ("unboxing", 3), ("x " * 500, 500)]
)
def test_tokens_are_the_models_own(embedder: Embedder, text: str, tokens: int) -> None:
    assert embedder.count_tokens(text) == tokens


def test_the_graph_is_built_once_and_again_when_damaged(tmp_path: Path) -> None:
    graph = minilm.graph_file(_files(), tmp_path)
    before = graph.stat().st_mtime_ns
    assert minilm.graph_file(_files(), tmp_path).stat().st_mtime_ns == before
    graph.write_bytes(b"half a file")
    assert minilm.graph_file(_files(), tmp_path).stat().st_size > 80_000_000
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".json", ".onnx"]


def test_other_weights_are_refused(tmp_path: Path) -> None:
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(b"not the model")
    files = minilm.ModelFiles(weights, _files().tokenizer)
    with pytest.raises(IngestError, match="not the published ones"):
        minilm.graph_file(files, tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_a_cache_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(IngestError, match="cannot be written") as caught:
        minilm.graph_file(_files(), tmp_path / "file")
    assert "--home" in caught.value.hint


def test_without_the_weights_chromas_own_download_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(minilm, "PACKAGE", "no_such_package")
    fallback = default_embedder(tmp_path)
    assert isinstance(fallback, ChromaDefault)
    assert fallback.embed([]).shape == (0, 384)
    assert fallback.count_tokens("When is a parcel late?") == 8


def test_a_failed_download_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    from chromadb.utils import embedding_functions

    class Offline:
        def __call__(self, texts: list[str]) -> Vectors:
            raise httpx.ConnectError("no network")

    monkeypatch.setattr(embedding_functions, "DefaultEmbeddingFunction", Offline)
    with pytest.raises(IngestError, match="cannot be downloaded: no network"):
        ChromaDefault().embed(["a", "b"])


def test_the_package_with_the_weights_is_not_imported() -> None:
    code = (
        "import sys; from ingest import minilm;"
        " print(minilm.installed() is not None, minilm.PACKAGE in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert run.stdout.split() == ["True", "False"]
