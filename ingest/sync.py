"""Brings a document index to the state of its sources; `DocumentIndex.sync` is the only caller.

The order of writes survives a crash at any point: vectors are written to Chroma first, then one
SQLite transaction makes the document visible. Which vectors exist is asked, never assumed: every
run embeds those that a chunk needs and Chroma lacks, and ends by deleting those that none needs.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ingest.chunks import Chunk, Chunked, split
from ingest.documents import FileProblem, SourceFile, find_files, problem_of
from ingest.embeddings import Embedder
from ingest.errors import IngestError, RebuildNeeded
from ingest.formats import DocumentText, Reader
from ingest.locks import exclusive
from ingest.once import EmbeddedOnce
from ingest.store import KnownDocument, Store
from ingest.vectors import VectorStore

_GROUP_CHUNKS = 1_024  # embedded together, sorted by length; bounds the memory
_TRUSTED_AGE_NS = 2_000_000_000  # a younger file may change again within its clock tick
_CHUNKING_VERSION = 3


@dataclass(frozen=True, slots=True)
class SyncProgress:
    """How far a sync is.

    Attributes:
        documents: Files looked at, of `documents_total`.
        documents_total: Files found.
        chunks: Chunks embedded, of `chunks_total`.
        chunks_total: Chunks found so far that need embedding; grows while files are read.
    """

    documents: int
    documents_total: int
    chunks: int
    chunks_total: int


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did.

    Attributes:
        added: Documents that were not in the index before.
        changed: Documents whose content differs, or some of whose vectors were lost.
        unchanged: Documents left alone.
        deleted: Documents that are gone from the sources or can no longer be read.
        chunks_embedded: Chunks that had no vector in the index.
        problems: Files that could not be taken in.
        rebuilt: Whether chunks of unchanged documents were embedded anew, because the embedding
            model changed or vectors were lost.
        seconds: Wall time.
    """

    added: int
    changed: int
    unchanged: int
    deleted: int
    chunks_embedded: int
    problems: tuple[FileProblem, ...]
    rebuilt: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class _Planned:
    file: SourceFile
    document: DocumentText
    chunked: Chunked
    new: tuple[Chunk, ...]


@dataclass(slots=True)
class _Run:
    """The state of one sync.

    Attributes:
        known: The documents that the index held before.
        embedded: Ids of the chunks that have a vector.
        incomplete: Documents that lack the vector of a chunk.
        contents: A document of those known, by the SHA-256 of its file.
    """

    store: Store
    vectors: VectorStore
    embedder: Embedder
    embedding: EmbeddedOnce
    report: Callable[[SyncProgress], None]
    reader: Reader
    known: dict[str, KnownDocument] = field(default_factory=dict)
    embedded: set[str] = field(default_factory=set)
    incomplete: set[str] = field(default_factory=set)
    contents: dict[str, str] = field(default_factory=dict)
    documents_total: int = 0
    documents: int = 0
    chunks: int = 0
    chunks_total: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: list[FileProblem] = field(default_factory=list)

    def advance(self, chunks: int) -> None:
        self.chunks += chunks
        self.progress()

    def progress(self) -> None:
        self.report(
            SyncProgress(self.documents, self.documents_total, self.chunks, self.chunks_total)
        )


def synchronise(
    directory: Path,
    store: Store,
    vectors: VectorStore,
    embedder: Embedder,
    sources: Sequence[Path],
    *,
    rebuild: bool,
    progress: Callable[[SyncProgress], None],
    lock_timeout: float,
) -> SyncReport:
    """See `DocumentIndex.sync`."""
    started = time.monotonic()
    with exclusive(directory / "writer.lock", lock_timeout), Reader() as reader:
        run = _Run(store, vectors, embedder, EmbeddedOnce(embedder, vectors), progress, reader)
        files, found_problems = find_files(sources)
        run.problems.extend(found_problems)
        run.documents_total = len(files)
        rebuilt = _prepare(run, may_rebuild=rebuild)
        kept: set[str] = set()
        for group in _groups(run, files, kept):
            _take_in(run, group)
        gone = run.known.keys() - kept
        for document in gone:
            store.remove(document)
        _finish(run)
    return SyncReport(
        added=run.added,
        changed=run.changed,
        unchanged=run.unchanged,
        deleted=len(gone),
        chunks_embedded=run.chunks,
        problems=tuple(run.problems),
        rebuilt=rebuilt,
        seconds=time.monotonic() - started,
    )


def _prepare(run: _Run, *, may_rebuild: bool) -> bool:
    """Asks what is there; empties the index where its vectors cannot be used any more."""
    method = f"{_CHUNKING_VERSION}:{run.embedder.dimensions}"
    chunks = run.store.chunk_count()
    differs = _difference(run, method)
    run.embedded = run.vectors.ids()
    lost = "its vectors are not where they are looked for" if not run.embedded else ""
    if chunks and (differs or lost) and not may_rebuild:
        raise RebuildNeeded(differs or lost, documents=len(run.store.known()), chunks=chunks)
    if differs:
        # In this order: the vectors are never taken for those of the embedder that is noted.
        run.vectors.reset()
        run.store.reset(embedder=run.embedder.name, method=method)
        run.vectors.publish(run.store.publish)
        run.embedded = set()
        return chunks > 0
    run.known = run.store.known()
    run.contents = {known.sha256: id_ for id_, known in run.known.items()}
    documents = run.store.chunk_documents()
    run.incomplete = {documents[id_] for id_ in documents.keys() - run.embedded}
    return bool(run.incomplete)


def _difference(run: _Run, method: str) -> str:
    """What the present vectors were made with and would not be now; empty where all is the same."""
    embedder = run.store.meta("embedder")
    if embedder != run.embedder.name:
        return f"it was made with the embedding model {embedder}, now {run.embedder.name} is set"
    if run.store.meta("method") != method:
        return "documents are now cut otherwise, or the model's vectors have another length"
    return ""


def _finish(run: _Run) -> None:
    stray = run.embedded - run.store.chunk_documents().keys()
    run.vectors.delete(sorted(stray))
    if stray or run.store.unpublished:
        run.vectors.publish(run.store.publish)


def _groups(run: _Run, files: Sequence[SourceFile], kept: set[str]) -> Iterator[list[_Planned]]:
    """New and changed documents, in groups of about a thousand chunks to embed."""
    group: list[_Planned] = []
    waiting = 0
    for file in files:
        planned = _look_at(run, file, kept)
        run.documents += 1
        if planned is not None:
            group.append(planned)
            waiting += len(planned.new)
            run.chunks_total += len(planned.new)
        run.progress()
        if waiting >= _GROUP_CHUNKS:
            yield group
            group, waiting = [], 0
    if group:
        yield group


def _look_at(run: _Run, file: SourceFile, kept: set[str]) -> _Planned | None:
    """What has to be done for a file; None where it is nothing."""
    known = None if file.id in run.incomplete else run.known.get(file.id)
    if known is not None and _surely_unchanged(file, known):
        kept.add(file.id)
        run.unchanged += 1
        return None
    try:
        document = run.reader.read(file)
    except IngestError as error:
        run.problems.append(problem_of(file.place, error.message, error.hint))
        return None
    kept.add(file.id)
    if known is not None and known.sha256 == document.sha256:
        run.store.touch(file, time.time_ns())
        run.unchanged += 1
        return None
    if same := run.contents.get(document.sha256):  # moved or copied: its vectors can be copied too
        for chunk in _cut(run, same, document).chunks:
            if chunk.id in run.embedded:
                run.embedding.know(chunk)
    chunked = _cut(run, file.id, document)
    new = tuple(chunk for chunk in chunked.chunks if chunk.id not in run.embedded)
    return _Planned(file, document, chunked, new)


def _cut(run: _Run, id_: str, document: DocumentText) -> Chunked:
    return split(
        id_,
        document.text,
        markdown=document.markdown,
        title=document.title,
        count_tokens=run.embedder.count_tokens,
    )


def _surely_unchanged(file: SourceFile, known: KnownDocument) -> bool:
    same = (file.size, file.mtime_ns) == (known.size, known.mtime_ns)
    return same and known.checked_ns - known.mtime_ns > _TRUSTED_AGE_NS


def _take_in(run: _Run, group: list[_Planned]) -> None:
    chunks = [chunk for planned in group for chunk in planned.new]
    run.embedding.write(chunks, run.advance)
    run.embedded.update(chunk.id for chunk in chunks)
    documents = [(planned.file, planned.document, planned.chunked) for planned in group]
    run.store.put(documents, time.time_ns())
    for planned in group:
        if planned.file.id in run.known:
            run.changed += 1
        else:
            run.added += 1
