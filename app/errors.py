"""Every error that Tributary raises on purpose.

    TributaryError              has .message and .hint (what to do next)
    ├── ConfigError             a setting, a file or a table definition is wrong
    ├── InvalidQuestion         a question is empty or too long
    ├── QueryError              a query cannot be answered
    │   ├── UnsafeQuery         the guard refused it; .reason is machine-readable
    │   ├── InvalidQuery        Flink's planner refused it
    │   ├── QueryTimedOut       it ran past its deadline and was cancelled
    │   ├── QueryCancelled      the caller cancelled it
    │   └── QueryFailed         it started and then failed on the cluster
    ├── EngineUnavailable       no JVM, or the cluster cannot be reached
    ├── ModelUnavailable        the chat model cannot be reached
    └── IngestError             a document or the index could not be read or written

Foreign exceptions (py4j, chromadb, ...) are mapped to these once, in their adapter. Only `ui` and
`cli` catch more broadly than by these names.
"""

from __future__ import annotations

from ingest.errors import IngestError, TributaryError

__all__ = [
    "ConfigError",
    "EngineUnavailable",
    "IngestError",
    "InvalidQuery",
    "InvalidQuestion",
    "ModelUnavailable",
    "QueryCancelled",
    "QueryError",
    "QueryFailed",
    "QueryTimedOut",
    "TributaryError",
    "UnsafeQuery",
]


class ConfigError(TributaryError):
    """A setting, a configuration file or a table definition is wrong."""


class InvalidQuestion(TributaryError):
    """A question is empty or too long."""


class QueryError(TributaryError):
    """A query cannot be answered; `sql` is its text."""

    def __init__(self, message: str, *, hint: str = "", sql: str = "") -> None:
        super().__init__(message, hint=hint)
        self.sql = sql


class UnsafeQuery(QueryError):
    """The guard refused the query.

    Args:
        message: What was refused, in words.
        reason: A stable machine-readable word such as `not_a_query` or `options_hint`.
        hint: What would be accepted.
        sql: The text that was refused.
    """

    def __init__(self, message: str, *, reason: str, hint: str = "", sql: str = "") -> None:
        super().__init__(message, hint=hint, sql=sql)
        self.reason = reason


class InvalidQuery(QueryError):
    """Flink's parser or planner refused the query; the message says where."""


class QueryTimedOut(QueryError):
    """The query ran past its deadline; its job was cancelled."""


class QueryCancelled(QueryError):
    """The caller cancelled the query; its job was cancelled."""


class QueryFailed(QueryError):
    """The query's job started and then failed on the cluster."""


class EngineUnavailable(TributaryError):
    """There is no usable JVM, or the Flink cluster cannot be reached."""


class ModelUnavailable(TributaryError):
    """The chat model cannot be reached or refuses to answer."""
