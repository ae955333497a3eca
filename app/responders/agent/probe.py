"""Asks a chat model once, to say whether it can be reached and calls tools: `tributary doctor`."""

from __future__ import annotations

from langchain_core.messages import HumanMessage
from langchain_core.tools import StructuredTool
from langsmith import tracing_context
from pydantic import BaseModel, Field

from app.errors import ModelUnavailable, TributaryError
from app.responders.agent import failures, models
from app.responders.model_config import ModelConfig


class _Look(BaseModel):
    city: str = Field(description="Name of the city.")


def probe(config: ModelConfig) -> str:
    """Has the model call a tool, and says where it answered.

    Raises:
        ConfigError: Its name or key is wrong, as far as that shows without asking.
        ModelUnavailable: It cannot be reached, refuses, or calls no tools; the message says which.
    """
    address = models.address_of(config)
    tool = StructuredTool.from_function(
        lambda city: city, name="weather", description="The weather of a city.", args_schema=_Look
    )
    model = models.open_model(config)
    try:
        with tracing_context(enabled=False):
            reply = model.bind_tools([tool]).invoke(
                [HumanMessage("How is the weather in Kassel? Call the tool; do not guess.")]
            )
    except TributaryError:
        raise
    except NotImplementedError as error:  # how LangChain's classes say that they bind no tools
        raise _no_tools(config, address) from error
    except Exception as error:
        raise failures.explained(error, address) from error
    if not reply.tool_calls:
        raise _no_tools(config, address)
    return f"{config.model} at {address} answers and calls tools"


def _no_tools(config: ModelConfig, address: str) -> ModelUnavailable:
    return ModelUnavailable(
        f"The model {config.model} at {address} answers, but calls no tools.",
        hint="Set a model that can, or have its server parse tool calls.",
    )
