"""Where sentences begin; `ingest.blocks` asks for every paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator

_END = re.compile(
    r"""(?<=[.!?…])[)"'”’»*_\]]*\s+(?=["'“‘«(\[*_`]*[^\W_a-z])|(?<=[。！？])\s*(?=\S)"""
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|cf|vs|ca|approx|Dr|Mr|Mrs|Ms|Prof|St|Sr|Jr|Figs?|Sec|Ch|Art|Eq|Ref|Inc"
    r"|Ltd|Co|pp?|Rev|Gen|Gov|Sgt|Capt|Lt|Col|Hon|Nr|Abs|z\.B|d\.h)"
    r"|(?<![\w.])[A-Z]|^\s*\d+)\.$"  # an initial; the number of a list's item
)
_BEFORE_NUMBER = re.compile(r"\b(?:Nos?|Vol|Par|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.$")
_LOOK_BACK = 12


def sentence_starts(text: str, start: int, end: int) -> Iterator[int]:
    """The offsets in `text[start:end]` at which a sentence begins, but for the first.

    >>> t = "Ask Dr. Lee, e.g. on No. 5. It costs 2.50 today. Why?"
    >>> [t[i:i + 2] for i in sentence_starts(t, 0, len(t))]
    ['It', 'Wh']
    """
    for match in _END.finditer(text, start, end):
        before = text[max(start, match.start() - _LOOK_BACK) : match.start()]
        before_number = text[match.end()].isdigit() and _BEFORE_NUMBER.search(before)
        if not (_ABBREVIATION.search(before) or before_number):
            yield match.end()
