"""Recall, precision and IoU of token ranges, at a number of tokens returned.

As Smith and Troynikov (2024), "Evaluating Chunking Strategies for Retrieval" (Chroma technical
report) define them: of the tokens of the excerpts, how many were returned; of those returned, how
many are of an excerpt; and the intersection over the union. A token that is returned twice counts
twice as returned and once as found. All are macro averages: of each question, then over these.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from tokenizers import Tokenizer

from ingest import minilm
from tests.retrieval import corpora
from tests.retrieval.corpora import Question

BUDGETS = (400, 800, 1600)

Range = tuple[str, int, int]
"""A document and the stretch `start:end` of its text."""

_RESAMPLES = 2_000


@dataclass(frozen=True, slots=True)
class Score:
    """Of one question, or the averages of many."""

    recall: float
    precision: float
    iou: float


def score(question: Question, returned: Iterable[Range], budget: int) -> Score:
    """How well the ranges, of which so many tokens are read, fit the excerpts of a question."""
    wanted: set[tuple[str, int]] = set()
    for excerpt in question.excerpts:
        tokens = token_range(question.corpus, (excerpt.document, excerpt.start, excerpt.end))
        wanted |= {(excerpt.document, token) for token in tokens}
    read, found = 0, set[tuple[str, int]]()
    for one in returned:
        tokens = token_range(question.corpus, one)[: budget - read]
        read += len(tokens)
        found |= wanted & {(one[0], token) for token in tokens}
    union = len(wanted) + read - len(found)
    return Score(len(found) / len(wanted), len(found) / max(1, read), len(found) / union)


def token_range(corpus: str, one: Range) -> range:
    """The numbers of a range's tokens in its document."""
    starts = _token_starts(corpus, one[0])
    return range(bisect_left(starts, one[1]), bisect_left(starts, one[2]))


def average(scores: Sequence[Score]) -> Score:
    """The macro average."""
    values = np.array([(s.recall, s.precision, s.iou) for s in scores])
    return Score(*(float(x) for x in values.mean(axis=0)))


def interval(values: Sequence[float]) -> tuple[float, float]:
    """The bootstrap's 95 % interval of a mean over questions."""
    array = np.asarray(values)
    drawn = np.random.default_rng(1).integers(len(array), size=(_RESAMPLES, len(array)))
    low, high = np.quantile(array[drawn].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


@cache
def _token_starts(corpus: str, document: str) -> list[int]:
    text = corpora.load(corpus).documents[document].text
    return [start for start, _ in _tokenizer().encode(text, add_special_tokens=False).offsets]


@cache
def _tokenizer() -> Tokenizer:
    files = minilm.installed()
    assert files is not None
    tokenizer = Tokenizer.from_file(str(files.tokenizer))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
