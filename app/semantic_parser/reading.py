"""How a question was read: the value that the parser returns."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a question as a query.

    Attributes:
        sql: The Flink SQL for it.
        words: The reading in plain words, shown to the user before the SQL.
        confidence: From 0 to 1, from what was left unexplained in the question and near ties.
        unexplained: Words of the question that the reading does not account for.
    """

    sql: str
    words: str
    confidence: float
    unexplained: tuple[str, ...] = ()
