"""Misspelt words, and words that only look like it."""

from __future__ import annotations

import pytest

from app.semantic_parser import english, spelling
from app.semantic_parser.tokens import tokenize
from tests.semantic_parser.linked import known

MISSPELT = (
    ("shop", "Hwo many ordres were canceled today?", "how orders"),
    ("shop", "how mny late parcles by carier since 8:00", "many parcels carrier"),
    ("shop", "ordrs per chanel last 2 hrs", "orders channel"),
    ("shop", "averge load tme of the serch page", "average time search"),
    ("shop", "top thre prodcuts by quantiy", "three products quantity"),
    ("shop", "How many oders were there in Stutgart today?", "orders stuttgart"),
    ("shop", "declined because of insuficient funds", "insufficient"),
    ("shop", "Totl quantitiy orderd", "total quantity ordered"),
    ("shop", "shw me teh latst faild paymnts", "show the latest failed payments"),
    ("shop", "nubmer of custmers yesterdy", "number customers yesterday"),
    ("energy", "how many sesions did we have", "sessions"),
    ("finance", "avrage balnce of acounts", "average balance accounts"),
)


@pytest.mark.parametrize(("catalog", "question", "expected"), MISSPELT)
def test_misspelt_words_are_put_right(catalog: str, question: str, expected: str) -> None:
    found = spelling.correct(tokenize(question), known(catalog))
    assert [t.text for t in found if t.misspelt] == expected.split()
    assert [t.raw for t in found] == [t.raw for t in tokenize(question)]


@pytest.mark.parametrize(
    "question",
    [
        "How many tables and labels are there",
        "what is the average price of a brake among vehicles",
        "which employees handled the most returns",
        "delete everything from the database right now",
        "nobody has taken it yet",
        "blorf the quux by wibble",
        "LDN, FFM and NYC quotes in EURO",
        "qty per acct and txn",
        "wann kommt der Bus?",
        "",
        "'' ;; 12 O-5f3a",
    ],
)
def test_other_words_stay_as_they_are(question: str) -> None:
    tokens = tokenize(question)
    for catalog in ("shop", "finance"):
        assert spelling.correct(tokens, known(catalog)) == tokens


def test_a_number_word_that_was_misspelt_has_its_number() -> None:
    (token,) = spelling.correct(tokenize("twleve"), known("shop"))
    assert token.text == "twelve"
    assert token.number == 12


def test_ordinary_words_are_known_in_every_form() -> None:
    assert all(english.is_ordinary(w) for w in ("table", "tables", "charging", "quickly"))
    assert not english.is_ordinary("carier")
