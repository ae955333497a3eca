"""Questions that lean on the one before, and questions that do not."""

from __future__ import annotations

import pytest

from app.semantic_parser import Reading, parse
from tests.semantic_parser.catalogs import NOW, SHOP, ZONE
from tests.semantic_parser.test_definitions import METRICS

HOUR = "How many orders in the last hour?"
CANCELLED = "How many orders were cancelled today?"
LEANING = [
    (HOUR, "and in Berlin?", "counting orders, city = Berlin, in the last hour"),
    (HOUR, "per city instead", "counting orders, in the last hour, per city, most first"),
    (HOUR, "and in the hour before?", "counting orders, in the hour before"),
    (CANCELLED, "And yesterday?", "counting orders, status = cancelled, yesterday"),
    (
        CANCELLED,
        "and what was their total amount?",
        "total amount in orders, status = cancelled, today",
    ),
    (CANCELLED, "show them", "listing orders, status = cancelled, today, the latest 10"),
    (
        CANCELLED,
        "in percent of all orders?",
        "share of orders with status = cancelled, in %, today",
    ),
    (
        CANCELLED,
        "and the gross revenue?",
        "total amount in orders, status = confirmed, today",
    ),
    (
        "How many orders today?",
        "and the gross revenue?",
        "total amount in orders, status = confirmed, today",
    ),
    (
        "What is the average load time per page in the last hour?",
        "now only on phones",
        "average load in page views, device = phone, in the last hour, per page, highest first",
    ),
    (
        "Which 3 cities have the most orders today?",
        "and the top 5?",
        "counting orders, today, per city, the 5 with the most",
    ),
    (
        "What is the average load time of the checkout page today?",
        "the median instead",
        "median load in page views, page = checkout, today",
    ),
    (
        "How many orders per city in the last hour?",
        "only those with more than 50",
        "counting orders, in the last hour, per city, only those with over 50 orders, most first",
    ),
    (
        "How many orders today?",
        "How many payments failed today?",
        "counting payments, status = failed, today",
    ),
]


def read(before: str, question: str) -> Reading:
    found = parse(
        question,
        SHOP.catalog,
        SHOP.values,
        now=NOW,
        time_zone=ZONE,
        history=(before,),
        definitions=METRICS,
    )
    assert found is not None
    return found


@pytest.mark.parametrize(("before", "question", "words"), LEANING)
def test_what_is_not_named_stays(before: str, question: str, words: str) -> None:
    reading = read(before, question)
    assert reading.words == words
    assert reading.is_sure


def test_what_is_to_come_is_not_answered_by_leaning_either() -> None:
    reading = read("How many orders today?", "and tomorrow?")
    assert not reading.is_sure
    assert "what has not happened yet is not in the data" in reading.reasons
