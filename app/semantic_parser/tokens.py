"""A question as a list of tokens, each word with its stem."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

Kind = Literal["word", "code", "number", "date", "clock", "operator", "mark"]

_TOKEN = re.compile(
    r"""
      (?P<date>\d{4}-\d{2}-\d{2}(?!\d))
    | (?P<clock>\d{1,2}:\d{2}(?::\d{2})?(?!\d))
    | (?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])|\d{1,12}(?:\.\d{1,6})?)
    | (?P<word>[^\W\d_]\w*(?:['’.-]\w+)*)
    | (?P<operator><=|>=|<>|!=|==|[<>=≤≥%€$£])
    | (?P<mark>[,;.!?:()])
    """,
    re.VERBOSE,
)
_CONTRACTION = re.compile(r"['’](s|re|ll|ve|d|m|t)$")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_VOWEL = re.compile(r"[aeiouy]")
_NUMBER_WORDS = {
    word: number
    for number, word in enumerate(("zero", "one", "two", "three", "four", "five", "six"))
} | {
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "fifty": 50,
    "hundred": 100,
}
_IRREGULAR = {
    "failure": "fail",
    "failures": "fail",
    "paid": "pay",
    "sold": "sell",
    "bought": "buy",
    "people": "person",
    "men": "man",
    "women": "woman",
    "children": "child",
    "died": "die",
    "lying": "lie",
    "sent": "send",
    "data": "data",
    "success": "succeed",
    "successful": "succeed",
    "successfully": "succeed",
}


def word_set(words: str) -> frozenset[str]:
    """The words of a text, for tables of words that stay readable as prose."""
    return frozenset(words.split())


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the question.

    Attributes:
        raw: As written.
        text: In lower case.
        stem: Of a word; of anything else its text.
        kind: Words carry meaning, codes are identifiers such as `O-5f3a`, marks are punctuation.
        number: The value of a number or a number word.
        misspelt: Whether `text` is not what was written but a known word close to it.
    """

    raw: str
    text: str
    stem: str
    kind: Kind
    number: Decimal | None = None
    misspelt: bool = False


def tokenize(text: str) -> tuple[Token, ...]:
    """Splits a text; compound names give one token for each part.

    >>> [t.stem for t in tokenize("Which cities had page_views by issuer-timeout?")][:5]
    ['which', 'citi', 'had', 'pag', 'view']
    """
    tokens: list[Token] = []
    for match in _TOKEN.finditer(text):
        raw, kind = match[0], match.lastgroup
        if kind == "word":
            tokens += _words(raw)
        elif kind == "number":
            tokens.append(Token(raw, raw, raw, "number", Decimal(raw.replace(",", ""))))
        elif kind in {"date", "clock", "operator", "mark"}:
            tokens.append(Token(raw, raw, raw, kind))  # type: ignore[arg-type]
    return tuple(tokens)


def name_parts(name: str) -> tuple[str, ...]:
    """The stems that a snake or camel case name or a value is made of.

    >>> name_parts("failureReason"), name_parts("card_expired")
    (('fail', 'reason'), ('card', 'expir'))
    """
    return tuple(t.stem for t in tokenize(name) if t.kind != "mark")


def _words(raw: str) -> list[Token]:
    bare = _CONTRACTION.sub("", raw)
    negated = raw.lower().replace("’", "'").endswith("n't")
    if negated:
        bare = raw[:-3]
    if any(c.isdigit() for c in bare) and not bare.isalpha():
        return [Token(bare, bare.lower(), bare.lower(), "code")]
    parts = [p for part in re.split(r"[_.'’-]", bare) for p in _CAMEL.split(part) if p]
    tokens = [_word(part) for part in parts]
    return [*tokens, _word("not")] if negated else tokens


def _word(raw: str) -> Token:
    lower = raw.lower()
    number = _NUMBER_WORDS.get(lower)
    return Token(raw, lower, stem(lower), "word", None if number is None else Decimal(number))


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A light English stem: plurals, -ed, -ing, -ation and doubled letters go.

    >>> [stem(w) for w in ("cancelled", "cancellations", "deliveries", "status", "carriers")]
    ['cancel', 'cancel', 'deliveri', 'status', 'carrier']
    """
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) <= 3 or not word.isascii():
        return word
    word = _singular(word)
    for suffix, least in (("ation", 5), ("ing", 3), ("ed", 3)):
        rest = word.removesuffix(suffix)
        if rest != word and len(rest) >= least and _VOWEL.search(rest) and not word.endswith("eed"):
            word = _undoubled(rest)
            break
    if word.endswith("y") and len(word) > 3 and word[-2] not in "aeiou":
        return word[:-1] + "i"
    return word.removesuffix("e") if len(word) > 3 else word


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes", "uses")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _undoubled(word: str) -> str:
    doubled = len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeious"
    return word[:-1] if doubled else word
