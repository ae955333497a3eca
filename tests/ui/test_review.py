"""Thumbs under answers, and the page on which what they proposed is reviewed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from streamlit.testing.v1 import AppTest

from app.assistant import Assistant
from app.errors import ConfigError, EngineUnavailable
from app.memory.examples import Examples
from app.ui import server
from tests.ui import scripted
from tests.ui.scripted import NOW, ScriptedAssistant
from tests.ui.test_page import ask, opened, said


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[ScriptedAssistant]:
    one = ScriptedAssistant(examples=Examples(tmp_path))
    with server.holding(cast(Assistant, one)):
        yield one


def reviewing(conversation: str | None = None) -> AppTest:
    page = AppTest.from_file(str(server.PAGE), default_timeout=20)
    page.query_params["view"] = "examples"
    if conversation:
        page.query_params["c"] = conversation
    page.run()
    assert not page.exception
    return page


def toasts(page: AppTest) -> list[str]:
    return [toast.value for toast in page.toast]


def keys(page: AppTest) -> list[str]:
    return [b.key or "" for b in page.main.button]


def test_thumbs_up_proposes_and_says_so(assistant: ScriptedAssistant) -> None:
    page = ask(opened(), scripted.LATE)
    page.feedback[0].set_value(1).run()
    [example] = assistant.examples.all()
    assert (example.question, example.sql) == (scripted.LATE, scripted.SQL)
    assert (example.status, example.asked_at) == ("proposed", NOW)
    assert toasts(page) == ["Proposed as an example. A reviewer decides on it under Examples."]
    page.feedback[0].set_value(None).run()
    page.feedback[0].set_value(1).run()
    assert assistant.examples.all() == (example,)
    assistant.examples.approve(example.id)
    page.feedback[0].set_value(None).run()
    page.feedback[0].set_value(1).run()
    assert toasts(page) == ["This is a verified example already."]


def test_thumbs_down_records_nothing(assistant: ScriptedAssistant) -> None:
    page = ask(opened(), scripted.LATE)
    page.feedback[0].set_value(0).run()
    assert (assistant.examples.all(), toasts(page)) == ((), [])


def test_only_an_answer_with_a_result_has_thumbs(assistant: ScriptedAssistant) -> None:
    page = ask(opened(), scripted.POLICY)
    assert len(page.feedback) == 0
    ask(page, scripted.COUNT)
    ask(page, scripted.LATE)
    assert len(page.feedback) == 2
    page.feedback[1].set_value(1).run()
    assert [e.question for e in assistant.examples.all()] == [scripted.LATE]


def test_thumbs_are_those_of_their_conversation(assistant: ScriptedAssistant) -> None:
    page = ask(opened(), scripted.COUNT)
    page.feedback[0].set_value(1).run()
    page.sidebar.button(key="new-conversation").click().run()
    ask(page, scripted.LATE)
    assert page.feedback[0].value is None
    assert [e.question for e in assistant.examples.all()] == [scripted.COUNT]


def test_a_proposal_that_cannot_be_kept_is_said(
    assistant: ScriptedAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise ConfigError("The *disk* is full.", hint="Make room.")

    monkeypatch.setattr(Examples, "propose", full)
    page = ask(opened(), scripted.LATE)
    page.feedback[0].set_value(1).run()
    assert toasts(page) == ["The \\*disk\\* is full\\."]
    assert not page.exception


def test_the_way_there_and_back_keeps_the_conversation(assistant: ScriptedAssistant) -> None:
    page = ask(opened(), scripted.LATE)
    page.sidebar.button(key="examples").click().run()
    assert [t.value for t in page.title] == ["Examples"]
    assert not page.chat_input
    assert page.query_params["c"] in ("c1", ["c1"])
    page.button(key="leave-examples").click().run()
    assert scripted.LATE in said(page)
    page.sidebar.button(key="examples").click().run()
    page.sidebar.button(key="new-conversation").click().run()
    assert [t.value for t in page.title] == ["What would you like to know?"]
    assert scripted.LATE in said(opened("c1"))


def test_nothing_to_review_is_said(assistant: ScriptedAssistant) -> None:
    page = reviewing()
    assert [h.value for h in page.main.subheader] == ["Proposed", "Verified"]
    assert "Nothing waits for review." in said(page)
    assert keys(page) == ["leave-examples"]


def test_a_proposal_is_approved(assistant: ScriptedAssistant) -> None:
    id_ = assistant.examples.propose(scripted.COUNT, "SELECT COUNT(*) FROM orders", NOW).id
    page = reviewing("c1")
    assert scripted.COUNT in said(page)
    assert "asked 22 Nov 2026 17:42:10 UTC" in said(page).replace("\\", "")
    assert [c.value for c in page.code] == ["SELECT COUNT(*) FROM orders"]
    page.button(key=f"approve-{id_}").click().run()
    assert assistant.examples.get(id_).status == "verified"
    assert toasts(page) == ["Approved."]
    assert keys(page) == ["leave-examples", f"reject-{id_}"]
    page.button(key=f"reject-{id_}").click().run()
    assert assistant.examples.all() == ()
    assert toasts(page) == ["Deleted."]


def test_a_proposal_is_rejected(assistant: ScriptedAssistant) -> None:
    id_ = assistant.examples.propose(scripted.COUNT, "SELECT 1", NOW).id
    page = reviewing()
    page.button(key=f"reject-{id_}").click().run()
    assert (assistant.examples.all(), keys(page)) == ((), ["leave-examples"])


def test_another_reviewer_may_have_been_faster(assistant: ScriptedAssistant) -> None:
    id_ = assistant.examples.propose(scripted.COUNT, "SELECT 1", NOW).id
    page = reviewing()
    assistant.examples.reject(id_)
    page.button(key=f"approve-{id_}").click().run()
    assert "There is no example" in toasts(page)[0]
    assert keys(page) == ["leave-examples"]


def test_broken_ones_are_apart_with_their_problem(assistant: ScriptedAssistant) -> None:
    examples = assistant.examples
    verified = examples.approve(examples.propose("Which?", "SELECT nope FROM orders", NOW).id)
    proposed = examples.propose("What?", "SELECT nope FROM shipments", NOW)
    page = reviewing()
    assert [h.value for h in page.main.subheader] == ["Proposed", "Broken", "Verified"]
    assert len(page.warning) == 2
    assert page.warning[0].value.replace("\u2060", "").startswith("Column 'nope' not found")
    assert "](http" not in page.warning[0].value.replace("\\]", "")
    assert ":red[" not in page.warning[0].value
    assert keys(page) == ["leave-examples", f"reject-{verified.id}", f"reject-{proposed.id}"]


def test_without_flink_they_are_shown_unchecked(assistant: ScriptedAssistant) -> None:
    assistant.examples.propose("What?", "SELECT nope FROM orders", NOW)
    assistant.no_flink = EngineUnavailable("There is no Flink.")
    page = reviewing()
    assert page.warning[0].value == "Not checked: There is no Flink\\."
    assert [h.value for h in page.main.subheader] == ["Proposed", "Verified"]


def test_a_folder_that_cannot_be_read_is_said(assistant: ScriptedAssistant, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assistant.examples = Examples(tmp_path / "file")
    page = reviewing()
    assert "cannot be read" in page.error[0].value
    assert page.sidebar.button(key="new-conversation")
    assert not opened().error


def test_hostile_examples_are_shown_as_text(assistant: ScriptedAssistant, tmp_path: Path) -> None:
    assistant.examples.propose(scripted.HOSTILE_TEXT, scripted.HOSTILE_TEXT, NOW)
    name = "[a](http:) :red[b] <b>"
    (tmp_path / f"{name}.sql").write_text(f"-- question: {scripted.HOSTILE_TEXT[:60]}\nSELECT 1")
    page = reviewing()
    assert scripted.HOSTILE_TEXT in [t.value for t in page.text]
    assert scripted.HOSTILE_TEXT in [c.value for c in page.code]
    markdown = "\n".join(m.value for m in [*page.markdown, *page.caption])
    assert ":red[" not in markdown
    assert "](http" not in markdown.replace("\\]", "")
    page.button(key=f"reject-{name}").click().run()
    assert len(assistant.examples.all()) == 1
