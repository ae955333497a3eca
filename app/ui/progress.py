"""The steps of a running question, shown as they happen."""

from __future__ import annotations

import time
from collections.abc import Iterable

import streamlit as st

from app.answer import (
    Answer,
    Answered,
    QueryRan,
    QueryRefused,
    QueryWritten,
    Searched,
    Step,
    TextDelta,
    TextWithdrawn,
)
from app.ui import words
from app.ui.markup import plain, safe_markdown

_PATIENCE_SECONDS = 2.0


def follow(steps: Iterable[Step | None]) -> Answer:
    """Draws the steps until the answer is complete.

    None among the steps means that time has passed; drawing it lets Streamlit interrupt the script.
    """
    status = st.status("Searching the documents…", expanded=True)
    drawn, prose = status.container(), st.empty()  # leaving `with status` would call it complete
    # Any rerun of the script ends the question, so the button needs no handler.
    st.button("Stop", key="stop", icon=":material/stop_circle:", type="tertiary")
    text, doing, since = "", "Searching the documents…", time.monotonic()
    for step in steps:
        match step:
            case None:
                status.update(label=_waiting(doing, time.monotonic() - since), expanded=True)
                continue
            case TextDelta():
                text += step.text
                prose.markdown(safe_markdown(text), anchors=False)
                doing = "Writing the answer…"
            case TextWithdrawn(reason=reason):
                text, doing = "", reason or "Writing the answer anew…"
                prose.empty()
            case Answered():
                status.update(label="Done", state="complete", expanded=False)
                return step.answer
            case _:
                with drawn:
                    doing = _draw(step)
        since = time.monotonic()
        status.update(label=doing, expanded=True)
    raise AssertionError("the last step is always the answer")


def _draw(step: Step) -> str:
    """Draws one step and says what happens next."""
    match step:
        case Searched(passages=passages):
            st.markdown(f":material/search: {words.found(len(passages))}")
            st.caption("  \n".join(plain(passage.label) for passage in passages))
            return "Reading the tables…"
        case QueryWritten(sql=sql, understood=understood):
            st.markdown(":material/verified_user: Query passed the gates")
            if understood:
                st.caption(plain(understood))
            st.code(sql, language="sql", wrap_lines=True)
            return "Flink is running the query…"
        case QueryRefused(message=message):
            st.markdown(":material/block: Query refused")
            st.caption(plain(message))
            return "Trying again…"
        case QueryRan(result=result):
            st.markdown(f":material/bolt: {words.ran(result)}")
            return "Writing the answer…"
        case _:
            return "Working…"


def _waiting(doing: str, seconds: float) -> str:
    return doing if seconds < _PATIENCE_SECONDS else f"{doing} {seconds:.0f} s"
