"""The sample shop on Kafka, without one: its tables, its values, and what its marks tell."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import fastavro
import pytest

from app.catalog import loader
from ingest.demo import topic_tables, topic_values
from ingest.demo.events import STREAMS, Event, arrivals
from ingest.demo.shop import QUESTIONS
from ingest.demo.streams import TABLES, streams
from ingest.demo.topic_marks import HEADER, Identity, Mark, Written, key, partition, placed
from ingest.demo.topic_tables import ShopTopics
from ingest.errors import IngestError
from tests.semantic_parser.catalogs import SHOP, Ground, questions

JSON = ShopTopics("broker:9092")
AVRO = ShopTopics("broker:9092,other:9092", "http://registry:8081", "shop-")
START = datetime(2026, 11, 22, 10, tzinfo=UTC)
OURS = Identity(7, 1.0, "json")


def test_the_tables_are_read_as_the_catalog_reads_them() -> None:
    assert set(streams()) == set(STREAMS)
    for table in loader.load([TABLES]):
        stream = streams()[table.name]
        assert stream.comment == table.comment
        assert [(c.name, c.type, c.comment) for c in stream.columns] == [
            (c.name, c.type, c.comment) for c in table.columns
        ]


@pytest.mark.parametrize("where", [JSON, AVRO], ids=["json", "avro"])
def test_tables_over_topics_have_the_columns_of_those_over_files(
    where: ShopTopics, tmp_path: Path
) -> None:
    topic_tables.write(where, tmp_path)
    topic_tables.write(where, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in TABLES.iterdir()}
    found = loader.load([tmp_path])
    assert not found.problems
    assert found.names == loader.load([TABLES]).names  # whose order decides between close readings
    for before in loader.load([TABLES]):
        after = found.get(before.name)
        assert after is not None
        named = {column.name: column for column in after.columns}
        for column in before.columns:
            assert named.pop(column.name).comment == column.comment
        assert set(named) == {
            f"{c.name}_epoch"
            for c in streams()[before.name].columns
            if c.is_instant and where is AVRO
        }
        assert after.primary_key == before.primary_key
        assert (after.time_attribute, after.watermark_delay) == (
            before.time_attribute,
            before.watermark_delay,
        )
        assert after.comment == before.comment
        assert after.options["topic"] == where.topic(before.name)
        assert after.options["properties.bootstrap.servers"] == where.bootstrap


@pytest.mark.parametrize("where", [JSON, AVRO], ids=["json", "avro"])
def test_questions_are_understood_as_over_files(where: ShopTopics, tmp_path: Path) -> None:
    topic_tables.write(where, tmp_path)
    topics = Ground(loader.load([tmp_path]), SHOP.values)
    asked = [case["question"] for ground, case in questions("answered") if ground == "shop"]
    assert len(asked) > 100
    for question in (*QUESTIONS, *asked):
        over_files, over_topics = SHOP.read(question), topics.read(question)
        assert over_files, question
        assert over_topics, question
        assert (over_topics.sql, over_topics.words) == (over_files.sql, over_files.words)


def test_flinks_reader_schema_is_that_of_the_stored_columns(tmp_path: Path) -> None:
    topic_tables.write(AVRO, tmp_path)
    for table in loader.load([tmp_path]):
        reader = json.loads(table.options["avro-confluent.schema"])
        stored = [column.name for column in table.columns if column.kind == "physical"]
        assert [field["name"] for field in reader["fields"]] == stored
        fastavro.parse_schema(reader)


WRONG: list[dict[str, str]] = [
    {"bootstrap": "broker"},
    {"bootstrap": "broker:9092'"},
    {"bootstrap": "${SECRET}:9092"},
    {"bootstrap": "broker:9092;other:9092"},
    {"bootstrap": "b:1", "registry": "registry:8081"},
    {"bootstrap": "b:1", "registry": "http://ann:planted@registry"},
    {"bootstrap": "b:1", "registry": "http://registry?token=planted"},
    {"bootstrap": "b:1", "prefix": "a topic"},
    {"bootstrap": "b:1", "prefix": "a'b"},
]


@pytest.mark.parametrize("given", WRONG, ids=str)
def test_what_cannot_be_written_into_a_table_is_refused_unsaid(given: dict[str, str]) -> None:
    with pytest.raises(IngestError) as refused:
        ShopTopics(**given)
    assert "planted" not in str(refused.value)
    assert refused.value.hint


def test_only_fields_that_are_ever_null_may_be_null() -> None:
    events = arrivals(7, START, START + timedelta(hours=6))
    for stream, some in events.items():
        null = {name for one in some for name, value in one.payload.items() if value is None}
        assert null == topic_values.NULLABLE.get(stream, frozenset())


def test_every_event_goes_with_its_schema() -> None:
    for stream, some in arrivals(7, START, START + timedelta(minutes=30)).items():
        schema: Any = fastavro.parse_schema(topic_values.schema(streams()[stream]))
        assert [field["name"] for field in schema["fields"]] == list(some[0].payload)
        for event in some:
            fastavro.validate(read_back(event), schema, raise_errors=True)


def read_back(event: Event) -> dict[str, Any]:
    instants = {column.name for column in streams()[event.stream].columns if column.is_instant}
    return {
        name: datetime.fromisoformat(str(value)) if name in instants else value
        for name, value in event.payload.items()
    }


REFUSALS = [
    (401, "wants credentials"),
    (409, "has another schema"),
    (500, "did not take"),
    (404, "did not take"),
]


@contextmanager
def answering(status: int) -> Iterator[str]:
    """The address of a server that answers everything with this status."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.dumps({"error_code": status, "message": "planted"}).encode()
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited
            """Requests are not worth a line."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("status", "said"), REFUSALS)
def test_what_a_registry_refuses(status: int, said: str) -> None:
    with answering(status) as url, pytest.raises(IngestError, match=said) as refused:
        topic_values.encoder(ShopTopics("b:1", url))
    assert "planted" not in str(refused.value)


def test_a_registry_that_is_away() -> None:
    with pytest.raises(IngestError, match=r"127\.0\.0\.1:1 cannot be reached"):
        topic_values.encoder(ShopTopics("b:1", "http://127.0.0.1:1"))


def test_a_mark_is_read_as_it_was_written() -> None:
    mark = Mark(OURS, 1_000, 2, 900, 3, "0001-a")
    assert Mark.of({"trace": b"1", HEADER: mark.to_header()}) == mark


@pytest.mark.parametrize("header", [b"", b"{", b"[]", b'{"at": 1}', b"7", b"\xff", None])
def test_another_header_is_no_mark(header: bytes | None) -> None:
    assert Mark.of({HEADER: header}) is None
    assert Mark.of({}) is None


def mark(at: int, nth: int = 0, piece: int = 0, partitions: int = 2) -> Mark:
    return Mark(OURS, at, nth, piece, partitions, "0001-a")


LACKS: list[tuple[str, dict[int, Mark], tuple[int, int], int, bool]] = [
    ("an empty topic lacks all", {}, (5, 0), 0, True),
    ("before the last piece all is there", {0: mark(70, piece=50)}, (49, 0), 1, False),
    ("of the last piece an empty partition has nothing", {0: mark(70, piece=50)}, (50, 0), 1, True),
    ("a partition has what comes before its last record", {0: mark(70, 1, 50)}, (70, 0), 0, False),
    ("its last record itself", {0: mark(70, 1, 50)}, (70, 1), 0, False),
    ("and not the next of that millisecond", {0: mark(70, 1, 50)}, (70, 2), 0, True),
    (
        "pieces of other partitions count",
        {0: mark(20, 0, 10), 1: mark(70, 0, 50)},
        (30, 0),
        0,
        False,
    ),
    ("a partition ahead of its topic", {0: mark(90, 0, 10), 1: mark(60, 0, 50)}, (80, 0), 0, False),
    (
        "with a new partition, the farthest record counts",
        {0: mark(70, 0, 50, 1)},
        (60, 0),
        1,
        False,
    ),
    ("and nothing after it", {0: mark(70, 0, 50, 1)}, (71, 0), 1, True),
]


@pytest.mark.parametrize(("what", "marks", "place", "number", "lacks"), LACKS)
def test_what_a_partition_lacks(
    what: str, marks: dict[int, Mark], place: tuple[int, int], number: int, lacks: bool
) -> None:
    assert Written.by(marks, 2).lacks(place, number) is lacks


def test_places_do_not_depend_on_where_a_piece_begins() -> None:
    end = START + timedelta(minutes=5)
    whole = [place for _, place in placed(arrivals(7, START, end)["page_views"])]
    parts = [START + timedelta(seconds=n) for n in (0, 15, 30, 47, 48, 120, 285, 300)]
    cut = [
        place
        for since, until in itertools.pairwise(parts)
        for _, place in placed(arrivals(7, since, until)["page_views"])
    ]
    assert cut == whole
    assert len(set(whole)) == len(whole)


def test_what_happens_to_one_thing_stays_in_one_partition() -> None:
    events = arrivals(7, START, START + timedelta(hours=1))
    for some in events.values():
        used = {partition(key(event), 3) for event in some}
        assert used == {0, 1, 2}
    orders = {event.payload["order_id"]: key(event) for event in events["orders"]}
    payments = {event.payload["order_id"]: key(event) for event in events["payments"]}
    assert all(orders[name] == payments[name] for name in orders.keys() & payments.keys())
