"""The two tools as a model sees them. Whatever goes wrong comes back as words to act on."""

from __future__ import annotations

import asyncio
from typing import Any

from langchain.tools import ToolRuntime
from langchain_core.language_models import BaseChatModel
from langchain_core.tools import BaseTool, StructuredTool
from pydantic import BaseModel, Field

from app.answer import QueryResult
from app.errors import ConfigError, EngineUnavailable, IngestError, QueryCancelled, QueryError
from app.responders import prompts
from app.responders.agent.voting import vote
from app.responders.agent.work import Work

_PASSAGES = 6
_LONGEST = 300


class QueryInput(BaseModel):
    """What a query is called with."""

    sql: str = Field(description="One Flink SQL SELECT, without a semicolon.")
    purpose: str = Field(
        default="",
        description="What it computes, in a few plain words for the user: late parcels per "
        "carrier, today.",
    )


class SearchInput(BaseModel):
    """What a search is called with."""

    query: str = Field(description="What to look for, in a few words.")


def tools(model: BaseChatModel) -> list[BaseTool]:
    """The tools; which question they serve comes with each call.

    Args:
        model: Writes more queries where several are to be compared.
    """

    async def query_streams(sql: str, runtime: ToolRuntime[Work, Any], purpose: str = "") -> str:
        """Guards, plans and runs a query for the model."""
        work = runtime.context
        result = await asyncio.to_thread(_ran, work, sql, " ".join(purpose.split())[:_LONGEST])
        if isinstance(result, str):
            return result
        if work.takes_vote():
            winner = await vote(work, model, work.opening, result)
            work.notices.append(str(winner))
            work.agreement = winner.agreeing / winner.of
            result = winner.result
        source = work.toolkit.cite(result)
        return prompts.result(source.number, result, work.zone)

    def search_documents(query: str, runtime: ToolRuntime[Work, Any]) -> str:
        """Searches the documents for the model."""
        return _found(runtime.context, query[:_LONGEST])

    return [
        StructuredTool.from_function(
            coroutine=query_streams,
            args_schema=QueryInput,
            description="Runs one query over the stream tables; gives its rows as evidence.",
        ),
        StructuredTool.from_function(
            search_documents,
            args_schema=SearchInput,
            description="Finds passages of the documents; gives them as evidence.",
        ),
    ]


def _ran(work: Work, sql: str, purpose: str) -> QueryResult | str:
    """The rows, or why there are none, in words for the model."""
    if work.refused > work.limits.repairs:
        return prompts.no_more_queries()
    text = sql.strip().rstrip(";")
    try:
        result = work.toolkit.compute(text, purpose, strict=text not in work.doubted)
    except QueryCancelled:
        raise
    except (QueryError, ConfigError) as error:
        with work.lock:
            work.refused += 1
            work.doubted.add(text)  # of what is only doubted, the model has the last word
            left = work.limits.repairs + 1 - work.refused
        return prompts.refused(str(error), left)
    except EngineUnavailable as error:
        with work.lock:
            work.notices.append(f"The streams could not be queried: {error}")
        return prompts.streams_unavailable(error.message)
    with work.lock:
        work.purposes.append(purpose)
    return result


def _found(work: Work, query: str) -> str:
    try:
        found = work.toolkit.search_documents(query, limit=_PASSAGES)
    except IngestError as error:
        with work.lock:
            work.notices.append(f"The documents could not be searched: {error}")
        return prompts.documents_unavailable(error.message)
    known = {source.number for source in work.toolkit.evidence}
    return prompts.passages([(work.toolkit.cite(p).number, p) for p in found if p.relevant], known)
