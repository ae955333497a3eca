"""Splits a question of several halves: `which ..., and what do we owe the customers?`."""

from __future__ import annotations

import re

_STARTERS = (
    r"what|how|why|who|when|where|which|should|does|do|did|is|are|can|may|must|tell|explain|show"
    r"|list|give"
)
_BREAK = re.compile(
    rf"[?!;]\s+(?:and\s+|but\s+|also\s+)?|\.\s+(?=[A-Z])"
    rf"|,?\s+(?:and|but)\s+(?:also\s+)?(?=(?:{_STARTERS})\b)|,\s+(?=(?:what|how|why|who|when)\b)"
    r"|,\s+and\s+(?=(?:in|at|on|for|to|under|up\s+to|from|by|with|until)\s+(?:which|what|whom)\b)",
    re.IGNORECASE,
)
_FRONTED = re.compile(
    r"\s*(?:(?:out\s+)?of|among|(?:for|in|at|on|per|within)\s+(?:each|every))\b[^?!;]*[?!]?\s*\Z",
    re.IGNORECASE,
)
"""`Of the failed payments, what ...`: the first half only says what the other is about."""
_BACK = re.compile(r"\beach\s+(?:one|of\s+(?:them|these|those))\b", re.IGNORECASE)
"""`..., and how many did each one cost`: of what the half before it names."""
_STARTS = re.compile(rf"(?:(?:and|but|also|so|then)\s+)*(?:{_STARTERS})\b", re.IGNORECASE)
_COURTESY = re.compile(
    r"(?:(?:hi|hello|hey|dear \w+|good \w+|thanks|thank you|please|sorry|excuse me|ok|okay|cheers"
    r"|just curious|quick question|a lot|very much|in advance|there|all|team)\b|[\s,.!-])+",
    re.IGNORECASE,
)
_COUNTED_LAST = re.compile(
    rf"(?!\s*(?:{_STARTERS})\b)[^?!;]*,\s+how\s+many"
    r"(?:\s+(?:of\s+(?:them|these|those)\s+)?(?:is|are|was|were|has|have|had|did|do|got)\b[^?!;,]*)?"
    r"\s*[?!.]*\s*\Z",
    re.IGNORECASE,
)
"""`Changes by staff today, how many?`: the end asks how many there are of what stands before."""
MOST = 4
_SHORTEST = 3


def split(question: str) -> tuple[str, ...]:
    """The halves of a question, cut only where another question or sentence begins.

    >>> split("Which carriers are late, and what do we owe the customers?")
    ('Which carriers are late', 'what do we owe the customers?')
    >>> split("How many orders in Berlin, Hamburg, and Munich?")
    ('How many orders in Berlin, Hamburg, and Munich?',)
    """
    if any(p.match(question) for p in (_FRONTED, _COUNTED_LAST)) or _BACK.search(question):
        return (question,)
    parts = [p.strip(" ,;") for p in _BREAK.split(question[:2_000], maxsplit=MOST - 1)]
    kept = tuple(p for p in parts if len(p) >= _SHORTEST)
    return kept or (question,)


def stands_alone(half: str) -> bool:
    """Whether a half asks something of its own or nothing at all, instead of changing another.

    >>> [stands_alone(h) for h in ("what do we owe?", "Thanks a lot!", "I mean those of today")]
    [True, True, False]
    """
    return bool(_STARTS.match(half) or _COURTESY.fullmatch(half))


def is_courtesy(half: str) -> bool:
    """Whether there is nothing to answer in a half.

    >>> is_courtesy("Thank you very much"), is_courtesy("why is that")
    (True, False)
    """
    return _COURTESY.fullmatch(half) is not None
