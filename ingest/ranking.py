"""From the candidates of both legs to passages: how relevant each is, and which belong together.

`ingest.reader` asks the vectors and the full-text index for candidates; what happens to them then
is here, as functions of what is known of each. How it was measured: `tests/retrieval/README.md`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

from ingest.snapshot import StoredChunk
from ingest.words import stems

JOINED_CHARACTERS = 2_000

_ALIKE = 0.9
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk that may bear on a question.

    Attributes:
        chunk: The chunk.
        similarity: Cosine similarity of question and chunk.
        relevance: How likely it is that it bears on the question; see `relevance`.
    """

    chunk: StoredChunk
    similarity: float
    relevance: float


def relevance(similarity: float, coverage: float) -> float:
    """The probability that a chunk bears on a question, by logistic regression.

    Both legs are fused by what they say of a chunk and not by its ranks in them: reciprocal rank
    fusion finds less (Bruch, Gai and Ingber (2023), "An Analysis of Fusion Functions for Hybrid
    Retrieval", say why), and it cannot tell a good best chunk from a bad one. Fitted by
    `python -m tests.retrieval --calibrate`, where half of the questions are about other documents.

    >>> round(relevance(0.55, 0.6), 2), round(relevance(0.2, 0.1), 2)
    (0.99, 0.01)
    """
    return 1 / (1 + exp(-(17.3 * similarity + 7.7 * coverage - 8.9)))


def coverage(
    chunks: Sequence[StoredChunk], frequencies: Mapping[str, int], total: int
) -> dict[int, float]:
    """The share of a question's words that each chunk has, by number, weighted by their rarity.

    A word counts by its inverse document frequency, as in BM25 (Robertson and Zaragoza (2009), "The
    Probabilistic Relevance Framework"); one that occurs nowhere counts most, and is had by none.

    Args:
        chunks: Some chunks.
        frequencies: In how many chunks of all each of the words is.
        total: How many chunks there are in all.
    """
    having = {word: min(n, total) for word, n in frequencies.items()}  # an estimate may exceed
    weights = {word: log(1 + (total - n + 0.5) / (n + 0.5)) for word, n in having.items()}
    whole = sum(weights.values()) or 1.0  # a question may have no words
    parts = {word: stems(word) for word in weights}  # a name with an underscore has several
    return {
        chunk.number: sum(w for word, w in weights.items() if parts[word] <= chunk.stems) / whole
        for chunk in chunks
    }


def choose(
    hits: Sequence[Hit], limit: int, *, joined_characters: int = JOINED_CHARACTERS
) -> list[list[Hit]]:
    """The best hits as at most so many passages, best first; each is of neighbouring chunks.

    A near duplicate of a better hit is left out. Hits are taken, best first, until the next one
    would begin one passage too many: what is joined is thus nothing that would not be shown anyway.

    Args:
        hits: In any order.
        limit: Most passages.
        joined_characters: The length of a passage up to which chunks are joined.
    """
    ranked = sorted(
        hits, key=lambda h: (-h.relevance, -h.similarity, h.chunk.document, h.chunk.start)
    )
    passages: list[list[Hit]] = []
    kept: list[Hit] = []
    for hit in ranked:
        if any(is_near_duplicate(hit.chunk.text, other.chunk.text) for other in kept):
            continue
        passage = next((p for p in passages if _continues(p, hit, joined_characters)), None)
        if passage is None and len(passages) == limit:
            break
        kept.append(hit)
        if passage is None:
            passages.append([hit])
        else:
            passage.append(hit)
            passage.sort(key=lambda h: h.chunk.start)
    return passages


def is_near_duplicate(text: str, other: str) -> bool:
    """Whether two texts have nearly the same words, and exactly the same numbers.

    >>> is_near_duplicate("We pay EUR 5 for a late parcel.", "We pay EUR 5 for a late  parcel!")
    True
    >>> is_near_duplicate("We pay EUR 5 for a late parcel.", "We pay EUR 6 for a late parcel.")
    False
    """
    if not _ALIKE <= len(text) / max(1, len(other)) <= 1 / _ALIKE:
        return False
    if Counter(_NUMBER.findall(text)) != Counter(_NUMBER.findall(other)):
        return False
    words, others = (Counter(_WORD.findall(t.lower())) for t in (text, other))
    return (words & others).total() >= _ALIKE * (words | others).total()


def _continues(passage: Sequence[Hit], hit: Hit, longest: int) -> bool:
    """Whether a chunk comes right before or after those of a passage, in the same section."""
    first, last, chunk = passage[0].chunk, passage[-1].chunk, hit.chunk
    same = (first.document, first.heading_path) == (chunk.document, chunk.heading_path)
    beside = chunk.number in (first.number - 1, last.number + 1)
    length = max(last.end, chunk.end) - min(first.start, chunk.start)
    return same and beside and length <= longest
