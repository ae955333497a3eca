"""An engine of canned tables and an index of canned passages."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import pyarrow as pa

from app.answer import Passage, QueryResult, Step
from app.catalog.model import Catalog
from app.errors import TributaryError
from app.responders.base import Toolkit
from app.sql.guard import ParsedStatement, SafeQuery
from app.sql.review import Reviewer
from app.sql.timerange import Span
from ingest.reader import DocumentReader


@dataclass(slots=True)
class CannedEngine:
    """Gives the same rows to every query, or what `give` makes of its text, or raises."""

    table: pa.Table = field(default_factory=lambda: pa.table({"orders": [0]}))
    error: TributaryError | None = None
    truncated: bool = False
    ran: list[str] = field(default_factory=list)
    give: Callable[[str], pa.Table] | None = None

    def warm_up(self) -> None:
        return

    def parse(self, text: str) -> ParsedStatement:
        tables = sorted(set(re.findall(r"(?:FROM|TABLE) (\w+)", text)))
        return ParsedStatement(("PlannerQueryOperation",), tuple(tables), is_query=True)

    def check(self, query: SafeQuery, *, continuous: bool = False) -> None:
        return

    def run(
        self,
        query: SafeQuery,
        *,
        timeout: float | None = None,
        cancel: threading.Event | None = None,
        ranges: Mapping[str, Span] | None = None,
    ) -> QueryResult:
        self.ran.append(query.text)
        if self.error:
            raise self.error
        table = self.give(query.text) if self.give else self.table
        return QueryResult(query.text, table, query.tables, truncated=self.truncated)

    def close(self) -> None:
        return


@dataclass(slots=True)
class CannedIndex:
    """Gives the same passages to every search."""

    passages: Sequence[Passage] = ()
    error: TributaryError | None = None
    queries: list[str] = field(default_factory=list)

    def search(self, query: str, limit: int = 4) -> list[Passage]:
        self.queries.append(query)
        if self.error:
            raise self.error
        return list(self.passages[:limit])


def passage(
    text: str,
    *,
    similarity: float = 0.7,
    title: str = "Policy",
    heading: str = "Compensation",
    start: int = 0,
) -> Passage:
    """A passage of a document of that title."""
    document = f"{title.lower().replace(' ', '-')}.md"
    end = start + len(text)
    return Passage(document, title, (title, heading), start, end, text, 0.03, similarity)


def toolkit(
    catalog: Catalog,
    engine: CannedEngine,
    index: CannedIndex,
    emit: Callable[[Step], Any] = lambda _: None,
) -> Toolkit:
    """The two tools over what is canned."""
    return Toolkit(
        reviewer=Reviewer(catalog, engine.parse, row_limit=100),
        index=cast("DocumentReader", index),
        engine=engine,
        query_timeout=5,
        emit=emit,
        cancel=threading.Event(),
    )
