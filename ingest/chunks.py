"""Text to chunks: short stretches that fit the embedding model's window, with exact offsets.

A document is split at its headings, then at paragraphs, lines, sentences and words. Headings are
found by a CommonMark parser, because a `#` in a code block is not one.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import PurePosixPath

from markdown_it import MarkdownIt

CHUNK_TOKENS = 200
_WINDOW_TOKENS = 254  # the model's 256 less the marks of start and end
_SMALLEST_BUDGET = 64
_CHARACTERS_PER_TOKEN = 8  # a 100,000-character "word" is one unknown token to the tokenizer

# Each keeps its match at the end of the piece before it, so that pieces add up to the text.
_BREAKS = [r"\n(?:[ \t]*\n)+", r"\n", r"(?<=[.!?;:])\s+", r"\s+", ""]

TokenCount = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of a document: `text == document_text[start:end]`.

    Attributes:
        id: Depends on the document, on what is embedded and on nothing else, so that an edit
            changes only the ids of the chunks it touches.
        heading_path: The headings above, outermost first.
        embedded: What the embedding model sees: the heading path (or title) and the text.
    """

    id: str
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
class _Section:
    heading_path: tuple[str, ...]
    heading_start: int
    start: int
    end: int
    leaf: bool


def split(
    document: str, text: str, *, markdown: bool, count_tokens: TokenCount, title: str = ""
) -> Chunked:
    r"""Cuts a document's text into chunks; together they hold all of it but headings and blanks.

    Args:
        document: The document's id; its last part is the title where there is no other.
        text: The extracted text, with `\n` line ends.
        markdown: Whether to look for headings.
        count_tokens: The length of a text in the embedding model's tokens.
        title: The document's title where there is no heading.
    """
    sections = _sections(text) if markdown else [_Section((), 0, 0, len(text), leaf=True)]
    first_heading = next((s.heading_path[-1] for s in sections if s.heading_path), "")
    title = first_heading or title or PurePosixPath(document).name
    occurrences: Counter[str] = Counter()
    chunks = []
    for section in sections:
        context = " › ".join(section.heading_path or (title,))
        for start, end in _spans(text, section, context, count_tokens):
            embedded = f"{context}\n{text[start:end]}"
            occurrences[embedded] += 1
            id_ = _chunk_id(document, embedded, occurrences[embedded])
            chunks.append(Chunk(id_, section.heading_path, start, end, text[start:end], embedded))
    return Chunked(title, tuple(chunks))


def _chunk_id(document: str, embedded: str, occurrence: int) -> str:
    parts = "\0".join([document, embedded, str(occurrence)])
    return hashlib.sha256(parts.encode()).hexdigest()[:32]


def _sections(text: str) -> list[_Section]:
    """The stretches between headings, in order, covering the whole text."""
    headings = list(_headings(text))
    first = headings[0][2] if headings else len(text)
    sections = [_Section((), 0, 0, first, leaf=False)]
    path: list[tuple[int, str]] = []
    for i, (level, title, heading_start, start) in enumerate(headings):
        following = headings[i + 1] if i + 1 < len(headings) else None
        end = following[2] if following else len(text)
        leaf = following is None or following[0] <= level
        path = [*((above, name) for above, name in path if above < level), (level, title)]
        names = tuple(name for _, name in path if name)
        sections.append(_Section(names, heading_start, start, end, leaf))
    return sections


def _headings(text: str) -> Iterator[tuple[int, str, int, int]]:
    """Level, plain title, and the offsets of the heading and of what follows it."""
    begin = _front_matter_end(text)
    line_starts = [begin]
    while (newline := text.find("\n", line_starts[-1])) >= 0:
        line_starts.append(newline + 1)
    line_starts.append(len(text))
    parser = _markdown_parser()
    tokens = parser.parse(text[begin:])
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open" and opening.level == 0 and opening.map:
            first, last = opening.map
            content = _markdown_inline().parseInline(inline.content)[0].children or []
            title = "".join(part.content or " " for part in content if not part.nesting)
            level = int(opening.tag.removeprefix("h"))
            yield level, " ".join(title.split()), line_starts[first], line_starts[last]


def _front_matter_end(text: str) -> int:
    """Where the text begins after YAML front matter, which CommonMark takes for a heading."""
    if not text.startswith("---\n"):
        return 0
    closing = text.find("\n---\n", 3)
    return 0 if closing < 0 else closing + len("\n---\n")


def _spans(
    text: str, section: _Section, context: str, count_tokens: TokenCount
) -> Iterator[tuple[int, int]]:
    if not text[section.start : section.end].strip():
        # A heading with nothing under it may still be the answer ("Support: call 555-0100").
        if section.leaf and text[section.heading_start : section.start].strip():
            yield _trimmed(text, section.heading_start, section.start)
        return
    budget = max(_SMALLEST_BUDGET, min(CHUNK_TOKENS, _WINDOW_TOKENS - count_tokens(context)))
    start = section.start
    for piece in _pieces(text[section.start : section.end], budget, count_tokens):
        if piece.strip():
            yield _trimmed(text, start, start + len(piece))
        start += len(piece)


def _pieces(text: str, budget: int, count_tokens: TokenCount) -> list[str]:
    """The text in pieces of at most the budget that add up to it exactly."""
    from langchain_text_splitters import (  # noqa: PLC0415 - slow to import
        RecursiveCharacterTextSplitter,
    )

    def length(part: str) -> int:
        return max(count_tokens(part), len(part) // _CHARACTERS_PER_TOKEN)

    if length(text) <= budget:
        return [text]
    splitter = RecursiveCharacterTextSplitter(
        separators=_BREAKS,
        is_separator_regex=True,
        keep_separator="end",
        strip_whitespace=False,
        chunk_size=budget,
        chunk_overlap=0,
        length_function=length,
    )
    return splitter.split_text(text)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), start + len(part.rstrip())


@cache
def _markdown_parser() -> MarkdownIt:
    """Finds blocks only: the text inside them is not looked at, which is most of the work."""
    parser = MarkdownIt("commonmark")
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


@cache
def _markdown_inline() -> MarkdownIt:
    return MarkdownIt("commonmark")
