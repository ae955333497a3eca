"""Chroma as a server of its own, reached by its address.

A server has one state for all its clients, so nothing takes turns here. One server holds many
indexes: each has collections that are named after the index's own identity. `ingest.index` and
`tributary doctor` are the callers.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from ingest import chroma_collections
from ingest.errors import IngestError

_CONNECT_SECONDS = 10.0
_REQUEST_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class ChromaServer:
    """How a Chroma server is reached.

    Attributes:
        address: `http://host:port` or `https://host`, with a path where a proxy wants one.
        header: `Name: value` that is sent with every request, such as a token; may be empty.
    """

    address: str
    header: str = field(default="", repr=False)

    @property
    def shown(self) -> str:
        """The host and port, as messages name them."""
        return urlsplit(self.address).netloc

    @property
    def headers(self) -> dict[str, str]:
        """The header as httpx takes it."""
        name, _, value = self.header.partition(":")
        return {name.strip(): value.strip()} if self.header else {}

    def check(self) -> str:
        """Asks whether a Chroma server is there, and says so.

        Raises:
            IngestError: It cannot be reached, wants another header, or is something else.
        """
        with _server_errors(self):
            reply = httpx.get(
                f"{self.address.rstrip('/')}/api/v2/heartbeat",
                headers=self.headers,
                timeout=_CONNECT_SECONDS,
            )
            if reply.status_code in {401, 403}:
                raise _refused(self)
            if reply.status_code != 200 or "nanosecond heartbeat" not in reply.text:
                raise IngestError(
                    f"{self.shown} answers, but not as a Chroma server ({reply.status_code}).",
                    hint="Check chroma_server; the server must be Chroma 1.0 or newer.",
                )
        return f"the Chroma server at {self.shown} answers"


class ServedCollections:
    """An index's collections on a server; threads may share it.

    Args:
        server: How the server is reached.
        name: Tells what the collections' names begin with.
        generation: Tells the index's present generation; a new one may mean new collections.
    """

    def __init__(
        self, server: ChromaServer, name: Callable[[], str], generation: Callable[[], str]
    ) -> None:
        self._server = server
        self._name = name
        self._present = generation
        self._lock = threading.Lock()
        self._client: Any = None
        self._collections: Mapping[str, Any] | None = None
        self._generation: str | None = None

    @contextmanager
    def reading(self) -> Iterator[Mapping[str, Any]]:
        """The collections by label."""
        with _server_errors(self._server):
            try:
                yield self._current()
            except Exception:
                self._collections = None  # the next call looks whether they are still there
                raise

    @contextmanager
    def writing(self, label: str) -> Iterator[Any]:
        """The collection of a label, made if it is not there."""
        with self.reading() as collections:
            yield collections[label] if label in collections else self._created(label)

    def reset(self) -> None:
        """Deletes the collections; there is an empty one for what has no label."""
        with self.reading() as collections, self._lock:
            for collection in collections.values():
                self._client.delete_collection(collection.name)
            self._collections = {"": chroma_collections.create(self._client, self._name())}

    def publish(self, commit: Callable[[], str]) -> None:
        """Notes the new generation that `commit` returns."""
        with self._lock:
            self._generation = commit()

    def close(self) -> None:
        """Closes the connections; the next call opens them again."""
        with self._lock:
            if self._client is not None:
                self._client.close()
            self._client = self._collections = self._generation = None

    def _created(self, label: str) -> Any:
        with self._lock:
            made = chroma_collections.create(self._client, self._name(), label)
            self._collections = {**(self._collections or {}), label: made}
            return made

    def _current(self) -> Mapping[str, Any]:
        """The collections, looked up again if another process may have made them anew."""
        with self._lock:
            present = self._present()
            if self._client is None:
                self._client = _opened(self._server)
            if self._collections is None or self._generation != present:
                self._collections = chroma_collections.opened(self._client, self._name())
                self._generation = present
            return self._collections


def _opened(server: ChromaServer) -> Any:
    import chromadb  # noqa: PLC0415 - half a second that only those who search need
    from chromadb.config import Settings  # noqa: PLC0415

    server.check()  # Chroma's client would take any failure for a server that is not running
    settings = Settings(anonymized_telemetry=False)
    client = chromadb.HttpClient(server.address, headers=server.headers, settings=settings)
    # Chroma's client would wait for ever, and has no setting for it.
    session: httpx.Client = client._server._session  # type: ignore[attr-defined]
    session.timeout = httpx.Timeout(_REQUEST_SECONDS, connect=_CONNECT_SECONDS)
    return client


@contextmanager
def _server_errors(server: ChromaServer) -> Iterator[None]:
    """Maps what Chroma's client raises to `IngestError`."""
    from chromadb.errors import ChromaError  # noqa: PLC0415 - as above

    try:
        yield
    except (ChromaError, httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise _explained(error, server) from error
    except Exception as error:
        if type(error) is not Exception:  # the client's own for a reply that is not Chroma's
            raise
        raise _explained(error, server) from error


def _explained(error: Exception, server: ChromaServer) -> IngestError:
    from chromadb import errors  # noqa: PLC0415 - as above

    match error:
        case httpx.TimeoutException():
            said, hint = "did not answer in time", "Try again, or check the server."
        case httpx.HTTPError() | httpx.InvalidURL():
            said, hint = "cannot be reached", "Check chroma_server, and that it runs."
        case errors.AuthorizationError() | errors.ChromaAuthError():
            return _refused(server)
        case errors.NotFoundError():
            said = "does not hold the index's vectors, or they are being made anew"
            hint = "Try again; if it stays, run `tributary ingest`."
        case errors.ChromaError():
            said = f"refused the request: {str(error).rstrip('.')}"
            hint = "Run `tributary doctor`."
        case _:
            said, hint = "sent what is no reply of Chroma's", "Check the server or its proxy."
    return IngestError(f"The Chroma server at {server.shown} {said}.", hint=hint)


def _refused(server: ChromaServer) -> IngestError:
    given = "the header that was sent" if server.header else "requests without a header"
    return IngestError(
        f"The Chroma server at {server.shown} does not accept {given}.",
        hint="Check chroma_header, such as 'Authorization: Bearer TOKEN'.",
    )
