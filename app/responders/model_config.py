"""How the chat model is reached, and how much of it one answer may take."""

from __future__ import annotations

from dataclasses import dataclass, field

CHARACTERS_PER_TOKEN = 4
"""About; counting them would take the model's own tokenizer."""


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """One chat model.

    Attributes:
        name: `provider:model`, as LangChain's `init_chat_model` takes it.
        url: Base address of an OpenAI-compatible endpoint; the provider's own where empty.
        key: What the endpoint is paid by; the provider's own environment variable where empty.
        timeout: Seconds without a byte until a request is given up.
        input_price: Cost of a million tokens sent; 0 where it is not to be told.
        output_price: Cost of a million tokens written.
    """

    name: str
    url: str = ""
    key: str = field(default="", repr=False)
    timeout: float = 60.0
    input_price: float = 0.0
    output_price: float = 0.0

    @property
    def model(self) -> str:
        """The model's own name."""
        return self.name.partition(":")[2] or self.name

    @property
    def is_openai(self) -> bool:
        """Whether it speaks OpenAI's protocol."""
        return self.name.startswith("openai:") or bool(self.url)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one answer may take.

    Attributes:
        calls: Requests to the model; of the last one an answer is demanded.
        queries: Queries that run.
        repairs: Queries that may be refused.
        searches: Searches of the documents.
        seconds: From the first request to the last word.
        tokens: Tokens of all requests together; beyond it an answer is demanded.
        context: Tokens that one request may have; older parts of a conversation are summarised.
        vote: Whether several queries are compared where one had to be repaired, or where the
            question has several readings.
    """

    calls: int = 8
    queries: int = 6
    repairs: int = 3
    searches: int = 4
    seconds: float = 180.0
    tokens: int = 100_000
    context: int = 32_000
    vote: bool = False
