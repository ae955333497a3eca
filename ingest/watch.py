"""Tells when something in the sources of documents has changed; `tributary ingest --watch`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event

from watchfiles import Change, watch

_QUIET_MS = 400
"""A change is told once so long nothing more has changed, or after ten times that."""
_TICK_MS = 500


def changes(sources: Sequence[Path], stop: Event | None = None) -> Iterator[None]:
    """Yields once when it has begun to look, then after every change that may matter.

    What changes while the caller is busy is told when it comes back.

    Args:
        sources: Files and folders.
        stop: Ends it when set.
    """
    roots = {source.resolve() for source in sources}

    def matters(_change: Change, path: str) -> bool:
        return any(_is_seen(Path(path), root) for root in roots)

    # A file is looked at through its folder: editors put a new one in its place.
    folders = {root if root.is_dir() else root.parent for root in roots}
    told = watch(
        *folders,
        watch_filter=matters,
        debounce=10 * _QUIET_MS,
        step=_QUIET_MS,
        stop_event=stop,
        rust_timeout=_TICK_MS,
        yield_on_timeout=True,
        raise_interrupt=True,
    )
    begun = False
    for found in told:
        if found or not begun:
            begun = True
            yield


def _is_seen(path: Path, root: Path) -> bool:
    """Whether a path lies in a root, and in no hidden part of it."""
    if not path.is_relative_to(root):
        return False
    return not any(part.startswith(".") for part in path.relative_to(root).parts)
