"""The index on a Chroma server: a real one, started once from the installed package."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from ingest import chroma_server
from ingest.chroma_server import ChromaServer
from ingest.errors import IngestError
from ingest.index import DocumentIndex
from tests.ingest.conftest import CountingEmbedder

_RUN = "from chromadb.cli.cli import app; app()"


@dataclass(frozen=True, slots=True)
class Running:
    server: ChromaServer
    process: subprocess.Popen[bytes]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("chroma-server")
    port = _free_port()
    arguments = ["run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(
        [sys.executable, "-c", _RUN, *arguments],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "ANONYMIZED_TELEMETRY": "False"},
    )
    try:
        server = ChromaServer(f"http://127.0.0.1:{port}")
        _wait_for(server, process)
        yield Running(server, process)
    finally:
        process.kill()
        process.wait(10)


def _wait_for(server: ChromaServer, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            server.check()
        except IngestError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the Chroma server did not start")


def _names(running: Running) -> set[str]:
    url = f"{running.server.address}/api/v2/tenants/default_tenant/databases/default_database"
    return {one["name"] for one in httpx.get(f"{url}/collections").json()}


def _open(folder: Path, embedder: CountingEmbedder, server: ChromaServer) -> DocumentIndex:
    return DocumentIndex(folder, embedder, server=server)


def test_synchronised_searched_and_deleted(
    running: Running,
    docs: Path,
    tmp_path: Path,
    counting: CountingEmbedder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reached: set[str] = set()
    connect = socket.create_connection

    def recording(address: tuple[str, int], *rest: object, **more: object) -> socket.socket:
        reached.add(address[0])
        return connect(address, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "create_connection", recording)
    with _open(tmp_path / "index", counting, running.server) as index:
        assert index.sync([docs]).chunks_embedded == 4
        assert index.search("When is a parcel late?")[0].heading_path[-1] == "Late parcels"
        assert index.sync([docs]).unchanged == 2
        (docs / "care.html").unlink()
        assert index.sync([docs]).deleted == 1
        assert {p.document for p in index.search("laundry temperature")} == {"delivery.md"}
        assert len(index._vectors.keys()) == 3
    assert not (tmp_path / "index" / "chroma").exists()
    assert reached == {"127.0.0.1"}


def test_indexes_on_one_server_do_not_meet(
    running: Running, docs: Path, tmp_path: Path, counting: CountingEmbedder
) -> None:
    before = _names(running)
    with (
        _open(tmp_path / "one", counting, running.server) as one,
        _open(tmp_path / "two", counting, running.server) as two,
    ):
        one.sync([docs])
        two.sync([docs / "care.html"])
        assert len(_names(running) - before) == 2
        assert {p.document for p in two.search("late parcel")} == {"care.html"}
        assert len(one._vectors.keys()) == 4


def test_another_reader_sees_each_finished_change(
    running: Running, docs: Path, tmp_path: Path, counting: CountingEmbedder
) -> None:
    with (
        _open(tmp_path / "index", counting, running.server) as writer,
        _open(tmp_path / "index", counting, running.server) as reader,
    ):
        writer.sync([docs])
        assert reader.search("laundry temperature")[0].document == "care.html"
        writer._vectors.reset()  # the collection the reader holds is gone
        writer._vectors.publish(writer._store.publish)
        assert reader.search("laundry temperature") == []


def test_a_stopped_server_is_said_in_time(
    running: Running,
    docs: Path,
    tmp_path: Path,
    counting: CountingEmbedder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chroma_server, "_REQUEST_SECONDS", 0.5)
    monkeypatch.setattr(chroma_server, "_CONNECT_SECONDS", 5.0)
    with _open(tmp_path / "index", counting, running.server) as index:
        index.sync([docs])
        running.process.send_signal(signal.SIGSTOP)
        try:
            with pytest.raises(IngestError, match="did not answer in time"):
                index.search("late")
        finally:
            running.process.send_signal(signal.SIGCONT)
        assert index.search("late")


def test_a_server_that_is_gone_is_said(
    docs: Path, tmp_path: Path, counting: CountingEmbedder
) -> None:
    server = ChromaServer(f"http://127.0.0.1:{_free_port()}", "X-Token: hunter2")
    with _open(tmp_path, counting, server) as index:
        with pytest.raises(IngestError, match=r"127\.0\.0\.1:\d+ cannot be reached") as caught:
            index.sync([docs])
        assert "chroma_server" in caught.value.hint
        assert index.documents() == []
    assert "hunter2" not in f"{caught.value} {server}"


@pytest.mark.parametrize(
    ("status", "body", "header", "said"),
    [
        (401, "no", "X-Token: hunter2", "does not accept the header that was sent"),
        (403, "no", "", "does not accept requests without a header"),
        (200, "<html>hello", "", "but not as a Chroma server"),
        (404, "{}", "", "but not as a Chroma server"),
        (502, "bad gateway", "", "but not as a Chroma server"),
    ],
)
def test_what_is_no_chroma_server_is_said(
    *, status: int, body: str, header: str, said: str, tmp_path: Path, counting: CountingEmbedder
) -> None:
    sent: list[str | None] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            sent.append(self.headers.get("X-Token"))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            return

    stranger = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=stranger.serve_forever, args=(0.01,), daemon=True).start()
    try:
        server = ChromaServer(f"http://127.0.0.1:{stranger.server_address[1]}", header)
        with _open(tmp_path, counting, server) as index, pytest.raises(IngestError) as caught:
            index._vectors.keys()
    finally:
        stranger.shutdown()
        stranger.server_close()
    assert said in caught.value.message
    assert sent == ["hunter2" if header else None]
    assert "hunter2" not in f"{caught.value} {server!r}"
