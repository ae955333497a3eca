"""The questions that are shown where one was not understood."""

from __future__ import annotations

import pytest

from app.catalog.model import Catalog
from app.catalog.values import Values
from app.responders.examples import MOST, examples
from tests.semantic_parser.catalogs import GROUNDS, NOW, SHOP, ZONE


def like(question: str) -> tuple[str, ...]:
    return examples(SHOP.catalog, SHOP.values, now=NOW, time_zone=ZONE, like=question)


@pytest.mark.parametrize("name", GROUNDS)
def test_every_example_is_understood(name: str) -> None:
    ground = GROUNDS[name]
    asked = examples(ground.catalog, ground.values, now=NOW, time_zone=ZONE)
    assert 1 <= len(asked) <= MOST
    for question in asked:
        reading = ground.read(question)
        assert reading is not None
        assert reading.is_sure


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("why do payments bounce", "payments"),
        ("parcels that the carrier took on a detour", "shipments"),
        ("load of views by visitors", "page views"),
    ],
)
def test_tables_that_the_question_mentions_come_first(question: str, first: str) -> None:
    assert first in like(question)[0]


def test_what_the_question_mentions_comes_first_within_a_table() -> None:
    assert "carrier" in like("shipments by mood of the carrier")[0]


def test_a_question_about_nothing_shows_different_tables() -> None:
    assert len({q.split(" with ")[0] for q in like("what is the capital of France")}) == MOST


def test_without_tables_there_are_none() -> None:
    assert examples(Catalog(), Values(), now=NOW, time_zone=ZONE, like="orders") == ()
