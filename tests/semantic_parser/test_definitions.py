"""Terms that documents define: how they are found, and what they mean over the sample shop."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.semantic_parser import Reading, parse
from app.semantic_parser.definitions import Definition, find
from ingest.demo.shop import DOCUMENTS
from tests.semantic_parser.catalogs import NOW, SHOP, ZONE

METRICS = find((DOCUMENTS / "metric-definitions.md").read_text(encoding="utf-8"))

TABLE = """
| Metric | How it is calculated |
|---|---|
| **Churned customer** | a customer without orders in the last 90 days |
| `Basket size` | quantity divided by orders |

| City | Opening hours |
|---|---|
| Berlin | nine to five every day |
"""


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        (TABLE, {
            "churned customer": "a customer without orders in the last 90 days",
            "basket size": "quantity divided by orders",
        }),
        ("**Dwell time** is the time between arrival and departure. More.", {
            "dwell time": "the time between arrival and departure",
        }),
        ("**Slow page**: a page view above 3000 ms.", {"slow page": "a page view above 3000 ms"}),
        ("- A dead sensor means no readings for ten minutes.", {
            "dead sensor": "no readings for ten minutes",
        }),
        ("The “fill rate” is calculated as [filled](x.md) divided by ordered boxes.", {
            "fill rate": "filled divided by ordered boxes",
        }),
        ("**Yield** is good parts divided by all parts. **Yield** is what we sell.", {
            "yield": "good parts divided by all parts",
        }),
        ("**one two three four five six** is too long to be a term of anything.", {}),
        ("**Note** the shop closes at eight.", {}),
        ("| a | b |", {}),
        ("", {}),
    ],
)  # fmt: skip
def test_definitions_are_found(text: str, terms: dict[str, str]) -> None:
    assert {d.term: d.text for d in find(text)} == terms


def read(question: str, definitions: tuple[Definition, ...] = METRICS) -> Reading:
    reading = parse(
        question, SHOP.catalog, SHOP.values, now=NOW, time_zone=ZONE, definitions=definitions
    )
    assert reading is not None
    return reading


@pytest.mark.parametrize(
    ("question", "words", "term"),
    [
        (
            "gross revenue today",
            "total amount in orders, status = confirmed, today",
            "gross revenue",
        ),
        (
            "What is our gross revenue per city?",
            "total amount in orders, status = confirmed, per city, highest first",
            "gross revenue",
        ),
        (
            "What is the cancellation rate today?",
            "share of orders with status = cancelled, in %, today",
            "cancellation rate",
        ),
        (
            "conversion rate by device",
            "share of distinct sessions in page views with page = checkout, in %, per device,"
            " highest first",
            "conversion rate",
        ),
        (
            "how many slow page views today",
            "counting page views, load over 3000 milliseconds, today",
            "slow page view",
        ),
        (
            "What percentage of page views was slow today?",
            "share of page views with load over 3000 milliseconds, in %, today",
            "slow page view",
        ),
        (
            "average order value per channel",
            "total amount in orders with status = confirmed divided by number of orders with"
            " status = confirmed, per channel, highest first",
            "average order value",
        ),
        (
            "payment failure rate per method today",
            "attempts in payments with status = failed as a share of attempts with status ="
            " failed or succeeded, in %, today, per method, highest first",
            "payment failure rate",
        ),
    ],
)
def test_a_term_is_computed_as_it_is_defined(question: str, words: str, term: str) -> None:
    reading = read(question)
    assert reading.words == words
    assert reading.business_word == term
    assert reading.is_sure


@pytest.mark.parametrize("question", ["net revenue today", "refund rate this week"])
def test_a_definition_that_cannot_be_computed_is_not_replaced_by_another(question: str) -> None:
    reading = read(question)
    assert not reading.is_sure
    assert "in a way I cannot compute" in " ".join(reading.reasons)


@pytest.mark.parametrize("question", ["How many orders today?", "Average load time per page"])
def test_questions_without_defined_terms_read_as_without_definitions(question: str) -> None:
    assert read(question) == read(question, ())


def test_a_limit_in_a_definition_is_no_division() -> None:
    big = Definition("big order", "an order over 500 EUR")
    said = read("how many big orders today", (big,)).words
    assert said == "counting orders, amount over 500 EUR, today"


def test_terms_may_be_defined_by_each_other() -> None:
    circle = (Definition("alpha rate", "beta rate"), Definition("beta rate", "alpha rate"))
    reading = parse(
        "alpha rate of orders today",
        SHOP.catalog,
        SHOP.values,
        now=NOW,
        time_zone=ZONE,
        definitions=circle,
    )
    assert reading is None or not reading.is_sure


def test_every_document_of_the_shop_is_searched_quickly() -> None:
    for path in Path(DOCUMENTS).glob("*.md"):
        assert len(find(path.read_text(encoding="utf-8") * 50)) < 50
