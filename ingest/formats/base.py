"""What the readers of the formats have in common: the values they give and small helpers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from ingest.errors import IngestError
from ingest.formats import bounds

_GAP = "\n\n"


@dataclass(frozen=True, slots=True)
class DocumentText:
    r"""What a file says.

    Attributes:
        text: The extracted text; line ends are `\n`.
        sha256: Of the file's bytes.
        markdown: Whether `#` lines in the text are headings.
        title: What it calls itself where it has no headings; may be empty.
        kind: The short name of its format, such as "pdf".
        pages: The offset in `text` where each page, slide or sheet begins; empty where there are
            none. The first is page 1.
        tags: The tags that it gives itself.
    """

    text: str
    sha256: str
    markdown: bool
    title: str = ""
    kind: str = "text"
    pages: tuple[int, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """What a reader makes of a file's bytes.

    Attributes:
        parts: The text; the pages, slides or sheets of a format that has them.
        title: As in `DocumentText`.
        tags: As in `DocumentText`.
    """

    parts: tuple[str, ...]
    title: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Format:
    """How files of one kind are read.

    Attributes:
        kind: The short name.
        label: What a file of this kind is called in a message.
        suffixes: The endings by which it is known, in small letters.
        read: Bytes to content; raises `IngestError` where they make no sense.
        headings: Whether `#` lines in its text are headings.
        paged: Whether its parts are pages.
        plain: Whether it is text as it stands: UTF-8 needs no process of its own.
    """

    kind: str
    label: str
    suffixes: tuple[str, ...]
    read: Callable[[bytes], Content]
    headings: bool = False
    paged: bool = False
    plain: bool = False


def document_text(content: Content, format_: Format, sha256: str) -> DocumentText:
    """The document of a file's content.

    Raises:
        IngestError: There is no text in it, or far too much.
    """
    parts = [_clean(part) for part in content.parts]
    text = _GAP.join(parts)
    if not text.strip():
        hint = "A scanned PDF needs text recognition first." if format_.kind == "pdf" else ""
        raise IngestError("There is no text in it.", hint=hint)
    if len(text) > bounds.MAX_CHARACTERS:
        most = bounds.MAX_CHARACTERS // 1_000_000
        raise IngestError(
            f"It holds more than {most} million characters of text.", hint="Split it."
        )
    starts = accumulate((len(part) + len(_GAP) for part in parts[:-1]), initial=0)
    return DocumentText(
        text=text,
        sha256=sha256,
        markdown=format_.headings,
        title=" ".join(_clean(content.title).split()),
        kind=format_.kind,
        pages=tuple(starts) if format_.paged else (),
        tags=content.tags,
    )


def tidy(text: str) -> str:
    """Text without blanks at line ends and without more than one empty line in a row."""
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", _GAP, lines).strip()


def markdown_table(rows: Sequence[Sequence[str]]) -> str:
    r"""Rows, the first of which is the header, as a Markdown table.

    >>> print(markdown_table([["carrier", "pays"], ["Nordwind", "4 | 5"], ["none"]]))
    | carrier | pays |
    | --- | --- |
    | Nordwind | 4 \| 5 |
    | none |  |
    """
    width = max(map(len, rows))
    header, *body = [_row([*row, *[""] * (width - len(row))]) for row in rows]
    return "\n".join([header, _row(["---"] * width), *body])


def _row(cells: Iterable[str]) -> str:
    inner = " | ".join(" ".join(cell.split()).replace("|", r"\|") for cell in cells)
    return f"| {inner} |"


def _clean(text: str) -> str:
    # Lone surrogates, which no encoder accepts later: a PDF can map glyphs to them.
    text = text.encode("utf-8", "ignore").decode("utf-8")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
