"""What the Java client's failures mean, and that a silent cluster is not asked at once again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast
from unittest.mock import MagicMock

import pytest
from py4j.protocol import Py4JJavaError

from app.catalog.model import Table
from app.engines import pyflink_kafka
from app.engines.pyflink_jvm import Jvm
from app.engines.pyflink_kafka import Client
from app.engines.pyflink_kafka_errors import About
from app.errors import EngineUnavailable, QueryFailed, SourceUnavailable, TributaryError

SECRET = "planted-secret"
OPTIONS = {"connector": "kafka", "properties.bootstrap.servers": "${KAFKA}"}
RIDES = Table("rides", (), options=OPTIONS, file=Path("rides.sql"))
FARES = Table("fares", (), options=OPTIONS, file=Path("rides.sql"))
OF_RIDES = About([RIDES], "t")


class Thrown:
    """A Java exception as py4j hands it over."""

    _target_id = "o1"

    def __init__(self, kind: str, message: str = SECRET, cause: Thrown | None = None) -> None:
        self._kind, self._message, self._cause = kind, message, cause

    def getClass(self) -> Thrown:  # noqa: N802 - Java's name
        return self

    def getSimpleName(self) -> str:  # noqa: N802
        return self._kind

    def getMessage(self) -> str:  # noqa: N802
        return self._message

    def getCause(self) -> Thrown | None:  # noqa: N802
        return self._cause


def throwing(kind: str, message: str = SECRET) -> Callable[[Any], Any]:
    """A question whose answer is this exception, wrapped as Java's futures wrap it."""

    def ask(_admin: Any) -> Any:
        raise Py4JJavaError("", Thrown("ExecutionException", cause=Thrown(kind, message)))

    return ask


def answering(value: Any) -> Callable[[Any], Any]:
    def ask(_admin: Any) -> Any:
        return MagicMock(get=lambda *_: value)

    return ask


@pytest.fixture
def client() -> Client:
    """A client whose Java takes whatever is said to it."""
    return Client(cast("Jvm", MagicMock()), MagicMock(), {})


FAILURES: list[tuple[str, str, type[TributaryError], str, str]] = [
    (
        "TimeoutException",
        "",
        SourceUnavailable,
        "at ${KAFKA} does not answer (table rides)",
        "it runs",
    ),
    (
        "DisconnectException",
        "",
        SourceUnavailable,
        "does not answer (table rides)",
        "security.protocol",
    ),
    (
        "ConfigException",
        "No resolvable bootstrap urls given in bootstrap.servers",
        SourceUnavailable,
        "No host of Kafka at ${KAFKA} can be found (table rides)",
        "'properties.bootstrap.servers' in rides.sql",
    ),
    (
        "ConfigException",
        "Invalid value",
        EngineUnavailable,
        "can do nothing with the properties of the table rides",
        "'properties.*' in rides.sql",
    ),
    (
        "NoSuchFileException",
        "",
        SourceUnavailable,
        "A file that the properties",
        "'properties.ssl.*'",
    ),
    (
        "UnknownTopicOrPartitionException",
        "",
        QueryFailed,
        "The topic t of the table rides does not exist on Kafka at ${KAFKA}",
        "Create it, or correct 'topic' in rides.sql",
    ),
    (
        "TopicAuthorizationException",
        "",
        QueryFailed,
        "does not allow reading the topic t of the table rides",
        "Ask for the right",
    ),
    (
        "SaslAuthenticationException",
        "",
        EngineUnavailable,
        "refused the credentials or the certificate of the table rides",
        "'properties.sasl.*'",
    ),
    (
        "OddException",
        "",
        SourceUnavailable,
        "cannot be asked (table rides): OddException",
        "it runs",
    ),
]


@pytest.mark.parametrize(("kind", "words", "is_a", "said", "hint"), FAILURES)
def test_a_failure_is_told_in_words_without_the_clients(
    client: Client, *, kind: str, words: str, is_a: type[TributaryError], said: str, hint: str
) -> None:
    with pytest.raises(TributaryError) as failed:
        client.ask(throwing(kind, words or SECRET), OF_RIDES)
    assert isinstance(failed.value, is_a)
    assert isinstance(failed.value, SourceUnavailable) is (is_a is SourceUnavailable)
    assert said in failed.value.message
    assert hint in failed.value.hint
    assert SECRET not in str(failed.value)


def test_several_tables_and_their_one_file_are_named() -> None:
    about = About([RIDES, FARES])
    assert (about.names, about.where) == ("tables rides, fares", "in rides.sql")
    assert About([Table("a", ())]).where == "in the definition"


def test_a_silent_cluster_is_not_asked_again_for_a_moment(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(pyflink_kafka, "monotonic", lambda: now[0])
    asked: list[Any] = []

    def ask(admin: Any) -> Any:
        asked.append(admin)
        return throwing("TimeoutException")(admin)

    def told(about: About) -> Sequence[str]:
        with pytest.raises(SourceUnavailable) as away:
            client.ask(ask, about)
        return away.value.message.split("(")[1:]

    assert told(OF_RIDES) == ["table rides)."]
    now[0] += 4
    assert told(About([FARES])) == ["table fares)."]
    assert len(asked) == 1
    now[0] += 2
    told(OF_RIDES)
    assert len(asked) == 2
    now[0] += 6
    assert client.ask(answering(7), OF_RIDES) == 7


@pytest.mark.parametrize(
    "kind", ["SaslAuthenticationException", "UnknownTopicOrPartitionException"]
)
def test_a_cluster_that_answered_is_asked_again_at_once(kind: str, client: Client) -> None:
    with pytest.raises(TributaryError):
        client.ask(throwing(kind), OF_RIDES)
    assert client.ask(answering(7), OF_RIDES) == 7
