"""The root of Tributary's errors, and the one that `ingest` raises.

The root lives here, not in `app`, because `ingest` imports nothing from `app`. The whole tree is
drawn in `app.errors`, which is where callers import from.
"""

from __future__ import annotations


class TributaryError(Exception):
    """Anything that Tributary tells its user in words.

    Args:
        message: What happened, and where.
        hint: What to do next; empty where there is nothing to do.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()


class IngestError(TributaryError):
    """A document or the index could not be read or written."""


class RebuildNeeded(IngestError):
    """The whole index would have to be embedded anew, and nobody agreed; nothing has changed.

    Args:
        why: What differs, as a clause.
        documents: How many documents the index holds.
        chunks: How many chunks they were cut into.
    """

    def __init__(self, why: str, *, documents: int, chunks: int) -> None:
        super().__init__(
            f"The document index must be rebuilt: {why}. That embeds its {documents} documents"
            f" (about {chunks} chunks) anew.",
            hint="Run `tributary ingest --rebuild`, or set back what was changed.",
        )
        self.why = why
        self.documents = documents
        self.chunks = chunks
