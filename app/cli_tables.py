"""`tributary tables`: the stream tables, and `tables import`, which makes them from a registry."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.padding import Padding

from app import terminal
from app.cli_event_times import EventTimes, ask_event_time, event_times
from app.cli_shared import FAILED, PARTLY, Config, Home, Json, opened, print_json, settings_of
from app.cli_topics import Bootstrap, Properties, endpoint_of, kafka_settings
from app.errors import ConfigError
from ingest.registry.client import HttpRegistry, RegistryEndpoint
from ingest.registry.cluster import KafkaCluster, table_options

if TYPE_CHECKING:
    from app.settings import Settings
    from app.table_imports import Import, Plan
    from ingest.kafka_client import KafkaEndpoint

tables = typer.Typer(
    name="tables",
    help="List the stream tables, or import them from a schema registry.",
    invoke_without_command=True,
    rich_markup_mode=None,
)


@tables.callback()
def list_all(
    context: typer.Context, home: Home = None, config: Config = None, as_json: Json = False
) -> None:
    """List the stream tables, and what is wrong with those that cannot be read."""
    if context.invoked_subcommand is not None:
        return
    from app import plain, wiring

    catalog = wiring.open_catalog(settings_of(home, config))
    if as_json:
        print_json(plain.of_catalog(catalog))
    else:
        terminal.show_catalog(catalog)
    if catalog.problems and not catalog.tables:
        raise typer.Exit(FAILED)


@tables.command("import")
def import_(  # noqa: PLR0917 - each is an option
    registry: Annotated[
        str, typer.Option("--registry", metavar="URL", help="Address of the schema registry.")
    ],
    bootstrap: Bootstrap = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Folder of the files; default: that of tables."),
    ] = None,
    subject: Annotated[
        list[str] | None,
        typer.Option("--subject", metavar="PATTERN", help="Only topics or subjects that match."),
    ] = None,
    delay: Annotated[
        int, typer.Option("--delay", min=0, metavar="SECONDS", help="How late a record may be.")
    ] = 5,
    event_time: EventTimes = None,
    properties: Properties = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be written; write nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Change files without asking.")] = False,
    home: Home = None,
    config: Config = None,
) -> None:
    """Write a table file for each topic of a schema registry, or bring it up to date.

    Reads Avro and JSON schemas of the subjects TOPIC-value and TOPIC-key. A file that was changed
    by hand keeps its changes: only what the new schema version changes is edited, after a diff is
    shown and agreed to. The registry's credentials come from SCHEMA_REGISTRY_AUTH (user:password)
    or SCHEMA_REGISTRY_TOKEN; files hold ${NAME} placeholders in place of any credential. Of the
    properties, files get those that Kafka needs to let Flink in. A topic that cannot be imported
    is named and stops no other; the exit status is then 4.
    """
    from app import table_imports

    settings = kafka_settings(home, config, bootstrap, properties)
    with _opened(registry, endpoint_of(settings), out or _folder(settings), delay) as job:
        with terminal.waiting("Reading the registry"):
            found = table_imports.topics(job.registry.subjects(), subject or ())
        if not found:
            _show_nothing(subject or ())
            return
        told = replace(job, event_times=event_times(event_time, found))
        done = [_carry_out(plan, dry_run, yes) for plan in table_imports.plans(told, found)]
    if not dry_run and _WRITTEN in done:
        _show_consequences(settings, job.folder)
    if _OPEN in done:
        raise typer.Exit(FAILED)
    if _IMPOSSIBLE in done:
        raise typer.Exit(PARTLY)


def _show_nothing(patterns: Sequence[str]) -> None:
    """Says that there is nothing to import; with patterns, that is an error.

    Raises:
        ConfigError: No topic matches these patterns.
    """
    if patterns:
        raise ConfigError(
            f"No topic of the registry matches {', '.join(patterns)}.",
            hint="--subject takes a topic's name, its subject TOPIC-value, or a pattern such as"
            " 'shop.*'; without it, all are imported.",
        )
    terminal.out.print("The registry has no subject of a topic: TOPIC-value.")


_WRITTEN, _LEFT, _OPEN, _IMPOSSIBLE = "written", "left", "open", "impossible"


@contextmanager
def _opened(registry: str, kafka: KafkaEndpoint, folder: Path, delay: int) -> Iterator[Import]:
    """The import with its clients; credentials come from the environment and stay there."""
    from app.sql.dialect.words import identifier
    from app.table_imports import Import
    from ingest.registry.rendering import BASIC_AUTH, BEARER_TOKEN, Surroundings

    user_info, token = os.environ.get(BASIC_AUTH, ""), os.environ.get(BEARER_TOKEN, "")
    auth = BASIC_AUTH if user_info else BEARER_TOKEN if token else ""
    endpoint = RegistryEndpoint(registry.rstrip("/"), user_info, "" if user_info else token)
    with HttpRegistry(endpoint) as client:
        yield Import(
            registry=client,
            cluster=KafkaCluster(kafka, os.environ),
            where=Surroundings(table_options(kafka), endpoint.url, auth, identifier),
            folder=folder,
            ask=ask_event_time,
            delay=timedelta(seconds=delay),
        )


def _carry_out(plan: Plan, dry_run: bool, yes: bool) -> str:
    """Shows a plan and, where that is agreed to, writes it."""
    from app import table_imports

    show_plan(plan, whole=dry_run)
    if plan.status == "failed":
        return _IMPOSSIBLE
    if plan.status == "same" or dry_run:
        return _LEFT
    if plan.status == "changed" and not yes:
        if not terminal.is_interactive():
            terminal.show_error(f"{plan.file} was not changed: run it again with --yes.")
            return _OPEN
        if not terminal.agrees(f"Change {plan.file}?"):
            terminal.out.print(terminal.shown(f"{plan.file} stays as it is."))
            return _LEFT
    table_imports.write(plan)
    return _WRITTEN


def show_plan(plan: Plan, *, whole: bool = False) -> None:
    """Prints what an import means for one topic; if asked to, a new file's text, too."""
    words = {
        "new": f"new file {plan.file}",
        "changed": "to change",
        "same": "up to date",
        "failed": "left out",
    }
    terminal.out.print(
        terminal.shown(f"{plan.topic}  ", style="bold") + terminal.shown(words[plan.status])
    )
    if plan.status == "failed":
        terminal.show_error(f"{plan.topic}: {' '.join(plan.problems)}")
        return
    for version in plan.versions:
        _indented(version)
    if plan.compatibility:
        _indented(plan.compatibility.value)
    for change in plan.changes:
        said = f"{change.text}{': queries that use it break' if change.breaks else ''}"
        _indented(said, style="yellow" if change.breaks else "")
    for problem in (*plan.problems, *plan.conflicts):
        _indented(f"Note: {problem}", style="yellow")
    if whole and plan.status == "new":
        terminal.out.print(terminal.shown(plan.after), soft_wrap=True)
    for line in plan.diff().splitlines() if plan.status == "changed" else ():
        style = {"+": "green", "-": "red"}.get(line[:1], "dim")
        terminal.out.print(terminal.shown(f"  {line}", style=style), soft_wrap=True)


def _indented(text: str, style: str = "") -> None:
    said = Padding(terminal.shown(text, style=style), (0, 0, 0, 2), expand=False)
    terminal.out.print(said)


def _show_consequences(settings: Settings, folder: Path) -> None:
    """Says which examples the tables as they are now break, and what else is to be done."""
    if folder.resolve() not in {path.resolve() for path in settings.tables}:
        said = f'To ask questions of these tables, set tables = ["{folder}"] in tributary.toml.'
        terminal.out.print(terminal.shown(said))
        return
    from app import wiring

    if not wiring.open_examples(settings).all():
        return
    with opened(settings) as assistant, terminal.waiting("Asking Flink about the examples"):
        broken = [one for one in assistant.checked_examples() if one.problem]
    for example in broken:
        terminal.out.print(terminal.shown(f"{example.id}: {example.problem}", style="yellow"))
    count = f"{len(broken)} example{'' if len(broken) == 1 else 's'}"
    terminal.out.print(f"{count} broken; `tributary examples list` shows all.")


def _folder(settings: Settings) -> Path:
    folders = [path for path in settings.tables if path.suffix != ".sql"]
    if len(folders) > 1:
        raise ConfigError(
            "The setting tables names several folders.", hint="Say which one with --out."
        )
    return folders[0] if folders else Path("tables")
