"""The commands on documents of Kafka topics: `tributary ingest --topic` and `deadletters`."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table as RichTable

from app import terminal
from app.cli_shared import PARTLY, Config, Home, Json, loading, print_json, settings_of
from app.errors import ConfigError, IngestError, RebuildNeeded
from app.settings import Settings

if TYPE_CHECKING:
    from ingest.index import DocumentIndex
    from ingest.kafka_client import KafkaEndpoint
    from ingest.topics.events import Event
    from ingest.topics.follow import Following, TopicProgress
    from ingest.topics.ledger import OpenLetter
    from ingest.topics.writer import Written

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
Id = Annotated[str, typer.Argument(metavar="ID", help="As `tributary deadletters list` says it.")]
Ids = Annotated[
    list[str], typer.Argument(metavar="ID...", help="As `tributary deadletters list` says them.")
]

_PATIENCE_SECONDS = 60.0

deadletters = typer.Typer(
    name="deadletters",
    help="Decide about events of topics that could not be read; later ones of their keys wait.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


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
        from ingest.topics.follow import Following

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
        terminal.TopicProgress(topic) as shown,
    ):
        return follow(
            writer,
            endpoint,
            os.environ,
            group=endpoint.properties.get("group.id", index.identity()),
            how=how,
            stop=stop,
            progress=shown,
        )


def _show(topic: str, done: TopicProgress) -> None:
    for notice in done.notices:
        terminal.show_error(notice)
    terminal.out.print(terminal.shown(f"Topic {topic}: {done}."), soft_wrap=True)
    if done.letters:
        terminal.show_error(
            f"{done.letters} events could not be read; `tributary deadletters list` says why."
        )
        raise typer.Exit(PARTLY)


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set; the second of them ends the command at once."""
    stop = threading.Event()
    signals = (signal.SIGINT, signal.SIGTERM)
    before = {one: signal.getsignal(one) for one in signals}

    def ask(_signal: int, _frame: object) -> None:
        for one, handler in before.items():
            signal.signal(one, handler)
        stop.set()

    for one in signals:
        signal.signal(one, ask)
    try:
        yield stop
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


@deadletters.command("list")
def list_all(home: Home = None, config: Config = None, as_json: Json = False) -> None:
    """List the events that could not be read, and how many wait behind each; asks no Kafka."""
    found = _all(settings_of(home, config))
    if as_json:
        print_json([_plain(one) for one in found])
    elif not found:
        terminal.out.print("There are no dead letters.")
    else:
        _print(found)


def _all(settings: Settings) -> list[OpenLetter]:
    from app import document_index

    if not document_index.folder_of(settings).exists():  # and it is not made by asking
        return []
    with _index(settings) as index:
        return index.dead_letters()


def _print(found: Sequence[OpenLetter]) -> None:
    grid = RichTable(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for heading in ("letter", "key", "waiting", "reason"):
        grid.add_column(heading, overflow="fold")
    for one in found:
        facts = (one.id, _key(one), str(one.behind), one.letter.poison.reason)
        grid.add_row(*map(terminal.shown, facts))
    terminal.out.print(grid)


@deadletters.command()
def show(id_: Id, home: Home = None, config: Config = None, as_json: Json = False) -> None:
    """Show one event that could not be read: where it stands, its reason, stack and value."""
    one = _found(_all(settings_of(home, config)), id_)
    if as_json:
        print_json(_plain(one))
        return
    event, poison = one.letter.event, one.letter.poison
    place = event.place
    terminal.out.print(terminal.shown(one.id, style="bold"))
    terminal.out.print(terminal.shown(poison.reason))
    terminal.out.print(
        terminal.shown(
            f"topic {one.topic}, partition {place.partition}, offset {place.offset},"
            f" key {_key(one)}, {one.behind} waiting behind it",
            style="dim",
        )
    )
    terminal.out.print(terminal.shown(poison.stack, style="dim"))
    terminal.out.print(terminal.shown(_text(event.value)))


@deadletters.command()
def retry(
    ids: Ids,
    home: Home = None,
    config: Config = None,
    bootstrap: Bootstrap = None,
    properties: Properties = None,
    *,
    value: Annotated[
        Path | None,
        typer.Option("--value", metavar="FILE", help="What the event should have said."),
    ] = None,
    content_type: Annotated[
        str | None,
        typer.Option("--content-type", help="What the value is, such as text/markdown."),
    ] = None,
) -> None:
    """Read events again, as they are or one repaired, and then those that wait behind them."""
    if value is not None and len(ids) > 1:
        raise typer.BadParameter("a value is for one event", param_hint="--value")
    settings = kafka_settings(home, config, bootstrap, properties)
    _close(settings, ids, _Repair(value, content_type))


@deadletters.command()
def skip(
    ids: Ids,
    home: Home = None,
    config: Config = None,
    bootstrap: Bootstrap = None,
    properties: Properties = None,
) -> None:
    """Drop events that could not be read, and read those that wait behind them."""
    _close(kafka_settings(home, config, bootstrap, properties), ids)


class _Repair:
    """What the options say that an event should have been."""

    def __init__(self, value: Path | None, content_type: str | None) -> None:
        self._value = value
        self._content_type = content_type

    def of(self, event: Event) -> Event:
        """The event with it; as it was where nothing is said."""
        headers = event.headers
        if self._content_type is not None:
            others = [(n, v) for n, v in headers if n.lower() != "content-type"]
            headers = (*others, ("content-type", self._content_type.encode()))
        value = event.value if self._value is None else _bytes_of(self._value)
        return replace(event, value=value, headers=headers)


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise IngestError(
            f"The file {path} cannot be read: {error.strerror}.", hint="Check its path."
        ) from error


def _close(settings: Settings, ids: Sequence[str], repair: _Repair | None = None) -> None:
    """Closes letters, each in a change of its own: those before a failure stay closed."""
    endpoint = endpoint_of(settings)
    still_bad = False
    letters = _all(settings)
    chosen = [_found(letters, id_) for id_ in ids]
    with _index(settings) as index:
        for one in chosen:
            done = _closed(index, endpoint, one, repair)
            _say(one, done, "Skipped" if repair is None else "Read again")
            still_bad |= bool(done.letters)
    if still_bad:
        raise typer.Exit(PARTLY)


def _closed(
    index: DocumentIndex, endpoint: KafkaEndpoint, one: OpenLetter, repair: _Repair | None
) -> Written:
    from ingest.topics.deadletters import DeadLetterTopic
    from ingest.topics.parking import spot

    event = one.letter.event
    with index.topic(one.topic) as writer:
        letters = DeadLetterTopic(endpoint, os.environ, one.topic, writer.ledger.identity())
        if repair is None:
            return writer.skip(spot(event), letters.deliver)
        return writer.retry(spot(event), letters.deliver, repair.of(event))


def _say(one: OpenLetter, done: Written, what: str) -> None:
    text = f"{what}: {one.id}. Events of its key that were taken up: {done.events - done.parked}"
    if done.letters:
        text += f"; one more cannot be read either, and {done.parked} wait behind it"
    terminal.out.print(terminal.shown(f"{text}."), soft_wrap=True)


@contextmanager
def _index(settings: Settings) -> Iterator[DocumentIndex]:
    with loading():
        from app import wiring

    with wiring.open_index(settings) as index:
        yield index


def _found(letters: Sequence[OpenLetter], id_: str) -> OpenLetter:
    found = next((one for one in letters if one.id == id_), None)
    if found is None:
        raise IngestError(
            f"There is no dead letter {id_}.", hint="`tributary deadletters list` names them."
        )
    return found


def _plain(one: OpenLetter) -> dict[str, Any]:
    event = one.letter.event
    return {
        "id": one.id,
        "topic": one.topic,
        "partition": event.place.partition,
        "offset": event.place.offset,
        "timestamp_ms": event.place.at_ms,
        "key": _key(one),
        "behind": one.behind,
        "reason": one.letter.poison.reason,
        "stack": one.letter.poison.stack,
        "value": _text(event.value),
    }


def _key(one: OpenLetter) -> str:
    return _text(one.letter.event.key)


def _text(value: bytes | None) -> str:
    return "" if value is None else value.decode("utf-8", "backslashreplace")
