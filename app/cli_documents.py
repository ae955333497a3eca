"""The commands on documents: `tributary ingest`, `search` and `documents`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn
from zoneinfo import ZoneInfo

import typer
from rich.table import Table as RichTable

from app import cli_topics, places, terminal
from app.cli_shared import OK, PARTLY, Config, Home, Json, leave_at_once, print_json, settings_of
from app.errors import IngestError, RebuildNeeded
from app.settings import Settings

if TYPE_CHECKING:
    from ingest.filters import Filter
    from ingest.index import DocumentIndex, DocumentInfo, SyncReport
    from ingest.passage import Passage

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
        list[Path] | None,
        typer.Argument(help="Files, folders, ZIP archives; default: the documents setting."),
    ] = None,
    home: Home = None,
    config: Config = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on, and follow every change until Ctrl-C.")
    ] = False,
    rebuild: Annotated[
        bool,
        typer.Option("--rebuild", help="Embed everything anew without asking, where that is due."),
    ] = False,
    *,
    topic: Annotated[
        str | None,
        typer.Option("--topic", metavar="NAME", help="A Kafka topic of documents, not files."),
    ] = None,
    bootstrap: cli_topics.Bootstrap = None,
    properties: cli_topics.Properties = None,
    from_start: Annotated[
        bool,
        typer.Option(
            "--from-start", help="Forget what came from the topic, and read it all again."
        ),
    ] = False,
) -> None:
    """Bring the document index to the state of the given files and folders, or of a Kafka topic.

    Reads Markdown, text, HTML, PDF, Word, PowerPoint, Excel, CSV, JSON, e-mail (.eml), source code
    and ZIP archives of these. A file or an event that cannot be taken in is named and stops no
    other; the exit status is then 4.
    """
    if topic is None:
        if from_start or bootstrap or properties:
            raise typer.BadParameter(
                "--from-start, --bootstrap and --property are for a topic: name it",
                param_hint="--topic",
            )
        _ingest_files(settings_of(home, config), paths or (), watch=watch, rebuild=rebuild)
        return
    if paths or not topic:
        raise typer.BadParameter("give either files and folders or a topic", param_hint="--topic")
    settings = cli_topics.kafka_settings(home, config, bootstrap, properties)
    cli_topics.ingest_topic(settings, topic, watch=watch, restart=from_start, rebuild=rebuild)


def _ingest_files(settings: Settings, paths: Sequence[Path], *, watch: bool, rebuild: bool) -> None:
    from app import document_index, wiring

    sources = document_index.sources(settings, paths)
    if watch:
        _follow(settings, sources, rebuild=rebuild)
    with wiring.open_index(settings) as index:
        report = _sync(index, sources, rebuild=rebuild)
    show_sync(report)
    if report.problems:
        raise typer.Exit(PARTLY)


def _sync(index: DocumentIndex, sources: Sequence[Path], *, rebuild: bool) -> SyncReport:
    """Brings the index up to date; a rebuild is asked for where somebody is there."""
    try:
        with terminal.Progress() as progress:
            return index.sync(sources, rebuild=rebuild, progress=progress.documents)
    except RebuildNeeded as needed:
        if not (terminal.is_interactive() and terminal.agrees(f"{needed.message} Do it now?")):
            raise
    return _sync(index, sources, rebuild=True)


def _follow(settings: Settings, sources: Sequence[Path], *, rebuild: bool) -> NoReturn:
    """Syncs now and after every change, until it is interrupted."""
    from app import wiring
    from ingest.watch import changes

    with suppress(KeyboardInterrupt), wiring.open_index(settings) as index:
        for _ in changes(sources):
            try:
                show_sync(_sync(index, sources, rebuild=rebuild))
            except RebuildNeeded:
                raise
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
        show_passages(passages)


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
        show_documents(found)


def show_passages(passages: Sequence[Passage]) -> None:
    """Prints passages, best first."""
    if verdict := places.verdict(passages):
        terminal.out.print(f"{verdict}\n")
    for number, passage in enumerate(passages, 1):
        terminal.out.print(terminal.shown(f"{number}. {passage.label}", style="bold"))
        terminal.out.print(terminal.shown(places.place(passage, datetime.now(UTC)), style="dim"))
        terminal.out.print(terminal.shown(places.scores(passage), style="dim"))
        terminal.out.print(terminal.shown(passage.text))
        terminal.out.print()


def show_documents(documents: Sequence[DocumentInfo]) -> None:
    """Prints what is in the index."""
    if not documents:
        terminal.out.print("There are no documents.")
        return
    grid = RichTable(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for heading in ("document", "kind", "chunks", "changed", "version", "label", "tags"):
        grid.add_column(heading, overflow="fold")
    for one in documents:
        facts = (one.id, one.kind, str(one.chunks), f"{one.modified:%Y-%m-%d %H:%M}", one.version)
        grid.add_row(*map(terminal.shown, (*facts, one.access, ", ".join(one.tags))))
    terminal.out.print(grid)


def show_sync(report: SyncReport) -> None:
    """Prints the files that could not be taken in, then what an ingest did."""
    for problem in report.problems:
        terminal.show_error(str(problem))
    for pattern in report.unused_rules:
        terminal.show_error(f"The pattern {pattern} of document_access matches no document.")
    terminal.out.print(f"Documents: {report}.")


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
