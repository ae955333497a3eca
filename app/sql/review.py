"""All that is known of a query before it runs: the verdict, the advice, what it needs to read.

The assistant holds one `Reviewer`, and every query passes it, whoever wrote it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from app.answer import QueryResult
from app.catalog.model import Catalog
from app.errors import InvalidQuery
from app.sql import guard, lineage, lint, query, timerange
from app.sql.checks import first_refusal
from app.sql.guard import FlinkParser, SafeQuery
from app.sql.lineage import Lineage
from app.sql.lint import Advice
from app.sql.scope import EVERYTHING, Scope
from app.sql.timerange import Span


@dataclass(frozen=True, slots=True)
class Review:
    """A query that may run, and what was found out about it.

    Attributes:
        query: What the guard let pass.
        advice: What is legal but doubtful, errors first.
        ranges: The event-time span that each table can matter in; tables without a time attribute
            are absent.
        lineage: What each output column is made of, in order.
    """

    query: SafeQuery
    advice: tuple[Advice, ...]
    ranges: Mapping[str, Span]
    lineage: tuple[Lineage, ...]

    @property
    def columns(self) -> Mapping[str, tuple[str, ...]]:
        """For each table, the columns that the query uses anywhere, sorted."""
        names = self.query.query.names
        used = names.columns if names else {}
        return {table: tuple(sorted(columns)) for table, columns in sorted(used.items())}

    def annotated(self, result: QueryResult) -> QueryResult:
        """The query's result with what is known of the query."""
        return replace(
            result,
            lineage=tuple(lineage.describe(one) for one in self.lineage),
            ranges={name: (span.start, span.end) for name, span in self.ranges.items()},
            advice=tuple(map(str, self.advice)),
        )


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Reviews queries for one caller.

    Attributes:
        catalog: The tables that Flink knows.
        parser: Flink's own parser, such as `Engine.parse`.
        row_limit: At most this many rows are to be returned.
        time_zone: Flink's session time zone.
        scope: What of the catalog the caller may read, and which functions call.
    """

    catalog: Catalog
    parser: FlinkParser
    row_limit: int
    time_zone: str = "UTC"
    scope: Scope = EVERYTHING

    @property
    def visible(self) -> Catalog:
        """The tables that the caller may read."""
        return self.scope.visible(self.catalog)

    def review(self, text: str, *, continuous: bool = False) -> Review:
        """Lets a query pass the guard and finds out the rest.

        Args:
            text: What somebody, or a model, wrote.
            continuous: Whether the query is to be kept running, not asked once.

        Raises:
            UnsafeQuery: It is not exactly one read-only query over tables in scope.
            InvalidQuery: Flink refuses it; the hint says how to write it, where that is known.
            EngineUnavailable: There is no Flink to ask.
        """
        try:
            safe = guard.check(
                text, self.catalog, self.parser, row_limit=self.row_limit, scope=self.scope
            )
        except InvalidQuery as error:
            raise _corrected(error, self.advise(text, continuous=continuous)) from error
        return Review(
            query=safe,
            advice=lint.advise(safe.query, self.visible, continuous),
            ranges=timerange.of(
                safe.query, self.catalog, now=datetime.now(UTC), time_zone=self.time_zone
            ),
            lineage=lineage.of(safe.query),
        )

    def advise(self, text: str, *, continuous: bool = False) -> tuple[Advice, ...]:
        """What is to be said of a text, whether or not Flink would run it."""
        if first_refusal(text):  # it may be too much for the dialect, too
            return ()
        return lint.advise(query.read(text, self.visible), self.visible, continuous)


def _corrected(error: InvalidQuery, advice: tuple[Advice, ...]) -> InvalidQuery:
    """Flink's refusal, with the corrected form of what it most likely refused as its hint."""
    wrong = [one for one in advice if one.severity == "error"]
    if error.place:
        at = error.place.start
        wrong = sorted(
            (one for one in wrong if one.start <= at < one.end), key=lambda one: one.end - one.start
        )
    if not wrong:
        return error
    return InvalidQuery(
        error.message,
        reason=error.reason,
        hint=str(wrong[0]),
        sql=error.sql,
        place=error.place,
    )
