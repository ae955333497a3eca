"""What an index keeps of documents from topics, so that it can take them in again.

Their events may be gone from Kafka. `ingest.intake` and `ingest.sync` ask.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ingest.documents import SourceFile
from ingest.formats import DocumentText
from ingest.store import Store


@dataclass(frozen=True, slots=True)
class TopicDocument:
    """What the index knows of a document that came from a topic.

    Attributes:
        access: Its label.
        asked_access: The label that its event asked for; an access rule goes before it.
        chunks: How many there are; none where it has to be cut and embedded anew.
    """

    id: str
    topic: str
    access: str
    asked_access: str
    chunks: int


def of_topics(store: Store) -> list[TopicDocument]:
    """Every document of a topic, by id."""
    with store.connection() as db:
        rows = db.execute(
            "SELECT d.id, d.topic, d.access, coalesce(e.access, ''), d.chunks FROM document d"
            " LEFT JOIN topic_event e ON e.document = d.id WHERE d.topic <> '' ORDER BY d.id"
        )
        return [TopicDocument(*row) for row in rows]


def kept(store: Store, document: str) -> tuple[SourceFile, DocumentText]:
    """What is kept of a document from a topic, as it was before it was cut."""
    with store.connection() as db:
        row = db.execute(
            "SELECT size, mtime_ns, text, sha256, markdown, title, kind, tags FROM document"
            " JOIN document_text ON document = number WHERE id = ?",
            (document,),
        ).fetchone()
    size, mtime_ns, text, sha256, markdown, title, kind, tags = row
    named = "" if title == PurePosixPath(document).name else title  # that is none of its own
    content = DocumentText(text, sha256, bool(markdown), named, kind, tags=tuple(json.loads(tags)))
    return SourceFile(document, Path(document), size, mtime_ns), content
