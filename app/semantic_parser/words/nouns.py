"""English nouns: one of them and several."""

from __future__ import annotations

import re
from collections.abc import Callable

_IRREGULAR = {
    "people": "person", "men": "man", "women": "woman", "children": "child", "movies": "movie",
    "cookies": "cookie", "statuses": "status", "buses": "bus", "bonuses": "bonus",
    "caches": "cache", "indices": "index", "matrices": "matrix", "vertices": "vertex",
    "halves": "half", "diagnoses": "diagnosis", "analyses": "analysis", "feet": "foot",
}  # fmt: skip
_PLURALS = {one: many for many, one in _IRREGULAR.items()}
_SAME = {"series", "species", "news", "data", "staff", "equipment", "traffic", "sales"}
_TAIL = re.compile(r"\s+(?:of|in|with|without|from|to|that|who|at|on|for|by)\s.*\Z")
_VOWELS = "aeiou"


def singular(noun: str) -> str:
    """One of what a noun names; what follows a preposition stays.

    >>> singular("deliveries"), singular("page views"), singular("sessions of visitors")
    ('delivery', 'page view', 'session of visitors')
    """
    return _at_head(noun, _one)


def plural(noun: str) -> str:
    """Several of what a noun names; one that is a plural stays.

    >>> plural("city"), plural("branch"), plural("orders"), plural("bus")
    ('cities', 'branches', 'orders', 'buses')
    """
    return _at_head(noun, _many)


def counted(noun: str, count: object) -> str:
    """The noun as it stands behind a count.

    >>> counted("orders", 1), counted("order", 2), counted("orders", 0)
    ('order', 'orders', 'orders')
    """
    return singular(noun) if count == 1 else plural(noun)


def a(noun: str) -> str:
    """The noun with its article.

    >>> a("order"), a("payment")
    ('an order', 'a payment')
    """
    return f"{'an' if noun[:1].lower() in _VOWELS else 'a'} {noun}"


def with_unit(number: str, unit: str) -> str:
    """A number and its unit, which is one where the number is 1.

    >>> with_unit("1", "hours"), with_unit("12.50", "EUR"), with_unit("3", "")
    ('1 hour', '12.50 EUR', '3')
    """
    if number == "1" and unit.islower() and len(unit) > 3:
        unit = _one(unit)
    return f"{number} {unit}".rstrip()


def _at_head(noun: str, change: Callable[[str], str]) -> str:
    tail = _TAIL.search(noun)
    head = noun[: tail.start()] if tail else noun
    before, space, last = head.rpartition(" ")
    return f"{before}{space}{change(last)}{tail[0] if tail else ''}"


def _one(word: str) -> str:
    lower = word.lower()
    if lower in _SAME or len(word) < 3:
        return word
    if lower in _IRREGULAR:
        return word[:1] + _IRREGULAR[lower][1:]
    if lower.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if lower.endswith(("sses", "xes", "ches", "shes", "zzes")):
        return word[:-2]
    if lower.endswith("s") and not lower.endswith(("ss", "us", "is", "'s")):
        return word[:-1]
    return word


def _many(word: str) -> str:
    lower = word.lower()
    if not word or lower in _SAME or _one(word) != word:
        return word
    if lower in _PLURALS:
        return word[:1] + _PLURALS[lower][1:]
    if lower.endswith("y") and lower[-2:-1] not in _VOWELS:
        return word[:-1] + "ies"
    if lower.endswith(("s", "x", "ch", "sh", "z")):
        return word + "es"
    return word + "s"
