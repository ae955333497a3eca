"""The page's script through Streamlit's AppTest, on a scripted assistant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import cast

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button, Html

from app.assistant import Assistant
from app.errors import ConfigError, QueryFailed
from app.ui import server
from app.ui.asking import Asking
from tests.ui import scripted
from tests.ui.scripted import ScriptedAssistant


@pytest.fixture
def assistant() -> Iterator[ScriptedAssistant]:
    scripted_assistant = ScriptedAssistant()
    with server.holding(cast(Assistant, scripted_assistant)):
        yield scripted_assistant


def opened(conversation: str | None = None) -> AppTest:
    page = AppTest.from_file(str(server.PAGE), default_timeout=20)
    if conversation is not None:
        page.query_params["c"] = conversation
    return page.run()


def ask(page: AppTest, question: str) -> AppTest:
    page.chat_input[0].set_value(question).run()
    assert not page.exception
    return page


def said(page: AppTest) -> str:
    """Everything on the page that is Markdown or text, unseen joiners left out."""
    shown = [*page.main.markdown, *page.main.caption, *page.main.text]
    return "\n".join([*(e.value for e in shown), *quoted(page)]).replace("\u2060", "")


def quoted(page: AppTest) -> list[str]:
    """The passages cited, as their HTML."""
    bodies = (cast(Html, element).value for element in page.main.get("html"))
    return [body for body in bodies if body.startswith('<div class="quoted">')]


def test_an_empty_conversation_suggests_questions(assistant: ScriptedAssistant) -> None:
    page = opened()
    assert page.title[0].value == "What would you like to know?"
    labels = [button.label for button in page.main.button]
    assert labels == [*assistant.suggestions]
    assert "keyless rules" in page.main.caption[0].value
    assert [e.label for e in page.sidebar.expander] == ["shipments", "orders"]
    assert "Parcel number" in page.sidebar.markdown[0].value


def test_a_suggestion_is_asked_at_once(assistant: ScriptedAssistant) -> None:
    page = opened()
    page.button(key="suggestion-1").click().run()
    assert page.metric[0].label == "Orders"
    assert page.metric[0].value == "1,284"
    assert not page.title


def test_an_answer_comes_with_all_that_supports_it(assistant: ScriptedAssistant) -> None:
    page = ask(opened(), scripted.LATE)
    assert "**PostHaste** has the most late parcels today: 31 of 62 :primary-badge[1]" in said(page)
    assert [tab.label for tab in page.tabs] == ["Chart", "Table"]
    labels = [e.label for e in page.main.expander]
    assert labels == [
        "**1**  Flink SQL over shipments",
        "**2**  Delivery promise › When a parcel is late",
        "How this was answered",
    ]
    assert page.code[0].value == scripted.SQL
    assert page.dataframe[0].value["late_parcels"].tolist() == [31, 18, 9, 4]
    text = said(page)
    for part in (
        "Data as of 22 Nov 17:42:10 UTC: shipments 17:41:58 (12 s behind)",
        "answered by the keyless rules",
        "The number 62 is not in the evidence",
        "Flink answered in 0.4 s: 4 rows",
        "- carrier from shipments.carrier\n- late_parcels from shipments.late_parcels",
        "Needs event time of shipments from 22 Nov 16:42:10 UTC",
        "COUNT(*) counts rows twice. Write: COUNT(DISTINCT x)",
        "Understood as: late parcels by carrier, today",
        "engine 0.42 s",
        "Every order shows a promised delivery time",
    ):
        assert part in text.replace("\\", "")
    assert quoted(page) == [
        '<div class="quoted"><mark>A parcel counts as late when its last scan is more than 2 hours'
        " past the promised time.</mark> Scans that report lost are handled as losses, not as"
        " delays.</div>"
    ]


def test_a_line_is_drawn_for_a_series(assistant: ScriptedAssistant) -> None:
    page = ask(opened(), scripted.HOURLY)
    assert page.get("arrow_vega_lite_chart") or page.get("vega_lite_chart")


def test_a_document_answer_has_neither_chart_nor_freshness(assistant: ScriptedAssistant) -> None:
    page = ask(opened(), scripted.POLICY)
    assert not page.tabs
    assert not page.metric
    assert "Data as of" not in said(page)


def test_a_refused_query_does_not_end_the_question(assistant: ScriptedAssistant) -> None:
    assert "has the most late parcels" in said(ask(opened(), scripted.REFUSED))


def test_history_survives_a_reload(assistant: ScriptedAssistant) -> None:
    first = ask(ask(opened(), scripted.LATE), scripted.COUNT)
    (conversation,) = assistant.kept
    assert first.query_params["c"] in (conversation, [conversation])
    again = opened(conversation)
    asked = [t.value for t in again.text if t.value.endswith("?")]
    assert asked == [scripted.LATE, scripted.COUNT]
    assert again.sidebar.button(key=f"conversation-{conversation}").label.startswith("Which")


def test_conversations_are_apart_and_can_be_reopened(assistant: ScriptedAssistant) -> None:
    page = ask(opened(), scripted.LATE)
    page.sidebar.button(key="new-conversation").click().run()
    assert page.title
    ask(page, scripted.COUNT)
    assert len(assistant.kept) == 2
    page.sidebar.button(key="conversation-c1").click().run()
    assert scripted.LATE in said(page)
    assert scripted.COUNT not in said(page)


def test_an_unknown_conversation_starts_a_new_one(assistant: ScriptedAssistant) -> None:
    page = opened("no-such")
    assert page.title
    ask(page, scripted.COUNT)
    assert list(assistant.kept) == ["c1"]


ERRORS = {
    "ours": (scripted.FAILS, "Flink lost the job.  \nAsk again in a \\*minute\\*."),
    "any other": (scripted.CRASHES, "Something went wrong.  \nThe log of the server says what."),
}


@pytest.mark.parametrize(("question", "shown"), ERRORS.values(), ids=ERRORS.keys())
def test_an_error_is_one_message(assistant: ScriptedAssistant, question: str, shown: str) -> None:
    page = ask(opened(), question)
    assert [e.value.replace("\\.", ".") for e in page.error] == [shown]
    assert question in said(page)
    assert "secret detail" not in said(page)
    assert not ask(page, scripted.COUNT).error


def test_a_broken_store_is_said(
    assistant: ScriptedAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: ScriptedAssistant, limit: int = 20) -> None:
        raise ConfigError("The history cannot be used.", hint="Check the disk.")

    monkeypatch.setattr(ScriptedAssistant, "conversations", broken)
    page = opened()
    assert "The history cannot be used" in page.error[0].value


def test_hostile_text_is_shown_as_text(assistant: ScriptedAssistant) -> None:
    page = ask(opened(), scripted.HOSTILE)
    markdown = "\n".join(m.value for m in [*page.markdown, *page.caption])
    assert "\\<script>" in markdown
    assert "](http" not in markdown.replace("\\]", "")
    assert "https://" not in markdown
    [passage] = quoted(page)
    assert unescape(re.sub("</?(div|mark)[^>]*>", "", passage)) == scripted.HOSTILE_TEXT
    assert not re.search(r"<(?!/?mark>|/?div\b)", passage)


def choices(page: AppTest) -> list[Button]:
    return [b for b in page.main.button if (b.key or "").startswith("choice-")]


def test_a_question_that_could_mean_two_things_is_asked_back(assistant: ScriptedAssistant) -> None:
    page = ask(opened(), scripted.AMBIGUOUS)
    assert "Which of these do you mean?" in said(page)
    assert "1. total" not in said(page)  # the buttons say it
    labels = [b.label.replace("\u2060", "") for b in choices(page)]
    assert labels == [
        "total amount of orders, in the last hour",
        "total \\*refund\\* of :red\\[payments\\] \\<b\\>, in the last hour",
    ]
    choices(page)[1].click().run()
    assert [a.question for a in assistant.kept["c1"]] == [scripted.AMBIGUOUS, scripted.CHOICES[1]]
    assert choices(page) == []
    assert "1. total amount of orders, in the last hour" in said(page)


def test_only_the_last_answer_can_be_chosen_from(assistant: ScriptedAssistant) -> None:
    page = ask(ask(opened(), scripted.AMBIGUOUS), scripted.COUNT)
    assert choices(page) == []
    ask(page, scripted.AMBIGUOUS)
    assert [b.key for b in choices(page)] == ["choice-2-0", "choice-2-1"]
    assert [b.key for b in choices(opened("c1"))] == ["choice-2-0", "choice-2-1"]


def test_a_choice_is_still_there_after_a_question_that_failed(
    assistant: ScriptedAssistant,
) -> None:
    page = ask(ask(opened(), scripted.AMBIGUOUS), scripted.FAILS)
    assert page.error
    choices(page)[0].click().run()
    assert [a.question for a in assistant.kept["c1"]] == [scripted.AMBIGUOUS, scripted.CHOICES[0]]
    assert not page.error


def test_cancelling_reaches_the_assistant() -> None:
    assistant = ScriptedAssistant()
    asking = Asking(cast(Assistant, assistant), scripted.WAITS, None)
    steps = asking.steps()
    assert next(step for step in steps if step is not None)
    assert next(steps) is None
    asking.cancel()
    with pytest.raises(QueryFailed, match="cancelled"):
        list(steps)
    assert assistant.cancelled == [scripted.WAITS]


def test_text_that_is_withdrawn_leaves_the_page() -> None:
    def page() -> None:
        import streamlit as st

        from app.answer import Answer, Answered, TextDelta, TextWithdrawn
        from app.ui import progress
        from tests.ui.scripted import NOW

        steps = [
            TextDelta("There were 57 orders"),
            TextWithdrawn("Checking the answer against its evidence…"),
            TextDelta("There were 42 "),
            TextDelta("orders"),
            Answered(Answer("q", "There were 42 orders", (), "agent", NOW)),
        ]
        st.caption(progress.follow(steps).text)

    shown = AppTest.from_function(page).run()
    assert not shown.exception
    assert [element.value for element in shown.markdown] == ["There were 42 orders"]
