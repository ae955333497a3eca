"""What a responder is, and the two tools it is given.

Every tool call goes through the same gates whoever makes it, and what comes back is recorded as
numbered evidence. That is all a responder can reach: it holds no engine and no index.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from app.answer import (
    Answer,
    Passage,
    QueryRan,
    QueryRefused,
    QueryResult,
    QueryWritten,
    Searched,
    Source,
    Step,
    TextDelta,
    TextWithdrawn,
    Usage,
)
from app.engines.base import Engine
from app.errors import InvalidQuery, QueryCancelled, QueryError
from app.sql.review import Review, Reviewer
from ingest.reader import DocumentReader


@dataclass(frozen=True, slots=True)
class Turn:
    """One question with what was said before it.

    Attributes:
        question: The user's words, stripped.
        now: The moment that "now" in the question means (aware).
        history: Earlier answers of the conversation, oldest first.
    """

    question: str
    now: datetime
    history: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """What a responder hands back.

    Attributes:
        text: Markdown with `[n]` markers by evidence number.
        understood: How the structured part was read, in words; may be empty.
        notices: Remarks on the answer as a whole.
        choices: The readings that the text asks the user to choose from, in words.
        doubts: What of the text the evidence does not bear out, one sentence each; None where the
            responder has not looked.
        sources: What stays with the text, numbered as in it; all the evidence where None.
        usage: What it took of a chat model.
        confidence: How likely the figures are right, from 0 to 1; None where that is not known.
        responder: Who wrote it, where that is not the responder that was asked.
    """

    text: str
    understood: str = ""
    notices: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    doubts: tuple[str, ...] | None = None
    sources: tuple[Source, ...] | None = None
    usage: Usage | None = None
    confidence: float | None = None
    responder: str = ""


@dataclass(slots=True)
class Toolkit:
    """The two gated tools, bound to one question.

    Attributes:
        reviewer: Says of a query whether it may run, and what it needs.
        evidence: What the calls brought, numbered from 1 in order.
        timings: Seconds spent, by step.
        told: Whether any of the text was told already, as it was written.
        labels: The access labels of all passages found, whether or not they became evidence.
        lock: Held while evidence is recorded: calls may come side by side.
    """

    reviewer: Reviewer
    index: DocumentReader
    engine: Engine
    query_timeout: float
    emit: Callable[[Step], None]
    cancel: threading.Event
    evidence: list[Source] = field(default_factory=list)
    timings: dict[str, float] = field(default_factory=dict)
    told: bool = False
    labels: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def say(self, piece: str) -> None:
        """Tells the next piece of the text while it is being written."""
        self.told = True
        self.emit(TextDelta(piece))

    def withdraw(self, reason: str = "") -> None:
        """Takes back the text that was told so far, if any was."""
        if self.told:
            self.told = False
            self.emit(TextWithdrawn(reason))

    def search_documents(self, query: str, limit: int = 8) -> tuple[Passage, ...]:
        """Finds passages. They become evidence only once `cite` is called on them."""
        self._raise_if_cancelled()
        started = time.perf_counter()
        passages = tuple(self.index.search(query, limit=limit))
        self._spent("search", started)
        self.labels.update(passage.access for passage in passages if passage.access)
        self.emit(Searched(query, passages))
        return passages

    def query_streams(self, sql: str, understood: str = "") -> Source:
        """Guards, plans and runs a query, and records its result as evidence.

        Raises:
            QueryError: It was refused, failed, timed out or was cancelled.
            EngineUnavailable: There is no Flink to run it on.
        """
        return self.cite(self.compute(sql, understood))

    def compute(self, sql: str, understood: str = "", *, strict: bool = False) -> QueryResult:
        """Guards, plans and runs a query; its result is no evidence until it is cited.

        Args:
            sql: The query.
            understood: What it computes, in words.
            strict: Whether to refuse what Flink would run, but do wrong.

        Raises:
            QueryError: It was refused, failed, timed out or was cancelled.
            EngineUnavailable: There is no Flink to run it on.
        """
        self._raise_if_cancelled()
        try:
            started = time.perf_counter()
            review = self.reviewer.review(sql)
            self._spent("guard", started)
            if strict:
                _require_right(review)
            self.emit(QueryWritten(sql, understood))
            started = time.perf_counter()
            result = run(self.engine, review, self.query_timeout, self.cancel)
            self._spent("engine", started)
        except QueryError as error:
            self.emit(QueryRefused(sql, str(error)))
            raise
        self.emit(QueryRan(result))
        return result

    def cite(self, evidence: Passage | QueryResult) -> Source:
        """Records evidence and gives it its number; the same evidence keeps its number."""
        with self.lock:
            known = next((s for s in self.evidence if _is_same(s.evidence, evidence)), None)
            if known is not None:
                return known
            source = Source(len(self.evidence) + 1, evidence)
            self.evidence.append(source)
            return source

    def _spent(self, step: str, started: float) -> None:
        self.timings[step] = self.timings.get(step, 0.0) + time.perf_counter() - started

    def _raise_if_cancelled(self) -> None:
        if self.cancel.is_set():
            raise QueryCancelled("The question was cancelled.")


def _require_right(review: Review) -> None:
    """Refuses what lint knows to be wrong, with the corrected form as the hint."""
    for advice in review.advice:
        if advice.severity == "error":
            raise InvalidQuery(
                advice.message,
                reason=advice.rule,
                hint=f"{advice.why} Write: {advice.fix}",
                sql=review.query.text,
            )


def _is_same(one: Passage | QueryResult, other: Passage | QueryResult) -> bool:
    """A passage found twice is one; a query that ran twice is two."""
    if isinstance(one, Passage) and isinstance(other, Passage):
        return (one.document, one.start, one.end) == (other.document, other.start, other.end)
    return one is other


def run(
    engine: Engine, review: Review, timeout: float, cancel: threading.Event | None
) -> QueryResult:
    """Runs a reviewed query; the result says what the review found out.

    Raises:
        QueryError: It failed, timed out or was cancelled.
        EngineUnavailable: There is no Flink to run it on.
    """
    result = engine.run(review.query, timeout=timeout, cancel=cancel, ranges=review.ranges)
    return review.annotated(result)


class Responder(Protocol):
    """Writes the text of an answer."""

    @property
    def name(self) -> str:
        """Who it is, in a word."""
        ...

    def respond(self, turn: Turn, toolkit: Toolkit) -> Draft:
        """Gathers evidence through the toolkit and writes the text.

        Raises:
            ModelUnavailable: The chat model behind it cannot be reached.
            QueryCancelled: The question was cancelled.
        """
        ...
