"""Splits a question of several halves: `which ..., and what do we owe the customers?`."""

from __future__ import annotations

import re

_STARTERS = (
    r"what|how|why|who|when|where|which|should|does|do|did|is|are|can|may|must|tell|explain|show"
    r"|list|give"
)
_LED = r"(?:in|at|on|for|to|under|up\s+to|from|by|with|until)\s+(?:which|what|whom)"
"""How a question begins that asks by a preposition: `up to what amount`."""
_BREAK = re.compile(
    rf"[?!;]\s+(?!I\s+mean\b)(?:and\s+|but\s+|also\s+)?|\.\s+(?!I\s+mean\b)(?=[A-Z])"
    rf"|,?\s+(?:and|but)\s+(?:also\s+)?(?=(?:{_STARTERS})\b)|,\s+(?=(?:what|how|why|who|when)\b)"
    rf"|,\s+and\s+(?={_LED}\b)",
    re.IGNORECASE,
)
_FRONTED = re.compile(
    r"\s*(?:(?:out\s+)?of|among|(?:for|in|at|on|per|within)\s+(?:each|every))\b[^?!;]*[?!]?\s*\Z",
    re.IGNORECASE,
)
"""`Of the failed payments, what ...`: the first half only says what the other is about."""
_BACK = re.compile(r"\beach\s+(?:one|of\s+(?:them|these|those))\b", re.IGNORECASE)
"""`..., and how many did each one cost`: of what the half before it names."""
_STARTS = re.compile(rf"(?:(?:and|but|also|so|then)\s+)*(?:{_STARTERS}|{_LED})\b", re.IGNORECASE)
_COURTESY = re.compile(
    r"(?:(?:hi|hello|hey|dear \w+|good \w+|thanks|thank you|please|sorry|excuse me|ok|okay|cheers"
    r"|just curious|quick question|a lot|very much|in advance|there|all|team)\b|[\s,.!-])+",
    re.IGNORECASE,
)
_DEFINING = re.compile(
    r"\b(?:definition of|defin(?:e|ing)|mean by|what do(?:es)?|how (?:is|are))\s+(?:an?\s+|the\s+)?"
    r"(?P<term>\w[\w -]{1,40}?)(?P<end>\s+(?:mean|defined))?\s*\Z",
    re.IGNORECASE,
)
_MEANT = re.compile(
    r"\b(is|was|are|were|did|does|has|have)\s+(?:it|they|this|that)\b", re.IGNORECASE
)
_COUNTED_LAST = re.compile(
    rf"(?!\s*(?:{_STARTERS})\b)[^?!;]*,\s+how\s+many"
    r"(?:\s+(?:of\s+(?:them|these|those)\s+)?"
    r"(?:is|are|was|were|has|have|had|did|do|got|per|by|(?:for|in|on|at|of)\s+(?:each|every))\b"
    r"[^?!;,]*)?"
    r"\s*[?!.]*\s*\Z",
    re.IGNORECASE,
)
"""`Changes by staff today, how many per team?`: the end asks how many there are of the start."""
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

    >>> [stands_alone(h) for h in ("what do we owe?", "up to what amount may we pay?", "Thanks!")]
    [True, True, True]
    >>> stands_alone("I mean those of today")
    False
    """
    return bool(_STARTS.match(half) or _COURTESY.fullmatch(half))


def spelled_out(half: str, before: str) -> str:
    """A half with the term in the place of `it`, where the half before asks what a term means.

    >>> spelled_out("how high was it today?", "What is the definition of gross revenue")
    'how high was gross revenue today?'
    >>> spelled_out("how high was it today?", "What was the revenue yesterday")
    'how high was it today?'
    """
    found = _DEFINING.search(before)
    if found is None or (found[0].lower().startswith(("what", "how")) and not found["end"]):
        return half
    return _MEANT.sub(lambda m: f"{m[1]} {found['term']}", half, count=1)


def goes_on(question: str, half: str) -> bool:
    """Whether a half only goes on, behind a comma, with what the words before it say.

    >>> goes_on("Now, the parcels of today, how many are late?", "how many are late?")
    True
    >>> goes_on("Which are late, and how many are lost?", "how many are lost?")
    False
    """
    return re.search(rf",\s+{re.escape(half)}", question) is not None


def is_courtesy(half: str) -> bool:
    """Whether there is nothing to answer in a half.

    >>> is_courtesy("Thank you very much"), is_courtesy("why is that")
    (True, False)
    """
    return _COURTESY.fullmatch(half) is not None
