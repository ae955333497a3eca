"""What a sync makes of additions, edits, moves, deletions, lost vectors and crashes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ingest import intake, sync
from ingest.documents import FileProblem
from ingest.embeddings import Embedder
from ingest.errors import IngestError, RebuildNeeded
from ingest.formats.base import Content
from ingest.formats.worker import Worker
from ingest.index import DocumentIndex, SyncProgress
from ingest.store import Store
from ingest.vectors import VectorStore
from tests.ingest.conftest import CountingEmbedder, counts, stored_vectors
from tests.ingest.files import make_zip


def test_a_second_sync_embeds_nothing(
    index: DocumentIndex, docs: Path, counting: CountingEmbedder
) -> None:
    assert counts(index.sync([docs])) == (2, 0, 0, 0, 4)
    counting.texts.clear()
    for _ in range(2):
        assert counts(index.sync([docs])) == (0, 0, 2, 0, 0)
    assert counting.texts == []


def test_an_edit_embeds_only_what_changed(
    index: DocumentIndex, docs: Path, counting: CountingEmbedder
) -> None:
    index.sync([docs])
    path = docs / "delivery.md"
    path.write_text("\n\n" + path.read_text().replace("ten percent", "twenty percent"))
    counting.texts.clear()
    assert counts(index.sync([docs])) == (0, 1, 1, 0, 1)
    assert len(counting.texts) == 1
    assert stored_vectors(index) == 4
    best = index.search("How much do we pay back?", limit=1)[0]
    assert "twenty percent" in best.text
    assert (index.text_of("delivery.md") or "")[best.start : best.end] == best.text


def test_follows_additions_renames_and_deletions(index: DocumentIndex, docs: Path) -> None:
    index.sync([docs])
    (docs / "care.html").rename(docs / "wool.html")
    (docs / "new.txt").write_text("Opening hours are nine to five.")
    report = index.sync([docs])
    assert (report.moved, *counts(report)) == (1, 1, 0, 1, 0, 1)
    assert [d.id for d in index.documents()] == ["delivery.md", "new.txt", "wool.html"]
    assert [(d.title, d.chunks) for d in index.documents()][:2] == [
        ("Delivery policy", 3),
        ("new.txt", 1),
    ]
    assert counts(index.sync([docs / "new.txt"])) == (0, 0, 1, 2, 0)
    assert stored_vectors(index) == 1
    assert counts(index.sync([])) == (0, 0, 0, 1, 0)
    assert index.search("opening hours") == []


def test_a_text_is_embedded_once_wherever_it_comes_again(
    index: DocumentIndex, docs: Path, counting: CountingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "GROUP_CHUNKS", 1)  # the copies are met in another group
    for name in ("copy.md", "later.md"):
        shutil.copy(docs / "delivery.md", docs / name)
    assert index.sync([docs]).added == 4
    assert len(counting.texts) == len(set(counting.texts)) == 4
    assert stored_vectors(index) == 4
    found = index.search("When is a parcel late?", limit=3)
    assert {p.document for p in found} == {"copy.md"}  # what is said twice is shown once


def test_a_moved_document_is_not_embedded_again(
    index: DocumentIndex, docs: Path, counting: CountingEmbedder
) -> None:
    index.sync([docs])
    counting.texts.clear()
    (docs / "archive").mkdir()
    (docs / "delivery.md").rename(docs / "archive" / "old.md")
    report = index.sync([docs])
    assert (report.added, report.moved, report.deleted) == (0, 1, 0)
    assert counting.texts == []
    assert stored_vectors(index) == 4
    assert index.search("When is a parcel late?")[0].document == "archive/old.md"


def test_a_bad_file_is_a_problem_and_the_rest_goes_on(index: DocumentIndex, docs: Path) -> None:
    index.sync([docs])
    (docs / "delivery.md").write_bytes(b"\0")
    (docs / "picture.png").write_bytes(b"x")
    report = index.sync([docs])
    assert counts(report) == (0, 0, 1, 1, 0)
    assert [Path(problem.path).name for problem in report.problems] == [
        "picture.png",
        "delivery.md",
    ]
    assert str(report.problems[1]).endswith("It is binary, not text. Check the file's ending.")
    assert isinstance(report.problems[0], FileProblem)
    assert [d.id for d in index.documents()] == ["care.html"]


def test_members_of_an_archive_come_and_go_and_the_reading_process_ends(
    index: DocumentIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[Worker] = []
    real = Worker.read

    def read(worker: Worker, suffix: str, content: bytes) -> Content:
        used.append(worker)
        return real(worker, suffix, content)

    monkeypatch.setattr(Worker, "read", read)
    archive = tmp_path / "a.zip"
    archive.write_bytes(make_zip({"a.csv": "carrier,pays\nNordwind,4", "b.md": "x", "c.md": ""}))
    report = index.sync([archive])
    assert counts(report)[:2] == (2, 0)
    assert [str(problem) for problem in report.problems] == [
        f"{archive}/c.md: It is empty: there is no text in it."
    ]
    assert [worker._process for worker in used] == [None]
    assert index.text_of("a.zip/a.csv") == "| carrier | pays |\n| --- | --- |\n| Nordwind | 4 |"
    archive.write_bytes(make_zip({"a.csv": "carrier,pays\nNordwind,4"}))
    assert counts(index.sync([archive])) == (0, 0, 1, 1, 0)


def test_a_missing_source_changes_nothing(index: DocumentIndex, docs: Path) -> None:
    index.sync([docs])
    with pytest.raises(IngestError, match="no file or folder"):
        index.sync([docs / "nowhere"])
    assert len(index.documents()) == 2


def test_progress_counts_up_to_the_end(index: DocumentIndex, docs: Path) -> None:
    seen: list[SyncProgress] = []
    index.sync([docs], progress=seen.append)
    last = seen[-1]
    assert (last.documents, last.documents_total, last.chunks, last.chunks_total) == (2, 2, 4, 4)
    assert last.bytes_read == last.bytes_total
    assert last.chunks_expected == 4
    assert last.remaining == 0.0
    assert last.rate > 0
    assert [step.documents for step in seen] == sorted(step.documents for step in seen)


def test_another_embedding_model_rebuilds(
    index: DocumentIndex, docs: Path, tmp_path: Path, embedder: Embedder
) -> None:
    index.sync([docs])
    index.close()
    with DocumentIndex(tmp_path / "index", CountingEmbedder(embedder, "other")) as other:
        with pytest.raises(IngestError, match="another embedding model"):
            other.search("late")
        with pytest.raises(RebuildNeeded, match="model counting, now other") as caught:
            other.sync([docs])
        assert (caught.value.documents, caught.value.chunks) == (2, 4)
        assert "--rebuild" in caught.value.hint
        report = other.sync([docs], rebuild=True)
        assert (report.rebuilt, *counts(report)) == (True, 2, 0, 0, 0, 4)
        assert not other.sync([docs], rebuild=True).rebuilt
        assert other.search("late")


def test_lost_vectors_are_rebuilt(
    index: DocumentIndex, docs: Path, tmp_path: Path, counting: CountingEmbedder
) -> None:
    index.sync([docs])
    index.close()
    shutil.rmtree(tmp_path / "index" / "chroma")
    with pytest.raises(RebuildNeeded, match="vectors are not where"):
        index.sync([docs])
    assert index.sync([docs], rebuild=True).rebuilt
    assert stored_vectors(index) == 4


@pytest.mark.parametrize("stray", [False, True])
def test_a_lost_vector_is_found_by_its_id(
    index: DocumentIndex, docs: Path, counting: CountingEmbedder, stray: bool
) -> None:
    index.sync([docs])
    with index._store.reading() as now:
        [chunk] = now.chunks(now.matching(["wool"], 1))
    index._vectors.delete({chunk.key: ""})
    if stray:
        index._vectors.put({"stray": ""}, counting.embed(["stray"]))
    assert all(passage.document != "care.html" for passage in index.search("wool"))
    report = index.sync([docs])
    assert (report.rebuilt, *counts(report)) == (True, 0, 1, 1, 0, 1)
    assert index.search("wool")[0].document == "care.html"
    assert stored_vectors(index) == 4
    assert counts(index.sync([docs])) == (0, 0, 2, 0, 0)


class Crash(Exception):
    pass


@pytest.mark.parametrize(
    "step",
    [
        (VectorStore, "put"),
        (Store, "put"),
        (Store, "remove"),
        (VectorStore, "delete"),
        (Store, "publish"),
    ],
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_crash_anywhere_is_repaired_by_the_next_sync(
    index: DocumentIndex,
    docs: Path,
    monkeypatch: pytest.MonkeyPatch,
    step: tuple[type, str],
    when: str,
) -> None:
    owner, method = step
    index.sync([docs])
    (docs / "care.html").unlink()
    (docs / "delivery.md").write_text("# Delivery policy\n\nWhat we promise.\n\n## New\n\nnew")
    original = getattr(owner, method)

    def crash(self: object, *args: object) -> None:
        if when == "after":
            original(self, *args)
        raise Crash

    with monkeypatch.context() as patched:
        patched.setattr(owner, method, crash)
        with pytest.raises(Crash):
            index.sync([docs])
    (docs / "delivery.md").write_text("# Delivery policy\n\nWhat we promise.\n\n## Last\n\nlast")
    index.sync([docs])
    assert stored_vectors(index) == 2
    assert {p.text for p in index.search("what is new or last")} == {"What we promise.", "last"}
    assert not index._store.unpublished


def test_a_sync_after_a_crash_tells_the_other_processes(
    index: DocumentIndex, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.sync([docs])
    before = index._store.generation()
    (docs / "new.md").write_text("# New")
    with monkeypatch.context() as patched:
        patched.setattr(VectorStore, "publish", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            index.sync([docs])
    assert counts(index.sync([docs])) == (0, 0, 3, 0, 0)
    assert index._store.generation() != before


def test_what_cannot_be_written_ends_the_embedding(
    index: DocumentIndex,
    docs: Path,
    counting: CountingEmbedder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: object) -> None:
        raise IngestError("The disk is full.")

    monkeypatch.setattr(intake, "_STEP_TEXTS", 1)
    monkeypatch.setattr(VectorStore, "put", full)
    with pytest.raises(IngestError, match="full"):
        index.sync([docs])
    assert len(counting.texts) == 2  # the second while the first was written
