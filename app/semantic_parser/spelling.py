"""Words that nothing knows: a synonym that is known, or a known word a single edit away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.semantic_parser.lexicon import KNOWN, RELATED
from app.semantic_parser.linking import Vocabulary
from app.semantic_parser.tokens import Token, stem

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SHORTEST = 5
_KNOWN_STEMS = {stem(word): word for word in sorted(KNOWN) if len(word) >= _SHORTEST}


def correct(tokens: Sequence[Token], vocabulary: Vocabulary) -> tuple[Token, ...]:
    """The tokens, unknown words replaced; typos only in words of five or more letters."""
    return tuple(_corrected(t, vocabulary) for t in tokens)


def _corrected(token: Token, vocabulary: Vocabulary) -> Token:
    known = token.text in KNOWN or token.stem in vocabulary.postings
    for related in RELATED.get(token.stem, ()) if token.stem not in vocabulary.postings else ():
        if related in vocabulary.postings:
            return replace(token, stem=related)
    if token.kind != "word" or not _SHORTEST <= len(token.text) <= 30 or known:
        return token
    if token.stem in _KNOWN_STEMS:
        return token
    for candidate in _edits(token.stem):
        if candidate in vocabulary.spellings:
            return replace(token, text=vocabulary.spellings[candidate], stem=candidate)
    for candidate in _edits(token.text):
        if candidate in KNOWN and len(candidate) >= _SHORTEST:
            return replace(token, text=candidate, stem=stem(candidate))
    return token


def _edits(word: str) -> Iterable[str]:
    """Every string one edit away; those that keep the first letter come first."""
    for i in range(len(word), -1, -1):
        left, right = word[:i], word[i:]
        if len(right) > 1:
            yield left + right[1] + right[0] + right[2:]
        if right:
            yield left + right[1:]
            yield from (left + c + right[1:] for c in _LETTERS)
        yield from (left + c + right for c in _LETTERS)
