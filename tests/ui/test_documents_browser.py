"""A document handed in on the page, found by a question, its citation opened: in a real browser."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, expect

from tests.ui.conftest import PHONE, ROOT, OpenPage, ask, free_port

pytestmark = pytest.mark.browser

LATE = "For a late parcel we pay ten percent of the order back."
ACTS = (
    "![pixel](http://evil.example/p.png) <img src=x onerror=\"document.title='owned'\"> [a](http:x)"
    " :red[red] :smile: $x^2$ `code` \u202e<mark>no</mark>"
)
WOOL = "Wool is washed cold and dried flat, " * 12
POLICY = f"# Late parcels\n\n## What we owe\n\n{LATE}\n\n{WOOL}{ACTS}\n"


@pytest.fixture
def chat(tmp_path: Path) -> Iterator[str]:
    """The page of an assistant with documents alone: no Flink is started."""
    command = [sys.executable, "-m", "tests.ui.documented", str(tmp_path), str(free_port())]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.send_signal(signal.SIGKILL)


def test_an_upload_is_found_and_its_citation_opened(
    chat: str, open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page(chat)
    page.get_by_role("button", name="Documents").click()
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        [
            FilePayload(name="policy.md", mimeType="text/markdown", buffer=POLICY.encode()),
            FilePayload(name="tool.exe", mimeType="", buffer=b"x"),
        ]
    )
    expect(page.get_by_text("tool.exe: It is not a document")).to_be_visible()
    page.get_by_role("button", name="Add 1 document").click()
    expect(page.get_by_text("1 added.")).to_be_visible(timeout=60_000)
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    page.get_by_placeholder("What a question would look for").fill("late parcel")
    page.keyboard.press("Enter")
    expect(page.get_by_text("by meaning: rank 1")).to_be_visible()
    page.set_viewport_size({"width": PHONE, "height": 844})
    assert not page.get_by_test_id("stMain").evaluate("e => e.scrollWidth > e.clientWidth")
    page.get_by_role("button", name="Back to the chat").click()

    ask(page, "What do we pay for a late parcel?")
    expect(page.get_by_text("How this was answered")).to_be_visible(timeout=60_000)
    page.locator("summary").get_by_text("Late parcels › What we owe").click()
    passage = page.locator(".quoted")
    expect(passage.locator("mark").get_by_text(LATE)).to_be_visible()
    expect(passage.locator("mark").get_by_text("Wool is washed")).to_have_count(0)
    assert ACTS.replace("\u202e", "") in passage.inner_text()
    assert passage.locator("img, a, script, code, .katex, [style]").count() == 0
    expect(page.get_by_text("uploads/policy.md · ")).to_be_visible()
    assert page.title() == "Tributary"
