"""What an import plans: which topics, which files, and what a new schema version does."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app import table_imports
from app.catalog import loader
from app.table_imports import Plan
from ingest.registry.cluster import TopicFacts
from ingest.registry.evolution import Compatibility
from ingest.registry.model import Kind
from tests.registries import MemoryRegistry, a_field, importing, logical, plans, record

ID = a_field("id", "string")
AT = a_field("at", logical("long", "timestamp-millis"))
NOTE = a_field("note", ["null", "string"], default=None)
ORDER = record("Order", ID, AT)


def registry(*versions: Any, kind: Kind = "AVRO") -> MemoryRegistry:
    made = MemoryRegistry()
    for version in versions:
        made.register("orders-value", version, kind)
    return made


def updated(folder: Path, *versions: Any, kind: Kind = "AVRO") -> Plan:
    """The plan for a file that was made from the first of two versions."""
    [first] = plans(importing(registry(versions[0], kind=kind), folder, TopicFacts(framed=None)))
    table_imports.write(first)
    [plan] = plans(importing(registry(*versions, kind=kind), folder, TopicFacts(framed=None)))
    return plan


SUBJECTS = {
    "orders-value": {"orders": ("value",)},
    "orders-key": {},
    "shop.page-views-value": {"shop.page-views": ("value",)},
    "Address": {},
    "../../etc/passwd-value": {},
    "a\nb-value": {},
    "-value": {},
    ":.context:orders-value": {},
}


@pytest.mark.parametrize("subject", SUBJECTS)
def test_which_subjects_are_those_of_a_topic(subject: str) -> None:
    assert table_imports.topics([subject]) == SUBJECTS[subject]


PATTERNS: dict[str, list[str]] = {
    "orders": ["orders"],
    "orders-value": ["orders"],
    "o*": ["orders", "other"],
    "nothing": [],
}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_patterns_choose_topics_or_subjects(pattern: str) -> None:
    found = table_imports.topics(
        ["orders-value", "orders-key", "other-value", "x-value"], [pattern]
    )
    assert list(found) == PATTERNS[pattern]


def test_an_import_again_finds_nothing_to_do(tmp_path: Path) -> None:
    plan = updated(tmp_path, ORDER)
    assert (plan.status, plan.diff(), plan.versions) == ("same", "", ())


def in_json(**properties: Any) -> dict[str, Any]:
    required = [name for name, kind in properties.items() if kind.pop("required", False)]
    return {"type": "object", "properties": properties, "required": required}


EVOLUTIONS: dict[str, tuple[Any, Any, Kind, Compatibility, dict[str, bool]]] = {
    # what: versions, their language, what they read of each other, changes and which of them break
    "an optional field comes": (
        ORDER,
        record("Order", ID, AT, NOTE),
        "AVRO",
        Compatibility.FULL,
        {"note STRING is new": False},
    ),
    "a field without a default comes": (
        ORDER,
        record("Order", ID, AT, a_field("n", "int")),
        "AVRO",
        Compatibility.FORWARD,
        {"n INT is new": False},
    ),
    "a field without a default goes": (
        record("Order", ID, AT, a_field("n", "int")),
        ORDER,
        "AVRO",
        Compatibility.BACKWARD,
        {"n is gone": True},
    ),
    "a number gets wider": (
        record("Order", ID, a_field("n", "int")),
        record("Order", ID, a_field("n", "long")),
        "AVRO",
        Compatibility.BACKWARD,
        {"n changes from INT to BIGINT": False},
    ),
    "a type becomes another": (
        record("Order", ID, a_field("n", "int")),
        record("Order", ID, a_field("n", "string")),
        "AVRO",
        Compatibility.NONE,
        {"n changes from INT to STRING": True},
    ),
    "a field may be null": (
        record("Order", ID, a_field("n", "int")),
        record("Order", ID, a_field("n", ["int", "null"])),
        "AVRO",
        Compatibility.BACKWARD,
        {"n may now be null": False},
    ),
    "a symbol comes": (
        record("Order", ID, a_field("s", {"type": "enum", "name": "S", "symbols": ["A"]})),
        record("Order", ID, a_field("s", {"type": "enum", "name": "S", "symbols": ["A", "B"]})),
        "AVRO",
        Compatibility.BACKWARD,
        {},
    ),
    "JSON: an optional property comes": (
        in_json(a={"type": "string"}),
        in_json(a={"type": "string"}, b={"type": "integer"}),
        "JSON",
        Compatibility.FULL,
        {"b BIGINT is new": False},
    ),
    "JSON: a required property comes": (
        in_json(a={"type": "string"}),
        in_json(a={"type": "string"}, b={"type": "integer", "required": True}),
        "JSON",
        Compatibility.FORWARD,
        {"b BIGINT is new": False},
    ),
    "JSON: a type becomes another": (
        in_json(a={"type": "boolean"}),
        in_json(a={"type": "integer"}),
        "JSON",
        Compatibility.NONE,
        {"a changes from BOOLEAN to BIGINT": True},
    ),
}


@pytest.mark.parametrize("what", EVOLUTIONS)
def test_a_new_version_is_said_and_written(what: str, tmp_path: Path) -> None:
    old, new, kind, compatibility, changes = EVOLUTIONS[what]
    plan = updated(tmp_path, old, new, kind=kind)
    assert (plan.status, plan.versions) == ("changed", ("orders-value version 1 to 2",))
    assert plan.compatibility is compatibility
    # The number beside a computed column is said, too; the column is what people ask for.
    assert {one.text: one.breaks for one in plan.changes} == changes
    assert "+-- value: subject orders-value, version 2, id 102" in plan.diff()
    table_imports.write(plan)
    fresh = tmp_path / "fresh"
    [anew] = plans(importing(registry(old, new, kind=kind), fresh, TopicFacts(framed=None)))
    assert plan.after == anew.after


def test_what_was_chosen_and_changed_by_hand_stays(tmp_path: Path) -> None:
    made = record("Order", ID, a_field("opened", AT["type"]), a_field("closed", AT["type"]))
    [plan] = plans(importing(registry(made), tmp_path, ask=lambda topic, columns: columns[1].name))
    assert "-- Event time is closed: it was chosen when this file was made." in plan.after
    table_imports.write(plan)
    text = plan.after.replace("INTERVAL '5' SECOND", "INTERVAL '3' HOUR")
    plan.file.write_text(text)
    wider = {**made, "fields": [*made["fields"], NOTE]}
    job = importing(
        registry(made, wider), tmp_path, ask=lambda topic, columns: pytest.fail("asked again")
    )
    [again] = plans(job)
    assert again.conflicts == ()
    assert "WATERMARK FOR closed AS closed - INTERVAL '3' HOUR" in again.after
    assert "it was chosen when this file was made" in again.after


BOTH = record("Order", a_field("opened", AT["type"]), a_field("closed", AT["type"]))
CHOSEN: dict[str, tuple[str | None, str, str, str]] = {
    # what: the event time before, the one that is chosen, what becomes of the file, its watermark
    "in a new file": (None, "closed", "new", "WATERMARK FOR closed AS closed"),
    "the record's own, in a new file": (None, "", "new", "WATERMARK FOR record_time"),
    "another": ("opened", "closed", "changed", "WATERMARK FOR closed AS closed"),
    "the one that it is": ("opened", "opened", "same", "WATERMARK FOR opened AS opened"),
    "the record's own": ("opened", "", "changed", "WATERMARK FOR record_time"),
    "no column": (None, "when", "failed", ""),
    "no timestamp": ("opened", "opened_ms", "failed", ""),
}


@pytest.mark.parametrize("what", CHOSEN)
def test_an_event_time_that_was_chosen_beforehand(what: str, tmp_path: Path) -> None:
    before, chosen, status, watermark = CHOSEN[what]
    job = importing(registry(BOTH), tmp_path, ask=lambda topic, columns: before)
    if before is not None:
        [first] = plans(job)
        table_imports.write(first)
    [plan] = plans(replace(job, event_times={"orders": chosen}))
    assert (plan.status, plan.versions, plan.compatibility) == (status, (), None)
    assert watermark in plan.after
    if status == "failed":
        assert "Those that do: opened, closed." in plan.problems[0]
    elif status != "same":
        said = chosen or "the record's own timestamp"
        assert plan.after.count(f"-- Event time is {said}: it was chosen by hand.") == 1
        assert plan.after.count("Event time is") == 1


def test_an_event_time_that_may_be_null_is_taken_with_a_warning(tmp_path: Path) -> None:
    made = record("Order", a_field("sent", ["null", AT["type"]]))
    [unasked] = plans(importing(registry(made), tmp_path))
    [plan] = plans(importing(registry(made), tmp_path, ask=lambda topic, columns: "sent"))
    assert "WATERMARK FOR sent" in plan.after
    said = "sent may be null; a record without it is in no window or time range."
    assert (unasked.problems, plan.problems) == ((), (said,))
    assert f"-- Problem: {said}" in plan.after


def test_an_event_time_that_was_made_by_hand_stays_and_is_not_asked_for(tmp_path: Path) -> None:
    [plan] = plans(importing(registry(BOTH), tmp_path))
    made = plan.after.replace("record_time", "made").replace("FROM 'timestamp' VIRTUAL", "")
    made = re.sub(r"  made .*", "  made AS TO_TIMESTAMP_LTZ(opened_ms + 1, 3),", made)
    table_imports.write(replace(plan, after=made))
    newer = registry(BOTH, {**BOTH, "fields": [*BOTH["fields"], NOTE]})
    job = importing(newer, tmp_path, ask=lambda topic, columns: pytest.fail("asked"))
    [again] = plans(job)
    assert (again.status, again.conflicts) == ("changed", ())
    assert "WATERMARK FOR made AS made" in again.after
    [refused] = plans(replace(job, event_times={"orders": "opened"}))
    assert refused.status == "failed"
    assert "was made by hand" in refused.problems[0]


def test_an_event_time_that_goes_is_replaced(tmp_path: Path) -> None:
    other = a_field("other", AT["type"])
    plan = updated(tmp_path, ORDER, record("Order", ID, other))
    assert "WATERMARK FOR other AS other" in plan.after
    assert plan.after.count("Event time is") == 1
    assert {one.text for one in plan.changes if one.breaks} == {"at is gone", "at_ms is gone"}


def test_a_file_that_would_not_load_is_not_written(tmp_path: Path) -> None:
    [plan] = plans(importing(registry(ORDER), tmp_path))
    plan.file.parent.mkdir(exist_ok=True)
    watermark = "WATERMARK FOR `at` AS `at` - INTERVAL '5' SECOND"
    plan.file.write_text(plan.after.replace(watermark, f"{watermark} - INTERVAL '1' SECOND"))
    [again] = plans(importing(registry(ORDER, record("Order", ID)), tmp_path))
    assert again.status == "failed"
    assert "does not load" in again.problems[0]
    assert any("The watermark was changed by hand" in one for one in again.problems)


FOREIGN = {
    "made by hand": "CREATE TABLE orders (a INT) WITH ('connector' = 'kafka');\n",
    "no table": "-- nothing\n",
    "broken": "-- value: subject orders-value, version 1, id 1 (Avro)\nCREATE TABLE (",
}


@pytest.mark.parametrize("what", FOREIGN)
def test_a_file_that_no_import_wrote_is_left_alone(what: str, tmp_path: Path) -> None:
    (tmp_path / "orders.sql").write_text(FOREIGN[what])
    [plan] = plans(importing(registry(ORDER), tmp_path))
    assert plan.status == "failed"
    assert "no import wrote it or it no longer loads" in plan.problems[0]


def test_a_table_of_another_file_is_not_defined_twice(tmp_path: Path) -> None:
    (tmp_path / "all.sql").write_text(FOREIGN["made by hand"])
    [plan] = plans(importing(registry(ORDER), tmp_path))
    assert plan.status == "failed"
    assert "already defined in" in plan.problems[0]


IMPOSSIBLE: dict[str, tuple[Any, Kind, bool | None, str]] = {
    "no JSON": ("{", "AVRO", True, "cannot be read"),
    "an unknown type": (record("O", a_field("a", "Nowhere")), "AVRO", True, "cannot be read"),
    "a bare type": ('"string"', "AVRO", True, "reads only records"),
    "nothing to hold": (record("O", a_field("a", "null")), "AVRO", True, "no field"),
    "not framed": (ORDER, "AVRO", False, "does not begin with the number"),
    "JSON behind 5 bytes": (in_json(a={"type": "string"}), "JSON", True, "5 bytes"),
    "JSON of no object": ({"type": "string"}, "JSON", False, "no object with properties"),
    "a reference to nowhere": ({"$ref": "x.json"}, "JSON", False, "cannot be read"),
    "a reference to itself": ({"$ref": "#"}, "JSON", False, "no object with properties"),
    "Protobuf": ('syntax = "proto3";', "PROTOBUF", True, "Avro, and in JSON"),
}


@pytest.mark.parametrize("what", IMPOSSIBLE)
def test_a_topic_that_cannot_be_imported_stops_no_other(what: str, tmp_path: Path) -> None:
    schema, kind, framed, said = IMPOSSIBLE[what]
    made = MemoryRegistry()
    made.register("bad-value", schema, kind)
    made.register("good-value", ORDER if framed else in_json(a={}), "AVRO" if framed else "JSON")
    bad, good = plans(importing(made, tmp_path, TopicFacts(framed=framed)))
    assert (bad.status, good.status) == ("failed", "new")
    assert said in bad.problems[0]


NEWEST: dict[str, tuple[bytes, bool]] = {
    "in UTC": (b'{"at": "2026-11-22T17:30:00.123456Z"}', False),
    "with an offset": (b'{"at": "2026-11-22T18:30:00+01:00"}', True),
    "behind UTC": (b'{"at": "2026-11-22T12:30:00.5-0500"}', True),
    "with an offset of nothing": (b'{"at": "2026-11-22T17:30:00+00:00"}', True),
    "of another field": (b'{"said": "2026-11-22T18:30:00+01:00"}', False),
    "a number": (b'{"at": 7}', False),
    "no object": (b'["2026-11-22T18:30:00+01:00"]', False),
    "no JSON": (b"\xff", False),
    "no record": (b"", False),
}


@pytest.mark.parametrize("what", NEWEST)
def test_times_of_json_that_flink_does_not_read_are_told(what: str, tmp_path: Path) -> None:
    newest, is_told = NEWEST[what]
    schema = in_json(at={"type": "string", "format": "date-time"}, said={"type": "string"})
    facts = TopicFacts(framed=False, newest=newest)
    [plan] = plans(importing(registry(schema, kind="JSON"), tmp_path, facts))
    assert plan.status == "new"
    assert any("at has times with an offset" in said for said in plan.problems) is is_told


def test_a_written_file_loads_and_nothing_else_is_left(tmp_path: Path) -> None:
    [plan] = plans(importing(registry(ORDER), tmp_path / "new" / "folder"))
    table_imports.write(plan)
    assert [file.name for file in plan.file.parent.iterdir()] == ["orders.sql"]
    [table] = loader.load([plan.file])
    assert (table.name, table.time_attribute) == ("orders", "at")
    at = table.column("at")
    assert at is not None
    assert at.type == "TIMESTAMP_LTZ(3)"
