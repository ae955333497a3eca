"""All that may be named or quoted: passages, labels, queries, cells, and what was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.answer import Passage, Source
from app.responders.grounding.tables import Sheet


@dataclass(slots=True)
class Corpus:
    """The texts of the evidence.

    Attributes:
        passages: What was found in documents.
        labels: What documents and their sections are called.
        queries: The SQL that ran.
        readings: What was asked, and how it was read.
        sheets: The results.
    """

    passages: list[str]
    labels: list[str]
    queries: list[str]
    readings: list[str]
    sheets: list[Sheet]
    _cells: list[str] | None = None

    @classmethod
    def of(cls, evidence: Sequence[Source], readings: Sequence[str], sheets: list[Sheet]) -> Corpus:
        """Those of some sources, whose results are in the sheets."""
        passages = [s.evidence for s in evidence if isinstance(s.evidence, Passage)]
        labels = [p.label for p in passages] + [h for p in passages for h in p.heading_path]
        labels += [p.document for p in passages]
        queries = [sheet.result.sql for sheet in sheets]
        texts = [p.text for p in passages]
        return cls(texts, labels, queries, [r for r in readings if r], sheets)

    @property
    def cells(self) -> list[str]:
        """Column names and the different texts in the rows, case-folded; read once asked for."""
        if self._cells is None:
            columns = [column for sheet in self.sheets for column in sheet.columns]
            found = dict.fromkeys(column.name.casefold() for column in columns)
            for column in columns:
                found.update((text.casefold(), None) for text in column.texts)
            self._cells = list(found)
        return self._cells
