"""The limits on what one file may hold and cost; every reader keeps to them."""

from __future__ import annotations

from ingest.errors import IngestError

MAX_BYTES = 20_000_000  # of a document, packed or not
MAX_CHARACTERS = 20_000_000  # of its text
MAX_ROWS = 20_000  # of a table; more belong in a stream table

MAX_ARCHIVE_BYTES = 200_000_000
MAX_MEMBERS = 10_000
MAX_UNPACKED_BYTES = 500_000_000  # of an archive's members together
MAX_OFFICE_UNPACKED_BYTES = 200_000_000  # of the parts of a DOCX, PPTX or XLSX together
MAX_RATIO = 200  # of unpacked to packed bytes; text gets by with about 20
RATIO_FREE_BYTES = 1_000_000  # a member this small may have any ratio

SECONDS = 60.0  # for one document
MEMORY_BYTES = 2_000_000_000  # of address space of the process that reads it


def require_size(size: int) -> None:
    """Sees to it that a document is not too large.

    Raises:
        IngestError: It is.
    """
    if size > MAX_BYTES:
        raise IngestError(
            f"It has {megabytes(size)}; up to {megabytes(MAX_BYTES)} are read.", hint="Split it."
        )


def megabytes(size: float) -> str:
    """A size as it is told.

    >>> megabytes(20_000_000), megabytes(20_400_001)
    ('20 MB', '20.4 MB')
    """
    return f"{size / 1e6:.1f}".removesuffix(".0") + " MB"
