"""Earlier answers of a conversation as messages, within a budget."""

from __future__ import annotations

from collections.abc import Sequence

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage

from app import markers
from app.answer import Answer
from app.responders import prompts
from app.responders.model_config import CHARACTERS_PER_TOKEN

_SHARE = 0.3
"""Of what a request may have, for the conversation so far."""
_LONGEST_TEXT = 1_500
_LONGEST_SQL = 2_000


def messages(history: Sequence[Answer], context: int) -> list[AnyMessage]:
    """Questions and answers, oldest first; the oldest are left out where they do not fit.

    Args:
        history: The answers, oldest first.
        context: Tokens that one request may have.
    """
    left = int(context * CHARACTERS_PER_TOKEN * _SHARE)
    kept: list[AnyMessage] = []
    for answer in reversed(history):
        pair: list[AnyMessage] = [HumanMessage(answer.question), AIMessage(_told(answer))]
        left -= sum(len(m.text) for m in pair)
        if left < 0:
            break
        kept[:0] = pair
    return kept


def _told(answer: Answer) -> str:
    text = markers.without(answer.text).replace("\u200b", "")  # another question's numbers
    sql = [result.sql for result in answer.results if len(result.sql) <= _LONGEST_SQL]
    return prompts.earlier_answer(text[:_LONGEST_TEXT], answer.understood, sql)
