"""Several queries for one question, where the first may be wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pyarrow as pa
import pytest

from app.answer import QueryResult
from app.responders.agent.voting import _key
from app.responders.model_config import Limits
from app.responders.plan import Plan
from tests.agent.house import house
from tests.agent.model_server import Reply, Request, failure, sql

GOOD, BAD = "SELECT 42 AS orders FROM orders", "SELECT 41 AS orders FROM orders"
VOTE = Limits(vote=True)


def _model(candidates: Sequence[Reply]) -> Callable[[Request], Reply]:
    """First refused, then `BAD`; the candidates in turn; then an answer with the number given."""
    left = list(candidates)

    def reply(request: Request) -> Reply:
        if "Give the SQL alone" in request.last:
            return left.pop(0)
        tools = [m["content"] for m in request.messages if m["role"] == "tool"]
        if not tools:
            return sql("SELECT nothing FROM nowhere")
        if "did not run" in tools[-1]:
            return sql(BAD)
        return Reply(f"There were {tools[-1].split()[-1]} orders [2].")

    return reply


@pytest.mark.parametrize(
    ("candidates", "answer", "confidence"),
    [
        ([Reply(GOOD)] * 3 + [Reply(BAD)], "42", "3 of 5"),
        ([Reply(f"```sql\n{GOOD};\n```")] * 4, "42", "4 of 5"),
        ([Reply(BAD)] * 4, "41", "5 of 5"),
        ([Reply("DROP TABLE orders")] * 4, "41", "1 of 1"),
        (
            [Reply(GOOD), Reply("no"), failure(400), Reply("SELECT 43 AS n FROM orders")],
            "41",
            "1 of 3",
        ),
    ],
)
def test_the_rows_of_the_majority_are_taken(
    candidates: list[Reply], answer: str, confidence: str
) -> None:
    with house(_model(candidates), limits=VOTE) as home:
        home.engine.give = lambda text: pa.table({"orders": [int(text.split()[1])]})
        draft = home.ask()
    assert draft.text == f"There were {answer} orders [1]."
    assert draft.notices == (f"{confidence} queries written for this question gave these rows.",)
    agreeing, _, of = confidence.split()
    assert draft.confidence == int(agreeing) / int(of)


def test_a_question_that_is_clear_is_not_voted_on() -> None:
    with house([sql(GOOD), Reply("42 [2].")], limits=VOTE) as home:
        assert home.ask().notices == ()
        assert len(home.model.requests) == 2


def test_without_the_setting_nothing_is_voted_on() -> None:
    replies = [sql("SELECT nothing FROM nowhere"), sql(GOOD), Reply("42 [2].")]
    with house(replies) as home:
        assert home.ask().notices == ()
        assert len(home.model.requests) == 3


SAME = [
    ({"a": [1, 2], "b": ["x", "y"]}, {"n": ["y", "x"], "m": [2, 1]}),
    ({"a": [0.1 + 0.2]}, {"a": [0.3]}),
    ({"a": [1]}, {"a": [1.0]}),
    ({"a": []}, {"b": []}),
]
OTHER = [
    ({"a": [1, 2], "b": ["x", "y"]}, {"a": [1, 2], "b": ["y", "x"]}),
    ({"a": [1]}, {"a": [1, 1]}),
    ({"a": [True]}, {"a": ["True"]}),
    ({"a": [None]}, {"a": [0]}),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_rows(one: dict[str, list[object]], other: dict[str, list[object]]) -> None:
    assert _key(_result(one)) == _key(_result(other))


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_other_rows(one: dict[str, list[object]], other: dict[str, list[object]]) -> None:
    assert _key(_result(one)) != _key(_result(other))


def _result(columns: dict[str, list[object]]) -> QueryResult:
    return QueryResult("SELECT 1", pa.table(dict(columns)), ())


def test_several_readings_are_voted_on() -> None:
    asked = Plan()
    object.__setattr__(asked, "asked", _Asked())
    with house(
        lambda r: Reply(GOOD) if "SQL alone" in r.last else _answer(r),
        limits=VOTE,
        plan=lambda _turn: asked,
    ) as home:
        home.engine.give = lambda text: pa.table({"orders": [int(text.split()[1])]})
        assert home.ask().confidence == 1


def _answer(request: Request) -> Reply:
    return Reply("42 [2].") if request.messages[-1]["role"] == "tool" else sql(GOOD)


class _Asked:
    """Two readings, neither of which is likelier."""

    class _Reading:
        def __init__(self, words: str) -> None:
            self.words = words

    choices = (_Reading("orders placed"), _Reading("orders paid"))
