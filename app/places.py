"""Where a passage stands and how old its document is, in words, however an answer is shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from ingest.passage import Passage

_UNITS = (
    *(("year", 365 * 86_400), ("month", 30 * 86_400), ("day", 86_400)),
    *(("hour", 3_600), ("minute", 60), ("second", 1)),
)
_LEAST = 2
"""A unit is used from so many of it on: 36 hours, not one day."""


def place(passage: Passage, now: datetime, headings: Sequence[str] = ()) -> str:
    """Where in its document a passage stands, and which state of the document that is.

    Args:
        passage: The passage.
        now: The moment that its document's age is told at (aware).
        headings: Those to name.
    """
    page = f"page {passage.page}" if passage.page else ""
    where = f"characters {passage.start:,} to {passage.end:,}"
    state_ = state(passage, now)
    parts = (passage.document, passage.origin, page, " › ".join(headings), where, state_)
    return " · ".join(part for part in parts if part)


def state(passage: Passage, now: datetime) -> str:
    """When the document was last changed, and its version; empty where neither was kept."""
    changed = passage.modified and _changed(passage.modified, now)
    version = passage.version and f"version {passage.version}"
    return " · ".join(part for part in (changed, version) if part)


def scores(passage: Passage) -> str:
    """How relevant a passage is, and what each leg of the search says of it."""
    dense = f"rank {passage.dense_rank}" if passage.dense_rank else "not among the nearest"
    parts = [
        f"relevance {passage.relevance:.2f}",
        f"by meaning: {dense}, similarity {passage.similarity:.2f}",
    ]
    if passage.words_rank and passage.bm25 is not None:
        parts.append(f"by words: rank {passage.words_rank}, BM25 {passage.bm25:.2f}")
    return "; ".join(parts)


def verdict(passages: Sequence[Passage]) -> str:
    """That nothing found bears on what was looked for; empty where something does."""
    if any(passage.relevant for passage in passages):
        return ""
    nearest = " These are the nearest passages:" if passages else ""
    return f"Nothing in the documents bears on it.{nearest}"


def _changed(modified: datetime, now: datetime) -> str:
    return f"changed {_ago(now - modified)} ({modified.astimezone(UTC):%d %b %Y})"


def _ago(age: timedelta) -> str:
    """An age in its largest sensible unit.

    >>> [_ago(timedelta(seconds=s)) for s in (-9, 1, 90, 7_200, 3 * 86_400, 800 * 86_400)]
    ['just now', 'just now', '90 seconds ago', '2 hours ago', '3 days ago', '2 years ago']
    """
    seconds = age.total_seconds()
    for unit, size in _UNITS:
        if seconds >= _LEAST * size:
            return f"{seconds // size:.0f} {unit}s ago"
    return "just now"
