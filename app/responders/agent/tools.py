"""The two tools as a model sees them. Whatever goes wrong comes back as words to act on."""

from __future__ import annotations

from typing import Any

from langchain.tools import ToolRuntime
from langchain_core.tools import BaseTool, StructuredTool
from pydantic import BaseModel, Field

from app.errors import ConfigError, EngineUnavailable, IngestError, QueryCancelled, QueryError
from app.responders import prompts
from app.responders.agent.work import Work

_PASSAGES = 6
_LONGEST_QUERY = 300


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


def tools() -> list[BaseTool]:
    """The tools; which question they serve comes with each call."""
    return [
        StructuredTool.from_function(
            query_streams,
            args_schema=QueryInput,
            description="Runs one query over the stream tables; gives its rows as evidence.",
        ),
        StructuredTool.from_function(
            search_documents,
            args_schema=SearchInput,
            description="Finds passages of the documents; gives them as evidence.",
        ),
    ]


def query_streams(sql: str, purpose: str, runtime: ToolRuntime[Work, Any]) -> str:
    """Guards, plans and runs a query for the model."""
    work = runtime.context
    if work.refused > work.limits.repairs:
        return prompts.no_more_queries()
    said = " ".join(purpose.split())[:_LONGEST_QUERY]
    try:
        source = work.toolkit.query_streams(sql.strip().rstrip(";"), said)
    except QueryCancelled:
        raise
    except (QueryError, ConfigError) as error:
        with work.lock:
            work.refused += 1
            left = work.limits.repairs + 1 - work.refused
        return prompts.refused(str(error), left)
    except EngineUnavailable as error:
        with work.lock:
            work.notices.append(f"The streams could not be queried: {error}")
        return prompts.streams_unavailable(error.message)
    with work.lock:
        work.purposes.append(said)
    if source.result is None:
        raise AssertionError("a query gives a result")
    return prompts.result(source.number, source.result, work.zone)


def search_documents(query: str, runtime: ToolRuntime[Work, Any]) -> str:
    """Searches the documents for the model."""
    work = runtime.context
    try:
        found = work.toolkit.search_documents(query[:_LONGEST_QUERY], limit=_PASSAGES)
    except IngestError as error:
        with work.lock:
            work.notices.append(f"The documents could not be searched: {error}")
        return prompts.documents_unavailable(error.message)
    return prompts.passages([(work.toolkit.cite(p).number, p) for p in found])
