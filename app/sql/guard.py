"""Only what this module lets pass ever reaches an engine's `run`.

The quick checks read the text; the last word is Flink's own parser, because a checker whose lexer
differs from Flink's can be led past (a comment or a quote that only one of them sees).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.catalog.model import Catalog


@dataclass(frozen=True, slots=True)
class ParsedStatement:
    """What Flink's parser made of a text.

    Attributes:
        kinds: The simple class name of each operation, such as `PlannerQueryOperation`.
        tables: Names of the catalogued tables that the statement reads, sorted.
        is_query: Whether there is exactly one operation and it is a query.
    """

    kinds: tuple[str, ...]
    tables: tuple[str, ...]
    is_query: bool


FlinkParser = Callable[[str], ParsedStatement]


@dataclass(frozen=True, slots=True)
class SafeQuery:
    """A query that passed the guard; only `check` makes one.

    Attributes:
        text: The original text; it is what runs.
        tables: The stream tables it reads, sorted.
        row_limit: At most this many rows are returned.
    """

    text: str
    tables: tuple[str, ...]
    row_limit: int


def check(text: str, catalog: Catalog, parser: FlinkParser, *, row_limit: int) -> SafeQuery:
    """Lets a text pass as a query, or says why not.

    Raises:
        UnsafeQuery: It is not exactly one read-only query over catalogued tables.
        InvalidQuery: Flink cannot parse or validate it.
    """
    raise NotImplementedError
