"""The sample shop's files: closed segments of JSON lines, and a manifest of what is whole.

A *piece* is one stretch of arrival time, written as one file per stream,
`<stream>/<start>.jsonl`. Pieces follow each other without gap or overlap, and only the manifest
says which exist: a file is written first and entered after, so a process killed anywhere leaves
either a whole piece or a stray that the next `open` sweeps away. Only `shop` writes here, under its
lock, and Flink may read at any time: a new file is written beside the streams' folders and renamed
into its place, so no reader sees half a file. It is not written inside: Flink lists a folder and
then asks for each name's status, and a hidden name that has vanished in between fails the query.

Beside each stream's files lies the index of their event times (`ingest.segment_index` has its
rules). It is always written from the pieces, so the manifest remains the one truth: after the files
of a new piece, before a file grows by a merge, and before files are removed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

from ingest import segment_index
from ingest.demo.events import EPOCH, EVENT_TIME, HOUR, MINUTE, STREAMS, Event
from ingest.segment_index import Span

MANIFEST = "_manifest.json"

# Raise it when the generator or the layout changes, so that older files are written anew.
_VERSION = 2
_OURS = re.compile(r"\d{8}T\d{6}Z\.jsonl")
_STAGING = ".writing"

# Flink pays about 1.5 ms for every file of a query, so closed stretches become one file: the hours
# of the past, and ten minutes at a time in the current hour.
_MERGED = (HOUR, 10 * MINUTE)
# A streaming reader looks for new files every second or so (source.monitor-interval); a segment
# must not vanish into a merged file before it has been seen and read.
_SETTLED = MINUTE


@dataclass(frozen=True, slots=True)
class Rows:
    """What a piece holds of one stream.

    Attributes:
        text: Its lines.
        span: First and last event time in them, in milliseconds; None without lines.
    """

    text: bytes
    span: Span

    @classmethod
    def of(cls, events: Sequence[Event]) -> Self:
        """One line for each event."""
        text = "".join(f"{event.to_json()}\n" for event in events).encode()
        times = [event.event_ms for event in events]
        return cls(text, (min(times), max(times)) if times else None)


@dataclass(frozen=True, slots=True)
class Piece:
    """One stretch of arrival time on disk; times are milliseconds since the epoch.

    Attributes:
        start: First moment of arrival in it; its files are named after it.
        end: One past the last.
        written: When its newest rows were written.
        sizes: Bytes of its file in each stream.
        spans: First and last event time of its file in each stream.
    """

    start: int
    end: int
    written: int
    sizes: Mapping[str, int]
    spans: Mapping[str, Span]

    @property
    def name(self) -> str:
        """Its files' name, which sorts by time."""
        return f"{EPOCH + timedelta(milliseconds=self.start):%Y%m%dT%H%M%SZ}.jsonl"


class Segments:
    """The pieces in one directory.

    Args:
        directory: Where the streams' folders are.
        seed: The shop's seed; pieces of another seed or rate are not kept.
        rate: The shop's rate.
    """

    def __init__(self, directory: Path, *, seed: int, rate: float) -> None:
        self.directory = directory
        self.seed = seed
        self.rate = rate
        self.pieces: list[Piece] = []
        self._identity = {"version": _VERSION, "seed": seed, "rate": rate}
        self._generation = ""

    @property
    def until(self) -> int | None:
        """Up to which arrival time everything is written."""
        return self.pieces[-1].end if self.pieces else None

    def open(self) -> None:
        """Reads what is whole and removes the rest, such as what a killed process left."""
        for stream in STREAMS:
            (self.directory / stream).mkdir(parents=True, exist_ok=True)
        self.pieces = []
        for piece in self._manifest():
            if not self._is_next(piece):
                break
            self.pieces.append(piece)
        self._save()
        self._index_anew()
        self._sweep()

    def close(self) -> None:
        """Nothing is held between two calls."""

    def write(self, start: int, end: int, events: Mapping[str, Sequence[Event]], now: int) -> None:
        """Writes the next piece; see `Sink` in `shop`."""
        self.append(start, end, {s: Rows.of(events[s]) for s in STREAMS}, now=now)

    def tidy(self, before: int, now: int) -> None:
        """Removes the pieces that end at or before a moment, and merges those that have settled."""
        self.drop_before(before)
        until = self.until or 0
        for length in _MERGED:
            groups: dict[int, list[Piece]] = {}
            for piece in self.pieces:
                groups.setdefault(piece.start // length * length, []).append(piece)
            for start, group in groups.items():
                settled = all(piece.written <= now - _SETTLED for piece in group)
                if len(group) > 1 and settled and start + length <= until:
                    self.merge(group)

    def append(self, start: int, end: int, rows: Mapping[str, Rows], *, now: int) -> None:
        """Writes the next piece; `rows` holds what each stream gets."""
        sizes = {stream: len(rows[stream].text) for stream in STREAMS}
        piece = Piece(start, end, now, sizes, {stream: rows[stream].span for stream in STREAMS})
        for stream in STREAMS:
            self._write(self.directory / stream / piece.name, rows[stream].text)
        self.pieces.append(piece)
        self._save()
        self._index()

    def merge(self, group: Sequence[Piece]) -> None:
        """Makes neighbouring pieces one.

        The merged file takes the path of the group's first one, whose beginning it repeats byte by
        byte: a streaming reader remembers the paths it has seen, so it does not read the rows
        again, and a batch reader that listed the folder just before reads the same bytes there.

        The other pieces go right after that rename, about 20 microseconds each. A batch
        reader that lists the folder in this moment sees their rows twice, with the same keys, as
        after a repeated delivery; never too few. One that has listed them but not opened them
        yet fails with "file not found". No switch of directories would be exact either, since Flink
        lists names first and asks for each one's status afterwards.
        """
        sizes = {stream: sum(p.sizes[stream] for p in group) for stream in STREAMS}
        spans = {stream: _union(p.spans[stream] for p in group) for stream in STREAMS}
        written = max(p.written for p in group)
        at = self.pieces.index(group[0])
        whole = Piece(group[0].start, group[-1].end, written, sizes, spans)
        self.pieces[at : at + len(group)] = [whole]
        self._index()
        for stream in STREAMS:
            paths = [self.directory / stream / piece.name for piece in group]
            self._write(paths[0], b"".join(path.read_bytes() for path in paths))
            for path in paths[1:]:
                path.unlink()
        self._save()

    def drop_before(self, moment: int) -> None:
        """Removes the pieces that end at or before a moment."""
        dropped = [piece for piece in self.pieces if piece.end <= moment]
        if not dropped:
            return
        self.pieces = self.pieces[len(dropped) :]
        self._save()
        self._index()
        for piece in dropped:
            for stream in STREAMS:
                (self.directory / stream / piece.name).unlink(missing_ok=True)

    def reset(self, now: int) -> None:  # noqa: ARG002 - see `Sink`
        """Removes every piece."""
        self.pieces = []
        self._save()
        self._index_anew()
        self._sweep()

    def _manifest(self) -> list[Piece]:
        try:
            saved = json.loads((self.directory / MANIFEST).read_text("utf-8"))
            if {key: saved[key] for key in self._identity} != self._identity:
                return []
            return [_piece(piece) for piece in saved["pieces"]]
        except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
            return []

    def _is_next(self, piece: Piece) -> bool:
        if self.until not in {None, piece.start}:
            return False
        for stream in STREAMS:
            path = self.directory / stream / piece.name
            if not path.is_file() or path.stat().st_size != piece.sizes.get(stream):
                return False
        return True

    def _save(self) -> None:
        saved = {**self._identity, "pieces": [asdict(piece) for piece in self.pieces]}
        self._write(self.directory / MANIFEST, json.dumps(saved).encode())

    def _index_anew(self) -> None:
        """Writes the indexes where spans may be narrower than before, as after a crash."""
        self._generation = uuid4().hex
        self._index()

    def _index(self) -> None:
        for stream, column in EVENT_TIME.items():
            spans = {piece.name: piece.spans[stream] for piece in self.pieces}
            index = segment_index.Index(column, spans, self._generation)
            self._write(self.directory / stream / segment_index.NAME, index.to_json())

    def _sweep(self) -> None:
        (self.directory / _STAGING).unlink(missing_ok=True)
        known = {piece.name for piece in self.pieces}
        for stream in STREAMS:
            for path in (self.directory / stream).iterdir():
                if path.name not in known and _OURS.fullmatch(path.name):
                    path.unlink()

    def _write(self, path: Path, content: bytes) -> None:
        staging = self.directory / _STAGING
        staging.write_bytes(content)
        staging.replace(path)


def _piece(saved: dict[str, Any]) -> Piece:
    spans = {stream: tuple(span) if span else None for stream, span in saved["spans"].items()}
    return Piece(**{**saved, "spans": spans})


def _union(spans: Iterable[Span]) -> Span:
    held = [span for span in spans if span is not None]
    return (min(s[0] for s in held), max(s[1] for s in held)) if held else None
