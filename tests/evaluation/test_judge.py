"""The verdict on answers made by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from app.answer import Answer, Passage, QueryResult, Source
from app.evaluation.cases import Case
from app.evaluation.compare import Grid
from app.evaluation.judge import Outcome, Result, grid_of, judge

RIGHT, WRONG, ABSTAINED = Outcome.RIGHT, Outcome.WRONG, Outcome.ABSTAINED


def result(*values: Any, truncated: bool = False) -> QueryResult:
    return QueryResult("SELECT 1", pa.table({"a": values}), ("t",), truncated=truncated)


def passage(document: str) -> Passage:
    return Passage(document, "", (), 0, 1, "x", 1.0, 1.0)


def answer(
    *evidence: QueryResult | Passage,
    text: str = "text",
    notices: tuple[str, ...] = (),
    choices: tuple[str, ...] = (),
) -> Answer:
    sources = tuple(Source(i, e) for i, e in enumerate(evidence, 1))
    now = datetime(2026, 11, 22, tzinfo=UTC)
    return Answer("q", text, sources, "rules", now, notices=notices, choices=choices)


THREE = Case("q", rows=((3,),))
BOTH = Case("q", rows=((3,),), document="Late-Delivery")
POLICY = Case("q", document="late-delivery")
NEVER = Case("q", abstain=True)
NEVER_BUT_QUOTE = Case("q", abstain=True, document="late-delivery")
NEVER_BUT_SAY = Case("q", abstain=True, says=("no stream",))
EITHER = Case("q", document="late-delivery | faq")
SAID = Case("q", says=("EUR 85|85 EUR", "late"), says_not=("EUR 90", "lost"))
ALL = Case("q", rows=((3,),), document="late-delivery", says=("three",))
BACK = Case("q", ask_back=True)
TWO = ("a", "b")
LATE = passage("late-delivery-policy.md")
OTHER = passage("care-tent.md")


@pytest.mark.parametrize(
    ("case", "given", "outcome", "why"),
    [
        (THREE, answer(result(3)), RIGHT, ""),
        (THREE, answer(result(4)), WRONG, "other rows"),
        (THREE, answer(result(3, 4)), WRONG, "other rows"),
        (THREE, answer(result(4, truncated=True)), WRONG, "other rows (cut off at the row limit)"),
        (THREE, answer(result(4), result(3)), RIGHT, ""),
        (THREE, answer(), ABSTAINED, "no query was run"),
        (THREE, answer(LATE), ABSTAINED, "no query was run"),
        (THREE, answer(notices=("Some remark.",)), ABSTAINED, "no query was run"),
        (THREE, answer(choices=("a", "b")), ABSTAINED, "it asked back, giving 2 choices"),
        (BOTH, answer(result(3), LATE), RIGHT, ""),
        (BOTH, answer(result(3)), WRONG, "it does not cite Late-Delivery"),
        (BOTH, answer(result(4), LATE), WRONG, "other rows"),
        (BOTH, answer(LATE), ABSTAINED, "no query was run"),
        (POLICY, answer(LATE), RIGHT, ""),
        (POLICY, answer(OTHER, LATE), RIGHT, ""),
        (POLICY, answer(OTHER), WRONG, "it does not cite late-delivery"),
        (POLICY, answer(result(3)), WRONG, "it does not cite late-delivery"),
        (POLICY, answer(), ABSTAINED, "nothing was cited"),
        (NEVER, answer(), RIGHT, ""),
        (NEVER, answer(OTHER), RIGHT, ""),
        (NEVER, answer(result(3)), WRONG, "it was answered with a query"),
        (NEVER_BUT_QUOTE, answer(LATE), RIGHT, ""),
        (NEVER_BUT_QUOTE, answer(OTHER), WRONG, "it does not cite late-delivery"),
        (NEVER_BUT_QUOTE, answer(LATE, result(3)), WRONG, "it was answered with a query"),
        (NEVER_BUT_SAY, answer(text="No stream has it."), RIGHT, ""),
        (NEVER_BUT_SAY, answer(), WRONG, "it does not say “no stream”"),
        (EITHER, answer(passage("faq.html")), RIGHT, ""),
        (EITHER, answer(OTHER), WRONG, "it does not cite late-delivery | faq"),
        (SAID, answer(result(3), text="Late: 85 EUR [1]."), RIGHT, ""),
        (SAID, answer(LATE, text="EUR 85"), WRONG, "it does not say “late”"),
        (SAID, answer(text="It is late."), ABSTAINED, "it does not say “EUR 85|85 EUR”"),
        (SAID, answer(text="No: EUR 85 for the late one."), RIGHT, ""),
        (SAID, answer(LATE, text="EUR 85: late or lost"), WRONG, "it says “lost”"),
        (ALL, answer(result(3), LATE, text="Three."), RIGHT, ""),
        (ALL, answer(result(3), LATE, text="3"), WRONG, "it does not say “three”"),
        (
            ALL,
            answer(result(4), OTHER),
            WRONG,
            "other rows; it does not cite late-delivery; it does not say “three”",
        ),
        (ALL, answer(LATE, text="Three."), ABSTAINED, "no query was run"),
        (BACK, answer(choices=TWO), RIGHT, ""),
        (BACK, answer(LATE), ABSTAINED, "it asked nothing back"),
        (BACK, answer(result(3), choices=TWO), WRONG, "it was answered with a query"),
    ],
)
def test_verdict(case: Case, given: Answer, outcome: Outcome, why: str) -> None:
    expected = Grid.of_rows(case.rows) if case.rows is not None else None
    assert judge(case, given, expected) == (outcome, why)


def test_order_counts_where_the_case_says_so() -> None:
    expected = Grid.of_rows([[1], [2]])
    assert judge(Case("q", sql="s"), answer(result(2, 1)), expected)[0] is RIGHT
    assert judge(Case("q", sql="s", ordered=True), answer(result(2, 1)), expected)[0] is WRONG


def test_columns_of_one_name_are_both_kept() -> None:
    arrow = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"])
    grid = grid_of(QueryResult("SELECT 1", arrow, ()))
    assert (grid.rows(), grid.names) == ([[1, 2]], ("a", "a"))


@pytest.mark.parametrize(
    ("case", "outcome", "answered"),
    [
        (THREE, RIGHT, True),
        (THREE, WRONG, True),
        (THREE, ABSTAINED, False),
        (THREE, Outcome.ERROR, False),
        (NEVER, RIGHT, False),
        (NEVER, WRONG, True),
        (BACK, RIGHT, False),
    ],
)
def test_being_rightly_silent_is_no_answer(case: Case, outcome: Outcome, answered: bool) -> None:
    assert Result(case, outcome).answered is answered
