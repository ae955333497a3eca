"""What the COMMENT of a table or a column says: words, values, codes, and when there is none."""

from __future__ import annotations

import re

from app.catalog.model import Column
from app.semantic_parser.lexicon import STOP
from app.semantic_parser.tokens import name_parts, tokenize
from app.semantic_parser.types import is_text

_NULL_CLAUSE = re.compile(r"\b(?:null|empty)\b[^;.]*", re.IGNORECASE)
"""When a column is null is a condition on rows (`null while open`), and no word for the column."""
_SUBJECT_END = re.compile(r"[,;.:]|\b(?:of|on|in|at|by|for|from|with|that|which|what|where)\b")
_MEANING = re.compile(r"(\w+) = ((?!(?:or|and)\b)[^\W\d_]\w*(?: (?!(?:or|and)\b)\w+){0,3})")
"""What a code stands for, in a comment: `DE = Germany, AT = Austria`."""


def head_and_rest(comment: str) -> tuple[str, str, str]:
    """The first phrase of a comment, the mark after it, and what follows."""
    found = re.search(r"[:;.(,]", comment)
    if not found:
        return comment, "", ""
    return comment[: found.start()], found[0], comment[found.end() :]


def content(text: str) -> frozenset[str]:
    """The stems of a comment's words, without those that may stay unexplained."""
    words = (t for t in tokenize(text) if t.kind == "word")
    return frozenset(t.stem for t in words if t.text not in STOP and len(t.text) > 1)


def aliases(comment: str) -> dict[str, str]:
    """Words in parentheses to the word before: `parcels (deliveries, packages)`."""
    found: dict[str, str] = {}
    for before, inside in re.findall(r"(\w+) \(([^()]{1,200})\)", comment):
        (noun, *_) = name_parts(before) or ("",)
        found.update({t.stem: noun for t in tokenize(inside) if t.kind == "word"})
    return found


def listed_values(column: Column) -> tuple[str, ...]:
    """The values that a comment lists, as in `Outcome: succeeded, failed or refunded`.

    >>> listed_values(Column("s", "STRING", "Outcome: paid, card_expired or open; null if new"))
    ('paid', 'card_expired', 'open')
    """
    if not is_text(column):
        return ()
    found = re.search(r"(?:: ?|\bone of:? )([^:;.()]{3,300})", column.comment)
    if not found or not re.search(r",| or ", found[1]):
        return ()
    text = _MEANING.sub(r"\1", found[1])
    items = [i.strip(" '\"`") for i in re.split(r", (?:or |and )?| or | and ", text)]
    return tuple(items) if all(1 <= len(i.split()) <= 3 for i in items) else ()


def subject(comment: str) -> frozenset[str]:
    """What the rows are: of `Alerts (alarms) on payments` alerts and alarms, and no payments."""
    return content(_SUBJECT_END.split(comment)[0]) | {*aliases(comment)}


def nulls(comment: str) -> frozenset[str]:
    """Words that say when there is no value: `null while open`."""
    return content(" ".join(_NULL_CLAUSE.findall(comment)))


def without_nulls(comment: str) -> str:
    """A comment without what it says of missing values."""
    return _NULL_CLAUSE.sub(" ", comment)


def meanings(column: Column) -> tuple[tuple[str, str], ...]:
    """Codes and what they stand for.

    >>> meanings(Column("c", "STRING", "Country: DE = Germany or US = United States"))
    (('DE', 'Germany'), ('US', 'United States'))
    """
    return tuple((code, meaning) for code, meaning in _MEANING.findall(column.comment))
