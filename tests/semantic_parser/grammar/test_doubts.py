"""Readings that are not run, with the reason that is given for each."""

from __future__ import annotations

import pytest

from app.semantic_parser.reading import CONFIDENT
from tests.semantic_parser.grammar.library import read

DOUBTED = (
    ("did every branch lend poetry", "whether that holds of all of them cannot be told"),
    ("which branch is the best", "“best” by what is not said"),
    ("the slowest hour of the locker log", "what makes them so is not known"),
    ("which lockers are in bright state", "“bright” may say which of them"),
    ("how many loans in IT today", "“IT” is not known here"),
    ("are overdue loans increasing", "a yes or no to that cannot be computed"),
    ("total fee and loans per branch", "“loans” is not part of it"),
    ("revenue and number of loans per branch", "“revenue” is not part of it"),
    ("loans per branch and total fee", "the number of loans is not part of it"),
    ("by genre please", "what is asked for is not said"),
)


@pytest.mark.parametrize(("question", "reason"), DOUBTED)
def test_a_doubtful_reading_is_not_run(question: str, reason: str) -> None:
    found = read(question)
    assert found.confidence < CONFIDENT
    assert reason in found.reasons
