"""What the index says is true at every moment, whatever happens to the process that writes it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest import segment_index
from ingest.demo import events as demo_events
from ingest.demo.events import STREAMS, to_ms
from ingest.demo.shop import SampleShop
from ingest.demo.streams import TABLES
from ingest.segment_index import Index, Span

START = datetime(2026, 11, 22, 10, 9, 45, tzinfo=UTC)
EVENT_TIME = {
    "orders": "order_time",
    "payments": "payment_time",
    "shipments": "scan_time",
    "page_views": "view_time",
}


class Clock:
    """A clock that moves only when told."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


def a_shop(folder: Path, clock: Clock, seed: int = 7) -> SampleShop:
    return SampleShop(folder, seed=seed, clock=clock, rate=0.2, history=timedelta(hours=2))


def visible(folder: Path) -> dict[str, Path]:
    return {path.name: path for path in folder.iterdir() if path.name[0] not in "._"}


def held(path: Path, column: str) -> list[int]:
    rows = path.read_text("utf-8").splitlines()
    return [to_ms(datetime.fromisoformat(json.loads(row)[column])) for row in rows]


def assert_true(folder: Path) -> None:
    """No listed file holds a row outside of its span."""
    for stream, column in EVENT_TIME.items():
        index = segment_index.read(folder / stream)
        listed = index.segments if index else {}
        for name, path in visible(folder / stream).items():
            times, span = held(path, column), listed.get(name, (0, 10**14))
            assert not times or span is not None
            assert span is None or all(span[0] <= time <= span[1] for time in times)


def assert_exact(folder: Path) -> None:
    """Between two steps every file is listed, with the first and the last of its rows."""
    for stream, column in EVENT_TIME.items():
        index = segment_index.read(folder / stream)
        assert index
        found = {name: held(path, column) for name, path in visible(folder / stream).items()}
        spans = {name: (min(times), max(times)) if times else None for name, times in found.items()}
        assert index.column == column
        assert index.segments == spans


def test_appended_merged_and_dropped_files_are_listed_exactly(tmp_path: Path) -> None:
    clock = Clock()
    with a_shop(tmp_path, clock) as shop:
        shop.backfill()
        assert_exact(tmp_path)
        names = set(visible(tmp_path / "orders"))
        for _ in range(10):
            clock.forward(seconds=15)
            shop.step()
            assert_exact(tmp_path)
        clock.forward(hours=4)
        shop.step()
        assert_exact(tmp_path)
        assert not names & set(visible(tmp_path / "orders"))


def test_a_file_without_rows_is_listed_as_such(tmp_path: Path) -> None:
    with SampleShop(tmp_path, clock=Clock(), rate=0.001, history=timedelta(hours=2)) as shop:
        shop.backfill()
    assert_exact(tmp_path)
    index = segment_index.read(tmp_path / "payments")
    assert index
    assert None in index.segments.values()


def test_true_whenever_anything_on_the_disk_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    shop = a_shop(tmp_path, clock)
    shop.backfill()
    changes = 0

    def looking(change: Callable[..., object]) -> Callable[..., object]:
        def changed(path: Path, *args: object, **options: object) -> object:
            nonlocal changes
            result = change(path, *args, **options)
            assert_true(tmp_path)
            changes += 1
            return result

        return changed

    monkeypatch.setattr(Path, "replace", looking(Path.replace))
    monkeypatch.setattr(Path, "unlink", looking(Path.unlink))
    for seconds in [15] * 6 + [10_800, 15]:
        clock.forward(seconds=seconds)
        shop.step()
    shop.close()
    assert changes > 100


class Killed(Exception):
    """The process ends here."""


@pytest.mark.parametrize("at", range(1, 40))
def test_killed_anywhere_in_a_merge_it_is_true_then_and_exact_after_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    clock = Clock()
    shop = a_shop(tmp_path, clock)
    shop.backfill()
    clock.forward(seconds=15)
    shop.step()  # to 10:10
    clock.forward(seconds=75)  # five new pieces and a merge
    left = at

    def until_killed(change: Callable[..., object]) -> Callable[..., object]:
        def changed(path: Path, *args: object, **options: object) -> object:
            nonlocal left
            left -= 1
            if left <= 0:
                raise Killed
            return change(path, *args, **options)

        return changed

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", until_killed(Path.replace))
        patch.setattr(Path, "unlink", until_killed(Path.unlink))
        with suppress(Killed):
            shop.step()
    assert_true(tmp_path)
    shop.close()
    before = segment_index.read(tmp_path / "orders")
    with a_shop(tmp_path, clock) as again:
        again.backfill()
    assert_exact(tmp_path)
    after = segment_index.read(tmp_path / "orders")
    assert before
    assert after
    assert before.generation != after.generation


def test_another_seed_does_not_keep_the_spans(tmp_path: Path) -> None:
    generations = set()
    for seed in (7, 8):
        with a_shop(tmp_path, Clock(), seed) as shop:
            shop.backfill()
        assert_exact(tmp_path)
        index = segment_index.read(tmp_path / "orders")
        assert index
        generations.add(index.generation)
    assert len(generations) == 2


def test_an_index_without_a_column_is_written_anew(tmp_path: Path) -> None:
    with a_shop(tmp_path, Clock()) as shop:
        shop.backfill()
    files = {stream: visible(tmp_path / stream) for stream in STREAMS}
    for stream in STREAMS:
        path = tmp_path / stream / segment_index.NAME
        saved = json.loads(path.read_bytes())
        del saved["column"]
        path.write_text(json.dumps(saved))
        assert segment_index.read(tmp_path / stream) is None
    with a_shop(tmp_path, Clock()) as again:
        again.backfill()
    assert_exact(tmp_path)
    assert files == {stream: visible(tmp_path / stream) for stream in STREAMS}


def test_streams_and_columns_are_those_of_the_tables() -> None:
    text = "".join(path.read_text("utf-8") for path in TABLES.glob("*.sql"))
    found = re.findall(r"(?s)CREATE TABLE (\w+) .*?WATERMARK FOR (\w+) ", text)
    assert EVENT_TIME == dict(found) == demo_events.EVENT_TIME
    assert set(EVENT_TIME) == set(STREAMS)


# content of the file: what is understood
FILES: list[tuple[str, dict[str, Span] | None]] = [
    ('{"version": 1, "column": "t", "segments": {}}', {}),
    (
        '{"version": 1, "column": "t", "segments": {"a": [1, 2], "b": null}}',
        {"a": (1, 2), "b": None},
    ),
    ('{"version": 1, "column": "t", "segments": {"a": [-5, -5]}}', {"a": (-5, -5)}),
    ('{"version": 1, "column": "t", "more": 1, "segments": {"a": [1, 2]}}', {"a": (1, 2)}),
    ('{"version": 2, "column": "t", "segments": {"a": [1, 2]}}', None),
    ('{"column": "t", "segments": {"a": [1, 2]}}', None),
    ('{"version": 1, "segments": {"a": [1, 2]}}', None),
    ('{"version": 1, "column": null, "segments": {"a": [1, 2]}}', None),
    ('{"version": 1, "column": "t"}', None),
    ('{"version": 1, "column": "t", "segments": ["a"]}', None),
    ('{"version": 1, "column": "t", "segments": {"a": [2, 1]}}', None),
    ('{"version": 1, "column": "t", "segments": {"a": [1]}}', None),
    ('{"version": 1, "column": "t", "segments": {"a": [1, 2, 3]}}', None),
    ('{"version": 1, "column": "t", "segments": {"a": [1.5, 2.5]}}', None),
    ('{"version": 1, "column": "t", "segments": {"a": [true, true]}}', None),
    ('{"version": 1, "column": "t", "segments": {"a": "12"}}', None),
    ('{"version": 1, "column": "t", "segments": {"a": ["1", "2"]}}', None),
    ('{"version": 1, "column": "t", "segments": {"a": [1, 2]', None),
    ("[]", None),
    ("null", None),
    ("", None),
    ("[" * 100_000, None),
    ("\udcff", None),
]


@pytest.mark.parametrize(("content", "understood"), FILES)
def test_reading(tmp_path: Path, content: str, understood: dict[str, Span] | None) -> None:
    (tmp_path / segment_index.NAME).write_bytes(content.encode("utf-8", "surrogateescape"))
    index = segment_index.read(tmp_path)
    assert (index and dict(index.segments)) == understood


def test_no_index(tmp_path: Path) -> None:
    assert segment_index.read(tmp_path) is None
    assert segment_index.read(tmp_path / "missing") is None


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    index = Index("order_time", {"a.jsonl": (1, 2), "b.jsonl": None}, "5f3a09c1")
    (tmp_path / segment_index.NAME).write_bytes(index.to_json())
    assert segment_index.read(tmp_path) == index
