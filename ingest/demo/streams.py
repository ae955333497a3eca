"""The columns of the sample streams, read from `tables/*.sql`, where they are written down.

`topic_tables` and `topic_values` make of them what the shop on Kafka needs. The files are the
shop's own, one column to a line; this is no parser of Flink's SQL.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

TABLES = Path(__file__).parent / "tables"

_TABLE = re.compile(
    r"^CREATE TABLE (?P<name>\w+) \(\n(?P<body>.*?)\n\) "
    r"COMMENT '(?P<comment>(?:[^']|'')*)'\nWITH \(",
    re.MULTILINE | re.DOTALL,
)
_COLUMN = re.compile(
    r"  (?P<name>`?\w+`?) +(?P<type>[A-Z_]+(?:\([\d, ]+\))?) +COMMENT '(?P<comment>(?:[^']|'')*)',"
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column as its table has it; names and comments are not quoted."""

    name: str
    type: str
    comment: str

    @property
    def is_instant(self) -> bool:
        """Whether it holds a moment."""
        return self.type.startswith("TIMESTAMP_LTZ")


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream as its table describes it.

    Attributes:
        file: Which file of `tables` it is in.
        name: Of the table.
        comment: What it holds.
        columns: All of them, in order.
        lines: How the table writes the columns.
        clauses: How it writes what follows them: key and watermark.
    """

    file: str
    name: str
    comment: str
    columns: tuple[Column, ...]
    lines: tuple[str, ...]
    clauses: tuple[str, ...]


@lru_cache(maxsize=1)
def streams() -> Mapping[str, Stream]:
    """The streams by name, in the order of the files."""
    texts = {path.name: path.read_text("utf-8") for path in sorted(TABLES.glob("*.sql"))}
    found = [_stream(name, match) for name in texts for match in _TABLE.finditer(texts[name])]
    return {stream.name: stream for stream in found}


def _stream(file: str, match: re.Match[str]) -> Stream:
    lines = match["body"].split("\n")
    columns = [(line, found) for line in lines if (found := _COLUMN.fullmatch(line))]
    return Stream(
        file,
        match["name"],
        _unquoted(match["comment"]),
        tuple(
            Column(found["name"].strip("`"), found["type"], _unquoted(found["comment"]))
            for _, found in columns
        ),
        tuple(line for line, _ in columns),
        tuple(lines[len(columns) :]),
    )


def _unquoted(text: str) -> str:
    return text.replace("''", "'")
