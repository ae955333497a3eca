"""How a question was read: the value that the parser returns."""

from __future__ import annotations

from dataclasses import dataclass

from app.semantic_parser.form import Form


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a question as a query.

    Attributes:
        form: The typed tree that `sql` and `words` are made from.
        sql: The Flink SQL for it.
        words: The reading in plain words, shown to the user before the SQL.
        confidence: From 0 to 1, from what was left unexplained in the question and near ties.
        unexplained: Words of the question that the reading does not account for.
        reasons: Why it may not be what is asked, in plain words.
        notes: What was taken for granted, a sentence each.
        business_word: A word such as "revenue" that no column has and documents may define.
        alternatives: Readings over other tables that are about as likely, in plain words.
    """

    form: Form
    sql: str
    words: str
    confidence: float
    unexplained: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    business_word: str = ""
