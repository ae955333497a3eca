"""Brings a document index to the state of files; `DocumentIndex.sync` is the only caller.

Which files changed is decided here; how a document comes into the index is `ingest.intake`'s. The
documents of topics lie beside those of files and are no sync's to delete.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from ingest.documents import FileProblem, SourceFile, find_files, problem_of
from ingest.errors import IngestError
from ingest.filters import label_of, matches, text_of_rules
from ingest.formats import Reader
from ingest.intake import (
    GROUP_CHUNKS,
    Group,
    Intake,
    cut,
    plan,
    prepare,
    settle,
    take_again,
    take_in,
)
from ingest.kept import of_topics
from ingest.report import LastSync, SyncProgress, SyncReport
from ingest.store import KnownDocument, NewDocument

T = TypeVar("T")

_TELL_SECONDS = 0.2
_TRUSTED_AGE_NS = 2_000_000_000  # a younger file may change again within its clock tick


@dataclass(slots=True, kw_only=True)
class Run(Intake):
    """The state of one sync.

    Attributes:
        reader: Reads the files.
        known: The documents of files that the index held before.
        same_content: The id of one of them, by the checksum of its content.
        kept: Ids of the files that were found and could be read.
        fresh: The contents' checksums of the documents whose ids are new.
    """

    report: Callable[[SyncProgress], None]
    reader: Reader
    known: dict[str, KnownDocument] = field(default_factory=dict)
    same_content: dict[str, str] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    fresh: Counter[str] = field(default_factory=Counter)
    problems: list[FileProblem] = field(default_factory=list)
    documents_total: int = 0
    documents: int = 0
    bytes_total: int = 0
    bytes_read: int = 0
    chunks_total: int = 0
    changed: int = 0
    unchanged: int = 0

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
    rebuilt = prepare(run, may_rebuild=rebuild)
    run.known = run.store.known()
    run.same_content = {known.sha256: id_ for id_, known in run.known.items()}
    take_again(run)
    with closing(_groups(run, files)) as groups:
        for group in groups:
            take_in(run, group)
            _count(run, group)
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
        unused_rules=_unused(run),
        rebuilt=rebuilt,
        seconds=time.monotonic() - started,
    )


def _unused(run: Run) -> tuple[str, ...]:
    """Patterns of access labels that match no document."""
    ids = [*run.kept, *(one.id for one in of_topics(run.store))]
    return tuple(pattern for pattern in run.rules if not any(matches(pattern, i) for i in ids))


def _count(run: Run, group: Group) -> None:
    for new in group.documents:
        if new.file.id in run.known:
            run.changed += 1
        else:
            run.fresh[new.content.sha256] += 1


def _groups(run: Run, files: Sequence[SourceFile]) -> Generator[Group, None, None]:
    """New and changed documents, in groups of about a thousand chunks.

    Those of the next group are read and cut while one is embedded, which leaves a core free.
    """
    over = threading.Event()
    parts = _parts(run, files, over)
    with ThreadPoolExecutor(1, thread_name_prefix="documents") as reader:
        try:
            coming = reader.submit(next, parts, None)
            while documents := _awaited(run, coming):
                coming = reader.submit(next, parts, None)
                group = Group()
                for document in documents:
                    plan(run, document, group)
                run.chunks_total += len(group.texts)
                yield group
        finally:
            over.set()


def _awaited(run: Run, coming: Future[T]) -> T:
    """What is read meanwhile, once it is; the caller's own thread tells how far it is."""
    while not wait([coming], _TELL_SECONDS).done:
        run.progress()
    run.progress()
    return coming.result()


def _parts(
    run: Run, files: Sequence[SourceFile], over: threading.Event
) -> Iterator[list[NewDocument]]:
    documents: list[NewDocument] = []
    chunks = 0
    for file in files:
        if over.is_set():
            return
        document = _look_at(run, file)
        run.documents += 1
        run.bytes_read += file.size
        if document is not None:
            documents.append(document)
            chunks += len(document.chunks)
        if chunks >= GROUP_CHUNKS:
            yield documents
            documents, chunks = [], 0
    if documents:
        yield documents


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
    same = run.same_content.get(content.sha256)  # of a moved, copied or relabelled one
    earlier = run.store.earlier(same or file.id) if same or file.id in run.known else None
    return cut(file, content, access, run.embedder, earlier)


def _surely_unchanged(file: SourceFile, known: KnownDocument) -> bool:
    same = (file.size, file.mtime_ns) == (known.size, known.mtime_ns)
    return same and known.checked_ns - known.mtime_ns > _TRUSTED_AGE_NS
