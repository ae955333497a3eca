"""`tributary demo`: the sample shop, on files or on Kafka."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app import cli_connectors, terminal
from app.cli_shared import (
    Config,
    Home,
    Port,
    loading,
    opened,
    require_port,
    serve,
    settings_of,
)

if TYPE_CHECKING:
    from app.settings import Settings
    from ingest.demo.topic_tables import ShopTopics


_Kafka = Annotated[
    str | None,
    typer.Option("--kafka", metavar="HOST:PORT", help="Put the streams on this Kafka."),
]
_Registry = Annotated[
    str | None,
    typer.Option(
        "--registry",
        metavar="URL",
        help="With --kafka: write Avro, with the schemas in this registry.",
    ),
]
_TopicPrefix = Annotated[
    str | None,
    typer.Option(
        "--topic-prefix",
        metavar="TEXT",
        help="With --kafka: what a topic's name has before its table's; default 'tributary.'",
    ),
]


def demo(
    home: Home = None,
    config: Config = None,
    *,
    port: Port = None,
    no_serve: Annotated[
        bool, typer.Option("--no-serve", help="Stop after the proof answer.")
    ] = False,
    kafka: _Kafka = None,
    registry: _Registry = None,
    topic_prefix: _TopicPrefix = None,
) -> None:
    """Start the sample shop, answer one question as proof, and open the chat.

    The streams are files in home. With --kafka they are topics, made where they are missing, filled
    with the last 24 hours and kept going; a topic that holds anything else is left alone. Commands
    with the same home then ask these topics too, until `tributary demo` runs without --kafka.
    """
    settings = settings_of(home, config, port=port)
    topics = _topics(kafka, registry, topic_prefix)
    if not no_serve:
        require_port(settings)
    if topics is not None:
        _offer_connectors(settings, topics, home, config)
    with opened(settings, sample=True, topics=topics) as assistant:
        from app import sample_shop

        sample_shop.choose(settings, topics)
        warm = assistant.warm_up_in_background()
        with terminal.waiting("Starting Flink"):
            warm.join()
        terminal.show_answer(terminal.watch(assistant.stream(assistant.suggestions[0])))
        if not no_serve:
            serve(assistant, settings)


def _topics(kafka: str | None, registry: str | None, prefix: str | None) -> ShopTopics | None:
    from ingest.demo.topic_tables import ShopTopics

    if kafka is None:
        given = {"--registry": registry, "--topic-prefix": prefix}
        if alone := [option for option, value in given.items() if value is not None]:
            raise typer.BadParameter("it needs --kafka", param_hint=alone[0])
        return None
    if prefix is None:
        return ShopTopics(kafka, registry or "")
    return ShopTopics(kafka, registry or "", prefix)


def _offer_connectors(
    settings: Settings, topics: ShopTopics, home: Path | None, config: Path | None
) -> None:
    """Before anything is produced; where nobody is there to be asked, the opening says it."""
    with loading():
        from app import sample_shop

    missing = sample_shop.missing_connectors(settings, topics)
    asked = f"Flink needs {' and '.join(missing)} to read topics. Fetch what is missing now?"
    if missing and terminal.is_interactive() and terminal.agrees(asked):
        cli_connectors.add(list(missing), home, config)
