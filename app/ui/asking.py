"""A question on its way: runs apart from the page's script, so that the script can be interrupted.

Streamlit can stop a script only while that calls Streamlit; a script that waits for Flink would
keep its job running after its tab is gone.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.answer import Answered, Step

if TYPE_CHECKING:
    from app.assistant import Assistant

_TICK_SECONDS = 0.2


class Asking:
    """One running question of one browser session."""

    def __init__(self, assistant: Assistant, question: str, conversation: str | None) -> None:
        self._reports: queue.SimpleQueue[Step | BaseException] = queue.SimpleQueue()
        self._cancelled = threading.Event()
        self._thread = threading.Thread(
            target=self._run,
            args=(assistant, question, conversation),
            name="tributary-page-question",
            daemon=True,
        )
        self._thread.start()

    def steps(self) -> Iterator[Step | None]:
        """The steps as they happen, and None now and then while there is nothing new.

        Raises:
            TributaryError: No answer could be given.
        """
        while True:
            try:
                report = self._reports.get(timeout=_TICK_SECONDS)
            except queue.Empty:
                yield None
                continue
            if isinstance(report, BaseException):
                raise report
            yield report
            if isinstance(report, Answered):
                return

    def cancel(self) -> None:
        """Cancels the question and its query; does nothing once it is answered."""
        self._cancelled.set()

    def _run(self, assistant: Assistant, question: str, conversation: str | None) -> None:
        try:
            steps = assistant.stream(question, conversation=conversation, cancel=self._cancelled)
            for step in steps:
                self._reports.put(step)
        except BaseException as error:  # raised again in the page's thread, whatever it is
            self._reports.put(error)
