"""What a sync says while it runs and when it is done."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from ingest.documents import FileProblem


@dataclass(frozen=True, slots=True)
class SyncProgress:
    """How far a sync is.

    Attributes:
        documents: Files looked at, of `documents_total`.
        documents_total: Files found.
        chunks: Chunks embedded, of `chunks_total`.
        chunks_total: Chunks found so far that need embedding; grows while files are read.
        bytes_read: Of the files looked at, of `bytes_total`.
        bytes_total: Of all files.
        seconds: Spent on embedding so far.
    """

    documents: int
    documents_total: int
    chunks: int
    chunks_total: int
    bytes_read: int = 0
    bytes_total: int = 0
    seconds: float = 0.0

    @property
    def chunks_expected(self) -> int:
        """Chunks to embed in all, if the files to come need as many for a byte as those before.

        >>> SyncProgress(1, 4, 0, 10, bytes_read=100, bytes_total=400).chunks_expected
        40
        """
        if not self.bytes_read:
            return self.chunks_total
        return max(self.chunks_total, self.chunks_total * self.bytes_total // self.bytes_read)

    @property
    def rate(self) -> float:
        """Chunks embedded in a second; 0 before the first."""
        return self.chunks / self.seconds if self.seconds else 0.0

    @property
    def pace(self) -> str:
        """How fast it is and how long it takes yet, in words; empty before that is known.

        >>> SyncProgress(2, 4, 10, 20, 200, 400, seconds=2.0).pace
        '5 a second, 0:06 left'
        """
        if self.remaining is None:
            return ""
        minutes, seconds = divmod(round(self.remaining), 60)
        return f"{self.rate:.0f} a second, {minutes}:{seconds:02} left"

    @property
    def remaining(self) -> float | None:
        """Seconds until all is embedded; None while that cannot be told.

        >>> SyncProgress(2, 4, 10, 20, 200, 400, seconds=2.0).remaining
        6.0
        """
        return (self.chunks_expected - self.chunks) / self.rate if self.rate else None


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did.

    Attributes:
        added: Documents that were not in the index before.
        changed: Documents whose content or access label differs, or some of whose vectors were
            lost.
        moved: Documents whose id is new and whose content was there under one that is gone.
        unchanged: Documents left alone.
        deleted: Documents that are gone from the sources or can no longer be read.
        chunks_embedded: Chunks whose text had no vector in the index.
        problems: Files that could not be taken in.
        unused_rules: Patterns of access labels that match no document.
        rebuilt: Whether chunks of unchanged documents were embedded anew, because the embedding
            model changed or vectors were lost.
        seconds: Wall time.
    """

    added: int
    changed: int
    moved: int
    unchanged: int
    deleted: int
    chunks_embedded: int
    problems: tuple[FileProblem, ...]
    unused_rules: tuple[str, ...]
    rebuilt: bool
    seconds: float

    def __str__(self) -> str:
        """In one line, without the problems."""
        counts = ("added", "changed", "moved", "unchanged", "deleted")
        done = [f"{getattr(self, name)} {name}" for name in counts]
        done += [f"{len(self.problems)} not taken in"] if self.problems else []
        return f"{', '.join(done)}; {self.chunks_embedded} chunks embedded in {self.seconds:.1f} s"


@dataclass(frozen=True, slots=True)
class LastSync:
    """What an index remembers of the sync that finished last.

    Attributes:
        finished: When (UTC).
        problems: Files that could not be taken in, with absolute paths.
    """

    finished: datetime
    problems: tuple[FileProblem, ...]

    @classmethod
    def now(cls, problems: Sequence[FileProblem]) -> Self:
        """Of the sync that finishes at this moment."""
        placed = (replace(p, path=str(Path(p.path).absolute())) for p in problems)
        return cls(datetime.now(UTC), tuple(placed))

    def to_text(self) -> str:
        """As the index keeps it."""
        return json.dumps([self.finished.isoformat(), [astuple(p) for p in self.problems]])

    @classmethod
    def from_text(cls, text: str) -> Self:
        """What `to_text` gave."""
        finished, problems = json.loads(text)
        return cls(datetime.fromisoformat(finished), tuple(FileProblem(*p) for p in problems))
