"""The SQLite half of the document index: documents, chunks and their full-text index.

What is committed here is what the index holds; the vectors follow it. `ingest.sync` writes it,
`ingest.snapshot` reads it for searches.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ingest import schema
from ingest.chunks import Chunk, Earlier
from ingest.documents import SourceFile
from ingest.errors import IngestError
from ingest.filters import ALL, EVERYTHING, Filter, Sight
from ingest.formats import DocumentText
from ingest.snapshot import Snapshot
from ingest.words import stems

_BUSY_SECONDS = 30.0
_MOST_IDLE = 8


@dataclass(frozen=True, slots=True)
class KnownDocument:
    """What tells a changed or relabelled file from one that is as it was."""

    size: int
    mtime_ns: int
    checked_ns: int
    sha256: str
    access: str


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document as it is written, with its chunks and the key of each one's vector.

    Attributes:
        file: Its id, size and modification time; for an event of a topic there is no file.
        topic: Where it came from; empty for a file.
    """

    file: SourceFile
    content: DocumentText
    access: str
    title: str
    chunks: tuple[tuple[str, Chunk], ...]
    topic: str = ""


class Store:
    """The SQLite file of an index; threads may share it, each call has a connection to itself."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: deque[sqlite3.Connection] = deque()  # opening one takes a millisecond
        with self.connection() as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("BEGIN IMMEDIATE")
            schema.make(db)
            db.execute("COMMIT")

    @contextmanager
    def reading(self, sight: Sight = ALL, only: Filter = EVERYTHING) -> Iterator[Snapshot]:
        """One moment of the index, as far as a caller may see it.

        Args:
            sight: What that is.
            only: Which of the documents.
        """
        with self.connection() as db:
            db.execute("BEGIN")
            yield Snapshot(db, sight, only)

    def meta(self, key: str) -> str:
        """A remembered value, empty if there is none."""
        with self.connection() as db:
            row = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else ""

    def identity(self) -> str:
        """The index's own name, given to it by the first call; it outlives `reset`."""
        if not self.meta("identity"):
            name = f"tributary-{secrets.token_hex(8)}"
            with self.transaction() as db:
                db.execute("INSERT OR IGNORE INTO meta VALUES ('identity', ?)", (name,))
        return self.meta("identity")

    def remember(self, **meta: str) -> None:
        """Keeps these values."""
        with self.transaction() as db:
            _remember(db, meta)

    def reset(self, **meta: str) -> None:
        """Forgets every file and every chunk, and remembers these values instead.

        The texts of topics' documents stay: their events may be gone.
        """
        with self.transaction() as db:
            db.execute("DELETE FROM chunk")
            db.execute("DELETE FROM document WHERE topic = ''")
            db.execute("UPDATE document SET chunks = 0")
            _remember(db, meta)

    def known(self) -> dict[str, KnownDocument]:
        """Every document of a file, by id."""
        with self.connection() as db:
            rows = db.execute(
                "SELECT id, size, mtime_ns, checked_ns, sha256, access FROM document"
                " WHERE topic = ''"
            )
            return {row[0]: KnownDocument(*row[1:]) for row in rows}

    def earlier(self, document: str) -> Earlier | None:
        """A document's text and where it is cut; None where there is no such document."""
        with self.connection() as db:
            text = db.execute(
                "SELECT text FROM document_text JOIN document ON document = number WHERE id = ?",
                (document,),
            ).fetchone()
            starts = db.execute(
                "SELECT start FROM chunk c JOIN document d ON d.number = c.document WHERE d.id = ?",
                (document,),
            )
            return Earlier(text[0], tuple(start for (start,) in starts)) if text else None

    def labels(self) -> tuple[str, ...]:
        """Every access label that a document has."""
        with self.connection() as db:
            return tuple(label for (label,) in db.execute("SELECT DISTINCT access FROM document"))

    def keys(self) -> set[str]:
        """The keys of all vectors that a chunk needs."""
        with self.connection() as db:
            return {key for (key,) in db.execute("SELECT DISTINCT key FROM chunk")}

    def holders(self, keys: Iterable[str]) -> set[str]:
        """The documents with a chunk of one of the keys."""
        with self.connection() as db:
            rows = db.execute(
                "SELECT DISTINCT d.id FROM chunk c JOIN document d ON d.number = c.document"
                " WHERE c.key IN (SELECT value FROM json_each(?))",
                (json.dumps(list(keys)),),
            )
            return {id_ for (id_,) in rows}

    def touch(self, file: SourceFile, checked_ns: int) -> None:
        """Notes that a file's content was found unchanged."""
        with self.transaction() as db:
            db.execute(
                "UPDATE document SET size = ?, mtime_ns = ?, checked_ns = ? WHERE id = ?",
                (file.size, file.mtime_ns, checked_ns, file.id),
            )

    def put(self, documents: Iterable[NewDocument], checked_ns: int) -> None:
        """Writes documents whose vectors are all there, in place of their earlier versions."""
        with self.transaction() as db:
            put(db, documents, checked_ns)

    def remove(self, documents: Iterable[str]) -> None:
        """Deletes documents; unknown ones are ignored."""
        with self.transaction() as db:
            remove(db, documents)

    @property
    def unpublished(self) -> bool:
        """Whether documents were written or removed since `publish`, if only before a crash."""
        return bool(self.meta("unpublished"))

    def publish(self) -> str:
        """Tells other processes that the vectors have changed; returns the new generation."""
        generation = str(time.time_ns())
        with self.transaction() as db:
            _remember(db, {"generation": generation, "unpublished": ""})
        return generation

    def generation(self) -> str:
        """Changes whenever the vectors have changed."""
        return self.meta("generation")

    def close(self) -> None:
        """Lets the connections go; the next call opens another."""
        with suppress(IndexError):
            while True:
                self._idle.pop().close()

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """A connection for the caller alone; what it does not commit is undone."""
        with _sqlite_errors(self._path):
            db = self._taken()
            try:
                yield db
                db.rollback()  # ends a snapshot, and its temporary table with it
            except BaseException:
                db.close()  # rolls back what was not committed
                raise
            if len(self._idle) < _MOST_IDLE:
                self._idle.append(db)
            else:
                db.close()

    def _taken(self) -> sqlite3.Connection:
        with suppress(IndexError):
            return self._idle.pop()
        db = sqlite3.connect(
            self._path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        db.execute("PRAGMA foreign_keys = ON")
        return db

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A connection whose changes are made all together in the end, or not at all."""
        with self.connection() as db:
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


def put(db: sqlite3.Connection, documents: Iterable[NewDocument], checked_ns: int) -> None:
    """See `Store.put`; within a transaction of the caller's."""
    for document in documents:
        _forget(db, document.file.id)
        _insert(db, document, checked_ns)
    _remember(db, {"unpublished": "yes"})


def remove(db: sqlite3.Connection, documents: Iterable[str]) -> None:
    """See `Store.remove`; within a transaction of the caller's."""
    for document in documents:
        _forget(db, document)
    _remember(db, {"unpublished": "yes"})


def _remember(db: sqlite3.Connection, meta: dict[str, str]) -> None:
    db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", list(meta.items()))


def _forget(db: sqlite3.Connection, document: str) -> None:
    number = db.execute("SELECT number FROM document WHERE id = ?", (document,)).fetchone()
    if number:
        db.execute("DELETE FROM chunk WHERE document = ?", number)
        db.execute("DELETE FROM document WHERE number = ?", number)


def _insert(db: sqlite3.Connection, new: NewDocument, checked_ns: int) -> None:
    file, content = new.file, new.content
    cursor = db.execute(
        "INSERT INTO document (id, topic, size, mtime_ns, checked_ns, sha256, title, kind, tags,"
        " access, pages, chunks) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(file.id, new.topic, file.size, file.mtime_ns, checked_ns, content.sha256, new.title),
            *(content.kind, _json(content.tags), new.access, _json(content.pages)),
            len(new.chunks),
        ),
    )
    db.execute(
        "INSERT INTO document_text VALUES (?, ?, ?)",
        (cursor.lastrowid, content.text, content.markdown),
    )
    db.executemany(
        "INSERT INTO chunk (key, document, start, stop, heading_path, heading, text, stems)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(key, cursor.lastrowid, *_row(new.title, chunk)) for key, chunk in new.chunks],
    )


def _row(title: str, chunk: Chunk) -> tuple[str | int, ...]:
    heading = " ".join(chunk.heading_path or (title,))
    words = " ".join(sorted(stems(f"{heading} {chunk.text}")))
    return (chunk.start, chunk.end, _json(chunk.heading_path), heading, chunk.text, words)


def _json(values: tuple[str, ...] | tuple[int, ...]) -> str:
    return json.dumps(values, ensure_ascii=False)
