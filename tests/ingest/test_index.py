"""What a search finds, who may read and write at once, and what is said of a damaged index."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ingest.embeddings import Embedder, Vectors, default_embedder
from ingest.errors import IngestError
from ingest.index import DocumentIndex
from ingest.locks import exclusive
from tests.ingest.conftest import CountingEmbedder, counts, stored_vectors


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
        assert counts(writer.result(60)) == (1, 0, 1, 1, 2)
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
    for _ in range(2):  # Chroma fails otherwise when it has failed before
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
        assert counts(index.sync([docs])) == (2, 0, 0, 0, 4)
        assert stored_vectors(index) == 4


def test_closing_twice_is_fine(index: DocumentIndex, docs: Path) -> None:
    index.sync([docs])
    index.close()
    index.close()
    assert index.search("late")
