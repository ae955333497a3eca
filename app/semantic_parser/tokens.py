"""A question as a list of tokens, each word with its stem."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Literal

Kind = Literal["word", "code", "number", "date", "clock", "operator", "mark"]

_TOKEN = re.compile(
    r"""
      (?P<date>\d{4}([-/.])\d{1,2}\2\d{1,2}(?:T(?=\d)|(?!\d|-\d))
             |\d{1,2}([-/.])\d{1,2}\3(?:\d{4}|\d{2})(?!\d|[./-]\d))
    | (?P<clock>\d{1,2}:\d{2}(?::\d{2})?(?!\d))
    | (?P<code>\d{1,2}/\d{1,2}(?![\d/])
             |(?!\d{1,3}(?:\.\d{3})+(?!\d))\d{1,3}(?:\.\d{1,3}){2,3}(?![\w,]|\.\d))
    | (?P<european>(?<!\d,)(?:\d{1,3}(?:\.\d{3})+|\d{1,9}),\d{2}(?![\d,])
                 |\d{1,3}(?:\.\d{3}){2,}(?!\d|[.,]\d))
    | (?P<short>(?:\d{1,9}(?:\.\d{1,6})?k|\d{1,6}\.\d{1,3}m|(?<=[€$£])\d{1,6}m)(?!\w))
    | (?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])|\d{1,12}(?:\.\d{1,6})?)
    | (?P<word>[ap]\.\ ?m\b\.?|\b(?:dr|mr|mrs|ms|prof|st)\.(?=\ [^\W\d_])
             |[^\W\d_]\w*(?:['’.-]\w+)*|½)
    | (?P<operator><=|>=|<>|!=|==|[<>=≤≥%€$£])
    | (?P<mark>[,;.!?:()])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SHORT_WITH = re.compile(r"(?<![\w/])w/(o\b)?(?=[\s\w])", re.IGNORECASE)
_DASH = re.compile(r"(?<=[^\W_]) [-–—] (?=[^\W\d_])")
"""A dash between words sets apart what follows, as a comma does."""
_MAIL = re.compile(r"\b([eE])-([mM]ails?\b)")
_MERIDIEM = re.compile(r"[ap]\.? ?m\.?", re.IGNORECASE)
_PHRASAL = re.compile(r"(-(?:in|out|up|off))s$", re.IGNORECASE)
"""The plural of `check-in` and the like."""

_CONTRACTION = re.compile(r"['’](s|re|ll|ve|d|m|t)$")
_CAMEL = re.compile(r"(?<=[a-z][a-z0-9])(?=[A-Z])|(?<=[a-z][a-z][a-z])(?=[A-Z])")
_VOWELS = re.compile(r"[aeiouy]+")
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
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "ninety": 90,
    "hundred": 100,
}
_THOUSANDS = {"k": 1_000, "m": 1_000_000}
_IRREGULAR = {
    "rating": "rating",
    "ratings": "rating",
    "consumption": "consum",
    "arrival": "arriv",
    "arrivals": "arriv",
    "departure": "depart",
    "departures": "depart",
    "approval": "approv",
    "approvals": "approv",
    "refusal": "refus",
    "refusals": "refus",
    "removal": "remov",
    "removals": "remov",
    "renewal": "renew",
    "renewals": "renew",
    "completion": "complet",
    "completions": "complet",
    "creation": "creat",
    "creations": "creat",
    "deletion": "delet",
    "deletions": "delet",
    "admission": "admit",
    "admissions": "admit",
    "registration": "register",
    "registrations": "register",
    "submission": "submit",
    "submissions": "submit",
    "transmission": "transmit",
    "collection": "collect",
    "collections": "collect",
    "rejection": "reject",
    "rejections": "reject",
    "inspection": "inspect",
    "inspections": "inspect",
    "detection": "detect",
    "detections": "detect",
    "failure": "fail",
    "failures": "fail",
    "paid": "pay",
    "sold": "sell",
    "bought": "buy",
    "people": "person",
    "ads": "ad",
    "men": "man",
    "women": "woman",
    "children": "child",
    "died": "die",
    "lying": "lie",
    "sent": "send",
    "began": "begin",
    "begun": "begin",
    "drove": "driv",
    "driven": "driv",
    "rode": "rid",
    "ridden": "rid",
    "flew": "fly",
    "flown": "fly",
    "built": "build",
    "ran": "run",
    "data": "data",
    "note": "note",
    "notes": "note",
    "noted": "note",
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
        text: In lower case; a date as ISO writes it.
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
    text = _DASH.sub(" , ", text)
    text = _MAIL.sub(r"\1\2", text)
    text = _SHORT_WITH.sub(lambda m: "without" if m[1] else "with", text)
    for match in _TOKEN.finditer(text):
        raw, kind = match[0], match.lastgroup
        if kind == "word":
            tokens += _words(raw)
        elif kind == "date":
            tokens.append(Token(raw, _iso(raw), raw, "date"))
        elif kind in {"clock", "code", "operator", "mark"}:
            tokens.append(Token(raw, raw, raw, kind))  # type: ignore[arg-type]
        else:
            tokens.append(Token(raw, raw, raw, "number", _number(raw, kind)))
    return tuple(tokens)


def name_parts(name: str) -> tuple[str, ...]:
    """The stems that a snake or camel case name or a value is made of.

    >>> name_parts("failureReason"), name_parts("card_expired")
    (('fail', 'reason'), ('card', 'expir'))
    """
    return tuple(t.stem for t in tokenize(name) if t.kind != "mark")


def _number(raw: str, kind: str | None) -> Decimal:
    """`1,000.50`, `1.000,50`, `20k`."""
    if kind == "european":
        return Decimal(raw.replace(".", "").replace(",", "."))
    if kind == "short":
        return Decimal(raw[:-1]) * _THOUSANDS[raw[-1].lower()]
    return Decimal(raw.replace(",", ""))


def _iso(raw: str) -> str:
    """A date as ISO writes it, read day first unless there is no such month."""
    parts = re.split(r"[-/.]", raw.rstrip("Tt"))
    first, second, third = map(int, parts)
    if len(parts[0]) == 4:
        year, month, day = first, second, third
    else:
        year = third if third > 99 else 2000 + third
        month, day = (second, first) if second <= 12 else (first, second)
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return raw


def _words(raw: str) -> list[Token]:
    if _MERIDIEM.fullmatch(raw):
        return [_word(raw[0] + "m")]
    bare = _CONTRACTION.sub("", raw)
    negated = raw.lower().replace("’", "'").endswith("n't")
    if negated:
        bare = raw[:-3]
    if any(c.isdigit() for c in bare) and not bare.isalpha():
        return [Token(bare, bare.lower(), bare.lower(), "code")]
    bare = _PHRASAL.sub(r"\1", bare)
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
    if doubled and word.endswith("ll") and len(_VOWELS.findall(word)) == 1:
        return word  # "billed", "calling", "rolled", unlike "cancelled"
    return word[:-1] if doubled else word
