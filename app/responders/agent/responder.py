"""The chat-model responder: brief the model, let it query, check its words, hand the draft over."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from langchain.agents import create_agent
from langchain.agents.middleware.model_call_limit import ModelCallLimitExceededError
from langchain_core.messages import AnyMessage, HumanMessage

from app.answer import Source
from app.errors import ModelUnavailable, TributaryError
from app.markdown import harmless
from app.responders import choosing, citations, grounding, prompts
from app.responders.agent import conversation, failures, loop, middleware, models
from app.responders.agent.asking import Graph, Run
from app.responders.agent.failures import Empty, OutOfCalls
from app.responders.agent.tools import tools
from app.responders.agent.work import Work
from app.responders.base import Draft, Toolkit, Turn
from app.responders.briefing import Briefing
from app.responders.model_config import Limits, ModelConfig

_EARLIER = 3
"""Answers before it whose figures a text may repeat: they were held against their own evidence."""
_LEAST_SECONDS = 5.0
"""A correction is only asked for while that much time is left."""


@dataclass(frozen=True, slots=True)
class _Checked:
    """A text as it is shown, with its sources and what they do not bear out."""

    text: str
    sources: tuple[Source, ...]
    doubts: tuple[grounding.Doubt, ...]


class AgentResponder:
    """Answers by a LangChain agent with the two gated tools.

    Args:
        model: The chat model.
        briefing: Gathers what the model is told first.
        limits: What one answer may take.
        fallback: The model that is asked where the first fails.
    """

    name = "agent"

    def __init__(
        self,
        model: ModelConfig,
        briefing: Briefing,
        *,
        limits: Limits,
        fallback: ModelConfig | None = None,
    ) -> None:
        self._model = model
        self._fallback = fallback
        self._briefing = briefing
        self._limits = limits
        self._zone = briefing.zone
        self._names = briefing.catalog.identifiers
        self._opening = threading.Lock()
        self._graph: Graph | None = None

    def respond(self, turn: Turn, toolkit: Toolkit) -> Draft:
        """Briefs the model, runs it, and has it correct once what its evidence does not bear out.

        Raises:
            ModelUnavailable: The model cannot be reached, or gives no answer; the message says why.
            QueryCancelled: The question was cancelled.
        """
        work = Work(toolkit, self._limits, self._zone, vote=self._limits.vote)
        try:
            return self._draft(turn, toolkit, work)
        except ModelUnavailable as error:
            error.usage = work.usage(self._model)
            raise

    def _draft(self, turn: Turn, toolkit: Toolkit, work: Work) -> Draft:
        started = time.perf_counter()
        run = Run(self.opened(), loop.shared(), work, self._limits.seconds)
        facts = self._briefing.gather(turn, toolkit)
        first = prompts.first_message(turn.question, facts, turn.now, self._zone)
        before = conversation.messages(turn.history, self._limits.context)
        work.opening, work.unsure = [*before, HumanMessage(first)], bool(facts.choices)
        earlier = (answer.text for answer in turn.history[-_EARLIER:])
        now = prompts.moment(turn.now, self._zone)
        work.given = (turn.question, now, *facts.reached, *earlier)
        asked, choices = choosing.split(self._written(run, work.opening))
        if choices:
            checked = self._checked(choosing.joined(asked, choices), work, choices)
        else:
            left = self._limits.seconds - (time.perf_counter() - started)
            checked = self._corrected(run, self._checked(asked, work), left)
        return Draft(
            text=grounding.marked(checked.text, checked.doubts),
            understood="; ".join(dict.fromkeys(filter(None, work.purposes))),
            notices=tuple(dict.fromkeys(work.notices)),
            choices=choices,
            doubts=tuple(dict.fromkeys(doubt.message for doubt in checked.doubts)),
            sources=checked.sources,
            usage=work.usage(self._model),
            confidence=work.agreement,
        )

    def opened(self) -> Graph:
        """The agent; made on first use, since that takes a moment.

        Raises:
            ConfigError: The model's name or key is wrong.
        """
        with self._opening:
            if self._graph is None:
                model = models.open_model(self._model)
                others = [models.open_model(self._fallback)] if self._fallback else []
                self._graph = create_agent(
                    model,
                    tools(model),
                    system_prompt=prompts.system(self._zone.key),
                    middleware=middleware.around(model, self._limits, others),
                    context_schema=Work,
                )
            return self._graph

    def _written(self, run: Run, messages: Sequence[AnyMessage]) -> str:
        """The model's text; asked for once more where it is empty."""
        text = self._asked(lambda: run.answer(messages))
        if not text:
            text = self._asked(lambda: run.answer([HumanMessage(prompts.empty_answer())]))
        if not text:
            raise failures.explained(Empty(), models.address_of(self._model))
        return harmless(text)

    def _checked(self, text: str, work: Work, also: Sequence[str] = ()) -> _Checked:
        """The text with the sources it keeps, and what these do not bear out."""
        shown, sources = citations.settled(text, work.toolkit.evidence)
        readings = (*work.given, *work.purposes, *also)
        doubts = grounding.examine(shown, sources, readings=readings, names=self._names)
        return _Checked(shown, sources, doubts)

    def _corrected(self, run: Run, checked: _Checked, seconds: float) -> _Checked:
        """What the model makes of a text that is not borne out, asked once while there is time."""
        if not checked.doubts or seconds < _LEAST_SECONDS:
            return checked
        run.work.toolkit.withdraw("Checking the answer against its evidence…")
        run.seconds = seconds
        asked = prompts.correction([doubt.message for doubt in checked.doubts])
        try:
            again = self._asked(lambda: run.answer([HumanMessage(asked)]))
        except ModelUnavailable:
            return checked
        return self._checked(harmless(again), run.work) if again else checked

    def _asked(self, ask: Callable[[], str]) -> str:
        """Runs the agent; whatever goes wrong with the model is told in one line."""
        try:
            return ask()
        except TributaryError:
            raise
        except Exception as error:
            ended = OutOfCalls() if isinstance(error, ModelCallLimitExceededError) else error
            raise failures.explained(ended, models.address_of(self._model)) from error
