"""A held value: made once, given while old, renewed by one thread."""

from __future__ import annotations

import threading

import pytest

from app.errors import QueryFailed
from app.refreshed import Refreshed


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_first_error_reaches_the_caller_and_nothing_is_kept() -> None:
    results = iter([QueryFailed("no"), "made"])

    def make() -> str:
        result = next(results)
        if isinstance(result, QueryFailed):
            raise result
        return str(result)

    held = Refreshed(make, 60)
    with pytest.raises(QueryFailed):
        held.get()
    assert held.get() == "made"


def test_an_old_value_is_given_at_once_and_renewed_once() -> None:
    clock, calls, renewed = Clock(), list[int](), threading.Event()
    hold = threading.Event()

    def make() -> int:
        calls.append(len(calls))
        if len(calls) == 2:
            hold.wait(10)
            renewed.set()
        return calls[-1]

    held = Refreshed(make, 60, clock)
    assert held.get() == 0
    clock.now = 61
    assert [held.get() for _ in range(5)] == [0] * 5  # nobody waits, nobody else renews
    hold.set()
    assert renewed.wait(10)
    while held.get() == 0:
        threading.Event().wait(0.01)
    assert held.get() == 1
    assert len(calls) == 2
