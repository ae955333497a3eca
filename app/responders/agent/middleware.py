"""What stands around each call of the model: limits, retries, another model, and completeness."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from langchain.agents.middleware import (
    AgentMiddleware,
    ModelCallLimitMiddleware,
    ModelFallbackMiddleware,
    ModelRequest,
    ModelResponse,
    ModelRetryMiddleware,
    SummarizationMiddleware,
    ToolCallLimitMiddleware,
)
from langchain_core.exceptions import ModelError
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, SystemMessage

from app.responders import prompts
from app.responders.agent.failures import CutOff, Refused
from app.responders.agent.work import Work
from app.responders.model_config import Limits

_RETRIES = 2
_FIRST_DELAY = 0.5
_LONGEST_DELAY = 4.0
_SPARE_CALLS = 3
"""Calls beyond the limit: of an answer that was demanded, emptied or corrected once more."""
_KEEP_MESSAGES = 8
_ENDED = frozenset({"stop", "tool_calls", "end_turn", "tool_use", "stop_sequence", "STOP"})
_REFUSALS = frozenset({"content_filter", "refusal", "SAFETY"})


def around(
    model: BaseChatModel, limits: Limits, others: Sequence[BaseChatModel] = ()
) -> list[AgentMiddleware[Any, Any]]:
    """The middleware, the outermost first.

    Args:
        model: Summarises what is too long.
        limits: What one answer may take.
        others: Models to ask where this one fails.
    """
    chain: list[AgentMiddleware[Any, Any]] = [
        ModelCallLimitMiddleware(run_limit=limits.calls + _SPARE_CALLS, exit_behavior="error"),
        ToolCallLimitMiddleware(
            tool_name="query_streams", run_limit=limits.queries + limits.repairs
        ),
        ToolCallLimitMiddleware(tool_name="search_documents", run_limit=limits.searches),
        SummarizationMiddleware(
            model, trigger=("tokens", limits.context), keep=("messages", _KEEP_MESSAGES)
        ),
    ]
    if others:
        chain.append(ModelFallbackMiddleware(*others))
    retry = ModelRetryMiddleware(
        max_retries=_RETRIES,
        retry_on=is_worth_retrying,
        on_failure="error",
        initial_delay=_FIRST_DELAY,
        max_delay=_LONGEST_DELAY,
    )
    return [*chain, retry, Whole()]


def is_worth_retrying(error: Exception) -> bool:
    """Whether the same request may succeed in a moment."""
    if isinstance(error, CutOff):
        return True
    if getattr(error, "code", None) == "insufficient_quota":
        return False
    return isinstance(error, ModelError) and error.is_retryable


class Whole(AgentMiddleware[Any, Any]):
    """Counts replies, lets only whole ones through, and of the last call demands an answer."""

    async def awrap_model_call(
        self,
        request: ModelRequest[Any],
        handler: Callable[[ModelRequest[Any]], Awaitable[ModelResponse[Any]]],
    ) -> ModelResponse[Any]:
        """Asks the model.

        Raises:
            CutOff: The reply ended before it was complete.
            Refused: The model declined.
        """
        work = request.runtime.context
        if not isinstance(work, Work):
            raise AssertionError("a question is always at work")
        response = await handler(_demanding(request) if work.must_answer else request)
        reply = response.result[-1]
        if isinstance(reply, AIMessage):
            work.count(reply)
            _require_whole(reply)
        return response


def _demanding(request: ModelRequest[Any]) -> ModelRequest[Any]:
    rules = request.system_message.text if request.system_message else ""
    last = SystemMessage(f"{rules}\n{prompts.last_call()}".strip())
    return request.override(system_message=last, tool_choice="none")


def _require_whole(reply: AIMessage) -> None:
    about = reply.response_metadata
    reason = about.get("finish_reason") or about.get("stop_reason") or ""
    if reply.additional_kwargs.get("refusal") or reason in _REFUSALS:
        raise Refused
    if reply.invalid_tool_calls or (reason and reason not in _ENDED):
        raise CutOff
