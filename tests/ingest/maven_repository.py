"""A Maven repository on loopback that holds small files in place of jars, and may misbehave."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from ingest.maven import Artifact


class Repository(ThreadingHTTPServer):
    """Serves `folder`.

    Attributes:
        asked: Paths that were asked for.
        breaks_off: Whether it sends only the first half of a file.
        holds_back: Set while it is to wait in the middle of a file.
    """

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), partial(_Handler, directory=str(folder)))
        self.folder = folder
        self.asked: list[str] = []
        self.breaks_off = False
        self.halfway, self.goes_on = threading.Event(), threading.Event()
        self.goes_on.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def serving(folder: Path) -> Iterator[Repository]:
    repository = Repository(folder)
    threading.Thread(target=repository.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield repository
    finally:
        repository.goes_on.set()
        repository.shutdown()
        repository.server_close()


def laid(folder: Path, coordinates: str, content: bytes) -> Artifact:
    """An artifact of this content, laid where a repository has it."""
    artifact = Artifact(coordinates, hashlib.sha256(content).hexdigest())
    group, name, version, _, _ = artifact.parts
    path = folder.joinpath(*group.split("."), name, version, artifact.file_name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return artifact


class _Handler(SimpleHTTPRequestHandler):
    server: Repository

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        content = path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        half = len(content) // 2
        self.wfile.write(content[:half])
        self.wfile.flush()
        self.server.halfway.set()
        if self.server.breaks_off:
            return
        self.server.goes_on.wait(30)
        self.wfile.write(content[half:])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited
        """Requests are not worth a line."""
