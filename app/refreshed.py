"""A value that is worked out on first use and again when it has grown old."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Refreshed(Generic[T]):
    """Holds one value. Safe to call from many threads; only one of them works it out.

    >>> counter = iter(range(9))
    >>> held = Refreshed(lambda: next(counter), seconds=60)
    >>> held.get(), held.get()
    (0, 0)
    """

    def __init__(
        self,
        make: Callable[[], T],
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Makes nothing yet.

        Args:
            make: Works the value out; what it raises reaches the caller and nothing is kept.
            seconds: How long a value is good for.
            clock: Seconds from any start.
        """
        self._make = make
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._held: tuple[float, T] | None = None

    def get(self) -> T:
        """The value, worked out anew if it has grown old."""
        with self._lock:
            if self._held is None or self._clock() - self._held[0] > self._seconds:
                self._held = (self._clock(), self._make())
            return self._held[1]
