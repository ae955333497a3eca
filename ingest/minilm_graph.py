"""Builds the ONNX graph of all-MiniLM-L6-v2 from its weights; `ingest.minilm` calls it once.

The network is BERT (Devlin et al., 2019) with six layers, mean pooling over the real tokens and L2
normalisation, as sentence-transformers defines the model. The operators of `com.microsoft` are
onnxruntime's own fused kernels, which keep the graph short.

The weights stay float. With dynamic int8, recall@5 is the same and a batch takes 1/1.4 of the
processor's time, but activations are scaled by batch: a text's vector then depends on what it is
embedded with (cosine 0.985 to itself), and the same question may be read otherwise. With int8 that
scales each row by itself (`MatMulNBits`, 8 bits) the vectors hold still, at a cosine of 0.9993 or
more to those of float, but take 1.3 times the time without VNNI instructions.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

from ingest.minilm import HIDDEN, WINDOW

LAYERS = 6
HEADS = 12

_EPSILON = 1e-12
_FUSED = "com.microsoft"

Weights = dict[str, npt.NDArray[np.float32]]


def load_weights(path: Path) -> Weights:
    """The model's parameters by name."""
    return {name: value for name, value in load_file(path).items() if value.dtype == np.float32}


def build_graph(weights: Path) -> bytes:
    """A serialised ONNX model: `input_ids`, `attention_mask` (batch, tokens) -> `embedding`."""
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
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(
        self, kind: str, inputs: list[str], output: str, *, fused: bool = False, **attributes: Any
    ) -> str:
        domain = _FUSED if fused else ""
        self.nodes.append(helper.make_node(kind, inputs, [output], domain=domain, **attributes))
        return output
