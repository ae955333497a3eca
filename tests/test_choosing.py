"""A question that is asked back, and how its choices are picked; no Flink, no parser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest

from app.assistant import Assistant
from app.library import Library
from app.markdown import numbered
from app.memory.conversations import Conversations
from app.memory.examples import Examples
from app.memory.verdicts import Verdicts
from app.responders.base import Draft, Toolkit, Turn
from tests.responders.fakes import CannedEngine, CannedIndex, toolkit
from tests.samples import NOW
from tests.semantic_parser.catalogs import SHOP

CHOICES = ("total amount of orders, in the last 30 minutes", "total amount of payments, at 09:15")


class AskingBack:
    """Asks back whatever is no choice."""

    name = "rules"

    def __init__(self) -> None:
        self.turns: list[Turn] = []

    def respond(self, turn: Turn, toolkit: Toolkit) -> Draft:
        self.turns.append(turn)
        if turn.question in CHOICES:
            return Draft("Done.", understood=turn.question)
        return Draft(f"Which of these do you mean?\n\n{numbered(CHOICES)}", choices=CHOICES)


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    tools = toolkit(SHOP.catalog, CannedEngine(), CannedIndex())
    with closing(Conversations(tmp_path / "history.sqlite")) as store:
        yield Assistant(
            reviewer=tools.reviewer,
            index=tools.index,
            engine=tools.engine,
            responder=AskingBack(),
            store=store,
            library=cast(Library, None),
            examples=Examples(tmp_path / "examples"),
            verdicts=Verdicts(tools.reviewer.review, lambda: ""),
            clock=lambda: NOW,
            query_timeout=5,
        )


def test_choices_are_in_the_answer_and_in_the_history(assistant: Assistant) -> None:
    answer = assistant.ask("What is the total?")
    assert answer.choices == CHOICES
    assert answer.notices == ()  # the numbers of a reading are no claims
    assert answer.to_dict()["choices"] == list(CHOICES)
    [kept] = assistant.history(answer.conversation)
    assert kept.choices == CHOICES


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("1", CHOICES[0]),
        (" 2. ", CHOICES[1]),
        ("#2", CHOICES[1]),
        (CHOICES[1], CHOICES[1]),
        ("0", "0"),
        ("3", "3"),
        ("2 days", "2 days"),
        ("²", "²"),
    ],
)
def test_a_number_picks_a_choice(assistant: Assistant, typed: str, asked: str) -> None:
    first = assistant.ask("What is the total?")
    second = assistant.ask(typed, conversation=first.conversation)
    assert second.question == asked
    assert bool(second.choices) == (asked not in CHOICES)


def test_a_number_is_a_question_where_there_is_nothing_to_choose(assistant: Assistant) -> None:
    assert assistant.ask("1").question == "1"
    first = assistant.ask("What is the total?")
    second = assistant.ask("1", conversation=first.conversation)
    assert assistant.ask("1", conversation=second.conversation).question == "1"
