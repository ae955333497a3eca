"""Which operations the words of a sentence speak of.

The differences, ratios and sums of the pairs of even a small result hit almost every small number,
so a number is taken for one of them only where the sentence says that it is: a figure that merely
stands there must be in the evidence itself.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

Operation = Literal["difference", "remainder", "ratio", "sum", "product", "share", "mean"]

_WORDS: dict[Operation, str] = {
    "difference": (
        r"more|less|fewer|higher|lower|larger|smaller|greater|faster|slower|longer|shorter|later"
        r"|earlier|differ\w*|gap|ahead|behind|than|increase[ds]?|decrease[ds]?|rose|fell|grew|grow"
        r"|growth|drop\w*|declin\w+|chang\w+|compared|versus|vs"
    ),
    "remainder": (
        r"remain\w*|rest|left|leav\w+|others?|minus|net|after|without|except|excluding|not|so|thus"
    ),
    "ratio": (r"times|ratio|factor|fold|twice|half|double[ds]?|triple[ds]?|divided"),
    "sum": (
        r"total\w*|together|sum|combined|in all|altogether|overall|both|plus|adds? up|in sum|all"
        r"|including|across|another|further|jointly"
    ),
    "product": (
        r"times|each|per|×|x|in all|total\w*|together|owe[ds]?|costs?|mak(?:es|ing)|comes to"
        r"|amounts? to|compensation|credit|pay\w*|refund\w*|altogether|worth|sum|that is|so|hence"
        r"|therefore|means"
    ),
    "share": (
        r"share\w*|per ?cent\w*|portion|proportion|fraction|of which|out of|of the|of all"
        r"|rate|ratio"
    ),
    "mean": r"average\w*|mean|per|every|rate|typical\w*",
}
_SIGNS: dict[Operation, str] = {
    "remainder": r"−|(?<=[\d)]) - (?=[\d(€$])",
    "ratio": r"÷|×|(?<=\d) ?/ ?(?=\d)",
    "sum": r"\+|Σ",
    "product": r"×|=|(?<=\d) ?\\?\* ?(?=\d)|\bà\b|@",
    "share": r"%",
}
_PATTERNS = {
    name: re.compile(
        rf"\b(?:{words})\b" + (f"|{_SIGNS[name]}" if name in _SIGNS else ""), re.IGNORECASE
    )
    for name, words in _WORDS.items()
}


_LIMIT = re.compile(
    r"\b(?:more|less|fewer|higher|lower|greater|larger|longer|shorter|later|earlier|other) than"
    r"(?=[\s*]*(?:[€$£]|EUR|USD|GBP|CHF)?[\s*]*\d)",
    re.IGNORECASE,
)
"""`more than 10` compares with a number; it tells of no difference."""


@lru_cache(maxsize=512)
def operations(sentence: str) -> frozenset[Operation]:
    """What a sentence may be computing.

    >>> sorted(operations("Nordwind had 5 more than Gleis 9."))
    ['difference']
    """
    said = _LIMIT.sub("", sentence)
    return frozenset(name for name, pattern in _PATTERNS.items() if pattern.search(said))
