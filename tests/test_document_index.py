"""Which embedding model and vector store the settings mean, and what the doctor says of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app import doctor, document_index, terminal
from app.cli import cli
from app.settings import Settings
from ingest.embeddings import MiniLM
from ingest.errors import IngestError
from tests.agent.model_server import Reply, Request, failure, serving

OPENAI = "openai:text-embedding-3-small"


def embeddings(request: Request) -> Reply:
    """Vectors that tell by their direction whether a text speaks of kettles."""
    data = [
        {"index": i, "embedding": [1.0, float("kettle" in text.lower())]}
        for i, text in enumerate(request.body["input"])
    ]
    return Reply(raw=json.dumps({"data": data}))


@pytest.fixture(autouse=True)
def _no_key_around(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


def settings_with(home: Path, **values: Any) -> Settings:
    return Settings(home=home, **values)


@pytest.mark.parametrize(
    ("values", "environment", "key"),
    [
        ({"embedding_key": "own", "model": "openai:m", "model_key": "chat"}, "env", "own"),
        ({"model": "openai:m", "model_key": "chat"}, "env", "chat"),
        ({"model": "openai:m"}, "env", "env"),
        ({"model": "anthropic:m", "model_key": "chat"}, "env", "env"),
        ({"model": "anthropic:m", "model_key": "chat"}, "", ""),
        ({"model": "openai:m", "model_key": "chat", "model_url": "http://a/v1"}, "", ""),
        ({"model": "openai:m", "model_key": "chat", "embedding_url": "http://a/v1"}, "", ""),
        (
            {
                "model": "openai:m",
                "model_key": "chat",
                "model_url": "http://a/v1",
                "embedding_url": "http://a/v1",
            },
            "env",
            "chat",
        ),
    ],
)
def test_a_key_is_sent_only_where_it_belongs(
    values: dict[str, str],
    environment: str,
    key: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", environment)
    settings = settings_with(tmp_path, embedding_model=OPENAI, **values)
    assert document_index._key(settings) == key


def test_the_local_model_is_the_default(tmp_path: Path) -> None:
    local = document_index.local_embedder(settings_with(tmp_path))
    assert isinstance(local, MiniLM)
    assert document_index._embedder(settings_with(tmp_path), local) is local


@pytest.mark.parametrize(
    ("script", "values", "ok", "said"),
    [
        (embeddings, {}, True, "m@127.0.0.1"),
        (embeddings, {"embedding_dimensions": 8}, False, "vectors of 2 numbers in place of 8"),
        ([failure(401)], {}, False, "does not accept the key"),
        ([failure(404)], {}, False, "has no embedding model m"),
        ([Reply(raw="<html>")], {}, False, "sent are no embeddings"),
    ],
)
def test_the_doctor_asks_the_embedding_model(
    script: Any, values: dict[str, Any], ok: bool, said: str, tmp_path: Path
) -> None:
    with serving(script) as server:
        finding = _found(
            "Embeddings",
            settings_with(
                tmp_path,
                embedding_model="openai:m",
                embedding_url=server.url,
                embedding_key="sk-planted",
                **values,
            ),
        )
    assert finding.ok is ok
    assert said in finding.detail
    assert "planted" not in finding.detail


def test_the_doctor_looks_for_the_chroma_server(tmp_path: Path) -> None:
    with serving() as nobody:
        pass
    address = nobody.url.removesuffix("/v1")
    finding = _found("Vectors", settings_with(tmp_path, chroma_server=address))
    assert not finding.ok
    assert "cannot be reached" in finding.detail
    assert _found("Vectors", settings_with(tmp_path)).ok


def _found(what: str, settings: Settings) -> doctor.Finding:
    look = dict(doctor.LOOKS)[what]
    try:
        return next(doctor.Finding(what, ok, detail) for ok, detail in look(settings))
    except IngestError as error:
        return doctor.Finding(what, ok=False, detail=str(error))


@pytest.fixture
def ingest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs `tributary ingest` on a folder of one document; answers are typed where given."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "kettle.md").write_text("# Returns\n\nA kettle may be returned.")
    monkeypatch.chdir(tmp_path)
    arguments = ["ingest", str(tmp_path / "docs"), "--home", str(tmp_path / "home")]

    def run(*more: str, typed: Sequence[str] = (), **settings: str) -> tuple[int, str]:
        for name, value in settings.items():
            monkeypatch.setenv(f"TRIBUTARY_{name.upper()}", value)
        monkeypatch.setattr(terminal, "is_interactive", lambda: bool(typed))
        done = CliRunner().invoke(cli, [*arguments, *more], input="\n".join(typed))
        return done.exit_code, f"{done.output}{done.exception}"

    return run


@pytest.mark.parametrize(
    ("more", "typed", "status", "said"),
    [
        ([], [], 1, "--rebuild"),
        (["--rebuild"], [], 0, "1 chunks embedded"),
        ([], ["no"], 1, "--rebuild"),
        ([], [""], 1, "--rebuild"),
        ([], ["y"], 0, "1 chunks embedded"),
    ],
)
def test_another_model_is_a_question_or_an_option(
    ingest: Any, more: list[str], typed: list[str], status: int, said: str
) -> None:
    with serving(embeddings) as server:
        url = server.url
        assert ingest(embedding_model="openai:one", embedding_url=url)[0] == 0
        assert ingest()[0] == 0
        before = len(server.requests)
        ended, output = ingest(*more, typed=typed, embedding_model="openai:two")
        assert (ended, said in " ".join(output.split())) == (status, True), output
        if status:
            asked = [r.body["input"] for r in server.requests[before:]]
            assert asked == [["dimensions"]]  # and no passage
        else:
            assert ingest()[0] == 0
