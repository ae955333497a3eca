"""`tributary eval`: the answers to cases held against the expected ones."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table as RichTable

from app import terminal
from app.cli_shared import FAILED, Config, Home, settings_of

if TYPE_CHECKING:
    from app.evaluation.compare import Grid
    from app.evaluation.judge import Result
    from app.evaluation.report import FileReport

_SAMPLE_ROWS = 3


def evaluate(
    files: Annotated[list[Path], typer.Argument(metavar="CASES.yaml", help="Case files.")],
    *,
    home: Home = None,
    config: Config = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write everything as JSON.")
    ] = None,
    min_accuracy: Annotated[
        float,
        typer.Option(min=0, max=1, help="Exit with 1 where a file's accuracy is lower."),
    ] = 0.0,
    tag: Annotated[
        list[str] | None, typer.Option("--tag", metavar="TAG", help="Only cases with this tag.")
    ] = None,
) -> None:
    """Ask the questions of case files and compare the answers with the expected ones.

    State goes to a temporary folder unless --home is given. A case file can name a Python module
    that writes its data: that module is imported from the current directory and run, so evaluate
    only case files that you trust.
    """
    from app.evaluation.session import Session

    session = Session(files, tags=tag or (), json_file=json_file)
    with tempfile.TemporaryDirectory(prefix="tributary-", ignore_cleanup_errors=True) as folder:
        settings = settings_of(home or Path(folder), config)
        try:
            with terminal.Progress() as progress:
                session.run(settings, progress)
        finally:  # cut short, what was asked so far is still worth its time
            show(session.reports)
            session.save()
    if not session.reaches(min_accuracy):
        raise typer.Exit(FAILED)


def show(reports: Sequence[FileReport]) -> None:
    """Prints the cases that went wrong, then the figures by file and by tag."""
    from app.evaluation import report as figures

    if not reports:
        return
    for one in reports:
        for result in one.results:
            if result.why:
                _show_failure(one.file.path, result)
    grid = RichTable(box=None, header_style="bold", padding=(0, 1, 0, 0), pad_edge=False)
    grid.add_column(overflow="fold")
    for heading in figures.HEADINGS:
        grid.add_column(heading, justify="right", no_wrap=True)
    for section in figures.table(reports):
        for line in section:
            grid.add_row(*map(terminal.shown, line))
        grid.add_row()
    terminal.out.print(grid)


def _show_failure(path: Path, result: Result) -> None:
    case = result.case
    question = " / ".join((*case.after, case.question))
    terminal.out.print(
        terminal.shown(f"{path}:{case.line}: ", style="dim")
        + terminal.shown(question, style="bold")
    )
    terminal.out.print(terminal.shown(f"  {result.outcome}: {result.why}", style="red"))
    if result.understood:
        terminal.out.print(terminal.shown(f"  understood: {result.understood}"))
    for sql in result.sql:
        terminal.out.print(terminal.shown("  " + sql.replace("\n", "\n  "), style="cyan"))
    if result.expected is not None:
        terminal.out.print(terminal.shown(f"  expected: {_sample_rows(result.expected)}"))
    for given in result.given:
        terminal.out.print(terminal.shown(f"  given:    {_sample_rows(given)}"))
    if case.says or case.says_not:
        terminal.out.print(terminal.shown("  said:     " + result.text.replace("\n", "\n  ")))
    terminal.out.print()


def _sample_rows(grid: Grid) -> str:
    rows = ["(" + ", ".join(map(str, row)) + ")" for row in grid.rows(_SAMPLE_ROWS)]
    more = grid.count - len(rows)
    return (" ".join(rows) or "no rows") + (f" and {more:,} more" if more > 0 else "")
