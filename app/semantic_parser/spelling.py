"""Misspelt words to the word that was meant, where there is just one.

A word that is ordinary English, or that the catalog knows in any form, is never doubted. What is
corrected costs confidence, and it is said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from math import ceil

from app.semantic_parser import english
from app.semantic_parser.lexicon import KNOWN
from app.semantic_parser.linking import Vocabulary
from app.semantic_parser.linking.abbreviations import ABBREVIATIONS
from app.semantic_parser.linking.synonyms import SYNONYMS
from app.semantic_parser.tokens import Token, stem, tokenize, word_set

_SHORTEST = 3
_LONGEST = 30
_SHORT = 4
_MIDDLE = 5
_LONG = 9
"""From how many letters on two mistakes are put right."""

_SWAPPED, _DOUBLED, _MISSING, _EXTRA, _OTHER = 0.8, 0.75, 0.85, 0.9, 1.0
"""How unlikely a mistake is: letters swapped, one of two left out, any left out, added, other."""

_FAR = 9.0
_MORE = word_set("""
    one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty fifty
    hundred thousand million january february march april may june july august september october
    november december quarter year years weekend percent percentage share average total median
    """)
_GRAMMAR = KNOWN | _MORE
_KNOWN_STEMS = frozenset(stem(word) for word in KNOWN if len(word) > _SHORT)

Words = Mapping[str, tuple[str, ...]]


def correct(tokens: Sequence[Token], vocabulary: Vocabulary) -> tuple[Token, ...]:
    """The tokens, misspelt words replaced.

    Args:
        tokens: The question.
        vocabulary: What the catalog knows.
    """
    return tuple(_corrected(token, vocabulary) for token in tokens)


def _corrected(token: Token, vocabulary: Vocabulary) -> Token:
    if token.kind != "word" or _is_known(token, vocabulary):
        return token
    found = _meant(token, vocabulary)
    if not found:
        return token
    (word, *_) = tokenize(found)
    return replace(word, raw=token.raw, misspelt=True)


def _is_known(token: Token, vocabulary: Vocabulary) -> bool:
    word = token.text
    if not _SHORTEST <= len(word) <= _LONGEST or not word.isascii() or not word.isalpha():
        return True
    if token.raw.isupper() or token.number is not None:
        return True
    if word in _GRAMMAR or word in vocabulary.spellings or word in ABBREVIATIONS:
        return True
    if token.stem in vocabulary.postings or token.stem in SYNONYMS or token.stem in _KNOWN_STEMS:
        return True
    return english.is_ordinary(word)


def _meant(token: Token, vocabulary: Vocabulary) -> str | None:
    """The one word of the catalog or the grammar that is nearest, if no other English word is."""
    word = token.text
    if len(word) < _SHORT:
        return _nearest(word, (_TINY,))
    if token.raw[0].isupper() and token.raw[1:].islower():
        own = _nearest(word, (_of(vocabulary),))
        if own:
            return own
    return _nearest(word, (_of(vocabulary), _grammar(), _ordinary()))


def _nearest(word: str, sources: Iterable[Words]) -> str | None:
    """The word of least cost; None where two that differ in more than their endings tie.

    Of ordinary English only a word that is nearer than all others counts, and then nothing is put
    right: it is no word that the grammar or the catalog could make use of.
    """
    most = _most(len(word))
    best: list[str] = []
    least = most
    is_ordinary = False
    for source in sources:
        if source is _ordinary():
            least -= 0.01
        for other in source.get(word[0], ()):
            if abs(len(other) - len(word)) > ceil(most) or _is_done_by(word, other):
                continue
            cost = _cost(word, other)
            if cost > least:
                continue
            best = [*best, other] if cost == least else [other]
            least = cost
            is_ordinary = source is _ordinary()
    alike = len({stem(other) for other in best}) == 1
    return best[0] if alike and not is_ordinary else None


def _is_done_by(word: str, other: str) -> bool:
    """`insured` is what an `insurer` does, and none of the two written wrong."""
    return word.endswith("ed") and other.endswith(("er", "or")) and word[:-2] == other[:-2]


def _most(length: int) -> float:
    """What a correction may cost: in short words a letter more or another makes another word."""
    if length >= _LONG:
        return 2.0
    return _MISSING if length <= _SHORT else _EXTRA if length <= _MIDDLE else _OTHER


def _cost(word: str, other: str) -> float:
    """How unlikely it is that `other` was meant by `word`: the mistakes it takes, weighed.

    >>> _cost("ordres", "orders"), _cost("sesions", "sessions"), _cost("tme", "time")
    (0.8, 0.75, 0.85)
    """
    two = [_FAR] * (len(other) + 1)
    one = [0.0]
    for j in range(1, len(other) + 1):
        one.append(one[-1] + _left_out(other, j))
    for i, letter in enumerate(word, start=1):
        row = [one[0] + _EXTRA]
        for j, meant in enumerate(other, start=1):
            cost = min(
                one[j - 1] + (0.0 if letter == meant else _OTHER),
                row[j - 1] + _left_out(other, j),
                one[j] + _EXTRA,
            )
            if i > 1 and j > 1 and letter == other[j - 2] and word[i - 2] == meant:
                cost = min(cost, two[j - 2] + _SWAPPED)
            row.append(cost)
        two, one = one, row
        if min(row) > 2.0:
            return _FAR
    return round(one[-1], 3)


def _left_out(other: str, j: int) -> float:
    """What leaving out the letter before position `j` costs: less where it stands twice."""
    return _DOUBLED if j > 1 and other[j - 1] == other[j - 2] else _MISSING


def _of(vocabulary: Vocabulary) -> Words:
    if not vocabulary.initials:
        vocabulary.initials.update(_by_initial(vocabulary.spellings))
    return vocabulary.initials


@cache
def _grammar() -> Words:
    return _by_initial(word for word in _GRAMMAR if len(word) > 2)


@cache
def _ordinary() -> Words:
    return _by_initial(word for word in english.WORDS if len(word) > _SHORT)


def _by_initial(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for word in sorted(words):
        found[word[:1]].append(word)
    return {letter: tuple(words) for letter, words in found.items()}


_TINY = _by_initial(
    word_set("how many show last time what when with which from week past most less than list the")
)
"""What a word of three letters may have been meant for."""
