"""The whole way with a chat model: a real Flink, a real index, and a model that is scripted."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import settings, wiring
from app.answer import Answered, QueryWritten, Step, TextDelta
from app.assistant import Assistant
from app.engines.pyflink import PyFlinkEngine
from app.errors import QueryCancelled
from tests.agent.house import KEY
from tests.agent.model_server import ModelServer, Reply, Request, failure, serving, sql
from tests.conftest import SHOP_NOW

pytestmark = pytest.mark.flink

COUNT = "SELECT COUNT(DISTINCT order_id) AS orders FROM orders WHERE status = 'cancelled'"


@pytest.fixture(scope="module")
def opened(
    tmp_path_factory: pytest.TempPathFactory, shop_home: Path, engine: PyFlinkEngine
) -> Iterator[tuple[Assistant, ModelServer]]:
    """The sample shop with a chat model, as `app.connect` opens it; `engine` keeps the JVM."""
    with serving() as model:
        loaded = settings.load(
            home=shutil.copytree(shop_home, tmp_path_factory.mktemp("agent") / "home"),
            tables=(),
            documents=(),
            model="openai:scripted",
            model_url=model.url,
            model_key=KEY,
        )
        with wiring.connect(loaded, clock=lambda: SHOP_NOW) as assistant:
            assistant.warm_up()
            yield assistant, model


@pytest.fixture
def shop(opened: tuple[Assistant, ModelServer]) -> tuple[Assistant, ModelServer]:
    assistant, model = opened
    model.requests.clear()
    return assistant, model


def _counted(request: Request) -> Reply:
    """Counts, then says the number that came back."""
    tools = [str(m["content"]) for m in request.messages if m["role"] == "tool"]
    if not tools:
        return sql(COUNT, "cancelled orders")
    number = tools[-1].partition("]")[0]
    return Reply(f"There were {tools[-1].split()[-1]} cancelled orders {number}].")


def test_a_figure(shop: tuple[Assistant, ModelServer]) -> None:
    assistant, model = shop
    model.script = _counted
    answer = assistant.ask("How many orders were cancelled?")
    [expected] = assistant.sql(COUNT).rows()
    assert str(expected["orders"]) in answer.text
    assert answer.results[0].sql == COUNT
    assert answer.notices == ()
    assert answer.responder == "agent"
    assert answer.usage is not None
    assert answer.usage.calls == 2
    assert assistant.history(answer.conversation) == (answer,) or (
        assistant.history(answer.conversation)[0].usage == answer.usage
    )
    first = model.requests[0].last
    assert "'Berlin', " in first  # sampled by Flink
    assert "orders from 2026-11-21 1" in first
    assert "to 2026-11-22 17:" in first
    assert "\n[1] " in first  # found by the index


def test_what_the_planner_refuses_comes_back_as_a_correction(
    shop: tuple[Assistant, ModelServer],
) -> None:
    assistant, model = shop
    wrong = sql("SELECT COUNT(DISTINCT order_id) AS n FROM orders WHERE stats = 'cancelled'")

    def repaired(request: Request) -> Reply:
        tools = [str(m["content"]) for m in request.messages if m["role"] == "tool"]
        if not tools:
            return wrong
        if "did not run" in tools[-1]:
            return sql(COUNT)
        return Reply("There were some [9].")

    model.script = repaired
    assistant.ask("How many orders were cancelled?")
    refusal = model.requests[1].last
    assert "stats" in refusal
    assert "status" in refusal  # did you mean
    assert "more)" in refusal


def test_a_follow_up_is_told_what_was_asked_before(shop: tuple[Assistant, ModelServer]) -> None:
    assistant, model = shop
    model.script = _counted
    first = assistant.ask("How many orders were cancelled?")
    assistant.ask("and in Berlin?", conversation=first.conversation)
    told = str(model.requests[-1].body)
    assert "How many orders were cancelled?" in told
    assert "By this query" in told


def test_an_approved_example_is_shown(shop: tuple[Assistant, ModelServer]) -> None:
    assistant, model = shop
    model.script = _counted
    answer = assistant.ask("How many orders were cancelled?")
    proposed = assistant.propose(answer)
    assert proposed is not None
    assistant.ask("How many orders have been cancelled?")
    assert "A reviewer approved" not in model.requests[-2].messages[1]["content"]
    assistant.examples.approve(proposed.id)
    assistant.ask("How many orders have been cancelled?")
    assert "A reviewer approved this query" in model.requests[-2].messages[1]["content"]
    assistant.examples.reject(proposed.id)


def test_without_the_model_the_rules_answer(shop: tuple[Assistant, ModelServer]) -> None:
    assistant, model = shop
    model.script = [failure(401)]
    answer = assistant.ask("How many orders were cancelled in the last 2 hours?")
    assert answer.responder == "rules"
    assert "does not accept the key (401)" in answer.notices[0]
    assert answer.results[0].rows()[0]["cancelled_orders"] > 0
    assert KEY not in str(answer.to_dict())


def test_cancelled_half_way(shop: tuple[Assistant, ModelServer]) -> None:
    assistant, model = shop
    heavy = "SELECT COUNT(*) AS n FROM page_views AS a JOIN page_views AS b ON a.device = b.device"
    model.script = [sql(heavy)]
    cancel = threading.Event()
    started = time.monotonic()
    steps = assistant.stream("How many pairs?", cancel=cancel)
    with pytest.raises(QueryCancelled):
        _watch(steps, cancel)
    assert time.monotonic() - started < 10


def test_the_text_streams_through_the_assistant(shop: tuple[Assistant, ModelServer]) -> None:
    assistant, model = shop
    model.script = [Reply("A parcel is late by its `late` scan [1].", between=0.01)]
    steps = list(assistant.stream("When is a parcel late?"))
    assert sum(isinstance(step, TextDelta) for step in steps) > 5
    assert isinstance(steps[-1], Answered)
    assert len(model.requests) == 1


def _watch(steps: Iterator[Step], cancel: threading.Event) -> None:
    """Cancels as soon as the query is written."""
    for step in steps:
        if isinstance(step, QueryWritten):
            cancel.set()
