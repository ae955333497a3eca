"""How a topic is followed, and how far that is: what `ingest.topics.follow` takes and tells."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.wording import counted


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
