"""What the commands share: their common options, how they open an assistant, how they print."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from app import settings as settings_module
from app import terminal
from app.settings import Settings

if TYPE_CHECKING:
    from app.assistant import Assistant
    from ingest.demo.topic_tables import ShopTopics

OK, FAILED, USAGE, REFUSED, PARTLY, INTERRUPTED = 0, 1, 2, 3, 4, 130

Home = Annotated[
    Path | None,
    typer.Option("--home", metavar="DIR", help="Where state lives: index, history, sample data."),
]
Config = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Settings file; default ./tributary.toml."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Port = Annotated[int | None, typer.Option("--port", help="Port of the chat page.")]


def settings_of(home: Path | None, config: Path | None, **overrides: Any) -> Settings:
    """The settings that a command runs with; what was given on its line wins."""
    return settings_module.load(config, home=home, **overrides)


@contextmanager
def loading() -> Iterator[None]:
    """While modules load, an interrupt ends the process at once: nothing is held yet.

    Raised in the middle of an import, it can get lost or end in a traceback.
    """
    before = signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def opened(
    settings: Settings, *, sample: bool = False, topics: ShopTopics | None = None
) -> Iterator[Assistant]:
    """An assistant for the time of a command; how its opening gets on is shown.

    Args:
        settings: What to open.
        sample: See `wiring.connect`.
        topics: See `wiring.connect`.
    """
    with loading():
        from app import wiring

    with terminal.Progress() as progress:
        assistant = wiring.connect(settings, sample=sample, topics=topics, progress=progress)
    with assistant:
        yield assistant


def require_port(settings: Settings) -> None:
    """Before any work is done for a page that could not be opened.

    Raises:
        ConfigError: Somebody else has the port.
    """
    from app.ui import server

    server.require_free(settings.port)


def serve(assistant: Assistant, settings: Settings) -> None:
    """Opens the chat page until it is interrupted."""
    from app.ui import server

    server.serve(assistant, port=settings.port, on_ready=terminal.show_address)


def leave_at_once(status: int) -> NoReturn:
    """Ends an interrupted command, once its context managers have closed what they hold.

    The interpreter's own way out would wait for, or crash under, threads that are still busy in
    native code (embedding, vector store).
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def print_json(value: Any) -> None:
    """Prints a value for another program."""
    # On a terminal every character that could drive it is written as an escape.
    print(json.dumps(value, ensure_ascii=sys.stdout.isatty(), indent=2))  # noqa: T201
