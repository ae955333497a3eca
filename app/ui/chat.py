"""The chat page: Streamlit runs this script from top to bottom for every interaction.

Everything of a browser session is in its session state and in the address: `?c=` is the
conversation, `?view=` what is shown in its place. Only the assistant is shared.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from app.answer import Answer
from app.errors import EngineUnavailable, TributaryError
from app.memory.examples import Example
from app.ui import documents, progress, render, review, words
from app.ui.asking import Asking
from app.ui.markup import plain
from app.ui.server import current_assistant

if TYPE_CHECKING:
    from app.assistant import Assistant

_log = logging.getLogger(__name__)
_PARAMETER = "c"
_VIEW, _EXAMPLES, _DOCUMENTS = "view", "examples", "documents"


def main() -> None:
    """Draws the page, and answers what was just asked."""
    render.frame()
    try:
        assistant = current_assistant()
        views = {_EXAMPLES: _review, _DOCUMENTS: _documents}
        views.get(st.query_params.get(_VIEW, ""), _page)(assistant)
    except TributaryError as error:
        render.error(error.message, error.hint)
    except Exception:
        _log.exception("The chat page failed.")
        render.error("Something went wrong.", "The log of the server says what.")


def _page(assistant: Assistant) -> None:
    answers = _history(assistant)
    asked = st.chat_input("Ask about the data and the documents") or st.session_state.pop(
        "picked", None
    )
    _sidebar(assistant)
    greeting = st.empty()  # emptied at once by the first question, not when that is answered
    if not answers and not asked and "aside" not in st.session_state:
        with greeting.container():
            render.greeting(assistant.suggestions, assistant.responder_name, _ask_next)
    render.withheld(assistant.withheld(_conversation() or ""))
    arrived = len(answers) - 1 if st.session_state.pop("just_answered", False) else -1
    for position, given in enumerate(answers):
        render.question(
            given.question, position, scroll_here="answered" if position == arrived else ""
        )
        is_last = position == len(answers) - 1
        render.answer(
            given,
            position,
            assistant.passage_context,
            choose=_ask_next if is_last else None,
            rate=partial(_rate, assistant),
            busy=bool(asked),
        )
    if asked:
        _ask(assistant, asked, answers)
    elif "aside" in st.session_state:
        question, message, hint = st.session_state["aside"]
        render.question(question, len(answers))
        if message:
            render.error(message, hint)
        else:
            render.stopped()


def _review(assistant: Assistant) -> None:
    """The examples in place of the conversation, which stays where it is."""
    _sidebar(assistant)
    unchecked = ""
    try:
        with st.spinner("Asking Flink about the examples…"):
            examples = assistant.checked_examples()
    except EngineUnavailable as error:
        examples, unchecked = assistant.examples.all(), error.message
    review.page(
        examples,
        unchecked=unchecked,
        leave=_back_to_chat,
        approve=lambda example: _decide(assistant.examples.approve, example, "Approved."),
        reject=lambda example: _decide(assistant.examples.reject, example, "Deleted."),
    )


def _documents(assistant: Assistant) -> None:
    """The documents in place of the conversation."""
    _sidebar(assistant)
    documents.page(assistant.library, leave=_back_to_chat)


def _sidebar(assistant: Assistant) -> None:
    with st.sidebar:
        render.earlier(assistant.conversations(), _conversation(), _open)
        documents.link(partial(_show, _DOCUMENTS))
        review.link(partial(_show, _EXAMPLES))
        render.tables(assistant.catalog)


def _rate(assistant: Assistant, given: Answer, is_good: bool) -> None:
    """Proposes what was found good; what was not leaves no trace."""
    if not is_good:
        return
    try:
        example = assistant.propose(given)
    except TributaryError as error:
        st.toast(plain(error.message), icon=":material/error:")
        return
    if example:
        st.toast(words.proposed(example), icon=":material/thumb_up:")


def _decide(deed: Callable[[str], object], example: Example, done: str) -> None:
    """Approves or rejects; another reviewer, or process, may have been faster."""
    try:
        deed(example.id)
    except TributaryError as error:
        st.toast(plain(error.message), icon=":material/error:")
    else:
        st.toast(done)


def _ask(assistant: Assistant, question: str, before: tuple[Answer, ...]) -> None:
    """Answers a question; leaving the page or asking anew ends it."""
    _set_aside(question)
    render.question(question, len(before), scroll_here="asked")
    asking = Asking(assistant, question, before[-1].conversation if before else None)
    try:
        with render.reply():
            answer = progress.follow(asking.steps())
    except TributaryError as error:
        _set_aside(question, error.message, error.hint)
    except Exception:
        _log.exception("A question failed.")
        _set_aside(question, "Something went wrong.", "The log of the server says what.")
    else:
        del st.session_state["aside"]
        st.session_state["just_answered"] = True
        st.query_params[_PARAMETER] = answer.conversation
    finally:
        asking.cancel()
    st.rerun()


def _history(assistant: Assistant) -> tuple[Answer, ...]:
    conversation = _conversation()
    return assistant.history(conversation) if conversation else ()


def _conversation() -> str | None:
    return st.query_params.get(_PARAMETER)


def _set_aside(question: str, message: str = "", hint: str = "") -> None:
    """Keeps what came of a question that has no answer, until the next one."""
    st.session_state["aside"] = (question, message, hint)


def _ask_next(question: str) -> None:
    st.session_state["picked"] = question


def _show(view: str) -> None:
    st.query_params[_VIEW] = view


def _back_to_chat() -> None:
    st.query_params.pop(_VIEW, None)


def _open(conversation: str | None) -> None:
    st.session_state.pop("aside", None)
    _back_to_chat()
    if conversation is None:
        st.query_params.pop(_PARAMETER, None)
    else:
        st.query_params[_PARAMETER] = conversation


if __name__ == "__main__":
    main()
