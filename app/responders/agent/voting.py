"""Several queries for one question: the rows that most of them give are taken.

Self-consistency (Wang et al. 2022, arXiv:2203.11171) over executed queries, asked for only where
the first query had to be repaired or the question has several readings.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage

from app.answer import QueryResult
from app.errors import ConfigError, EngineUnavailable, QueryCancelled, QueryError
from app.responders import prompts
from app.responders.agent.work import Work

CANDIDATES = 4
"""Queries beside the first one; of five, three are a majority."""

_TEMPERATURE = 0.7
_FENCE = re.compile(r"^```\w*\s*\n?|\n?```\s*$")
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Vote:
    """What came of it.

    Attributes:
        result: The rows that won.
        agreeing: How many queries gave them.
        of: How many queries ran.
    """

    result: QueryResult
    agreeing: int
    of: int

    def __str__(self) -> str:
        return f"{self.agreeing} of {self.of} queries written for this question gave these rows."


async def vote(
    work: Work, model: BaseChatModel, opening: Sequence[AnyMessage], first: QueryResult
) -> Vote:
    """Has more queries written and run, and takes the rows that most of them give.

    Args:
        work: The question.
        model: Writes the queries.
        opening: What the model was told first, the question last.
        first: The rows of the query that is there already; they win where nothing has a majority.

    Raises:
        QueryCancelled: The question was cancelled.
    """
    asked = [*opening, HumanMessage(prompts.another_query())]
    warm = model.bind(temperature=_TEMPERATURE)
    replies = await asyncio.gather(
        *(warm.ainvoke(asked) for _ in range(CANDIDATES)), return_exceptions=True
    )
    texts = [_query(work, reply) for reply in replies if isinstance(reply, AIMessage)]
    counts = Counter({_key(first): 1})
    known = {_key(first): first}
    for text, votes in Counter(filter(None, texts)).items():
        result = await asyncio.to_thread(_rows, work, text)
        if result is not None:
            counts[_key(result)] += votes
            known.setdefault(_key(result), result)
    best, agreeing = max(counts.items(), key=lambda one: (one[1], one[0] == _key(first)))
    return Vote(known[best], agreeing, counts.total())


def _query(work: Work, reply: AIMessage) -> str:
    work.count(reply)
    return _FENCE.sub("", reply.text.strip()).strip().rstrip(";")


def _rows(work: Work, text: str) -> QueryResult | None:
    """The rows of a query; None where it does not run, which is a vote for nothing."""
    try:
        return work.toolkit.compute(text, "one of several queries for the same question")
    except QueryCancelled:
        raise
    except (QueryError, ConfigError, EngineUnavailable):
        return None


def _key(result: QueryResult) -> Hashable:
    """The same for the same rows, whatever their order and the order and names of the columns."""
    columns = [[_plain(value) for value in column.to_pylist()] for column in result.table.columns]
    columns.sort(key=lambda values: sorted(map(repr, values)))
    return frozenset(Counter(zip(*columns, strict=True)).items()), len(columns)


def _plain(value: Any) -> Hashable:
    match value:
        case bool() | None:
            return value
        case int() | float() | Decimal():
            return round(float(value), _DIGITS)
        case datetime():
            return value.replace(tzinfo=None)
        case _:
            return str(value)
