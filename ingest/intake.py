"""How documents come into an index, wherever they are from: cut, embedded, written.

`ingest.sync` takes in files, `ingest.topics` the events of a topic. The order of writes survives a
crash at any point: vectors are written to Chroma first, then one SQLite transaction makes the
documents visible. Which vectors exist is asked, never assumed; those that nothing needs are deleted
in the end.

A vector's key is made of the access label and the embedded text, and of nothing else: equal chunks
share one, a moved or copied document needs none, and a vector's label never changes.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from ingest.chunks import Earlier, split
from ingest.documents import SourceFile
from ingest.embeddings import Embedder, Vectors
from ingest.errors import RebuildNeeded
from ingest.filters import label_of
from ingest.formats import DocumentText
from ingest.kept import kept, of_topics
from ingest.store import NewDocument, Store
from ingest.vectors import VectorStore

GROUP_CHUNKS = 1_024  # embedded together, sorted by length; bounds the memory
_STEP_TEXTS = 128  # of one call: enough for a server to be asked for several batches at once
_CHUNKING_VERSION = 3
_KEY_DIGITS = 32


@dataclass(slots=True)
class Group:
    """Documents that are written together.

    Attributes:
        documents: The documents.
        wanted: The texts whose vectors are missing, by the keys that these will have.
        donors: Keys of vectors of the same texts under other labels, by text.
        texts: The texts that have to be embedded.
    """

    documents: list[NewDocument] = field(default_factory=list)
    wanted: dict[str, str] = field(default_factory=dict)
    donors: dict[str, str] = field(default_factory=dict)
    texts: dict[str, None] = field(default_factory=dict)

    @property
    def is_full(self) -> bool:
        """Whether it is time to write it."""
        return len(self.wanted) >= GROUP_CHUNKS


@dataclass(slots=True, kw_only=True)
class Intake:
    """The state of taking documents in; there is no other writer meanwhile.

    Attributes:
        rules: Access labels by patterns of ids.
        present: The labels of the vectors that are there, by key.
        labels: The labels that documents had before.
        incomplete: Documents that lack the vector of a chunk.
        chunks: Embedded so far, in so many seconds.
    """

    store: Store
    vectors: VectorStore
    embedder: Embedder
    rules: Mapping[str, str]
    present: dict[str, str] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    incomplete: set[str] = field(default_factory=set)
    chunks: int = 0
    seconds: float = 0.0

    def progress(self) -> None:
        """Is called after every step of embedding."""


def prepare(run: Intake, *, may_rebuild: bool) -> bool:
    """Asks what is there; empties the index where its vectors cannot be used any more.

    Returns:
        Whether chunks of unchanged documents have to be embedded anew.

    Raises:
        RebuildNeeded: They would have to be, all of them, and may not.
    """
    with run.store.reading() as now:
        chunks, documents = now.chunk_count(), now.document_count()
    run.present = run.vectors.keys()
    differs = difference(run.store, run.embedder)
    lost = "its vectors are not where they are looked for" if not run.present else ""
    if chunks and (differs or lost) and not may_rebuild:
        raise RebuildNeeded(differs or lost, documents=documents, chunks=chunks)
    if differs:
        # In this order: the vectors are never taken for those of the embedder that is noted.
        run.vectors.reset()
        run.store.reset(embedder=run.embedder.name, method=_method(run.embedder))
        run.vectors.publish(run.store.publish)
        run.present = {}
        return chunks > 0
    run.labels = run.store.labels()
    run.incomplete = run.store.holders(run.store.keys() - run.present.keys())
    return bool(run.incomplete)


def difference(store: Store, embedder: Embedder) -> str:
    """What the present vectors were made with and would not be now; empty where all is the same."""
    method = _method(embedder)  # first of all: a model that does not answer is told before
    made_with = store.meta("embedder")
    if made_with != embedder.name:
        return f"it was made with the embedding model {made_with}, now {embedder.name} is set"
    if store.meta("method") != method:
        return "documents are now cut otherwise, or the model's vectors have another length"
    return ""


def _method(embedder: Embedder) -> str:
    return f"{_CHUNKING_VERSION}:{embedder.dimensions}"


def take_again(run: Intake) -> None:
    """Takes documents of topics in again, from what the index keeps of them, where that is due.

    Their events may be gone from Kafka. It is due after a rebuild, where vectors were lost, and
    where an access rule gives a document another label.
    """
    group = Group()
    for one in of_topics(run.store):
        access = label_of(run.rules, one.id) or one.asked_access
        if one.chunks and one.access == access and one.id not in run.incomplete:
            continue
        file, content = kept(run.store, one.id)
        earlier = run.store.earlier(one.id)
        plan(run, cut(file, content, access, run.embedder, earlier, topic=one.topic), group)
        if group.is_full:
            take_in(run, group)
            group = Group()
    if group.documents:
        take_in(run, group)


def cut(
    file: SourceFile,
    content: DocumentText,
    access: str,
    embedder: Embedder,
    earlier: Earlier | None,
    *,
    topic: str = "",
) -> NewDocument:
    """A document as it is written; what is as in the earlier version is cut as it was there."""
    chunked = split(
        file.id,
        content.text,
        markdown=content.markdown,
        title=content.title,
        count_tokens=embedder.count_tokens,
        earlier=earlier,
    )
    chunks = tuple((key_of(access, chunk.embedded), chunk) for chunk in chunked.chunks)
    return NewDocument(file, content, access, chunked.title, chunks, topic)


def key_of(access: str, embedded: str) -> str:
    """The key of the vector of a text that callers with a label may read."""
    return hashlib.sha256(f"{access}\0{embedded}".encode()).hexdigest()[:_KEY_DIGITS]


def plan(run: Intake, document: NewDocument, group: Group) -> None:
    """Adds a document to a group, with what has to be done for its vectors."""
    group.documents.append(document)
    for key, chunk in document.chunks:
        if key in run.present or key in group.wanted:
            continue
        group.wanted[key] = text = chunk.embedded
        others = (key_of(label, text) for label in run.labels)
        donor = next((other for other in others if other in run.present), None)
        if donor is None:
            group.texts[text] = None
        else:
            group.donors[text] = donor


def take_in(run: Intake, group: Group) -> None:
    """Writes a group; vectors are written while the next ones are computed, for which one may pay.

    So what cannot be written ends it at once, and what is written stays if the rest is not reached.
    """
    access = {key: new.access for new in group.documents for key, _ in new.chunks}
    keys: dict[str, list[str]] = {}
    for key, text in group.wanted.items():
        keys.setdefault(text, []).append(key)

    def write(vectors: Mapping[str, Vectors]) -> None:
        pairs = [(key, vector) for text, vector in vectors.items() for key in keys[text]]
        labels = {key: access[key] for key, _ in pairs}
        run.vectors.put(labels, np.stack([vector for _, vector in pairs]))
        run.present.update(labels)

    with ThreadPoolExecutor(1, thread_name_prefix="vectors") as writer:
        writing: Future[None] | None = None
        for part in chain(_copied(run, group.donors), _embedded(run, group.texts)):
            if writing:
                writing.result()
            writing = writer.submit(write, part)
        if writing:
            writing.result()
    run.store.put(group.documents, time.time_ns())


def _copied(run: Intake, donors: Mapping[str, str]) -> Iterator[dict[str, Vectors]]:
    """The vectors of texts that have them under another label."""
    if donors:
        found = run.vectors.get({donor: run.present[donor] for donor in donors.values()})
        yield {text: found[donor] for text, donor in donors.items()}


def _embedded(run: Intake, texts: Iterable[str]) -> Iterator[dict[str, Vectors]]:
    started = time.monotonic()
    for part in embedded(run.embedder, texts):
        run.seconds += time.monotonic() - started
        run.chunks += len(part)
        run.progress()
        yield part
        started = time.monotonic()


def embedded(embedder: Embedder, texts: Iterable[str]) -> Iterator[dict[str, Vectors]]:
    """The vectors of texts step by step, those of one length together: little is padding."""
    ordered = sorted(texts, key=len)
    for first in range(0, len(ordered), _STEP_TEXTS):
        step = ordered[first : first + _STEP_TEXTS]
        yield dict(zip(step, embedder.embed(step), strict=True))


def settle(store: Store, vectors: VectorStore, present: Mapping[str, str]) -> None:
    """Deletes the vectors that no chunk needs, and tells the other processes of the change."""
    needed = store.keys()
    stray = {key: label for key, label in present.items() if key not in needed}
    vectors.delete(stray)
    if stray or store.unpublished:
        vectors.publish(store.publish)
