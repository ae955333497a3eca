"""What a file's first bytes say it is, whatever its name says."""

from __future__ import annotations

import re

from ingest.errors import IngestError
from ingest.formats.base import Format

_OFFICE = frozenset({"docx", "pptx", "xlsx"})
_TEXT = frozenset({"markdown", "text", "code"})  # may hold a page of HTML, or show one

# What a file begins with, what it then is, and the kinds that this is right for.
_SIGNATURES: tuple[tuple[bytes, str, frozenset[str]], ...] = (
    (b"%PDF-", "a PDF", frozenset({"pdf"})),
    (b"PK\x03\x04", "a ZIP archive or an Office file", _OFFICE),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a file of an old Office version", frozenset()),
    (b"{\\rtf", "a Rich Text document", frozenset()),
    (b"\x89PNG\r\n", "a PNG picture", frozenset()),
    (b"\xff\xd8\xff", "a JPEG picture", frozenset()),
    (b"GIF8", "a GIF picture", frozenset()),
    (b"\x1f\x8b", "a gzip archive", frozenset()),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", frozenset()),
    (b"Rar!\x1a\x07", "a RAR archive", frozenset()),
    (b"\x7fELF", "a program", frozenset()),
    (b"SQLite format 3\0", "a SQLite database", frozenset()),
)
_PAGE = re.compile(rb"(<\?xml[^>]*>|<!--.*?-->|\s)*<(!doctype\s+html|html)[\s>]", re.I | re.S)
_LOOKED_AT = 1_000
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")


def check(content: bytes, format_: Format) -> None:
    """Compares a file's content with the format that its name stands for.

    Raises:
        IngestError: They contradict each other, or it is an encrypted Office file.
    """
    if format_.kind in _OFFICE and _ENCRYPTED_PACKAGE in content:
        raise IngestError("It is protected by a password.", hint="Save a copy without one.")
    begins = content[:_LOOKED_AT].removeprefix(b"\xef\xbb\xbf").lstrip()
    for signature, label, kinds in _SIGNATURES:
        if begins.startswith(signature) and format_.kind not in kinds:
            raise _contradiction(label, format_)
    if format_.kind not in _TEXT | {"html"} and _PAGE.match(begins):
        raise _contradiction("an HTML page", format_)


def _contradiction(label: str, format_: Format) -> IngestError:
    return IngestError(
        f"It looks like {label}, not {format_.label}.", hint="Give it the right ending."
    )
