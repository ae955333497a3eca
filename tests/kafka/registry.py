"""A schema registry: Apicurio with its Confluent-compatible API; see `tests.kafka`.

A small proxy stands before it, which gives the API the root path that Confluent's has and asks
for credentials where a test wants that.
"""

from __future__ import annotations

import base64
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx

from app.engines.pyflink_jvm import java_home
from tests.kafka.keeper import Kept
from tests.kafka.ports import free_ports

START_TIMEOUT = 90.0
_API = "/apis/ccompat/v7"
_ARTIFACTS = "/apis/registry/v3/groups/default/artifacts"
_OPTIONS = (
    "-Xmx320m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Dquarkus.http.host=127.0.0.1",
    "-Dquarkus.log.level=WARN",
    "-Dquarkus.http.access-log.enabled=false",
    "-Dapicurio.rest.deletion.group.enabled=true",
    "-Dapicurio.rest.deletion.artifact.enabled=true",
    "-Dapicurio.rest.deletion.artifact-version.enabled=true",
)


class Registry:
    """A registry that keeps its schemas in memory.

    Attributes:
        url: Its address.
    """

    def __init__(self, home: Path, folder: Path) -> None:
        (port,) = free_ports(1)
        self._origin = f"http://127.0.0.1:{port}"
        self._output = folder / "registry.out"
        (jar,) = home.glob("*-runner.jar")
        java = java_home(os.environ) / "bin" / "java"
        options = [*_OPTIONS, f"-Dquarkus.http.port={port}"]
        self._process = Kept([str(java), *options, "-jar", str(jar)], self._output)
        self._proxy = _Proxy(self._origin + _API)
        self.url = f"http://127.0.0.1:{self._proxy.server_address[1]}"
        threading.Thread(target=self._proxy.serve_forever, daemon=True).start()
        try:
            self._await_answer()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stops it; its schemas are gone."""
        self._proxy.shutdown()
        self._proxy.server_close()
        self._process.stop()

    def clear(self) -> None:
        """Forgets every subject."""
        answer = httpx.delete(self._origin + _ARTIFACTS, timeout=30)
        assert answer.status_code in {204, 404}, answer.text  # 404: there never was a subject

    @contextmanager
    def requires(self, user: str = "", password: str = "", *, bearer: str = "") -> Iterator[None]:
        """Within it, only requests with these credentials are answered."""
        basic = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._proxy.authorization = f"Bearer {bearer}" if bearer else f"Basic {basic}"
        try:
            yield
        finally:
            self._proxy.authorization = ""

    def _await_answer(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while True:
            try:
                if httpx.get(f"{self.url}/subjects", timeout=5).is_success:
                    return
            except httpx.HTTPError:
                pass
            if not self._process.alive or time.monotonic() > deadline:
                said = self._output.read_text(errors="replace")[-2000:]
                raise AssertionError(f"The registry did not start: {said}")
            time.sleep(0.2)


class _Proxy(ThreadingHTTPServer):
    """Passes requests on, under another path; `authorization` is what they must carry."""

    daemon_threads = True

    def __init__(self, target: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target = target
        self.authorization = ""
        self.client = httpx.Client(timeout=30)


class _Handler(BaseHTTPRequestHandler):
    server: _Proxy
    protocol_version = "HTTP/1.1"

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        wanted = self.server.authorization
        if wanted and self.headers.get("Authorization") != wanted:
            self._answer(401, b'{"error_code":401,"message":"Unauthorized"}')
            return
        kept = {k: v for k, v in self.headers.items() if k in {"Content-Type", "Accept"}}
        try:
            got = self.server.client.request(
                self.command, self.server.target + self.path, content=body, headers=kept
            )
        except httpx.HTTPError:
            self._answer(503, b'{"error_code":503,"message":"the registry does not answer"}')
            return
        self._answer(got.status_code, got.content)

    do_GET = do_POST = do_PUT = do_DELETE = _pass_on  # noqa: N815 - the server looks these up

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/vnd.schemaregistry.v1+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited
        """Requests are not worth a line."""
