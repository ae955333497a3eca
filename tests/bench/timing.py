"""Takes times."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable


def once(measured: Callable[[], object]) -> float:
    """How long it takes, in seconds."""
    started = time.perf_counter()
    measured()
    return time.perf_counter() - started


def median(measured: Callable[[], object], repeats: int, *, warm: int = 1) -> float:
    """The median of some repeats in seconds, after some that warm up."""
    for _ in range(warm):
        measured()
    return statistics.median(once(measured) for _ in range(repeats))


def once_beside(yardstick: Callable[[], object], work: Callable[[], object]) -> tuple[float, float]:
    """The seconds that a piece of work takes, and those that something else takes beside it.

    The latter is done before and after, for a machine's speed drifts by more than the difference.
    """
    before, taken, after = once(yardstick), once(work), once(yardstick)
    return taken, (before + after) / 2
