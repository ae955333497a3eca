"""From an answer to a proposal to a verified example, through the assistant; no Flink."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from app.answer import Source
from app.assistant import Assistant
from app.errors import EngineUnavailable, InvalidQuery, TributaryError
from app.library import Library
from app.memory.conversations import Conversations
from app.memory.examples import Examples
from app.memory.verdicts import Verdicts
from app.responders.rules import RulesResponder
from tests.responders.fakes import CannedEngine, CannedIndex, toolkit
from tests.samples import NOW, answer, passage, result
from tests.semantic_parser.catalogs import SHOP


class Planner:
    """Refuses what has `broken` in it."""

    error: TributaryError = InvalidQuery("There is no column broken.")

    def __call__(self, sql: str) -> None:
        if "broken" in sql:
            raise self.error


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    tools = toolkit(SHOP.catalog, CannedEngine(), CannedIndex())
    with closing(Conversations(tmp_path / "history.sqlite")) as store:
        yield Assistant(
            reviewer=tools.reviewer,
            index=tools.index,
            engine=tools.engine,
            responder=RulesResponder(SHOP.catalog, lambda: SHOP.values, "UTC"),
            store=store,
            library=cast(Library, None),
            examples=Examples(tmp_path / "examples"),
            verdicts=Verdicts(Planner(), lambda: SHOP.catalog.fingerprint),
            clock=lambda: NOW,
            query_timeout=5,
        )


def test_the_last_result_of_an_answer_is_proposed(assistant: Assistant) -> None:
    first, last = (Source(n, result(sql=f"SELECT {n}")) for n in (1, 3))
    example = assistant.propose(answer(sources=(first, Source(2, passage()), last)))
    assert example is not None
    assert (example.question, example.sql) == (answer().question, "SELECT 3")
    assert (example.asked_at, example.status) == (NOW, "proposed")
    assert assistant.propose(answer(sources=(last,))) == example
    assert assistant.examples.all() == (example,)


def test_an_answer_without_a_result_proposes_nothing(assistant: Assistant) -> None:
    assert assistant.propose(answer(sources=(Source(1, passage()),))) is None
    assert assistant.examples.all() == ()


def test_examples_come_with_what_is_wrong_with_them(assistant: Assistant) -> None:
    fine = assistant.examples.propose("Which?", "SELECT 1", NOW)
    broken = assistant.examples.approve(
        assistant.examples.propose("What?", "SELECT broken", NOW).id
    )
    assert assistant.checked_examples() == (
        replace(broken, problem="There is no column broken."),
        fine,
    )


def test_without_flink_it_is_said_that_nothing_was_checked(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant.examples.propose("What?", "SELECT broken", NOW)
    monkeypatch.setattr(Planner, "error", EngineUnavailable("There is no Flink."))
    with pytest.raises(EngineUnavailable):
        assistant.checked_examples()
    monkeypatch.undo()
    assert [e.problem for e in assistant.checked_examples()] == ["There is no column broken."]
