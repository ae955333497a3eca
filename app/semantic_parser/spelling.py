"""Words that nothing knows: a synonym that is known, or a known word a single edit away.

An ordinary English word is often a single letter from a name in the catalog ("tables", "tablet"),
so only the inside of longer words is edited, a correction costs confidence, and it is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from app.semantic_parser.lexicon import KNOWN, OPERATORS, RELATED
from app.semantic_parser.linking import Vocabulary
from app.semantic_parser.tokens import Token, stem

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SHORTEST = 6
_LONGEST = 30
_KNOWN_STEMS = frozenset(stem(word) for word in KNOWN if len(word) >= _SHORTEST - 1)
_TARGETS = {w: stem(w) for w in sorted(KNOWN - OPERATORS) if len(w) >= _SHORTEST}


def correct(tokens: Sequence[Token], vocabulary: Vocabulary) -> tuple[Token, ...]:
    """The tokens, unknown words replaced; typos only in words of six or more letters."""
    return tuple(_corrected(t, vocabulary) for t in tokens)


def _corrected(token: Token, vocabulary: Vocabulary) -> Token:
    if token.kind != "word" or token.stem in vocabulary.postings:
        return token
    for related in RELATED.get(token.stem, ()):
        if related in vocabulary.postings:
            return replace(token, stem=related)
    if (
        token.text in KNOWN
        or not _SHORTEST <= len(token.text) <= _LONGEST
        or token.stem in _KNOWN_STEMS
    ):
        return token
    for words in (vocabulary.spellings, _TARGETS):
        found = _nearest(token.text, words)
        if found:
            return replace(token, text=found, stem=stem(found), misspelt=True)
    return token


def _nearest(word: str, known: Mapping[str, str]) -> str | None:
    return next((edited for edited in _edits(word) if edited in known), None)


def _edits(word: str) -> Iterable[str]:
    """Every string a single edit away that begins and ends with the same letter."""
    for i in range(len(word) - 1, 0, -1):
        left, right = word[:i], word[i:]
        if len(right) > 2:
            yield left + right[1] + right[0] + right[2:]
        if len(right) > 1:
            yield left + right[1:]
            yield from (left + c + right[1:] for c in _LETTERS)
        yield from (left + c + right for c in _LETTERS)
