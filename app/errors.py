"""Every error that Tributary raises on purpose.

    TributaryError              has .message and .hint (what to do next)
    ├── ConfigError             a setting, a file or a table definition is wrong
    ├── InvalidQuestion         a question is empty or too long
    ├── QueryError              a query cannot be answered
    │   ├── UnsafeQuery         the guard refused it; .reason is machine-readable
    │   ├── InvalidQuery        it is no valid Flink SQL; .reason is machine-readable
    │   ├── QueryTimedOut       it ran past its deadline and was cancelled
    │   ├── QueryCancelled      the caller cancelled it
    │   └── QueryFailed         it started and then failed on the cluster
    ├── EngineUnavailable       no JVM, or the cluster cannot be reached
    │   └── SourceUnavailable   what a table reads does not answer; other tables may be read
    ├── ModelUnavailable        the chat model cannot be reached
    └── IngestError             a document or the index could not be read or written
        └── RebuildNeeded       every passage would be embedded anew, which nobody has agreed to

Foreign exceptions (py4j, chromadb, ...) are mapped to these once, in their adapter. Only `ui` and
`cli` catch more broadly than by these names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from ingest.errors import IngestError, RebuildNeeded, TributaryError

if TYPE_CHECKING:
    from app.answer import Usage

__all__ = [
    "ConfigError",
    "EngineUnavailable",
    "IngestError",
    "InvalidQuery",
    "InvalidQuestion",
    "ModelUnavailable",
    "Place",
    "QueryCancelled",
    "QueryError",
    "QueryFailed",
    "QueryTimedOut",
    "RebuildNeeded",
    "SourceUnavailable",
    "TributaryError",
    "UnsafeQuery",
]


class ConfigError(TributaryError):
    """A setting, a configuration file or a table definition is wrong."""


class InvalidQuestion(TributaryError):
    """A question is empty or too long."""


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a query's text.

    Attributes:
        start: Its first character, from 0.
        end: One past its last character.
        line: The line of its first character, from 1.
        column: The place of its first character in that line, from 1.
    """

    start: int
    end: int
    line: int
    column: int

    @classmethod
    def of(cls, text: str, start: int, end: int) -> Self:
        r"""The place of the characters from `start` up to `end`; lines end as Flink counts them.

        >>> Place.of("SELECT *\nFROM ordrs", 14, 19)
        Place(start=14, end=19, line=2, column=6)
        """
        before = text[:start].replace("\r\n", "\n").replace("\r", "\n")
        return cls(start, end, before.count("\n") + 1, len(before) - before.rfind("\n"))

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}"


class QueryError(TributaryError):
    """A query cannot be answered.

    Attributes:
        sql: Its text.
        place: Where in the text, where that is known.
    """

    def __init__(
        self, message: str, *, hint: str = "", sql: str = "", place: Place | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.sql = sql
        self.place = place


class UnsafeQuery(QueryError):
    """The guard refused the query.

    Args:
        message: What was refused, in words.
        reason: A stable machine-readable word such as `not_a_query` or `options_hint`.
        hint: What would be accepted.
        sql: The text that was refused.
        place: Where in the text, where that is known.
    """

    def __init__(
        self,
        message: str,
        *,
        reason: str,
        hint: str = "",
        sql: str = "",
        place: Place | None = None,
    ) -> None:
        super().__init__(message, hint=hint, sql=sql, place=place)
        self.reason = reason


class InvalidQuery(QueryError):
    """The query is no valid Flink SQL; the message says where.

    Args:
        message: What is wrong, most often in the words of Flink's parser or planner.
        reason: A stable machine-readable word such as `unknown_column`; `invalid` where only Flink
            knows what is wrong.
        hint: What to write instead.
        sql: The text that was refused.
        place: Where in the text, where that is known.
    """

    def __init__(
        self,
        message: str,
        *,
        reason: str = "invalid",
        hint: str = "",
        sql: str = "",
        place: Place | None = None,
    ) -> None:
        super().__init__(message, hint=hint, sql=sql, place=place)
        self.reason = reason


class QueryTimedOut(QueryError):
    """The query ran past its deadline; its job was cancelled."""


class QueryCancelled(QueryError):
    """The caller cancelled the query; its job was cancelled."""


class QueryFailed(QueryError):
    """The query's job started and then failed on the cluster."""


class EngineUnavailable(TributaryError):
    """There is no usable JVM, or the Flink cluster cannot be reached."""


class SourceUnavailable(EngineUnavailable):
    """What a table is read from, such as Kafka, does not answer; other tables may be read."""


class ModelUnavailable(TributaryError):
    """The chat model cannot be reached or refuses to answer.

    Attributes:
        usage: What was taken of it all the same, where that is known.
    """

    usage: Usage | None = None
