"""The sample shop's files: closed segments of JSON lines, and a manifest of what is whole.

A *piece* is one stretch of arrival time, written as one file per stream,
`<stream>/<start>.jsonl`. Pieces follow each other without gap or overlap, and only the manifest
says which exist: a file is written first and entered after, so a process killed anywhere leaves
either a whole piece or a stray that the next `open` sweeps away. Only `shop` writes here, under its
lock, and Flink may read at any time: a new file is written beside the streams' folders and renamed
into its place, so no reader sees half a file. It is not written inside: Flink lists a folder and
then asks for each name's status, and a hidden name that has vanished in between fails the query.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

from ingest.demo.events import EPOCH, STREAMS

MANIFEST = "_manifest.json"

# Raise it when the generator or the layout changes, so that older files are written anew.
_VERSION = 1
_OURS = re.compile(r"\d{8}T\d{6}Z\.jsonl")
_STAGING = ".writing"


@dataclass(frozen=True, slots=True)
class Piece:
    """One stretch of arrival time on disk; times are milliseconds since the epoch.

    Attributes:
        start: First moment of arrival in it; its files are named after it.
        end: One past the last.
        written: When its newest rows were written.
        sizes: Bytes of its file in each stream.
    """

    start: int
    end: int
    written: int
    sizes: Mapping[str, int]

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
        self.pieces: list[Piece] = []
        self._identity = {"version": _VERSION, "seed": seed, "rate": rate}

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
        self._sweep()

    def append(self, start: int, end: int, texts: Mapping[str, bytes], *, now: int) -> None:
        """Writes the next piece; `texts` holds each stream's lines."""
        piece = Piece(start, end, now, {stream: len(texts[stream]) for stream in STREAMS})
        for stream in STREAMS:
            self._write(self.directory / stream / piece.name, texts[stream])
        self.pieces.append(piece)
        self._save()

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
        first = group[0]
        sizes = {}
        for stream in STREAMS:
            paths = [self.directory / stream / piece.name for piece in group]
            text = b"".join(path.read_bytes() for path in paths)
            self._write(paths[0], text)
            for path in paths[1:]:
                path.unlink()
            sizes[stream] = len(text)
        whole = Piece(first.start, group[-1].end, max(p.written for p in group), sizes)
        at = self.pieces.index(first)
        self.pieces[at : at + len(group)] = [whole]
        self._save()

    def drop_before(self, moment: int) -> None:
        """Removes the pieces that end at or before a moment."""
        dropped = [piece for piece in self.pieces if piece.end <= moment]
        if not dropped:
            return
        self.pieces = self.pieces[len(dropped) :]
        self._save()
        for piece in dropped:
            for stream in STREAMS:
                (self.directory / stream / piece.name).unlink(missing_ok=True)

    def reset(self) -> None:
        """Removes every piece."""
        self.pieces = []
        self._save()
        self._sweep()

    def _manifest(self) -> list[Piece]:
        try:
            saved = json.loads((self.directory / MANIFEST).read_text("utf-8"))
            if {key: saved[key] for key in self._identity} != self._identity:
                return []
            return [Piece(**piece) for piece in saved["pieces"]]
        except (FileNotFoundError, ValueError, KeyError, TypeError):
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
