"""The markers of a text, `[2]`, `[2, 4]`, `[2-4]`: where they stand and what they point to."""

from __future__ import annotations

import re
from collections.abc import Iterator

MARKER = re.compile(r"(?<!\\)\[(\d{1,4}(?:\s*[,;–-]\s*\d{1,4})*)\](?!\()")
_RANGE = re.compile(r"(\d{1,4})\s*[–-]\s*(\d{1,4})")
_MOST_OF_A_RANGE = 50


def numbers(text: str) -> Iterator[int]:
    """The evidence numbers in a text, in order.

    >>> list(numbers("Late [2, 4], see [1-3]."))
    [2, 4, 1, 2, 3]
    """
    for match in MARKER.finditer(text):
        yield from listed(match[1])


def without(text: str) -> str:
    """The text without its markers and the spaces before them.

    >>> without("31 are late [2], 5 lost [1, 3].")
    '31 are late, 5 lost.'
    """
    return re.sub(rf"[ \t]*{MARKER.pattern}", "", text)


def listed(inside: str) -> Iterator[int]:
    """The numbers inside of one marker's brackets, in order."""
    for part in re.split(r"[,;]", inside):
        ends = _RANGE.fullmatch(part.strip())
        if ends is None:
            yield from map(int, re.findall(r"\d+", part))
            continue
        first, last = int(ends[1]), int(ends[2])
        yield from range(first, min(last, first + _MOST_OF_A_RANGE) + 1)
