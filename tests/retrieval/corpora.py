"""The corpora: documents, and questions with the excerpts that answer them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from ingest.demo import shop
from ingest.documents import find_files
from ingest.formats import read
from ingest.formats.base import DocumentText

CASES = Path(__file__).parents[1] / "cases" / "retrieval"
NAMES = ("handbook", "manuals", "minutes", "reference", "shop")

_HALVED = ("minutes", "reference")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The stretch `start:end` of a document's extracted text."""

    document: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the excerpts that answer it; none where the documents have no answer."""

    corpus: str
    text: str
    excerpts: tuple[Excerpt, ...]

    @property
    def held_out(self) -> bool:
        """Whether nothing was tuned on it: half of the questions of two corpora."""
        digest = hashlib.sha256(self.text.encode()).digest()
        return self.corpus in _HALVED and digest[0] % 2 == 1


@dataclass(frozen=True, slots=True)
class Corpus:
    """Documents by id, and questions about them."""

    name: str
    documents: dict[str, DocumentText]
    questions: tuple[Question, ...]


@cache
def load(name: str) -> Corpus:
    """Reads a corpus; that of the sample shop has its documents there.

    Raises:
        ValueError: An excerpt does not occur exactly once in its document.
    """
    folder = CASES / name / "documents"
    files, _ = find_files([folder if folder.is_dir() else shop.DOCUMENTS])
    documents = {file.id: read(file) for file in files}
    listed = yaml.safe_load((CASES / name / "questions.yaml").read_text(encoding="utf-8"))
    questions = []
    for entry in listed:
        excerpts = [_found(documents, e["document"], e["text"]) for e in entry["excerpts"]]
        questions.append(Question(name, entry["question"], tuple(excerpts)))
    return Corpus(name, documents, tuple(questions))


def _found(documents: dict[str, DocumentText], document: str, excerpt: str) -> Excerpt:
    """The excerpt in the text, where any space stands for any other."""
    pattern = r"\s+".join(re.escape(word) for word in excerpt.split())
    places = list(re.finditer(pattern, documents[document].text))
    if len(places) != 1:
        raise ValueError(f"{document} has {len(places)} times: {excerpt!r}")
    return Excerpt(document, *places[0].span())
