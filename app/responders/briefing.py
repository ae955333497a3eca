"""Gathers, all at once, what a model should know before it is asked for the first time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from typing import TypeVar
from zoneinfo import ZoneInfo

from app.answer import Passage
from app.catalog.described import definition, reach
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
_CITED_BEFORE = 3


@dataclass(frozen=True, slots=True)
class Briefing:
    """Knows where to look.

    Attributes:
        catalog: The tables.
        values: Gives the values sampled from their text columns; none where there is no Flink.
        relevance: Orders the tables by a question.
        examples: Gives approved examples that are like a question.
        plan: What the grammar makes of a question.
        zone: The zone that times are told in.
        budget: Most characters of table definitions.
    """

    catalog: Catalog
    values: Callable[[], Values]
    relevance: Relevance
    examples: Callable[[str], Sequence[Example]]
    plan: Callable[[Turn], Plan]
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
            examples = pool.submit(self.examples, turn.question)
            plan = pool.submit(self.plan, turn)
            cited = [(toolkit.cite(p).number, p) for p in found.result()]
        shown, hidden, reached = _or(tables, ([], [], []))
        read = _or(plan, Plan())
        toolkit.timings["briefing"] = time.perf_counter() - started
        return Facts(
            passages=cited,
            tables=shown,
            hidden=hidden,
            reached=reached,
            examples=_or(examples, ()),
            readings=[(r.words, r.sql) for r in read.readings],
            choices=read.choices,
        )

    def _passages(self, turn: Turn, toolkit: Toolkit) -> list[Passage]:
        """The nearest, by document and place; a follow-up leans on the question before it."""
        queries, known = [turn.question], list[Passage]()
        if turn.history:
            queries.insert(0, f"{turn.history[-1].question} {turn.question}")
            known = list(turn.history[-1].passages[:_CITED_BEFORE])
        try:
            found = [toolkit.search_documents(query, limit=MOST_PASSAGES) for query in queries]
        except IngestError:  # the model is told when it searches; the streams may be enough
            return []
        near = [p for turns in zip_longest(*found) for p in turns if p is not None]
        near = [p for p in near if p.relevant]
        best = {(p.document, p.start): p for p in reversed([*known, *near])}
        kept = list(reversed(best.values()))[:MOST_PASSAGES]
        documents = list(dict.fromkeys(p.document for p in kept))
        return sorted(kept, key=lambda p: (documents.index(p.document), p.start))

    def _tables(self, turn: Turn) -> tuple[list[str], list[str], list[str]]:
        """The definitions that fit, the names of the other tables, and how far each reaches."""
        values = self.values()
        asked = " ".join([*(a.question for a in turn.history[-2:]), turn.question])
        describe = partial(definition, values=values, asked=asked)
        shown = list(self.catalog)
        if sum(len(describe(table)) for table in shown) > self.budget:
            ranked = self.relevance.ranked(asked)
            shown = fitting(ranked, describe, self.budget)
        hidden = [table.name for table in self.catalog if table not in shown]
        reached = [told for table in shown if (told := reach(table, values, self.zone))]
        return [describe(table) for table in shown], hidden, reached


def _or(found: Future[T], otherwise: T) -> T:
    """What was found; what cannot be read, embedded or asked of Flink now is left out."""
    try:
        return found.result()
    except (ConfigError, IngestError, EngineUnavailable):
        return otherwise
