"""The commands on documents: `tributary ingest`, `search` and `documents`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn
from zoneinfo import ZoneInfo

import typer

from app import terminal
from app.cli_shared import OK, PARTLY, Config, Home, Json, leave_at_once, print_json, settings_of
from app.errors import IngestError
from app.settings import Settings

if TYPE_CHECKING:
    from ingest.filters import Filter
    from ingest.index import DocumentIndex, SyncReport

Kind = Annotated[
    list[str] | None, typer.Option("--kind", metavar="KIND", help="Only this format, such as pdf.")
]
Tag = Annotated[
    list[str] | None, typer.Option("--tag", metavar="TAG", help="Only documents with this tag.")
]
Source = Annotated[
    list[str] | None,
    typer.Option("--source", metavar="GLOB", help="Only ids that match, such as 'policies/**'."),
]
Since = Annotated[
    datetime | None,
    typer.Option("--since", formats=["%Y-%m-%d"], help="Only changed on that day or later."),
]
Until = Annotated[
    datetime | None,
    typer.Option("--until", formats=["%Y-%m-%d"], help="Only changed before that day."),
]


def ingest(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files or folders; default: the documents setting.")
    ] = None,
    home: Home = None,
    config: Config = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on, and follow every change until Ctrl-C.")
    ] = False,
) -> None:
    """Bring the document index to the state of the given files and folders."""
    from app import wiring

    settings = settings_of(home, config)
    sources = wiring.sources(settings, paths or ())
    if watch:
        _follow(settings, sources)
    with wiring.open_index(settings) as index:
        report = _sync(index, sources)
    terminal.show_sync(report)
    if report.problems:
        raise typer.Exit(PARTLY)


def _sync(index: DocumentIndex, sources: Sequence[Path]) -> SyncReport:
    with terminal.Progress() as progress:
        return index.sync(sources, progress=progress.documents)


def _follow(settings: Settings, sources: Sequence[Path]) -> NoReturn:
    """Syncs now and after every change, until it is interrupted."""
    from app import wiring
    from ingest.watch import changes

    with suppress(KeyboardInterrupt), wiring.open_index(settings) as index:
        for _ in changes(sources):
            try:
                terminal.show_sync(_sync(index, sources))
            except IngestError as error:  # a source may be away for a moment, or another writes
                terminal.show_error(str(error))
    leave_at_once(OK)


def search(
    query: Annotated[str, typer.Argument(help="What to look for.")],
    home: Home = None,
    config: Config = None,
    as_json: Json = False,
    limit: Annotated[int, typer.Option(min=1, max=50, help="Most passages to show.")] = 5,
    *,
    kind: Kind = None,
    tag: Tag = None,
    source: Source = None,
    since: Since = None,
    until: Until = None,
) -> None:
    """Find passages in the documents."""
    from app import plain
    from app.cli_shared import opened

    settings = settings_of(home, config)
    only = _Asked(kind, tag, source, since, until).filter(settings)
    with opened(settings) as assistant:
        passages = assistant.search(query, limit=limit, only=only)
    if as_json:
        print_json([plain.of_passage(p) for p in passages])
    else:
        terminal.show_passages(passages)


def documents(
    home: Home = None,
    config: Config = None,
    as_json: Json = False,
    *,
    kind: Kind = None,
    tag: Tag = None,
    source: Source = None,
    since: Since = None,
    until: Until = None,
) -> None:
    """List the documents that may be read with the labels that access gives."""
    from app import plain
    from app.cli_shared import opened

    settings = settings_of(home, config)
    only = _Asked(kind, tag, source, since, until).filter(settings)
    with opened(settings) as assistant:
        found = assistant.documents(only)
    if as_json:
        print_json([plain.of_document(one) for one in found])
    else:
        terminal.show_documents(found)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The options that choose documents, as they were given."""

    kinds: list[str] | None
    tags: list[str] | None
    sources: list[str] | None
    since: datetime | None
    until: datetime | None

    def filter(self, settings: Settings) -> Filter:
        """Days are those of the time zone that is set."""
        from ingest.filters import Filter

        zone = ZoneInfo(settings.time_zone)
        return Filter(
            sources=tuple(self.sources or ()),
            kinds=tuple(self.kinds or ()),
            tags=tuple(self.tags or ()),
            since=self.since and self.since.replace(tzinfo=zone),
            until=self.until and self.until.replace(tzinfo=zone),
        )


COMMANDS = (ingest, search, documents)
