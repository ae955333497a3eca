"""Gathers, all at once, what a model should know before it is asked for the first time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar
from zoneinfo import ZoneInfo

from app.answer import Passage
from app.catalog.described import definition
from app.catalog.model import Catalog
from app.catalog.relevance import Relevance, fitting
from app.catalog.values import Values
from app.errors import ConfigError, EngineUnavailable, IngestError
from app.memory.examples import Example
from app.responders.base import Toolkit, Turn
from app.responders.plan import Plan
from app.responders.prompts import Facts

T = TypeVar("T")

MOST_PASSAGES = 8
_LEAST_SIMILARITY = 0.2
"""Below it a passage has nothing of the question but a word or two."""

Recall = Callable[[str], Sequence[Example]]
MakePlan = Callable[[Turn], Plan]


@dataclass(frozen=True, slots=True)
class Briefing:
    """Knows where to look.

    Attributes:
        catalog: The tables.
        values: Gives the values sampled from their text columns; none where there is no Flink.
        relevance: Orders the tables by a question.
        recall: Gives approved examples that are like a question.
        plan: What the grammar makes of a question.
        zone: The zone that times are told in.
        budget: Most characters of table definitions.
    """

    catalog: Catalog
    values: Callable[[], Values]
    relevance: Relevance
    recall: Recall
    plan: MakePlan
    zone: ZoneInfo
    budget: int

    def gather(self, turn: Turn, toolkit: Toolkit) -> Facts:
        """Everything for the first message; passages become evidence with their numbers.

        Raises:
            QueryCancelled: The question was cancelled.
        """
        started = time.perf_counter()
        with ThreadPoolExecutor(max_workers=4, thread_name_prefix="briefing") as pool:
            found = pool.submit(self._passages, turn, toolkit)
            tables = pool.submit(self._tables, turn)
            examples = pool.submit(self.recall, turn.question)
            plan = pool.submit(self.plan, turn)
            cited = [(toolkit.cite(p).number, p) for p in found.result()]
        shown, hidden = _or(tables, ([], []))
        read = _or(plan, Plan())
        toolkit.timings["briefing"] = time.perf_counter() - started
        return Facts(
            passages=cited,
            tables=shown,
            hidden=hidden,
            examples=_or(examples, ()),
            reading=";\n".join(reading.sql for reading in read.readings),
            readings=read.choices,
        )

    def _passages(self, turn: Turn, toolkit: Toolkit) -> list[Passage]:
        """The nearest of the question and, since it may lean on it, of the one before."""
        queries = [turn.question]
        if turn.history:
            queries.append(f"{turn.history[-1].question} {turn.question}")
        best: dict[tuple[str, int], Passage] = {}
        try:
            for query in queries:
                for one in toolkit.search_documents(query, limit=MOST_PASSAGES):
                    best.setdefault((one.document, one.start), one)
        except IngestError:  # the model is told when it searches; the streams may be enough
            return []
        near = [one for one in best.values() if one.similarity >= _LEAST_SIMILARITY]
        return near[:MOST_PASSAGES]

    def _tables(self, turn: Turn) -> tuple[list[str], list[str]]:
        """The definitions that fit, and the names of the other tables."""
        values = self.values()
        asked = " ".join([*(a.question for a in turn.history[-2:]), turn.question])
        describe = partial(definition, values=values, zone=self.zone, asked=asked)
        whole = [describe(table) for table in self.catalog]
        if sum(map(len, whole)) <= self.budget:
            return whole, []
        ranked = self.relevance.ranked(asked)
        shown = fitting(ranked, describe, self.budget)
        return shown, [table.name for table in ranked[len(shown) :]]


def _or(found: Future[T], otherwise: T) -> T:
    """What was found; what cannot be read, embedded or asked of Flink now is left out."""
    try:
        return found.result()
    except (ConfigError, IngestError, EngineUnavailable):
        return otherwise
