"""Chroma inside the process: its files in the index's folder, shared between processes by turns.

Chroma is safe between threads but not between processes: what another process has written stays
invisible to an open client, and its files must not be opened while they are written [both measured
with 1.5.9]. So every change of the index carries a number, its *generation*; a client older than
the present one is opened anew before it reads; writing and opening take turns by a lock file.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ingest import chroma_collections
from ingest.errors import IngestError
from ingest.locks import exclusive

COLLECTION = "passages"
"""The collection of vectors that everybody may see; the others' names begin with it."""

_TURN_SECONDS = 60.0
_opening = threading.Lock()  # Chroma's registry of clients is not safe for two at once


class _Shared:
    """What all the users of one folder in this process have in common.

    Chroma itself keeps one system for a folder in a process, which ends when its last client is
    closed: it could not be opened anew for one user while another goes on with a client of its own.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.users: weakref.WeakSet[EmbeddedChroma] = weakref.WeakSet()
        self.client: Any = None
        self.collections: dict[str, Any] = {}
        self.generation: str | None = None

    def close(self) -> None:
        if self.client is not None:
            with _opening:
                self.client.close()
        self.client = self.generation = None
        self.collections = {}


_folders: dict[Path, _Shared] = {}


class EmbeddedChroma:
    """The collections in a folder; threads may share it, or each have its own.

    Args:
        directory: Where Chroma keeps its files.
        generation: Tells the index's present generation.
    """

    def __init__(self, directory: Path, generation: Callable[[], str]) -> None:
        self._directory = directory.resolve()
        self._present = generation
        self._shared = _folders.setdefault(self._directory, _Shared())

    @contextmanager
    def reading(self) -> Iterator[Mapping[str, Any]]:
        """The collections by label, as the last finished change has left them."""
        with self._shared.lock:
            collections = self._current()
            with _chroma_errors(self._directory):
                yield collections

    @contextmanager
    def writing(self, label: str) -> Iterator[Any]:
        """The collection of a label, which nobody else opens or writes meanwhile."""
        collections = self._current()
        # Without the thread lock: the threads of this process read on meanwhile.
        with self._turn(), _chroma_errors(self._directory):
            if label not in collections:
                # Never changed in place: readers may be going through it.
                made = chroma_collections.create(self._shared.client, COLLECTION, label)
                collections = {**collections, label: made}
                self._shared.collections = collections
            yield collections[label]

    def reset(self) -> None:
        """Deletes the collections; there is an empty one for what has no label."""
        with self._shared.lock, self.writing(""):
            for collection in self._shared.collections.values():
                self._shared.client.delete_collection(collection.name)
            made = chroma_collections.create(self._shared.client, COLLECTION)
            self._shared.collections = {"": made}

    def publish(self, commit: Callable[[], str]) -> None:
        """Lets the store commit a new generation that this process has written itself."""
        with self._shared.lock:
            self._shared.generation = commit()

    def close(self) -> None:
        """Lets the client go, which its last user closes; the next call takes it again."""
        with self._shared.lock:
            self._shared.users.discard(self)
            if not self._shared.users:
                self._shared.close()

    def _current(self) -> Mapping[str, Any]:
        """The collections by label, opened anew if another process has changed them."""
        with self._shared.lock:
            self._shared.users.add(self)
            present = self._present()
            if self._shared.client is None or self._shared.generation != present:
                self._open()
                self._shared.generation = present
            return self._shared.collections

    def _open(self) -> None:
        self._shared.close()
        with self._turn(), _chroma_errors(self._directory):
            with _opening:
                self._shared.client = _client(self._directory)
            self._shared.collections = chroma_collections.opened(self._shared.client, COLLECTION)
            for collection in self._shared.collections.values():
                _load(collection)

    def _turn(self) -> Any:
        return exclusive(self._directory.with_suffix(".lock"), _TURN_SECONDS)


def _client(directory: Path) -> Any:
    import chromadb  # noqa: PLC0415 - half a second that only those who search need
    from chromadb.config import Settings  # noqa: PLC0415

    try:
        return chromadb.PersistentClient(str(directory), Settings(anonymized_telemetry=False))
    except AttributeError as error:  # all that Chroma says when it fails for a second time
        raise ValueError("it cannot be opened") from error


def _load(collection: Any) -> None:
    """Asks for anything, because Chroma reads its files only then."""
    found = collection.get(limit=1, include=["embeddings"])
    if found["ids"]:
        collection.query(query_embeddings=found["embeddings"], n_results=1, include=[])


@contextmanager
def _chroma_errors(directory: Path) -> Iterator[None]:
    from chromadb.errors import ChromaError  # noqa: PLC0415 - as above

    try:
        yield
    except (ChromaError, OSError, ValueError) as error:
        raise IngestError(
            f"The vector store {directory} cannot be used: {error}.",
            hint="Check the folder's permissions; if it is damaged, delete it and ingest again.",
        ) from error
