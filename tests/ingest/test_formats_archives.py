"""ZIP archives: their members are documents, and none of them can do harm."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path

import pytest

from ingest.documents import SourceFile, find_files
from ingest.errors import IngestError
from ingest.formats import Reader, bounds
from tests.ingest.files import case_id, make_docx, make_zip


def _link(name: str, target: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        member = zipfile.ZipInfo(name)
        member.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(member, target)
    return out.getvalue()


def _packed(method: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("a.md", "x")
    return out.getvalue()


def _twice() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.md", "x")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.md", "y")
    return out.getvalue()


def _found(folder: Path, content: bytes) -> tuple[list[SourceFile], dict[str, str]]:
    (folder / "a.zip").write_bytes(content)
    files, problems = find_files([folder])
    return files, {problem.path.removeprefix(f"{folder}/"): problem.message for problem in problems}


def test_members_are_documents_of_their_own(tmp_path: Path, reader: Reader) -> None:
    (tmp_path / "docs").mkdir()
    members: dict[str, bytes | str] = {
        "terms.md": "---\ntags: [a]\n---\n# Terms",
        "sub/für.txt": "Text",
        "sub/t.docx": make_docx(),
        "sub/.hidden.md": "x",
        ".git/x.md": "x",
        "__MACOSX/._terms.md": "x",
        "sub/empty/": "",
    }
    content = make_zip(members)
    (tmp_path / "docs" / "a.ZIP").write_bytes(content)
    files, problems = find_files([tmp_path])
    assert problems == []
    names = ["sub/für.txt", "sub/t.docx", "terms.md"]
    sizes = [4, len(members["sub/t.docx"]), len(members["terms.md"])]
    assert [file.id for file in files] == [f"docs/a.ZIP/{name}" for name in names]
    assert [(file.member, file.size) for file in files] == list(zip(names, sizes, strict=True))
    assert {file.mtime_ns for file in files} == {(tmp_path / "docs/a.ZIP").stat().st_mtime_ns}
    read = [reader.read(file) for file in files]
    assert [(one.kind, one.tags) for one in read] == [
        ("text", ()),
        ("docx", ()),
        ("markdown", ("a",)),
    ]
    assert "# Penalties" in read[1].text
    assert str(files[0].place) == str(tmp_path / "docs/a.ZIP/sub/für.txt")


def test_an_archive_may_be_a_source_itself(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(make_zip({"x/y.md": "x"}))
    assert [file.id for file in find_files([tmp_path / "a.zip"])[0]] == ["a.zip/x/y.md"]


UNSAFE = "Its name is not one that a file in an archive may have."
WHOLE = "a.zip"
BAD = [
    *((make_zip({name: "x"}), f"{WHOLE}/{name.lstrip('/')}", UNSAFE) for name in (
        "../a.md", "x/../../a.md", "/etc/a.md", "C:/a.md", "c:a.md", "x\\a.md", "x/a\n.md", "..",
        ".hidden/../a.md",
    )),
    (_link("a.md", "/etc/passwd"), f"{WHOLE}/a.md", "It is a link"),
    (make_zip({"a.md": "x"}, {"a.md": 1}), f"{WHOLE}/a.md", "It is protected by a password."),
    (make_zip({"b.zip": make_zip({})}), f"{WHOLE}/b.zip", "It is an archive in an archive"),
    (make_zip({"b.tar": "x"}), f"{WHOLE}/b.tar", "It is an archive in an archive"),
    (make_zip({"b.png": "x"}), f"{WHOLE}/b.png", "It is not a document Tributary can read"),
    (make_zip({"b.xls": "x"}), f"{WHOLE}/b.xls", "It is not a document Tributary can read"),
    (_packed(zipfile.ZIP_BZIP2), f"{WHOLE}/a.md", "It is packed in a way that is not read."),
    (make_zip({"a.md": b" " * 9_000_000}), f"{WHOLE}/a.md", "It unpacks to more than 200 times"),
    (b"", WHOLE, "It is damaged"),
    (b"PK\x03\x04", WHOLE, "It is damaged"),
    (make_zip({"a.md": "x" * 500})[:-40], WHOLE, "It is damaged"),
    (b"PK\x05\x06" + b"\xff" * 18, WHOLE, "It has more than 10,000 files"),
    (make_zip({f"{n}.md": "" for n in range(10_001)}), WHOLE, "It has more than 10,000 files"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "place", "message"), BAD, ids=case_id)
def test_says_what_is_wrong(tmp_path: Path, content: bytes, place: str, message: str) -> None:
    (tmp_path / "good.md").write_text("x")
    files, problems = _found(tmp_path, content)
    assert [file.id for file in files] == ["good.md"]
    assert list(problems) == [place]
    assert problems[place].startswith(message)


def test_the_second_of_two_members_with_one_name_is_a_problem(tmp_path: Path) -> None:
    files, problems = _found(tmp_path, _twice())
    assert [file.id for file in files] == ["a.zip/a.md"]
    assert list(problems.values()) == ["Another file in the archive has the same name."]


@pytest.mark.parametrize(
    ("limit", "message"),
    [("MAX_ARCHIVE_BYTES", "archives up to"), ("MAX_UNPACKED_BYTES", "It unpacks to")],
)
def test_an_archive_has_limits_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, message: str
) -> None:
    monkeypatch.setattr(bounds, limit, 100)
    files, problems = _found(tmp_path, make_zip({"a.md": "x" * 60, "b.md": "y" * 60}))
    assert files == []
    assert message in problems[WHOLE]


def test_a_member_that_goes_or_breaks_after_it_was_found_is_a_problem(
    tmp_path: Path, reader: Reader
) -> None:
    good = make_zip({"a.md": "x" * 5_000})
    [file], _ = _found(tmp_path, good)
    packed = 30 + len("a.md")  # where the first member's bytes begin
    for content, message in [
        (make_zip({"b.md": "x"}), "no longer in the archive"),
        (b"", "damaged"),
        (good[:packed] + b"\xff\xff" + good[packed + 2 :], "damaged"),
    ]:
        file.path.write_bytes(content)
        with pytest.raises(IngestError, match=message):
            reader.read(file)


def test_an_entry_that_lies_about_its_size_gives_no_more_than_it_says(
    tmp_path: Path, reader: Reader
) -> None:
    content = bytearray(make_zip({"a.md": "x" * 5_000}))
    entry = content.rfind(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = (10).to_bytes(4, "little")
    [file], _ = _found(tmp_path, bytes(content))
    with pytest.raises(IngestError, match="damaged"):
        reader.read(file)
