"""The key and the value of a topic put together: one table, not yet written as text.

`app.table_imports` calls it for every topic; `rendering` writes what it gives.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from ingest.errors import IngestError
from ingest.registry import avro, event_time, json_schema
from ingest.registry.cluster import UNKNOWN, TopicFacts
from ingest.registry.event_time import RECORD, Ask, EventTime
from ingest.registry.model import Column, Quote, Registered, Relation, SqlType

RECORD_TIME = "record_time"
_MESSAGE_KEY = "message_key"
_PREFIX = "key_"
_WITH_OFFSET = re.compile(r"\d[Tt]\d.*[+-]\d\d:?\d\d$")


@dataclass(frozen=True, slots=True)
class Source:
    """What a topic's table is made from.

    Attributes:
        topic: Its name.
        value: The schema of its values.
        key: The schema of its keys, where there is one.
        facts: What the cluster says of it.
    """

    topic: str
    value: Registered
    key: Registered | None = None
    facts: TopicFacts = UNKNOWN


@dataclass(frozen=True, slots=True)
class Key:
    """How Flink reads the keys of a topic.

    Attributes:
        columns: What they hold, under the names of the table.
        format: Flink's name of their format.
        prefix: What was put before their fields' names.
        in_value: Whether the values hold these columns, too.
        reader: As `Relation.reader`.
    """

    columns: tuple[Column, ...]
    format: str
    prefix: str = ""
    in_value: bool = False
    reader: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A table that is to be written.

    Attributes:
        source: What it is made from.
        columns: All of them, in order.
        comment: What the schema says of the whole.
        format: Flink's name of the values' format.
        reader: As `Relation.reader`, for the values.
        key: How keys are read; None where they are not.
        upsert: Whether a record replaces the one before it of the same key.
        time: The event time.
        delay: How late a record may be.
        problems: What could not be mapped, or will not work; one sentence each.
    """

    source: Source
    columns: tuple[Column, ...]
    comment: str
    format: str
    reader: str
    key: Key | None
    upsert: bool
    time: EventTime
    delay: timedelta
    problems: tuple[str, ...] = ()


def make(
    source: Source,
    quote: Quote,
    *,
    ask: Ask,
    delay: timedelta,
    wanted_time: str | None = None,
) -> Draft:
    """Puts a table together.

    Args:
        source: What it is made from.
        quote: How names are written in SQL.
        ask: Where several columns could be the event time.
        delay: How late a record may be.
        wanted_time: A column that somebody chose; see `event_time.choose`.

    Raises:
        IngestError: Flink could not read the topic at all.
    """
    if not source.facts.exists:
        raise IngestError(
            "The Kafka cluster has no topic of that name.",
            hint="Create it, or leave it out with --subject.",
        )
    problems = _framing(source)
    value = _relation(source.value, quote)
    key, unread = _readable_key(source, value, quote)
    time = event_time.choose(source.topic, value.columns, ask, wanted_time)
    problems += [*value.problems, *_unread_times(source, value.columns), *unread]
    if any(column.name == time.column and column.type.nullable for column in value.columns):
        problems.append(
            f"{time.column} may be null; a record without it is in no window or time range."
        )
    columns = (*(key.columns if key and not key.in_value else ()), *value.columns)
    return Draft(
        source=source,
        columns=(*columns, *_record_time(time, columns)),
        comment=value.comment,
        format=_FORMATS[source.value.kind],
        reader=value.reader,
        key=key,
        upsert=source.facts.compacted and key is not None,
        time=time,
        delay=delay,
        problems=tuple(problems),
    )


_FORMATS: Mapping[str, str] = {"AVRO": "avro-confluent", "JSON": "json"}


def _relation(schema: Registered, quote: Quote) -> Relation:
    match schema.kind:
        case "AVRO":
            return avro.relation(schema.text, schema.references, quote)
        case "JSON":
            return json_schema.relation(schema.text, schema.references, quote)
    raise IngestError(
        f"It is written in {schema.kind}, and Flink has no format that reads such records.",
        hint="It reads those in Avro, and in JSON without the number of their schema in front:"
        " have them written in one of these.",
    )


def _framing(source: Source) -> list[str]:
    """What is to be said of the schema's number before each record, which formats want or not.

    Raises:
        IngestError: Flink would surely fail to read the records.
    """
    framed = source.facts.framed
    if source.value.kind == "AVRO" and framed is False:
        raise IngestError(
            "Its newest record does not begin with the number of its schema, without which Flink's "
            "avro-confluent format cannot read it.",
            hint="Have it written by a serializer that uses the registry.",
        )
    if source.value.kind == "JSON" and framed:
        raise IngestError(
            "Its records begin with 5 bytes that number their schema. Flink's json format cannot "
            "skip them, and Flink 2.1 has no other format for such records.",
            hint="Have them written in Avro, or with the number of the schema in a header.",
        )
    if source.value.kind == "JSON" and framed is None:
        return [
            "It has no record yet. A serializer that puts the number of the schema before the "
            "JSON, as Confluent's does by default, makes records that Flink cannot read."
        ]
    return []


def _unread_times(source: Source, columns: Sequence[Column]) -> list[str]:
    """What is to be said of JSON's times, which Flink reads in UTC alone (JSON Schema: in any)."""
    if source.value.kind != "JSON":
        return []
    try:
        record = json.loads(source.facts.newest)
    except (ValueError, RecursionError):
        return []
    held = record if isinstance(record, dict) else {}
    names = [
        column.name
        for column in columns
        if column.instant and _WITH_OFFSET.search(str(held.get(column.name, "")))
    ]
    return [
        f"{name} has times with an offset, such as +01:00, and Flink's json format reads only those"
        " that end in Z: queries of the table fail until they are written so."
        for name in names
    ]


def _readable_key(source: Source, value: Relation, quote: Quote) -> tuple[Key | None, list[str]]:
    """How keys are read, and what is to be said where their schema is not."""
    try:
        return _key(source, value, quote), []
    except IngestError as error:
        kept = source.facts.compacted
        key = _raw_key(value, "BYTES", "The record's key as it is stored") if kept else None
        return key, [f"The key is not read: {error.message}"]


def _key(source: Source, value: Relation, quote: Quote) -> Key | None:
    """How keys are read; None where that tells nothing that the value does not."""
    if source.key is None:
        if not source.facts.compacted:
            return None
        return _raw_key(value, "STRING", "The record's key")
    if source.key.kind != "AVRO":
        raise IngestError(f"Its schema is written in {source.key.kind}.")
    found = avro.relation(source.key.text, source.key.references, quote)
    if any(column.expression for column in found.columns):
        raise IngestError("It holds a time.")
    if source.facts.compacted and any(column.type.nullable for column in found.columns):
        raise IngestError("A field of it may be null.")
    known = {column.name: column for column in value.columns}
    both = [column for column in found.columns if column.name in known]
    same = len(both) == len(found.columns) and all(
        column.type == known[column.name].type and not known[column.name].expression
        for column in both
    )
    if same and not any(column.type.nullable for column in both):
        if not source.facts.compacted:
            return None
        return Key(tuple(both), "avro-confluent", in_value=True, reader=found.reader)
    prefix = _PREFIX if both else ""
    while any(f"{prefix}{column.name}" in known for column in found.columns):
        prefix += _PREFIX
    columns = tuple(replace(one, name=f"{prefix}{one.name}") for one in found.columns)
    return Key(columns, "avro-confluent", prefix, reader=found.reader)


def _raw_key(value: Relation, kind: str, comment: str) -> Key:
    name = _free(_MESSAGE_KEY, {column.name for column in value.columns})
    return Key((Column(name, SqlType(kind), comment),), "raw")


def _record_time(time: EventTime, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    if time.column != RECORD:
        return ()
    name = _free(RECORD_TIME, {column.name for column in columns})
    kind = SqlType("TIMESTAMP_LTZ(3)", nullable=True)
    said = "When the record was written, or taken by Kafka"
    return (Column(name, kind, said, metadata="timestamp"),)


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    return name
