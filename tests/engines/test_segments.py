"""Which files are left out, how Flink is told, and what happens when they change meanwhile."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.catalog.model import Column, Table
from app.engines import segments
from app.engines.segments import Newest, Skip
from app.sql.timerange import Span
from ingest import segment_index
from ingest.segment_index import Index
from tests.engines.tables import json_table

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
NOON_MS = 1_795_348_800_000


def at(**after: float) -> datetime:
    return NOON + timedelta(**after)


def write_index(folder: Path, spans: dict[str, segment_index.Span], generation: str = "g") -> None:
    folder.mkdir(exist_ok=True)
    (folder / segment_index.NAME).write_bytes(Index("t", spans, generation).to_json())


def orders(folder: Path) -> Table:
    return json_table("orders", folder, {"id": "BIGINT", "t": "TIMESTAMP_LTZ(3)"}, "t")


def hourly(hours: int) -> dict[str, segment_index.Span]:
    """Files of an hour each, the last of which ends at noon."""
    starts = range(NOON_MS - hours * 3_600_000, NOON_MS, 3_600_000)
    return {
        f"{at(milliseconds=start - NOON_MS):%Y%m%dT%H%M%SZ}.jsonl": (start, start + 3_599_999)
        for start in starts
    }


THREE: dict[str, segment_index.Span] = {
    "a": (NOON_MS, NOON_MS + 1000),
    "b": (NOON_MS + 1000, NOON_MS + 2000),
    "none": None,
}
# span wanted: names left out
WANTED = [
    (Span(at(), None), ["none"]),
    (Span(at(seconds=1), None), ["none"]),
    (Span(at(seconds=1, microseconds=1), None), ["a", "none"]),
    (Span(at(seconds=2), None), ["a", "none"]),
    (Span(at(seconds=2, microseconds=1), None), ["a", "b", "none"]),
    (Span(None, at(seconds=1)), ["none"]),
    (Span(None, at(microseconds=999_999)), ["b", "none"]),
    (Span(None, at()), ["b", "none"]),
    (Span(None, at(microseconds=-1)), ["a", "b", "none"]),
    (Span(at(seconds=1), at(seconds=1)), ["none"]),
    (Span(at(seconds=1.5), at(seconds=1.6)), ["a", "none"]),
    (Span(at(seconds=9), at(seconds=-9)), ["a", "b", "none"]),
    (Span(None, None), []),
]


@pytest.mark.parametrize(("span", "names"), WANTED)
def test_bounds_are_included(tmp_path: Path, span: Span, names: list[str]) -> None:
    write_index(tmp_path, THREE)
    skip = segments.skip(orders(tmp_path), span, {})
    assert list(skip.names if skip else ()) == names
    if skip:
        assert skip.holds()


def left_out(pattern: str, *paths: str) -> list[str]:
    """The paths that Flink would not read; Python's \\Z is Java's \\z."""
    matcher = re.compile(pattern.replace(r"\z", r"\Z"))
    return [path for path in paths if not matcher.fullmatch(path)]


PATHS = (
    "/streams/orders/a.jsonl",
    "/streams/orders/b.jsonl",
    "/streams/orders/ab.jsonl",
    "/streams/orders/a.jsonl.gz",
    "/streams/orders/a-jsonl",
    "/streams/orders/a.jsonl\n",
    "/streams/orders/x/a.jsonl",
    "/streams/orders/orders/a.jsonl",
    "/other/streams/orders/a.jsonl",
    "/streams/orders2/a.jsonl",
)


def test_only_the_names_themselves_in_the_folder_itself() -> None:
    assert left_out(segments._excluding("/streams/orders", ("a.jsonl",)), *PATHS) == [PATHS[0]]


ODD_FOLDERS = ["/a b/c", "/a+b", "/(a|b)", "/a.b", "/a\\E*", "/[a]", "/é/漢", "/a%20b", "/a$", "/"]


@pytest.mark.parametrize("folder", ODD_FOLDERS)
def test_folders_of_any_name(folder: str) -> None:
    pattern = segments._excluding(folder, ("x1", "x2"))
    inside = folder.rstrip("/")
    assert left_out(pattern, f"{inside}/x1", f"{inside}/x3", "/z/x1") == [f"{inside}/x1"]


NAMES = [
    ("a",),
    ("a", "ab", "abc"),
    ("abc", "bc", "c"),
    ("a-b", "a.b", "a_b"),
    ("0", "1", "2", "3", "5"),
    ("aa", "ab", "ba", "bb"),
    ("-", ".", "0"),
    tuple(hourly(50)),
    tuple(sorted(f"part-{n:04x}" for n in range(0, 4000, 7))),
]


@pytest.mark.parametrize("names", NAMES, ids=lambda names: names[0])
def test_all_names_and_no_others(names: tuple[str, ...]) -> None:
    pattern = segments._excluding("/f", names)
    near = {name[:-1] for name in names} | {name + "a" for name in names}
    near |= {chr(ord(name[0]) ^ 1) + name[1:] for name in names} - set(names) | {"", "z"}
    others = [f"/f/{name}" for name in near - set(names)]
    wanted = [f"/f/{name}" for name in names]
    assert left_out(pattern, *wanted, *others) == wanted


@pytest.mark.parametrize(("hours", "longest"), [(24, 100), (720, 250), (5000, 700)])
def test_a_long_history_makes_a_short_pattern(tmp_path: Path, hours: int, longest: int) -> None:
    write_index(tmp_path / "s", hourly(hours))
    skip = segments.skip(orders(tmp_path / "s"), Span(at(minutes=-15), None), {})
    assert skip
    assert len(skip.names) == hours - 1
    assert len(skip.pattern) < longest + len(str(tmp_path))


def test_too_long_a_pattern_is_none(tmp_path: Path) -> None:
    names = {f"{n * 0x9E3779B97F4A7C15 % 2**128:032x}": (1, 2) for n in range(1, 5000)}
    write_index(tmp_path, dict(names))
    assert segments.skip(orders(tmp_path), Span(NOON, None), {}) is None


def test_names_that_might_be_written_otherwise_are_read(tmp_path: Path) -> None:
    write_index(tmp_path, {"a b": (1, 2), "é": (1, 2), "../x": (1, 2), "a\n": (1, 2), "ok": (1, 2)})
    skip = segments.skip(orders(tmp_path), Span(NOON, None), {})
    assert skip
    assert skip.names == ("ok",)


def test_no_index_or_a_broken_one_reads_everything(tmp_path: Path) -> None:
    assert segments.skip(orders(tmp_path), Span(NOON, None), {}) is None
    assert segments.newest(orders(tmp_path), {}) is None
    assert segments.newest(orders(tmp_path / "missing"), {}) is None
    (tmp_path / segment_index.NAME).write_text('{"version": 1, "segments": {"a": [1')
    assert segments.skip(orders(tmp_path), Span(NOON, None), {}) is None
    assert segments.newest(orders(tmp_path), {}) is None


def with_options(table: Table, **options: str) -> Table:
    return replace(table, options={**table.options, **{k: v for k, v in options.items() if v}})


def test_tables_whose_index_cannot_be_relied_on(tmp_path: Path) -> None:
    write_index(tmp_path, {"a": (1, 2)})
    table, span = orders(tmp_path), Span(NOON, None)
    assert segments.skip(table, span, {})
    others = [
        with_options(table, connector="kafka"),
        with_options(table, path=f"s3://bucket{tmp_path}"),
        with_options(table, path=f"file://host{tmp_path}"),
        with_options(table, path="streams/orders"),
        with_options(table, path="${MISSING}/orders"),
        replace(table, options={**table.options, segments.PATTERN: ".*"}),
        replace(table, time_attribute=None),
        replace(table, time_attribute="id"),
        replace(table, columns=(Column("t", "TIMESTAMP(3)"),)),
        replace(table, columns=(Column("t", "TIMESTAMP_LTZ(3)", kind="metadata"),)),
        replace(table, columns=(Column("t", "", kind="computed"),)),
    ]
    for other in others:
        assert segments.skip(other, span, {}) is None
        assert segments.newest(other, {}) is None


# the index's column, None for an index without: whether a table with its WATERMARK on `t` uses it
COLUMNS = [("t", True), ("u", False), ("T", False), ("", False), (None, False)]


@pytest.mark.parametrize(("column", "used"), COLUMNS)
def test_only_an_index_of_the_tables_own_event_time(
    tmp_path: Path, column: str | None, used: bool
) -> None:
    write_index(tmp_path, {"a": OLD})
    table, span = orders(tmp_path), Span(NOON, None)
    before = segments.skip(table, span, {})
    saved = json.loads((tmp_path / segment_index.NAME).read_bytes())
    saved["column"] = column
    if column is None:
        del saved["column"]
    (tmp_path / segment_index.NAME).write_text(json.dumps(saved))
    assert (segments.skip(table, span, {}) is not None) is used
    assert (segments.newest(table, {}) is not None) is used
    assert before
    assert before.holds() is used


@pytest.mark.parametrize("written", ["{}", "{}/", "file:{}", "file://{}", "${{F}}", "{}/./x/.."])
def test_ways_to_write_a_path(tmp_path: Path, written: str) -> None:
    write_index(tmp_path, {"a": (1, 2)})
    table = with_options(orders(tmp_path), path=written.format(tmp_path))
    skip = segments.skip(table, Span(NOON, None), {"F": str(tmp_path)})
    assert skip
    assert left_out(skip.pattern, f"{tmp_path}/a", f"{tmp_path}/b") == [f"{tmp_path}/a"]


OLD, NEW = (NOON_MS - 2000, NOON_MS - 1000), (NOON_MS, NOON_MS + 1000)
# index after the read, its generation: whether leaving out the file `a` was right
AFTERWARDS: list[tuple[dict[str, segment_index.Span], str, bool]] = [
    ({"a": OLD}, "g", True),
    ({"a": OLD, "b": NEW, "c": NEW}, "g", True),
    ({"a": None}, "g", True),
    ({"a": (OLD[0] - 1, OLD[1] + 999)}, "g", True),
    ({"a": (OLD[0], NEW[0])}, "g", False),
    ({"a": NEW}, "g", False),
    ({"b": OLD}, "g", False),
    ({}, "g", False),
    ({"a": OLD}, "h", False),
]


@pytest.mark.parametrize(("spans", "generation", "right"), AFTERWARDS)
def test_whether_it_still_holds(
    tmp_path: Path, spans: dict[str, segment_index.Span], generation: str, right: bool
) -> None:
    write_index(tmp_path, {"a": OLD, "b": NEW})
    skip = segments.skip(orders(tmp_path), Span(NOON, None), {})
    assert skip
    write_index(tmp_path, spans, generation)
    assert skip.holds() is right


def test_an_index_that_is_gone_does_not_hold(tmp_path: Path) -> None:
    write_index(tmp_path, {"a": OLD})
    skip = segments.skip(orders(tmp_path), Span(NOON, None), {})
    (tmp_path / segment_index.NAME).unlink()
    assert skip
    assert not skip.holds()


class Reader:
    """A folder of files by name, which may change when it is read."""

    def __init__(self, folder: Path, changes: Sequence[dict[str, segment_index.Span]]) -> None:
        self.folder = folder
        self.changes = list(changes)
        self.left_out: list[list[str]] = []

    def __call__(self, skips: Sequence[Skip]) -> int:
        self.left_out.append([name for skip in skips for name in skip.names])
        if self.changes:
            write_index(self.folder, self.changes.pop(0))
        return len(self.left_out)


WIDER: dict[str, segment_index.Span] = {"a": (OLD[0], NEW[1]), "c": OLD}
# how the index changes during each read: what each read leaves out
RACES: list[tuple[list[dict[str, segment_index.Span]], list[list[str]]]] = [
    ([], [["a"]]),
    ([WIDER], [["a"], ["c"]]),
    ([WIDER, {"a": NEW}], [["a"], ["c"], []]),
]


@pytest.mark.parametrize(("changes", "reads"), RACES)
def test_read_again_where_a_file_left_out_was_exchanged(
    tmp_path: Path, changes: list[dict[str, segment_index.Span]], reads: list[list[str]]
) -> None:
    write_index(tmp_path, {"a": OLD, "b": NEW})
    read = Reader(tmp_path, changes)
    ranges = {"orders": Span(NOON, None)}
    assert segments.consistently(read, [orders(tmp_path)], ranges, {}) == len(reads)
    assert read.left_out == reads


def test_only_tables_with_a_range(tmp_path: Path) -> None:
    write_index(tmp_path, {"a": OLD})
    read = Reader(tmp_path, [])
    other = {"others": Span(NOON, None)}
    assert segments.consistently(read, [orders(tmp_path)], other, {}) == 1
    assert read.left_out == [[]]


# files, index: how far the listed ones reach
REACHED: list[tuple[list[str], dict[str, segment_index.Span], Newest]] = [
    (["a", "b"], {"a": OLD, "b": NEW}, Newest(at(seconds=1), complete=True)),
    (["a"], {"a": OLD, "b": NEW}, Newest(at(seconds=-1), complete=True)),
    (["a", "b", "c"], {"a": OLD, "b": NEW}, Newest(at(seconds=1), complete=False)),
    (["a"], {"a": None}, Newest(None, complete=True)),
    ([], {}, Newest(None, complete=True)),
    (["a"], {}, Newest(None, complete=False)),
    ([".x", "_y"], {}, Newest(None, complete=True)),
]


@pytest.mark.parametrize(("files", "spans", "newest"), REACHED)
def test_how_far_listed_files_reach(
    tmp_path: Path, files: list[str], spans: dict[str, segment_index.Span], newest: Newest
) -> None:
    write_index(tmp_path, spans)
    for name in files:
        (tmp_path / name).touch()
    assert segments.newest(orders(tmp_path), {}) == newest
