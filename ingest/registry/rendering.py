"""A `Draft` as the text of a table file, as one writes it by hand; `app.table_imports` calls it."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from ingest.registry.draft import Draft, Key
from ingest.registry.event_time import RECORD
from ingest.registry.model import Column, Quote, Registered

BASIC_AUTH, BEARER_TOKEN = "SCHEMA_REGISTRY_AUTH", "SCHEMA_REGISTRY_TOKEN"
"""Variables that hold the registry's credentials, when a table is read as when one is imported."""

_WIDTH = 96
_LONGEST_ALIGNED = 24
_UNITS = ((86_400, "DAY"), (3_600, "HOUR"), (60, "MINUTE"), (1, "SECOND"))
_SOURCE = re.compile(r"^-- (value|key): subject (\S.*), version (\d+), id (\d+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a table says of where its records and schemas are.

    Attributes:
        kafka: The options that tell of the cluster; see `ingest.registry.cluster.table_options`.
        registry: Address of the schema registry.
        auth: Which of `BASIC_AUTH` and `BEARER_TOKEN` the registry wants; empty for neither.
        quote: How names are written.
    """

    kafka: Mapping[str, str]
    registry: str
    auth: str
    quote: Quote


@dataclass(frozen=True, slots=True)
class Origin:
    """A version of a subject that a table file says it was made from."""

    part: str
    subject: str
    version: int


def statement(draft: Draft, where: Surroundings) -> str:
    """The text of the file: a comment on where it comes from, and one CREATE TABLE."""
    quote = where.quote
    about = draft.comment or f"Records of the topic {draft.source.topic}"
    lines = (*_columns(draft.columns, quote), *_clauses(draft, quote))
    body = ",\n".join(f"  {line}" for line in lines)
    options = ",\n".join(f"  {_literal(k)} = {_literal(v)}" for k, v in _options(draft, where))
    return (
        f"{_header(draft)}\n"
        f"CREATE TABLE {quote(table_name(draft.source.topic))} (\n{body}\n"
        f") COMMENT {_literal(about)}\nWITH (\n{options}\n);\n"
    )


def origins(text: str) -> tuple[Origin, ...]:
    """What a file says it was made from; empty where no import wrote it."""
    return tuple(Origin(m[1], m[2], int(m[3])) for m in _SOURCE.finditer(text))


def origin_line(part: str, schema: Registered) -> str:
    """The line of a file that says what a part of its table was made from."""
    kind = {"AVRO": "Avro", "JSON": "JSON Schema"}.get(schema.kind, schema.kind)
    said = f"subject {schema.subject}, version {schema.version}, id {schema.id} ({kind})"
    return f"-- {part}: {said}"


def table_name(topic: str) -> str:
    """A topic's name as a table's: `shop.page-views` is `shop_page_views`."""
    return re.sub(r"[.-]", "_", topic)


def _header(draft: Draft) -> str:
    source = draft.source
    time = draft.time
    said = "the record's own timestamp" if time.column == RECORD else time.column
    return "\n".join(
        [
            f"-- Topic {source.topic}, imported from a schema registry.",
            origin_line("value", source.value),
            *([origin_line("key", source.key)] if source.key else []),
            *_comment(f"Event time is {said}: {time.why}."),
            *(["-- Compacted: a record replaces the one before it of its key."] * draft.upsert),
            *(line for problem in draft.problems for line in _comment(f"Problem: {problem}")),
        ]
    )


def _comment(text: str) -> list[str]:
    # Whatever could end a line of a comment is white space to split().
    return [f"-- {line}" for line in textwrap.wrap(" ".join(text.split()), _WIDTH)]


def _columns(columns: Sequence[Column], quote: Quote) -> Iterator[str]:
    names = [quote(column.name) for column in columns]
    kinds = [_kind(column) for column in columns]
    first = max(map(len, names))
    second = max((len(kind) for kind in kinds if len(kind) <= _LONGEST_ALIGNED), default=0)
    for column, name, kind in zip(columns, names, kinds, strict=True):
        comment = f"COMMENT {_literal(column.comment)}" if column.comment else ""
        yield f"{name:<{first}} {kind:<{second if comment else 0}} {comment}".rstrip()


def _kind(column: Column) -> str:
    if column.expression:
        return f"AS {column.expression}"
    if column.metadata:
        return f"{column.type} METADATA FROM {_literal(column.metadata)} VIRTUAL"
    return str(column.type)


def _clauses(draft: Draft, quote: Quote) -> Iterator[str]:
    if draft.upsert and draft.key:
        key = ", ".join(quote(column.name) for column in draft.key.columns)
        yield f"PRIMARY KEY ({key}) NOT ENFORCED"
    time = draft.time.column or next(c.name for c in draft.columns if c.metadata)
    yield f"WATERMARK FOR {quote(time)} AS {quote(time)}{_late(draft.delay)}"


def _late(delay: timedelta) -> str:
    seconds = int(delay.total_seconds())
    if not seconds:
        return ""
    size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
    count = str(seconds // size)
    # Flink takes two digits, and more only where their number is said.
    return f" - INTERVAL '{count}' {unit}{f'({len(count)})' if len(count) > 2 else ''}"


def _options(draft: Draft, where: Surroundings) -> Iterator[tuple[str, str]]:
    yield "connector", "upsert-kafka" if draft.upsert else "kafka"
    yield "topic", draft.source.topic
    yield from where.kafka.items()
    if not draft.upsert:
        yield "scan.startup.mode", "earliest-offset"
    if draft.key:
        yield from _key_options(draft, draft.key, where)
    value = "value." if draft.key else ""
    yield f"{value}format", draft.format
    if draft.format == "json":
        yield f"{value}json.timestamp-format.standard", "ISO-8601"
    else:
        yield from _avro_options(value, draft.reader, where)


def _key_options(draft: Draft, key: Key, where: Surroundings) -> Iterator[tuple[str, str]]:
    yield "key.format", key.format
    if not draft.upsert:  # an upsert table's key fields are its primary key
        yield "key.fields", ";".join(column.name for column in key.columns)
    if key.prefix:
        yield "key.fields-prefix", key.prefix
    if key.format == "avro-confluent":
        yield from _avro_options("key.", key.reader, where)
    if not key.in_value:
        yield "value.fields-include", "EXCEPT_KEY"


def _avro_options(part: str, reader: str, where: Surroundings) -> Iterator[tuple[str, str]]:
    name = f"{part}avro-confluent"
    yield f"{name}.url", where.registry
    if where.auth == BASIC_AUTH:
        yield f"{name}.basic-auth.credentials-source", "USER_INFO"
        yield f"{name}.basic-auth.user-info", f"${{{BASIC_AUTH}}}"
    elif where.auth == BEARER_TOKEN:
        yield f"{name}.bearer-auth.credentials-source", "STATIC_TOKEN"
        yield f"{name}.bearer-auth.token", f"${{{BEARER_TOKEN}}}"
    if reader:
        yield f"{name}.schema", _by_field(reader)


def _by_field(reader: str) -> str:
    """A reader schema with one field a line, so that a change of it can be reviewed."""
    schema = json.loads(reader)
    fields = [f"    {_compact(one)}" for one in schema.pop("fields")]
    text = ",\n".join(fields)
    made = f'{_compact(schema)[:-1]},"fields":[\n{text}\n  ]}}'
    # A schema is text from outside; a default of "${NAME}" must not be filled in.
    return made.replace("${", r"$\u007b")


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
