"""All that may be named or quoted: passages, labels, queries, cells, and what was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.answer import Passage, QueryResult, Source
from app.responders.grounding.tables import columns_of


@dataclass(slots=True)
class Corpus:
    """The texts of the evidence.

    Attributes:
        passages: What was found in documents.
        labels: What documents and their sections are called.
        queries: The SQL that ran.
        readings: What was asked, and how it was read.
    """

    passages: list[str]
    labels: list[str]
    queries: list[str]
    readings: list[str]
    _results: list[QueryResult]
    _cells: list[str] | None = field(default=None)

    @classmethod
    def of(cls, evidence: Sequence[Source], readings: Sequence[str]) -> Corpus:
        """Those of some sources."""
        passages = [s.evidence for s in evidence if isinstance(s.evidence, Passage)]
        results = [s.result for s in evidence if s.result is not None]
        labels = [p.label for p in passages] + [h for p in passages for h in p.heading_path]
        labels += [p.document for p in passages]
        return cls(
            [p.text for p in passages],
            labels,
            [r.sql for r in results],
            [r for r in readings if r],
            results,
        )

    @property
    def cells(self) -> list[str]:
        """Column names and the different texts in the rows; read once they are asked for."""
        if self._cells is None:
            found: dict[str, None] = {}
            for result in self._results:
                for name, values in columns_of(result):
                    found[name] = None
                    found.update(
                        (v if isinstance(v, str) else str(v), None)
                        for v in values
                        if isinstance(v, str | list | dict)
                    )
            self._cells = list(found)
        return self._cells
