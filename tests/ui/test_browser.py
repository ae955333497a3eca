"""The page in a real browser."""

from __future__ import annotations

import signal
import time

import pytest
from playwright.sync_api import Page, expect

from tests.ui import scripted
from tests.ui.conftest import DESKTOP, PHONE, OpenPage, ask, serving

MAIN = "stAppScrollToBottomContainer"

pytestmark = pytest.mark.browser


def answers(page: Page) -> int:
    expect(page.get_by_text("How this was answered").first).to_be_visible(timeout=20_000)
    return page.get_by_text("How this was answered").count()


def test_a_suggested_question_is_answered_with_its_evidence(
    served: str, open_page: OpenPage
) -> None:
    page = open_page(served)
    page.get_by_role("button", name=scripted.LATE).click()
    assert answers(page) == 1
    expect(page.get_by_text("has the most late parcels today")).to_be_visible()
    expect(page.get_by_text("shipments 17:41:58 (12 s behind)")).to_be_visible()
    expect(page.get_by_test_id("stVegaLiteChart")).to_be_visible()
    page.get_by_text("Flink SQL over shipments").click()
    expect(page.get_by_text("GROUP BY carrier").first).to_be_visible()
    page.locator("summary").get_by_text("Delivery promise › When a parcel is late").click()
    expect(page.get_by_text("Every order shows a promised")).to_be_visible()


def test_reload_and_the_list_bring_the_conversation_back(served: str, open_page: OpenPage) -> None:
    page = open_page(served)
    ask(page, scripted.COUNT)
    assert answers(page) == 1
    page.reload()
    assert answers(page) == 1
    ask(page, scripted.POLICY)
    expect(page.get_by_text("How this was answered")).to_have_count(2)
    page.get_by_role("button", name="New conversation").click()
    expect(page.get_by_text("What would you like to know?")).to_be_visible()
    page.get_by_role("button", name=scripted.COUNT).first.click()
    expect(page.get_by_text("How this was answered")).to_have_count(2)


def test_two_tabs_at_once_each_get_their_own_answer(served: str, open_page: OpenPage) -> None:
    left, right = open_page(served), open_page(served)
    ask(left, "What about the left?")
    ask(right, "What about the right?")
    for page, own, other in ((left, "left", "right"), (right, "right", "left")):
        assert answers(page) == 1
        expect(page.get_by_text(f"You asked: What about the {own}?")).to_be_visible()
        expect(page.get_by_test_id(MAIN).get_by_text(f"about the {other}")).to_have_count(0)


def test_a_waiting_question_can_be_stopped_or_replaced(served: str, open_page: OpenPage) -> None:
    page = open_page(served)
    ask(page, scripted.WAITS)
    expect(page.get_by_text("Query passed the gates")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped before there was an answer.")).to_be_visible()
    ask(page, scripted.WAITS)
    expect(page.get_by_text("Query passed the gates")).to_be_visible()
    ask(page, scripted.COUNT)
    assert answers(page) == 1
    expect(page.get_by_text("Stopped before")).to_have_count(0)


def test_what_is_meant_can_be_chosen_by_key(served: str, open_page: OpenPage) -> None:
    page = open_page(served, width=PHONE)
    ask(page, scripted.AMBIGUOUS)
    asked_back = page.get_by_test_id("stChatMessage").last
    expect(asked_back.get_by_role("button", name="total")).to_have_count(2)
    second = asked_back.get_by_role("button", name="total *refund*")
    assert second.inner_text().replace("\u2060", "") == scripted.CHOICES[1]
    asked_back.get_by_role("button", name=scripted.CHOICES[0]).focus()
    page.keyboard.press("Tab")
    expect(second).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("How this was answered")).to_have_count(2)
    expect(page.get_by_test_id("stChatMessage").nth(2)).to_contain_text(scripted.CHOICES[1])
    expect(page.get_by_test_id("stChatMessage").get_by_role("button", name="total")).to_have_count(
        0
    )
    expect(page.get_by_test_id("stChatMessage").nth(1).locator("ol > li")).to_have_count(2)


def test_nothing_can_be_chosen_while_a_question_runs(served: str, open_page: OpenPage) -> None:
    page = open_page(served)
    ask(page, scripted.AMBIGUOUS)
    choice = page.get_by_role("button", name=scripted.CHOICES[0])
    expect(choice).to_be_enabled()
    ask(page, scripted.WAITS)
    expect(page.get_by_text("Query passed the gates")).to_be_visible()
    expect(choice).to_be_disabled()
    page.get_by_role("button", name="Stop").click()
    expect(choice).to_be_enabled()


def test_nothing_is_wider_than_a_phone(served: str, open_page: OpenPage) -> None:
    page = open_page(served, width=PHONE)
    for number, question in enumerate((scripted.LATE, scripted.HOURLY, scripted.HOSTILE), start=1):
        ask(page, question)
        expect(page.get_by_text("How this was answered")).to_have_count(number)
        expect(page.locator(f".st-key-question-{number - 1}")).to_be_in_viewport()
        for source in page.get_by_test_id("stChatMessage").last.locator("summary").all():
            source.click()
        wide = "e => e.scrollWidth > e.clientWidth"
        assert not page.evaluate(f"({wide})(document.documentElement)")
        assert not page.get_by_test_id(MAIN).evaluate(wide)


def test_a_good_answer_is_proposed_and_approved(served: str, open_page: OpenPage) -> None:
    page = open_page(served)
    ask(page, scripted.LATE)
    assert answers(page) == 1
    page.get_by_test_id("stFeedback").get_by_role("radio").first.click()
    expect(page.get_by_text("Proposed as an example.")).to_be_visible()
    page.reload()
    assert answers(page) == 1
    page.get_by_role("button", name="Examples").click()
    expect(page.get_by_role("heading", name="Examples")).to_be_visible()
    assert "view=examples" in page.url
    page.reload()
    expect(page.get_by_text("GROUP BY carrier")).to_be_visible()
    page.set_viewport_size({"width": PHONE, "height": 844})
    assert not page.get_by_test_id("stMain").evaluate("e => e.scrollWidth > e.clientWidth")
    page.set_viewport_size({"width": DESKTOP, "height": 844})
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Nothing waits for review.")).to_be_visible()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("There are none yet.")).to_be_visible()
    page.get_by_role("button", name="Back to the chat").click()
    assert answers(page) == 1


def test_hostile_text_stays_text(served: str, open_page: OpenPage) -> None:
    page = open_page(served)
    ask(page, scripted.HOSTILE)
    assert answers(page) == 1
    said = page.get_by_test_id("stChatMessage").last
    for source in said.locator("summary").all():
        source.click()
    text = said.get_by_test_id("stMarkdown").first
    for shown in ("![pixel](http:", "<img src=x", "<script>", ":material/bolt:", "$x^2$"):
        assert shown in text.inner_text().replace("\u2060", "")
    active = "[data-testid=stIconMaterial], [style*=color]:not(.stMarkdownBadge)"
    assert text.locator(active).count() == 0
    assert said.locator("img, a, script, iframe, .katex, .mermaid").count() == 0
    assert page.title() == "Tributary"


def test_ctrl_c_ends_the_server_while_a_question_runs(open_page: OpenPage) -> None:
    with serving() as (process, url):
        page = open_page(url)
        ask(page, scripted.WAITS)
        expect(page.get_by_text("Query passed the gates")).to_be_visible()
        started = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.wait(5) == 0
        assert time.monotonic() - started < 5
        assert process.stdout is not None
        assert "ended" in process.stdout.read()
