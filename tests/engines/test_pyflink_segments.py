"""Files outside of a query's ranges are not read, and its rows are the same."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.catalog.model import Catalog, Column, Table
from app.engines import segments
from app.engines.pyflink import PyFlinkEngine
from app.engines.segments import Skip
from app.errors import ConfigError, InvalidQuery, QueryFailed
from app.sql.timerange import Span
from ingest import segment_index
from ingest.segment_index import Index
from tests.engines.tables import json_table, safe

pytestmark = pytest.mark.flink

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
NOON_MS = 1_795_348_800_000
HOUR = 3_600_000
COUNT = safe("SELECT COUNT(*) AS n FROM events", "events")
LAST_HOUR = {"events": Span(NOON - timedelta(hours=1), None)}


def hour(number: int) -> str:
    """The file of an hour; 0 is the one from 11 to 12."""
    return f"{number:03}.jsonl"


class Stream:
    """A folder with one row for each minute, in a file for each hour."""

    def __init__(self, folder: Path, hours: int) -> None:
        self.folder = folder
        self.spans: dict[str, segment_index.Span] = {}
        folder.mkdir(parents=True)
        for number in range(hours):
            self.put(hour(number), self.minutes(number))
        self.list()

    @staticmethod
    def minutes(number: int) -> list[int]:
        return [NOON_MS - number * HOUR - minute * 60_000 for minute in range(1, 61)]

    def put(self, name: str, times: list[int]) -> None:
        """Writes or replaces a file; `list` enters it in the index."""
        rows = [{"id": time, "t": iso(time)} for time in times]
        beside = self.folder.with_suffix(".new")
        beside.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
        beside.replace(self.folder / name)
        self.spans[name] = (min(times), max(times))

    def list(self) -> None:
        (self.folder / segment_index.NAME).write_bytes(Index("t", self.spans).to_json())

    def corrupt(self, name: str) -> None:
        """A row that fails whichever query reads it."""
        (self.folder / name).write_text('{"id": "no number"}\n')


def iso(time: int) -> str:
    return f"{datetime.fromtimestamp(time / 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"


@pytest.fixture
def stream(tmp_path: Path) -> Stream:
    return Stream(tmp_path / "a b+(c) [é]%20" / "events", 5)


@pytest.fixture
def catalog(stream: Stream, engine: PyFlinkEngine) -> Catalog:
    """The stream and a table that cannot be registered; the JVM is kept warm meanwhile."""
    events = json_table("events", stream.folder, {"id": "BIGINT", "t": "TIMESTAMP_LTZ(3)"}, "t")
    broken = Table(
        "broken",
        (Column("t", "TIMESTAMP_LTZ(3)"),),
        time_attribute="t",
        schema_sql="CREATE TABLE broken (t NO_TYPE)",
        options=events.options,
    )
    return Catalog((events, broken))


@pytest.fixture
def warm(catalog: Catalog, tmp_path: Path) -> Iterator[PyFlinkEngine]:
    with PyFlinkEngine(catalog, state_dir=tmp_path, freshness=False) as own:
        yield own


def count(engine: PyFlinkEngine, ranges: Mapping[str, Span] | None = None) -> int:
    """How many rows are read: the query itself has no condition."""
    [row] = engine.run(COUNT, ranges=ranges).rows()
    return int(row["n"])


def jobs(engine: PyFlinkEngine) -> int:
    with urllib.request.urlopen(f"{engine.rest_url}/jobs/overview", timeout=10) as answer:
        return len(json.load(answer)["jobs"])


RANGES = [
    (Span(None, None), 300),
    (Span(NOON - timedelta(hours=1), None), 60),
    (Span(NOON - timedelta(hours=1, seconds=60), None), 120),
    (Span(None, NOON - timedelta(hours=4, minutes=1)), 60),
    (Span(NOON - timedelta(hours=3), NOON - timedelta(hours=2, minutes=30)), 60),
    (Span(NOON, NOON + timedelta(hours=1)), 0),
]


def test_only_files_that_can_matter_are_read(warm: PyFlinkEngine, stream: Stream) -> None:
    for span, rows in RANGES:
        assert count(warm, {"events": span}) == rows
        assert count(warm) == 300
    stream.put("new.jsonl", [NOON_MS - 4 * HOUR])  # in no index yet
    assert count(warm, LAST_HOUR) == 61


def test_a_corrupt_file_outside_does_not_matter(warm: PyFlinkEngine, stream: Stream) -> None:
    stream.corrupt(hour(4))
    assert count(warm, LAST_HOUR) == 60
    with pytest.raises(QueryFailed):
        count(warm)
    with pytest.raises(QueryFailed):
        count(warm, {"events": Span(None, NOON - timedelta(hours=4))})


QUERIES = [
    "SELECT id, t FROM events WHERE t >= TIMESTAMP '2026-11-22 11:00:00' ORDER BY t",
    "SELECT a.id FROM events a JOIN events b ON a.id = b.id "
    "WHERE a.t >= TIMESTAMP '2026-11-22 11:00:00' AND b.t >= TIMESTAMP '2026-11-22 11:30:00' "
    "ORDER BY a.id",
    "SELECT window_start, COUNT(*) AS n "
    "FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(t), INTERVAL '10' MINUTE)) "
    "WHERE t >= TIMESTAMP '2026-11-22 11:00:00' GROUP BY window_start, window_end "
    "ORDER BY window_start",
]


@pytest.mark.parametrize("text", QUERIES)
def test_the_rows_are_the_same(warm: PyFlinkEngine, text: str) -> None:
    query = safe(text, "events")
    whole, spared = warm.run(query), warm.run(query, ranges=LAST_HOUR)
    assert whole.table.equals(spared.table)
    assert whole.table.num_rows > 0
    assert spared.sql == text


def test_a_merge_between_reading_the_index_and_listing_the_folder(
    warm: PyFlinkEngine, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest rows go into a file that was to be left out: they are found nevertheless."""
    real, merged = segments.skip, False

    def skip_then_merge(table: Table, span: Span, environ: Mapping[str, str]) -> Skip | None:
        nonlocal merged
        skip = real(table, span, environ)
        if not merged:
            merged = True
            both = stream.minutes(1) + stream.minutes(0)
            stream.spans[hour(1)] = (min(both), max(both))
            stream.list()
            stream.put(hour(1), both)
            (stream.folder / hour(0)).unlink()
        return skip

    monkeypatch.setattr(segments, "skip", skip_then_merge)
    before = jobs(warm)
    assert count(warm, LAST_HOUR) == 120
    assert jobs(warm) == before + 2
    assert count(warm, LAST_HOUR) == 120
    assert jobs(warm) == before + 3


def test_queries_at_the_same_time_have_ranges_of_their_own(warm: PyFlinkEngine) -> None:
    def ask(number: int) -> int:
        start = NOON - timedelta(hours=number)
        return count(warm, {"events": Span(start, None)} if number else None)

    wanted = [number % 6 for number in range(36)]
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(ask, wanted))
    assert found == [60 * number if number else 300 for number in wanted]


def test_planning_that_fails_leaves_the_table_as_it_was(warm: PyFlinkEngine) -> None:
    ranges = LAST_HOUR | {"broken": LAST_HOUR["events"]}
    with pytest.raises(InvalidQuery):
        warm.run(safe("SELECT nothing FROM events", "events"), ranges=ranges)
    with pytest.raises(ConfigError, match="broken cannot be read"):
        warm.run(safe("SELECT * FROM broken, events", "events"), ranges=ranges)
    assert count(warm) == 300


def add_unlisted(stream: Stream) -> None:
    stream.put("new.jsonl", [NOON_MS + 1000])
    stream.corrupt(hour(4))


def drop_index(stream: Stream) -> None:
    (stream.folder / segment_index.NAME).unlink()


# what happens to the stream: how far it reaches, and the jobs needed to find that out
AS_OF: list[tuple[Callable[[Stream], None], datetime, int]] = [
    (lambda stream: stream.corrupt(hour(4)), NOON - timedelta(minutes=1), 0),
    (add_unlisted, NOON + timedelta(seconds=1), 1),
    (drop_index, NOON - timedelta(minutes=1), 1),
]


@pytest.mark.parametrize(("happen", "reached", "more"), AS_OF)
def test_how_far_event_time_has_come(
    catalog: Catalog,
    stream: Stream,
    happen: Callable[[Stream], None],
    reached: datetime,
    more: int,
) -> None:
    happen(stream)
    with PyFlinkEngine(catalog, state_dir=stream.folder.parent) as warm:
        before = jobs(warm)
        assert warm.run(COUNT, ranges=LAST_HOUR).as_of == {"events": reached}
        assert jobs(warm) == before + 1 + more
