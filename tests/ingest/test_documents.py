from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingest.documents import find_files
from ingest.errors import IngestError
from ingest.formats import DocumentText, Reader, bounds, pdf, read
from tests.ingest.files import make_pdf


def _read(path: Path, reader: Reader) -> DocumentText:
    files, problems = find_files([path])
    assert problems == []
    return reader.read(files[0])


def _html(body: str) -> bytes:
    return f"<html><head><title>t</title></head><body>{body}</body></html>".encode()


READABLE = [
    ("a.md", b"# T\r\n\r\nx\ry", "# T\n\nx\ny"),
    ("a.MD", "\ufeffä".encode(), "ä"),
    ("a.txt", b"# not a heading", "# not a heading"),
    ("a.html", _html("<h2>Net_revenue</h2><p>a * b</p>"), "## Net_revenue\n\na * b"),
    ("a.html", _html("<p>x</p><script>evil()</script><style>p{}</style>"), "x"),
    ("a.html", _html("<p>y</p><iframe src='http://e'>z</iframe><!-- c -->"), "y"),
    ("a.html", _html("<a href='http://e/'>terms</a> <a href='javascript:x()'>b</a>"), "terms b"),
    ("a.html", _html("<img src='http://e/p.png' alt='A shoe'><img src='data:x,y'>"), "A shoe"),
    ("a.html", _html("<table><tr><th>a</th></tr><tr><td>1</td></tr></table>"), "| a |"),
    ("a.htm", '<meta charset="iso-8859-1"><p>caf\xe9</p>'.encode("latin-1"), "café"),
    ("a.pdf", make_pdf("Nordpost pays five euros."), "Nordpost pays five euros."),
]


@pytest.mark.parametrize(("name", "content", "expected"), READABLE)
def test_reads(tmp_path: Path, reader: Reader, name: str, content: bytes, expected: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    text = _read(path, reader).text
    assert expected in text if expected.startswith("|") else text.strip() == expected
    assert "http" not in text


def test_deeply_nested_html_is_read(tmp_path: Path, reader: Reader) -> None:
    path = tmp_path / "deep.html"
    path.write_bytes(b"<div>" * 3_000 + b"bottom")
    assert _read(path, reader).text.strip() == "bottom"


UNREADABLE = [
    ("a.md", b"\xff\xfeA", "not the UTF-16 text"),
    ("a.txt", b"GIF\0\0", "binary"),
    ("a.md", b"", "empty"),
    ("a.md", b" \n\t\n", "no text"),
    ("a.html", _html("<script>x()</script>"), "no text"),
    ("a.pdf", b"%PDF-1.4 nonsense", "damaged"),
    ("a.pdf", b"", "empty"),
    ("a.pdf", make_pdf("secret", password="p"), "protected by a password"),
    ("a.pdf", make_pdf(""), "no text"),
    ("a.txt", b"x" * 101, "MB"),
]


@pytest.mark.parametrize(("name", "content", "message"), UNREADABLE)
def test_says_why_a_file_cannot_be_read(
    *,
    tmp_path: Path,
    reader: Reader,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    content: bytes,
    message: str,
) -> None:
    if name == "a.txt" and content.startswith(b"x"):
        monkeypatch.setattr(bounds, "MAX_BYTES", 100)
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(IngestError, match=message):
        _read(path, reader)


def test_says_that_a_file_vanished(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("x")
    files, _ = find_files([path])
    path.unlink()
    with pytest.raises(IngestError, match="No such file"):
        read(files[0])


def test_finds_visible_documents_by_relative_path(tmp_path: Path) -> None:
    for name in ("b.md", "sub/a.txt", ".hidden.md", ".git/x.md", "sub/deep/c.pdf"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    files, problems = find_files([tmp_path])
    assert [file.id for file in files] == ["b.md", "sub/a.txt", "sub/deep/c.pdf"]
    assert problems == []


def test_reports_what_it_cannot_take(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    folder = tmp_path / "docs"
    for path in (outside, folder):
        path.mkdir()
    (outside / "secret.md").write_text("secret")
    (folder / "link.md").symlink_to(outside / "secret.md")
    (folder / "linked").symlink_to(outside)
    (folder / "dangling.md").symlink_to(folder / "nowhere.md")
    (folder / "picture.png").write_bytes(b"x")
    (folder / "README").write_text("x")
    os.mkfifo(folder / "pipe.md")
    files, problems = find_files([folder])
    assert files == []
    assert {Path(p.path).name: p.message for p in problems} == {
        "link.md": "It is a link that leads out of the folder.",
        "linked": "It is a link that leads out of the folder.",
        "picture.png": "It is not a document Tributary can read: a .png file.",
        "README": "It is not a document Tributary can read: a file without an ending.",
        "pipe.md": "It is not a regular file.",
    }


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"bad\xff.md", r"bad\xff.md"),
        (b"bad\xff.png", r"bad\xff.png"),
        (b"bad.\xff", r"bad.\xff"),
        (b"bad\xff/a.md", r"bad\xff/a.md"),
    ],
)
def test_a_name_that_is_not_utf8_stops_no_other(tmp_path: Path, name: bytes, shown: str) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/docs/" + name))
    path.parent.mkdir(parents=True)
    path.write_text("x")
    (tmp_path / "docs" / "good.md").write_text("x")
    files, problems = find_files([tmp_path / "docs"])
    assert [file.id for file in files] == ["good.md"]
    assert [problem.path for problem in problems] == [str(tmp_path / "docs" / shown)]
    str(problems[0]).encode()
    assert find_files([path])[1 if path.parent.name == "docs" else 0]


def test_a_source_in_a_folder_that_is_not_utf8_is_read(tmp_path: Path) -> None:
    sources = [tmp_path / "one", Path(os.fsdecode(os.fsencode(tmp_path) + b"/t\xff"))]
    for folder in sources:
        folder.mkdir()
        (folder / "a.md").write_text("x")
    assert [file.id for file in find_files(sources)[0]] == ["a.md", r"t\xff/a.md"]
    with pytest.raises(IngestError) as caught:
        find_files([sources[1] / "gone"])
    caught.value.message.encode()


TITLES = [
    (
        "Carrier Terms and Service Levels\nSummary of the contracts.",
        "Carrier Terms and Service Levels",
    ),
    ("\n  2026   Price List \n\nTent 120", "2026 Price List"),
    ("Einkaufsbedingungen für Lieferanten", "Einkaufsbedingungen für Lieferanten"),
    ("Nordpost pays five euros.\nMore.", ""),
    ("We thank you for your order and\nwish you well.", ""),
    ("Dear customers,\nWelcome", ""),
    ("| Carrier | Promised |\n| --- | --- |", ""),
    ("Page 1 / 12\nTerms", ""),
    ("Invoice\nNo. 5", ""),
    ("continued from above\nMore", ""),
    ("Word " * 13 + "\nMore", ""),
    ("", ""),
]


@pytest.mark.parametrize(("text", "title"), TITLES)
def test_the_title_of_a_pdf_is_its_first_line_if_it_looks_like_one(text: str, title: str) -> None:
    assert pdf.title_line(text) == title


def test_only_a_pdf_is_named_by_its_first_line(tmp_path: Path, reader: Reader) -> None:
    for name, content in (
        ("a.pdf", make_pdf("Terms of Carriage\nNordpost pays.")),
        ("a.txt", b"A B"),
    ):
        (tmp_path / name).write_bytes(content)
    assert [_read(tmp_path / name, reader).title for name in ("a.pdf", "a.txt")] == [
        "Terms of Carriage",
        "",
    ]


def test_a_link_inside_the_folder_is_followed_once(tmp_path: Path) -> None:
    data = tmp_path / "..data"
    data.mkdir()
    (data / "terms.md").write_text("x")
    (tmp_path / "terms.md").symlink_to(data / "terms.md")
    (tmp_path / "z.md").write_text("z")
    (tmp_path / "same.md").symlink_to(tmp_path / "z.md")
    files, problems = find_files([tmp_path])
    assert [file.id for file in files] == ["terms.md", "z.md"]
    assert problems == []


def test_sources_with_the_same_names_keep_their_documents_apart(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.md").write_text(folder)
    sources = [tmp_path / "one", tmp_path / "two", tmp_path / "one" / "a.md"]
    files, _ = find_files(sources)
    assert [(f.id, f.path.read_text()) for f in files] == [("a.md", "one"), ("two/a.md", "two")]


def test_a_missing_source_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(IngestError, match="no file or folder"):
        find_files([tmp_path / "nowhere"])
