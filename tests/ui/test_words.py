from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app.answer import Answer, Source, Usage
from app.ui import words
from tests.ui.scripted import NOW, carriers, passage


def answer(as_of: dict[str, datetime]) -> Answer:
    evidence = replace(carriers(), as_of=as_of)
    return Answer("q", "t", (Source(1, evidence),), "rules", NOW, timings={"search": 0.031})


FRESHNESS = {
    "no table": ({}, ""),
    "one": ({"a": NOW - timedelta(seconds=12)}, "a 17:41:58 (12 s behind)"),
    "sorted": (
        {"b": NOW - timedelta(minutes=5), "a": NOW},
        "a 17:42:10 (up to date), b 17:37:10 (5 min behind)",
    ),
    "yesterday": ({"a": NOW - timedelta(hours=20)}, "a 21 Nov 21:42:10 (20 h behind)"),
    "ahead of the clock": ({"a": NOW + timedelta(seconds=1)}, "a 17:42:11 (up to date)"),
}


@pytest.mark.parametrize(("as_of", "expected"), FRESHNESS.values(), ids=FRESHNESS.keys())
def test_freshness(as_of: dict[str, datetime], expected: str) -> None:
    head = "Data as of 22 Nov 17:42:10 UTC: " if expected else ""
    assert words.freshness(answer(as_of)) == head + expected


def test_the_rest() -> None:
    assert words.found(1) == "Searched the documents: 1 passage"
    assert words.found(4) == "Searched the documents: 4 passages"
    assert words.ran(carriers()) == "Flink answered in 0.4 s: 4 rows"
    assert "there are more" in words.ran(replace(carriers(), truncated=True))
    assert words.needed(carriers()) == "Needs event time of shipments from 22 Nov 16:42:10 UTC"
    both = replace(carriers(), ranges={"a": (NOW, NOW), "b": (None, None)})
    assert words.needed(both) == "Needs event time of a from 22 Nov 17:42:10 to 22 Nov 17:42:10 UTC"
    assert words.needed(replace(carriers(), ranges={})) == ""
    assert words.timings(answer({})) == "search 0.03 s"
    start = passage().start
    assert words.place(passage(), NOW).startswith("delivery-promise.md · Delivery promise › When")
    assert f"characters {start:,} to" in words.place(passage(), NOW)
    assert words.who_answered(answer({})) == "answered by the keyless rules"
    by_model = replace(answer({}), responder="agent", usage=Usage("gpt-x", 2, 4_100, 60, 0.0012))
    assert words.who_answered(by_model) == (
        "answered by the chat model gpt-x (2 requests, 4,100 tokens sent, 60 written, cost 0.0012)"
    )
    assert "is sent the question" in words.who_will_answer("agent")
