"""The markers of a text a model wrote: lists and ranges spelled out, numbers from 1 as they appear.

While it writes, a model cites evidence by the numbers it was given, most of which it never uses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.answer import Source

_MARKERS = re.compile(r"(?<!\\)\[(\d{1,4}(?:\s*[,;–-]\s*\d{1,4})*)\](?!\()")
_RANGE = re.compile(r"(\d{1,4})\s*[–-]\s*(\d{1,4})")
_MOST_OF_A_RANGE = 20


def settled(text: str, evidence: Sequence[Source]) -> tuple[str, tuple[Source, ...]]:
    """The text with its markers numbered anew, and the sources that stay with it.

    Args:
        text: Markdown with `[n]`, `[n, m]` or `[n-m]` markers.
        evidence: All that the model was given.

    Returns:
        What is cited comes first, in the order of the text; then the results of queries that ran
        without being cited, since the answer's record is to be whole. A marker without a source
        gets a number that none has.
    """
    known = {source.number: source for source in evidence}
    cited = [known[n] for n in dict.fromkeys(numbers(text)) if n in known]
    kept = [*cited, *(s for s in evidence if s.result is not None and s not in cited)]
    anew = {source.number: number for number, source in enumerate(kept, 1)}
    beyond = iter(range(len(kept) + 1, 10_000))

    def marked(match: re.Match[str]) -> str:
        return " ".join(f"[{anew[n] if n in anew else next(beyond)}]" for n in _listed(match[1]))

    return _MARKERS.sub(marked, text), tuple(
        Source(number, source.evidence) for number, source in enumerate(kept, 1)
    )


def numbers(text: str) -> Iterator[int]:
    """The evidence numbers in a text, in order.

    >>> list(numbers("Late [2, 4], see [1-3]."))
    [2, 4, 1, 2, 3]
    """
    for match in _MARKERS.finditer(text):
        yield from _listed(match[1])


def _listed(inside: str) -> Iterator[int]:
    for part in re.split(r"[,;]", inside):
        ends = _RANGE.fullmatch(part.strip())
        if ends is None:
            yield int(part)
            continue
        first, last = int(ends[1]), int(ends[2])
        yield from range(first, min(last, first + _MOST_OF_A_RANGE) + 1)
