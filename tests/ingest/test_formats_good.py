"""What each format says, of files made by the libraries that users' programs are like."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from ingest.formats import BY_SUFFIX, Reader
from ingest.formats import text as plain
from tests.ingest.files import (
    case_id,
    make_columns,
    make_docx,
    make_eml,
    make_pdf,
    make_pptx,
    make_xlsx,
    source_file,
)

TABLE = "| Carrier | Pays |\n| --- | --- |\n| Nordwind | 4 EUR |"

WORKBOOK = make_xlsx(
    {
        "Rates": [
            ["Carrier", "Since", "Fee", "Target"],
            ["Nordwind", dt.date(2026, 1, 2), 4, 0.975],
            [],
            ["Post|Haste", dt.datetime.fromisoformat("2026-01-02 08:30"), 3.5, None],
        ],
        "Empty": [],
        "Notes": [["Only text"]],
    }
)
SHEETS = [
    "## Rates\n\n"
    "| Carrier | Since | Fee | Target |\n"
    "| --- | --- | --- | --- |\n"
    "| Nordwind | 2026-01-02 | 4 | 97.5 % |\n"
    "| Post\\|Haste | 2026-01-02 08:30:00 | 3.5 |  |",
    "## Empty",
    "## Notes\n\n| Only text |\n| --- |",
]

# Name, content, kind, whether # is a heading, title, pages.
CASES = [
    ("a.docx", make_docx(), "docx", True, "", [
        f"# Terms of Carriage\n\n# Penalties\n\nNordwind pays per parcel.\n\n{TABLE}"
    ]),
    ("a.pptx", make_pptx(), "pptx", True, "", [
        "## Returns\n\nThirty days.\n\n### Notes:\nSay it slowly.",
        f"## Slide 2\n\n{TABLE}",
    ]),
    ("a.xlsx", WORKBOOK, "xlsx", True, "", SHEETS),
    ("a.pdf", make_pdf("First page.", "Second page."), "pdf", False, "",
     ["First page.", "Second page."]),
    ("a.pdf", make_pdf("Fees", table=[["Carrier", "Pays"], ["Nordwind", "4 EUR"]]), "pdf", False,
     "", [f"Fees\n\n{TABLE}\n\nAfter the table."]),
    ("a.csv", b'Carrier;Pays\r\nNordwind;"4\r\nEUR"\r\n', "csv", False, "", [TABLE]),
    ("a.tsv", b"Carrier\tPays\nNordwind\t4 EUR\n", "csv", False, "", [TABLE]),
    ("a.csv", 'Carrier,Pays\n"Nord, wind|x",4\n'.encode("utf-16"), "csv", False, "",
     ["| Carrier | Pays |\n| --- | --- |\n| Nord, wind\\|x | 4 |"]),
    ("a.json", b'{"z": 1, "a": ["\xc3\xa4"]}', "json", False, "",
     ['{\n  "z": 1,\n  "a": [\n    "ä"\n  ]\n}']),
    ("a.jsonl", b'{"z":1}\n\n{"a":2}\n', "json", False, "", ['{"z": 1}\n{"a": 2}']),
    ("a.eml", make_eml("# Two are late.\n", "<b>x</b>", "list.csv"), "eml", False, "Späte Pakete", [
        "Subject: Späte Pakete\nFrom: Ops <ops@example.org>\nTo: all@example.org\n\n"
        "# Two are late.\n\nAttachment, not read: list.csv"
    ]),
    ("a.eml", make_eml(" ", "<p>Two <a href='http://e'>are</a> late.<script>x()</script></p>"),
     "eml", False, "Späte Pakete", [
        "Subject: Späte Pakete\nFrom: Ops <ops@example.org>\nTo: all@example.org\n\nTwo are late."
    ]),
    ("a.py", b"# not a heading\nx = 1\n", "code", False, "", ["# not a heading\nx = 1\n"]),
    ("a.sql", b"SELECT 1", "code", False, "", ["SELECT 1"]),
    ("a.html", b"<title> Our\nterms </title><p>Text.", "html", True, "Our terms", ["Text."]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "kind", "headings", "title", "parts"), CASES, ids=case_id
)
def test_reads(
    *,
    tmp_path: Path,
    reader: Reader,
    name: str,
    content: bytes,
    kind: str,
    headings: bool,
    title: str,
    parts: list[str],
) -> None:
    document = reader.read(source_file(tmp_path / name, content))
    assert (document.kind, document.markdown, document.title) == (kind, headings, title)
    starts = document.pages or (0,)
    ends = [*starts[1:], len(document.text)]
    assert [document.text[s:e].removesuffix("\n\n") for s, e in zip(starts, ends, strict=True)] == (
        parts
    )
    assert bool(document.pages) == BY_SUFFIX[Path(name).suffix].paged


PRICES = [["Carrier", "Small", "Large"], ["Nordwind", "3.10", "14.40"], ["Blitz", "106.80", ""]]
PRICE_TABLE = """Prices of the carriers for the year.

| Carrier | Small | Large |
| --- | --- | --- |
| Nordwind | 3.10 | 14.40 |
| Blitz | 106.80 |  |

All of them in EUR."""
PROSE = [["The carrier owes Uferlos a penalty for", "Claims are sent by the fifth working day"]] * 4


@pytest.mark.parametrize("align", ["L", "R"])
def test_a_table_without_lines_keeps_its_rows(tmp_path: Path, reader: Reader, align: str) -> None:
    file = source_file(tmp_path / "a.pdf", make_columns(PRICES, 45, align))
    assert reader.read(file).text == PRICE_TABLE


@pytest.mark.parametrize(
    ("rows", "width"),
    [(PROSE, 95), ([[*row, "or after ten"] for row in PROSE], 65), (PRICES[:2], 45)],
)
def test_prose_in_columns_is_no_table(
    tmp_path: Path, reader: Reader, rows: list[list[str]], width: float
) -> None:
    assert "|" not in reader.read(source_file(tmp_path / "a.pdf", make_columns(rows, width))).text


ACTIVE = """<html><head><script>alert(1)</script><style>p{}</style></head>
<body onload="alert(2)"><p onclick="alert(3)">Kept <a href="javascript:alert(4)">words</a></p>
<iframe src="http://e/alert5">alert(5)</iframe><img src="x" onerror="alert(6)" alt="A shoe">
<object data="alert7">alert(7)</object><svg onload="alert(8)"><script>alert(9)</script></svg>
<form action="http://e"><input value="alert(10)"><button>alert(11)</button></form>
<template>alert(12)</template><noscript>alert(13)</noscript><!-- alert(14) --></body></html>"""


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", ACTIVE.encode()),
        ("a.htm", ACTIVE.encode("utf-16")),
        ("a.eml", make_eml("", ACTIVE)),
    ],
    ids=case_id,
)
def test_nothing_that_runs_or_loads_is_left_of_a_page(
    tmp_path: Path, reader: Reader, name: str, content: bytes
) -> None:
    text = reader.read(source_file(tmp_path / name, content)).text
    assert text.endswith("Kept words\n\nA shoe")
    assert "alert" not in text


GERMAN = "Für späte Pakete zahlt Nordwind größere Beträge: fünf €, höchstens zwölf."
POLISH = "Przesyłka jest opóźniona, jeśli dotrze później niż obiecano."
RUSSIAN = "Посылка опаздывает, если она пришла позже обещанного срока."
SPANISH = "El envío llegará mañana; si el niño lo pide, se añade otro."
ENCODINGS = [
    *((GERMAN, name) for name in ("utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252")),
    (SPANISH, "latin-1"),
    (POLISH, "cp1250"),
    (POLISH, "iso8859_2"),
    (RUSSIAN, "cp1251"),
    (RUSSIAN, "koi8_r"),
    ("荷物は約束の時間より遅れた場合に遅延となります。", "shift_jis"),
    ("如果包裹晚于承诺的时间到达，则视为延误。", "gb18030"),
    ("café", "cp1252"),
]


@pytest.mark.parametrize(("text", "encoding"), ENCODINGS)
def test_finds_the_encoding(text: str, encoding: str) -> None:
    assert plain.decode(text.encode(encoding)) == text


def test_a_text_that_is_not_utf8_is_read_in_the_process_with_limits(
    tmp_path: Path, reader: Reader
) -> None:
    for name in ("a.md", "a.csv"):
        assert "mañana" in reader.read(source_file(tmp_path / name, SPANISH.encode("cp1252"))).text


TAGS = [
    ("---\ntags: [policy, 'a b', policy]\n---\n# T", ("policy", "a b")),
    ("---\r\ntags: policy,  a b ,\r\n---\r\n", ("policy", "a b")),
    ("---\ntags:\n- 2026\n- no\n---\n", ("2026", "no")),
    ("---\ntags: [[a], {b: c}, d]\n---\n", ("d",)),
    ("---\ntags: 1\ntitle: x\n---\n", ("1",)),
    ("---\ntitle: x\n---\ntags: [a]", ()),
    ("---\ntags: [a\n---\n", ()),
    ("---\n- tags\n---\n", ()),
    ("---\ntags: [a]", ()),
    ("tags: [a]", ()),
    (f"---\ntags: [{'x' * 101}, y]\n---\n", ("y",)),
    (f"---\nx: {'x' * 20_000}\ntags: [a]\n---\n", ()),
    (f"---\ntags: {'[' * 3_000}\n---\n", ()),
    (f"---\ntags: [{', '.join(f't{n}' for n in range(99))}]\n---\n", 50),
    ("---\na: &a {x: 1}\nb: &b {<<: [*a, *a]}\ntags: [c]\n---\n", ("c",)),
]


@pytest.mark.parametrize(("text", "expected"), TAGS)
def test_tags_of_front_matter(text: str, expected: tuple[str, ...] | int) -> None:
    found = plain.tags(text)
    assert (len(found) if isinstance(expected, int) else found) == expected
    assert plain.read_markdown(text.encode()).tags == found


def test_numbers_of_json_stay_what_they_are(tmp_path: Path, reader: Reader) -> None:
    values = {"b": 12345678901234567890, "a": 0.1, "c": None}
    text = reader.read(source_file(tmp_path / "a.json", json.dumps(values).encode())).text
    assert json.loads(text) == values
    assert list(json.loads(text)) == ["b", "a", "c"]
