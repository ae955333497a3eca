"""Splits a question of several halves: `which ..., and what do we owe the customers?`."""

from __future__ import annotations

import re

_STARTERS = (
    r"what|how|why|who|when|where|which|should|does|do|did|is|are|can|may|must|tell|explain|show"
    r"|list|give"
)
_BREAK = re.compile(
    rf"[?!;]\s+(?:and\s+|but\s+|also\s+)?|\.\s+(?=[A-Z])"
    rf"|,?\s+(?:and|but)\s+(?:also\s+)?(?=(?:{_STARTERS})\b)|,\s+(?=(?:what|how|why|who|when)\b)",
    re.IGNORECASE,
)
_FRONTED = re.compile(r"\s*(?:(?:out\s+)?of|among)\b[^?!;]*[?!]?\s*\Z", re.IGNORECASE)
"""`Of the failed payments, what ...`: the first half only says what the other is about."""
MOST = 4
_SHORTEST = 3


def split(question: str) -> tuple[str, ...]:
    """The halves of a question, cut only where another question or sentence begins.

    >>> split("Which carriers are late, and what do we owe the customers?")
    ('Which carriers are late', 'what do we owe the customers?')
    >>> split("How many orders in Berlin, Hamburg, and Munich?")
    ('How many orders in Berlin, Hamburg, and Munich?',)
    """
    if _FRONTED.match(question):
        return (question,)
    parts = [p.strip(" ,;") for p in _BREAK.split(question[:2_000], maxsplit=MOST - 1)]
    kept = tuple(p for p in parts if len(p) >= _SHORTEST)
    return kept or (question,)
