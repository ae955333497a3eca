"""The SQLite half of the document index: documents, chunks and their full-text index.

What is committed here is what the index holds; the vectors follow it. `ingest.index` searches it,
`ingest.sync` writes it.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ingest.chunks import Chunk, Chunked
from ingest.documents import SourceFile
from ingest.errors import IngestError
from ingest.formats import DocumentText
from ingest.words import full_text_query

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE document (
    id TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    checked_ns INTEGER NOT NULL, sha256 TEXT NOT NULL, title TEXT NOT NULL,
    chunks INTEGER NOT NULL, text TEXT NOT NULL
);
CREATE TABLE chunk (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
    document TEXT NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    start INTEGER NOT NULL, stop INTEGER NOT NULL,
    heading_path TEXT NOT NULL, heading TEXT NOT NULL, text TEXT NOT NULL
);
CREATE INDEX chunk_document ON chunk (document);
CREATE VIRTUAL TABLE chunk_text USING fts5 (
    heading, text, content = 'chunk', content_rowid = 'number', tokenize = 'porter unicode61'
);
CREATE TRIGGER chunk_inserted AFTER INSERT ON chunk BEGIN
    INSERT INTO chunk_text (rowid, heading, text) VALUES (new.number, new.heading, new.text);
END;
CREATE TRIGGER chunk_deleted AFTER DELETE ON chunk BEGIN
    INSERT INTO chunk_text (chunk_text, rowid, heading, text)
    VALUES ('delete', old.number, old.heading, old.text);
END;
"""
_SCHEMA_VERSION = 2
_BUSY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """A document in the index.

    Attributes:
        id: Its path relative to the source it came from.
        title: Its first heading, the first line of a PDF if it looks like one, else its file name.
        chunks: How many chunks it was cut into.
        size: Bytes of the file.
        modified: When the file was last modified (UTC).
    """

    id: str
    title: str
    chunks: int
    size: int
    modified: datetime


@dataclass(frozen=True, slots=True)
class KnownDocument:
    """What tells a changed file from an unchanged one."""

    size: int
    mtime_ns: int
    checked_ns: int
    sha256: str


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """A chunk as a search returns it; the chunks of a document are numbered one after the other."""

    id: str
    number: int
    document: str
    title: str
    heading_path: tuple[str, ...]
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Where a word occurs: in how many chunks of all, and in which of some."""

    chunks: int
    among: frozenset[str]


class Store:
    """The SQLite file of an index. Every call opens its own connection; threads may share it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._connection() as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("BEGIN IMMEDIATE")
            if db.execute("PRAGMA user_version").fetchone()[0] != _SCHEMA_VERSION:
                _create(db)
            db.execute("COMMIT")

    def meta(self, key: str) -> str:
        """A remembered value, empty if there is none."""
        with self._connection() as db:
            row = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else ""

    def identity(self) -> str:
        """The index's own name, given to it by the first call; it outlives `reset`."""
        if not self.meta("identity"):
            name = f"tributary-{secrets.token_hex(8)}"
            with self._transaction() as db:
                db.execute("INSERT OR IGNORE INTO meta VALUES ('identity', ?)", (name,))
        return self.meta("identity")

    def reset(self, **meta: str) -> None:
        """Forgets every document and remembers these values instead."""
        with self._transaction() as db:
            for table in ("chunk", "document"):
                db.execute(f"DELETE FROM {table}")
            _remember(db, meta)

    def known(self) -> dict[str, KnownDocument]:
        """Every document by id."""
        with self._connection() as db:
            rows = db.execute("SELECT id, size, mtime_ns, checked_ns, sha256 FROM document")
            return {row[0]: KnownDocument(*row[1:]) for row in rows}

    def documents(self) -> list[DocumentInfo]:
        """Every document, by id."""
        with self._connection() as db:
            rows = db.execute(
                "SELECT id, title, chunks, size, mtime_ns FROM document ORDER BY id"
            ).fetchall()
        return [
            DocumentInfo(id_, title, chunks, size, datetime.fromtimestamp(mtime_ns / 1e9, UTC))
            for id_, title, chunks, size, mtime_ns in rows
        ]

    def text_of(self, document: str) -> str | None:
        """The extracted text of a document."""
        with self._connection() as db:
            row = db.execute("SELECT text FROM document WHERE id = ?", (document,)).fetchone()
        return None if row is None else str(row[0])

    def stretch(self, document: str, start: int, end: int) -> str:
        """A part of a document's extracted text; empty for an unknown one."""
        with self._connection() as db:
            row = db.execute(
                "SELECT substr(text, ?, ?) FROM document WHERE id = ?",
                (start + 1, end - start, document),
            ).fetchone()
        return str(row[0]) if row else ""

    def chunk_count(self) -> int:
        """Chunks of all documents."""
        with self._connection() as db:
            return int(db.execute("SELECT coalesce(sum(chunks), 0) FROM document").fetchone()[0])

    def chunk_documents(self) -> dict[str, str]:
        """The document of every chunk, by the chunk's id."""
        with self._connection() as db:
            return dict(db.execute("SELECT id, document FROM chunk"))

    def chunks(self, ids: Sequence[str]) -> dict[str, StoredChunk]:
        """Those of the chunks that exist, by id."""
        marks = ", ".join("?" * len(ids))
        with self._connection() as db:
            rows = db.execute(
                "SELECT c.id, c.number, c.document, d.title, c.heading_path, c.start, c.stop,"
                " c.text FROM chunk c JOIN document d ON d.id = c.document"
                f" WHERE c.id IN ({marks})",
                list(ids),
            ).fetchall()
        return {
            id_: StoredChunk(
                id_, number, document, title, tuple(json.loads(path)), start, end, text
            )
            for id_, number, document, title, path, start, end, text in rows
        }

    def matching(self, words: Sequence[str], limit: int) -> list[str]:
        """Ids of the chunks that match any of the words best, by BM25."""
        if not words:
            return []
        with self._connection() as db:
            rows = db.execute(
                "SELECT c.id FROM chunk_text JOIN chunk c ON c.number = chunk_text.rowid"
                " WHERE chunk_text MATCH ? ORDER BY bm25(chunk_text, 2.0, 1.0), c.id LIMIT ?",
                (full_text_query(words), limit),
            ).fetchall()
        return [row[0] for row in rows]

    def occurrences(self, words: Sequence[str], ids: Sequence[str]) -> list[Occurrence]:
        """For each word how many chunks have it, and which of the given ones do."""
        marks = ", ".join("?" * len(ids))
        count = "SELECT count(*) FROM chunk_text WHERE chunk_text MATCH ?"
        having = (
            "SELECT c.id FROM chunk_text JOIN chunk c ON c.number = chunk_text.rowid WHERE"
            " chunk_text MATCH ? AND chunk_text.rowid IN"
            f" (SELECT number FROM chunk WHERE id IN ({marks}))"
        )
        with self._connection() as db:
            return [
                Occurrence(
                    db.execute(count, (full_text_query([word]),)).fetchone()[0],
                    frozenset(
                        row[0] for row in db.execute(having, (full_text_query([word]), *ids))
                    ),
                )
                for word in words
            ]

    def touch(self, file: SourceFile, checked_ns: int) -> None:
        """Notes that a file's content was found unchanged."""
        with self._transaction() as db:
            db.execute(
                "UPDATE document SET size = ?, mtime_ns = ?, checked_ns = ? WHERE id = ?",
                (file.size, file.mtime_ns, checked_ns, file.id),
            )

    def put(
        self, documents: Iterable[tuple[SourceFile, DocumentText, Chunked]], checked_ns: int
    ) -> None:
        """Writes documents whose vectors are all there, in place of their earlier versions."""
        with self._transaction() as db:
            for file, document, chunked in documents:
                _forget(db, file.id)
                db.execute(
                    "INSERT INTO document VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        *(file.id, file.size, file.mtime_ns, checked_ns, document.sha256),
                        *(chunked.title, len(chunked.chunks), document.text),
                    ),
                )
                db.executemany(
                    "INSERT INTO chunk (id, document, start, stop, heading_path, heading, text)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?)",
                    [_row(file.id, chunked.title, chunk) for chunk in chunked.chunks],
                )
            _remember(db, {"unpublished": "yes"})

    def remove(self, document: str) -> None:
        """Deletes a document."""
        with self._transaction() as db:
            _forget(db, document)
            _remember(db, {"unpublished": "yes"})

    @property
    def unpublished(self) -> bool:
        """Whether documents were written or removed since `publish`, if only before a crash."""
        return bool(self.meta("unpublished"))

    def publish(self) -> str:
        """Tells other processes that the vectors have changed; returns the new generation."""
        generation = str(time.time_ns())
        with self._transaction() as db:
            _remember(db, {"generation": generation, "unpublished": ""})
        return generation

    def generation(self) -> str:
        """Changes whenever the vectors have changed."""
        return self.meta("generation")

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        with _sqlite_errors(self._path):
            db = sqlite3.connect(self._path, timeout=_BUSY_SECONDS, isolation_level=None)
            try:
                db.execute("PRAGMA foreign_keys = ON")
                yield db
            finally:
                db.close()  # rolls back what was not committed

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._connection() as db:
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")


@contextmanager
def _sqlite_errors(path: Path) -> Iterator[None]:
    """Maps SQLite's exceptions to `IngestError`."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise IngestError(
            f"The document index {path} cannot be used: {error}.",
            hint="Check the folder's permissions and the free space.",
        ) from error
    except sqlite3.DatabaseError as error:
        raise IngestError(
            f"The document index {path} is damaged: {error}.",
            hint=f"Delete the folder {path.parent} and ingest the documents again.",
        ) from error


def _create(db: sqlite3.Connection) -> None:
    names = db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    for table in ("chunk_text", "chunk", "document", "meta"):
        if (table,) in names:
            db.execute(f"DROP TABLE {table}")
    statement = ""
    for line in _SCHEMA.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            db.execute(statement)
            statement = ""
    db.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")


def _remember(db: sqlite3.Connection, meta: dict[str, str]) -> None:
    db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", list(meta.items()))


def _forget(db: sqlite3.Connection, document: str) -> None:
    db.execute("DELETE FROM chunk WHERE document = ?", (document,))
    db.execute("DELETE FROM document WHERE id = ?", (document,))


def _row(document: str, title: str, chunk: Chunk) -> tuple[str | int, ...]:
    heading = " ".join(chunk.heading_path or (title,))
    path = json.dumps(chunk.heading_path, ensure_ascii=False)
    return (chunk.id, document, chunk.start, chunk.end, path, heading, chunk.text)
