"""What each event of a topic says, and which ones are poison."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from ingest.formats import Reader, bounds
from ingest.topics.events import Deletion, Document, Event, Poison, id_of, read
from ingest.topics.places import Place

AT_MS = 1_700_000_000_000


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as opened:
        yield opened


def event(value: bytes | None, key: bytes | None = b"late", content_type: str = "") -> Event:
    headers = (("Content-Type", content_type.encode()),) if content_type else ()
    return Event(Place(0, 7, AT_MS), key, value, headers)


def body(**fields: Any) -> bytes:
    return json.dumps({"text": "A parcel is late.", **fields}).encode()


GOOD: list[tuple[str, Event, dict[str, Any]]] = [
    ("plain text", event(b"A parcel."), {"text": "A parcel.", "kind": "text"}),
    ("a byte order mark", event(b"\xef\xbb\xbfA parcel."), {"text": "A parcel."}),
    ("Markdown by its key", event(b"# Late", b"late.md"), {"kind": "markdown", "markdown": True}),
    (
        "Markdown by its header",
        event(b"# Late", content_type="text/markdown; charset=utf-8"),
        {"kind": "markdown"},
    ),
    ("the header before the key", event(b"# Late", b"a.md", "text/plain"), {"kind": "text"}),
    ("HTML", event(b"<h1>Late</h1>", content_type="text/html"), {"text": "# Late"}),
    ("a brace in plain text", event(b"{x}", content_type="text/plain"), {"text": "{x}"}),
    ("an array is no object", event(b"[1, 2]"), {"text": "[1, 2]", "kind": "text"}),
    ("an object", event(b"  " + body()), {"text": "A parcel is late."}),
    ("content for text", event(b'{"content": "Late."}'), {"text": "Late."}),
    ("an object by its header", event(body(), content_type="application/json"), {}),
    ("its title", event(body(title=" Late \n parcels ")), {"title": "Late parcels"}),
    ("its tags", event(body(tags=["a", "a", " b "])), {"tags": ("a", "b")}),
    ("its tags in one word", event(body(tags="a, b")), {"tags": ("a", "b")}),
    ("its kind", event(body(kind="markdown")), {"kind": "markdown"}),
    (
        "the tags of front matter",
        event(body(kind="markdown", text="---\ntags: x\n---\nA"), b"a"),
        {"tags": ("x",)},
    ),
    ("fields that nobody knows", event(body(colour="red")), {"text": "A parcel is late."}),
]


@pytest.mark.parametrize(("name", "given", "expected"), GOOD, ids=[name for name, *_ in GOOD])
def test_reads(name: str, given: Event, expected: dict[str, Any], reader: Reader) -> None:
    said = read("docs", given, reader)
    assert isinstance(said, Document), said
    assert {field: getattr(said.content, field) for field in expected} == expected
    assert said.modified_ns == AT_MS * 1_000_000
    assert said.size == len(given.value or b"")


POISON: list[tuple[str, Event, str]] = [
    ("no key", event(b"x", None), "no key"),
    ("an empty key", event(b"x", b""), "no key"),
    ("a key of other bytes", event(b"x", b"\xff"), "key is not UTF-8: byte 0"),
    ("a key with a line end", event(b"x", b"a\nb"), "control characters"),
    ("a key that turns the text", event(b"x", "a\u202eb".encode()), "cannot be seen"),
    ("a key that leaves its folder", event(b"x", b"hr/../public/pay"), "is a path"),
    ("a key that is a root", event(b"x", b"/etc"), "is a path"),
    ("a key with blanks", event(b"x", b" a"), "blanks around"),
    ("a long key", event(b"x", b"k" * 513), "513 bytes"),
    ("a tombstone with a bad key", event(None, b"\xff"), "not UTF-8"),
    ("other bytes", event(b"\xff\xfe\xfa"), "not UTF-8: byte 0"),
    ("binary", event(b"\0\1\2" * 9), "binary"),
    ("nothing", event(b""), "empty"),
    ("blanks", event(b"  \n"), "no text"),
    ("half an object", event(b'{"text": "A'), "not JSON"),
    ("an object without text", event(b'{"title": "A"}'), "no text"),
    ("an object with two texts", event(b'{"text": "A", "content": "B"}'), "both"),
    ("an object with an empty text", event(b'{"text": ""}'), "empty"),
    ("a text that is a number", event(b'{"text": 7}'), "field text is wrong"),
    ("a title that is a list", event(body(title=[])), "field title is wrong"),
    ("tags that are numbers", event(body(tags=[1])), "field tags is wrong"),
    ("no such day", event(body(modified="2026-02-30")), "field modified is wrong"),
    ("true is no time", event(body(modified=True)), "field modified is wrong"),
    ("an endless time", event(body(modified=1e300)), "field modified is wrong"),
    ("long ago", event(body(modified="0001-01-01")), "modified is 1, which cannot be"),
    ("no such kind", event(body(kind="pdf")), "field kind is wrong"),
    ("a label that drives a terminal", event(body(access="\x1b[2J")), "field access is wrong"),
    ("no such type", event(b"x", content_type="application/pdf"), "application/pdf is not read"),
    ("text for an object", event(b"x", content_type="application/json"), "not JSON"),
    ("deep", event(b'{"text":' + b"[" * 100_000), "not JSON"),
    ("too large", event(b"x" * (bounds.MAX_BYTES + 1)), "up to 20 MB"),
    ("half a character", event(b'{"text": "\\ud800"}'), "not JSON"),
]


@pytest.mark.parametrize(("name", "given", "reason"), POISON, ids=[name for name, *_ in POISON])
def test_is_poison(name: str, given: Event, reason: str, reader: Reader) -> None:
    said = read("docs", given, reader)
    assert isinstance(said, Poison), said
    assert reason in said.reason
    assert said.stack.startswith("Traceback")


@pytest.mark.parametrize(
    ("modified", "expected"),
    [
        ("2026-11-22T17:30:00+01:00", datetime(2026, 11, 22, 16, 30, tzinfo=UTC)),
        ("2026-11-22T17:30:00", datetime(2026, 11, 22, 17, 30, tzinfo=UTC)),
        ("2026-11-22", datetime(2026, 11, 22, tzinfo=UTC)),
        (1_700_000_000_123, datetime(2023, 11, 14, 22, 13, 20, 123_000, tzinfo=UTC)),
    ],
)
def test_its_own_time_goes_before_the_records(
    modified: str | int, expected: datetime, reader: Reader
) -> None:
    said = read("docs", event(body(modified=modified)), reader)
    assert isinstance(said, Document)
    assert said.modified_ns == round(expected.timestamp() * 1000) * 1_000_000


def test_a_tombstone_deletes(reader: Reader) -> None:
    assert read("docs", event(None), reader) == Deletion("kafka://docs/late")


def test_ids_of_different_keys_differ() -> None:
    keys = (b"a", b"a/b", "\u00e9".encode(), "e\u0301".encode(), b"A")
    assert len({id_of("docs", key) for key in keys}) == len(keys)
