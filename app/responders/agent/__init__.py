"""The responder behind which a chat model writes the SQL and the text. LangChain stays in here."""

from __future__ import annotations

from app.responders.agent.responder import AgentResponder

__all__ = ["AgentResponder"]
