"""Opens chat models. The key goes into the client here and is seen nowhere else."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk
from langchain_openai import ChatOpenAI

from app.errors import ConfigError
from app.responders.agent.failures import CutOff
from app.responders.model_config import ModelConfig

_NO_KEY = "none"
"""Servers on one's own machine ask for none, but the client wants something to send."""


class StrictChatOpenAI(ChatOpenAI):
    """Chat completions, streamed, that are complete or an error.

    The client takes a stream that simply ends for a whole reply, and repairs the arguments of a
    tool call that was cut off: `SELECT ... WHERE a AND b` would be run as `SELECT ... WHERE a`.
    """

    async def _astream(self, *args: Any, **kwargs: Any) -> AsyncIterator[ChatGenerationChunk]:
        begun = finished = False
        arguments: dict[Any, str] = {}
        async for chunk in super()._astream(*args, **kwargs):
            begun = True
            finished |= bool((chunk.generation_info or {}).get("finish_reason"))
            message = chunk.message
            for call in message.tool_call_chunks if isinstance(message, AIMessageChunk) else ():
                arguments[call["index"]] = arguments.get(call["index"], "") + (call["args"] or "")
            yield chunk
        if begun and not (finished and all(map(_is_complete, arguments.values()))):
            raise CutOff

    def _convert_chunk_to_generation_chunk(
        self, chunk: dict[str, Any], *args: Any, **kwargs: Any
    ) -> ChatGenerationChunk | None:
        """The client drops the words of a refusal, which then looks like an empty reply."""
        made = super()._convert_chunk_to_generation_chunk(chunk, *args, **kwargs)
        delta = next((c.get("delta") or {} for c in chunk.get("choices") or ()), {})
        if made is not None and delta.get("refusal"):
            made.message.additional_kwargs["refusal"] = delta["refusal"]
        return made


def open_model(config: ModelConfig) -> BaseChatModel:
    """The client of a chat model; nothing is sent yet.

    Raises:
        ConfigError: The name is of no known provider, or the provider's package is missing.
    """
    if config.is_openai:
        key = config.key or os.environ.get("OPENAI_API_KEY", "") or (_NO_KEY if config.url else "")
        if not key:
            raise ConfigError(
                f"There is no key for the model {config.name}.",
                hint="Set model_key, TRIBUTARY_MODEL_KEY or OPENAI_API_KEY.",
            )
        return StrictChatOpenAI(
            model=config.model,
            base_url=config.url or None,
            api_key=key,  # type: ignore[arg-type]  # a plain text is taken as well
            timeout=config.timeout,
            max_retries=0,  # the middleware retries, and can be cancelled while it waits
            stream_usage=True,
            use_responses_api=False,
        )
    try:
        chosen: dict[str, Any] = {"api_key": config.key} if config.key else {}
        model: BaseChatModel = init_chat_model(
            config.name, timeout=config.timeout, max_retries=0, **chosen
        )
    except ImportError as error:
        raise ConfigError(f"{error}.", hint="Install it beside Tributary.") from error
    except ValueError as error:
        raise ConfigError(
            f"There is no chat model {config.name}.",
            hint='Write provider:model, such as "openai:gpt-5-mini", and set its key.',
        ) from error
    return model


def address_of(config: ModelConfig) -> str:
    """Where a model is asked for, in words: its host and port, or its provider."""
    if not config.url:
        return config.name.partition(":")[0]
    parts = urlsplit(config.url)
    return parts.netloc.rpartition("@")[2] or config.url


def _is_complete(arguments: str) -> bool:
    try:
        return not arguments or isinstance(json.loads(arguments), dict)
    except ValueError:
        return False
