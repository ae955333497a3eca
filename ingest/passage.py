"""The value that a document search returns."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of one document, as found by a search.

    Attributes:
        document: The document's id: its path relative to the folder it was ingested from.
        title: The document's title (its first heading, else its file name).
        heading_path: The headings above the passage, outermost first.
        start: First character of the passage in the document's extracted text.
        end: One past its last character.
        text: The passage itself, `document_text[start:end]`.
        score: Reciprocal-rank-fusion score; only its order means something.
        similarity: Cosine similarity of question and passage by the embedding model, in [-1, 1].
    """

    document: str
    title: str
    heading_path: tuple[str, ...]
    start: int
    end: int
    text: str
    score: float
    similarity: float

    @property
    def label(self) -> str:
        """Title and headings in one line, for a list of sources."""
        headings = [h for h in self.heading_path if h != self.title]
        return " › ".join([self.title, *headings])
