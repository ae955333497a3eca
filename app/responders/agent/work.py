"""The state of one question while a model is at work on it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from langchain_core.messages import AIMessage, AnyMessage

from app.answer import Usage
from app.responders.base import Toolkit
from app.responders.model_config import Limits, ModelConfig


@dataclass(slots=True)
class Work:
    """What the tools and the middleware of one question share. Tools may run side by side.

    Attributes:
        toolkit: The two gated tools.
        limits: What the answer may take.
        zone: The zone that times are told in.
        calls: Replies of the model so far.
        input_tokens: Tokens sent so far, as far as they are reported.
        output_tokens: Tokens written so far.
        refused: Queries that did not run so far.
        doubted: The texts of queries that did not run.
        purposes: What the queries that ran were for, in the model's words.
        notices: Remarks on the answer as a whole.
        agreement: The share of queries that gave the rows taken, where there was a vote.
        vote: Whether several queries are to be written where one may be wrong.
        unsure: Whether the question has several readings.
        opening: What the model was told first, the question last.
        given: What a text may repeat though no source says it: the question, the moment of asking,
            how far the tables reach, the answers before.
        lock: Held while any of this is changed.
    """

    toolkit: Toolkit
    limits: Limits
    zone: ZoneInfo
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    refused: int = 0
    doubted: set[str] = field(default_factory=set)
    purposes: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    agreement: float | None = None
    vote: bool = False
    unsure: bool = False
    opening: Sequence[AnyMessage] = ()
    given: Sequence[str] = ()
    lock: threading.Lock = field(default_factory=threading.Lock)

    def takes_vote(self) -> bool:
        """Whether to vote on the query that has just run; true once at the most."""
        with self.lock:
            wanted = self.vote and (self.unsure or self.refused > 0)
            self.vote = self.vote and not wanted
        return wanted

    @property
    def must_answer(self) -> bool:
        """Whether the next call has to bring the answer."""
        spent = self.input_tokens + self.output_tokens
        return self.calls >= self.limits.calls - 1 or spent >= self.limits.tokens

    def count(self, reply: AIMessage) -> None:
        """Counts one reply of the model, and its tokens where it reports them."""
        usage = reply.usage_metadata
        with self.lock:
            self.calls += 1
            self.input_tokens += usage["input_tokens"] if usage else 0
            self.output_tokens += usage["output_tokens"] if usage else 0

    def usage(self, model: ModelConfig) -> Usage:
        """What was taken of the model."""
        priced = model.input_price or model.output_price
        spent = self.input_tokens * model.input_price + self.output_tokens * model.output_price
        return Usage(
            model=model.model,
            calls=self.calls,
            input_tokens=self.input_tokens,
            output_tokens=self.output_tokens,
            cost=spent / 1e6 if priced else None,
        )
