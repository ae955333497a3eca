"""Questions that lean on the one before: `and in Berlin?`, `per hour instead`, `the median?`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.semantic_parser import grammar
from app.semantic_parser.follow_ups import merge
from app.semantic_parser.form import Form
from app.semantic_parser.grammar import Candidate
from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.said import Meaning
from app.semantic_parser.linking import Scope
from app.semantic_parser.reading import CONFIDENT
from app.semantic_parser.times import Span
from app.semantic_parser.tokens import Token, word_set

_OPENINGS = word_set(
    "and but only just now same ok okay also or then instead without except excluding versus what"
    " how make split break group show as in for on with by per not no which"
)
_LEANING = word_set(
    "instead those them these ones one their they its it that same too again either previous"
)
_OWN = word_set("what how which show in for on with by per no not group break split make as")
"""Openings that a question of its own has as well."""


def read(
    tokens: Sequence[Token],
    spans: Sequence[Span],
    scope: Scope,
    previous: Form,
    meanings: Sequence[Meaning] = (),
    *,
    now: datetime | None = None,
) -> Candidate | None:
    """Reads a question as a change of the form before; None where it changes nothing of it.

    Args:
        tokens: The question, spelling corrected.
        spans: The times in it.
        scope: What is in reach of the earlier form's table.
        previous: The earlier form.
        meanings: What terms of the question are defined as.
        now: The moment of the question, in its time zone; None where that plays no part.
    """
    draft = grammar.understand(tokens, spans, scope, meanings=meanings, now=now)
    form = merge.merge(draft, previous)
    if form is None:
        return None
    draft.intent, draft.leans = 1.0, True
    _take_leaning(draft)
    return grammar.judged(draft, form)


def _take_leaning(draft: Draft) -> None:
    """Words that only point back are explained by what they point to."""
    for i in range(len(draft)):
        if draft.is_free(i) and draft.text(i) in _LEANING | _OPENINGS:
            draft.take(i, i + 1, "context")


def is_rather(tokens: Sequence[Token], leaning: Candidate, alone: Candidate) -> bool:
    """Whether a question means a change of the one before rather than what it says alone."""
    if leaning.confidence < _least(tokens) * alone.confidence:
        return False
    if leans(tokens):
        return True
    return alone.confidence < CONFIDENT and leaning.confidence > alone.confidence


def _least(tokens: Sequence[Token]) -> float:
    return 0.6 if leans(tokens) else 1.0


def leans(tokens: Sequence[Token]) -> bool:
    """Whether words of the question point to what was said before."""
    words = [t.text for t in tokens if t.kind != "mark"]
    if not words:
        return False
    if words[:2] in (["what", "about"], ["how", "about"]):
        return True
    opened = words[0] in _OPENINGS - _OWN
    closed = words[-2:-1] in (["is"], ["was"], ["are"], ["were"]) and words[-1] == "that"
    return opened or closed or any(w in _LEANING for w in words)
