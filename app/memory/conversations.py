"""Conversations in SQLite. The history is also the audit log: which SQL ran, and what it gave."""

from __future__ import annotations

import json
import sqlite3
import threading
import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from app import plain
from app.answer import Answer, Passage, QueryResult, Source, TimeRange, Usage
from app.errors import ConfigError
from app.offsets import PartitionRead, TableRead, TopicRead

_SCHEMA = """
CREATE TABLE IF NOT EXISTS answers (
  id           INTEGER PRIMARY KEY,
  conversation TEXT NOT NULL,
  asked_at     TEXT NOT NULL,
  question     TEXT NOT NULL,
  body         TEXT NOT NULL,
  rests_on     TEXT
);
CREATE INDEX IF NOT EXISTS answers_by_conversation ON answers (conversation, id);
CREATE TABLE IF NOT EXISTS results (
  answer INTEGER NOT NULL REFERENCES answers (id),
  number INTEGER NOT NULL,
  arrow  BLOB NOT NULL,
  PRIMARY KEY (answer, number)
);
"""

_RESTS_ON = """json_object(
  'access', json(coalesce(json_extract(body, '$.access'), '[]')),
  'documents', (SELECT json_group_array(json_extract(value, '$.document'))
                FROM json_each(body, '$.sources') WHERE json_extract(value, '$.kind') = 'passage')
)"""
_VISIBLE = """
  NOT EXISTS (SELECT 1 FROM json_each(rests_on, '$.access')
              WHERE value NOT IN (SELECT value FROM json_each(:labels)))
  AND NOT EXISTS (SELECT 1 FROM json_each(rests_on, '$.documents')
                  WHERE value IN (SELECT value FROM json_each(:hidden)))
"""
"""What a caller may see: she has the labels of all that an answer may rest on, and none of the
documents it cites has been hidden from her since."""


@dataclass(frozen=True, slots=True)
class ConversationSummary:
    """One line in the list of conversations.

    Attributes:
        id: What `Assistant.ask(..., conversation=id)` continues.
        title: Its first question, of those that the caller may see.
        updated_at: When its last question was asked (UTC).
    """

    id: str
    title: str
    updated_at: datetime


class Conversations:
    """The stored conversations of one home, as one caller may see them.

    Safe to call from many threads.
    """

    def __init__(
        self,
        path: Path,
        *,
        access: Collection[str] = (),
        hidden: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        """Opens or creates the store.

        Args:
            path: Its file.
            access: The caller's labels.
            hidden: Gives the ids of the documents that she may not read now.

        Raises:
            ConfigError: The file cannot be opened or is not a Tributary history.
        """
        self._path = path
        self._access = json.dumps(list(access))
        self._hidden = hidden
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.executescript(_SCHEMA)
            _upgrade(self._db)
        except (OSError, sqlite3.Error) as error:
            raise ConfigError(
                f"The history {path} cannot be opened: {error}.",
                hint="Move the file away, or choose another folder with --home.",
            ) from error

    @staticmethod
    def new_id() -> str:
        """An id for a conversation that has no answer yet."""
        return uuid.uuid4().hex[:16]

    def add(self, answer: Answer) -> None:
        """Stores an answer at the end of its conversation."""
        body = plain.of_answer(answer)
        for source in body["sources"]:
            source.pop("rows", None)  # kept once, exactly, in `results`
        with self._transaction() as db:
            cursor = db.execute(
                "INSERT INTO answers (conversation, asked_at, question, body) VALUES (?, ?, ?, ?)",
                (
                    answer.conversation,
                    answer.asked_at.isoformat(),
                    answer.question,
                    json.dumps(body, ensure_ascii=False),
                ),
            )
            db.execute(
                f"UPDATE answers SET rests_on = {_RESTS_ON} WHERE id = ?", (cursor.lastrowid,)
            )
            db.executemany(
                "INSERT INTO results VALUES (?, ?, ?)",
                [
                    (cursor.lastrowid, source.number, _to_ipc(source.result.table))
                    for source in answer.sources
                    if source.result is not None
                ],
            )

    def history(self, conversation: str) -> tuple[Answer, ...]:
        """The answers of a conversation that the caller may see, oldest first.

        Raises:
            IngestError: It cannot be told which documents she may read.
        """
        visible = self._visible()
        with self._transaction() as db:
            rows = db.execute(
                "SELECT id, body FROM answers WHERE conversation = :conversation"
                f" AND {_VISIBLE} ORDER BY id",
                {"conversation": conversation, **visible},
            ).fetchall()
            blobs = {
                row_id: dict(
                    db.execute("SELECT number, arrow FROM results WHERE answer = ?", (row_id,))
                )
                for row_id, _ in rows
            }
        return tuple(_to_answer(json.loads(body), blobs[row_id]) for row_id, body in rows)

    def withheld(self, conversation: str) -> int:
        """How many answers of a conversation the caller may not see."""
        visible = self._visible()
        with self._transaction() as db:
            [count] = db.execute(
                "SELECT COUNT(*) FROM answers WHERE conversation = :conversation"
                f" AND NOT ({_VISIBLE})",
                {"conversation": conversation, **visible},
            ).fetchone()
        return int(count)

    def latest(self, limit: int = 20) -> tuple[ConversationSummary, ...]:
        """The conversations asked in last, newest first, as far as the caller may see them."""
        visible = self._visible()
        with self._transaction() as db:
            rows = db.execute(
                "SELECT conversation, question, last FROM answers JOIN ("
                "  SELECT MIN(id) AS first, MAX(id) AS newest, MAX(asked_at) AS last"
                f"  FROM answers WHERE {_VISIBLE} GROUP BY conversation"
                ") ON id = first ORDER BY newest DESC LIMIT :limit",
                {"limit": limit, **visible},
            ).fetchall()
        return tuple(
            ConversationSummary(id_, question, datetime.fromisoformat(last))
            for id_, question, last in rows
        )

    def close(self) -> None:
        """Closes the store. May be called twice."""
        with self._lock:
            self._db.close()

    def _visible(self) -> dict[str, str]:
        return {"labels": self._access, "hidden": json.dumps(list(self._hidden()))}

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                with self._db:
                    yield self._db
            except sqlite3.ProgrammingError as error:
                raise ConfigError("The assistant was closed.", hint="Connect again.") from error
            except sqlite3.Error as error:
                raise ConfigError(
                    f"The history {self._path} cannot be used: {error}.",
                    hint="Check the disk, or choose another folder with --home.",
                ) from error


def _upgrade(db: sqlite3.Connection) -> None:
    """Says of the answers of older versions what they rest on."""
    columns = {name for _, name, *_ in db.execute("PRAGMA table_info(answers)")}
    with db:
        if "rests_on" not in columns:
            db.execute("ALTER TABLE answers ADD COLUMN rests_on TEXT")
        db.execute(f"UPDATE answers SET rests_on = {_RESTS_ON} WHERE rests_on IS NULL")


def _to_ipc(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def _to_answer(body: dict[str, Any], blobs: dict[int, bytes]) -> Answer:
    return Answer(
        question=body["question"],
        text=body["text"],
        sources=tuple(_to_source(s, blobs.get(s["number"])) for s in body["sources"]),
        responder=body["responder"],
        asked_at=datetime.fromisoformat(body["asked_at"]),
        understood=body["understood"],
        notices=tuple(body["notices"]),
        timings=body["timings"],
        conversation=body["conversation"],
        choices=tuple(body.get("choices", ())),  # older versions stored none
        usage=Usage(**body["usage"]) if body.get("usage") else None,
        confidence=body.get("confidence"),
        access=tuple(body.get("access", ())),
    )


def _to_source(body: dict[str, Any], arrow: bytes | None) -> Source:
    if arrow is None:
        return Source(body["number"], _to_passage(body))
    result = QueryResult(
        sql=body["sql"],
        table=pa.ipc.open_stream(arrow).read_all(),
        tables=tuple(body["tables"]),
        truncated=body["truncated"],
        as_of={k: datetime.fromisoformat(v) for k, v in body["as_of"].items()},
        seconds=body["seconds"],
        lineage=tuple(body.get("lineage", ())),  # what older versions stored has none of these
        ranges={k: _to_range(v) for k, v in body.get("time_range", {}).items()},
        advice=tuple(body.get("advice", ())),
        offsets={k: _to_topics(v) for k, v in body.get("offsets", {}).items()},
    )
    return Source(body["number"], result)


def _to_topics(body: list[dict[str, Any]] | dict[str, Any]) -> TableRead:
    """What was read of topics; older versions stored the only one that they knew of."""
    topics = [body] if isinstance(body, dict) else body
    return TableRead(tuple(map(_to_topic, topics)))


def _to_topic(body: dict[str, Any]) -> TopicRead:
    read = (
        PartitionRead(
            *(one["number"], one["start"], one["end"]),
            one["newest"] and datetime.fromisoformat(one["newest"]),
        )
        for one in body["partitions"]
    )
    return TopicRead(body["topic"], tuple(read))


def _to_passage(body: dict[str, Any]) -> Passage:
    """A passage; those of older versions know less, and have a score that tells only the order."""
    elsewhere = {"number", "kind", "format", "used", "score"}
    modified = body.get("modified")
    return Passage(
        **{
            "relevance": 1.0,
            **{k: v for k, v in body.items() if k not in elsewhere},
            "heading_path": tuple(body["heading_path"]),
            "kind": body.get("format", ""),
            "tags": tuple(body.get("tags", ())),
            "modified": datetime.fromisoformat(modified) if modified else None,
        }
    )


def _to_range(ends: dict[str, str | None]) -> TimeRange:
    first, last = (datetime.fromisoformat(end) if end else None for end in ends.values())
    return first, last
