"""`tributary connectors`: the jars that Flink needs for tables of Kafka and the like."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from app import terminal
from app.cli_shared import Config, Home, Json, print_json, settings_of

if TYPE_CHECKING:
    from ingest.connectors import Connector
    from ingest.maven import Progress

connectors = typer.Typer(
    name="connectors",
    help="Add what Flink needs for tables of Kafka and the like.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Names = Annotated[
    list[str], typer.Argument(metavar="NAME...", help="As `tributary connectors list` says it.")
]


@connectors.command()
def add(names: Names, home: Home = None, config: Config = None) -> None:
    """Fetch connectors from a Maven repository; those that are there stay as they are."""
    from ingest import connectors as known

    settings = settings_of(home, config)
    wanted = [known.named(name) for name in names]  # before anything is fetched
    folder = known.folder_in(settings.home)
    with _downloads() as progress:
        added = [
            known.add(one.name, folder, repository=settings.maven_repository, progress=progress)
            for one in wanted
        ]
    for one, fetched in zip(wanted, added, strict=True):
        said = "added" if fetched else "is there already"
        terminal.out.print(terminal.shown(f"{one.name} {said} ({folder / one.name})."))
    if any(added):
        terminal.out.print("A Tributary that is running has to be started again to use it.")
    if settings.engine != "embedded":
        where = terminal.shown(f"The Flink cluster at {settings.engine} needs the same jars.")
        terminal.out.print(where)


@connectors.command("list")
def list_all(home: Home = None, config: Config = None, as_json: Json = False) -> None:
    """List the connectors that there are, and which have been added."""
    from ingest import connectors as known

    found = known.installed(known.folder_in(settings_of(home, config).home))
    states = {one.name: "added" for one in found.connectors}
    states |= dict.fromkeys(found.outdated, "outdated")
    if as_json:
        print_json([_plain(one, states.get(one.name, "")) for one in known.CONNECTORS])
        return
    for one in known.CONNECTORS:
        state = states.get(one.name, "not added")
        terminal.out.print(terminal.shown(f"{one.name} ({state})", style="bold"))
        terminal.out.print(terminal.shown(f"  {one.about}"))
        for jar in one.jars:
            terminal.out.print(terminal.shown(f"  {jar.coordinates}", style="dim"))
    for path in found.own:
        terminal.out.print(terminal.shown(f"{path.name} (your own)", style="bold"))


@connectors.command()
def remove(names: Names, home: Home = None, config: Config = None) -> None:
    """Remove connectors that were added."""
    from ingest import connectors as known

    folder = known.folder_in(settings_of(home, config).home)
    for one in [known.named(name) for name in names]:
        said = "removed" if known.remove(one.name, folder) else "was not there"
        terminal.out.print(terminal.shown(f"{one.name} {said}."))


def _plain(connector: Connector, state: str) -> dict[str, object]:
    return {
        "name": connector.name,
        "state": state or "missing",
        "about": connector.about,
        "identifiers": list(connector.identifiers),
        "jars": [jar.coordinates for jar in connector.jars],
    }


@contextmanager
def _downloads() -> Iterator[Progress]:
    """A bar for every file that is fetched, with its bytes and their rate."""
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TransferSpeedColumn
    from rich.progress import Progress as Bars
    from rich.table import Column

    whole = Column(no_wrap=True)  # else a size takes two lines beside a long name
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(table_column=whole),
        TransferSpeedColumn(),
    )
    with Bars(*columns, console=terminal.err) as bars:

        @contextmanager
        def download(name: str, size: int) -> Iterator[Callable[[int], None]]:
            task = bars.add_task(terminal.printable(name), total=size)
            yield lambda count: bars.advance(task, count)

        yield download
