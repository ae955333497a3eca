"""What the keyless responder says where it is not sure, on readings made by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pyarrow as pa
import pytest

from app.answer import Answer, Passage
from app.responders import examples, rules
from app.responders.base import Draft, Toolkit, Turn
from app.responders.rules import RulesResponder
from app.semantic_parser import Reading
from tests.responders.fakes import CannedEngine, CannedIndex, passage, toolkit
from tests.responders.readings import Parser, reading, tie
from tests.samples import answer
from tests.semantic_parser.catalogs import NOW, SHOP, ZONE

TOTAL = "What is the total in the last 30 minutes?"
TIED = tie("total amount of orders, in the last 30 minutes", "total amount of *payments*")
LISTED = "1. total amount of orders, in the last 30 minutes\n2. total amount of \\*payments\\*"
STRONG = passage("The total is what a customer pays in the end.", heading="Total", similarity=0.8)
WEAK = passage("Something else.", similarity=0.3)

Respond = Callable[..., tuple[Draft, Toolkit, Parser]]


@pytest.fixture
def respond(monkeypatch: pytest.MonkeyPatch) -> Respond:
    def one(
        question: str,
        known: Mapping[str, Reading],
        *passages: Passage,
        history: tuple[Answer, ...] = (),
    ) -> tuple[Draft, Toolkit, Parser]:
        parser = Parser(known)
        monkeypatch.setattr(rules, "parse", parser.parse)
        monkeypatch.setattr(examples, "parse", Parser({}).parse)
        engine = CannedEngine(pa.table({"orders": [7]}))
        tools = toolkit(SHOP.catalog, engine, CannedIndex(passages))
        responder = RulesResponder(SHOP.catalog, lambda: SHOP.values, ZONE)
        return responder.respond(Turn(question, NOW, history), tools), tools, parser

    return one


def test_close_readings_are_asked_back_and_no_query_is_run(respond: Respond) -> None:
    draft, tools, _ = respond(TOTAL, {TOTAL: TIED}, WEAK)
    assert draft == Draft(
        f"Which of these do you mean?\n\n{LISTED}",
        choices=("total amount of orders, in the last 30 minutes", "total amount of *payments*"),
    )
    assert tools.evidence == []


def test_what_no_reading_accounts_for_is_named_in_the_question(respond: Respond) -> None:
    unsure = tie("a", "b", confidence=0.55, unexplained=("net",))
    draft, _, _ = respond(TOTAL, {TOTAL: unsure})
    assert draft.text == "I did not understand “net”. Which of these do you mean?\n\n1. a\n2. b"


def test_documents_that_bear_on_it_are_quoted_before_the_question(respond: Respond) -> None:
    draft, tools, _ = respond(TOTAL, {TOTAL: TIED}, STRONG)
    assert draft.text == (
        "The documents say:\n\nPolicy › Total:\n\n> The total is what a customer pays in the end. "
        f"[1]\n\nWhich of these do you mean?\n\n{LISTED}"
    )
    assert len(tools.evidence) == 1


def test_of_two_halves_the_clear_one_is_answered_and_the_other_asked_about(
    respond: Respond,
) -> None:
    question = "How many orders today, and what is the total?"
    halves = {"How many orders today": reading("counting orders"), "what is the total?": TIED}
    draft, tools, parser = respond(question, halves)
    assert draft.text.startswith(
        "There were **7** orders [1].\n\nAs for “what is the total?”: which"
    )
    assert draft.text.endswith(f"of these do you mean?\n\n{LISTED}")
    assert draft.understood == "counting orders"
    assert len(draft.choices) == 2
    assert len(tools.evidence) == 1
    assert ("what is the total?", ("How many orders today",)) in parser.asked


def test_a_half_that_nothing_answers_is_named(respond: Respond) -> None:
    question = "How many orders today, and what *glimmers*?"
    draft, _, _ = respond(question, {"How many orders today": reading("counting orders")}, WEAK)
    assert draft.text == (
        "There were **7** orders [1].\n\n"
        "I could not compute “what \\*glimmers\\*?” from the streams. "
        "I found no table or column that it is about."
    )


@pytest.mark.parametrize(
    ("doubt", "said"),
    [
        (reading("r", confidence=0.5, unexplained=("Pariss",)), "I did not understand “Pariss”."),
        (
            reading("r", confidence=0.4, unexplained=("x", "*y*"), reasons=("two times",)),
            "I did not understand “x”, “\\*y\\*”. I am not sure what is asked: two times.",
        ),
        (reading("r", confidence=0.5), "I am not sure enough of what is asked."),
    ],
)
def test_what_is_not_understood_is_named(respond: Respond, doubt: Reading, said: str) -> None:
    draft, tools, _ = respond(TOTAL, {TOTAL: doubt}, WEAK)
    assert draft.text.startswith(f"I cannot answer that without a chat model. {said}")
    assert draft.choices == ()
    assert tools.evidence == []


def test_the_parser_is_given_what_was_understood_before(respond: Respond) -> None:
    history = (
        answer(question="How many orders today?"),
        answer(question="hello", understood="", sources=()),
        answer(question=TOTAL, understood="", sources=(), choices=("a", "b")),
    )
    draft, _, parser = respond("a", {"a": reading("the full reading")}, history=history)
    assert draft.understood == "the full reading"
    assert parser.asked[-1] == ("a", ("How many orders today?", TOTAL))


def test_the_definition_of_a_business_word_comes_first(respond: Respond) -> None:
    defined = tie("a", "b", business_word="revenue")
    other = passage("Totals are paid at the end of the day.", heading="Total", similarity=0.9)
    definition = passage("Revenue is what was paid.", heading="Revenue", similarity=0.7, start=500)
    draft, tools, _ = respond("total revenue", {"total revenue": defined}, other, definition)
    assert [s.evidence for s in tools.evidence] == [definition, other]
    assert draft.text.index("Revenue is what") < draft.text.index("Totals are paid")
