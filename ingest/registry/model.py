"""What a schema becomes on its way to a table file, as plain values."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

Quote = Callable[[str], str]
"""Writes a name as Flink SQL reads it, in back-ticks where it must be."""

Kind = Literal["AVRO", "JSON", "PROTOBUF"]

_LONGEST_COMMENT = 400
# The last of these let text run backwards, so that it reads as what it is not.
_UNSPEAKABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029`\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class SqlType:
    """A Flink type.

    Attributes:
        text: As Flink writes it, without NOT NULL.
        nullable: Whether a value may be missing.
    """

    text: str
    nullable: bool = False

    def __str__(self) -> str:
        return self.text if self.nullable else f"{self.text} NOT NULL"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table that is to be written.

    Attributes:
        name: As it is, without back-ticks.
        type: Its type; what an expression gives, for a computed column.
        comment: From the schema's own words; empty for none.
        expression: SQL, for a computed column.
        metadata: What Kafka keeps beside a record, for a column that holds that.
        instant: Whether it is a moment in time, so that it may be the event time.
    """

    name: str
    type: SqlType
    comment: str = ""
    expression: str = ""
    metadata: str = ""
    instant: bool = False


@dataclass(frozen=True, slots=True)
class Relation:
    """What one schema holds.

    Attributes:
        columns: In the order in which Flink must declare them.
        comment: What the schema says about the whole.
        reader: The Avro schema that Flink must read with, as JSON; empty where the one that it
            derives from the columns does.
        problems: What could not be mapped, one sentence each.
    """

    columns: tuple[Column, ...]
    comment: str = ""
    reader: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Registered:
    """A version of a subject.

    Attributes:
        subject: Its name, such as `orders-value`.
        version: Its number within the subject, from 1.
        id: Its number in the registry, which records carry.
        kind: The language it is written in.
        text: The schema.
        references: The schemas that it refers to, by the names it uses; each stands behind those
            that it refers to itself.
    """

    subject: str
    version: int
    id: int
    kind: Kind
    text: str
    references: tuple[tuple[str, str], ...] = ()


def sayable(name: str) -> bool:
    """Whether a name from a schema can stand in a table file, and all of it can be seen."""
    return 0 < len(name) <= 255 and name.isprintable() and "`" not in name


def one_line(text: object) -> str:
    """A schema's own words in one line of bounded length; empty for anything but text."""
    if not isinstance(text, str):
        return ""
    said = " ".join(_UNSPEAKABLE.sub(" ", text).split())
    return said if len(said) <= _LONGEST_COMMENT else f"{said[: _LONGEST_COMMENT - 1]}…"


def sentences(*parts: str) -> str:
    """Joins what is said of one thing, each part a clause of its own.

    >>> sentences("Order state", "", "one of NEW, PAID")
    'Order state; one of NEW, PAID'
    """
    return "; ".join(part.rstrip(" .;") if more else part for part, more in _followed(parts))


def _followed(parts: Sequence[str]) -> list[tuple[str, bool]]:
    said = [part for part in parts if part]
    return [(part, index < len(said) - 1) for index, part in enumerate(said)]


def symbols(values: Sequence[object]) -> str:
    """The values that a column can have, as a COMMENT says them; many are cut short.

    >>> symbols(["NEW", "PAID"])
    'one of NEW, PAID'
    """
    shown = ", ".join(one_line(str(value)) for value in values[:24])
    return f"one of {shown}{', …' if len(values) > 24 else ''}"
