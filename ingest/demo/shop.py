"""The sample shop: keeps a folder of stream files that ends now, for the tables in `tables/*.sql`.

`tributary demo` back-fills the last day and then lets it run beside the chat. Other processes on
the same folder only read: one writer at a time holds the lock.
"""

from __future__ import annotations

import fcntl
import logging
import threading
from bisect import bisect_left
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Self

from ingest.demo.events import (
    EPOCH,
    HOUR,
    MINUTE,
    SECOND,
    STREAMS,
    Event,
    arrivals,
    to_ms,
)
from ingest.demo.segments import Piece, Rows, Segments
from ingest.errors import IngestError

TABLES = Path(__file__).parent / "tables"
DOCUMENTS = Path(__file__).parent / "documents"

QUESTIONS = (
    "Which carriers have the most late parcels in the last hour, and what do we owe the customers?",
    "What is the total amount of confirmed orders per category in the last 6 hours?",
    "How many payments failed in the last 30 minutes by failure reason?",
    "What do we do when a payment fails with issuer_timeout?",
    "How many orders per hour today?",
    "How do I care for a cast-iron pan?",
)

# Flink pays about 1.5 ms for every file of a query, so closed stretches become one file: the hours
# of the past, and ten minutes at a time in the current hour.
_MERGED = (HOUR, 10 * MINUTE)
# A streaming reader looks for new files every second or so (source.monitor-interval); a segment
# must not vanish into a merged file before it has been seen and read.
_SETTLED = MINUTE
# Every look back costs about the same, so a long history is worked out in few stretches.
_STRETCH = 12 * HOUR

_log = logging.getLogger(__name__)


class SampleShop:
    """Writes the sample streams up to now.

    Args:
        directory: Where the streams' folders go; made where missing.
        seed: Which shop; same seed and clock, same rows.
        clock: Tells the time (aware).
        rate: Scale of the traffic; 1.0 is about 6 orders a minute.
        history: How far back the streams reach; older files are removed.
        segment: How much arrival time one new file holds, in whole seconds.
    """

    def __init__(
        self,
        directory: Path,
        *,
        seed: int = 7,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        rate: float = 1.0,
        history: timedelta = timedelta(hours=24),
        segment: timedelta = timedelta(seconds=15),
    ) -> None:
        self.directory = Path(directory).expanduser().resolve()
        self._clock = clock
        self._history = history // timedelta(milliseconds=1)
        self._segment = max(1, round(segment.total_seconds())) * SECOND
        self._segments = Segments(self.directory, seed=seed, rate=rate)
        self._feed = _Feed(seed, rate)
        self._lock_file: IO[bytes] | None = None
        self._mutex = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def is_writer(self) -> bool:
        """Whether this object holds the folder's lock; another process may be the writer."""
        return self._lock_file is not None

    def environ(self) -> dict[str, str]:
        """What fills the placeholders in `tables/*.sql`."""
        return {"TRIBUTARY_STREAMS": str(self.directory)}

    def backfill(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Writes what is missing of the history up to now; nothing where another process does.

        Args:
            progress: Called with the hours done and the hours to do.

        Raises:
            IngestError: The folder cannot be written.
        """
        self._advance(progress or _silent)

    def step(self) -> None:
        """Writes every closed segment that is due, merges settled ones, removes what is too old.

        Where another process was the writer and has ended, this takes over.

        Raises:
            IngestError: The folder cannot be written.
        """
        self._advance(_silent)

    def run(self, stop: threading.Event) -> None:
        """Steps in real time until `stop` is set."""
        while True:
            try:
                self.step()
            except IngestError as error:
                _log.warning("%s", error)
            into = to_ms(self._clock()) % self._segment
            if stop.wait((self._segment - into) / SECOND):
                return

    def start(self) -> None:
        """Runs in a daemon thread until `close`."""
        if self._thread is None:
            self._stop.clear()
            self._thread = threading.Thread(
                target=self.run, args=(self._stop,), name="sample-shop", daemon=True
            )
            self._thread.start()

    def close(self) -> None:
        """Stops the thread and lets the lock go. May be called twice."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        with self._mutex:
            self._release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _advance(self, progress: Callable[[int, int], None]) -> None:
        try:
            with self._mutex, ExitStack() as undo:
                # Cut short half-way, the files are checked against the manifest before going on.
                undo.callback(self._release)
                if self._acquire():
                    now = to_ms(self._clock())
                    self._write_until(now - now % self._segment, now, progress)
                    self._merge(now)
                undo.pop_all()
        except OSError as error:
            raise IngestError(
                f"The sample shop cannot write to {self.directory}: {error}.",
                hint="Free some space there or choose another folder with --home.",
            ) from error

    def _acquire(self) -> bool:
        """Takes the lock if nobody has it; the system frees it when its holder dies."""
        if self._lock_file is not None:
            return True
        self.directory.mkdir(parents=True, exist_ok=True)
        lock_file = (self.directory / ".lock").open("ab")
        try:
            fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._segments.open()
        except BlockingIOError:
            lock_file.close()
            return False
        except OSError:
            lock_file.close()
            raise
        self._lock_file = lock_file
        return True

    def _release(self) -> None:
        if self._lock_file is not None:
            self._lock_file.close()
            self._lock_file = None

    def _write_until(self, due: int, now: int, progress: Callable[[int, int], None]) -> None:
        oldest = (due - self._history) // HOUR * HOUR
        until = self._segments.until
        # Too old to go on from, or of a clock that has been set back since.
        if until is not None and not oldest <= until <= due + HOUR:
            self._segments.reset()
            until = None
        pieces = list(_cut(oldest if until is None else until, due))
        for done, (start, end) in enumerate(pieces):
            progress(done, len(pieces))
            ahead = max(HOUR, min(_STRETCH, due - start))
            self._segments.append(start, end, self._feed.take(start, end, ahead), now=now)
        progress(len(pieces), len(pieces))
        self._segments.drop_before(oldest - HOUR)

    def _merge(self, now: int) -> None:
        until = self._segments.until or 0
        for length in _MERGED:
            groups: dict[int, list[Piece]] = {}
            for piece in self._segments.pieces:
                groups.setdefault(piece.start // length * length, []).append(piece)
            for start, group in groups.items():
                settled = all(piece.written <= now - _SETTLED for piece in group)
                if len(group) > 1 and settled and start + length <= until:
                    self._segments.merge(group)


class _Feed:
    """Events ahead of the files: worked out a stretch at a time, handed out in pieces."""

    def __init__(self, seed: int, rate: float) -> None:
        self._seed = seed
        self._rate = rate
        self._start = self._end = 0
        self._events: dict[str, list[Event]] = {}

    def take(self, start: int, end: int, ahead: int) -> dict[str, Rows]:
        """The rows that arrive in `[start, end)`; works out `ahead` milliseconds at once."""
        if not self._start <= start <= end <= self._end:
            self._start, self._end = start, max(end, start + ahead)
            self._events = arrivals(
                self._seed, _moment(self._start), _moment(self._end), rate=self._rate
            )
        return {stream: _rows(self._events[stream], start, end) for stream in STREAMS}


def _rows(events: list[Event], start: int, end: int) -> Rows:
    first, last = (
        bisect_left(events, at, key=lambda event: event.arrival_ms) for at in (start, end)
    )
    chosen = events[first:last]
    text = "".join(f"{event.to_json()}\n" for event in chosen).encode()
    times = [event.event_ms for event in chosen]
    return Rows(text, (min(times), max(times)) if times else None)


def _cut(start: int, end: int) -> Iterator[tuple[int, int]]:
    """`[start, end)` in pieces that end at full hours."""
    while start < end:
        cut = min(end, (start // HOUR + 1) * HOUR)
        yield start, cut
        start = cut


def _silent(_done: int, _total: int) -> None:
    """Progress that nobody watches."""


def _moment(ms: int) -> datetime:
    return EPOCH + timedelta(milliseconds=ms)
