"""The event time of imported tables: what --event-time says, and the question at a terminal.

`tributary tables import` uses both, `app.cli_tables`.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table as RichTable

from app import terminal
from app.errors import ConfigError

if TYPE_CHECKING:
    from ingest.registry.model import Column

EventTimes = Annotated[
    list[str] | None,
    typer.Option(
        "--event-time",
        metavar="TOPIC=COLUMN",
        help="Which column tells when a record of a topic happened; TOPIC= is the record's own "
        "timestamp.",
    ),
]
_RECORD = "the record's own timestamp, which Kafka keeps"


def event_times(given: Sequence[str] | None, topics: Container[str]) -> dict[str, str]:
    """The columns that were chosen on the command line, by topic.

    Args:
        given: TOPIC=COLUMN each.
        topics: Those that are imported.

    Raises:
        ConfigError: One is not TOPIC=COLUMN, or no such topic is imported.
    """
    chosen = {}
    for one in given or ():
        topic, sign, column = one.partition("=")
        if not sign:
            raise ConfigError(
                "An --event-time is TOPIC=COLUMN.", hint="For instance: --event-time orders=paid_at"
            )
        if topic not in topics:
            raise ConfigError(
                f"No topic {topic} is imported, whose --event-time is given.",
                hint="Look at its name, and at --subject.",
            )
        chosen[topic] = column
    return chosen


def ask_event_time(topic: str, columns: Sequence[Column]) -> str | None:
    """Asks which of a topic's columns it is; None where nobody is there, or nobody says."""
    if not terminal.is_interactive():
        _tell(topic, columns)
        return None
    from ingest.registry.event_time import RECORD

    terminal.out.print(terminal.shown(f"{topic}: which of these tells when a record happened?"))
    _list(columns)
    names = [*(column.name for column in columns), RECORD]
    asked = f"Its number or name, or Enter if you do not know (then it is {len(names)}): "
    while answer := terminal.typed(asked):
        if answer.isdecimal() and 1 <= int(answer) <= len(names):
            return names[int(answer) - 1]
        if answer in names:
            return answer
        valid = f"a number from 1 to {len(names)} or a name of the list"
        terminal.out.print(terminal.shown(f"{answer} is not {valid}.", style="yellow"))
    later = f"It is left open; --event-time {topic}=COLUMN chooses at any later import."
    terminal.out.print(terminal.shown(later, style="dim"))
    return None


def _list(columns: Sequence[Column]) -> None:
    grid = RichTable.grid(padding=(0, 1))
    grid.add_column(justify="right", no_wrap=True, min_width=4)
    grid.add_column(overflow="fold")
    for number, column in enumerate(columns, 1):
        nulls = " (may be null; records without it are in no time range)" * column.type.nullable
        about = f": {column.comment}" if column.comment else ""
        said = terminal.shown(nulls, style="yellow") + terminal.shown(about, style="dim")
        grid.add_row(f"{number}.", terminal.shown(column.name) + said)
    grid.add_row(f"{len(columns) + 1}.", _RECORD)
    terminal.out.print(grid)


def _tell(topic: str, columns: Sequence[Column]) -> None:
    names = ", ".join(column.name for column in columns)
    terminal.show_error(
        f"{topic}: which of {names} tells when a record happened is open; until one is chosen with "
        f"--event-time {topic}=COLUMN it is {_RECORD}."
    )
