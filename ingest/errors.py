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
