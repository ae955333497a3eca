"""The shop's files: no gap and no double, whatever happens to the process."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest import segment_index
from ingest.demo.events import EPOCH, STREAMS, arrivals, to_ms
from ingest.demo.segments import MANIFEST, Segments
from ingest.demo.shop import DOCUMENTS, QUESTIONS, SampleShop
from ingest.demo.streams import TABLES
from ingest.errors import IngestError

START = datetime(2026, 11, 22, 10, 31, 7, tzinfo=UTC)
SEED, RATE = 7, 0.2


class Clock:
    """A clock that moves only when told."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


def a_shop(folder: Path, clock: Clock, *, seed: int = SEED, rate: float = RATE) -> SampleShop:
    return SampleShop(folder, seed=seed, clock=clock, rate=rate, history=timedelta(hours=5))


def files(folder: Path, stream: str) -> list[Path]:
    """What Flink sees: everything but hidden names, by name."""
    return sorted(p for p in (folder / stream).iterdir() if p.name[0] not in "._")


def text(folder: Path, stream: str) -> str:
    return "".join(path.read_text("utf-8") for path in files(folder, stream))


def assert_whole(folder: Path, *, start: datetime, end: datetime, seed: int = SEED) -> None:
    """Everything that arrived in the range is there, once, in order, and nothing else."""
    expected = arrivals(seed, start, end, rate=RATE)
    for stream in STREAMS:
        assert text(folder, stream).splitlines() == [e.to_json() for e in expected[stream]]


def hour(of: int, minute: int = 0, second: int = 0) -> datetime:
    return START.replace(hour=of, minute=minute, second=second)


def test_backfill_writes_one_file_an_hour_up_to_now(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    with a_shop(tmp_path, Clock()) as shop:
        shop.backfill(lambda done, total: seen.append((done, total)))
        assert shop.is_writer
    assert seen == [(done, 6) for done in range(7)]
    assert [path.name for path in files(tmp_path, "orders")] == [
        f"20261122T{h:02}0000Z.jsonl" for h in range(5, 11)
    ]
    assert_whole(tmp_path, start=hour(5), end=hour(10, 31))


def test_backfill_again_keeps_the_files(tmp_path: Path) -> None:
    clock = Clock()
    with a_shop(tmp_path, clock) as shop:
        shop.backfill()
    before = {p: p.stat().st_mtime_ns for s in STREAMS for p in files(tmp_path, s)}
    clock.forward(minutes=2)
    with a_shop(tmp_path, clock) as shop:
        shop.backfill()
    after = {p: p.stat().st_mtime_ns for s in STREAMS for p in files(tmp_path, s)}
    assert before.items() <= after.items()
    assert len(after) == len(before) + len(STREAMS)
    assert_whole(tmp_path, start=hour(5), end=hour(10, 33))


def test_steps_and_restarts_leave_no_gap_and_no_double(tmp_path: Path) -> None:
    clock = Clock()
    shop = a_shop(tmp_path, clock)
    shop.backfill()
    for number, seconds in enumerate([3, 15, 15, 1, 40, 300, 15, 15, 900, 15, 3000, 15, 61, 15]):
        clock.forward(seconds=seconds)
        if number % 4 == 3:
            shop.close()
            shop = a_shop(tmp_path, clock)
            shop.backfill()
        shop.step()
        due = EPOCH + timedelta(milliseconds=to_ms(clock()) // 15_000 * 15_000)
        assert_whole(tmp_path, start=hour(5), end=due)
    shop.close()


def test_a_step_writes_nothing_before_its_segment_has_closed(tmp_path: Path) -> None:
    clock = Clock()
    with a_shop(tmp_path, clock) as shop:
        shop.backfill()
        count = len(files(tmp_path, "orders"))
        clock.forward(seconds=7)  # 10:31:14
        shop.step()
        assert len(files(tmp_path, "orders")) == count
        clock.forward(seconds=1)
        shop.step()
        assert files(tmp_path, "orders")[-1].name == "20261122T103100Z.jsonl"


def test_merged_files_keep_the_first_path_and_the_concatenation(tmp_path: Path) -> None:
    clock = Clock(hour(10))
    with a_shop(tmp_path, clock) as shop:
        shop.backfill()
        most = 0
        for _ in range(60 * 4 + 3):
            before = text(tmp_path, "page_views")
            known = {path: path.read_bytes() for path in files(tmp_path, "page_views")}
            clock.forward(seconds=15)
            shop.step()
            assert text(tmp_path, "page_views").startswith(before)
            for path in files(tmp_path, "page_views"):
                assert path.read_bytes().startswith(known.get(path, b""))
            most = max(most, len(files(tmp_path, "page_views")))
        assert most < 80
        in_hour = [p.name for p in files(tmp_path, "page_views") if "T10" in p.name]
        assert len(in_hour) == 5 + 40  # the last ten minutes have not settled yet
        clock.forward(seconds=75)
        shop.step()
        in_hour = [p.name for p in files(tmp_path, "page_views") if "T10" in p.name]
        assert in_hour == ["20261122T100000Z.jsonl"]


def test_whoever_lists_during_a_step_sees_whole_files_and_no_row_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looks whenever a file appears or goes: each row at least once, no hidden file that goes."""
    clock = Clock(hour(10, 9, 45))
    shop = a_shop(tmp_path, clock)
    shop.backfill()
    expected: set[str] = set()
    counts: list[int] = []

    def looking(change: Callable[..., object]) -> Callable[..., object]:
        def changed(path: Path, *args: object, **options: object) -> object:
            result = change(path, *args, **options)
            hidden = [p.name for p in (tmp_path / "orders").iterdir() if p.name[0] in "._"]
            assert hidden == [segment_index.NAME]
            rows = text(tmp_path, "orders").splitlines()
            assert expected <= set(rows)
            counts.append(len(rows) - len(set(rows)))
            return result

        return changed

    monkeypatch.setattr(Path, "replace", looking(Path.replace))
    monkeypatch.setattr(Path, "unlink", looking(Path.unlink))
    for _ in range(12):
        expected = set(text(tmp_path, "orders").splitlines())
        clock.forward(seconds=15)
        shop.step()
    shop.close()
    assert max(counts) > counts[-1]  # rows are seen twice, but only within a merge


def test_a_new_segment_stays_for_a_minute_so_that_a_reader_sees_it(tmp_path: Path) -> None:
    clock = Clock(hour(10, 9, 50))
    with a_shop(tmp_path, clock) as shop:
        shop.backfill()
        clock.forward(seconds=10)
        shop.step()
        last = tmp_path / "orders" / "20261122T100945Z.jsonl"
        clock.forward(seconds=59)
        shop.step()
        assert last.exists()
        clock.forward(seconds=1)
        shop.step()
        assert not last.exists()


def test_retention_bounds_the_disk(tmp_path: Path) -> None:
    clock = Clock()
    with a_shop(tmp_path, clock) as shop:
        shop.backfill()
        for _ in range(30):
            clock.forward(minutes=30)
            shop.step()
            names = [path.name for path in files(tmp_path, "orders")]
            assert len(names) <= 5 + 4
            oldest = datetime.strptime(names[0], "%Y%m%dT%H%M%SZ.jsonl").replace(tzinfo=UTC)
            assert timedelta(hours=5) <= clock() - oldest <= timedelta(hours=7)


@pytest.mark.parametrize("days", [3, -3])
def test_a_history_of_another_time_is_written_anew(tmp_path: Path, days: int) -> None:
    clock = Clock()
    with a_shop(tmp_path, clock) as shop:
        shop.backfill()
    clock.forward(days=days)
    with a_shop(tmp_path, clock) as shop:
        shop.backfill()
    move = timedelta(days=days)
    assert_whole(tmp_path, start=hour(5) + move, end=hour(10, 31) + move)


def test_another_seed_is_written_anew(tmp_path: Path) -> None:
    for seed in (SEED, 8):
        with a_shop(tmp_path, Clock(), seed=seed) as shop:
            shop.backfill()
    assert_whole(tmp_path, start=hour(5), end=hour(10, 31), seed=8)


def tear_last(folder: Path) -> None:
    path = files(folder, "payments")[-1]
    path.write_bytes(path.read_bytes()[:-5])


def lose_one(folder: Path) -> None:
    files(folder, "orders")[2].unlink()


def leave_temporary(folder: Path) -> None:
    (folder / ".writing").write_text('{"order_')


def leave_unentered(folder: Path) -> None:
    (folder / "orders" / "20261122T103100Z.jsonl").write_text('{"order_id": "O-1"}\n')


def break_manifest(folder: Path) -> None:
    (folder / MANIFEST).write_text('{"version": 1, "se')


def lose_manifest(folder: Path) -> None:
    (folder / MANIFEST).unlink()


@pytest.mark.parametrize(
    "harm",
    [tear_last, lose_one, leave_temporary, leave_unentered, break_manifest, lose_manifest],
)
def test_what_a_killed_process_leaves_is_put_right(tmp_path: Path, harm: object) -> None:
    assert callable(harm)
    with a_shop(tmp_path, Clock()) as shop:
        shop.backfill()
    harm(tmp_path)
    with a_shop(tmp_path, Clock()) as shop:
        shop.backfill()
    assert_whole(tmp_path, start=hour(5), end=hour(10, 31))
    hidden = [p.name for p in tmp_path.rglob("*") if p.name[0] in "._"]
    assert sorted(hidden) == [".lock", MANIFEST, *[segment_index.NAME] * len(STREAMS)]


@pytest.mark.parametrize("writes", range(1, 78, 4))
def test_a_disk_that_fails_half_way_costs_nothing_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    """Fails the n-th rename, in an append or in the merge that follows, then goes on."""
    clock = Clock(hour(10, 9, 45))
    shop = a_shop(tmp_path, clock)
    shop.backfill()
    left = writes
    replace = Path.replace

    def failing(self: Path, target: Path) -> Path:
        nonlocal left
        left -= 1
        if left == 0:
            raise OSError(28, "No space left on device")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    while left > 0:
        clock.forward(seconds=15)
        with suppress(IngestError):
            shop.step()
    shop.step()
    due = EPOCH + timedelta(milliseconds=to_ms(clock()) // 15_000 * 15_000)
    assert_whole(tmp_path, start=hour(5), end=due)
    shop.close()


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "orders").mkdir()
    own = tmp_path / "orders" / "notes.txt"
    own.write_text("mine")
    with a_shop(tmp_path, Clock()) as shop:
        shop.backfill()
    assert own.read_text() == "mine"


def test_a_second_writer_does_nothing_until_the_first_ends(tmp_path: Path) -> None:
    clock = Clock()
    first, second = a_shop(tmp_path, clock), a_shop(tmp_path, clock)
    first.backfill()
    before = text(tmp_path, "orders")
    clock.forward(minutes=10)
    second.backfill()
    second.start()
    second.close()
    assert (first.is_writer, second.is_writer) == (True, False)
    assert text(tmp_path, "orders") == before
    first.close()
    second.step()
    assert second.is_writer
    assert_whole(tmp_path, start=hour(5), end=hour(10, 41))
    second.close()


def test_a_killed_process_frees_the_lock(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from ingest.demo.shop import SampleShop\n"
        "shop = SampleShop(Path(sys.argv[1]), rate=0.01); shop.backfill()\n"
        "print(shop.is_writer, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "True\n"
        with a_shop(tmp_path, Clock()) as shop:
            shop.backfill()
            before = shop.is_writer
            process.kill()
            process.wait()
            shop.backfill()
            assert (before, shop.is_writer) == (False, True)
    assert_whole(tmp_path, start=hour(5), end=hour(10, 31))


def test_the_thread_keeps_the_streams_flowing_and_ends_at_close(tmp_path: Path) -> None:
    before = set(threading.enumerate())  # other tests' shops may run in this process
    written = threading.Event()
    clock = Clock()

    class Watched(SampleShop):
        def step(self) -> None:
            super().step()
            written.set()

    with Watched(tmp_path, clock=clock, rate=RATE, history=timedelta(hours=5)) as shop:
        shop.backfill()
        clock.forward(seconds=15)
        shop.start()
        shop.start()
        assert written.wait(30)
        shop.close()
        shop.close()
    assert not {t for t in threading.enumerate() if t.name == "sample-shop"} - before
    assert_whole(tmp_path, start=hour(5), end=hour(10, 31, 15))


def test_a_folder_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(IngestError, match="cannot write to") as caught:
        a_shop(blocked / "streams", Clock()).backfill()
    assert "--home" in caught.value.hint


def test_the_manifest_says_what_is_there(tmp_path: Path) -> None:
    with a_shop(tmp_path, Clock()) as shop:
        shop.backfill()
    saved = json.loads((tmp_path / MANIFEST).read_text("utf-8"))
    assert (saved["seed"], saved["rate"]) == (SEED, RATE)
    segments = Segments(tmp_path, seed=SEED, rate=RATE)
    segments.open()
    assert [piece.name for piece in segments.pieces] == [p.name for p in files(tmp_path, "orders")]
    assert segments.until == to_ms(hour(10, 31))


def test_what_others_use(tmp_path: Path) -> None:
    assert SampleShop(tmp_path).environ() == {"TRIBUTARY_STREAMS": str(tmp_path.resolve())}
    assert "${TRIBUTARY_STREAMS}" in (TABLES / "sales.sql").read_text("utf-8")
    assert len(QUESTIONS) == 6
    kinds = [path.suffix for path in DOCUMENTS.iterdir()]
    assert (kinds.count(".pdf"), kinds.count(".html")) == (1, 2)
    assert len(kinds) >= 14
