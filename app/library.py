"""The documents as the Documents page manages them: what there is, uploads, deletion, re-sync.

What is shown is what the caller may read; what is written is what the settings say, whoever asks:
access labels come from there alone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from app.errors import IngestError
from app.uploads import Uploads, name_of, require_acceptable
from ingest.documents import FileProblem
from ingest.filters import label_of
from ingest.index import DocumentIndex, DocumentInfo, DocumentReader, SyncProgress, SyncReport
from ingest.passage import Passage

_LOCK_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that somebody wants to hand in.

    Attributes:
        given: The name that it came with.
        name: The name that it would be kept under; empty where it is not taken.
        label: The access label that it would get; empty where everybody may read it.
        replaces: Whether there is an upload of that name.
        is_seen: Whether the caller may read it once it is there.
        problem: Why it is not taken, and what to do; empty where it is.
    """

    given: str
    name: str = ""
    label: str = ""
    replaces: bool = False
    is_seen: bool = True
    problem: str = ""


class Library:
    """The documents of an assistant. Safe to call from many threads.

    Args:
        index: What is written.
        reader: What the caller may read.
        sources: The user's own files and folders; where there are none, those that were ingested
            last stay.
        uploads: The source that uploads are kept in.
        rules: Access labels by patterns of ids, as the settings have them.
        access: The caller's labels.
        is_sample: Whether the documents are the sample shop's.
    """

    def __init__(
        self,
        index: DocumentIndex,
        reader: DocumentReader,
        *,
        sources: Sequence[Path],
        uploads: Path,
        rules: Mapping[str, str],
        access: Collection[str],
        is_sample: bool = False,
    ) -> None:
        self._index = index
        self._reader = reader
        self._sources = tuple(sources)
        self._uploads = Uploads(uploads)
        self._rules = rules
        self._access = frozenset(access)
        self._lock = threading.Lock()
        self.is_sample = is_sample

    def documents(self) -> list[DocumentInfo]:
        """The documents in the index that the caller may read, by id."""
        return self._reader.documents()

    def search(self, query: str, limit: int = 8) -> list[Passage]:
        """The passages nearest to a query, best first."""
        return self._reader.search(query, limit)

    def waiting(self) -> list[str]:
        """The ids of uploads that the index does not hold yet, or cannot."""
        known = {self._uploads.name_in(d.id) for d in self._index.documents()}
        names = (n for n in self._uploads.names() if n not in known and self._may_see(n))
        return [self._uploads.id_of(name) for name in names]

    def finished(self) -> datetime | None:
        """When the sync that ended last did so (UTC); None where there was none."""
        last = self._index.last_sync()
        return last.finished if last else None

    def problems(self) -> list[FileProblem]:
        """Files that the last sync could not take in, as far as the caller may know of them."""
        last = self._index.last_sync()
        if last is None:
            return []
        sources = self._index.sources
        told = (self._as_told(problem, sources) for problem in last.problems)
        return [problem for problem in told if problem]

    def upload_of(self, document: str) -> str:
        """The upload that a document is, or lies in; empty where it is the user's own file."""
        return self._uploads.name_in(document)

    def arrivals(self, files: Sequence[tuple[str, int]]) -> list[Arrival]:
        """What would become of files that are handed in together.

        Args:
            files: The name that each comes with, and its bytes.
        """
        found: list[Arrival] = []
        for given, size in files:
            one = self._arrival(given, size)
            if one.name and any(one.name == other.name for other in found):
                one = Arrival(given, problem="Another of these files has the same name.")
            found.append(one)
        return found

    def _arrival(self, given: str, size: int) -> Arrival:
        try:
            name = name_of(given)
            require_acceptable(name, size)
        except IngestError as error:
            return Arrival(given, problem=str(error))
        replaces, is_seen = name in self._uploads.names(), self._may_see(name)
        if replaces and not is_seen:
            return Arrival(given, problem="This name cannot be used. Rename the file.")
        return Arrival(given, name, self._label(name), replaces, is_seen)

    def put(self, given: str, content: bytes, *, replace: bool = False) -> None:
        """Keeps a file that was handed in; the next sync takes it in.

        Args:
            given: The name that it comes with.
            content: Its bytes.
            replace: Whether it may take the place of an upload of the same name.

        Raises:
            IngestError: It is not taken, or cannot be written.
        """
        arrival = self._arrival(given, len(content))
        if arrival.problem:
            raise IngestError(arrival.problem)
        with self._lock:
            self._uploads.put(arrival.name, content, replace=replace)

    def delete(self, names: Collection[str]) -> None:
        """Deletes uploads, and what the index holds of them.

        Raises:
            IngestError: One cannot be deleted, or another process is writing the index.
        """
        seen = [name for name in names if self._may_see(name)]
        gone = [d.id for d in self._index.documents() if self._uploads.name_in(d.id) in seen]
        self._uploads.delete(seen)
        try:
            self._index.remove(gone, lock_timeout=_LOCK_SECONDS)
        except IngestError as error:
            raise IngestError(
                f"The files are deleted, but answers may cite them still. {error.message}",
                hint="They leave the index with the next sync.",
            ) from error

    def sync(self, progress: Callable[[SyncProgress], None]) -> SyncReport:
        """Brings the index to the state of all sources.

        Args:
            progress: Told how far it is; what it raises ends the sync, and what is done stays.

        Raises:
            IngestError: See `DocumentIndex.sync`.
        """
        return self._index.sync(self._all_sources(), progress=progress, lock_timeout=_LOCK_SECONDS)

    def _all_sources(self) -> tuple[Path, ...]:
        """Uploads come last, so that none takes the id of a file of the user's own."""
        uploads = self._uploads.root
        uploads.mkdir(parents=True, exist_ok=True)
        own = self._sources or self._index.sources
        return (*(source for source in own if source != uploads), uploads)

    def _label(self, upload: str) -> str:
        return label_of(self._rules, self._uploads.id_of(upload))

    def _may_see(self, upload: str) -> bool:
        return self._label(upload) in {"", *self._access}

    def _as_told(self, problem: FileProblem, sources: Sequence[Path]) -> FileProblem | None:
        """A problem by the file's place in its source; None where the caller may not know of it.

        Files that could not be read have no id, so no id that it could have had may be out of
        her sight.
        """
        path = Path(problem.path)
        folders = (source.parent if source == path else source for source in sources)
        folder = next((f for f in folders if path.is_relative_to(f)), None)
        if folder is None:
            return None if self._rules else problem
        inside = path.relative_to(folder).as_posix()
        labels = {label_of(self._rules, i) for i in (inside, f"{folder.name}/{inside}", str(path))}
        return replace(problem, path=inside) if labels <= {"", *self._access} else None
