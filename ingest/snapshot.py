"""One moment of the index's SQLite half, as far as one caller may see it and a filter lets pass.

Whatever of a document leaves the index passes through here, so here, and nowhere else, access
labels are held against the caller's. `Store.reading` makes it; `ingest.reader` asks it.
"""

from __future__ import annotations

import json
import sqlite3
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate
from typing import Any

from ingest.filters import EVERYTHING, Filter, Sight, label_of, matches, text_of_rules
from ingest.words import all_words_query, full_text_query

VERSION_DIGITS = 8
_MOST_RANKED = 2_000


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """A document in the index.

    Attributes:
        id: Its path relative to the source it came from, or `kafka://TOPIC/KEY`.
        title: Its first heading, the first line of a PDF if it looks like one, else its file name.
        chunks: How many chunks it was cut into.
        size: Bytes of the file, or of the event.
        modified: When the file was last modified, or what the event says of that (UTC).
        kind: Its format, such as `pdf`.
        tags: What it is tagged with.
        access: The label that a caller must have to read it; empty where everybody may.
        version: The first 8 hexadecimal digits of the SHA-256 of the file, or of the
            event's value.
        pages: How many pages it has; 0 where the format has none.
    """

    id: str
    title: str
    chunks: int
    size: int
    modified: datetime
    kind: str = ""
    tags: tuple[str, ...] = ()
    access: str = ""
    version: str = ""
    pages: int = 0


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """A chunk as a search returns it, with what is known of its document.

    Attributes:
        number: Identifies it within the snapshot.
        key: Of its vector, which equal chunks share.
        stems: The words of its heading and its text (see `ingest.words.stems`).
        origin: As in `Passage`.
    """

    number: int
    key: str
    document: str
    title: str
    heading_path: tuple[str, ...]
    start: int
    end: int
    text: str
    kind: str
    tags: tuple[str, ...]
    access: str
    modified: datetime
    version: str
    page: int | None
    stems: frozenset[str]
    origin: str = ""


_LABELS = """
WITH RECURSIVE label (value) AS (
    SELECT min(access) FROM document
    UNION ALL
    SELECT (SELECT min(access) FROM document WHERE access > value) FROM label
    WHERE value IS NOT NULL
) SELECT value FROM label WHERE value IS NOT NULL
"""
"""Every label once; DISTINCT would go through all documents."""


_Condition = tuple[str, list[str | int]]


class Snapshot:
    """What the documents within sight hold.

    Args:
        db: A connection within a transaction.
        sight: What the caller may read.
        only: Which documents.
    """

    def __init__(self, db: sqlite3.Connection, sight: Sight, only: Filter) -> None:
        self._db = db
        self._counted: dict[str, int] = {}
        conditions = [*self._readable(sight), *_conditions(only)]
        self.is_whole = not conditions
        """Whether every document is within sight."""
        if conditions:
            _define_functions(db, sight.rules, only)
            where = " AND ".join(sql for sql, _ in conditions)
            db.execute(
                "CREATE TEMP TABLE sight AS SELECT number FROM main.document d WHERE " + where,
                [value for _, values in conditions for value in values],
            )
            db.execute("CREATE UNIQUE INDEX temp.sight_number ON sight (number)")

    def meta(self, key: str) -> str:
        """A remembered value, empty if there is none."""
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else ""

    def documents(self) -> list[DocumentInfo]:
        """Every document, by id."""
        rows = self._db.execute(
            "SELECT id, title, chunks, size, mtime_ns, kind, tags, access, sha256,"
            f" json_array_length(pages) FROM document WHERE {self._within('number')} ORDER BY id"
        )
        return [
            DocumentInfo(
                *(id_, title, chunks, size, _moment(mtime_ns), kind, tuple(json.loads(tags))),
                *(access, sha256[:VERSION_DIGITS], pages),
            )
            for id_, title, chunks, size, mtime_ns, kind, tags, access, sha256, pages in rows
        ]

    def text_of(self, document: str) -> str | None:
        """The extracted text of a document; None where it is out of sight."""
        row = self._db.execute(
            "SELECT text FROM document JOIN document_text ON document = number"
            f" WHERE id = ? AND {self._within('number')}",
            (document,),
        ).fetchone()
        return None if row is None else str(row[0])

    def is_empty(self) -> bool:
        """Whether there is no chunk."""
        return not self._db.execute(
            f"SELECT EXISTS (SELECT 1 FROM document WHERE chunks > 0 AND {self._within('number')})"
        ).fetchone()[0]

    def document_count(self) -> int:
        """How many documents there are."""
        where = self._within("number")
        row = self._db.execute(f"SELECT count(*) FROM document WHERE {where}").fetchone()
        return int(row[0])

    def chunk_count(self) -> int:
        """Chunks of all documents."""
        row = self._db.execute(
            f"SELECT coalesce(sum(chunks), 0) FROM document WHERE {self._within('number')}"
        ).fetchone()
        return int(row[0])

    def keys(self) -> dict[str, str]:
        """The labels of the vectors of all chunks, by key."""
        rows = self._db.execute(
            "SELECT DISTINCT c.key, d.access FROM chunk c JOIN document d ON d.number = c.document"
            f" WHERE {self._within('d.number')}"
        )
        return dict(rows.fetchall())

    def labels(self, numbers: Collection[int]) -> dict[str, str]:
        """The labels of the vectors of some chunks, by key."""
        rows = self._db.execute(
            "SELECT c.key, d.access FROM chunk c JOIN document d ON d.number = c.document"
            f" WHERE c.number IN (SELECT value FROM json_each(?)) AND {self._within('d.number')}",
            (json.dumps(list(numbers)),),
        )
        return dict(rows.fetchall())

    def holding(self, keys: Sequence[str], limit: int) -> list[int]:
        """The chunks of these keys, in the order of the keys."""
        rows = self._db.execute(
            "SELECT c.number FROM json_each(?) k CROSS JOIN chunk c ON c.key = k.value"
            f" WHERE {self._within('c.document')} ORDER BY k.key, c.number LIMIT ?",
            (json.dumps(list(keys)), limit),
        )
        return [number for (number,) in rows]

    def matching(self, words: Sequence[str], limit: int) -> dict[int, float]:
        """The chunks that match any of the words best, with their BM25, best first.

        Where words are in thousands of chunks, only the rarest of them are looked for, or, where
        all are so common, all of them together: BM25 takes 2 µs for each chunk that it ranks.
        """
        counts = self.frequencies(words)
        found = sorted((word for word in words if counts[word]), key=lambda w: counts[w])
        total = list(accumulate(counts[word] for word in found))
        rare = [word for word, upto in zip(found, total, strict=True) if upto <= _MOST_RANKED]
        expression = full_text_query(rare) or all_words_query(found)
        if not expression:
            return {}
        within = "1"
        if not self.is_whole:  # the plus keeps SQLite from asking FTS5 row by row
            within = "+rowid IN (SELECT number FROM chunk WHERE document IN sight)"
        rows = self._db.execute(
            "SELECT rowid, -rank FROM chunk_text WHERE chunk_text MATCH ?"
            f" AND {within} ORDER BY rank LIMIT ?",
            (expression, limit),
        )
        return dict(rows.fetchall())

    def frequencies(self, words: Sequence[str]) -> dict[str, int]:
        """In about how many chunks each word is.

        Words are counted in all documents, those out of sight too; see `indexed_chunks`.
        """
        return {word: self._frequency(word) for word in words}

    def _frequency(self, word: str) -> int:
        """Where a word is in thousands of chunks, judged by the first of them."""
        if word not in self._counted:
            count, last = self._db.execute(
                "SELECT count(*), max(rowid) FROM"
                " (SELECT rowid FROM chunk_text WHERE chunk_text MATCH ? LIMIT ?)",
                (full_text_query([word]), _MOST_RANKED + 1),
            ).fetchone()
            if count > _MOST_RANKED:
                rows = self._db.execute("SELECT max(number) FROM chunk").fetchone()[0]
                count = max(count, count * rows // last)
            self._counted[word] = count
        return self._counted[word]

    def indexed_chunks(self) -> int:
        """Chunks of all documents, those out of sight too: what words are rare or common among."""
        row = self._db.execute("SELECT coalesce(sum(chunks), 0) FROM document").fetchone()
        return int(row[0])

    def stretch(self, document: str, start: int, end: int) -> str:
        """A part of a document's extracted text; empty where it is out of sight."""
        row = self._db.execute(
            "SELECT substr(text, ?, ?) FROM document JOIN document_text ON document = number"
            f" WHERE id = ? AND {self._within('number')}",
            (start + 1, end - start, document),
        ).fetchone()
        return str(row[0]) if row else ""

    def chunks(self, numbers: Collection[int]) -> list[StoredChunk]:
        """Those of the chunks that are within sight, in no particular order."""
        rows = self._db.execute(
            "SELECT c.number, c.key, d.id, d.title, c.heading_path, c.start, c.stop, c.text,"
            " d.kind, d.tags, d.access, d.mtime_ns, d.sha256, d.pages, c.stems,"
            " e.topic, e.partition, e.offset FROM chunk c JOIN document d ON d.number = c.document"
            " LEFT JOIN topic_event e ON d.topic <> '' AND e.document = d.id"
            f" WHERE c.number IN (SELECT value FROM json_each(?)) AND {self._within('d.number')}",
            (json.dumps(list(numbers)),),
        )
        return [_chunk(row) for row in rows]

    def out_of_sight(self) -> list[str]:
        """The ids of the documents that are not within sight; never to be shown."""
        if self.is_whole:
            return []
        rows = self._db.execute("SELECT id FROM document WHERE number NOT IN sight")
        return [id_ for (id_,) in rows]

    def _readable(self, sight: Sight) -> list[_Condition]:
        """None where the caller may read every label that there is."""
        if sight.labels is None:
            return []
        labels = json.dumps(["", *sight.labels])
        among = "IN (SELECT value FROM json_each(?))"
        conditions: list[_Condition] = []
        there = {label for (label,) in self._db.execute(_LABELS)}
        if not there.issubset(("", *sight.labels)):
            conditions.append((f"d.access {among}", [labels]))
        if sight.rules and self.meta("rules") != text_of_rules(sight.rules):
            conditions.append((f"label_now(d.id) {among}", [labels]))
        return conditions

    def _within(self, column: str) -> str:
        """The plus keeps SQLite from beginning with all that is within sight."""
        return "1" if self.is_whole else f"+{column} IN sight"


def _conditions(only: Filter) -> list[_Condition]:
    if only == EVERYTHING:
        return []
    found: list[_Condition] = []
    if only.sources:
        found.append(("matches_any(d.id)", []))
    if only.kinds:
        kinds = json.dumps([kind.lower() for kind in only.kinds])
        found.append(("d.kind IN (SELECT value FROM json_each(?))", [kinds]))
    if only.tags:
        found.append(("has_tags(d.tags)", []))
    if only.since:
        found.append(("d.mtime_ns >= ?", [_nanoseconds(only.since)]))
    if only.until:
        found.append(("d.mtime_ns < ?", [_nanoseconds(only.until)]))
    return found


def _define_functions(db: sqlite3.Connection, rules: Mapping[str, str], only: Filter) -> None:
    wanted = {tag.casefold() for tag in only.tags}

    def label_now(id_: str) -> str:
        return label_of(rules, id_)

    def matches_any(id_: str) -> bool:
        return any(matches(pattern, id_) for pattern in only.sources)

    def has_tags(tags: str) -> bool:
        return wanted.issubset(tag.casefold() for tag in json.loads(tags))

    for function in (label_now, matches_any, has_tags):
        db.create_function(function.__name__, 1, function, deterministic=True)


def _chunk(row: tuple[Any, ...]) -> StoredChunk:
    number, key, document, title, path, start, end, text, *about = row
    kind, tags, access, mtime_ns, sha256, pages, stems, topic, partition, offset = about
    page = bisect_right(json.loads(pages), start) or None
    return StoredChunk(
        *(number, key, document, title, tuple(json.loads(path)), start, end, text),
        *(kind, tuple(json.loads(tags)), access, _moment(mtime_ns), sha256[:VERSION_DIGITS], page),
        frozenset(stems.split()),
        f"topic {topic}, partition {partition}, offset {offset}" if topic else "",
    )


def _moment(mtime_ns: int) -> datetime:
    return datetime.fromtimestamp(mtime_ns / 1e9, UTC)


def _nanoseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1e9)
