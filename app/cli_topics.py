"""`tributary ingest --topic`: documents from Kafka, and the options that say which cluster."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app import terminal
from app.cli_shared import INTERRUPTED, PARTLY, leave_at_once, loading, settings_of
from app.errors import ConfigError, RebuildNeeded
from app.settings import Settings

if TYPE_CHECKING:
    from ingest.kafka_client import KafkaEndpoint
    from ingest.topics.progress import Following, TopicProgress

Bootstrap = Annotated[
    str | None,
    typer.Option("--bootstrap", metavar="HOST:PORT", help="Kafka; default: kafka_bootstrap."),
]
Properties = Annotated[
    list[str] | None,
    typer.Option(
        "--property",
        metavar="NAME=VALUE",
        help="Property of the Kafka client, such as security.protocol=SASL_SSL; write a secret as "
        "'${NAME}', a variable that holds it.",
    ),
]
_PATIENCE_SECONDS = 60.0


def endpoint_of(settings: Settings) -> KafkaEndpoint:
    """The Kafka cluster that is set.

    Raises:
        ConfigError: There is none.
    """
    from ingest.kafka_client import KafkaEndpoint

    if not settings.kafka_bootstrap:
        raise ConfigError(
            "No Kafka cluster is named.",
            hint="Give --bootstrap HOST:PORT, or set kafka_bootstrap in tributary.toml.",
        )
    return KafkaEndpoint(settings.kafka_bootstrap, settings.kafka_properties)


def kafka_settings(
    home: Path | None, config: Path | None, bootstrap: str | None, properties: Sequence[str] | None
) -> Settings:
    """The settings with what the options of a command say of Kafka.

    Raises:
        ConfigError: A property is not NAME=VALUE.
    """
    settings = settings_of(home, config, kafka_bootstrap=bootstrap)
    given = dict(_parted(one) for one in properties or ())
    changed = {"kafka_properties": {**settings.kafka_properties, **given}}
    return settings.model_copy(update=changed)


def _parted(given: str) -> tuple[str, str]:
    name, sign, value = given.partition("=")
    if not sign or not name.strip():
        raise ConfigError(
            "A --property is NAME=VALUE.", hint="For instance: --property sasl.mechanism=PLAIN."
        )
    return name.strip(), value


def ingest_topic(
    settings: Settings, topic: str, *, watch: bool, restart: bool, rebuild: bool
) -> None:
    """Brings a topic's documents into the index, and says what became of its events.

    Args:
        settings: Name the cluster and the index.
        topic: The topic's name.
        watch: Whether it goes on until it is interrupted.
        restart: Whether what the index has of the topic is forgotten first.
        rebuild: Whether everything may be embedded anew where that is due.
    """
    with loading():
        from ingest.topics.progress import Following

    how = Following(
        until_end=not watch,
        from_start=restart,
        rebuild=rebuild,
        patience=None if watch else _PATIENCE_SECONDS,
    )
    try:
        done = _followed(settings, topic, how)
    except RebuildNeeded as needed:
        if not (terminal.is_interactive() and terminal.agrees(f"{needed.message} Do it now?")):
            raise
        done = _followed(settings, topic, replace(how, rebuild=True))
    _show(topic, done)


def _followed(settings: Settings, topic: str, how: Following) -> TopicProgress:
    with loading():
        from app import wiring
        from ingest.kafka_client import opened
        from ingest.topics.follow import follow

    endpoint = endpoint_of(settings)
    opened(endpoint, os.environ, topic)  # before there is an index: a wrong address makes none
    with (
        _stopping() as stop,
        wiring.open_index(settings) as index,
        index.topic(topic) as writer,
        terminal.TopicProgress(topic, says_open=not how.until_end) as shown,
    ):
        return follow(
            writer,
            endpoint,
            os.environ,
            group=endpoint.client(os.environ).get("group.id", index.identity()),
            how=how,
            stop=stop,
            progress=shown,
        )


def _show(topic: str, done: TopicProgress) -> None:
    for notice in done.notices:
        terminal.show_error(notice)
    terminal.out.print(terminal.shown(f"Topic {topic}: {done}."), soft_wrap=True)
    if done.open_letters:
        terminal.show_open_letters(topic, done.open_letters)
        raise typer.Exit(PARTLY)


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set; the second of them ends the command at once."""
    stop = threading.Event()
    signals = (signal.SIGINT, signal.SIGTERM)
    before = {one: signal.getsignal(one) for one in signals}

    def ask(_signal: int, _frame: object) -> None:
        if stop.is_set():
            # Closing what is open would wait for a batch; what is not written of it comes again.
            terminal.err.show_cursor()
            leave_at_once(INTERRUPTED)
        stop.set()

    for one in signals:
        signal.signal(one, ask)
    try:
        yield stop
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
