"""What goes wrong with a model: told in one line, and the rules answer where they can."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable

import pytest

from app.answer import QueryWritten, Step, TextDelta, TextWithdrawn
from app.errors import ConfigError, ModelUnavailable, QueryCancelled
from app.responders.agent import middleware
from app.responders.agent.models import open_model
from app.responders.agent.probe import probe
from app.responders.base import Turn
from app.responders.model_config import Limits, ModelConfig
from tests.agent.house import COUNT, KEY, NOW, House, house
from tests.agent.model_server import Call, Reply, Request, failure, serving, sql

QUESTION = "How many orders are cancelled?"
BROKEN = Reply(calls=[Call("query_streams", '{"sql": "SELECT COUNT(*) FROM orders WHERE')])

FAILURES: list[tuple[str, Reply, str]] = [
    (
        "wrong key",
        failure(401, "Incorrect API key provided: sk-pl...89"),
        "does not accept the key",
    ),
    ("no permission", failure(403), "does not accept the key (403)"),
    ("no such model", failure(404, code="model_not_found"), "has no such model"),
    ("rate limit", failure(429), "limits the rate"),
    ("no quota", failure(429, code="insufficient_quota"), "has no quota left"),
    ("server error", failure(500), "has a fault of its own (500)"),
    ("overloaded", failure(503), "has a fault of its own (503)"),
    ("too long", failure(400, code="context_length_exceeded"), "too long for the chat model"),
    ("too long, llama.cpp", failure(400, type="exceed_context_size_error"), "too long"),
    ("no tools", failure(400, "this model does not support tools"), "takes no tools"),
    ("bad request", failure(400, "something"), "refused the request (400)"),
    ("unprocessable", failure(422), "refused the request (422)"),
    ("HTML", Reply(raw="<html>gateway</html>"), "is no reply of a chat model"),
    ("an error in a 200", Reply(raw='{"error": {"message": "no"}}'), "is no reply of a chat"),
    ("refusal", Reply(refusal="I cannot help with that."), "declined to answer"),
    ("filtered", Reply("I ca", finish="content_filter"), "declined to answer"),
    ("cut off by length", Reply("There were", finish="length"), "was cut off"),
    ("cut off in the stream", Reply("There were", finish=None), "was cut off"),
    ("half a tool call", BROKEN, "was cut off"),
    ("a tool call of nonsense", Reply(calls=[Call("query_streams", "oops")]), "was cut off"),
    ("empty", Reply(""), "gave an empty reply"),
    ("slow", Reply("There", before=3.0), "did not answer in time"),
]


@pytest.fixture(autouse=True)
def _without_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries come at once."""
    monkeypatch.setattr(middleware, "_FIRST_DELAY", 0.01)


@pytest.mark.parametrize(("reply", "said"), [f[1:] for f in FAILURES], ids=[f[0] for f in FAILURES])
def test_the_rules_answer_where_the_model_fails(reply: Reply, said: str) -> None:
    columns = {"cancelled_orders": [42]}
    with house([reply], timeout=0.5, columns=columns) as home:
        draft = home.ask_house(QUESTION)
        assert said in draft.notices[0]
        assert draft.notices[0].endswith("The keyless rules answered instead.")
        assert "\n" not in draft.notices[0]
        assert KEY not in str(draft)
        assert draft.responder == "rules"
        assert "**42**" in draft.text
        assert ["status = 'cancelled'" in text for text in home.engine.ran] == [True]
        assert home.told == ""  # whatever the model had said is taken back


def test_what_a_failed_model_took_is_recorded() -> None:
    with house([sql(COUNT), Reply("I ca", finish="content_filter")]) as home:
        draft = home.ask_house(QUESTION)
    assert draft.responder == "rules"
    assert draft.usage is not None
    assert (draft.usage.calls, draft.usage.input_tokens) == (2, 200)


def test_a_model_that_cannot_be_reached() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with house([], url=f"http://127.0.0.1:{port}/v1") as home:
        assert f"127.0.0.1:{port} cannot be reached" in home.ask_house(QUESTION).notices[0]


def test_a_model_that_never_ends() -> None:
    with house([sql(COUNT)], limits=Limits(calls=3)) as home:
        assert "found no end" in home.ask_house(QUESTION).notices[0]
        assert len(home.model.requests) <= 7


def test_a_model_that_takes_too_long_in_all() -> None:
    with house([Reply("word " * 200, between=0.05)], limits=Limits(seconds=0.6)) as home:
        started = time.monotonic()
        assert "took too long" in home.ask_house(QUESTION).notices[0]
        assert time.monotonic() - started < 3
        assert home.told == ""


@pytest.mark.parametrize(
    "first", [failure(500), failure(429), Reply("Ther", finish=None), BROKEN], ids=str
)
def test_what_passes_is_tried_again(first: Reply) -> None:
    with house([first, sql(COUNT), Reply("There were 42 [2].")]) as home:
        assert home.ask().text == "There were 42 [1]."
        assert home.told == "There were 42 [2]."


@pytest.mark.parametrize("status", [400, 401, 404])
def test_what_will_not_pass_is_not_tried_again(status: int) -> None:
    with house([failure(status)]) as home:
        home.ask_house(QUESTION)
        assert len(home.model.requests) == 1


def test_another_model_is_asked_where_the_first_fails() -> None:
    def model(request: Request) -> Reply:
        return Reply("By the other [1].") if request.body["model"] == "other" else failure(401)

    with house(model, fallback="other") as home:
        assert home.ask().text == "By the other [1]."


def test_unknown_tools_and_wrong_arguments_are_answered() -> None:
    replies = [
        Reply(calls=[Call("drop_everything", {})]),
        Reply(calls=[Call("query_streams", {"text": "SELECT 1"})]),
        sql(COUNT),
        Reply("42 [2]."),
    ]
    with house(replies) as home:
        assert home.ask().text == "42 [1]."
        assert "not a valid tool" in home.model.requests[1].last
        assert "sql" in home.model.requests[2].last


def test_a_failed_correction_leaves_the_marked_text() -> None:
    with house([sql(COUNT), Reply("There were 57 [2]."), failure(400)]) as home:
        assert "57 ⚠" in home.ask().text


def _cancelling(home: House, when: Callable[[Step], bool]) -> Callable[[Step], None]:
    def emit(step: Step) -> None:
        home.steps.append(step)
        if when(step):
            home.cancel.set()

    return emit


def _cancelled_in(home: House, emit: Callable[[Step], object]) -> float:
    started = time.monotonic()
    with pytest.raises(QueryCancelled):
        home.responder.respond(Turn(QUESTION, NOW), home.toolkit(emit))
    return time.monotonic() - started


def test_cancelled_before_the_first_byte() -> None:
    with house([Reply("Well.", before=4.0)]) as home:
        threading.Timer(0.3, home.cancel.set).start()
        assert _cancelled_in(home, home.steps.append) < 2


def test_cancelled_in_the_middle_of_the_text() -> None:
    with house([Reply("word " * 200, between=0.05)]) as home:
        emit = _cancelling(home, lambda step: isinstance(step, TextDelta))
        assert _cancelled_in(home, emit) < 2
        deadline = time.monotonic() + 5
        while not home.model.dropped and time.monotonic() < deadline:
            time.sleep(0.02)
        assert home.model.dropped == 1  # the model stops writing, too
        assert not any(isinstance(step, TextWithdrawn) for step in home.steps)


def test_cancelled_while_the_query_runs() -> None:
    with house([sql(COUNT), Reply("42 [2].")]) as home:
        emit = _cancelling(home, lambda step: isinstance(step, QueryWritten))
        assert _cancelled_in(home, emit) < 2
        assert len(home.model.requests) == 1


def test_cancelled_between_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "_FIRST_DELAY", 4.0)
    with house([failure(500)]) as home:
        threading.Timer(0.3, home.cancel.set).start()
        assert _cancelled_in(home, home.steps.append) < 2


@pytest.mark.parametrize(
    ("name", "key", "url", "said"),
    [
        ("openai:x", "", "", "There is no key for the model openai:x."),
        ("anthropic:x", "k", "", "langchain-anthropic"),
        ("nobody:x", "k", "", "There is no chat model nobody:x."),
        ("x", "k", "", "There is no chat model x."),
    ],
)
def test_a_model_that_cannot_be_opened(
    name: str, key: str, url: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ConfigError, match=said):
        open_model(ModelConfig(name, url, key))


PROBES = [
    (Reply(calls=[Call("weather", {"city": "Kassel"})]), "answers and calls tools"),
    (Reply("Sunny."), "calls no tools"),
    (failure(401), "does not accept the key"),
    (failure(404), "has no such model"),
    (failure(400, "tools are not supported"), "takes no tools"),
    (Reply(raw="<html>"), "Check model_url"),
    (Reply("Sunny.", before=3), "did not answer in time"),
]


@pytest.mark.parametrize(("reply", "said"), PROBES)
def test_the_doctor_says_what_is_wrong_with_a_model(reply: Reply, said: str) -> None:
    with serving([reply]) as model:
        try:
            told = probe(ModelConfig("openai:scripted", model.url, KEY, timeout=0.5))
        except ModelUnavailable as error:
            told = str(error)
        assert said in told
        assert KEY not in told


def test_the_doctor_says_that_nobody_is_there() -> None:
    with pytest.raises(ModelUnavailable, match=r"127\.0\.0\.1:9 cannot be reached"):
        probe(ModelConfig("openai:scripted", "http://127.0.0.1:9/v1", KEY, timeout=0.5))
