"""Two responders in a row: where the chat model fails, the keyless rules answer, and it is said."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.errors import ModelUnavailable
from app.responders.base import Draft, Responder, Toolkit, Turn


@dataclass(frozen=True, slots=True)
class WithFallback:
    """Answers by the first responder, or by the second where the first has no model.

    Attributes:
        first: Asked first.
        second: Needs no model.
    """

    first: Responder
    second: Responder

    @property
    def name(self) -> str:
        """The name of the first."""
        return self.first.name

    def respond(self, turn: Turn, toolkit: Toolkit) -> Draft:
        """The draft of whichever answers.

        Raises:
            QueryCancelled: The question was cancelled.
        """
        try:
            return self.first.respond(turn, toolkit)
        except ModelUnavailable as error:
            why, spent = str(error), error.usage
        toolkit.withdraw("The chat model failed; reading the question by the rules…")
        toolkit.evidence.clear()
        draft = self.second.respond(turn, toolkit)
        said = f"{why} The keyless {self.second.name} answered instead."
        spent = spent if spent and spent.calls else None
        notices = (said, *draft.notices)
        return replace(draft, notices=notices, responder=self.second.name, usage=spent)
