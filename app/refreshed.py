"""A value that is worked out on first use and renewed behind the scenes when it has grown old."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from app.errors import TributaryError

T = TypeVar("T")


class Refreshed(Generic[T]):
    """Holds one value. Safe to call from many threads; only one of them works it out.

    Only the first call waits. Later an old value is given at once while a new one is made.

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
            make: Works the value out. What it raises reaches the first caller, and nothing is
                kept; a `TributaryError` while renewing leaves the old value for another while.
            seconds: How long a value counts as new.
            clock: Seconds from any start.
        """
        self._make = make
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._held: tuple[float, T] | None = None

    def get(self) -> T:
        """The value; an old one at most until the next call after its renewal."""
        with self._lock:
            if self._held is None:
                self._held = (self._clock(), self._make())
            made, value = self._held
            if self._clock() - made > self._seconds:
                self._held = (self._clock(), value)  # nobody else begins to renew it
                threading.Thread(target=self._renew, name="renew", daemon=True).start()
            return value

    def _renew(self) -> None:
        try:
            value = self._make()
        except TributaryError:
            return
        with self._lock:
            self._held = (self._clock(), value)
