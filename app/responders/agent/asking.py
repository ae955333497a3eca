"""One agent run: messages in, pieces of text out as they come, and all messages at the end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Any

from langchain_core.messages import AIMessage, AIMessageChunk, AnyMessage, BaseMessage
from langgraph.graph.state import CompiledStateGraph
from langsmith import tracing_context

from app.responders.agent.loop import Loop
from app.responders.agent.work import Work
from app.responders.base import Toolkit

_MODEL_NODE = "model"
_MOST_STEPS = 100
"""Steps of the graph; the middleware ends a run long before."""

Graph = CompiledStateGraph[Any, Any, Any, Any]


@dataclass(slots=True)
class Run:
    """One run of the agent on one question.

    Attributes:
        graph: The compiled agent.
        loop: Where it runs.
        work: The state of the question.
        seconds: How long it may take.
        messages: What was sent and what came of it, in order.
    """

    graph: Graph
    loop: Loop
    work: Work
    seconds: float
    messages: list[AnyMessage] = field(default_factory=list)

    def answer(self, messages: Sequence[AnyMessage]) -> str:
        """Goes on with these messages until the model answers; tells its words as they come.

        Raises:
            QueryCancelled: The question was cancelled.
            TimeoutError: It took too long.
        """
        self.messages += messages
        outer = self.work.toolkit
        stop = Event()
        self.work.toolkit = replace(outer, cancel=stop)  # the same evidence; ended with this run
        told = _Telling(outer)
        try:
            for mode, report in self.loop.stream(
                self._reports, cancel=outer.cancel, seconds=self.seconds
            ):
                if mode == "messages":
                    told.see(*report)
                else:
                    self._keep(report)
                    told.ended(self.messages[-1])
        finally:
            stop.set()
            self.work.toolkit = outer
        last = self.messages[-1] if self.messages else None
        return last.text.strip() if isinstance(last, AIMessage) else ""

    async def _reports(self) -> AsyncIterator[tuple[str, Any]]:
        with tracing_context(enabled=False):  # whatever the environment says: nothing leaves
            async for mode, report in self.graph.astream(
                {"messages": list(self.messages)},
                {"recursion_limit": _MOST_STEPS},
                context=self.work,
                stream_mode=["messages", "updates"],
            ):
                yield mode, report

    def _keep(self, update: dict[str, Any]) -> None:
        for node, change in update.items():
            if node in {_MODEL_NODE, "tools"} and change:
                self.messages += _messages(change)


class _Telling:
    """Tells the words of the reply that is being written, and takes back what is no answer."""

    def __init__(self, toolkit: Toolkit) -> None:
        self._toolkit = toolkit
        self._reply = ""

    def see(self, message: BaseMessage, about: dict[str, Any]) -> None:
        """A piece of a reply; one that begins anew (a retry) takes the one before back."""
        if about.get("langgraph_node") != _MODEL_NODE or not isinstance(message, AIMessageChunk):
            return
        if message.id != self._reply:
            self._reply = message.id or ""
            self._toolkit.withdraw()
        if message.text:
            self._toolkit.say(message.text)

    def ended(self, message: AnyMessage) -> None:
        """What was said before a tool was called is no answer."""
        if isinstance(message, AIMessage) and message.tool_calls:
            self._toolkit.withdraw()


def _messages(change: Any) -> Iterator[AnyMessage]:
    changes = change if isinstance(change, list) else [change]
    for one in changes:
        yield from one.get("messages", ())
