"""Files to text: one module reads each family of formats, and this table says which.

`ingest.sync` opens a `Reader` for a run; whatever a file needs a converter for is read by a
`Worker`, a process with limits, so that no file can stop the run or take the machine's memory.
"""

from __future__ import annotations

import hashlib
from pathlib import PurePath
from typing import TYPE_CHECKING, Self

from ingest.errors import IngestError
from ingest.formats import archives, bounds, data, html, mail, office, pdf, signatures, tables, text
from ingest.formats.base import DocumentText, Format, document_text
from ingest.formats.worker import Worker

if TYPE_CHECKING:
    from ingest.documents import SourceFile

__all__ = ["BY_SUFFIX", "DocumentText", "Reader", "read"]

_CODE_ENDINGS = """
py pyi r jl rb php pl lua sh bash zsh ps1 bat js mjs cjs jsx ts tsx vue svelte css scss less
c h cc cpp cxx hpp cs go rs swift zig m mm java kt kts scala groovy gradle clj ex exs erl hs ml fs
sql graphql proto thrift avsc tf hcl cmake yaml yml toml ini cfg conf properties xml xsd
"""
_CODE = tuple(f".{ending}" for ending in _CODE_ENDINGS.split())
_MARKDOWN = (".md", ".markdown")
_FORMATS = (
    Format("markdown", "Markdown", _MARKDOWN, text.read_markdown, headings=True, plain=True),
    Format("text", "text", (".txt", ".text", ".rst", ".log"), text.read, plain=True),
    Format("code", "source code", _CODE, text.read, plain=True),
    Format("html", "HTML", (".html", ".htm", ".xhtml"), html.read, headings=True),
    Format("pdf", "PDF", (".pdf",), pdf.read, paged=True),
    Format("docx", "Word", (".docx",), office.read_docx, headings=True),
    Format("pptx", "PowerPoint", (".pptx",), office.read_pptx, headings=True, paged=True),
    Format("xlsx", "Excel", (".xlsx",), tables.read_xlsx, headings=True, paged=True),
    Format("csv", "CSV", (".csv", ".tsv"), tables.read_csv),
    Format("json", "JSON", (".json",), data.read_json),
    Format("json", "JSON Lines", (".jsonl", ".ndjson"), data.read_json_lines),
    Format("eml", "e-mail", (".eml",), mail.read),
)
BY_SUFFIX = {suffix: format_ for format_ in _FORMATS for suffix in format_.suffixes}


class Reader:
    """Reads documents, one after the other; close it to end the process that it may have started.

    Args:
        worker: Reads what is not plain text; by default one with the limits of `bounds`.
    """

    def __init__(self, worker: Worker | None = None) -> None:
        self._worker = worker or Worker()

    def read(self, file: SourceFile) -> DocumentText:
        """The text of a file.

        Raises:
            IngestError: It cannot be read, is too large, damaged, protected, not what its name
                says, takes too much time or memory, or holds no text.
        """
        return self.read_bytes(_bytes_of(file), PurePath(file.member or file.path).suffix.lower())

    def read_bytes(self, content: bytes, suffix: str) -> DocumentText:
        """The text of what a file with this ending would hold.

        Raises:
            IngestError: See `read`.
        """
        format_ = BY_SUFFIX[suffix]
        if not content:
            raise IngestError("It is empty: there is no text in it.")
        signatures.check(content, format_)
        if format_.plain and text.is_utf8(content):
            found = format_.read(content)
        else:
            found = self._worker.read(suffix, content)
        return document_text(found, format_, hashlib.sha256(content).hexdigest())

    def close(self) -> None:
        """Ends the process that reads; closing twice is fine, reading again starts another."""
        self._worker.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read(file: SourceFile) -> DocumentText:
    """The text of one file; for many, a `Reader` keeps its process. See `Reader.read`."""
    with Reader() as reader:
        return reader.read(file)


def _bytes_of(file: SourceFile) -> bytes:
    bounds.require_size(file.size)
    try:
        if file.member:
            return archives.member_bytes(file.path, file.member)
        return file.path.read_bytes()
    except OSError as error:
        raise IngestError(
            f"It cannot be read: {error.strerror}.", hint="Check its permissions."
        ) from error
