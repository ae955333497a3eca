"""What the index's SQLite file knows of a topic: how far it is, and what is parked.

`ingest.topics.writer` writes it, always in one transaction with the documents, and only while it
holds the index's lock; `tributary deadletters` lists from it.
"""

from __future__ import annotations

import base64
import json
import secrets
import sqlite3
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from ingest import store as documents_store
from ingest.store import NewDocument, Store
from ingest.topics.events import Event, Headers, Poison
from ingest.topics.parking import Known, Letter, Spot, heads, in_order, spot
from ingest.topics.places import Place, Position

_PLACE = "partition, offset, at_ms, epoch"
_EVENT = f"{_PLACE}, key, value, headers"
_SPOT = "partition = ? AND epoch = ? AND offset = ?"


@dataclass(frozen=True, slots=True)
class Change:
    """What one transaction writes.

    Attributes:
        next: As in `parking.Known`.
        documents: New states of documents.
        removed: Ids of documents that are deleted.
        newest: The event that each of these is from, and the label that it asks for, by id.
        letters: New poison events.
        parked: Events that wait behind one.
        released: Events that were poison or parked and are so no more.
    """

    next: Mapping[int, Position]
    documents: Sequence[NewDocument] = ()
    removed: Collection[str] = ()
    newest: Mapping[str, tuple[Place, str]] = field(default_factory=dict)
    letters: Sequence[Letter] = ()
    parked: Sequence[Event] = ()
    released: Collection[Spot] = ()


@dataclass(frozen=True, slots=True)
class OpenLetter:
    """A poison event that waits for somebody to decide.

    Attributes:
        behind: How many events of its key are parked.
    """

    topic: str
    letter: Letter
    behind: int

    @property
    def id(self) -> str:
        """What `tributary deadletters` calls it: the topic, and where in it the event stands."""
        return f"{self.topic}/{self.letter.event.place}"


class Ledger:
    """What is known of one topic.

    Args:
        store: The index's SQLite file.
        topic: The topic's name.
    """

    def __init__(self, store: Store, topic: str) -> None:
        self._store = store
        self.topic = topic

    def identity(self) -> str:
        """The id of the topic that was read under this name; empty before the first time."""
        with self._store.connection() as db:
            row = db.execute("SELECT identity FROM topic WHERE name = ?", (self.topic,)).fetchone()
        return str(row[0]) if row else ""

    def begun(self) -> str:
        """Tells this reading of the topic from one after `forget`; empty before the first."""
        with self._store.connection() as db:
            row = db.execute("SELECT begun FROM topic WHERE name = ?", (self.topic,)).fetchone()
        return str(row[0]) if row else ""

    def begin(self, identity: str, letters: Iterable[Letter], parked: Iterable[Event]) -> None:
        """Notes that a topic is read, with what its dead-letter topic says is open.

        Of events that the index has come past, it knows itself what is open: what the dead-letter
        topic said may be old by now, and somebody have closed a letter since.
        """
        with self._store.transaction() as db:
            db.execute(
                "INSERT OR IGNORE INTO topic VALUES (?, ?, ?)",
                (self.topic, identity, secrets.token_hex(8)),
            )
            after = _next(db, self.topic)
            self._put_aside(
                db,
                (letter for letter in letters if not letter.event.place.is_within(after)),
                (event for event in parked if not event.place.is_within(after)),
            )

    def forget(self) -> None:
        """Forgets the topic, its documents, and what is parked."""
        with self._store.transaction() as db:
            rows = db.execute("SELECT id FROM document WHERE topic = ?", (self.topic,)).fetchall()
            documents_store.remove(db, (id_ for (id_,) in rows))
            for table in ("topic_partition", "topic_event", "dead_letter"):
                db.execute(f"DELETE FROM {table} WHERE topic = ?", (self.topic,))
            db.execute("DELETE FROM topic WHERE name = ?", (self.topic,))

    def next(self) -> dict[int, Position]:
        """See `parking.Known`."""
        with self._store.connection() as db:
            return _next(db, self.topic)

    def known(self, ids: Iterable[str], keys: Iterable[bytes]) -> Known:
        """What is known of these documents and keys."""
        with self._store.connection() as db:
            rows = db.execute(
                f"SELECT document, {_PLACE} FROM topic_event"
                " WHERE document IN (SELECT value FROM json_each(?))",
                (json.dumps(list(ids)),),
            )
            newest = {row[0]: Place(*row[1:]) for row in rows}
            first = {key: self._head(db, key) for key in set(keys)}
            blocked = {key: place for key, place in first.items() if place is not None}
            return Known(_next(db, self.topic), newest, blocked)

    def _head(self, db: sqlite3.Connection, key: bytes) -> Place | None:
        """The first poison event of a key."""
        rows = db.execute(
            f"SELECT {_PLACE} FROM dead_letter WHERE topic = ? AND key = ? AND reason <> ''",
            (self.topic, key),
        )
        places = [Place(*row) for row in rows]
        return in_order(places, lambda place: place)[0] if places else None

    def commit(self, change: Change) -> dict[str, str]:
        """Writes a change, all of it or nothing.

        Returns:
            The labels of vectors that no chunk needs any more, by key.
        """
        touched = [*(new.file.id for new in change.documents), *change.removed]
        with self._store.transaction() as db:
            before = _vector_keys(db, touched)
            if touched:
                documents_store.put(db, change.documents, time.time_ns())
                documents_store.remove(db, change.removed)
            db.executemany(
                "INSERT OR REPLACE INTO topic_event VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (id_, self.topic, *_place_row(place), access)
                    for id_, (place, access) in change.newest.items()
                ],
            )
            db.executemany(
                "INSERT OR REPLACE INTO topic_partition VALUES (?, ?, ?, ?)",
                [(self.topic, partition, *position) for partition, position in change.next.items()],
            )
            db.executemany(
                f"DELETE FROM dead_letter WHERE topic = ? AND {_SPOT}",
                [(self.topic, *spot) for spot in change.released],
            )
            self._put_aside(db, change.letters, change.parked)
            return {key: label for key, label in before.items() if not _is_needed(db, key)}

    def behind(self, letter: Letter) -> list[Event]:
        """All that waits behind an open letter, in order; nothing does where it has no key."""
        if not letter.event.key:
            return []
        with self._store.connection() as db:
            rows = db.execute(
                f"SELECT {_EVENT} FROM dead_letter WHERE topic = ? AND key = ? AND NOT ({_SPOT})",
                (self.topic, letter.event.key, *spot(letter.event)),
            )
            return in_order(map(_event, rows), lambda event: event.place)

    def open_letter(self, where: Spot) -> Letter | None:
        """The open letter at a place; None where there is none, or it waits behind another."""
        with self._store.connection() as db:
            row = db.execute(
                f"SELECT {_EVENT}, reason, stack FROM dead_letter"
                f" WHERE topic = ? AND {_SPOT} AND reason <> ''",
                (self.topic, *where),
            ).fetchone()
            if row is None:
                return None
            letter = _letter(row)
            key, place = letter.event.key, letter.event.place
            return letter if not key or self._head(db, key) == place else None

    def open_count(self) -> int:
        """How many letters of the topic are open."""
        with self._store.connection() as db:
            row = db.execute(
                "SELECT count(DISTINCT nullif(key, x'')) + count(*) - count(nullif(key, x''))"
                " FROM dead_letter WHERE topic = ? AND reason <> ''",
                (self.topic,),
            ).fetchone()
        return int(row[0])

    def _put_aside(
        self, db: sqlite3.Connection, letters: Iterable[Letter], parked: Iterable[Event]
    ) -> None:
        rows = [(one.event, one.poison.reason, one.poison.stack) for one in letters]
        rows += [(event, "", "") for event in parked]
        db.executemany(
            f"INSERT INTO dead_letter (topic, {_EVENT}, reason, stack)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (topic, partition, epoch, offset)"
            " DO UPDATE SET reason = excluded.reason, stack = excluded.stack"
            " WHERE excluded.reason <> ''",
            [(self.topic, *_row(event), reason, stack) for event, reason, stack in rows],
        )


def open_letters(store: Store) -> list[OpenLetter]:
    """The open letters of all topics; those of a topic in the order of arrival."""
    with store.connection() as db:
        rows = db.execute(
            f"SELECT {_EVENT}, reason, stack, topic, (SELECT count(*) FROM dead_letter p"
            " WHERE p.topic = l.topic AND p.key = l.key AND p.key <> x'' AND p.number <> l.number)"
            " FROM dead_letter l WHERE reason <> '' ORDER BY topic, number"
        )
        found = [OpenLetter(topic, _letter(row), behind) for *row, topic, behind in rows]
    open_ = []
    for _, of_topic in groupby(found, lambda one: one.topic):
        ones = {spot(one.letter.event): one for one in of_topic}
        open_ += [ones[spot(head.event)] for head in heads(one.letter for one in ones.values())]
    return open_


def _next(db: sqlite3.Connection, topic: str) -> dict[int, Position]:
    rows = db.execute(
        "SELECT partition, epoch, next FROM topic_partition WHERE topic = ?", (topic,)
    )
    return {partition: Position(epoch, offset) for partition, epoch, offset in rows}


def _vector_keys(db: sqlite3.Connection, ids: Sequence[str]) -> dict[str, str]:
    """The labels of the vectors of documents' chunks, by key."""
    rows = db.execute(
        "SELECT DISTINCT c.key, d.access FROM chunk c JOIN document d ON d.number = c.document"
        " WHERE d.id IN (SELECT value FROM json_each(?))",
        (json.dumps(ids),),
    )
    return dict(rows.fetchall())


def _is_needed(db: sqlite3.Connection, key: str) -> bool:
    return db.execute("SELECT 1 FROM chunk WHERE key = ?", (key,)).fetchone() is not None


def _row(event: Event) -> tuple[object, ...]:
    headers = [(n, None if v is None else _text(v)) for n, v in event.headers]
    return (*_place_row(event.place), event.key, event.value, json.dumps(headers))


def _place_row(place: Place) -> tuple[int, ...]:
    return place.partition, place.offset, place.at_ms, place.epoch


def _letter(row: Sequence[object]) -> Letter:
    *event, reason, stack = row
    return Letter(_event(event), Poison(str(reason), str(stack)))


def _event(row: Sequence[object]) -> Event:
    *place, key, value, headers = row
    return Event(
        Place(*place),  # type: ignore[arg-type]
        key,  # type: ignore[arg-type]
        value,  # type: ignore[arg-type]
        _headers(str(headers)),
    )


def _headers(text: str) -> Headers:
    return tuple((n, None if v is None else base64.b64decode(v)) for n, v in json.loads(text))


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")
