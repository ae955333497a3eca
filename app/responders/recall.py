"""Verified examples that are like a question: what a model may lean on when it writes SQL."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from app.errors import EngineUnavailable
from app.memory.examples import Example, Examples
from app.memory.verdicts import Verdicts
from app.semantic_parser.times.forms import TimeForm, time_form, without_times
from app.semantic_parser.tokens import tokenize

Vector = npt.NDArray[np.float32]
Embed = Callable[[Sequence[str]], Sequence[Sequence[float]] | npt.NDArray[np.float32]]

ALIKE = 0.6
"""Least cosine similarity. Of eleven pairs of paraphrases about the sample shop's tables all reach
it (the lowest at 0.67), of nine unrelated pairs none (the highest at 0.30), and neither do two of
three pairs that differ in what is counted or grouped by (0.42 and 0.51; `cancelled orders` and
`confirmed orders` have 0.69, and are good examples of one another)."""

_Read = tuple[str, TimeForm]


class Recall:
    """Finds examples by what a question asks and by the kind of time it asks it of.

    Safe to call from many threads.
    """

    def __init__(self, examples: Examples, verdicts: Verdicts, embed: Embed) -> None:
        """Reads nothing yet.

        Args:
            examples: Where they are kept.
            verdicts: Says which of them are broken.
            embed: Texts to vectors of length 1, such as `Embedder.embed`.
        """
        self._examples = examples
        self._verdicts = verdicts
        self._embed = embed
        self._lock = threading.Lock()
        self._read: dict[str, _Read] = {}
        self._vectors: dict[str, Vector] = {}

    def nearest(self, question: str, limit: int = 3) -> tuple[Example, ...]:
        """The verified examples most like a question, best first.

        Those of another time form are none, however like they are: `in the last hour` is never an
        example for `in the last day`. Neither are those that Flink would refuse now.

        Args:
            question: In plain words.
            limit: Most examples.

        Raises:
            ConfigError: The examples cannot be read.
            IngestError: The embedding model cannot be loaded or reached.
        """
        words, form = _read(question)
        known = self._verified()
        alike = {e.id: read[0] for e, read in known if read[1] == form and read[0]}
        if not words or not alike:
            return ()
        vectors = self._vectors_of([*alike.values()])
        [asked] = np.asarray(self._embed([words]), dtype=np.float32)
        scores = {id_: float(vectors[text] @ asked) for id_, text in alike.items()}
        near = [e for e, _ in known if scores.get(e.id, 0.0) >= ALIKE]
        near.sort(key=lambda example: -scores[example.id])
        return self._first_unbroken(near, limit)

    def _verified(self) -> list[tuple[Example, _Read]]:
        """With how each is read; those of examples that are gone are forgotten."""
        verified = [e for e in self._examples.all() if e.status == "verified" and not e.problem]
        read = {e.question: self._read.get(e.question) or _read(e.question) for e in verified}
        self._read = read
        return [(example, read[example.question]) for example in verified]

    def _vectors_of(self, texts: Sequence[str]) -> dict[str, Vector]:
        with self._lock:
            kept = {words for words, _ in self._read.values()}
            vectors = {text: v for text, v in self._vectors.items() if text in kept}
            new = sorted({text for text in texts if text not in vectors})
            if new:
                made = np.asarray(self._embed(new), dtype=np.float32)
                vectors |= dict(zip(new, made, strict=True))
            self._vectors = vectors
        return vectors

    def _first_unbroken(self, near: Sequence[Example], limit: int) -> tuple[Example, ...]:
        """Flink is asked of no more of them than are needed."""
        found: list[Example] = []
        for example in near:
            if len(found) == limit:
                break
            if not self._is_broken(example):
                found.append(example)
        return tuple(found)

    def _is_broken(self, example: Example) -> bool:
        try:
            return bool(self._verdicts.of(example).problem)
        except EngineUnavailable:
            return False


def _read(question: str) -> _Read:
    """The words of a question without those for times, and the form of these."""
    tokens = tokenize(question)
    return without_times(tokens), time_form(tokens)
