"""What a word can stand for: its root, what it abbreviates, and what is short for it."""

from __future__ import annotations

import re
from functools import lru_cache

from app.semantic_parser import english
from app.semantic_parser.linking.abbreviations import ABBREVIATIONS
from app.semantic_parser.linking.synonyms import SYNONYMS
from app.semantic_parser.tokens import Token, stem, tokenize

ROOT = 0.95
SPELLED_OUT = 0.88
RARER = 0.06
"""By how much what is short for several words is less likely any but the first."""
SYNONYM = 0.75

_UNIT = re.compile(r"k(?:Wh?|m|g)(?![a-z])")
_NUMBERED = re.compile(r"\b([A-Za-z]{4,})(\d+)\b")
_AFTER_DIGIT = re.compile(r"(?<=\d)(?=[A-Z][a-z])")

_ENDINGS = (
    ("ment", 4), ("ance", 4), ("anc", 4), ("enc", 4), ("ion", 4), ("al", 4), ("er", 5), ("or", 5),
    ("i", 4), ("ur", 4), ("nes", 4), ("s", 5), ("iti", 4), ("abl", 4), ("iv", 5), ("at", 5),
)  # fmt: skip
_ROOTS = {
    "suspicion": "suspect", "suspiciou": "suspect", "suspens": "suspend", "decis": "decid",
    "resolution": "resolv", "arrival": "arriv", "death": "die", "loss": "lose", "lost": "lose",
    "broken": "break", "stolen": "steal", "theft": "steal", "froz": "freez", "frozen": "freez",
    "given": "giv", "taken": "tak", "chosen": "choos", "left": "leav", "late": "lat",
    "received": "receiv", "receipt": "receiv", "begun": "begin", "began": "begin",
    "expiri": "expir", "withdrew": "withdraw", "withdrawn": "withdraw", "hidden": "hid",
}  # fmt: skip


@lru_cache(maxsize=50_000)
def words_in(text: str) -> tuple[Token, ...]:
    """The tokens of a name, a value or a comment, without marks."""
    return tuple(t for t in tokenize(text) if t.kind != "mark")


@lru_cache(maxsize=50_000)
def stems_of(text: str) -> tuple[str, ...]:
    """The stems of a name, a value or a comment."""
    return tuple(t.stem for t in words_in(text))


@lru_cache(maxsize=20_000)
def root(word: str) -> str:
    """A stem without endings that make a noun or an adjective of a verb.

    >>> root("deliveri"), root("approval"), root("settlement"), root("order")
    ('deliver', 'approv', 'settl', 'order')
    """
    if word in _ROOTS:
        return _ROOTS[word]
    if word.endswith("li") and len(word) >= 7:
        return word[:-2].removesuffix("e")  # "privately", "urgently"
    for ending, least in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= least:
            rest = word.removesuffix(ending)
            return rest.removesuffix("e") if ending != "er" else word
    return word


@lru_cache(maxsize=20_000)
def said_as(word: str) -> tuple[tuple[str, float], ...]:
    """The stems that a stem in a question may mean, best first, with what they are worth."""
    found: dict[str, float] = {word: 1.0}
    found.setdefault(root(word), ROOT)
    if word.endswith("us") and len(word) > 3:
        found.setdefault(word[:-1], 0.97)  # "skus", unlike "status"
    for phrase in ABBREVIATIONS.get(word, ()):
        if len(phrase) == 1:
            found.setdefault(phrase[0], 0.92)
    for other in SYNONYMS.get(word, ()):
        found.setdefault(other, SYNONYM)
        found.setdefault(root(other), SYNONYM * ROOT)
    return tuple(found.items())


@lru_cache(maxsize=20_000)
def meant_by(part: str) -> dict[str, float]:
    """The stems that a part of a name (as written, lower case) can be said as."""
    word = stem(part)
    found = {word: 1.0}
    found.setdefault(root(word), ROOT)
    for at, phrase in enumerate(ABBREVIATIONS.get(_one_of(part), ())):
        if len(phrase) == 1:
            worth = SPELLED_OUT - (RARER if at else 0.0)
            found.setdefault(phrase[0], worth)
            found.setdefault(root(phrase[0]), worth * ROOT)
    return found


def is_spelled_out(worth: float) -> bool:
    """Whether what `meant_by` gives a worth is a whole word that a part is short for."""
    return worth in {SPELLED_OUT, SPELLED_OUT - RARER}


def _one_of(part: str) -> str:
    """The singular of what is short for a plural: `rpt` of `rpts`."""
    known = part in ABBREVIATIONS or english.is_ordinary(part)
    return part if known or not part.endswith("s") else part.removesuffix("s")


@lru_cache(maxsize=20_000)
def longer(part: str) -> tuple[tuple[str, ...], ...]:
    """The phrases of several words that a part of a name is short for."""
    return tuple(p for p in ABBREVIATIONS.get(part, ()) if len(p) > 1)


@lru_cache(maxsize=20_000)
def parts_of(name: str) -> tuple[str, ...]:
    """The parts of a name as written, in lower case, run-together words taken apart.

    >>> parts_of("unitPrice"), parts_of("windspeed"), parts_of("energy_kWh")
    (('unit', 'price'), ('wind', 'speed'), ('energy', 'kwh'))
    """
    text = _UNIT.sub(lambda found: f" {found[0].lower()} ", name)
    text = _NUMBERED.sub(r"\1 \2", _AFTER_DIGIT.sub(" ", re.sub(r"[_.-]", " ", text)))
    parts: list[str] = []
    for token in tokenize(text):
        if token.kind != "mark":
            parts += _taken_apart(token.text) if token.kind == "word" else (token.text,)
    return tuple(parts)


def taken_apart(text: str) -> tuple[str, ...]:
    """The stems of a value's words, compounds taken apart: `issuer_timeout` times out."""
    words = (t.text for t in tokenize(text) if t.kind == "word")
    return tuple(stem(part) for word in words for part in _compound(word))


@lru_cache(maxsize=20_000)
def abbreviates(short: str, word: str) -> float:
    """How well a part of a name that is no word may be short for one; 0 where it is not.

    >>> abbreviates("ctgry", "category") > abbreviates("categ", "category") > 0
    True
    >>> abbreviates("cat", "dog")
    0.0
    """
    if len(short) < 2 or len(short) >= len(word) or short[0] != word[0]:
        return 0.0
    if word.endswith("s") and not short.endswith("s"):
        one = word[:-3] + "y" if word.endswith("ies") else word[:-1]
        return abbreviates(short, one)
    if len(short) == 2:
        return 0.75 if _consonants(word) == short and len(word) <= 4 else 0.0
    if _consonants(word) == _consonants(short) and len(_consonants(short)) >= 3:
        return 0.82
    if word.startswith(short):
        return 0.78 if len(short) >= 4 else 0.68
    rest = iter(word)
    inside = all(letter in rest for letter in short)
    close = len(word) <= 3 * len(short) and short[-1] == word[-1] and len(short) >= 4
    return 0.7 if inside and close else 0.0


def begins(short: str, word: str) -> bool:
    """Whether two letters of a name are the first of a word, or of its consonants.

    That says little, so the rest of the name has to be said as well.

    >>> begins("pl", "players"), begins("vh", "vehicle"), begins("pl", "apples")
    (True, True, False)
    """
    if len(short) != 2 or len(word) <= 3:
        return False
    return word.startswith(short) or _consonants(word).startswith(short)


def is_odd(part: str) -> bool:
    """Whether a part of a name is no ordinary word and so may be short for one.

    >>> is_odd("plat"), is_odd("plates"), is_odd("gm"), is_odd("id")
    (True, False, True, False)
    """
    if not part.isalpha() or part in english.WORDS:
        return False
    if len(part) == 2:
        return not set(part) & set("aeiou") and part not in ABBREVIATIONS
    return len(part) >= 3 and (stem(part) == part or not english.is_ordinary(part))


def _consonants(word: str) -> str:
    bare = word[0] + re.sub(r"[aeiou]", "", word[1:])
    return re.sub(r"(.)\1", r"\1", bare)


def _taken_apart(word: str) -> tuple[str, ...]:
    if len(word) < 6 or word in ABBREVIATIONS or english.is_ordinary(word):
        return (word,)
    return _compound(word)


def _compound(word: str) -> tuple[str, ...]:
    for at in range(3, len(word) - 1):
        left, right = word[:at], word[at:]
        if _is_part(left) and _is_part(right):
            return left, right
    return (word,)


def _is_part(word: str) -> bool:
    if len(word) == 2:
        return word in {"id", "no", "nr", "ts", "at", "ms", "in", "kw"}
    return word in english.WORDS or word in ABBREVIATIONS
