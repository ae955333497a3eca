"""Locks between processes, released by the system however their holder ends."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.errors import IngestError


@contextmanager
def exclusive(
    path: Path, timeout: float, writes: str = "writing the document index"
) -> Iterator[None]:
    """Holds a lock that is a file; SQLite's locking works on every system and between threads too.

    Args:
        path: The lock file; it is made and stays behind, empty.
        timeout: Seconds to wait for another holder.
        writes: What a holder does, as the message about another one says it.

    Raises:
        IngestError: Another one holds it still, or the file cannot be made.
    """
    lock = sqlite3.connect(path, timeout=timeout, isolation_level=None)
    try:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise _explained(error, path, writes) from error
        yield
    finally:
        lock.close()


def _explained(error: sqlite3.OperationalError, path: Path, writes: str) -> IngestError:
    if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
        return IngestError(
            f"Another process is {writes} in {path.parent}.",
            hint="Wait until it has finished, then try again.",
        )
    return IngestError(
        f"The lock {path} cannot be taken: {error}.", hint="Check the folder's permissions."
    )
