"""The tables of an index's SQLite file; `ingest.store` makes them when it opens the file.

An index of another version is emptied, for all that it holds can be taken in again: documents from
their files, those of a topic from its events, and what is parked from its dead-letter topic.
"""

from __future__ import annotations

import sqlite3

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE document (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
    topic TEXT NOT NULL,  -- empty for a file
    size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, checked_ns INTEGER NOT NULL,
    sha256 TEXT NOT NULL, title TEXT NOT NULL, kind TEXT NOT NULL, tags TEXT NOT NULL,
    access TEXT NOT NULL, pages TEXT NOT NULL, chunks INTEGER NOT NULL
);
CREATE INDEX document_access ON document (access, chunks);
CREATE INDEX document_topic ON document (topic);
CREATE TABLE document_text (
    document INTEGER PRIMARY KEY REFERENCES document (number) ON DELETE CASCADE,
    text TEXT NOT NULL, markdown INTEGER NOT NULL
);
CREATE TABLE chunk (
    number INTEGER PRIMARY KEY, key TEXT NOT NULL,
    document INTEGER NOT NULL REFERENCES document (number) ON DELETE CASCADE,
    start INTEGER NOT NULL, stop INTEGER NOT NULL,
    heading_path TEXT NOT NULL, heading TEXT NOT NULL, text TEXT NOT NULL,
    stems TEXT NOT NULL  -- see `ingest.words.stems`
);
CREATE INDEX chunk_document ON chunk (document, key);
CREATE INDEX chunk_key ON chunk (key, document);
CREATE VIRTUAL TABLE chunk_text USING fts5 (
    heading, text, content = 'chunk', content_rowid = 'number', tokenize = 'porter unicode61'
);
INSERT INTO chunk_text (chunk_text, rank) VALUES ('rank', 'bm25(2.0, 1.0)');
CREATE TRIGGER chunk_inserted AFTER INSERT ON chunk BEGIN
    INSERT INTO chunk_text (rowid, heading, text) VALUES (new.number, new.heading, new.text);
END;
CREATE TRIGGER chunk_deleted AFTER DELETE ON chunk BEGIN
    INSERT INTO chunk_text (chunk_text, rowid, heading, text)
    VALUES ('delete', old.number, old.heading, old.text);
END;
CREATE TABLE topic (
    name TEXT PRIMARY KEY, identity TEXT NOT NULL,
    begun TEXT NOT NULL  -- another one each time that it is read from its start
) WITHOUT ROWID;
CREATE TABLE topic_partition (
    topic TEXT NOT NULL, partition INTEGER NOT NULL,
    epoch INTEGER NOT NULL,  -- the leader epoch of the last event that is dealt with
    next INTEGER NOT NULL,  -- the offset of the first one that is not yet
    PRIMARY KEY (topic, partition)
) WITHOUT ROWID;
CREATE TABLE topic_event (  -- the newest one of each document, also of one that it deleted
    document TEXT PRIMARY KEY, topic TEXT NOT NULL,
    partition INTEGER NOT NULL, offset INTEGER NOT NULL, at_ms INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    access TEXT NOT NULL  -- the label that the event itself asks for
) WITHOUT ROWID;
CREATE INDEX topic_event_topic ON topic_event (topic);
CREATE TABLE dead_letter (
    number INTEGER PRIMARY KEY AUTOINCREMENT,  -- in the order of arrival
    topic TEXT NOT NULL, partition INTEGER NOT NULL, offset INTEGER NOT NULL,
    at_ms INTEGER NOT NULL, epoch INTEGER NOT NULL,
    key BLOB, value BLOB, headers TEXT NOT NULL,
    reason TEXT NOT NULL, stack TEXT NOT NULL,  -- empty for an event that is parked behind another
    UNIQUE (topic, partition, epoch, offset)
);
CREATE INDEX dead_letter_key ON dead_letter (topic, key);
"""
_VERSION = 7


def make(db: sqlite3.Connection) -> None:
    """Makes the tables where they are not there, or not of the present version.

    Args:
        db: A connection within a transaction.
    """
    if db.execute("PRAGMA user_version").fetchone()[0] == _VERSION:
        return
    # What refers to another goes before it; a virtual table takes tables of its own with it.
    kinds = ("CREATE TRIGGER%", "CREATE VIRTUAL TABLE%", "CREATE TABLE%")
    for kind, name in (row for like in kinds for row in db.execute(_MADE, (like,)).fetchall()):
        if db.execute(_IS_THERE, (name,)).fetchone():
            db.execute(f'DROP {kind} "{name}"')
    statement = ""
    for line in _SCHEMA.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            db.execute(statement)
            statement = ""
    db.execute(f"PRAGMA user_version = {_VERSION}")


_MADE = (
    "SELECT type, name FROM sqlite_schema WHERE sql LIKE ? AND name NOT LIKE 'sqlite%'"
    " ORDER BY rowid DESC"
)
_IS_THERE = "SELECT 1 FROM sqlite_schema WHERE name = ?"
