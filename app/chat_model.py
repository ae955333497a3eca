"""The chat model that the settings name: the responder that asks it, and whether it answers.

`app.wiring` gives the responder to an assistant; `tributary doctor` calls `check`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from app.catalog.relevance import Relevance
from app.responders.briefing import Briefing
from app.responders.model_config import CHARACTERS_PER_TOKEN, Limits, ModelConfig
from app.responders.recall import Recall
from app.responders.rules import RulesResponder
from app.settings import Settings
from ingest.embeddings import Vectors

if TYPE_CHECKING:
    from app.responders.agent import AgentResponder

Embed = Callable[[Sequence[str]], Vectors]
"""Texts to vectors of length 1."""

_TABLES_SHARE = 0.3
"""Of what one request to a model may have, for the definitions of tables."""


def agent(
    settings: Settings, rules: RulesResponder, recall: Recall, embed: Embed
) -> AgentResponder | None:
    """The responder with a chat model; None where none is set.

    Args:
        settings: Name the model and its limits.
        rules: What it is told of a question and of the tables comes from there.
        recall: Finds examples that are near to a question.
        embed: Finds the tables that are.
    """
    if not settings.model:
        return None
    from app.responders.agent import AgentResponder  # noqa: PLC0415 - slow to load

    briefing = Briefing(
        catalog=rules.catalog,
        values=rules.sampled,
        relevance=Relevance(rules.catalog, embed),
        examples=recall.nearest,
        plan=rules.plan,
        zone=ZoneInfo(settings.time_zone),
        budget=int(settings.model_context * _TABLES_SHARE * CHARACTERS_PER_TOKEN),
    )
    limits = Limits(
        calls=settings.model_calls,
        seconds=settings.answer_timeout,
        context=settings.model_context,
        vote=settings.accuracy == "vote",
    )
    other = settings.fallback_model
    return AgentResponder(
        _config(settings, settings.model),
        briefing,
        limits=limits,
        fallback=_config(settings, other) if other else None,
    )


def check(settings: Settings, name: str) -> str:
    """Asks a chat model once, and says that it answers as it must.

    Raises:
        TributaryError: It does not; the message says why.
    """
    from app.responders.agent.probe import probe  # noqa: PLC0415 - slow to load

    return probe(_config(settings, name))


def _config(settings: Settings, name: str) -> ModelConfig:
    """How a chat model is reached; another provider than the first has its own key and address."""
    own = name.partition(":")[0] == settings.model.partition(":")[0]
    sent, written = settings.model_prices or (0.0, 0.0)
    return ModelConfig(
        name=name,
        url=settings.model_url if own else "",
        key=settings.model_key.get_secret_value() if own else "",
        timeout=settings.model_timeout,
        input_price=sent,
        output_price=written,
    )
