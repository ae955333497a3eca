"""Embeddings of OpenAI, or of any server that speaks its protocol: vLLM, llama.cpp, Ollama, TEI."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from ingest.embeddings import Recent, Vectors
from ingest.errors import IngestError

_OWN_ADDRESS = "https://api.openai.com/v1"
_NO_KEY = "none"  # the client insists on one; servers without keys ignore it

_BATCH = 32  # what TEI takes in one request; OpenAI takes 2,048
_BATCH_TOKENS = 100_000  # OpenAI takes 300,000, and the count is an estimate
_AT_ONCE = 4

_SECONDS, _RETRIES = 60.0, 4
_QUERY_SECONDS, _QUERY_RETRIES = 15.0, 1  # somebody waits

_TOO_LONG = ("context length", "context_length", "too long", "too large", "input_too_long")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """How an embedding model is reached.

    Attributes:
        model: Its name, as the server knows it.
        url: Base address; OpenAI's own where empty.
        key: What is paid by; may be empty for a server of one's own.
        dimensions: Numbers in a vector, for models that can be asked for fewer; None leaves it to
            the server.
    """

    model: str
    url: str = ""
    key: str = field(default="", repr=False)
    dimensions: int | None = None

    @property
    def host(self) -> str:
        """Host and port, as messages and the embedder's name say them."""
        return urlsplit(self.url or _OWN_ADDRESS).netloc


class OpenAIEmbedder:
    """A model behind an OpenAI-compatible `/embeddings`; threads may share it.

    Nothing is sent before the first use.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._opening = threading.Lock()
        self._recent = Recent()

    @property
    def name(self) -> str:
        """Model, server and dimensions; another server's model of that name may be another."""
        asked = self._endpoint.dimensions
        suffix = f"/{asked}" if asked else ""
        return f"{self._endpoint.model}@{self._endpoint.host}{suffix}"

    @cached_property
    def dimensions(self) -> int:
        """Numbers in a vector; where it is not set, the server is asked once."""
        return self._endpoint.dimensions or self.embed(["dimensions"]).shape[1]

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit vector for each text; see `Embedder.embed`.

        Raises:
            IngestError: The server cannot be reached, refuses, or sends something else.
        """
        return self._recent.embed(texts, self._run)

    def count_tokens(self, text: str) -> int:
        """An estimate: the exact encodings are files to be downloaded.

        OpenAI's tokens have about four characters of English, and one or less of most other
        scripts.
        """
        plain = sum(map(str.isascii, text))
        return -(-plain // 4) + len(text) - plain

    def _run(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        batches = list(self._batches(texts))
        if len(batches) == 1:
            return self._request(batches[0])
        pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="embeddings")
        try:
            return np.concatenate(list(pool.map(self._request, batches)))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _batches(self, texts: Sequence[str]) -> Iterator[list[str]]:
        batch: list[str] = []
        tokens = 0
        for text in texts:
            more = self.count_tokens(text)
            if batch and (len(batch) == _BATCH or tokens + more > _BATCH_TOKENS):
                yield batch
                batch, tokens = [], 0
            batch.append(text or " ")  # an empty text is refused
            tokens += more
        yield batch

    def _request(self, texts: list[str]) -> Vectors:
        client = self._client
        if len(texts) == 1:
            client = client.with_options(timeout=_QUERY_SECONDS, max_retries=_QUERY_RETRIES)
        asked = self._endpoint.dimensions
        with _api_errors(self._endpoint):
            reply = client.embeddings.create(
                model=self._endpoint.model,
                input=texts,
                **({"dimensions": asked} if asked else {}),
            )
            received = sorted((one.index, one.embedding) for one in reply.data)
            vectors = np.array([vector for _, vector in received], dtype=np.float32)
        if [index for index, _ in received] != list(range(len(texts))):
            raise self._unusable(f"{len(received)} vectors for {len(texts)} texts")
        if asked and vectors.shape[1] != asked:
            raise self._unusable(
                f"vectors of {vectors.shape[1]} numbers in place of {asked}",
                hint="Correct embedding_dimensions, or leave it out.",
            )
        return self._of_length_1(vectors)

    def _of_length_1(self, vectors: Vectors) -> Vectors:
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.all(np.isfinite(lengths) & (lengths > 0)):
            raise self._unusable("vectors that have no direction")
        unit: Vectors = vectors / lengths
        return unit

    def _unusable(self, what: str, *, hint: str = "Check embedding_model.") -> IngestError:
        return IngestError(
            f"The embedding model {self._endpoint.model} at {self._endpoint.host} gave {what}.",
            hint=hint,
        )

    @property
    def _client(self) -> Any:
        # cached_property alone would let two threads open two.
        with self._opening:
            return self._opened_client

    @cached_property
    def _opened_client(self) -> Any:
        import openai  # noqa: PLC0415 - a second that only its users pay

        if not (self._endpoint.key or self._endpoint.url):
            raise IngestError(
                f"There is no key for the embedding model {self._endpoint.model}.",
                hint="Set embedding_key, TRIBUTARY_EMBEDDING_KEY or OPENAI_API_KEY.",
            )
        return openai.OpenAI(
            api_key=self._endpoint.key or _NO_KEY,
            base_url=self._endpoint.url or _OWN_ADDRESS,
            timeout=_SECONDS,
            max_retries=_RETRIES,
        )


@contextmanager
def _api_errors(endpoint: Endpoint) -> Iterator[None]:
    """Maps the client's exceptions to `IngestError`; what the server said is never shown."""
    import openai  # noqa: PLC0415 - as above

    try:
        yield
    except openai.APITimeoutError as error:
        message = f"{endpoint.host} did not answer in time."
        raise IngestError(message, hint="Try again in a minute.") from error
    except openai.APIConnectionError as error:
        message = f"{endpoint.host} cannot be reached."
        raise IngestError(message, hint="Check embedding_url, and that it runs.") from error
    except openai.APIStatusError as error:
        message, hint = _by_status(error.status_code, _said(error), endpoint)
        raise IngestError(message, hint=hint) from error
    except (openai.OpenAIError, AttributeError, TypeError, ValueError) as error:
        # The client does not look whether a reply is of the form that it promises.
        message = f"What {endpoint.host} sent are no embeddings."
        raise IngestError(message, hint="Check embedding_url and embedding_model.") from error


def _by_status(status: int, said: str, endpoint: Endpoint) -> tuple[str, str]:
    host = endpoint.host
    if status == 413 or any(sign in said for sign in _TOO_LONG):
        return f"A text is too long for the embedding model at {host} ({status}).", "Set another."
    match status:
        case 401 | 403:
            return f"{host} does not accept the key ({status}).", "Check embedding_key."
        case 404:
            hint = "Check embedding_model and embedding_url."
            return f"{host} has no embedding model {endpoint.model} (404).", hint
        case 429 if "quota" in said:
            return f"The account at {host} has no quota left (429).", "Check its billing."
        case 429:
            hint = "Try again in a minute; what is done stays done."
            return f"{host} limits the rate of requests (429).", hint
        case _ if "dimension" in said and endpoint.dimensions:
            hint = "Correct embedding_dimensions, or leave it out."
            return f"{endpoint.model} has no vectors of {endpoint.dimensions} numbers.", hint
        case _ if status < 500:
            return (
                f"{host} refused the request for embeddings ({status}).",
                "Check embedding_model.",
            )
        case _:
            return f"{host} has a fault of its own ({status}).", "Try again in a minute."


def _said(error: Any) -> str:
    """What the server gave as reasons; compared, never shown: it may repeat what it was sent."""
    return f"{error.code} {error.type} {error.message}".lower()
