"""The words of a question that a full-text search looks for."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable

import Stemmer

_MOST = 64
_TOKEN = re.compile(r"[^\W_]+")

# Left out unless nothing else remains: they match almost every chunk.
_COMMON = frozenset(
    {"a", "about", "an", "and", "any", "are", "as", "at", "be", "been", "by", "can", "could", "did"}
    | {"do", "does", "for", "from", "had", "has", "have", "how", "i", "if", "in", "is", "it", "its"}
    | {"me", "my", "of", "on", "or", "our", "s", "should", "so", "t", "than", "that", "the", "them"}
    | {"their", "then", "there", "these", "they", "this", "to", "us", "was", "we", "were", "what"}
    | {"when", "where", "which", "who", "why", "will", "with", "would", "you", "your"}
)


def telling_words(question: str) -> list[str]:
    """The words of arbitrary text that tell one chunk from another, each once, in order.

    >>> telling_words('When is "late" NOT (paid)?')
    ['late', 'not', 'paid']
    """
    words = dict.fromkeys(re.findall(r"\w+", question.lower()))
    return ([word for word in words if word not in _COMMON] or list(words))[:_MOST]


def full_text_query(words: Iterable[str]) -> str:
    """An FTS5 expression that matches any of the words; empty where there are none.

    >>> full_text_query(["late", "not"])
    '"late" OR "not"'
    """
    return " OR ".join(f'"{word}"' for word in words)


def all_words_query(words: Iterable[str]) -> str:
    """An FTS5 expression that matches the words together; empty where there are none."""
    return " AND ".join(f'"{word}"' for word in words)


def stems(text: str) -> frozenset[str]:
    """The words of a text as the full-text index knows them: without case, accents and endings.

    >>> sorted(stems("Late parcels, a Café"))
    ['a', 'cafe', 'late', 'parcel']
    """
    return frozenset(_STEMMER.porter.stemWords(_tokens(text)))


def _tokens(text: str) -> list[str]:
    """As the tokenizer `unicode61` of FTS5 does: letters and digits, without case and accents."""
    text = text.lower()
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFD", text) if not _is_accent(c))
    return _TOKEN.findall(text)


def _is_accent(character: str) -> bool:
    return unicodedata.combining(character) != 0


class _Stemmer(threading.local):
    """Porter's algorithm, as FTS5's `porter`; one for each thread, since it keeps state."""

    def __init__(self) -> None:
        self.porter = Stemmer.Stemmer("porter")


_STEMMER = _Stemmer()
