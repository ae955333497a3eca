"""The `tributary` command.

Exit statuses: 0 done; 1 it could not be done (the message says why); 2 wrong usage; 3 a query was
refused; 4 done, but some documents or topics could not be read; 130 interrupted.
"""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app import cli_documents as documents
from app import terminal
from app.cli_connectors import connectors
from app.cli_deadletters import deadletters
from app.cli_demo import demo
from app.cli_evaluation import evaluate
from app.cli_examples import examples
from app.cli_shared import (
    FAILED,
    INTERRUPTED,
    OK,
    REFUSED,
    Config,
    Home,
    Json,
    Port,
    leave_at_once,
    opened,
    print_json,
    require_port,
    serve,
    settings_of,
)
from app.cli_tables import tables
from app.errors import InvalidQuery, TributaryError, UnsafeQuery

if TYPE_CHECKING:
    from app.answer import Answer
    from app.assistant import Assistant

cli = typer.Typer(
    name="tributary",
    help="Ask questions of live data: one cited answer from stream tables and documents.",
    epilog="Exit statuses: 0 done; 1 could not be done; 2 wrong usage; 3 query refused; "
    "4 done, but some documents or topics could not be read; 130 interrupted.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

cli.add_typer(examples)
cli.add_typer(connectors)
cli.add_typer(deadletters)
cli.add_typer(tables)

cli.command()(demo)


@cli.command()
def chat(home: Home = None, config: Config = None, port: Port = None) -> None:
    """Open the chat page."""
    settings = settings_of(home, config, port=port)
    require_port(settings)
    with opened(settings) as assistant:
        assistant.warm_up_in_background()
        serve(assistant, settings)


@cli.command()
def ask(
    question: Annotated[str, typer.Argument(help="In plain words.")],
    home: Home = None,
    config: Config = None,
    as_json: Json = False,
    conversation: Annotated[
        str | None, typer.Option("--conversation", metavar="ID", help="Conversation to add to.")
    ] = None,
) -> None:
    """Answer one question."""
    with opened(settings_of(home, config)) as assistant:
        if as_json:
            answer = assistant.ask(question, conversation=conversation)
            print_json(answer.to_dict())
        else:
            answer = _ask(assistant, question, conversation)
    if answer.notices and not answer.sources:  # something failed, and nothing was answered
        raise typer.Exit(FAILED)


def _ask(assistant: Assistant, question: str, conversation: str | None) -> Answer:
    """Shows the answer; where it asks back and somebody is there to choose, the one to that."""
    while True:
        answer = terminal.watch(assistant.stream(question, conversation=conversation))
        terminal.show_answer(answer)
        if not (answer.choices and terminal.is_interactive()):
            return answer
        question, conversation = terminal.choose(answer.choices), answer.conversation
        if not question:
            return answer


for command in documents.COMMANDS:
    cli.command()(command)


@cli.command()
def sql(
    query: Annotated[str, typer.Argument(help="One Flink SQL query; - reads standard input.")],
    home: Home = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Run one guarded Flink SQL query."""
    from app import plain

    with opened(settings_of(home, config)) as assistant, terminal.waiting("Running on Flink"):
        result = assistant.sql(_text(query))
    if as_json:
        print_json(plain.of_result(result))
    else:
        terminal.show_result(result)


@cli.command()
def check(
    query: Annotated[str, typer.Argument(help="One Flink SQL query; - reads standard input.")],
    home: Home = None,
    config: Config = None,
    as_json: Json = False,
    continuous: Annotated[
        bool, typer.Option("--continuous", help="Judge it as kept running, not asked once.")
    ] = False,
) -> None:
    """Say whether a query would be run, and what it needs, without running it (exit 0 or 3)."""
    text = _text(query)
    with opened(settings_of(home, config)) as assistant, terminal.waiting("Asking Flink"):
        verdict = _verdict(assistant, text, continuous)
    if as_json:
        print_json(verdict)
    else:
        terminal.show_verdict(verdict)
    raise typer.Exit(OK if verdict["accepted"] else REFUSED)


def _verdict(assistant: Assistant, text: str, continuous: bool) -> dict[str, Any]:
    from app import plain

    advice = [plain.of_advice(one) for one in assistant.advise(text, continuous=continuous)]
    try:
        known = plain.of_review(assistant.check(text, continuous=continuous))
    except (UnsafeQuery, InvalidQuery) as error:
        return {"accepted": False, **plain.of_refusal(error), "advice": advice}
    return {"accepted": True, **known, "advice": advice}


@cli.command()
def doctor(home: Home = None, config: Config = None) -> None:
    """Say what is set up, what is missing and what to do about it."""
    from app import doctor as examiner

    settings = settings_of(home, config)
    with terminal.waiting("Looking"):
        findings = examiner.examine(settings)
    terminal.show_findings(findings)
    if not all(f.ok for f in findings):
        raise typer.Exit(FAILED)


cli.command("eval")(evaluate)


def main() -> None:
    """Entry point: runs a command and turns errors into one message and an exit status."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        cli()
    except SystemExit as ended:
        if ended.code == INTERRUPTED:
            leave_at_once(INTERRUPTED)
        raise
    except (UnsafeQuery, InvalidQuery) as error:
        terminal.show_error(str(error))
        sys.exit(REFUSED)
    except TributaryError as error:
        terminal.show_error(str(error))
        sys.exit(FAILED)
    except KeyboardInterrupt:
        leave_at_once(INTERRUPTED)
    except Exception as error:
        if "TRIBUTARY_DEBUG" in os.environ:
            raise
        terminal.show_error(
            f"Something unexpected went wrong ({type(error).__name__}: {error}). "
            "Run it again with TRIBUTARY_DEBUG=1 to see where, and report it."
        )
        sys.exit(FAILED)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _text(query: str) -> str:
    return sys.stdin.read() if query == "-" else query
