"""The words of a question as a full-text query."""

from __future__ import annotations

import re

_MOST = 64

# Left out unless nothing else remains: they match almost every chunk.
_COMMON = frozenset(
    {"a", "about", "an", "and", "any", "are", "as", "at", "be", "been", "by", "can", "could", "did"}
    | {"do", "does", "for", "from", "had", "has", "have", "how", "i", "if", "in", "is", "it", "its"}
    | {"me", "my", "of", "on", "or", "our", "s", "should", "so", "t", "than", "that", "the", "them"}
    | {"their", "then", "there", "these", "they", "this", "to", "us", "was", "we", "were", "what"}
    | {"when", "where", "which", "who", "why", "will", "with", "would", "you", "your"}
)


def full_text_query(question: str) -> str:
    """An FTS5 expression that matches any word of arbitrary text; empty where it has none.

    >>> full_text_query('When is "late" NOT (paid)?')
    '"late" OR "not" OR "paid"'
    """
    words = dict.fromkeys(re.findall(r"\w+", question.lower()))
    telling = [word for word in words if word not in _COMMON] or list(words)
    return " OR ".join(f'"{word}"' for word in telling[:_MOST])
