"""When nothing is relevant: fits `ingest.ranking.relevance`, and says what each threshold costs."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ingest.chunks import CHUNK_TOKENS
from ingest.embeddings import Embedder
from tests.retrieval import corpora, pipelines
from tests.retrieval.corpora import Question
from tests.retrieval.pipelines import Built, tributary

_FOREIGN = 25  # questions of each other corpus that are asked of a corpus
_THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.7)

Numbers = npt.NDArray[np.float64]


def report(names: Sequence[str], embedder: Embedder, folder: Path) -> str:
    """The fitted weights, and the shares of questions under each threshold."""
    tuned: dict[str, list[tuple[float, float]]] = {"answered": [], "unanswered": [], "foreign": []}
    held: dict[str, list[tuple[float, float]]] = {kind: [] for kind in tuned}
    for kind, question, features in _best(names, embedder, folder):
        (held if question.held_out else tuned)[kind].append(features)
    weights = _fitted(tuned["answered"], tuned["foreign"])
    lines = [f"similarity {weights[0]:.1f}, coverage {weights[1]:.1f}, constant {weights[2]:.1f}"]
    for part, kinds in (("tuned on", tuned), ("held out", held)):
        for kind, best in kinds.items():
            values = _probability(best, weights)
            shares = " | ".join(f"{(values < t).mean():.1%}" for t in _THRESHOLDS)
            lines.append(f"| {kind}, {part} | {len(values)} | {shares} |")
    return "\n".join(lines)


def _best(
    names: Sequence[str], embedder: Embedder, folder: Path
) -> Iterator[tuple[str, Question, tuple[float, float]]]:
    """Similarity and coverage of the best hit of every question, and of foreign ones."""
    draw = random.Random(0)
    for name in names:
        corpus = corpora.load(name)
        (folder / name).mkdir()
        built = Built(corpus, tributary(CHUNK_TOKENS), embedder, folder / name)
        for question in corpus.questions:
            kind = "answered" if question.excerpts else "unanswered"
            yield kind, question, _features(built, question.text)
        for other in (n for n in corpora.NAMES if n != name):
            for question in draw.sample(corpora.load(other).questions, _FOREIGN):
                yield "foreign", question, _features(built, question.text)


def _features(built: Built, question: str) -> tuple[float, float]:
    hits = pipelines.hits(built, question)
    best = max(hits, key=lambda hit: hit.relevance)
    number = best.chunk.number
    coverage = built.coverage(question, [number])[number]
    return best.similarity, coverage


def _fitted(
    positive: Sequence[tuple[float, float]], negative: Sequence[tuple[float, float]]
) -> Numbers:
    """Logistic regression by Newton's method."""
    x = _with_constant([*positive, *negative])
    y = np.array([1.0] * len(positive) + [0.0] * len(negative))
    weights = np.zeros(3)
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ weights))
        curvature = (x.T * (p * (1 - p))) @ x + 1e-2 * np.eye(3)
        weights -= np.linalg.solve(curvature, x.T @ (p - y) + 1e-2 * weights)
    return weights


def _probability(features: Sequence[tuple[float, float]], weights: Numbers) -> Numbers:
    p: Numbers = 1 / (1 + np.exp(-_with_constant(features) @ weights))
    return p


def _with_constant(features: Sequence[tuple[float, float]]) -> Numbers:
    return np.array([(*one, 1.0) for one in features])
