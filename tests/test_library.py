"""Uploads, deletion and re-sync of documents, and who may know of them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from app.errors import IngestError
from app.library import Library
from app.uploads import UPLOAD_BYTES, Uploads, name_of
from ingest.index import SyncProgress
from ingest.locks import exclusive
from tests.ui.library import library

NAMES = {
    "plain": ("late parcels.md", "late parcels.md"),
    "a path": ("../../etc/cron.d/x.md", "x.md"),
    "a Windows path": (r"C:\Users\ann\x.md", "x.md"),
    "characters that files cannot have": ('a<b>:"|?*.md', "a_b______.md"),
    "control and direction": ("a\x00\x1b[31m\u202eb\u200f\u2028.md", "a[31mb.md"),
    "white space": ("  a \n b\t.md ", "a b.md"),
    "dots at its end": ("a.md. . ", "a.md"),
    "composed": ("u\u0308ber.md", "über.md"),
    "long": ("ä" * 300 + ".markdown", "ä" * 95 + ".markdown"),
}
REFUSED = ["", "..", "/", ".env.md", "a/.hidden.md", "\u202e.x.md", "CON", "nul.md", "\x00"]


@pytest.mark.parametrize(("given", "kept"), NAMES.values(), ids=NAMES.keys())
def test_a_name_is_only_a_name(given: str, kept: str) -> None:
    assert name_of(given) == kept
    assert name_of(kept) == kept
    assert len(kept.encode()) <= 200


@pytest.mark.parametrize("given", REFUSED)
def test_a_name_that_is_not_taken(given: str) -> None:
    with pytest.raises(IngestError, match="cannot be kept under the name"):
        name_of(given)


def quietly(_: SyncProgress) -> None:
    return


def ids(one: Library) -> list[str]:
    return [document.id for document in one.documents()]


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "handbook"
    (folder / "hr").mkdir(parents=True)
    (folder / "late.md").write_text("# Late\n\nA late parcel costs 5 EUR.")
    (folder / "hr" / "pay.md").write_text("# Pay\n\nAnn earns 90,000 EUR.")
    (folder / "hr" / "bad.pdf").write_text("no pdf")
    (folder / "bad.md").write_bytes(b"\0")
    return folder


ARRIVALS = {
    "good": ("a.md", 9, "a.md", ""),
    "renamed": ("x/a?.md", 9, "a_.md", ""),
    "too large": ("a.md", UPLOAD_BYTES + 1, "", "It has 20 MB; up to 20 MB are read."),
    "empty": ("a.md", 0, "", "It is empty."),
    "another format": ("a.exe", 9, "", "a .exe file"),
    "no ending": ("README", 9, "", "a file without an ending"),
    "hidden": (".a.md", 9, "", "cannot be kept"),
}


@pytest.mark.parametrize(
    ("given", "size", "name", "problem"), ARRIVALS.values(), ids=ARRIVALS.keys()
)
def test_what_becomes_of_a_file(
    tmp_path: Path, given: str, size: int, name: str, problem: str
) -> None:
    [arrival] = library(tmp_path).arrivals([(given, size)])
    assert arrival.name == name
    assert problem in arrival.problem
    assert bool(arrival.problem) == (not name)


def test_two_of_one_name_are_not_both_taken(tmp_path: Path) -> None:
    first, second = library(tmp_path).arrivals([("a.md", 1), ("x/a.md", 1)])
    assert (first.name, second.name) == ("a.md", "")
    assert "same name" in second.problem


def test_an_upload_is_kept_found_and_deleted(tmp_path: Path, own: Path) -> None:
    one = library(tmp_path, own)
    one.put("../faq.md", b"# Questions\n\nWe open at nine.")
    assert (ids(one), one.waiting(), one.finished()) == ([], ["uploads/faq.md"], None)
    report = one.sync(quietly)
    assert ids(one) == ["hr/pay.md", "late.md", "uploads/faq.md"]
    assert (one.waiting(), len(report.problems)) == ([], 2)
    assert one.finished() is not None
    assert [one.upload_of(i) for i in ids(one)] == ["", "", "faq.md"]
    assert one.search("nine", 1)[0].document == "uploads/faq.md"
    one.delete(["faq.md", "late.md", "../../handbook/late.md"])
    assert ids(one) == ["hr/pay.md", "late.md"]
    assert (own / "late.md").exists()
    one.sync(quietly)
    assert ids(one) == ["hr/pay.md", "late.md"]


def test_an_archive_is_one_upload(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.md", "# A")
        archive.writestr("in/b.md", "# B")
    one = library(tmp_path)
    one.put("both.zip", packed.getvalue())
    one.sync(quietly)
    assert ids(one) == ["uploads/both.zip/a.md", "uploads/both.zip/in/b.md"]
    assert {one.upload_of(i) for i in ids(one)} == {"both.zip"}
    assert one.waiting() == []
    one.delete(["both.zip"])
    assert ids(one) == []


def test_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    one = library(tmp_path)
    one.put("a.md", b"first")
    with pytest.raises(IngestError, match=r"an upload with the name a\.md already"):
        one.put("a.md", b"second")
    [arrival] = one.arrivals([("a.md", 6)])
    assert arrival.replaces
    one.put("a.md", b"second", replace=True)
    assert (tmp_path / "uploads/uploads/a.md").read_bytes() == b"second"
    assert [p.name for p in (tmp_path / "uploads/uploads").iterdir()] == ["a.md"]


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "uploads").write_text("a file")
    with pytest.raises(IngestError, match=r"The upload a\.md cannot be written"):
        Uploads(tmp_path / "uploads").put("a.md", b"x", replace=False)


def test_what_was_ingested_from_elsewhere_stays(tmp_path: Path, own: Path) -> None:
    library(tmp_path, own).sync(quietly)
    one = library(tmp_path)  # no documents are set: they were named on the command line
    one.put("faq.md", b"# Questions")
    one.sync(quietly)
    assert ids(one) == ["hr/pay.md", "late.md", "uploads/faq.md"]


def test_an_upload_never_takes_the_place_of_a_file(tmp_path: Path, own: Path) -> None:
    (own / "uploads").mkdir()
    (own / "uploads" / "a.md").write_text("# Own")
    one = library(tmp_path, own, rules={"uploads/a.md": "hr"}, access=["hr"])
    one.put("a.md", b"# Upload")
    one.sync(quietly)
    titles = {d.id: (d.title, d.access) for d in one.documents()}
    assert titles["uploads/a.md"] == ("Own", "hr")
    assert titles["uploads/uploads/a.md"] == ("Upload", "")


def test_another_writer_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.library._LOCK_SECONDS", 0.01)
    one = library(tmp_path)
    one.put("a.md", b"# Upload")
    one.sync(quietly)
    with exclusive(tmp_path / "index" / "writer.lock", 1):
        with pytest.raises(IngestError, match="Another process is writing"):
            one.sync(quietly)
        with pytest.raises(IngestError, match="answers may cite them still"):
            one.delete(["a.md"])
    assert ids(one) == ["uploads/a.md"]
    one.sync(quietly)
    assert ids(one) == []


RULES = {"hr/**": "hr", "uploads/secret*": "hr"}


SIGHTS = {
    # case: (labels, documents, problems, waiting uploads)
    "without the label": ((), ["late.md"], ["bad.md"], []),
    "with it": (("hr",), ["hr/pay.md", "late.md"], ["bad.md", "hr/bad.pdf"], ["uploads/secret.md"]),
}


@pytest.mark.parametrize("sight", SIGHTS.values(), ids=SIGHTS.keys())
def test_what_a_caller_may_not_read_is_not_there(
    tmp_path: Path, own: Path, sight: tuple[tuple[str, ...], list[str], list[str], list[str]]
) -> None:
    access, seen, unread, waits = sight
    one = library(tmp_path, own, rules=RULES, access=access)
    one.sync(quietly)
    one.put("secret.md", b"# Secret")
    assert ids(one) == seen
    assert sorted(p.path for p in one.problems()) == unread
    assert one.waiting() == waits
    [arrival] = one.arrivals([("secret.md", 9)])
    assert bool(arrival.problem) is not bool(access)
    one.delete(["secret.md"])
    assert (tmp_path / "uploads/uploads/secret.md").exists() is not bool(access)


@pytest.mark.parametrize(("access", "is_seen"), [((), False), (("hr",), True)])
def test_the_label_of_an_upload_is_the_settings(
    tmp_path: Path, access: tuple[str, ...], is_seen: bool
) -> None:
    one = library(tmp_path, rules=RULES, access=access)
    labelled, open_to_all = one.arrivals([("secret.md", 1), ("a.md", 1)])
    assert (labelled.label, labelled.is_seen) == ("hr", is_seen)
    assert (open_to_all.label, open_to_all.is_seen) == ("", True)


def test_a_sync_that_is_ended_leaves_what_was_remembered(tmp_path: Path, own: Path) -> None:
    one = library(tmp_path, own)
    one.sync(quietly)
    before = one.finished()

    def ended(_: SyncProgress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        one.sync(ended)
    assert one.finished() == before
    assert len(one.problems()) == 2
