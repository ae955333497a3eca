"""What Tributary answers with: results, sources, the answer itself, and the steps on the way to it.

Everything here is a frozen value. The assistant makes them; the pages, the command line and
notebooks only read them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from app import charts, highlight, notebook, plain
from app.offsets import TableRead
from ingest.passage import Passage

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

__all__ = ["Answer", "Passage", "QueryResult", "Source", "Step", "Usage"]


TimeRange = tuple[datetime | None, datetime | None]


@dataclass(frozen=True, slots=True, eq=False)
class QueryResult:
    """The rows that one Flink query gave.

    Attributes:
        sql: The text that ran, exactly.
        table: The rows as an Arrow table; instants are UTC timestamps.
        tables: The stream tables that the query read.
        truncated: Whether there were more rows than the row limit.
        as_of: For each table read, the latest event time it held when the query ran; a table
            without a time attribute, or an empty one, is absent.
        seconds: Wall time from submission to the last row.
        lineage: What each column is made of, a line each, in terms of the tables' columns.
        ranges: For each table, the first and the last event time that could matter to the query;
            None where that side is open.
        advice: What is legal but doubtful in the query, a line each.
        offsets: For each table on Kafka topics, which records were read, where it is known.
    """

    sql: str
    table: pa.Table
    tables: tuple[str, ...]
    truncated: bool = False
    as_of: Mapping[str, datetime] = field(default_factory=dict)
    seconds: float = 0.0
    lineage: tuple[str, ...] = ()
    ranges: Mapping[str, TimeRange] = field(default_factory=dict)
    advice: tuple[str, ...] = ()
    offsets: Mapping[str, TableRead] = field(default_factory=dict)

    def __len__(self) -> int:
        return int(self.table.num_rows)

    @property
    def columns(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(self.table.column_names)

    def rows(self) -> list[dict[str, Any]]:
        """The rows as dictionaries of plain Python values."""
        return list(self.table.to_pylist())

    def to_pandas(self) -> pd.DataFrame:
        """The rows as a pandas DataFrame."""
        frame: pd.DataFrame = self.table.to_pandas()
        return frame

    def chart(self) -> alt.Chart | None:
        """A chart of the rows, or None where a table or a single number says it better."""
        return charts.draw(self.table)


@dataclass(frozen=True, slots=True)
class Source:
    """One piece of evidence behind an answer.

    Attributes:
        number: What `[number]` in the text points to, from 1.
        evidence: A passage of a document or the result of a query.
    """

    number: int
    evidence: Passage | QueryResult

    @property
    def result(self) -> QueryResult | None:
        """The evidence, if it is a query result."""
        return self.evidence if isinstance(self.evidence, QueryResult) else None

    @property
    def passage(self) -> Passage | None:
        """The evidence, if it is a passage."""
        return self.evidence if isinstance(self.evidence, Passage) else None

    @property
    def label(self) -> str:
        """One line for a list of sources."""
        if isinstance(self.evidence, Passage):
            return self.evidence.label
        return f"Flink SQL over {', '.join(self.evidence.tables) or 'no table'}"


@dataclass(frozen=True, slots=True)
class Usage:
    """What one answer took of a chat model.

    Attributes:
        model: The model's name, as it was asked for.
        calls: How many requests were answered.
        input_tokens: Tokens sent, all requests together, as far as the model reports them.
        output_tokens: Tokens written, likewise.
        cost: In the currency of the prices that are set; None where none are.
    """

    model: str
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None

    def __str__(self) -> str:
        """In one line.

        >>> str(Usage("gpt-x", 2, 4_100, 60, 0.0012))
        'gpt-x (2 requests, 4,100 tokens sent, 60 written, cost 0.0012)'
        """
        parts = [f"{self.calls} request{'' if self.calls == 1 else 's'}"]
        if self.input_tokens or self.output_tokens:
            parts.append(f"{self.input_tokens:,} tokens sent, {self.output_tokens:,} written")
        if self.cost is not None:
            parts.append(f"cost {self.cost:.4f}")
        return f"{self.model} ({', '.join(parts)})"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer with everything that supports it.

    Attributes:
        question: What was asked.
        text: Markdown prose with `[1]`-style markers that point to `sources`.
        sources: The numbered evidence, in order.
        responder: Who wrote the text: `rules` or `agent`.
        understood: How the structured part was understood, in words; empty where there is none.
        notices: Remarks on the answer as a whole ("the model could not be reached, ...").
        timings: Seconds by step: `briefing`, `search`, `parse`, `guard`, `engine`, `total`.
        conversation: Id of the conversation it belongs to.
        asked_at: When the question was asked (UTC).
        choices: Where the question could mean several things, the readings to choose from, in
            words. Asking one of them, or its number from 1, in the same conversation answers it.
        usage: What it took of a chat model; None where none was asked.
        confidence: From 0 to 1. Of the rules, how often such readings were right when measured;
            of a chat model that wrote several queries, the share that gave these rows. None where
            neither is known.
        access: The labels of all documents that it may rest on, whether cited or not: who lacks
            one of them never sees it.
    """

    question: str
    text: str
    sources: tuple[Source, ...]
    responder: str
    asked_at: datetime
    understood: str = ""
    notices: tuple[str, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    conversation: str = ""
    choices: tuple[str, ...] = ()
    usage: Usage | None = None
    confidence: float | None = None
    access: tuple[str, ...] = ()

    @property
    def results(self) -> tuple[QueryResult, ...]:
        """The query results among the sources."""
        return tuple(s.result for s in self.sources if s.result is not None)

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The document passages among the sources."""
        return tuple(s.passage for s in self.sources if s.passage is not None)

    def used(self, source: Source) -> tuple[highlight.Span, ...]:
        """The stretches of a source's passage that the text goes back to.

        Args:
            source: One of the answer's sources.

        Returns:
            Start and end of each in the passage's text, in order; empty for a query result.
        """
        passage = source.passage
        return highlight.used(self.text, source.number, passage.text) if passage else ()

    @property
    def as_of(self) -> dict[str, datetime]:
        """How fresh the answer is: the latest event time seen in each table it read."""
        reached: dict[str, datetime] = {}
        for result in self.results:
            reached.update(result.as_of)
        return reached

    @property
    def answered_by(self) -> str:
        """Who wrote the text, in words, with what it took of a chat model."""
        if self.responder == "agent":
            return f"answered by the chat model {self.usage or ''}".strip()
        tried = f", after the chat model {self.usage}" if self.usage else ""
        return f"answered by the keyless {self.responder}{tried}"

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain JSON values, rows included."""
        return plain.of_answer(self)

    def _repr_markdown_(self) -> str:
        return notebook.to_markdown(self)

    def _repr_html_(self) -> str:
        return notebook.to_html(self)


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened on the way to an answer; the base of the events below."""


@dataclass(frozen=True, slots=True)
class Searched(Step):
    """Documents were searched."""

    query: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class QueryWritten(Step):
    """A query was written and passed the gates; it runs next."""

    sql: str
    understood: str = ""


@dataclass(frozen=True, slots=True)
class QueryRefused(Step):
    """The guard, the planner or the cluster refused a query."""

    sql: str
    message: str


@dataclass(frozen=True, slots=True)
class QueryRan(Step):
    """A query finished."""

    result: QueryResult


@dataclass(frozen=True, slots=True)
class TextDelta(Step):
    """The next piece of the answer's text."""

    text: str


@dataclass(frozen=True, slots=True)
class TextWithdrawn(Step):
    """The text so far is not the answer after all; what follows replaces it."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Answered(Step):
    """The answer is complete; always the last step."""

    answer: Answer
