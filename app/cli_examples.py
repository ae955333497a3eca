"""`tributary examples`: what was proposed, and what a reviewer makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from app import terminal
from app.cli_shared import FAILED, Config, Home, Json, opened, print_json, settings_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from app.memory.examples import Example, Examples

examples = typer.Typer(
    name="examples",
    help="Review the questions that were proposed with their SQL.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Id = Annotated[str, typer.Argument(metavar="ID", help="As `tributary examples list` says it.")]


@examples.command("list")
def list_all(home: Home = None, config: Config = None, as_json: Json = False) -> None:
    """List the examples, verified ones first; asks no Flink."""
    _print(_examples(home, config).all(), as_json=as_json)


@examples.command()
def show(id_: Id, home: Home = None, config: Config = None) -> None:
    """Show one example with its SQL."""
    example = _examples(home, config).get(id_)
    _show(example)
    if example.asked_at:
        terminal.out.print(terminal.shown(f"Asked at {example.asked_at.isoformat()}", style="dim"))
    terminal.out.print(terminal.shown(str(example.file), style="dim"))
    terminal.out.print(terminal.shown(example.sql, style="cyan"))


@examples.command()
def approve(id_: Id, home: Home = None, config: Config = None) -> None:
    """Make a proposal a verified example."""
    example = _examples(home, config).approve(id_)
    terminal.out.print(terminal.shown(f"Verified: {example.file}"))


@examples.command()
def reject(id_: Id, home: Home = None, config: Config = None) -> None:
    """Delete an example, proposed or verified."""
    _examples(home, config).reject(id_)
    terminal.out.print(terminal.shown(f"Deleted: {id_}"))


@examples.command()
def check(home: Home = None, config: Config = None, as_json: Json = False) -> None:
    """Let Flink plan every example on the tables as they are now (exit 1 if one is broken)."""
    settings = settings_of(home, config)
    found = _examples(home, config).all()
    if found:
        with opened(settings) as assistant, terminal.waiting("Asking Flink"):
            found = assistant.checked_examples()
    _print(found, as_json=as_json)
    if any(example.problem for example in found):
        raise typer.Exit(FAILED)


def _examples(home: Path | None, config: Path | None) -> Examples:
    from app import wiring

    return wiring.open_examples(settings_of(home, config))


def _print(found: Sequence[Example], *, as_json: bool) -> None:
    from app import plain

    if as_json:
        print_json([plain.of_example(example) for example in found])
        return
    for example in found:
        _show(example)
        terminal.out.print()
    broken = sum(bool(example.problem) for example in found)
    counts = f"{len(found)} example{'' if len(found) == 1 else 's'}, {broken} broken."
    terminal.out.print(counts if found else "There are no examples. Propose answers in the chat.")


def _show(example: Example) -> None:
    terminal.out.print(terminal.shown(example.id, style="bold"))
    terminal.out.print(terminal.shown(f"{example.status}: {example.question}"))
    if example.problem:
        terminal.out.print(terminal.shown(f"Broken: {example.problem}", style="yellow"))
