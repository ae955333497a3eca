"""A sync on its way: runs apart from the page's script, and goes on when that is interrupted.

One runs at a time; every page of this process can watch it.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from app.errors import TributaryError

if TYPE_CHECKING:
    from app.library import Library
    from ingest.report import SyncProgress, SyncReport

_log = logging.getLogger(__name__)
_latest: WeakKeyDictionary[Library, Syncing] = WeakKeyDictionary()
_lock = threading.Lock()


class _Cancelled(Exception):
    """Somebody ended the sync."""


class Syncing:
    """A sync that runs, or has ended.

    Attributes:
        progress: How far it is; None before that is known.
        report: What it did; None where it did not get to its end.
        error: What ended it; None where it was cancelled or nothing did.
    """

    def __init__(self, library: Library) -> None:
        self.progress: SyncProgress | None = None
        self.report: SyncReport | None = None
        self.error: Exception | None = None
        self._again = False
        self._cancelled = threading.Event()
        self._done = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(library,), name="tributary-page-sync", daemon=True
        )
        self._thread.start()

    @property
    def is_done(self) -> bool:
        """Whether it has ended, in whatever way."""
        return self._done.is_set()

    def wait(self, seconds: float) -> None:
        """Waits until it has ended, or for so long."""
        self._done.wait(seconds)

    def cancel(self) -> None:
        """Ends it after the batch at hand; what is done by then stays."""
        self._cancelled.set()

    def repeat(self) -> None:
        """Has it look once more at everything when it is through."""
        self._again = True

    def _run(self, library: Library) -> None:
        try:
            while not self._is_through():
                self.report = library.sync(self._note)
        except _Cancelled:
            self.report = None
        except Exception as error:  # told by the pages, whatever it is
            if not isinstance(error, TributaryError):
                _log.exception("A sync failed.")
            self.report, self.error = None, error
        finally:
            self._done.set()

    def _is_through(self) -> bool:
        with _lock:
            if self.report is not None and not self._again:
                self._done.set()
            self._again = False
            return self.is_done

    def _note(self, progress: SyncProgress) -> None:
        if self._cancelled.is_set():
            raise _Cancelled
        self.progress = progress


def running(library: Library) -> Syncing | None:
    """The sync of a library that runs now."""
    latest = _latest.get(library)
    return latest if latest and not latest.is_done else None


def start(library: Library) -> Syncing:
    """Starts a sync; where one runs, that one looks at what is new as well."""
    with _lock:
        latest = running(library)
        if latest:
            latest.repeat()
            return latest
        _latest[library] = started = Syncing(library)
        return started
