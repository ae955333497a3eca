"""Text to chunks: short stretches that fit the embedding model's window, with exact offsets.

A document is cut at its headings; a longer section at paragraphs, items and sentences
(`ingest.blocks` finds them, `ingest.packing` chooses among them). Sizes were chosen by measurement:
`tests/retrieval/README.md`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from ingest.blocks import Blocks, Heading, blocks
from ingest.packing import Piece, pack

CHUNK_TOKENS = 100
_WINDOW_TOKENS = 254  # the model's 256 less the marks of start and end
_SMALLEST_BUDGET = 64

TokenCount = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of a document: `text == document_text[start:end]`.

    Attributes:
        heading_path: The headings above, outermost first.
        embedded: What the embedding model sees: the heading path (or title), the column names of a
            table that the text goes on with, and the text.
    """

    heading_path: tuple[str, ...]
    start: int
    end: int
    text: str
    embedded: str


@dataclass(frozen=True, slots=True)
class Chunked:
    """A document's title and its chunks in order."""

    title: str
    chunks: tuple[Chunk, ...]


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier version of a document: its text and where its chunks began."""

    text: str
    starts: tuple[int, ...]

    def places_in(self, text: str) -> frozenset[int]:
        """Where those are now that lie before the first difference or after the last."""
        shorter = min(len(self.text), len(text))
        lengths = range(1, shorter + 1)
        before = bisect_left(lengths, True, key=lambda n: self.text[:n] != text[:n])
        lengths = lengths[: shorter - before]
        after = bisect_left(lengths, True, key=lambda n: self.text[-n:] != text[-n:])
        moved_by = len(text) - len(self.text)
        first = (start for start in self.starts if start <= before)
        last = (start + moved_by for start in self.starts if start >= len(self.text) - after)
        return frozenset((*first, *last))


@dataclass(frozen=True, slots=True)
class _Section:
    heading_path: tuple[str, ...]
    heading_start: int
    start: int
    end: int
    leaf: bool


def split(
    document: str,
    text: str,
    *,
    markdown: bool,
    count_tokens: TokenCount,
    title: str = "",
    chunk_tokens: int = CHUNK_TOKENS,
    earlier: Earlier | None = None,
) -> Chunked:
    r"""Cuts a document's text into chunks; together they hold all of it but headings and blanks.

    Args:
        document: The document's id; its last part is the title where there is no other.
        text: The extracted text, with `\n` line ends.
        markdown: Whether the headings are those of Markdown.
        count_tokens: The length of a text in the embedding model's tokens.
        title: The document's title where it is not its first heading.
        chunk_tokens: Most tokens of a chunk; a table, a block of code or a sentence may have more
            where it fits the model's window.
        earlier: The version before an edit, whose chunks are kept where the text is the same.
    """
    found = blocks(text, markdown=markdown)
    headings = found.headings
    if not markdown and title:
        headings = (Heading(0, title, 0, 0), *headings)
    first_heading = next((h.title for h in headings if h.title), "") if markdown else ""
    title = first_heading or title or PurePosixPath(document).name
    cut_before = earlier.places_in(text) if earlier else ()
    chunks = []
    for section in _sections(text, headings):
        context = " › ".join(section.heading_path or (title,))
        for piece in _pieces(
            text,
            section,
            context,
            found,
            count_tokens=count_tokens,
            chunk_tokens=chunk_tokens,
            cut_before=cut_before,
        ):
            content = text[piece.start : piece.end]
            embedded = f"{context}\n{piece.head}{content}"
            chunks.append(Chunk(section.heading_path, piece.start, piece.end, content, embedded))
    return Chunked(title, tuple(chunks))


def _sections(text: str, headings: Sequence[Heading]) -> list[_Section]:
    """The stretches between headings, in order, covering the whole text."""
    first = headings[0].start if headings else len(text)
    sections = [_Section((), 0, 0, first, leaf=False)]
    path: list[Heading] = []
    for i, heading in enumerate(headings):
        following = headings[i + 1] if i + 1 < len(headings) else None
        end = following.start if following else len(text)
        leaf = following is None or following.level <= heading.level
        path = [*(above for above in path if above.level < heading.level), heading]
        names = tuple(above.title for above in path if above.title)
        sections.append(_Section(names, heading.start, heading.end, end, leaf))
    return sections


def _pieces(
    text: str,
    section: _Section,
    context: str,
    found: Blocks,
    *,
    count_tokens: TokenCount,
    chunk_tokens: int,
    cut_before: Collection[int],
) -> Iterator[Piece]:
    if not text[section.start : section.end].strip():
        # A heading with nothing under it may still be the answer ("Support: call 555-0100").
        if section.leaf and text[section.heading_start : section.start].strip():
            yield _trimmed(text, Piece(section.heading_start, section.start))
        return
    window = max(_SMALLEST_BUDGET, _WINDOW_TOKENS - count_tokens(context))
    pieces = pack(
        text,
        section.start,
        section.end,
        found,
        target=min(chunk_tokens, window),
        window=window,
        length=count_tokens,
        cut_before=cut_before,
    )
    for piece in pieces:
        if text[piece.start : piece.end].strip():
            yield _trimmed(text, piece)


def _trimmed(text: str, piece: Piece) -> Piece:
    part = text[piece.start : piece.end]
    start = piece.start + len(part) - len(part.lstrip())
    return Piece(start, piece.start + len(part.rstrip()), piece.head)
