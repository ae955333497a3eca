"""How a topic is followed, and how far that is: what `ingest.topics.follow` takes and tells."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.wording import counted

if TYPE_CHECKING:
    from ingest.topics.changes import Written

_TOLD_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class TopicProgress:
    """How far the following of a topic is.

    Attributes:
        events: Dealt with since it began.
        documents: Written, of those.
        deleted: Documents deleted.
        letters: Poison events found.
        parked: Events parked behind poison ones.
        open_letters: Dead letters of the topic that nobody has closed, whenever they were found.
        chunks: Chunks of the documents written.
        lag: Events of this consumer's partitions that are not dealt with; None before that is
            known.
        seconds: Since it began.
        trouble: Why it is waiting; empty where it is not.
        notices: What somebody should know of what happened so far.
    """

    events: int = 0
    documents: int = 0
    deleted: int = 0
    letters: int = 0
    parked: int = 0
    open_letters: int = 0
    chunks: int = 0
    lag: int | None = None
    seconds: float = 0.0
    trouble: str = ""
    notices: tuple[str, ...] = ()

    @property
    def rate(self) -> float:
        """Events dealt with in a second."""
        return self.events / self.seconds if self.seconds else 0.0

    def __str__(self) -> str:
        """In one line.

        >>> str(TopicProgress(events=120, documents=100, deleted=3, letters=2, seconds=2.0))
        '120 events, 60 a second: 100 documents written, 3 deleted, 2 not readable, 0 parked'
        """
        return (
            f"{counted(self.events, 'event')}, {self.rate:,.0f} a second:"
            f" {counted(self.documents, 'document')} written, {self.deleted:,} deleted,"
            f" {self.letters:,} not readable, {self.parked:,} parked"
        )


@dataclass(frozen=True, slots=True)
class Following:
    """How a topic is followed.

    Attributes:
        until_end: Whether it ends once it has dealt with all that is there.
        from_start: Whether what the index has of the topic is forgotten first.
        rebuild: Whether the whole index may be embedded anew where that is due.
        patience: Seconds that something is tried again for before it is an error; None for ever.
    """

    until_end: bool = False
    from_start: bool = False
    rebuild: bool = False
    patience: float | None = None


class Telling:
    """Counts what one consumer has done, and tells of it a few times a second.

    Args:
        report: Told how far it is.

    Attributes:
        open_letters: As of `TopicProgress`, when it was last looked up.
    """

    def __init__(self, report: Callable[[TopicProgress], None]) -> None:
        self._report = report
        self._counts: Counter[str] = Counter()
        self._notices: dict[str, None] = {}
        self._started = self._told = time.monotonic()
        self.open_letters = 0

    def count(self, written: Written) -> None:
        """Counts a batch that is written."""
        self._counts.update(
            events=written.events,
            documents=written.documents,
            deleted=written.deleted,
            letters=written.letters,
            parked=written.parked,
            chunks=written.chunks,
        )

    def notice(self, said: Iterable[str]) -> None:
        """Takes down what somebody should know; what was said before is not said again."""
        self._notices |= dict.fromkeys(said)

    def tell(self, lag: int | None, trouble: str, *, at_once: bool = False) -> TopicProgress:
        """How far it is, which is reported too where that is due.

        Args:
            lag: As of `TopicProgress`.
            trouble: As there.
            at_once: Whether it is due whenever it was reported before.
        """
        now = time.monotonic()
        progress = TopicProgress(
            **self._counts,
            open_letters=self.open_letters,
            lag=lag,
            seconds=now - self._started,
            trouble=trouble,
            notices=tuple(self._notices),
        )
        if at_once or now - self._told >= _TOLD_SECONDS:
            self._told = now
            self._report(progress)
        return progress
