"""What is said of the gym amounts to what is meant, or to nothing that is run."""

from __future__ import annotations

import pytest

from tests.semantic_parser.grammar import gym

ANSWERED = (
    # by what they pay, and not what is paid
    ("average invoice amount for those who pay by card",
     "average amount in invoices, pay method = card"),
    ("how many invoices were paid by card",
     "counting invoices, state = paid, pay method = card"),
    # what for, and no number that it is ranked by
    ("Which two sites are used the least for training, by visits?",
     "counting visits, per site, the 2 with the fewest"),
    # a studio's name is not what lessons are called
    ("lessons, how many per studio?", "counting lessons, per studio name, most first"),
    # a time by what its comment says of it
    ("Money that arrived during the last 3 hours: sum of the invoice amounts",
     "total amount in invoices, paid at in the last 3 hours"),
    # columns of rows, and no sum
    ("Please list the open invoices of today, with the amount and the payment method.",
     "listing invoices with their invoice no and amount and pay method, state = open, today,"
     " latest first"),
    # what rows have only where it was taken
    ("For each locker, give me the number of visits",
     "counting visits, locker given, per locker, most first"),
    ("visits per locker in the north", "counting visits, site = north, per locker, most first"),
)  # fmt: skip


@pytest.mark.parametrize(("question", "words"), ANSWERED)
def test_questions(question: str, words: str) -> None:
    assert gym.run(question) == words


def test_what_is_counted_changes_and_the_filters_stay() -> None:
    before = ("How many visits were there today?", "Only those in the north.")
    asked = "And how many different members were that?"
    assert gym.run(asked, *before) == "counting distinct members in visits, site = north, today"


UNSURE = (
    # who does something to a thing is not the thing
    "Which lesson did Q10007 visit most recently?",
)


@pytest.mark.parametrize("question", UNSURE)
def test_what_is_not_sure_is_not_run(question: str) -> None:
    assert gym.run(question) == ""
