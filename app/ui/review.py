"""Thumbs under answers, which propose examples, and the page on which those are reviewed.

What people and models wrote is shown by `st.text` and `st.code` alone, or goes through `markup`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from app.answer import Answer
from app.memory.examples import Example
from app.ui import words
from app.ui.markup import plain

_THUMB_UP = 1

Rate = Callable[[Answer, bool], None]
Decide = Callable[[Example], None]


def thumbs(given: Answer, position: int, rate: Rate, busy: bool) -> None:
    """Asks whether an answer is good.

    Args:
        given: The answer.
        position: Its place in the conversation.
        rate: Told the answer and whether it is good.
        busy: Whether a question is running, which a click would end.
    """
    key = f"thumbs-{given.conversation}-{position}"  # each conversation has its own first answer

    def rated() -> None:
        if st.session_state.get(key) is not None:  # None where it was taken back
            rate(given, st.session_state[key] == _THUMB_UP)

    st.feedback("thumbs", key=key, on_change=rated, disabled=busy)


def link(go: Callable[[], None]) -> None:
    """The sidebar's way to the page."""
    st.button("Examples", key="examples", icon=":material/rule:", on_click=go, width="stretch")


def page(
    examples: Sequence[Example],
    *,
    unchecked: str = "",
    leave: Callable[[], None],
    approve: Decide,
    reject: Decide,
) -> None:
    """All examples, those first that somebody has to decide on.

    Args:
        examples: With what is wrong with them.
        unchecked: Why it is not known whether they fit the tables; empty where it is.
        leave: Goes back to the chat.
        approve: Makes a proposal a verified example.
        reject: Deletes an example.
    """
    st.button(
        "Back to the chat",
        key="leave-examples",
        icon=":material/arrow_back:",
        type="tertiary",
        on_click=leave,
    )
    st.title("Examples", anchor=False)
    st.caption(
        "Questions with the SQL that answers them. Proposals count once somebody has approved them."
    )
    if unchecked:
        st.warning(f"Not checked: {plain(unchecked)}", icon=":material/warning:")
    proposed = [e for e in examples if e.status == "proposed" and not e.problem]
    verified = [e for e in examples if e.status == "verified" and not e.problem]
    broken = [e for e in examples if e.problem]
    _section("Proposed", proposed, "Nothing waits for review.", approve, reject)
    if broken:
        _section("Broken", broken, "", None, reject)
    _section("Verified", verified, "There are none yet.", None, reject)


def _section(
    heading: str,
    examples: Sequence[Example],
    otherwise: str,
    approve: Decide | None,
    reject: Decide,
) -> None:
    st.subheader(heading, anchor=False)
    if not examples:
        st.caption(otherwise)
    for example in examples:
        with st.container(border=True):
            _example(example, approve, reject)


def _example(example: Example, approve: Decide | None, reject: Decide) -> None:
    st.text(example.question or example.id, width="stretch")
    if example.problem:
        st.warning(plain(example.problem, limit=1_000), icon=":material/warning:")
    if example.sql:
        st.code(example.sql, language="sql", wrap_lines=True)
    st.caption(plain(words.kept(example)))
    with st.container(horizontal=True):
        if approve:
            st.button(
                "Approve",
                key=f"approve-{example.id}",
                icon=":material/check:",
                type="primary",
                on_click=approve,
                args=(example,),
            )
        st.button(
            "Reject" if example.status == "proposed" else "Delete",
            key=f"reject-{example.id}",
            icon=":material/delete:",
            on_click=reject,
            args=(example,),
        )
