"""What is run, what is asked about and what is left, by how each half of a question was read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.responders import plan
from app.semantic_parser import Reading
from tests.responders.readings import Parser, reading, tie
from tests.samples import answer

FIRST, SECOND, THIRD = "How many orders today", "how many of them late", "why is that"
WHOLE = f"{FIRST}, and {SECOND}, and {THIRD}?"
LAST = f"{THIRD}?"
SURE = reading("sure")
THREE = replace(SURE, form=replace(SURE.form, measures=SURE.form.measures * 3))
TIE = tie("one", "other")
DOUBT = reading("doubt", confidence=0.5, unexplained=("late",))

Done = tuple[list[str], str, list[str], str]
"""What is run, what is asked about, what is left to the documents, what is doubtful."""

CASES: dict[str, tuple[dict[str, Reading], Done]] = {
    "the whole is sure": ({WHOLE: SURE, FIRST: TIE}, ([WHOLE], "", [], "")),
    "the whole is sure, and each half too": (
        {WHOLE: SURE, FIRST: SURE, SECOND: SURE, LAST: SURE},
        ([FIRST, SECOND, LAST], "", [], ""),
    ),
    "the whole computes as much as its halves": (
        {WHOLE: THREE, FIRST: SURE, SECOND: SURE, LAST: SURE},
        ([WHOLE], "", [], ""),
    ),
    "the whole is tied": ({WHOLE: TIE}, ([], WHOLE, [], "")),
    "halves go before a tied whole": (
        {WHOLE: TIE, FIRST: SURE, SECOND: SURE},
        ([FIRST, SECOND], "", [LAST], ""),
    ),
    "one half is tied": ({FIRST: SURE, SECOND: TIE}, ([FIRST], SECOND, [LAST], "")),
    "only one half is asked about": (
        {FIRST: TIE, SECOND: TIE},
        ([], FIRST, [], ""),
    ),
    "doubt": ({FIRST: DOUBT}, ([], "", [], "doubt")),
    "nothing": ({}, ([], "", [], "")),
}


@pytest.mark.parametrize(("known", "expected"), CASES.values(), ids=CASES.keys())
def test_what_is_done(known: dict[str, Reading], expected: Done) -> None:
    made = plan.make(WHOLE, (), Parser(known).read)
    assert (
        [p.text for p in made.run],
        made.asked.text if made.asked else "",
        [p.text for p in made.others],
        made.doubtful.words if made.doubtful else "",
    ) == expected


def test_a_half_may_lean_on_those_before_it() -> None:
    parser = Parser({FIRST: SURE, SECOND: SURE})
    plan.make(WHOLE, ("earlier",), parser.read)
    assert parser.asked == [
        (WHOLE, ("earlier",)),
        (FIRST, ("earlier",)),
        (SECOND, ("earlier", FIRST)),
        (LAST, ("earlier", FIRST, SECOND)),
    ]


def test_no_half_leans_on_what_is_not_understood() -> None:
    parser = Parser({FIRST: DOUBT, SECOND: SURE})
    plan.make(WHOLE, (), parser.read)
    assert parser.asked[1:] == [(FIRST, ()), (SECOND, ()), (LAST, (SECOND,))]


CHANGED = {
    "what is not understood may say which rows are meant": (
        "How many orders? Take those of the last hour",
        [],
        [],
    ),
    "a question of its own does not": ("How many orders? Why is that?", ["How many orders"], [1]),
    "nor one that a preposition leads": (
        "How many orders, and in which cases do we pay?",
        ["How many orders"],
        [1],
    ),
    "what goes on behind a comma counts what is not understood": (
        "What of those in Bern, how many orders?",
        [],
        [],
    ),
    "a courtesy is passed over": ("Hello! How many orders? Thanks a lot", ["How many orders"], []),
}


@pytest.mark.parametrize(("question", "run", "left"), CHANGED.values(), ids=CHANGED.keys())
def test_a_half_that_changes_another_is_not_left_out(
    question: str, run: list[str], left: list[int]
) -> None:
    made = plan.make(question, (), Parser({"How many orders": SURE, "how many orders?": SURE}).read)
    assert [p.text for p in made.run] == run
    assert [p.place for p in made.others] == left


def test_it_is_the_term_that_the_half_before_asks_the_meaning_of() -> None:
    text = "how high was net yield today?"
    made = plan.make(
        "What does net yield mean, and how high was it today?", (), Parser({text: SURE}).read
    )
    assert [p.text for p in made.run] == [text]
    assert [p.text for p in made.others] == ["What does net yield mean"]


def test_only_what_was_understood_is_leant_on() -> None:
    answers = [
        answer(question="orders today", understood="counting orders"),
        answer(question="hello", understood="", sources=()),
        answer(question="total today", understood="", sources=(), choices=("a", "b")),
    ]
    assert plan.asked_before(answers, Parser({}).read) == ("orders today", "total today")


def test_what_came_before_a_question_that_leant_on_nothing_is_not_read_again() -> None:
    answers = [
        answer(question="payments today", understood="counting payments"),
        answer(question="orders today", understood="counting orders"),
        answer(question="and in Berlin?", understood="counting orders, city = Berlin"),
    ]
    parser = Parser({"orders today": reading("counting orders")})
    assert plan.asked_before(answers, parser.read) == ("orders today", "and in Berlin?")
    assert [question for question, _ in parser.asked] == ["and in Berlin?", "orders today"]


@pytest.mark.parametrize(
    ("known", "before"),
    [
        ({WHOLE: SURE}, (WHOLE,)),
        ({WHOLE: TIE}, (WHOLE,)),
        ({FIRST: SURE}, (FIRST,)),
        ({FIRST: TIE, SECOND: SURE}, (FIRST,)),
        ({FIRST: DOUBT}, (WHOLE,)),
        ({FIRST: SURE, SECOND: TIE}, (FIRST, SECOND)),
    ],
)
def test_a_question_of_halves_is_leant_on_as_it_was_read(
    known: dict[str, Reading], before: tuple[str, ...]
) -> None:
    assert plan.asked_before([answer(question=WHOLE)], Parser(known).read) == before
