"""Brings a document index to the state of its sources; `DocumentIndex.sync` is the only caller.

The order of writes survives a crash at any point: vectors are written to Chroma first, then one
SQLite transaction makes the document visible. Which vectors exist is asked, never assumed: every
run embeds those that a chunk needs and Chroma lacks, and ends by deleting those that none needs.

A vector's key is made of the access label and the embedded text, and of nothing else: equal chunks
share one, a moved or copied document needs none, and a vector's label never changes.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import numpy as np

from ingest.chunks import split
from ingest.documents import FileProblem, SourceFile, find_files, problem_of
from ingest.embeddings import Embedder, Vectors
from ingest.errors import IngestError, RebuildNeeded
from ingest.filters import label_of, matches, text_of_rules
from ingest.formats import DocumentText, Reader
from ingest.report import LastSync, SyncProgress, SyncReport
from ingest.store import KnownDocument, NewDocument, Store
from ingest.vectors import VectorStore

_GROUP_CHUNKS = 1_024  # embedded together, sorted by length; bounds the memory
_STEP_TEXTS = 128  # of one call: enough for a server to be asked for several batches at once
_TRUSTED_AGE_NS = 2_000_000_000  # a younger file may change again within its clock tick
_CHUNKING_VERSION = 3
_KEY_DIGITS = 32


@dataclass(slots=True)
class _Group:
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


@dataclass(slots=True)
class Run:
    """The state of one sync.

    Attributes:
        rules: Access labels by patterns of ids.
        reader: Reads the files.
        known: The documents that the index held before.
        present: The labels of the vectors that are there, by key.
        labels: The labels that documents had before.
        incomplete: Documents that lack the vector of a chunk.
        kept: Ids of the files that were found and could be read.
        fresh: The contents' checksums of the documents whose ids are new.
    """

    store: Store
    vectors: VectorStore
    embedder: Embedder
    rules: Mapping[str, str]
    report: Callable[[SyncProgress], None]
    reader: Reader
    known: dict[str, KnownDocument] = field(default_factory=dict)
    present: dict[str, str] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    incomplete: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    fresh: Counter[str] = field(default_factory=Counter)
    problems: list[FileProblem] = field(default_factory=list)
    documents_total: int = 0
    documents: int = 0
    bytes_total: int = 0
    bytes_read: int = 0
    chunks: int = 0
    chunks_total: int = 0
    changed: int = 0
    unchanged: int = 0
    seconds: float = 0.0

    def progress(self) -> None:
        """Tells how far it is."""
        self.report(
            SyncProgress(
                documents=self.documents,
                documents_total=self.documents_total,
                chunks=self.chunks,
                chunks_total=self.chunks_total,
                bytes_read=self.bytes_read,
                bytes_total=self.bytes_total,
                seconds=self.seconds,
            )
        )


def synchronise(run: Run, sources: Sequence[Path], *, rebuild: bool) -> SyncReport:
    """See `DocumentIndex.sync`, which sees to it that there is no other writer."""
    started = time.monotonic()
    files, found_problems = find_files(sources)
    run.problems.extend(found_problems)
    run.documents_total = len(files)
    run.bytes_total = sum(file.size for file in files)
    rebuilt = _prepare(run, may_rebuild=rebuild)
    for group in _groups(run, files):
        _take_in(run, group)
    gone = run.known.keys() - run.kept
    if gone:
        run.store.remove(gone)
    settle(run.store, run.vectors, run.present)
    named = json.dumps([str(source.absolute()) for source in sources])
    last = LastSync.now(run.problems).to_text()
    run.store.remember(rules=text_of_rules(run.rules), sources=named, last_sync=last)
    moved = (run.fresh & Counter(run.known[id_].sha256 for id_ in gone)).total()
    return SyncReport(
        added=run.fresh.total() - moved,
        changed=run.changed,
        moved=moved,
        unchanged=run.unchanged,
        deleted=len(gone) - moved,
        chunks_embedded=run.chunks,
        problems=tuple(run.problems),
        unused_rules=tuple(p for p in run.rules if not any(matches(p, i) for i in run.kept)),
        rebuilt=rebuilt,
        seconds=time.monotonic() - started,
    )


def settle(store: Store, vectors: VectorStore, present: Mapping[str, str]) -> None:
    """Deletes the vectors that no chunk needs, and tells the other processes of the change."""
    needed = store.keys()
    stray = {key: label for key, label in present.items() if key not in needed}
    vectors.delete(stray)
    if stray or store.unpublished:
        vectors.publish(store.publish)


def _prepare(run: Run, *, may_rebuild: bool) -> bool:
    """Asks what is there; empties the index where its vectors cannot be used any more."""
    method = f"{_CHUNKING_VERSION}:{run.embedder.dimensions}"
    with run.store.reading() as now:
        chunks = now.chunk_count()
    known = run.store.known()
    run.present = run.vectors.keys()
    differs = _difference(run, method)
    lost = "its vectors are not where they are looked for" if not run.present else ""
    if chunks and (differs or lost) and not may_rebuild:
        raise RebuildNeeded(differs or lost, documents=len(known), chunks=chunks)
    if differs:
        # In this order: the vectors are never taken for those of the embedder that is noted.
        run.vectors.reset()
        run.store.reset(embedder=run.embedder.name, method=method)
        run.vectors.publish(run.store.publish)
        run.present = {}
        return chunks > 0
    run.known = known
    run.labels = tuple({one.access for one in known.values()})
    run.incomplete = run.store.holders(run.store.keys() - run.present.keys())
    return bool(run.incomplete)


def _difference(run: Run, method: str) -> str:
    """What the present vectors were made with and would not be now; empty where all is the same."""
    embedder = run.store.meta("embedder")
    if embedder != run.embedder.name:
        return f"it was made with the embedding model {embedder}, now {run.embedder.name} is set"
    if run.store.meta("method") != method:
        return "documents are now cut otherwise, or the model's vectors have another length"
    return ""


def _groups(run: Run, files: Sequence[SourceFile]) -> Iterator[_Group]:
    """New and changed documents, in groups of about a thousand chunks to embed."""
    group = _Group()
    for file in files:
        document = _look_at(run, file)
        if document is not None:
            before = len(group.texts)
            _plan(run, document, group)
            run.chunks_total += len(group.texts) - before
        run.documents += 1
        run.bytes_read += file.size
        run.progress()
        if len(group.wanted) >= _GROUP_CHUNKS:
            yield group
            group = _Group()
    if group.documents:
        yield group


def _look_at(run: Run, file: SourceFile) -> NewDocument | None:
    """What has to be written for a file; None where it is nothing."""
    access = label_of(run.rules, file.id)
    known = None if file.id in run.incomplete else run.known.get(file.id)
    if known is not None and known.access != access:
        known = None
    if known is not None and _surely_unchanged(file, known):
        run.kept.add(file.id)
        run.unchanged += 1
        return None
    try:
        content = run.reader.read(file)
    except IngestError as error:
        run.problems.append(problem_of(file.place, error.message, error.hint))
        return None
    run.kept.add(file.id)
    if known is not None and known.sha256 == content.sha256:
        run.store.touch(file, time.time_ns())
        run.unchanged += 1
        return None
    return _cut(file, content, access, run.embedder)


def _surely_unchanged(file: SourceFile, known: KnownDocument) -> bool:
    same = (file.size, file.mtime_ns) == (known.size, known.mtime_ns)
    return same and known.checked_ns - known.mtime_ns > _TRUSTED_AGE_NS


def _cut(file: SourceFile, content: DocumentText, access: str, embedder: Embedder) -> NewDocument:
    chunked = split(
        file.id,
        content.text,
        markdown=content.markdown,
        title=content.title,
        count_tokens=embedder.count_tokens,
    )
    chunks = tuple((key_of(access, chunk.embedded), chunk) for chunk in chunked.chunks)
    return NewDocument(file, content, access, chunked.title, chunks)


def key_of(access: str, embedded: str) -> str:
    """The key of the vector of a text that callers with a label may read."""
    return hashlib.sha256(f"{access}\0{embedded}".encode()).hexdigest()[:_KEY_DIGITS]


def _plan(run: Run, document: NewDocument, group: _Group) -> None:
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


def _take_in(run: Run, group: _Group) -> None:
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
    for new in group.documents:
        if new.file.id in run.known:
            run.changed += 1
        else:
            run.fresh[new.content.sha256] += 1


def _copied(run: Run, donors: Mapping[str, str]) -> Iterator[dict[str, Vectors]]:
    """The vectors of texts that have them under another label."""
    if donors:
        found = run.vectors.get({donor: run.present[donor] for donor in donors.values()})
        yield {text: found[donor] for text, donor in donors.items()}


def _embedded(run: Run, texts: Iterable[str]) -> Iterator[dict[str, Vectors]]:
    """The vectors of texts step by step, those of one length together: little is padding."""
    ordered = sorted(texts, key=len)
    for first in range(0, len(ordered), _STEP_TEXTS):
        step = ordered[first : first + _STEP_TEXTS]
        started = time.monotonic()
        vectors = dict(zip(step, run.embedder.embed(step), strict=True))
        run.seconds += time.monotonic() - started
        run.chunks += len(step)
        run.progress()
        yield vectors
