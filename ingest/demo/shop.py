"""The sample shop: keeps streams that end now, for the tables in `tables/*.sql`.

They are files (`segments`), or topics (`topics`) where Kafka is named. `tributary demo` back-fills
the last day and then lets the shop run beside the chat. Other processes with the same folder only
read: one writer at a time holds its lock.
"""

from __future__ import annotations

import fcntl
import logging
import threading
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Protocol, Self

from ingest.demo.events import EPOCH, HOUR, SECOND, STREAMS, Event, arrivals, to_ms
from ingest.demo.segments import Segments
from ingest.errors import IngestError

DOCUMENTS = Path(__file__).parent / "documents"

QUESTIONS = (
    "Which carriers have the most late parcels in the last hour, and what do we owe the customers?",
    "What is the total amount of confirmed orders per category in the last 6 hours?",
    "How many payments failed in the last 30 minutes by failure reason?",
    "What do we do when a payment fails with issuer_timeout?",
    "How many orders per hour today?",
    "How do I care for a cast-iron pan?",
)

# Every look back costs about the same, so a long history is worked out in few stretches.
_STRETCH = 12 * HOUR

_log = logging.getLogger(__name__)


class StoodBack(IngestError):
    """Somebody else writes the streams, and this shop leaves it to them."""


class Sink(Protocol):
    """Where the streams are written; times are milliseconds since the epoch.

    What cannot be written raises an `OSError` or an `IngestError`; the sink is then closed, and
    opened again before the next attempt. A `StoodBack` is no failure: the shop is then no writer.

    Attributes:
        seed: Which shop's events they are.
        rate: Scale of its traffic.
    """

    seed: int
    rate: float

    @property
    def until(self) -> int | None:
        """Up to which arrival time everything is surely there; None where nothing is."""
        ...

    def open(self) -> None:
        """Finds out what is there."""
        ...

    def write(self, start: int, end: int, events: Mapping[str, Sequence[Event]], now: int) -> None:
        """Adds what arrives in `[start, end)`, by stream; `start` is `until`, where that is set."""
        ...

    def tidy(self, before: int, now: int) -> None:
        """Lets go what ended at or before a moment, and puts the rest in order."""
        ...

    def reset(self, now: int) -> None:
        """Begins anew: what is there is too old to go on from, or later than the clock."""
        ...

    def close(self) -> None:
        """Lets go what is held."""
        ...


class SampleShop:
    """Writes the sample streams up to now.

    Args:
        directory: Where the lock is, and the streams' folders; made where missing.
        seed: Which shop; same seed and clock, same rows.
        clock: Tells the time (aware).
        rate: Scale of the traffic; 1.0 is about 6 orders a minute.
        history: How far back the streams reach; older files are removed.
        segment: How much arrival time is written at once, in whole seconds.
        sink: Where the streams go in place of files; it brings its own seed and rate.
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
        sink: Sink | None = None,
    ) -> None:
        self.directory = Path(directory).expanduser().resolve()
        self._clock = clock
        self._history = history // timedelta(milliseconds=1)
        self._segment = max(1, round(segment.total_seconds())) * SECOND
        self._sink = sink or Segments(self.directory, seed=seed, rate=rate)
        self._feed = _Feed(self._sink.seed, self._sink.rate)
        self._lock_file: IO[bytes] | None = None
        self._has_stood_back = False
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
            IngestError: The streams cannot be written.
        """
        self._advance(progress or _silent)

    def step(self) -> None:
        """Writes every closed segment that is due, and tidies what is there.

        Where another process was the writer and has ended, this takes over.

        Raises:
            IngestError: The streams cannot be written.
        """
        self._advance(_silent)

    def run(self, stop: threading.Event) -> None:
        """Steps in real time until `stop` is set."""
        said = ""
        while True:
            try:
                self.step()
                said = ""
            except IngestError as error:
                if str(error) != said:  # a cluster may be away for long
                    _log.warning("%s", error)
                said = str(error)
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
                # Cut short half-way, what is there is looked at again before going on.
                undo.callback(self._release)
                if self._acquire():
                    now = to_ms(self._clock())
                    self._write_until(now - now % self._segment, now, progress)
                undo.pop_all()
        except StoodBack as why:
            if not self._has_stood_back:
                _log.warning("%s", why)
            self._has_stood_back = True
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
            self._sink.open()
        except BlockingIOError:
            lock_file.close()
            return False
        except BaseException:
            self._sink.close()
            lock_file.close()
            raise
        self._lock_file = lock_file
        return True

    def _release(self) -> None:
        if self._lock_file is not None:
            self._sink.close()
            self._lock_file.close()
            self._lock_file = None

    def _write_until(self, due: int, now: int, progress: Callable[[int, int], None]) -> None:
        oldest = (due - self._history) // HOUR * HOUR
        until = self._sink.until
        # Too old to go on from, or of a clock that has been set back since.
        if until is not None and not oldest <= until <= due + HOUR:
            self._sink.reset(now)
            until = None
        pieces = list(_cut(oldest if until is None else until, due))
        for done, (start, end) in enumerate(pieces):
            progress(done, len(pieces))
            ahead = max(HOUR, min(_STRETCH, due - start))
            self._sink.write(start, end, self._feed.take(start, end, ahead), now)
        progress(len(pieces), len(pieces))
        self._sink.tidy(oldest - HOUR, now)


class _Feed:
    """Events ahead of the streams: worked out a stretch at a time, handed out in pieces."""

    def __init__(self, seed: int, rate: float) -> None:
        self._seed = seed
        self._rate = rate
        self._start = self._end = 0
        self._events: dict[str, list[Event]] = {}

    def take(self, start: int, end: int, ahead: int) -> dict[str, list[Event]]:
        """The events that arrive in `[start, end)`; works out `ahead` milliseconds at once."""
        if not self._start <= start <= end <= self._end:
            self._start, self._end = start, max(end, start + ahead)
            self._events = arrivals(
                self._seed, _moment(self._start), _moment(self._end), rate=self._rate
            )
        return {stream: _between(self._events[stream], start, end) for stream in STREAMS}


def _between(events: list[Event], start: int, end: int) -> list[Event]:
    first, last = (
        bisect_left(events, at, key=lambda event: event.arrival_ms) for at in (start, end)
    )
    return events[first:last]


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
