"""The embedder over real HTTP, against a scripted server that speaks OpenAI's protocol."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from ingest.errors import IngestError
from ingest.openai_embeddings import Endpoint, OpenAIEmbedder
from tests.agent.model_server import ModelServer, Reply, Request, failure, serving

KEY = "sk-planted"
AT_ONCE = {"retry-after-ms": "1"}


def _vector(text: str) -> list[float]:
    """Tells texts apart, and is not of length 1."""
    return [3.0, float(len(text)), float(sum(map(ord, text)) % 97)]


def _embeddings(
    texts: Sequence[str],
    *,
    make: Callable[[str], list[float]] = _vector,
    backwards: bool = False,
    encoded: bool = False,
) -> Reply:
    data: list[dict[str, Any]] = []
    for index, text in enumerate(texts):
        vector: Any = make(text)
        if encoded:
            vector = base64.b64encode(np.array(vector, dtype="<f4").tobytes()).decode()
        data.append({"object": "embedding", "index": index, "embedding": vector})
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    body = {"object": "list", "model": "m", "data": data[:: -1 if backwards else 1], "usage": usage}
    return Reply(raw=json.dumps(body))


def _embedder(server: ModelServer, **more: Any) -> OpenAIEmbedder:
    return OpenAIEmbedder(Endpoint("m", url=server.url, key=KEY, **more))


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("encoded", [False, True])
def test_batches_come_back_in_order_and_of_length_1(backwards: bool, encoded: bool) -> None:
    texts = [f"text {'x' * (i % 50)} {i}" for i in range(150)]

    def script(request: Request) -> Reply:
        return _embeddings(request.body["input"], backwards=backwards, encoded=encoded)

    with serving(script) as server:
        vectors = _embedder(server).embed(texts)
        sizes = sorted(len(request.body["input"]) for request in server.requests)
        sent = {request.headers["authorization"] for request in server.requests}
    expected = np.array([_vector(text) for text in texts])
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    assert vectors.dtype == np.float32
    assert np.allclose(vectors, expected, atol=1e-6)
    assert sizes == [22, 32, 32, 32, 32]
    assert sent == {f"Bearer {KEY}"}


def test_a_batch_is_bounded_by_its_tokens() -> None:
    with serving(lambda request: _embeddings(request.body["input"])) as server:
        _embedder(server).embed(["字" * 45_000] * 4)
        assert [len(request.body["input"]) for request in server.requests] == [2, 2]


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("late", 1), ("late parcels", 3), ("荷物", 2), ("é" * 8, 8)]
)
def test_tokens_are_estimated(text: str, tokens: int) -> None:
    assert OpenAIEmbedder(Endpoint("m")).count_tokens(text) == tokens


def test_a_question_is_asked_once_and_an_empty_text_not_as_such() -> None:
    with serving(lambda request: _embeddings(request.body["input"])) as server:
        embedder = _embedder(server)
        assert embedder.embed(["late?"]) is embedder.embed(["late?"])
        embedder.embed([""])
        assert [request.body["input"] for request in server.requests] == [["late?"], [" "]]


@pytest.mark.parametrize("status", [429, 500, 503])
@pytest.mark.parametrize("texts", [["one"], ["one", "two"]])
def test_what_passes_is_tried_again(status: int, texts: list[str]) -> None:
    replies = [Reply(status=status, error={"message": "busy"}, headers=AT_ONCE), _embeddings(texts)]
    with serving(replies) as server:
        assert _embedder(server).embed(texts).shape == (len(texts), 3)
        assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (failure(401, f"Incorrect API key provided: {KEY}"), "does not accept the key (401)"),
        (failure(403, f"no {KEY}"), "does not accept the key (403)"),
        (failure(404, "The model `m` does not exist"), "has no embedding model m (404)"),
        (failure(429, "slow down"), "limits the rate of requests (429)"),
        (failure(429, "no", code="insufficient_quota"), "has no quota left (429)"),
        (failure(400, "maximum context length is 8192 tokens"), "A text is too long"),
        (failure(413, "payload"), "A text is too long"),
        (failure(400, "This model does not support dimensions"), "has no vectors of 2 numbers"),
        (failure(422, "what?"), "refused the request for embeddings (422)"),
        (failure(500, "oops"), "has a fault of its own (500)"),
        (Reply(raw="<html>"), "sent are no embeddings"),
        (Reply(raw="{}"), "sent are no embeddings"),
        (Reply(raw='{"data": []}'), "sent are no embeddings"),
        (Reply(raw='{"data": [{"index": 0, "embedding": ["a"]}]}'), "sent are no embeddings"),
        (_embeddings(["a"]), "gave 1 vectors for 2 texts"),
        (_embeddings(["a", "b", "c"]), "gave 3 vectors for 2 texts"),
        (_embeddings(["a", "b"]), "gave vectors of 3 numbers in place of 2"),
        (_embeddings(["a", "bb"], make=lambda t: [1.0] * len(t)), "sent are no embeddings"),
        (_embeddings(["a", "b"], make=lambda _: [0.0, 0.0]), "no direction"),
        (_embeddings(["a", "b"], make=lambda _: [float("nan"), 1.0]), "no direction"),
    ],
)
def test_failures_are_said_without_the_key(
    reply: Reply, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    headers = {"x-should-retry": "false"}
    answer = Reply(status=reply.status, error=reply.error, raw=reply.raw, headers=headers)
    with serving([answer]) as server:
        embedder = _embedder(server, dimensions=2)
        with pytest.raises(IngestError) as caught:
            embedder.embed(["a", "b"])
    assert said in caught.value.message
    assert caught.value.hint
    assert KEY not in f"{caught.value} {embedder._endpoint!r} {embedder.name}"
    assert KEY not in caplog.text


def test_nobody_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.openai_embeddings._QUERY_RETRIES", 0)
    with serving() as server:
        pass
    with pytest.raises(IngestError, match=r"127\.0\.0\.1:\d+ cannot be reached"):
        _embedder(server).embed(["a"])


def test_a_slow_server_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.openai_embeddings._QUERY_RETRIES", 0)
    monkeypatch.setattr("ingest.openai_embeddings._QUERY_SECONDS", 0.2)
    with (
        serving([Reply(raw="{}", before=1.0)]) as server,
        pytest.raises(IngestError, match="did not answer in time"),
    ):
        _embedder(server).embed(["a"])


def test_openais_own_address_needs_a_key() -> None:
    with pytest.raises(IngestError, match="There is no key") as caught:
        OpenAIEmbedder(Endpoint("text-embedding-3-small")).embed(["a"])
    assert "embedding_key" in caught.value.hint


@pytest.mark.parametrize(
    ("endpoint", "name"),
    [
        (Endpoint("text-embedding-3-small", key=KEY), "text-embedding-3-small@api.openai.com"),
        (Endpoint("m", "http://localhost:8000/v1", KEY), "m@localhost:8000"),
        (Endpoint("m", "https://host/v1", KEY, dimensions=256), "m@host/256"),
    ],
)
def test_the_name_is_model_host_and_dimensions(endpoint: Endpoint, name: str) -> None:
    assert OpenAIEmbedder(endpoint).name == name


def test_dimensions_are_asked_for_where_they_are_not_set() -> None:
    with serving(lambda request: _embeddings(request.body["input"])) as server:
        embedder = _embedder(server)
        assert server.requests == []
        assert embedder.dimensions == 3
        assert embedder.embed([]).shape == (0, 3)
        assert len(server.requests) == 1
        assert "dimensions" not in server.requests[0].body
