"""How a caller waits: with a deadline, and ready to be cancelled."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from typing import TypeVar

from app.errors import QueryCancelled, QueryTimedOut

T = TypeVar("T")

_POLL = 0.05  # seconds between looks at the cancel event


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one caller waits, and what makes it stop.

    Attributes:
        sql: What it waits for.
        seconds: How long, from `started`.
        cancel: Set by the caller, from any thread.
        closing: Set when the engine is closed.
        started: On the monotonic clock.
    """

    sql: str
    seconds: float
    cancel: threading.Event | None
    closing: threading.Event
    started: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        """Seconds until the deadline; negative once it has passed."""
        return self.started + self.seconds - time.monotonic()

    def check(self) -> None:
        """Raises what ends the wait, if anything does."""
        if self._cancelled:
            raise QueryCancelled("The query was cancelled.", sql=self.sql)
        if self.left <= 0:
            raise QueryTimedOut(
                f"The query was stopped after {self.seconds:g} seconds.",
                hint="Ask for a shorter time range or fewer columns, or raise the query time-out.",
                sql=self.sql,
            )

    def wait(self, future: Future[T]) -> T:
        """The future's value, or what ends the wait for it."""
        while True:
            wait([future], timeout=max(0.0, min(_POLL, self.left)))
            if future.done() and not (self._cancelled and future.exception() is not None):
                return future.result()
            # A job that failed because it was cancelled counts as cancelled, not as failed.
            self.check()

    @property
    def _cancelled(self) -> bool:
        return self.closing.is_set() or (self.cancel is not None and self.cancel.is_set())
