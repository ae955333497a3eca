"""A real browser for the page, and a server that shows it a scripted assistant."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
DESKTOP, PHONE = 1280, 390
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]

OpenPage = Callable[..., Page]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The page on a scripted assistant, in a process of its own, and its address."""
    command = [sys.executable, "-m", "tests.ui.scripted", str(free_port())]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.communicate()


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    with serving() as (_, url):
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. For one module at a time: Playwright keeps an event loop running."""
    chromium = shutil.which("chromium")
    if chromium is None:
        why = "There is no chromium on PATH (Debian: apt install chromium)."
        (pytest.fail if os.environ.get("CI") else pytest.skip)(why)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Opens pages, each a browser session of its own; nothing they load may be elsewhere."""
    contexts: list[Any] = []
    loaded: list[str] = []

    def open_one(url: str, *, width: int = DESKTOP, height: int = 844) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        context.on("request", lambda request: loaded.append(request.url))
        page = context.new_page()
        page.on("websocket", lambda socket: loaded.append(socket.url))
        page.goto(url)
        page.get_by_test_id("stChatInputTextArea").wait_for()
        return page

    yield open_one
    for context in contexts:
        context.close()
    elsewhere = {u for u in loaded if urlsplit(u).hostname not in {"127.0.0.1", None}}
    assert not elsewhere, f"the page reached beyond this machine: {elsewhere}"


def ask(page: Page, question: str) -> None:
    """Types a question and sends it."""
    page.get_by_test_id("stChatInputTextArea").fill(question)
    page.keyboard.press("Enter")
