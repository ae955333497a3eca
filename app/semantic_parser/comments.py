"""What the COMMENT of a table or a column says: words, values, codes, and when there is none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from app.catalog.model import Column
from app.semantic_parser.lexicon import STOP
from app.semantic_parser.tokens import name_parts, tokenize, word_set
from app.semantic_parser.types import is_boolean, is_integer, is_text, text_of

_NULL_CLAUSE = re.compile(r"\b(?:null|empty)\b[^;.]*", re.IGNORECASE)
"""When a column is null is a condition on rows (`null while open`), and no word for the column."""
_SUBJECT_END = re.compile(
    r"[,;:(]|\.(?=\s+(?-i:[A-Z])|\s*$)|\b(?:of|on|in|at|by|for|from|with|that|which|what|where|when"
    r"|who|whose|to|until|after|before|per|as|is|was|are|the|used)\b",
    re.IGNORECASE,
)
_LEADING = re.compile(r"^\s*(?:the|a|an|each|every|our)\b\s*", re.IGNORECASE)
_ASKED = {"why": ("reason",), "where": ("plac",), "who": ("person",), "when": ("tim",)}
"""What a comment that begins so speaks of: `Why it failed` of a reason."""
_NO_NOUN = word_set("how what which true false whether if set yes no see null")
_OF = re.compile(r"\s*\w+ of (?:the |an? |this )?([^,;.:(]*)", re.IGNORECASE)
_PARTICIPLE = re.compile(r"^(\w+(?: \w+)?) \w{2,}(?:ed|wn|ught)(?: \w+)?\s*$", re.IGNORECASE)
"""What was done to a thing is no part of its name: `Orders placed in the shop` are orders."""
_IDENTIFIES = re.compile(
    r"^(?:the |unique |a )?(?:(?:number|identifier|id|key) of "
    r"|[\w-]+(?: [\w-]+)? (?:number|identifier|id|no\.?|key)\s*(?:$|[,;:.(]))",
    re.IGNORECASE,
)
_CARRIERS = word_set("number nam cod kind typ id identifi titl")
"""Stems of what is only the carrier of a thing: the `name` of a merchant is the merchant."""
_MEANING = re.compile(
    r"(?<![\w.])([\w+-]{1,12}) ?(?:=|->|→|means|stands for) ?"
    r"((?!(?:or|and)\b)[^\W\d_][\w-]*(?: (?!(?:or|and)\b)[^\W\d_][\w-]*){0,3})"
)
"""What a code stands for, in a comment: `DE = Germany, AT = Austria`."""
_SHORT_MEANING = re.compile(
    r"(?:^|[,;:(] ?)([A-Z]{1,3}|\d{1,3})(?:: ?| [–-] )([^\W\d_][\w-]*(?: [^\W\d_][\w-]*){0,2})"
)
_GRADE = re.compile(r"\b(\d{1,3}) \(([^\W\d_][\w -]{1,40})\)")
"""What a number stands for: `from 1 (minor) to 5 (critical)`."""
_PAIR = r"\w*\d\w*|\w{1,2}"
_PAIRS = re.compile(
    rf"\b(?:{_PAIR}) \([^()]{{1,80}}\)(?:,? (?:or|and|to|through) |, ?| ?/ ?)(?={_PAIR})"
)
"""What short codes mean where fewer are told than make a list: `f (female) or m (male)`."""
_LISTED = re.compile(
    r"(?:: ?|\b(?:one|either|any) of:? |\b(?:such as|e\.g\.,?|for example|like) |"
    r"\b(?:values?|can be|(?<!that )(?<!which )(?<!who )(?:is|are)) (?=\w+,| ?['\"`]))"
    r"(?P<list>[^:;.]{3,400})"
)
_PHRASE = re.compile(
    r"(?:by|its|their|in|at|with|from|to|for|of|as|that|which|see) ", re.IGNORECASE
)
"""How a remark begins that follows a comma and is no value of a list."""
_PARENTHESES = re.compile(r"\(([^()]{1,200})\)")
_SLASHED = re.compile(r"[\w-]+(?:/[\w-]+){2,}")
_SEPARATOR = re.compile(r" ?, ?(?:or |and )?| or | and | [/] | ?[|] ?")
_TRUTH = re.compile(
    r"\b(true|false|yes|no|1|0|set|whether|if)\b:?(?: (?:where|if|when|while|for|once|means|=))? "
    r"(?P<clause>[^;.,]*)",
    re.IGNORECASE,
)
_FLAGS = word_set("flag boolean bool indicator yes/no y/n marker")
_COPULA = re.compile(r"\b(?:was|is|were|are|has been|have been|had been|be|been|has|had|have)\b")
_PREPOSITION = re.compile(r"\b(?:by|for|at|in|on|to|from|with|of|as|before|after)\b")


def head_and_rest(comment: str) -> tuple[str, str, str]:
    """The first phrase of a comment, the mark after it, and what follows."""
    found = re.search(r"[:;.(,]", comment)
    if not found:
        return comment, "", ""
    return comment[: found.start()], found[0], comment[found.end() :]


@lru_cache(maxsize=20_000)
def content(text: str) -> frozenset[str]:
    """The stems of a comment's words, without those that may stay unexplained."""
    words = (t for t in tokenize(text) if t.kind == "word")
    return frozenset(t.stem for t in words if t.text not in STOP and len(t.text) > 1)


@lru_cache(maxsize=20_000)
def noun(comment: str) -> tuple[str, ...]:
    """The stems of the words that say what a column is; empty where no noun leads.

    >>> noun("Response time of the issuer in milliseconds"), noun("Name of the merchant (shop)")
    (('respons', 'tim'), ('merchant',))
    """
    text = _LEADING.sub("", comment)
    first = text.split(maxsplit=1)[0].lower() if text.strip() else ""
    if first in _ASKED or first in _NO_NOUN:
        return _ASKED.get(first, ())
    found = _OF.match(text)
    words = _leading(text)
    if found and words and words[-1] in _CARRIERS and len(words) == 1:
        words = _leading(found[1])
    return tuple(w for w in words if len(w) > 1) if len(words) <= 4 else ()


def identifies(comment: str) -> bool:
    """Whether a comment says that the column tells things apart: `Subscriber number`."""
    return _IDENTIFIES.search(comment) is not None


def _leading(text: str) -> tuple[str, ...]:
    return name_parts(_PARTICIPLE.sub(r"\1", _SUBJECT_END.split(text)[0]))


def aliases(comment: str) -> dict[str, str]:
    """Words in parentheses to the word before: `parcels (deliveries, packages)`."""
    found: dict[str, str] = {}
    for before, inside in re.findall(r"(\w+) \(([^()]{1,200})\)", comment):
        (one, *_) = name_parts(before) or ("",)
        found.update({t.stem: one for t in tokenize(inside) if t.kind == "word"})
    return found


@lru_cache(maxsize=20_000)
def other_names(comment: str) -> tuple[str, ...]:
    """Phrases in parentheses that name the same thing: `Line (route)`, `(card payments, sales)`."""
    found: list[str] = []
    for match in re.finditer(r"(\w+) \(([^()]{1,200})\)", comment):
        if not match[1].isdigit():
            found += [p.strip() for p in re.split(r"[,;]|\bor\b", match[2])]
    return tuple(p for p in found if p and len(p.split()) <= 3)


def listed_values(column: Column) -> tuple[str, ...]:
    """The values that a comment lists, as in `Outcome: succeeded, failed or refunded`.

    >>> listed_values(Column("s", "STRING", "Outcome: paid, card_expired or open; null if new"))
    ('paid', 'card_expired', 'open')
    """
    return _listed(column.comment) if column.comment and text_of(column) else ()


def meanings(column: Column) -> tuple[tuple[str, str], ...]:
    """Codes and values with what else they are called: `DE = Germany`, `male (men, boys)`.

    >>> meanings(Column("sex", "STRING", "f (female) or m (male)"))
    (('f', 'female'), ('m', 'male'))
    """
    comment = column.comment
    if not comment:
        return ()
    found = [*_MEANING.findall(comment), *_SHORT_MEANING.findall(comment)]
    if is_integer(column):
        return (*(f for f in found if f[0].isdigit()), *_GRADE.findall(comment))
    if not text_of(column):
        return ()
    listed = _list_text(comment) or (_plain_list(comment) if _listed(comment) else "")
    listed = listed or (comment if _PAIRS.search(comment) else "")
    for match in re.finditer(r"(\w+) \(([^()]{1,80})\)", listed):
        found += [(match[1], other.strip()) for other in match[2].split(",")]
    return tuple(found)


def truths(column: Column) -> Iterator[tuple[str, bool, float]]:
    """Phrases for a flag, whether they mean true, and how plainly the comment says so.

    >>> list(truths(Column("x", "BOOLEAN", "True where the trip was cancelled (did not run)")))
    [('did not run', True, 0.9), ('cancelled', True, 0.95)]
    """
    if not is_boolean(column):
        return
    found = _TRUTH.search(column.comment)
    value = not (found and found[1].lower() in {"false", "no", "0"})
    for other in other_names(column.comment):
        yield from ((p.strip(), value, 0.9) for p in other.split(","))
    clause = _PARENTHESES.sub("", found["clause"] if found else column.comment).strip()
    said = _COPULA.split(clause, maxsplit=1)
    if len(said) == 2 and said[1].strip():
        first, *more = _PREPOSITION.split(said[1])
        yield first.strip(), value, 0.95
        yield from ((said[1].strip(), value, 0.9) for _ in more[:1])
    elif clause and not found and len(clause.split()) <= 3 and clause.lower() not in _FLAGS:
        yield clause, value, 0.85


def subject(comment: str) -> frozenset[str]:
    """What the rows are: of `Alerts (alarms) on payments` alerts and alarms, and no payments."""
    return content(_SUBJECT_END.split(comment)[0]) | {*aliases(comment)}


def nulls(comment: str) -> frozenset[str]:
    """Words that say when there is no value: `null while open`."""
    return content(" ".join(_NULL_CLAUSE.findall(comment)))


def without_nulls(comment: str) -> str:
    """A comment without what it says of missing values."""
    return _NULL_CLAUSE.sub(" ", comment)


@lru_cache(maxsize=20_000)
def _listed(text: str) -> tuple[str, ...]:
    return _items(_list_text(text), 1) or _items(_plain_list(text), 2)


def _plain_list(text: str) -> str:
    """What may be a list of values though nothing leads it in."""
    comment = _NULL_CLAUSE.sub("", text)
    if "," in comment:
        return comment.split(";")[0]
    return head_and_rest(comment + ";")[0]


@lru_cache(maxsize=20_000)
def _list_text(comment: str) -> str:
    found = _LISTED.search(_NULL_CLAUSE.sub("", comment))
    return found["list"] if found else ""


def _items(text: str, least: int) -> tuple[str, ...]:
    """The items of a list; without a word that leads it in, only short lists of plain words."""
    text = _MEANING.sub(r"\1", _PARENTHESES.sub("", text))
    if _SLASHED.fullmatch(text.strip()):
        text = text.replace("/", " / ")
    if not re.search(r",| or | / |[|]", text):
        return ()
    items = [i.strip(" '\"`") for i in _SEPARATOR.split(text.strip())]
    items = [i for i in items if i]
    words = 3 if least == 1 else 1
    if any(_PHRASE.match(i) for i in items):
        return ()
    if len(items) <= least or not all(1 <= len(i.split()) <= words for i in items):
        return ()
    if least > 1 and not re.search(r" or | / |[|]|_", text):
        return ()
    return tuple(dict.fromkeys(items))


def is_category(column: Column) -> bool:
    """Whether the comment names the values of a text column."""
    return is_text(column) and bool(listed_values(column))
