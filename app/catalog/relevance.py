"""Which tables a question is about, where there are more than a model can be shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from app.catalog.described import summary
from app.catalog.model import Catalog, Table

if TYPE_CHECKING:
    from ingest.embeddings import Vectors

Embed = Callable[[Sequence[str]], "Vectors"]

_MENTIONED = 1.0
"""Added to the similarity of a table that the question names; more than any similarity."""


class Relevance:
    """Orders the tables of a catalog by how near a question they are.

    Args:
        catalog: The tables.
        embed: Texts to vectors of length 1.
    """

    def __init__(self, catalog: Catalog, embed: Embed) -> None:
        self._tables = catalog.tables
        self._embed = embed
        self._vectors: Vectors | None = None

    def ranked(self, question: str) -> tuple[Table, ...]:
        """All tables, the nearest first.

        Raises:
            IngestError: The embedding model cannot be used.
        """
        if len(self._tables) < 2:
            return self._tables
        if self._vectors is None:  # threads that meet here make the same
            self._vectors = self._embed([summary(table) for table in self._tables])
        near = self._vectors @ self._embed([question])[0]
        words = question.casefold()
        scores = [float(s) + _said(t, words) for t, s in zip(self._tables, near, strict=True)]
        order = sorted(range(len(scores)), key=lambda i: -scores[i])
        return tuple(self._tables[i] for i in order)


def fitting(ranked: Sequence[Table], describe: Callable[[Table], str], budget: int) -> list[Table]:
    """The first tables whose descriptions fit a budget of characters; always one.

    >>> tables = [Table(name, ()) for name in ("a", "b", "c")]
    >>> [table.name for table in fitting(tables, lambda table: table.name * 10, 25)]
    ['a', 'b']
    """
    chosen: list[Table] = []
    for table in ranked:
        budget -= len(describe(table))
        if chosen and budget < 0:
            break
        chosen.append(table)
    return chosen


def _said(table: Table, question: str) -> float:
    name = table.name.casefold()
    return _MENTIONED if name in question or name.replace("_", " ") in question else 0.0
