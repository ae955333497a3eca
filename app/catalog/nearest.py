"""Did you mean: the known name that is most like an unknown one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from itertools import islice

# What is compared at the most: a name may be as long as whoever wrote the query wants it to be.
_MAX_CHARACTERS = 100
_MAX_CANDIDATES = 500


def nearest(name: str, candidates: Iterable[str]) -> str:
    """The name that was probably meant: equal but for case, else alike; empty if there is none.

    >>> nearest("Orders", ["order", "orders"]), nearest("ordrs", ["orders"]), nearest("a", ["b"])
    ('orders', 'orders', '')
    """
    folded: dict[str, str] = {}
    for candidate in islice(candidates, _MAX_CANDIDATES):
        folded.setdefault(candidate.lower(), candidate)
    if name.lower() in folded:
        return folded[name.lower()]
    close = difflib.get_close_matches(name.lower()[:_MAX_CHARACTERS], folded, n=1)
    return folded[close[0]] if close else ""
