"""How a question was read: the value that the parser returns."""

from __future__ import annotations

from dataclasses import dataclass

from app.semantic_parser import calibration
from app.semantic_parser.form import Form

CONFIDENT = 0.6
"""Least confidence of a reading that is run. One unexplained content word stays below it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a question as a query.

    Attributes:
        form: The typed tree that `sql` and `words` are made from.
        sql: The Flink SQL for it.
        words: The reading in plain words, shown to the user before the SQL.
        confidence: From 0 to 1, from what was left unexplained in the question and near ties.
        unexplained: Words of the question that the reading does not account for.
        alternatives: Other readings that are about as likely, the likeliest first. None of them
            has alternatives of its own.
        reasons: Why it may not be what is asked, in plain words.
        notes: What was taken for granted, a sentence each.
        guessed: Whether words were taken for columns only by what they mean, so that the user is
            asked whether she means this.
        rows: The rows themselves, where the question may want them as well as their number.
        business_word: A word such as "revenue" that no column has and documents may define.
    """

    form: Form
    sql: str
    words: str
    confidence: float
    unexplained: tuple[str, ...] = ()
    alternatives: tuple[Reading, ...] = ()
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    guessed: bool = False
    rows: Reading | None = None
    business_word: str = ""

    @property
    def likelihood(self) -> float:
        """How often readings of about this confidence were right when measured, from 0 to 1."""
        return calibration.likelihood(self.confidence)

    @property
    def is_sure(self) -> bool:
        """Whether it may be run as it is."""
        return self.confidence >= CONFIDENT and not (self.alternatives or self.guessed)
