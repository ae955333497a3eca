"""Single types of Avro and of JSON Schema as columns, and which of them is the event time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from app.sql.dialect.words import identifier
from ingest.errors import IngestError
from ingest.registry import avro, avro_text, event_time, json_schema
from ingest.registry.event_time import RECORD
from ingest.registry.model import Column, Relation, SqlType
from tests.registries import a_field, logical, record

TREE = record("Tree", a_field("leaf", "int"), a_field("kids", {"type": "array", "items": "Tree"}))
ONLY_ITSELF = record("Loop", a_field("next", ["null", "Loop"]))
STATE = {"type": "enum", "name": "State", "symbols": ["A", "B"]}
MICROS = logical("long", "timestamp-micros")


def of_avro(kind: Any, references: Sequence[tuple[str, str]] = (), **more: Any) -> Relation:
    """The relation of a record with a field of this type, and one that is always there."""
    schema = record("R", a_field("a", kind, **more), a_field("z", "boolean"), namespace="n")
    return avro.relation(json.dumps(schema), references, identifier)


AVRO: dict[str, tuple[Any, str]] = {
    "string": ("string", "STRING NOT NULL"),
    "a string by its long form": (
        {"type": "string", "avro.java.string": "String"},
        "STRING NOT NULL",
    ),
    "nullable": (["null", "long"], "BIGINT"),
    "null last": (["long", "null"], "BIGINT"),
    "a union of one": (["int"], "INT NOT NULL"),
    "uuid": (logical("string", "uuid"), "STRING NOT NULL"),
    "an unknown logical type": (logical("int", "colour"), "INT NOT NULL"),
    "a logical type on a base that it is not for": (logical("string", "date"), "STRING NOT NULL"),
    "decimal without scale": (logical("bytes", "decimal", precision=5), "DECIMAL(5, 0) NOT NULL"),
    "decimal in fixed": (
        {**logical("fixed", "decimal", precision=38, scale=9), "name": "F", "size": 16},
        "DECIMAL(38, 9) NOT NULL",
    ),
    "duration": (
        {**logical("fixed", "duration"), "name": "D", "size": 12},
        "VARBINARY(12) NOT NULL",
    ),
    "local microseconds": (logical("long", "local-timestamp-micros"), "BIGINT NOT NULL"),
    "array of nullable": ({"type": "array", "items": ["null", "int"]}, "ARRAY<INT> NOT NULL"),
    "array of instants": ({"type": "array", "items": MICROS}, "ARRAY<BIGINT NOT NULL> NOT NULL"),
    "map of records": (
        {"type": "map", "values": record("P", a_field("select", "int"))},
        "MAP<STRING NOT NULL, ROW<`select` INT NOT NULL> NOT NULL> NOT NULL",
    ),
    "a record that may be null": (
        ["null", record("P", a_field("x", "int"), a_field("y", {"type": "array", "items": "int"}))],
        "ROW<x INT, y ARRAY<INT NOT NULL>>",
    ),
    "a record in one that may be null": (
        ["null", record("P", a_field("in", record("Q", a_field("x", "int"))))],
        "ROW<`in` ROW<x INT>>",
    ),
    "a record in a map in one that may be null": (
        [
            "null",
            record("P", a_field("q", {"type": "map", "values": record("Q", a_field("x", "int"))})),
        ],
        "ROW<q MAP<STRING NOT NULL, ROW<x INT NOT NULL> NOT NULL>>",
    ),
    "a record in itself": (TREE, "ROW<leaf INT NOT NULL> NOT NULL"),
}


@pytest.mark.parametrize("what", AVRO)
def test_avro_types(what: str) -> None:
    kind, expected = AVRO[what]
    assert str(of_avro(kind).columns[0].type) == expected


LEFT_OUT: dict[str, tuple[Any, str]] = {
    "several types": (["null", "string", "int"], "a is left out: it is a union of string, int."),
    "null": ("null", "a is left out: it is always null."),
    "null in a union": (["null"], "a is left out: it is always null."),
    "too many digits": (
        logical("bytes", "decimal", precision=39),
        "a is left out: Flink's DECIMAL has 38 digits at most, and it has 39.",
    ),
    "a record of itself alone": (
        ONLY_ITSELF,
        "a.next is left out: the record n.Loop contains itself.",
    ),
    "a part": (
        record("P", a_field("x", "int"), a_field("y", ["int", "long"])),
        "a.y is left out: it is a union of int, long.",
    ),
    "in an array": (
        {"type": "array", "items": ["int", STATE]},
        "a is left out: it is a union of int, n.State.",
    ),
}


@pytest.mark.parametrize("what", LEFT_OUT)
def test_what_flink_cannot_hold_is_left_out_and_said(what: str) -> None:
    kind, said = LEFT_OUT[what]
    found = of_avro(kind)
    assert said in found.problems
    assert "z" in [column.name for column in found.columns]


DERIVED: dict[str, tuple[Any, dict[str, Any], bool]] = {
    "plain types": ("int", {}, True),
    "a default of null": (["null", "int"], {"default": None}, True),
    "a default of a field that is never null": ("int", {"default": 1}, False),
    "an enum": (STATE, {}, False),
    "an enum in an array": ({"type": "array", "items": STATE}, {}, False),
    "an instant": (MICROS, {}, False),
    "an instant in a record": (record("P", a_field("at", MICROS)), {}, False),
}


@pytest.mark.parametrize("what", DERIVED)
def test_a_reader_schema_is_written_where_the_derived_one_would_not_do(what: str) -> None:
    kind, more, derived = DERIVED[what]
    assert (of_avro(kind, **more).reader == "") is derived


def test_a_named_type_is_defined_once_in_a_reader_schema() -> None:
    fields = [a_field("a", ["int", "string", STATE]), a_field("b", "State"), a_field("c", "State")]
    found = avro.relation(json.dumps(record("R", *fields)), (), identifier)
    read = json.loads(found.reader)["fields"]
    assert read == [a_field("b", STATE), a_field("c", "State")]


def test_a_record_has_a_name_for_the_form_in_which_it_may_be_null() -> None:
    seat = record("Seat", a_field("city", "string", default="Bern"), a_field("state", STATE))
    fields = [a_field("a", seat), a_field("b", ["null", "Seat"]), a_field("c", ["null", "Seat"])]
    found = avro.relation(json.dumps(record("R", *fields)), (), identifier)
    a, b, c = (one["type"] for one in json.loads(found.reader)["fields"])
    assert a == seat
    assert b[1]["name"] == "Seat_nullable"
    assert b[1]["fields"] == [
        a_field("city", ["string", "null"], default="Bern"),
        a_field("state", ["null", "State"], default=None),
    ]
    assert c == ["null", "Seat_nullable"]


def test_the_number_of_an_instant_takes_no_name_that_is_taken() -> None:
    fields = [a_field("at", MICROS), a_field("at_us", "int")]
    found = avro.relation(json.dumps(record("R", *fields)), (), identifier)
    assert [column.name for column in found.columns] == ["at", "at_us", "at_us_stored"]
    assert found.columns[0].expression == "TO_TIMESTAMP_LTZ(at_us_stored / 1000, 3)"


def test_references_are_resolved() -> None:
    address = json.dumps(record("Address", a_field("street", "string"), namespace="n"))
    found = of_avro(["null", "n.Address"], [("Address", address)])
    assert str(found.columns[0].type) == "ROW<street STRING>"
    schema = json.dumps(record("R", a_field("a", "n.Address"), a_field("b", "n.Address")))
    whole = json.loads(avro_text.whole(schema, [("Address", address)]))
    assert [one["type"] if isinstance(one["type"], str) else "here" for one in whole["fields"]] == [
        "here",
        "n.Address",
    ]


BROKEN = ["", "{", "[]", '"int"', '{"type": "record"}', '{"type": "record", "name": "R"}', "7"]


@pytest.mark.parametrize("text", BROKEN)
def test_what_is_no_record_is_one_error(text: str) -> None:
    with pytest.raises(IngestError):
        avro.relation(text, (), identifier)


def of_json(schema: Any, **more: Any) -> Column:
    """The column of a property of this schema."""
    text = json.dumps({"type": "object", "properties": {"a": schema}, **more})
    return json_schema.relation(text, (), identifier).columns[0]


JSON: dict[str, tuple[Any, str]] = {
    "nothing said": ({}, "STRING"),
    "anything": (True, "STRING"),
    "a constant": ({"const": 7}, "BIGINT"),
    "an enum with null": ({"enum": ["a", None]}, "STRING"),
    "integer or number": ({"type": ["integer", "number"]}, "DOUBLE"),
    "nullable by oneOf": ({"oneOf": [{"type": "null"}, {"type": "boolean"}]}, "BOOLEAN"),
    "one of two": ({"oneOf": [{"type": "integer"}, {"type": "boolean"}]}, "STRING"),
    "all of": ({"allOf": [{"type": "string"}, {"format": "date"}]}, "DATE"),
    "conditions beside a type": ({"type": "string", "anyOf": [{"minLength": 1}]}, "STRING"),
    "an array of anything": ({"type": "array"}, "STRING"),
    "a tuple": ({"type": "array", "items": [{"type": "string"}]}, "STRING"),
    "arrays of arrays": (
        {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}},
        "ARRAY<ARRAY<BIGINT>>",
    ),
    "a map of objects": (
        {"additionalProperties": {"properties": {"x": {"type": "number"}}}, "type": "object"},
        "MAP<STRING NOT NULL, ROW<x DOUBLE>>",
    ),
    "no type, but properties": ({"properties": {"x": {"type": "boolean"}}}, "ROW<x BOOLEAN>"),
}


@pytest.mark.parametrize("what", JSON)
def test_json_types(what: str) -> None:
    kind, expected = JSON[what]
    assert str(of_json(kind).type) == expected


def test_json_that_is_required_and_not_null_is_never_null() -> None:
    assert str(of_json({"type": "string"}, required=["a"]).type) == "STRING NOT NULL"
    assert str(of_json({"type": ["null", "string"]}, required=["a"]).type) == "STRING"


def test_json_names_that_can_be_no_columns_are_left_out() -> None:
    text = json.dumps({"properties": {"a\nb": {}, "a`b": {}, "": {}, "fine": {}}, "type": "object"})
    found = json_schema.relation(text, (), identifier)
    assert [column.name for column in found.columns] == ["fine"]
    assert len(found.problems) == 3


def test_json_references_to_other_subjects() -> None:
    schema = {"$id": "http://x/o.json", "properties": {"a": {"$ref": "address.json#/$defs/A"}}}
    address = {
        "$defs": {"A": {"properties": {"b": {"$ref": "#/$defs/B"}}}, "B": {"type": "number"}}
    }
    references = [("address.json", json.dumps(address))]
    found = json_schema.relation(json.dumps(schema), references, identifier)
    assert str(found.columns[0].type) == "ROW<b DOUBLE>"


def moment(name: str, *, nullable: bool = False) -> Column:
    return Column(name, SqlType("TIMESTAMP_LTZ(3)", nullable), instant=True)


TIMES: dict[str, tuple[str, tuple[Column, ...], str]] = {
    "none": ("orders", (), RECORD),
    "one": ("orders", (moment("whenever"),), "whenever"),
    "one that may be null": ("orders", (moment("at", nullable=True),), RECORD),
    "one is never null": ("orders", (moment("paid", nullable=True), moment("made")), "made"),
    "by name": ("orders", (moment("updated_at"), moment("created_at")), "created_at"),
    "event time before all": ("orders", (moment("created_at"), moment("event_time")), "event_time"),
    "the topic's own": (
        "shop.page-views",
        (moment("ts"), moment("page_view_time")),
        "page_view_time",
    ),
    "camel case": ("orders", (moment("paidAt"), moment("orderTime")), "orderTime"),
    "unclear": ("orders", (moment("opened"), moment("closed")), RECORD),
}


@pytest.mark.parametrize("what", TIMES)
def test_event_time_by_what_the_schema_says(what: str) -> None:
    topic, columns, expected = TIMES[what]
    assert event_time.choose(topic, columns, lambda topic, columns: None).column == expected


def test_event_time_is_asked_for_only_where_it_is_unclear() -> None:
    both = (moment("opened"), moment("closed"))
    asked: list[tuple[str, list[str]]] = []

    def ask(topic: str, columns: Sequence[Column]) -> str | None:
        asked.append((topic, [column.name for column in columns]))
        return "closed"

    assert event_time.choose("t", both, ask).column == "closed"
    assert event_time.choose("t", both[:1], ask).column == "opened"
    assert event_time.choose("t", both, ask, wanted="opened").column == "opened"
    assert event_time.choose("t", both, ask, wanted=RECORD).column == RECORD
    assert event_time.choose("t", both, ask, wanted="gone").column == "closed"
    assert event_time.choose("t", both, lambda topic, columns: RECORD).why.startswith(
        "it was chosen"
    )
    assert asked == [("t", ["opened", "closed"])] * 2
