"""The markers of a text, `[2]`, `[2, 4]`, `[2-4]`: what they point to, and their final numbers.

While it writes, a model cites evidence by the numbers it was given, most of which it never uses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.answer import Source

MARKER = re.compile(r"(?<!\\)\[(\d{1,4}(?:\s*[,;–-]\s*\d{1,4})*)\](?!\()")
_RANGE = re.compile(r"(\d{1,4})\s*[–-]\s*(\d{1,4})")
_MOST_OF_A_RANGE = 50


def numbers(text: str) -> Iterator[int]:
    """The evidence numbers in a text, in order.

    >>> list(numbers("Late [2, 4], see [1-3]."))
    [2, 4, 1, 2, 3]
    """
    for match in MARKER.finditer(text):
        yield from _listed(match[1])


def without(text: str) -> str:
    """The text without its markers and the spaces before them.

    >>> without("31 are late [2], 5 lost [1, 3].")
    '31 are late, 5 lost.'
    """
    return re.sub(rf"[ \t]*{MARKER.pattern}", "", text)


def settled(text: str, evidence: Sequence[Source]) -> tuple[str, tuple[Source, ...]]:
    """The text with its markers numbered from 1 as they appear, and the sources that stay with it.

    Args:
        text: Markdown with markers.
        evidence: All that the model was given, numbered from 1.

    Returns:
        What is cited comes first, in the order of the text; then the results of queries that ran
        without being cited, since the answer's record is to be whole. A marker that has no source
        keeps its number, which is beyond those of all sources.
    """
    known = {source.number: source for source in evidence}
    cited = [known[n] for n in dict.fromkeys(numbers(text)) if n in known]
    kept = [*cited, *(s for s in evidence if s.result is not None and s not in cited)]
    anew = {source.number: number for number, source in enumerate(kept, 1)}

    def marked(match: re.Match[str]) -> str:
        return " ".join(f"[{anew.get(n, n)}]" for n in _listed(match[1]))

    return MARKER.sub(marked, text), tuple(
        Source(number, source.evidence) for number, source in enumerate(kept, 1)
    )


def _listed(inside: str) -> Iterator[int]:
    for part in re.split(r"[,;]", inside):
        ends = _RANGE.fullmatch(part.strip())
        if ends is None:
            yield from map(int, re.findall(r"\d+", part))
            continue
        first, last = int(ends[1]), int(ends[2])
        yield from range(first, min(last, first + _MOST_OF_A_RANGE) + 1)
