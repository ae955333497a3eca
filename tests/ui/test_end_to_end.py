"""The page as a newcomer meets it: the sample shop, a real Flink and a real browser."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.demo.shop import QUESTIONS
from tests.ui.conftest import PHONE, ROOT, OpenPage, ask, free_port

pytestmark = [pytest.mark.browser, pytest.mark.flink, pytest.mark.xdist_group("commands")]

ANSWERED = 60_000
"""Milliseconds for an answer on a busy machine, Flink's start included."""


def test_a_first_question_and_two_people_at_once(open_page: OpenPage, sample_home: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "app", "chat", "--home", str(sample_home), "--port", str(port)]
    chat = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert chat.stdout is not None
        assert any("open at" in line for line in chat.stdout)
        url = f"http://127.0.0.1:{port}"
        first, second = open_page(url), open_page(url, width=PHONE)
        first.get_by_text(QUESTIONS[0]).first.click()
        ask(second, "How many orders per hour in the last 3 hours?")
        for page in (first, second):
            page.get_by_text("How this was answered").wait_for(timeout=ANSWERED)
        merged, hourly = (page.locator("body").inner_text() for page in (first, second))
        assert "Compensation is owed per late parcel" in merged
        assert "Alpenfracht" in merged
        assert "Late Delivery and Compensation Policy" not in hourly
        assert "orders" in hourly
        first.locator("canvas, svg.marks").first.wait_for(timeout=ANSWERED)
        first.get_by_text("Flink SQL over shipments").click()
        first.get_by_text("COUNT(DISTINCT shipment_id)").wait_for()
        first.reload()
        first.get_by_text("Compensation is owed per late parcel").first.wait_for(timeout=ANSWERED)
        assert second.evaluate("document.documentElement.scrollWidth") <= PHONE
        ask(second, "How many payments were there in the last hour?")
        fresh = second.get_by_text(re.compile(r"Data as of .*payments \d\d:\d\d:\d\d"))
        fresh.wait_for(timeout=ANSWERED)
        chat.send_signal(signal.SIGINT)
        assert chat.wait(5) == 0
    finally:
        chat.kill()
        chat.communicate()
