"""Vectors belong to texts, facts to documents, and a filter says which documents are searched."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.filters import Filter
from ingest.formats import DocumentText, Reader
from ingest.index import DocumentIndex
from ingest.watch import changes
from tests.ingest.conftest import CountingEmbedder

OLD = datetime(2026, 11, 1, 12, tzinfo=UTC)
NEW = OLD + timedelta(days=20)


@pytest.fixture
def index(tmp_path: Path, counting: CountingEmbedder) -> Iterator[DocumentIndex]:
    with DocumentIndex(tmp_path / "index", counting, access={"secret/*": "x"}) as opened:
        yield opened


def test_a_copied_moved_or_relabelled_document_embeds_nothing(
    index: DocumentIndex, docs: Path, counting: CountingEmbedder
) -> None:
    index.sync([docs])
    counting.texts.clear()
    (docs / "copy.md").write_text((docs / "delivery.md").read_text())
    assert index.sync([docs]).added == 1
    assert len(index._vectors.keys()) == 4  # shared
    (docs / "secret").mkdir()
    (docs / "copy.md").rename(docs / "secret" / "copy.md")
    report = index.sync([docs])
    assert (report.moved, report.added, report.deleted) == (1, 0, 0)
    assert sorted(index._vectors.keys().values()) == ["", "", "", "", "x", "x", "x"]
    (docs / "delivery.md").unlink()
    assert index.sync([docs]).deleted == 1
    assert sorted(index._vectors.keys().values()) == ["", "x", "x", "x"]
    assert counting.texts == []
    assert index.search("late parcel")[0].access == "x"


def test_an_edited_document_embeds_nothing_more_when_it_is_moved_copied_or_relabelled(
    index: DocumentIndex, docs: Path, counting: CountingEmbedder
) -> None:
    sentences = [
        f"Rule {i} says that parcel number {i * 7} is {i * 11} days late." for i in range(60)
    ]
    file = docs / "rules.md"
    file.write_text("# Rules\n\n" + " ".join(sentences))
    index.sync([docs])
    for i in range(0, 60, 7):  # each sentence a little longer, so that it is cut by what was before
        sentences[i] = sentences[i].replace(" is ", " of the carrier on the second road is ")
        file.write_text("# Rules\n\n" + " ".join(sentences))
        counting.texts.clear()
        index.sync([docs])
        assert 1 <= len(counting.texts) <= 2
    counting.texts.clear()
    (docs / "copy.md").write_text(file.read_text())
    assert index.sync([docs]).added == 1
    (docs / "secret").mkdir()
    (docs / "copy.md").rename(docs / "secret" / "copy.md")
    assert index.sync([docs]).moved == 1
    file.unlink()
    index.sync([docs])
    assert counting.texts == []


def test_removed_documents_leave_at_once(index: DocumentIndex, docs: Path) -> None:
    index.sync([docs])
    index.remove(["delivery.md", "unknown.md"])
    assert [d.id for d in index.documents()] == ["care.html"]
    assert len(index._vectors.keys()) == 1
    assert index.sources == (docs,)


def test_a_passage_tells_the_facts_of_its_document(
    index: DocumentIndex, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "Wool is warm.\n\n" + "Silk is cool. " * 80
    paged = DocumentText(text, "abcdef0123", False, "Cloth", "pdf", (0, 15, 900), ("Care", "b"))
    monkeypatch.setattr(Reader, "read", lambda _, file: paged)
    os.utime(docs / "care.html", (OLD.timestamp(),) * 2)
    (docs / "delivery.md").unlink()
    index.sync([docs])
    [info] = index.documents()
    assert (info.kind, info.tags, info.version, info.pages) == ("pdf", ("Care", "b"), "abcdef01", 3)
    found = index.search("silk", limit=10)
    assert {p.page for p in found} >= {1}
    assert all(p.page == sum(begin <= p.start for begin in (0, 15, 900)) for p in found)
    first = found[0]
    assert (first.kind, first.tags, first.version) == ("pdf", ("Care", "b"), "abcdef01")
    assert (first.modified, first.access) == (OLD, "")


def test_a_passage_tells_its_place_in_each_leg(index: DocumentIndex, docs: Path) -> None:
    index.sync([docs])
    found = index.search("late parcel", limit=10)
    assert sorted(p.dense_rank or 0 for p in found) == [1, 2, 3, 4]
    by_words = sorted((p for p in found if p.words_rank), key=lambda p: p.words_rank or 0)
    assert [p.words_rank for p in by_words] == [1, 2]
    bm25 = [p.bm25 for p in by_words if p.bm25 is not None]
    assert bm25 == sorted(bm25, reverse=True)
    assert all((p.bm25 is None) == (p.words_rank is None) for p in found)


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        (Filter(), {"care.html", "delivery.md"}),
        (Filter(sources=("*.md",)), {"delivery.md"}),
        (Filter(sources=("x/**", "c*")), {"care.html"}),
        (Filter(since=NEW), {"delivery.md"}),
        (Filter(until=NEW), {"care.html"}),
        (Filter(since=OLD, until=OLD), set()),
        (Filter(kinds=("nothing",)), set()),
        (Filter(tags=("nothing",)), set()),
    ],
)
@pytest.mark.parametrize("few", [0, 500])
def test_a_filter_chooses_documents(
    index: DocumentIndex,
    docs: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    only: Filter,
    expected: set[str],
    few: int,
) -> None:
    monkeypatch.setattr("ingest.reader._FEW", few)  # compared one by one, or found among many
    for name, moment in (("care.html", OLD), ("delivery.md", NEW)):
        os.utime(docs / name, (moment.timestamp(),) * 2)
    index.sync([docs])
    assert {p.document for p in index.search("late parcel wool", 9, only)} == expected
    assert {d.id for d in index.reader(()).documents(only)} == expected


def test_kinds_and_tags_are_filtered(
    index: DocumentIndex, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tagged = {"care.html": ("Care", "b"), "delivery.md": ("care",)}
    monkeypatch.setattr(
        Reader,
        "read",
        lambda _, f: DocumentText(f.id, f.id, False, "", f.id[-2:], tags=tagged[f.id]),
    )
    index.sync([docs])

    def found(only: Filter) -> set[str]:
        return {d.id for d in index.reader(()).documents(only)}

    assert found(Filter(tags=("CARE",))) == {"care.html", "delivery.md"}
    assert found(Filter(tags=("care", "B"))) == {"care.html"}
    assert found(Filter(kinds=("MD", "x"))) == {"delivery.md"}


def test_watching_tells_changes_that_matter(tmp_path: Path, docs: Path) -> None:
    stop = threading.Event()
    told = changes([docs], stop)
    next(told)  # it has begun to look
    (docs / ".hidden").write_text("x")
    (docs / "new.md").write_text("# New")
    next(told)
    stop.set()
    assert list(told) == []
