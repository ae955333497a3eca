from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ingest import sync
from ingest.documents import FileProblem
from ingest.embeddings import Embedder, Vectors, default_embedder
from ingest.errors import IngestError, RebuildNeeded
from ingest.formats.base import Content
from ingest.formats.worker import Worker
from ingest.index import DocumentIndex, SyncProgress, SyncReport
from ingest.locks import exclusive
from ingest.store import Store
from ingest.vectors import VectorStore
from tests.ingest.conftest import CountingEmbedder
from tests.ingest.files import make_zip


@pytest.fixture
def index(tmp_path: Path, counting: CountingEmbedder) -> Iterator[DocumentIndex]:
    with DocumentIndex(tmp_path / "index", counting) as opened:
        yield opened


def _counts(report: SyncReport) -> tuple[int, int, int, int, int]:
    return (
        *(report.added, report.changed, report.unchanged, report.deleted),
        report.chunks_embedded,
    )


def _vectors(index: DocumentIndex) -> int:
    return len(index._vectors.keys())


@pytest.mark.parametrize(
    ("query", "document", "heading"),
    [
        ("When is a parcel late?", "delivery.md", "Late parcels"),
        ("money back for overdue deliveries", "delivery.md", "Refunds"),
        ("laundry temperature", "care.html", "Wool care"),
        ("REFUND", "delivery.md", "Refunds"),
        ("Wann gilt ein parcel als late?", "delivery.md", "Late parcels"),
    ],
)
def test_finds_passages(
    index: DocumentIndex, docs: Path, query: str, document: str, heading: str
) -> None:
    index.sync([docs])
    best, *others = index.search(query)
    assert (best.document, best.heading_path[-1]) == (document, heading)
    assert all(best.relevance >= other.relevance for other in others)
    for passage in (best, *others):
        text = index.text_of(passage.document) or ""
        assert text[passage.start : passage.end] == passage.text
        assert -1.001 <= passage.similarity <= 1.001


@pytest.mark.parametrize(
    "query",
    [
        '"unclosed',
        "a AND OR NOT (late*) NEAR/3 heading:x",
        "late -parcel ^two {col}: ;--",
        "'; DROP TABLE chunk; --",
        "😀",
        "_ ___",
        "\ud83d lone",
        "x\0y",
        "late parcel " * 900,
        "the of and",
    ],
)
def test_any_text_is_a_query(index: DocumentIndex, docs: Path, query: str) -> None:
    index.sync([docs])
    assert 0 < len(index.search(query, limit=2)) <= 2


@pytest.mark.parametrize(("query", "limit"), [("", 4), (" \n", 4), ("\ud83d", 4), ("late", 0)])
def test_nothing_asked_nothing_found(
    index: DocumentIndex, docs: Path, query: str, limit: int
) -> None:
    index.sync([docs])
    assert index.search(query, limit) == []


def test_an_empty_index_answers_and_loads_no_model(
    index: DocumentIndex, counting: CountingEmbedder
) -> None:
    assert index.search("late") == []
    assert index.documents() == []
    assert index.text_of("x") is None
    assert counting.texts == []


def test_similarity_is_the_cosine_for_both_legs(
    index: DocumentIndex, tmp_path: Path, embedder: Embedder
) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for i in range(40):
        (folder / f"{i:02}.md").write_text(f"# Late parcels {i}\n\nThe parcel is late again.")
    (folder / "odd.md").write_text("# Cooking\n\nSimmer zyzzyva with onions for an hour.")
    index.sync([folder])
    found = index.search("late parcel zyzzyva parcel late delivery parcels", limit=50)
    by_words = next(passage for passage in found if passage.document == "odd.md")
    question = "late parcel zyzzyva parcel late delivery parcels"
    query, chunk = embedder.embed([question, "Cooking\n" + by_words.text])
    assert by_words.similarity == pytest.approx(float(query @ chunk), abs=1e-3)


def test_a_second_sync_embeds_nothing(
    index: DocumentIndex, docs: Path, counting: CountingEmbedder
) -> None:
    assert _counts(index.sync([docs])) == (2, 0, 0, 0, 4)
    counting.texts.clear()
    for _ in range(2):
        assert _counts(index.sync([docs])) == (0, 0, 2, 0, 0)
    assert counting.texts == []


def test_an_edit_embeds_only_what_changed(
    index: DocumentIndex, docs: Path, counting: CountingEmbedder
) -> None:
    index.sync([docs])
    path = docs / "delivery.md"
    path.write_text("\n\n" + path.read_text().replace("ten percent", "twenty percent"))
    counting.texts.clear()
    assert _counts(index.sync([docs])) == (0, 1, 1, 0, 1)
    assert len(counting.texts) == 1
    assert _vectors(index) == 4
    best = index.search("How much do we pay back?", limit=1)[0]
    assert "twenty percent" in best.text
    assert (index.text_of("delivery.md") or "")[best.start : best.end] == best.text


def test_follows_additions_renames_and_deletions(index: DocumentIndex, docs: Path) -> None:
    index.sync([docs])
    (docs / "care.html").rename(docs / "wool.html")
    (docs / "new.txt").write_text("Opening hours are nine to five.")
    report = index.sync([docs])
    assert (report.moved, *_counts(report)) == (1, 1, 0, 1, 0, 1)
    assert [d.id for d in index.documents()] == ["delivery.md", "new.txt", "wool.html"]
    assert [(d.title, d.chunks) for d in index.documents()][:2] == [
        ("Delivery policy", 3),
        ("new.txt", 1),
    ]
    assert _counts(index.sync([docs / "new.txt"])) == (0, 0, 1, 2, 0)
    assert _vectors(index) == 1
    assert _counts(index.sync([])) == (0, 0, 0, 1, 0)
    assert index.search("opening hours") == []


def test_a_text_is_embedded_once_wherever_it_comes_again(
    index: DocumentIndex, docs: Path, counting: CountingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "_GROUP_CHUNKS", 1)  # the copies are met in another group
    for name in ("copy.md", "later.md"):
        shutil.copy(docs / "delivery.md", docs / name)
    assert index.sync([docs]).added == 4
    assert len(counting.texts) == len(set(counting.texts)) == 4
    assert _vectors(index) == 4
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
    assert _vectors(index) == 4
    assert index.search("When is a parcel late?")[0].document == "archive/old.md"


def test_a_bad_file_is_a_problem_and_the_rest_goes_on(index: DocumentIndex, docs: Path) -> None:
    index.sync([docs])
    (docs / "delivery.md").write_bytes(b"\0")
    (docs / "picture.png").write_bytes(b"x")
    report = index.sync([docs])
    assert _counts(report) == (0, 0, 1, 1, 0)
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
    assert _counts(report)[:2] == (2, 0)
    assert [str(problem) for problem in report.problems] == [
        f"{archive}/c.md: It is empty: there is no text in it."
    ]
    assert [worker._process for worker in used] == [None]
    assert index.text_of("a.zip/a.csv") == "| carrier | pays |\n| --- | --- |\n| Nordwind | 4 |"
    archive.write_bytes(make_zip({"a.csv": "carrier,pays\nNordwind,4"}))
    assert _counts(index.sync([archive])) == (0, 0, 1, 1, 0)


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
        assert (report.rebuilt, *_counts(report)) == (True, 2, 0, 0, 0, 4)
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
    assert _vectors(index) == 4


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
    assert (report.rebuilt, *_counts(report)) == (True, 0, 1, 1, 0, 1)
    assert index.search("wool")[0].document == "care.html"
    assert _vectors(index) == 4
    assert _counts(index.sync([docs])) == (0, 0, 2, 0, 0)


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
    assert _vectors(index) == 2
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
    assert _counts(index.sync([docs])) == (0, 0, 3, 0, 0)
    assert index._store.generation() != before


def test_one_writer_at_a_time(index: DocumentIndex, docs: Path, tmp_path: Path) -> None:
    with (
        exclusive(tmp_path / "index" / "writer.lock", 0),
        pytest.raises(IngestError, match="Another process is writing"),
    ):
        index.sync([docs], lock_timeout=0)
    assert index.sync([docs], lock_timeout=0).added == 2


class WaitingEmbedder(CountingEmbedder):
    """Stops in the middle of a sync until the test lets it go on."""

    def __init__(self, inner: Embedder) -> None:
        super().__init__(inner)
        self.reached = threading.Event()
        self.go_on = threading.Event()

    def embed(self, texts: Sequence[str]) -> Vectors:
        if len(texts) > 1:
            self.reached.set()
            assert self.go_on.wait(60)
        return super().embed(texts)


def test_threads_read_while_one_writes(tmp_path: Path, docs: Path, embedder: Embedder) -> None:
    waiting = WaitingEmbedder(embedder)
    waiting.go_on.set()
    with DocumentIndex(tmp_path / "index", waiting) as index, ThreadPoolExecutor(4) as pool:
        index.sync([docs])
        waiting.go_on.clear()
        waiting.reached.clear()
        (docs / "new.md").write_text("# Fragile goods\n\n## A\n\nGlass.\n\n## B\n\nPorcelain.")
        (docs / "care.html").unlink()
        writer = pool.submit(index.sync, [docs])
        assert waiting.reached.wait(60)
        found = list(pool.map(index.search, ["wool", "late parcel", "glass"] * 10))
        assert found[0][0].document == "care.html"
        waiting.go_on.set()
        assert _counts(writer.result(60)) == (1, 0, 1, 1, 2)
        assert index.search("glass")[0].document == "new.md"
        assert all(p.document != "care.html" for p in index.search("wool"))


_OTHER_PROCESS = """
import sys
from pathlib import Path
from ingest.embeddings import default_embedder
from ingest.index import DocumentIndex

with DocumentIndex(Path(sys.argv[1]), default_embedder(Path(sys.argv[2]))) as index:
    for line in sys.stdin:
        print(index.search(line.strip(), 1)[0].text, flush=True)
"""


def test_another_process_sees_the_change(tmp_path: Path, docs: Path) -> None:
    folder, cache = tmp_path / "index", tmp_path / "model"
    with DocumentIndex(folder, default_embedder(cache)) as index:
        index.sync([docs])
        with subprocess.Popen(
            [sys.executable, "-c", _OTHER_PROCESS, str(folder), str(cache)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        ) as reader:
            assert reader.stdin is not None
            assert reader.stdout is not None

            def ask(query: str) -> str:
                print(query, file=reader.stdin, flush=True)
                return reader.stdout.readline().strip() if reader.stdout else ""

            assert ask("wool") == "Wash wool at 30 degrees."
            (docs / "care.html").write_text("<h1>Silk care</h1><p>Never wash silk hot.</p>")
            index.sync([docs])
            assert ask("laundry for silk") == "Never wash silk hot."
            assert ask("wool") == index.search("wool", 1)[0].text
            reader.stdin.close()


_SYNC = """
import sys
from pathlib import Path
from ingest.embeddings import default_embedder
from ingest.index import DocumentIndex

with DocumentIndex(Path(sys.argv[1]), default_embedder(Path(sys.argv[2]))) as index:
    index.sync([Path(sys.argv[3])])
"""


def test_a_process_may_open_a_folder_twice(
    tmp_path: Path, docs: Path, embedder_cache: Path
) -> None:
    folder = tmp_path / "index"
    model = default_embedder(embedder_cache)
    with DocumentIndex(folder, model) as one, DocumentIndex(tmp_path / "." / "index", model) as two:
        one.sync([docs])
        assert one.search("wool", 1) == two.search("wool", 1) != []
        (docs / "care.html").write_text("<h1>Silk care</h1><p>Never wash silk hot.</p>")
        command = [sys.executable, "-c", _SYNC, *map(str, (folder, embedder_cache, docs))]
        subprocess.run(command, check=True)
        for index in (one, two):
            assert index.search("laundry for silk", 1)[0].text == "Never wash silk hot."
        one.close()
        (docs / "care.html").write_text("<h1>Felt care</h1><p>Brush felt dry.</p>")
        assert two.sync([docs]).changed == 1
        assert one.search("felt", 1) == two.search("felt", 1)
        assert one.search("felt", 1)[0].text == "Brush felt dry."


def test_a_folder_that_cannot_be_made_is_explained(tmp_path: Path, embedder: Embedder) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(IngestError, match="cannot be made"):
        DocumentIndex(tmp_path / "file" / "index", embedder)


def test_a_damaged_file_is_explained(tmp_path: Path, embedder: Embedder) -> None:
    (tmp_path / "passages.sqlite3").write_bytes(b"not a database, " * 1_000)
    with pytest.raises(IngestError, match="damaged") as caught:
        DocumentIndex(tmp_path, embedder)
    assert "Delete the folder" in caught.value.hint


def test_damaged_vectors_are_explained(index: DocumentIndex, docs: Path, tmp_path: Path) -> None:
    index.sync([docs])
    index.close()
    (tmp_path / "index" / "chroma" / "chroma.sqlite3").write_bytes(b"not a database, " * 1_000)
    with pytest.raises(IngestError, match="cannot be used") as caught:
        index.search("late")
    assert "delete it" in caught.value.hint


def test_an_older_schema_is_made_anew(
    tmp_path: Path, docs: Path, counting: CountingEmbedder
) -> None:
    with DocumentIndex(tmp_path, counting) as index:
        index.sync([docs])
    db = sqlite3.connect(tmp_path / "passages.sqlite3")
    db.execute("PRAGMA user_version = 0")
    db.close()
    with DocumentIndex(tmp_path, counting) as index:
        assert index.documents() == []
        assert _counts(index.sync([docs])) == (2, 0, 0, 0, 4)
        assert _vectors(index) == 4


def test_closing_twice_is_fine(index: DocumentIndex, docs: Path) -> None:
    index.sync([docs])
    index.close()
    index.close()
    assert index.search("late")
