"""The value that a document search returns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

RELEVANT = 0.3
"""Least relevance of a passage that bears on a question.

Of the questions held out when it was calibrated, 4 % of those that the documents answer find
nothing, and 77 % of those that are about something else; see `tests/retrieval/README.md`.
"""


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of one document, as found by a search.

    Attributes:
        document: The document's id: its path relative to the folder it was ingested from, or
            `kafka://TOPIC/KEY`.
        title: The document's title (its first heading, else its file name).
        heading_path: The headings above the passage, outermost first.
        start: First character of the passage in the document's extracted text.
        end: One past its last character.
        text: The passage itself, `document_text[start:end]`.
        relevance: How likely it is that the passage bears on the question, in [0, 1]; see
            `ingest.ranking`. Passages are ordered by it.
        similarity: Cosine similarity of question and passage by the embedding model, in [-1, 1].
        kind: The document's format, such as `pdf`.
        tags: What the document is tagged with.
        access: The label that a caller must have to read it; empty where everybody may.
        modified: When its file was last modified (UTC); None in answers stored before that was
            kept.
        version: The first 8 hexadecimal digits of the SHA-256 of its file.
        page: The page that it begins on, from 1; None where the format has no pages.
        dense_rank: Its place among the nearest by meaning, from 1; None where it is none of them.
        words_rank: Its place among the best by words, from 1; None where it is none of them.
        bm25: How well its words match, the higher the better; None where they are no candidate.
        origin: The event that brought the document, such as "topic docs, partition 0, offset 7";
            empty for a file.
    """

    document: str
    title: str
    heading_path: tuple[str, ...]
    start: int
    end: int
    text: str
    relevance: float
    similarity: float
    kind: str = ""
    tags: tuple[str, ...] = ()
    access: str = ""
    modified: datetime | None = None
    version: str = ""
    page: int | None = None
    dense_rank: int | None = None
    words_rank: int | None = None
    bm25: float | None = None
    origin: str = ""

    @property
    def relevant(self) -> bool:
        """Whether it is worth being shown or quoted; false of what is merely nearest."""
        return self.relevance >= RELEVANT

    @property
    def label(self) -> str:
        """Title and headings in one line, for a list of sources."""
        headings = [h for h in self.heading_path if h != self.title]
        return " › ".join([self.title, *headings])
