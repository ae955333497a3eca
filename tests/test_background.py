"""Work on another thread: reports in order, errors to the caller, cancelled when left."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from app.background import relay


def test_reports_arrive_in_order_and_then_it_ends() -> None:
    def work(emit: Callable[[int], None], _: threading.Event) -> None:
        for number in range(100):
            emit(number)

    assert list(relay(work)) == list(range(100))


def test_an_error_reaches_the_caller_after_the_reports() -> None:
    def work(emit: Callable[[str], None], _: threading.Event) -> None:
        emit("one")
        raise ValueError("broken")

    reports = relay(work)
    assert next(reports) == "one"
    with pytest.raises(ValueError, match="broken"):
        next(reports)


def test_leaving_early_cancels_the_work_and_waits_for_it() -> None:
    ended = threading.Event()

    def work(emit: Callable[[str], None], cancel: threading.Event) -> None:
        emit("started")
        assert cancel.wait(10)
        ended.set()

    reports = relay(work)
    assert next(reports) == "started"
    reports.close()  # type: ignore[attr-defined]
    assert ended.is_set()
