"""What is said beside the question or twice: asides, repetitions, and what explains a verb."""

from __future__ import annotations

import pytest

from app.semantic_parser.reading import CONFIDENT
from tests.semantic_parser.catalogs import GROUNDS

URGENT = "counting tests in lab tests, urgent = true, today"
ASIDES = (
    ("clinic", "Hello, I just joined the team. How many urgent tests today?", URGENT),
    ("clinic", "My boss is nosy! How many urgent tests today?", URGENT),
    ("clinic", "how many urgent tests today, as far as they are in the data", URGENT),
    ("clinic", "how many urgent tests today, as far as we know?", URGENT),
    # a sentence that names a thing is about it
    ("rides", "My bike is B-12. How many rides today?", "counting rides, bike id = B-12, today"),
)
TWICE = (
    ("rides", "the middle value (median) of the fare", "median fare in rides"),
    ("rides", "what is the average (mean) fare today", "average fare in rides, today"),
    ("rides", "half of the rides today were below what fare? So the median, please",
     "median fare in rides, today"),
)  # fmt: skip
PARTS = (
    ("rides", "half of the rides today were longer than what distance",
     "median distance in rides, today"),
    ("rides", "90 % of the rides of members were below what fare?",
     "p90 of fare in rides, rider type = member"),
    ("rides", "10 % of the rides were above which fare", "p90 of fare in rides"),
)  # fmt: skip
TOLD_APART = (
    ("shop", "How many mugs (pieces, not orders) went into orders? I mean the Uferlos Enamel Mug",
     "total quantity in orders, product = Uferlos Enamel Mug"),
    ("shop", "How many mugs (orders, not pieces) went into orders? I mean the Uferlos Enamel Mug",
     "counting orders, product = Uferlos Enamel Mug"),
)  # fmt: skip
VERBS = (
    ("rides", "how high was the average fare today", "average fare in rides, today"),
    # who pays a fee needs no payment of another table
    ("shop", "which city has paid the most in shipping fees",
     "total shipping fee in orders, per city, the one with the highest"),
    # a verb in a clause names no number of an order
    ("shop", "which products that people have ordered have the word Wool in their name",
     'listing the different product of orders, product contains "Wool", product given'),
    # several things known by an id alone are counted, where only a time is said
    ("shop", "sessions on phone last hour",
     "counting distinct sessions in page views, device = phone, in the last hour"),
    # what was done is known by its reason
    ("clinic", "how many tests were discarded because of a lab error",
     "counting tests in lab tests, reject reason = lab_error"),
    # what is looked at is told of by the table of views
    ("shop", "which product is looked at most often",
     "counting page views, product given, per product, the one with the most"),
    ("shop", "how many different products did people look at today",
     "counting distinct products in page views, today"),
)  # fmt: skip


ALL = (*ASIDES, *TWICE, *PARTS, *TOLD_APART, *VERBS)


@pytest.mark.parametrize(("catalog", "question", "words"), ALL)
def test_questions(catalog: str, question: str, words: str) -> None:
    found = GROUNDS[catalog].read(question)
    assert found is not None
    assert found.words == words
    assert found.confidence >= CONFIDENT
    assert not found.alternatives


UNSURE = (
    ("clinic", "I need only the premium ones. How many urgent tests today?", ("premium",)),
    ("clinic", "how many tests today, as far as the result is known", ("known",)),
    ("shop", "How many cups (pieces, not orders) today? I mean the Uferlos Enamel Mug",
     ("cups", "pieces", "not")),
    ("clinic", "how many tests were not discarded because of a lab error", ("not", "discarded")),
)  # fmt: skip


@pytest.mark.parametrize(("catalog", "question", "unexplained"), UNSURE)
def test_what_may_limit_the_rows_is_no_aside(
    catalog: str, question: str, unexplained: tuple[str, ...]
) -> None:
    found = GROUNDS[catalog].read(question)
    assert found is not None
    assert found.unexplained == unexplained
    assert found.confidence < CONFIDENT
