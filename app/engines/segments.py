"""Which files of a stream a query can do without, and how Flink is told to leave them out.

Pure but for reading the index that lies beside the files (`ingest.segment_index` describes it).
Flink's `filesystem` connector reads, where a table has `source.path.regex-pattern`, only the files
whose whole path matches it (`RegexFileFilter`, Flink 2.1). The pattern here is an excluding one,
made of the names known to be outside: a file that nobody has listed is always read.

The index and the folder cannot be read in one moment. So whoever left files out asks afterwards
whether the index still says what it said (`Skip.holds`), and reads again where it does not:
`consistently` does all of that.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from app.catalog import registration
from app.catalog.model import Table
from app.errors import ConfigError
from ingest import segment_index
from ingest.segment_index import Index

if TYPE_CHECKING:
    from app.sql.timerange import Span

T = TypeVar("T")

PATTERN = "source.path.regex-pattern"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Names that a pattern can hold without any doubt about their encoding; others are always read.
_PLAIN = re.compile(r"[A-Za-z0-9_.-]+")
# A longer pattern would cost more than it spares: Flink compiles and ships it with every job.
_LONGEST = 65_536
_ATTEMPTS = 2  # reads that leave files out; where files are exchanged meanwhile, the next reads all
_INSTANT = re.compile(r"TIMESTAMP_LTZ|WITH LOCAL TIME ZONE")


@dataclass(frozen=True, slots=True)
class Skip:
    """The files of one table that lie outside of a span.

    Attributes:
        table: Its name.
        column: Its event time.
        folder: Where its files are.
        span: What is wanted.
        names: Files known to hold nothing of it.
        generation: The index's when it said so.
        pattern: What Flink's source is told.
    """

    table: str
    column: str
    folder: Path
    span: Span
    names: tuple[str, ...]
    generation: object
    pattern: str

    def holds(self) -> bool:
        """Whether the index, read again, still says that none of these files matters.

        A file may have been replaced by a wider one after the index was first read and before
        Flink listed the folder; the index says so then, since it is written first.
        """
        index = _index(self.folder, self.column)
        if index is None or index.generation != self.generation:
            return False
        outside = set(_outside(index, self.span))
        return outside.issuperset(self.names)


@dataclass(frozen=True, slots=True)
class Newest:
    """How far the listed files of a table reach.

    Attributes:
        moment: The latest event time in them; None without rows.
        complete: Whether there is no other file.
    """

    moment: datetime | None
    complete: bool


def consistently(
    read: Callable[[Sequence[Skip]], T],
    tables: Iterable[Table],
    ranges: Mapping[str, Span],
    environ: Mapping[str, str],
) -> T:
    """What `read` gives, with files left out that did not matter before nor after.

    Args:
        read: Reads the tables without the files it is told to leave out.
        tables: The catalogued tables.
        ranges: The span needed of each table; one that is not named is needed in full.
        environ: Where `${NAME}` placeholders in paths are looked up.
    """
    wanted = [(table, ranges[table.name]) for table in tables if table.name in ranges]
    for _ in range(_ATTEMPTS):
        found = (skip(table, span, environ) for table, span in wanted)
        skips = [one for one in found if one is not None]
        rows = read(skips)
        if all(one.holds() for one in skips):
            return rows
    return read(())


def skip(table: Table, span: Span, environ: Mapping[str, str]) -> Skip | None:
    """What need not be read of a table for the rows in a span; None where that is nothing.

    Args:
        table: The table.
        span: Bounds of its event time, both of them included.
        environ: Where `${NAME}` placeholders in its path are looked up.
    """
    folder = None if span.start is None and span.end is None else _folder(table, environ)
    index = None if folder is None else _index(Path(folder), table.time_attribute)
    if folder is None or index is None:
        return None
    names = tuple(sorted(name for name in _outside(index, span) if _PLAIN.fullmatch(name)))
    pattern = _excluding(folder, names) if names else ""
    if not 0 < len(pattern) <= _LONGEST:
        return None
    return Skip(table.name, index.column, Path(folder), span, names, index.generation, pattern)


def newest(table: Table, environ: Mapping[str, str]) -> Newest | None:
    """How far a table's listed files reach; None without an index of its event time."""
    folder = _folder(table, environ)
    if folder is None:
        return None
    try:
        # First the files: one that comes after that is none of those that had to be listed.
        with os.scandir(folder) as entries:
            files = {entry.name for entry in entries if entry.name[0] not in "._"}
    except OSError:
        return None
    index = _index(Path(folder), table.time_attribute)
    if index is None:
        return None
    ends = [span[1] for name, span in index.segments.items() if span and name in files]
    moment = _EPOCH + timedelta(milliseconds=max(ends)) if ends else None
    return Newest(moment, files <= index.segments.keys())


def _folder(table: Table, environ: Mapping[str, str]) -> str | None:
    """The local folder of a table whose index can be relied on, the way Flink writes its path."""
    time = table.column(table.time_attribute or "")
    if table.connector != "filesystem" or PATTERN in table.options:
        return None
    # What a TIMESTAMP without a zone means as an instant depends on the session; what is computed
    # or comes from metadata is not what the producer wrote.
    if time is None or time.kind != "physical" or not _INSTANT.search(time.type):
        return None
    try:
        path = registration.option(table, "path", environ)
    except ConfigError:
        return None
    path = re.sub(r"^file:(//)?(?=/)", "", path)
    return posixpath.normpath(path) if path.startswith("/") else None


def _index(folder: Path, column: str | None) -> Index | None:
    """A folder's index where its spans are of that column: tables over it may differ in theirs."""
    index = segment_index.read(folder)
    return index if index is not None and index.column == column else None


def _outside(index: Index, span: Span) -> Iterable[str]:
    start = None if span.start is None else _micros(span.start)
    end = None if span.end is None else _micros(span.end)
    for name, held in index.segments.items():
        if (
            held is None
            or (start is not None and held[1] * 1000 < start)
            or (end is not None and held[0] * 1000 > end)
        ):
            yield name


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


@lru_cache(maxsize=64)
def _excluding(folder: str, names: tuple[str, ...]) -> str:
    r"""A Java pattern for every path but those of the names in the folder.

    >>> print(_excluding("/orders", ("05.jsonl", "06.jsonl", "17.jsonl")))
    (?s)(?!/orders/(?:0[56]|17)\.jsonl\z).*
    """
    ending = _common_ending(names)
    words = frozenset(name[: len(name) - len(ending)] for name in names)
    listed = _any_of(words) + re.escape(ending)
    return rf"(?s)(?!{re.escape(folder.rstrip('/'))}/{listed}\z).*"


def _common_ending(names: tuple[str, ...]) -> str:
    backwards = [name[::-1] for name in names]
    # Whatever the first and the last in order share, all between them share.
    pairs = enumerate(zip(min(backwards), max(backwards), strict=False))
    length = next((i for i, (one, other) in pairs if one != other), len(min(names, key=len)))
    return names[0][len(names[0]) - length :]


def _any_of(words: frozenset[str]) -> str:
    """A pattern for the words: a trie whose branches are shared where they are the same."""
    tails: dict[str, set[str]] = defaultdict(set)
    for word in words:
        if word:
            tails[word[0]].add(word[1:])
    firsts: dict[frozenset[str], list[str]] = defaultdict(list)
    for first, rest in sorted(tails.items()):
        firsts[frozenset(rest)].append(first)
    branches = [_one_of(letters) + _any_of(rest) for rest, letters in firsts.items()]
    pattern = "|".join(branches)
    if "" in words and branches:
        return f"(?:{pattern})?"
    return f"(?:{pattern})" if len(branches) > 1 else pattern


def _one_of(letters: list[str]) -> str:
    if len(letters) == 1:
        return re.escape(letters[0])
    codes = [ord(letter) for letter in letters]
    if len(codes) > 2 and codes[-1] - codes[0] == len(codes) - 1:
        return f"[{letters[0]}-{letters[-1]}]"
    return f"[{''.join(re.escape(letter) for letter in letters)}]"
