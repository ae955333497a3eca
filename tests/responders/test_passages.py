"""Which passages are quoted, and which of their sentences."""

from __future__ import annotations

import pytest

from app.responders import clauses, passages
from tests.responders.fakes import passage


def test_words_in_the_heading_win_over_a_little_more_similarity() -> None:
    near = passage("Nobody has to ask for it.", similarity=0.5, heading="Payout")
    named = passage("By the table.", similarity=0.42, heading="What we owe the customer", start=9)
    ranked = passages.rank([("what do we owe the customers?", (near, named))])
    assert [f.passage for f in ranked] == [named, near]


def test_a_passage_found_twice_counts_once() -> None:
    found = passage("Wool is washed cold.")
    assert len(passages.rank([("wash wool", (found,)), ("wool", (found,))])) == 1


def test_without_a_word_in_common_a_passage_is_never_strong() -> None:
    (found,) = passages.rank([("capital of France", (passage("Wool.", similarity=0.9),))])
    assert found.relevance < passages.STRONG


EXCERPTS = [
    ("One. Two about wool. Three.", "wool", ["One. Two about wool. Three."]),
    (
        "# Head\n\nText.\n\n- first item\n- second item",
        "head",
        ["Text.", "first item", "second item"],
    ),
    ("| a | b |\n|---|---|\n| 1 | 2 |", "b", ["a · b", "1 · 2"]),
    ("See [the **page**](x.md) and `code`.", "page", ["See the page and code."]),
    ("***", "x", ["***"]),
    ("Filler sentence. " * 40 + "Wash wool cold.", "wash wool", ["Wash wool cold."]),
]


@pytest.mark.parametrize(("text", "query", "lines"), EXCERPTS)
def test_excerpt(text: str, query: str, lines: list[str]) -> None:
    found = passages.excerpt(passage(text), query)
    assert found[-len(lines) :] == lines or found == lines
    assert sum(len(line) for line in found) < 600


@pytest.mark.parametrize(
    ("question", "halves"),
    [
        ("How many orders today?", ("How many orders today?",)),
        ("How many in Berlin, Bonn, and Ulm", ("How many in Berlin, Bonn, and Ulm",)),
        ("Which are late, and what do we owe?", ("Which are late", "what do we owe?")),
        ("How many failed? What do we do?", ("How many failed", "What do we do?")),
        ("Count orders. Why so few?", ("Count orders", "Why so few?")),
        ("late parcels, what is owed", ("late parcels", "what is owed")),
        ("late today, and in which cases do we pay?", ("late today", "in which cases do we pay?")),
        ("refunds, and up to what amount is ok?", ("refunds", "up to what amount is ok?")),
        ("", ("",)),
        ("Of the failed, how many were late?", ("Of the failed, how many were late?",)),
        ("changes by staff today, how many?", ("changes by staff today, how many?",)),
        ("late parcels, how many were lost?", ("late parcels, how many were lost?",)),
        ("Of the failed, how many today? Why?", ("Of the failed", "how many today", "Why?")),
    ],
)
def test_split(question: str, halves: tuple[str, ...]) -> None:
    assert clauses.split(question) == halves
