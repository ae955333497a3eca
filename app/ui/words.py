"""The short sentences around an answer; plain text, which `render` escapes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app import places
from app.answer import Answer, Passage, QueryResult
from app.library import Arrival
from app.memory.examples import Example
from ingest.report import SyncProgress, SyncReport

_UNITS = (("d", 36 * 3600, 86400), ("h", 90 * 60, 3600), ("min", 90, 60), ("s", 0, 1))


def freshness(answer: Answer) -> str:
    """How far each table's data reached when the question was asked; empty without tables."""
    if not answer.as_of:
        return ""
    asked = answer.asked_at.astimezone(UTC)
    reached = ", ".join(
        f"{name} {_clock(when, asked)} ({_behind(asked - when)})"
        for name, when in sorted(answer.as_of.items())
    )
    return f"Data as of {asked:%d %b %H:%M:%S} UTC: {reached}"


def understood(answer: Answer) -> str:
    """How the question was read, with all that it took from those before it."""
    return f"Understood as: {answer.understood}"


def who_answered(answer: Answer) -> str:
    """Who wrote the text, what it took of a chat model, and how sure its figures are."""
    sure = "" if answer.confidence is None else f" · confidence {answer.confidence:.0%}"
    return f"{answer.answered_by}{sure}"


def who_will_answer(responder: str) -> str:
    """Which responder a new question goes to, and what that means."""
    if responder == "agent":
        return (
            "Answered by the chat model that is set: it is sent the question, table definitions, "
            "and the passages and rows that bear on it."
        )
    return f"Answered by the keyless {responder}: no chat model, nothing leaves this machine."


def place(passage: Passage, now: datetime) -> str:
    """Where in its document a passage stands, and how old that is."""
    return places.place(passage, now, passage.heading_path)


def withheld(count: int) -> str:
    """That answers of a conversation are not shown; empty where all are."""
    if not count:
        return ""
    those = "1 earlier answer is" if count == 1 else f"{count} earlier answers are"
    return f"{those} not shown: what you may read does not include all that they rest on."


def found(count: int) -> str:
    """How many passages a search brought."""
    return f"Searched the documents: {count} passage{'' if count == 1 else 's'}"


def ran(result: QueryResult) -> str:
    """How long Flink took, and for how many rows."""
    count = len(result)
    more = " (the limit; there are more)" if result.truncated else ""
    rows = f"{count:,} row{'' if count == 1 else 's'}{more}"
    return f"Flink answered in {result.seconds:.1f} s: {rows}"


def needed(result: QueryResult) -> str:
    """Which event time could matter to a query; empty where all of it could."""
    spans = (f"{name} {_span(*ends)}" for name, ends in sorted(result.ranges.items()) if any(ends))
    text = ", ".join(spans)
    return f"Needs event time of {text} UTC" if text else ""


def kept(example: Example) -> str:
    """Where an example is kept, and when its question was asked."""
    when = f"{example.asked_at.astimezone(UTC):%d %b %Y %H:%M:%S} UTC" if example.asked_at else ""
    return " · ".join(part for part in (example.file.name, when and f"asked {when}") if part)


def proposed(example: Example) -> str:
    """What became of an answer that was found good."""
    if example.status == "verified":
        return "This is a verified example already."
    return "Proposed as an example. A reviewer decides on it under Examples."


def arriving(arrival: Arrival) -> str:
    """What is to be said of a file that is about to be added; empty where nothing is."""
    if arrival.problem:
        return f"{arrival.given}: {arrival.problem}"
    parts = [
        f"is kept as {arrival.name}" if arrival.name != arrival.given else "",
        "replaces the upload of that name" if arrival.replaces else "",
        f"gets the access label {arrival.label}" if arrival.label else "",
        "" if arrival.is_seen else "which you do not have: you will not see it here",
    ]
    said = ", ".join(part for part in parts if part)
    return f"{arrival.given}: {said}." if said else ""


def syncing(progress: SyncProgress | None) -> str:
    """How far a sync is."""
    if progress is None or not progress.documents_total:
        return "Looking for documents…"
    read = f"Documents: {progress.documents:,} of {progress.documents_total:,}"
    if not progress.chunks_total:
        return read
    parts = [read, f"chunks: {progress.chunks:,} of {progress.chunks_expected:,}"]
    return ", ".join([*parts, progress.pace] if progress.pace else parts)


def synced(report: SyncReport) -> str:
    """What a sync did, and how many files it could not take in."""
    deeds = ("added", "changed", "moved", "deleted")
    done = [f"{count:,} {deed}" for deed in deeds if (count := getattr(report, deed))]
    count = len(report.problems)
    those = f" {counted(count, 'file')} could not be taken in." if count else ""
    return f"{', '.join(done).capitalize() or 'Nothing had changed'}.{those}"


def counted(count: int, thing: str) -> str:
    """How many of a thing there are.

    >>> counted(1, "file"), counted(2_000, "file")
    ('1 file', '2,000 files')
    """
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def timings(answer: Answer) -> str:
    """Where the time went."""
    return " · ".join(f"{step} {seconds:.2f} s" for step, seconds in answer.timings.items())


def _span(first: datetime | None, last: datetime | None) -> str:
    """A range of time that may be open on one side."""
    ends = (("from", first), ("to", last))
    return " ".join(f"{w} {t.astimezone(UTC):%d %b %H:%M:%S}" for w, t in ends if t is not None)


def _clock(when: datetime, asked: datetime) -> str:
    """The time of day, with the date where it is not the day of the question."""
    utc = when.astimezone(UTC)
    return f"{utc:%H:%M:%S}" if utc.date() == asked.date() else f"{utc:%d %b %H:%M:%S}"


def _behind(lag: timedelta) -> str:
    """How old the data is, in its largest sensible unit.

    >>> [_behind(timedelta(seconds=s)) for s in (-3, 12, 300, 7200, 400_000)]
    ['up to date', '12 s behind', '5 min behind', '2 h behind', '5 d behind']
    """
    seconds = lag.total_seconds()
    if seconds < 1:
        return "up to date"
    unit, size = next((u, size) for u, least, size in _UNITS if seconds >= least)
    return f"{seconds / size:.0f} {unit} behind"
