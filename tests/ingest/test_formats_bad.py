"""Files that are broken, protected, wrongly named, too much, or made to do harm."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.errors import IngestError
from ingest.formats import BY_SUFFIX, Reader, bounds
from ingest.formats.base import Content
from ingest.formats.worker import Worker
from tests.ingest.files import (
    BOMB,
    case_id,
    make_docx,
    make_pdf,
    make_pptx,
    make_xlsx,
    make_zip,
    source_file,
    with_part,
)

DOCX, PPTX, XLSX, PDF = make_docx(), make_pptx(), make_xlsx({"S": [["a"], ["b"]]}), make_pdf("x")
SHEET = "xl/worksheets/sheet1.xml"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)
ENCRYPTED_OFFICE = OLD_OFFICE + "EncryptedPackage".encode("utf-16-le")
PAGE = b"<!-- c -->\n<!DOCTYPE html><html><body>x</body></html>"
DEEP = b'{"a":' * 100_000 + b"1" + b"}" * 100_000

KINDS = sorted({format_.kind: suffix for suffix, format_ in BY_SUFFIX.items()}.values())

BAD = [
    *((f"a{suffix}", b"", "It is empty") for suffix in (".pdf", ".docx", ".json", ".py", ".eml")),
    ("a.pdf", make_pdf("x", password="p"), "protected by a password"),
    ("a.docx", ENCRYPTED_OFFICE, "protected by a password"),
    ("a.xlsx", make_zip({"xl/a.xml": "<a/>"}, {"xl/a.xml": 1}), "protected by a password"),
    ("a.docx", DOCX[:-300], "damaged"),
    ("a.pptx", PPTX[:2_000], "damaged"),
    ("a.xlsx", XLSX[:100] + b"\0" * 400 + XLSX[500:], "damaged"),
    ("a.pdf", PDF[:200], "damaged|no text"),
    ("a.docx", with_part(DOCX, "word/document.xml", "<w:p>"), "damaged"),
    ("a.docx", PDF, "looks like a PDF, not Word"),
    ("a.pdf", PAGE, "looks like an HTML page, not PDF"),
    ("a.csv", PAGE, "looks like an HTML page, not CSV"),
    ("a.pdf", DOCX, "looks like a ZIP archive or an Office file"),
    ("a.md", DOCX, "looks like a ZIP archive or an Office file"),
    ("a.docx", XLSX, "a ZIP archive, not a Word document"),
    ("a.xlsx", make_zip({"a.md": "x"}), "not an Excel workbook"),
    ("a.pptx", DOCX, "not a PowerPoint presentation"),
    ("a.xlsx", OLD_OFFICE, "an old Office version"),
    ("a.txt", b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    ("a.txt", b"ab\0cd", "binary"),
    ("a.py", bytes(range(1, 32)) * 9, "binary"),
    ("a.txt", bytes(range(128, 256)) * 9, "encoding cannot be told|binary"),
    ("a.docx", with_part(DOCX, "word/document.xml", BOMB), "XML entities"),
    ("a.docx", with_part(DOCX, "word/styles.xml", BOMB.encode("utf-16")), "damaged|XML entities"),
    ("a.docx", with_part(DOCX, "word/other.bin", BOMB), "XML entities"),
    ("a.pptx", with_part(PPTX, "ppt/slides/slide1.xml", BOMB), "XML entities"),
    ("a.xlsx", with_part(XLSX, SHEET, BOMB), "XML entities"),
    ("a.xlsx", with_part(XLSX, "xl/x.xml", b"<a>" + b" " * 20_000_000), "It unpacks to 20"),
    ("a.json", b'{"a": 1', "not JSON: line 1"),
    ("a.json", b"1" * 5_000, "not JSON that can be read"),
    ("a.jsonl", b'{"a": 1}\n{a}', "Line 2 is not JSON"),
    ("a.json", DEEP, "nested too deeply"),
    ("a.eml", b"just some words\n", "not an e-mail"),
    ("a.csv", b"a,b\n" + b"x" * 200_000, "not CSV: line 2: field larger"),
    ("a.csv", b"a\n" * (bounds.MAX_ROWS + 1), "more than 20,000 rows"),
    ("a.html", b"<script>x()</script>", "no text"),
    ("a.csv", b"\n\n", "no text"),
    ("a.xlsx", make_xlsx({"S": []}), "no text"),
]


@pytest.mark.parametrize(("name", "content", "message"), BAD, ids=case_id)
def test_says_what_is_wrong(
    tmp_path: Path, reader: Reader, name: str, content: bytes, message: str
) -> None:
    with pytest.raises(IngestError, match=message):
        reader.read(source_file(tmp_path / name, content))


@pytest.mark.parametrize("suffix", KINDS)
def test_nothing_but_zeros_is_refused(tmp_path: Path, suffix: str, reader: Reader) -> None:
    with pytest.raises(IngestError):
        reader.read(source_file(tmp_path / f"a{suffix}", bytes(1_000)))


def _read(reader: Reader, path: Path, content: bytes) -> str:
    """The text, or what is wrong."""
    try:
        return reader.read(source_file(path, content)).text
    except IngestError as error:
        return error.message


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(min_size=1, max_size=300), st.sampled_from([b"", b"PK\3\4", b"%PDF-"]))
@pytest.mark.parametrize("suffix", KINDS)
def test_random_bytes_are_text_or_a_problem(
    tmp_path: Path, reader: Reader, suffix: str, content: bytes, magic: bytes
) -> None:
    said = _read(reader, tmp_path / f"a{suffix}", magic + content)
    assert said.strip()
    assert "crashed" not in said


@pytest.mark.parametrize(
    "content", [b"<div><b>" * 5_000 + b"bottom", b"<table><tr><td>" * 5_000 + b"bottom"]
)
def test_deeply_nested_html_is_read_or_a_problem(
    tmp_path: Path, reader: Reader, content: bytes
) -> None:
    assert _read(reader, tmp_path / "a.html", content) in {
        "bottom",
        "It is nested too deeply to be read.",
    }


# What a converter may do to its process; run there in place of the reader of `.json`.
MISDEEDS: dict[str, tuple[str, str]] = {
    "hangs": ("import time; time.sleep(60)", "took more than 1 seconds"),
    "computes without end": ("while True: pass", "took more than 1 seconds"),
    "fills the memory": ("[bytes(10**8) for _ in range(99)]", "needs more than 700 MB"),
    "crashes": ("import os; os.abort()", "crashed"),
    "leaves": ("import os; os._exit(0)", "crashed"),
    "goes to the network": ("import socket; socket.create_connection(('127.0.0.1', 9))", "damaged"),
    "starts a program": ("import subprocess; subprocess.run(['true'])", "damaged"),
    "starts a shell": ("import os; os.system('true')", "damaged"),
    "writes a file": ("open('written', 'w')", "damaged"),
}  # fmt: skip


@pytest.fixture
def misled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Makes the reading process run other code where a JSON file says so."""

    def mislead(code: str) -> None:
        (tmp_path / "sitecustomize.py").write_text(
            "from dataclasses import replace\n"
            "from ingest.formats import BY_SUFFIX\n"
            "real = BY_SUFFIX['.json']\n"
            f"def evil(content):\n    if b'evil' in content: exec({code!r})\n"
            "    return real.read(content)\n"
            "BY_SUFFIX['.json'] = replace(real, read=evil)\n"
        )

    real = subprocess.Popen

    def popen(command: list[str], **options: object) -> subprocess.Popen[bytes]:
        environment = options.pop("env")
        assert isinstance(environment, dict)
        path = f"{tmp_path}{os.pathsep}{environment['PYTHONPATH']}"
        return real(command, env={**environment, "PYTHONPATH": path}, **options)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr(subprocess, "Popen", popen)
    monkeypatch.chdir(tmp_path)
    return mislead


@pytest.mark.parametrize("deed", MISDEEDS)
def test_what_a_converter_does_is_the_problem_of_its_file_alone(
    tmp_path: Path, misled: Callable[[str], None], deed: str
) -> None:
    code, message = MISDEEDS[deed]
    misled(code)
    good = source_file(tmp_path / "good.json", b"[1]")
    evil = source_file(tmp_path / "evil.json", b'["evil"]')
    with Reader(Worker(seconds=1, memory=700_000_000)) as reader:
        assert reader.read(good).text
        with pytest.raises(IngestError, match=message):
            reader.read(evil)
        assert reader.read(good).text
    assert not (tmp_path / "written").exists()


def test_a_pdf_that_takes_too_long_is_left(tmp_path: Path) -> None:
    file = source_file(tmp_path / "a.pdf", make_pdf(*["All parcels are late. " * 90] * 20))
    with Reader(Worker(seconds=0.1)) as reader, pytest.raises(IngestError, match="more than"):
        reader.read(file)


def test_a_closed_worker_leaves_no_process_and_starts_anew() -> None:
    worker = Worker()
    for _ in range(2):
        assert worker.read(".json", b"[1]") == Content(("[\n  1\n]",))
        process = worker._process
        assert process is not None
        worker.close()
        worker.close()
        assert process.returncode == -signal.SIGKILL


def test_the_worker_gets_no_keys_of_the_environment(
    tmp_path: Path, misled: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    misled(
        "import os\nfrom ingest.errors import IngestError\nraise IngestError(str(dict(os.environ)))"
    )
    with Reader() as reader, pytest.raises(IngestError) as caught:
        reader.read(source_file(tmp_path / "evil.json", b'["evil"]'))
    assert "PATH" in caught.value.message
    assert "secret" not in caught.value.message


def test_the_worker_ends_with_its_parent() -> None:
    code = (
        "from ingest.formats.worker import Worker\n"
        "import time; w = Worker(); w.read('.json', b'[1]')\n"
        "print(w._process.pid, flush=True); time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    for _ in range(100):
        if not _runs(child):
            return
        time.sleep(0.05)
    raise AssertionError("the worker is still there")


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
