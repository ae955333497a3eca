"""What --event-time says of imported tables."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from unittest import mock

import pytest

from app import cli_tables
from app.cli_event_times import event_times
from app.errors import ConfigError
from ingest.registry.cluster import UNKNOWN
from tests.commands import called
from tests.registries import MemoryCluster, MemoryRegistry, a_field, logical, record

MOMENT = logical("long", "timestamp-millis")
CASE = record("Case", a_field("opened", MOMENT), a_field("closed", MOMENT))


def test_each_topic_has_its_own() -> None:
    given = ["orders=paid_at", "page-views=", "orders=made=at"]
    chosen = event_times(given, {"orders", "page-views"})
    assert chosen == {"orders": "made=at", "page-views": ""}
    assert event_times(None, ()) == {}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("orders", "TOPIC=COLUMN"),
        ("", "TOPIC=COLUMN"),
        ("order=at", "No topic order is imported"),
        ("=at", "No topic  is imported"),
    ],
)
def test_what_names_no_topic_is_refused(given: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        event_times([given], {"orders"})


def test_an_event_time_that_was_left_open_is_chosen_later(tmp_path: Path) -> None:
    registry = MemoryRegistry()
    registry.register("cases-value", CASE)
    there = ("--registry", "http://registry:8081", "--bootstrap", "broker:9092", "--yes")
    file = tmp_path / "tables" / "cases.sql"
    with (
        mock.patch.object(cli_tables, "HttpRegistry", return_value=nullcontext(registry)),
        mock.patch.object(cli_tables, "KafkaCluster", return_value=MemoryCluster(UNKNOWN)),
    ):
        first = called("tables", "import", *there, cwd=tmp_path)
        left_open = file.read_text()
        later = called("tables", "import", *there, "--event-time", "cases=closed", cwd=tmp_path)
        chosen = file.read_text()
        wrong = called("tables", "import", *there, "--event-time", "cases=id", cwd=tmp_path)
    assert "--event-time cases=COLUMN" in " ".join(first.stderr.split())
    assert "WATERMARK FOR record_time" in left_open
    assert (later.returncode, later.stderr) == (0, "")
    assert "record_time is gone: queries that use it break" in later.stdout
    assert "WATERMARK FOR closed AS closed" in chosen
    assert "-- Event time is closed: it was chosen by hand." in chosen
    assert (wrong.returncode, file.read_text()) == (4, chosen)
    assert "id cannot be its event time" in wrong.stderr
    assert "Those that do: opened, closed." in wrong.stderr
