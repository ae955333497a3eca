"""The page of documents through Streamlit's AppTest, on a small library."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from app.assistant import Assistant
from app.library import Library
from app.ui import server, syncing, words
from app.uploads import UPLOAD_BYTES
from ingest.documents import FileProblem
from ingest.index import SyncProgress, SyncReport
from ingest.locks import exclusive
from tests.ui.library import library
from tests.ui.scripted import HOSTILE_TEXT, ScriptedAssistant
from tests.ui.test_page import said

FAQ = b"# Questions\n\nWe open at nine. Late parcels cost 5 EUR."


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "handbook"
    folder.mkdir()
    return folder


@pytest.fixture
def one(tmp_path: Path, own: Path) -> Iterator[Library]:
    with held(library(tmp_path, own)) as shown:
        yield shown


class held:  # noqa: N801 - reads as the context manager that it is
    """Lets the page show a library."""

    def __init__(self, shown: Library) -> None:
        self._shown = shown
        self._holding = server.holding(cast(Assistant, ScriptedAssistant(library=shown)))

    def __enter__(self) -> Library:
        self._holding.__enter__()
        return self._shown

    def __exit__(self, *_: object) -> None:
        self._holding.__exit__(None, None, None)


def opened() -> AppTest:
    page = AppTest.from_file(str(server.PAGE), default_timeout=20)
    page.query_params["view"] = "documents"
    return checked(page.run())


def checked(page: AppTest) -> AppTest:
    """The page once no sync runs any more."""
    if page.main.get("status"):
        page.session_state["syncing"].wait(20)
        page.run()
    assert not page.exception
    return page


def drop(page: AppTest, *files: tuple[str, bytes]) -> AppTest:
    page.file_uploader[0].set_value([(name, content, "") for name, content in files])
    return checked(page.run())


def click(page: AppTest, key: str) -> AppTest:
    return checked(page.button(key=key).click().run())


def keys(page: AppTest) -> set[str]:
    return {button.key or "" for button in page.main.button}


def shown(elements: object) -> list[str]:
    """What boxes say, without escapes."""
    texts = (element.value for element in cast("list[object]", elements))  # type: ignore[attr-defined]
    return [re.sub(r"\\(.)", r"\1", text).replace("\u2060", "") for text in texts]


def listed(page: AppTest) -> pd.DataFrame:
    return page.dataframe[0].value


def test_the_way_there_and_back(one: Library) -> None:
    page = AppTest.from_file(str(server.PAGE), default_timeout=20).run()
    page.sidebar.button(key="documents").click().run()
    assert [title.value for title in page.title] == ["Documents"]
    assert not page.chat_input
    click(page, "leave-documents")
    assert [title.value for title in page.title] == ["What would you like to know?"]


def test_without_documents(one: Library) -> None:
    page = opened()
    assert shown(page.info) == ["There are no documents yet. Drop some files above."]
    assert not page.dataframe
    assert keys(page) == {"leave-documents", "sync"}
    assert "0 documents, 0 chunks." in said(page).replace("\\", "")


def test_files_are_added_listed_and_found(one: Library) -> None:
    page = drop(opened(), ("faq.md", FAQ), ("b.txt", b"Wool is washed cold."))
    assert page.button(key="add").label == "Add 2 documents"
    click(page, "add")
    assert shown(page.success) == ["2 added."]
    assert not page.file_uploader[0].value
    table = listed(page)
    assert table["Document"].tolist() == ["uploads/b.txt", "uploads/faq.md"]
    assert table["Title"].tolist() == ["b.txt", "Questions"]
    assert table["State"].tolist() == ["ready", "ready"]
    assert table["Size"].tolist() == [20, len(FAQ)]
    assert list(table.columns)[-1] == "Size"  # without labels and tags these have no column
    page.text_input(key="find").set_value("we open at nine").run()
    text = said(page).replace("\\", "")
    assert "**1**  Questions" in text
    assert re.search(r"by meaning: rank 1, similarity 0\.\d\d; by words: rank 1, BM25 ", text)
    assert "uploads/faq.md" in text
    assert any("We open at nine." in t.value for t in page.main.text)


def test_the_list_can_be_filtered(one: Library, own: Path) -> None:
    for name in ("late.md", "wool.md"):
        (own / name).write_text(f"# About {name}")
    page = click(opened(), "sync")
    assert len(listed(page)) == 2
    page.text_input(key="filter").set_value("ABOUT wool").run()
    assert listed(page)["Document"].tolist() == ["wool.md"]
    page.text_input(key="filter").set_value("silk").run()
    assert not page.dataframe
    assert "None of the documents matches." in said(page)


def test_a_file_that_cannot_be_read_is_said_and_stays_said(one: Library, own: Path) -> None:
    (own / "bad.md").write_bytes(b"\0")
    page = drop(opened(), ("broken.md", b"a\0"))
    click(page, "add")
    assert "2 files could not be taken in" in shown(page.success)[0]
    for again in (page, opened()):
        assert "2 files could not be taken in" in [e.label for e in again.main.expander]
        assert {"bad.md", "uploads/broken.md"} <= {t.value for t in again.main.text}
        assert "It is binary, not text" in said(again).replace("\\", "")
        assert listed(again)[["Document", "State"]].values.tolist() == [
            ["uploads/broken.md", "cannot be read"]
        ]


NOT_TAKEN = {
    "too large": (("a.md", b"x" * (UPLOAD_BYTES + 1)), "a.md: It has 20 MB; up to 20 MB are"),
    "empty": (("a.md", b""), "a.md: It is empty."),
    "another format": (("a.exe", b"x"), "a.exe: It is not a document Tributary can read"),
    "hidden": ((".a.md", b"x"), ".a.md: A file cannot be kept under the name .a.md."),
}


@pytest.mark.parametrize(("file", "message"), NOT_TAKEN.values(), ids=NOT_TAKEN.keys())
def test_what_is_not_taken_is_said(one: Library, file: tuple[str, bytes], message: str) -> None:
    page = drop(opened(), file)
    assert shown(page.warning)[0].startswith(message)
    assert page.button(key="add").disabled
    assert one.waiting() == []


def test_a_hostile_name_is_cleaned_and_shown_as_text(one: Library, tmp_path: Path) -> None:
    name = "../x/![p](http://evil.example) :red[b] $x$ `c` \u202e<b>.md"
    page = drop(opened(), (name, FAQ))
    [info] = page.info[:1]
    assert "is kept as" in info.value
    assert "](http" not in info.value.replace("\\]", "")
    assert ":red[" not in info.value
    click(page, "add")
    [kept] = (tmp_path / "uploads" / "uploads").iterdir()
    assert kept.name == "evil.example) _red[b] $x$ `c` _b_.md"


def test_a_name_that_is_taken_is_replaced_only_if_asked(one: Library) -> None:
    one.put("faq.md", FAQ)
    page = drop(opened(), ("faq.md", b"# New"), ("b.md", b"# B"))
    assert "faq.md: replaces the upload of that name." in shown(page.info)
    assert page.button(key="add").label == "Add 1 document"
    page.checkbox(key="replace").check().run()
    assert page.button(key="add").label == "Add 2 documents"
    click(page, "add")
    assert listed(page)["Title"].tolist() == ["B", "New"]


def test_an_upload_is_deleted_only_if_confirmed(one: Library, own: Path, tmp_path: Path) -> None:
    (own / "late.md").write_text("# Late")
    page = click(drop(opened(), ("faq.md", FAQ)), "add")
    assert page.multiselect(key="to-delete").options == ["faq.md"]  # the own file is not offered
    assert page.button(key="delete").disabled
    page.multiselect(key="to-delete").select("faq.md").run()
    click(page, "delete")
    assert shown(page.warning) == ["Delete for good: faq.md?"]
    click(page, "keep")
    assert not page.warning
    assert (tmp_path / "uploads/uploads/faq.md").exists()
    click(page, "delete")
    click(page, "confirm-delete")
    assert [toast.value for toast in page.toast] == ["Deleted 1 file."]
    assert listed(page)["Document"].tolist() == ["late.md"]
    assert not page.multiselect


def test_another_writer_is_said(
    one: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.library._LOCK_SECONDS", 0.01)
    with exclusive(tmp_path / "index" / "writer.lock", 1):
        page = click(drop(opened(), ("faq.md", FAQ)), "add")
        assert "Another process is writing the document index" in shown(page.error)[0]
    assert listed(page)["State"].tolist() == ["waits for a sync"]
    click(page, "sync")
    assert not page.error
    assert listed(page)["State"].tolist() == ["ready"]


def test_anything_unexpected_is_one_message(one: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(Library, "sync", broken)
    page = click(opened(), "sync")
    assert shown(page.error) == ["Something went wrong. The log of the server says what."]


def test_a_sync_is_watched_and_stopped_from_any_page(
    one: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def waits(_: Library, progress: object) -> None:
        begun.set()
        go_on.wait(20)
        assert callable(progress)
        progress(SyncProgress(1, 2, 3, 4))

    monkeypatch.setattr(Library, "sync", waits)
    first = syncing.start(one)
    assert begun.wait(20)
    assert syncing.start(one) is first  # joined, not begun anew
    first.cancel()
    go_on.set()
    page = opened()
    assert first.is_done
    assert (first.report, first.error) == (None, None)
    page.session_state["syncing"] = first
    assert shown(checked(page.run()).info)[0].startswith("Stopped.")


LABELS = {
    "may be read": (("hr",), "faq.md: gets the access label hr."),
    "may not": (
        (),
        "faq.md: gets the access label hr, which you do not have: you will not see it here.",
    ),
}


@pytest.mark.parametrize(("access", "message"), LABELS.values(), ids=LABELS.keys())
def test_the_label_of_an_upload_is_shown(
    tmp_path: Path, access: tuple[str, ...], message: str
) -> None:
    with held(library(tmp_path, rules={"uploads/**": "hr"}, access=access)):
        page = drop(opened(), ("faq.md", FAQ))
        assert message in shown(page.info)
        click(page, "add")
        assert len(page.dataframe) == len(access)
        if access:
            assert listed(page)["Label"].tolist() == ["hr"]


def test_the_sample_shop_says_whose_documents_these_are(tmp_path: Path) -> None:
    with held(library(tmp_path, is_sample=True)):
        assert "the sample shop's" in said(opened())


def test_hostile_documents_are_shown_as_text(one: Library, own: Path) -> None:
    (own / "a.md").write_text(f"# {HOSTILE_TEXT.splitlines()[0]}\n\n{HOSTILE_TEXT} nine")
    page = click(opened(), "sync")
    page.text_input(key="find").set_value("nine").run()
    markdown = "\n".join(m.value for m in [*page.markdown, *page.caption])
    assert "](http" not in markdown.replace("\\]", "")
    assert ":red[" not in markdown
    assert "<img" not in markdown.replace("\\<img", "")
    assert any(HOSTILE_TEXT in text.value for text in page.main.text)


PROGRESS = {
    "nothing yet": (None, "Looking for documents…"),
    "reading": (SyncProgress(2, 1_000, 0, 0), "Documents: 2 of 1,000"),
    "embedding": (
        SyncProgress(2, 4, 10, 20, bytes_read=200, bytes_total=400, seconds=2.0),
        "Documents: 2 of 4, chunks: 10 of 40, 5 a second, 0:06 left",
    ),
}


@pytest.mark.parametrize(("progress", "said_so"), PROGRESS.values(), ids=PROGRESS.keys())
def test_progress_in_words(progress: SyncProgress | None, said_so: str) -> None:
    assert words.syncing(progress) == said_so


DONE = {
    "nothing": ({}, "Nothing had changed."),
    "some": ({"added": 1_200, "deleted": 1}, "1,200 added, 1 deleted."),
    "problems": (
        {"moved": 2, "problems": (FileProblem("a", "b"),)},
        "2 moved. 1 file could not be taken in.",
    ),
}


@pytest.mark.parametrize(("did", "said_so"), DONE.values(), ids=DONE.keys())
def test_what_a_sync_did_in_words(did: dict[str, Any], said_so: str) -> None:
    nothing = SyncReport(0, 0, 0, 3, 0, 4, (), (), rebuilt=False, seconds=0.2)
    assert words.synced(replace(nothing, **did)) == said_so
