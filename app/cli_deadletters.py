"""`tributary deadletters`: events of topics that could not be read, and what is done about them.

Whoever runs the index decides; access labels, which hold for those who ask, hide nothing here.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table as RichTable

from app import terminal
from app.cli_shared import PARTLY, Config, Home, Json, loading, print_json, settings_of
from app.cli_topics import Bootstrap, Properties, endpoint_of, kafka_settings
from app.errors import IngestError
from app.settings import Settings

if TYPE_CHECKING:
    from ingest.index import DocumentIndex
    from ingest.kafka_client import KafkaEndpoint
    from ingest.topics.changes import Written
    from ingest.topics.events import Event
    from ingest.topics.ledger import OpenLetter

Id = Annotated[str, typer.Argument(metavar="ID", help="As `tributary deadletters list` says it.")]
Ids = Annotated[
    list[str], typer.Argument(metavar="ID...", help="As `tributary deadletters list` says them.")
]

deadletters = typer.Typer(
    name="deadletters",
    help="Decide about events of topics that could not be read; later ones of their keys wait.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


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
    _require_reachable(endpoint, {one.topic for one in chosen})
    with _index(settings) as index:
        for one in chosen:
            done = _closed(index, endpoint, one, repair)
            _say(one, done, "Skipped" if repair is None else "Read again")
            still_bad |= bool(done.letters)
    if still_bad:
        raise typer.Exit(PARTLY)


def _require_reachable(endpoint: KafkaEndpoint, topics: Iterable[str]) -> None:
    """Says at once what a producer would find out only after half a minute of trying."""
    from ingest.kafka_client import opened
    from ingest.topics.deadletters import ENDING

    for topic in topics:
        opened(endpoint, os.environ, f"{topic}{ENDING}")


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
    taken_up = done.events - done.parked - done.letters
    text = f"{what}: {one.id}. Events of its key that were taken up: {taken_up}"
    if done.letters:
        verb = "waits" if done.parked == 1 else "wait"
        text += f"; one more cannot be read either, and {done.parked} {verb} behind it"
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
