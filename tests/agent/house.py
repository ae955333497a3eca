"""An agent over canned streams and documents, and a model that says what the test tells it to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from app.answer import Answer, Passage, Step, TextDelta, TextWithdrawn
from app.catalog import loader
from app.catalog.model import Catalog
from app.catalog.relevance import Relevance
from app.catalog.values import Values
from app.errors import TributaryError
from app.responders.agent import AgentResponder
from app.responders.base import Draft, Responder, Toolkit, Turn
from app.responders.briefing import Briefing
from app.responders.fallback import WithFallback
from app.responders.model_config import Limits, ModelConfig
from app.responders.plan import Plan
from app.responders.rules import RulesResponder
from ingest.demo.streams import TABLES
from tests.agent.model_server import ModelServer, Reply, Script, serving
from tests.responders.fakes import CannedEngine, CannedIndex, passage, toolkit

NOW = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
SHOP = loader.load((TABLES,))
VALUES = Values({"orders": {"city": ("Berlin", "Graz"), "status": ("cancelled", "confirmed")}})
KEY = "sk-planted-secret-0123456789"
LATE = passage("A parcel is late when it is more than 24 hours past its promised time.")
COUNT = "SELECT COUNT(DISTINCT order_id) AS orders FROM orders"


def embed(texts: Sequence[str]) -> Any:
    """Vectors that only tell texts apart."""
    return np.eye(len(texts), 8, dtype=np.float32)


@dataclass(slots=True)
class House:
    """A responder, what it stands on, and what it did.

    Attributes:
        model: The endpoint.
        agent: The responder with the model alone.
        responder: The same with the rules behind it.
        engine: Gives canned rows.
        index: Gives canned passages.
        steps: What was told, in order.
    """

    model: ModelServer
    agent: AgentResponder
    responder: Responder
    catalog: Catalog
    engine: CannedEngine
    index: CannedIndex
    steps: list[Step] = field(default_factory=list)
    cancel: threading.Event = field(default_factory=threading.Event)

    def toolkit(self, emit: Callable[[Step], object] | None = None) -> Toolkit:
        """The two tools for one question."""
        made = toolkit(self.catalog, self.engine, self.index, emit or self.steps.append)
        return replace(made, cancel=self.cancel)

    def ask(self, question: str = "How many orders?", *history: Answer) -> Draft:
        """The draft of the agent alone."""
        return self.agent.respond(Turn(question, NOW, history), self.toolkit())

    def ask_house(self, question: str = "How many orders?") -> Draft:
        """The draft of the agent, or of the rules where the model fails."""
        return self.responder.respond(Turn(question, NOW), self.toolkit())

    @property
    def told(self) -> str:
        """What stands on the page after all steps."""
        text = ""
        for step in self.steps:
            if isinstance(step, TextWithdrawn):
                text = ""
            elif isinstance(step, TextDelta):
                text += step.text
        return text.strip()


@contextmanager
def house(
    script: Sequence[Reply] | Script,
    *,
    columns: Mapping[str, Sequence[Any]] | None = None,
    passages: Sequence[Passage] = (LATE,),
    limits: Limits | None = None,
    catalog: Catalog = SHOP,
    engine_error: TributaryError | None = None,
    url: str = "",
    timeout: float = 5.0,
    fallback: str = "",
    prices: tuple[float, float] = (0.0, 0.0),
    **briefed: Any,
) -> Iterator[House]:
    """Everything for one test, closed at its end."""
    with serving(script) as model:
        rows = pa.table(dict(columns if columns is not None else {"orders": [42]}))
        engine = CannedEngine(rows, error=engine_error)
        index = CannedIndex(passages)
        config = ModelConfig("openai:scripted", url or model.url, KEY, timeout, *prices)
        briefing = Briefing(
            catalog=catalog,
            relevance=Relevance(catalog, embed),
            **{
                "values": lambda: VALUES,
                "examples": lambda _question: (),
                "plan": lambda _turn: Plan(),
                "zone": ZoneInfo("UTC"),
                "budget": 40_000,
                **briefed,
            },
        )
        agent = AgentResponder(
            config,
            briefing,
            limits=limits or Limits(),
            fallback=ModelConfig(f"openai:{fallback}", model.url, KEY) if fallback else None,
        )
        rules = RulesResponder(catalog, lambda: VALUES, "UTC")
        yield House(model, agent, WithFallback(agent, rules), catalog, engine, index)


def answered(question: str, text: str, **more: Any) -> Answer:
    """An earlier answer of a conversation."""
    return Answer(question, text, (), "agent", NOW, **more)
