"""Where the sample shop's topics are, and its tables over them, as files like `tables/*.sql`.

`app.sample_shop` writes and loads these files. Their columns are those of the tables over files;
only where the rows come from differs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.demo.streams import Column, Stream, streams
from ingest.errors import IngestError

_HOST = r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}"
_BOOTSTRAP = re.compile(rf"{_HOST}(,{_HOST})*")
_REGISTRY = re.compile(r"https?://[A-Za-z0-9._:\[\]-]+(/[A-Za-z0-9._~/-]*)?")
_PREFIX = re.compile(r"[A-Za-z0-9._-]{0,200}")
_AVRO = {"STRING": "string", "INT": "int", "BIGINT": "long"}
_DECIMAL = re.compile(r"DECIMAL\((\d+), (\d+)\)")
_HEADER = """\
-- The sample shop's topics, for `tributary demo --kafka`.
-- The shop writes this file anew; copy it to change it.
"""


@dataclass(frozen=True, slots=True)
class ShopTopics:
    """Where the sample shop's topics are, and what their records are.

    Attributes:
        bootstrap: The Kafka cluster as `host:port`, several with commas between.
        registry: Address of a Confluent-compatible schema registry; the records are Avro then, and
            JSON where it is empty.
        prefix: What a topic's name has before its table's.

    Raises:
        IngestError: One of them is not written as it must be, or holds credentials.
    """

    bootstrap: str
    registry: str = ""
    prefix: str = "tributary."

    def __post_init__(self) -> None:
        if not _BOOTSTRAP.fullmatch(self.bootstrap):
            raise IngestError(
                "The address of the Kafka cluster is not written as one.",
                hint="Write it as host:port, several with commas between.",
            )
        if self.registry and not _REGISTRY.fullmatch(self.registry):
            raise IngestError(
                "The address of the schema registry is not written as one.",
                hint="Write it as http://host:port or https://host:port, without credentials.",
            )
        if not _PREFIX.fullmatch(self.prefix):
            raise IngestError(
                "The prefix cannot be part of a topic's name.",
                hint="Names of topics have letters, digits, dots, underscores and dashes.",
            )

    @property
    def format(self) -> str:
        """What the records are: `json` or `avro`."""
        return "avro" if self.registry else "json"

    @property
    def connectors(self) -> tuple[str, ...]:
        """What Flink needs to read them, by the names in `ingest.connectors`."""
        return ("kafka", "avro") if self.registry else ("kafka",)

    def topic(self, stream: str) -> str:
        """The name of a stream's topic."""
        return f"{self.prefix}{stream}"


def write(where: ShopTopics, folder: Path) -> None:
    """Writes the tables' files, over those of an earlier time.

    Raises:
        OSError: The folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files(where).items():
        staging = folder / f"{name}.writing"
        staging.write_text(text, "utf-8")
        staging.replace(folder / name)


def files(where: ShopTopics) -> dict[str, str]:
    """The texts of the files by name: as those over files are named, with their tables in order."""
    texts = dict.fromkeys((stream.file for stream in streams().values()), _HEADER)
    for stream in streams().values():
        texts[stream.file] += f"\n{_statement(stream, where)}"
    return texts


def _statement(stream: Stream, where: ShopTopics) -> str:
    lines = list(_avro_lines(stream)) if where.registry else list(stream.lines)
    body = "\n".join([*lines, *stream.clauses])
    options = ",\n".join(f"  {_literal(k)} = {_literal(v)}" for k, v in _options(stream, where))
    return (
        f"CREATE TABLE {stream.name} (\n{body}\n) COMMENT {_literal(stream.comment)}\n"
        f"WITH (\n{options}\n);\n"
    )


def _options(stream: Stream, where: ShopTopics) -> Iterator[tuple[str, str]]:
    yield "connector", "kafka"
    yield "topic", where.topic(stream.name)
    yield "properties.bootstrap.servers", where.bootstrap
    yield "scan.startup.mode", "earliest-offset"
    if where.registry:
        yield "format", "avro-confluent"
        yield "avro-confluent.url", where.registry
        yield "avro-confluent.schema", _reader(stream)
    else:
        yield "format", "json"
        yield "json.timestamp-format.standard", "ISO-8601"


# Flink's `avro-confluent` format (2.1) has no Avro type for TIMESTAMP_LTZ, and no option that would
# give it one. So moments are read as the numbers that they are, each under another name (the
# field's own is its alias), and a computed column of the field's name makes a moment of it.


def _avro_lines(stream: Stream) -> Iterator[str]:
    for column, line in zip(stream.columns, stream.lines, strict=True):
        made = f"AS TO_TIMESTAMP_LTZ({_stored(column)}, 3) COMMENT"
        yield (
            re.sub(rf"{re.escape(column.type)} +COMMENT", made, line) if column.is_instant else line
        )
    for column in filter(lambda column: column.is_instant, stream.columns):
        yield f"  {_stored(column)} BIGINT COMMENT '{column.name} as it is stored',"


def _reader(stream: Stream) -> str:
    """The schema that Flink reads with; it must be that of the table's stored columns."""
    plain = [column for column in stream.columns if not column.is_instant]
    instants = [column for column in stream.columns if column.is_instant]
    fields = [{"name": c.name, "type": ["null", avro_type(c)], "default": None} for c in plain]
    fields += [
        {"name": _stored(c), "type": ["null", "long"], "default": None, "aliases": [c.name]}
        for c in instants
    ]
    lines = ",\n".join(f"    {json.dumps(field)}" for field in fields)
    # The full name is the writer's, since aliases hold only between records of one name.
    return f'{{"type": "record", "name": "{record_name(stream)}", "fields": [\n{lines}\n  ]}}'


def record_name(stream: Stream) -> str:
    """The full Avro name of a stream's records.

    >>> record_name(streams()["page_views"])
    'tributary.sample.PageView'
    """
    words = stream.name.removesuffix("s").split("_")
    return "tributary.sample." + "".join(word.capitalize() for word in words)


def avro_type(column: Column) -> str | dict[str, str | int]:
    """The Avro type of a column that is never null."""
    if column.is_instant:
        return {"type": "long", "logicalType": "timestamp-millis"}
    if found := _DECIMAL.fullmatch(column.type):
        digits, places = int(found[1]), int(found[2])
        return {"type": "bytes", "logicalType": "decimal", "precision": digits, "scale": places}
    return _AVRO[column.type]


def _stored(column: Column) -> str:
    return f"{column.name}_epoch"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
