"""What the `tributary` command prints: progress on standard error, results on standard output."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

from rich.console import Console
from rich.markdown import Markdown
from rich.progress import BarColumn, MofNCompleteColumn, Task, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress
from rich.table import Table as RichTable
from rich.text import Text

from app import notebook, offsets, places
from app.highlight import folded
from ingest.wording import counted, open_letters

if TYPE_CHECKING:
    from app.answer import Answer, QueryResult, Source, Step
    from app.catalog.model import Catalog
    from app.doctor import Finding
    from ingest.index import SyncProgress
    from ingest.topics import progress as topic_progress

_LINE_SECONDS = 10.0  # between lines on the following of a topic, where no terminal shows it
_ROWS_SHOWN = 20

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


class _Remaining(TimeRemainingColumn):
    """What a stage says of its own pace, else the remaining time by the bar."""

    def render(self, task: Task) -> Text:
        """What stands beside the bar."""
        said = str(task.fields["said"])
        return Text(said, style="progress.remaining") if said else super().render(task)


class Progress:
    """Bars for the stages of starting up; each stage appears when it first reports."""

    def __init__(self) -> None:
        self._bars = RichProgress(
            TextColumn("{task.description:<18}"),
            BarColumn(),
            MofNCompleteColumn(),
            _Remaining(compact=True),
            console=err,
        )
        self._tasks: dict[str, Any] = {}

    def __call__(self, stage: str, done: int, total: int, said: str = "") -> None:
        """Reports that `done` of `total` units of a stage are finished.

        Args:
            stage: Its name.
            done: Finished units.
            total: All units.
            said: What stands beside the bar, such as the remaining time.
        """
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(stage, total=total, said=said)
        self._bars.update(self._tasks[stage], completed=done, total=total, said=said)

    def documents(self, progress: SyncProgress) -> None:
        """Reports how far an ingest is: files, chunks, their rate, and the remaining time."""
        self("Documents", progress.documents, progress.documents_total)
        self("Chunks", progress.chunks, progress.chunks_expected, progress.pace)

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()


class TopicProgress:
    """One line on how far the following of a topic is; what is wrong is printed, once.

    Where nobody sees that line, as in a service's journal, it is printed when it has changed.

    Args:
        topic: The topic's name.
        says_open: Whether it says at the start which dead letters are open.
    """

    def __init__(self, topic: str, *, says_open: bool = False) -> None:
        self._topic = topic
        self._says_open = says_open
        self._trouble = ""
        self._printed: tuple[float, tuple[int, ...]] = (-_LINE_SECONDS, ())
        self._status = err.status(shown(f"Topic {topic} …"))

    def __call__(self, progress: topic_progress.TopicProgress) -> None:
        """Reports how far it is."""
        lag = "" if progress.lag is None else f", {progress.lag:,} behind"
        self._status.update(shown(f"Topic {self._topic}: {progress}{lag}"))
        if progress.trouble and progress.trouble != self._trouble:
            show_error(f"{progress.trouble} It is tried again.")
        self._trouble = progress.trouble
        if self._says_open and not progress.trouble:
            self._says_open = False
            show_open_letters(self._topic, progress.open_letters)
        if not err.is_terminal:
            self._print(progress)

    def _print(self, progress: topic_progress.TopicProgress) -> None:
        (last, told), now = self._printed, time.monotonic()
        known = (progress.events, progress.letters, progress.parked)
        if any(known) and known != told and now - last >= _LINE_SECONDS:
            err.print(shown(f"Topic {self._topic}: {progress}"), soft_wrap=True)
            self._printed = now, known

    def __enter__(self) -> Self:
        self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._status.stop()


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Shows that something without a known length is under way."""
    with err.status(f"{what} …"):
        yield


def watch(steps: Iterable[Step]) -> Answer:
    """Shows the steps of a question as they happen and returns the answer."""
    from app.answer import Answered, QueryRan, QueryRefused, QueryWritten, Searched

    with err.status("Reading the question …") as status:
        for step in steps:
            match step:
                case Searched(passages=passages):
                    status.update(f"Found {counted(len(passages), 'passage')} …")
                case QueryWritten():
                    status.update("Flink is computing …")
                case QueryRefused(message=message):
                    err.print(f"A query was refused: {printable(message)}", markup=False)
                case QueryRan(result=result):
                    rows = counted(len(result), "row")
                    status.update(f"Flink gave {rows} in {result.seconds:.1f} s …")
                case Answered(answer=answer):
                    return answer
    raise AssertionError("the last step is always the answer")


def show_answer(answer: Answer) -> None:
    """Prints an answer with its sources, its SQL and how fresh it is."""
    out.rule(style="dim")
    out.print(shown(answer.question, style="bold"))
    out.print()
    out.print(Markdown(printable(answer.text), hyperlinks=False))
    if answer.understood:
        out.print(shown(f"Understood as: {answer.understood}", style="dim"))
    for notice in answer.notices:
        out.print(shown(f"Note: {notice}", style="yellow"))
    for source in answer.sources:
        out.print()
        out.print(shown(f"[{source.number}] {source.label}", style="bold"))
        if source.result is not None:
            show_result(source.result)
        elif source.passage is not None:
            out.print(shown(places.place(source.passage, answer.asked_at), style="dim"))
            _show_used(answer, source)
    out.print()
    facts = [answer.answered_by, *_confidence(answer), f"{answer.timings.get('total', 0.0):.1f} s"]
    out.print(
        shown(" · ".join(filter(None, [notebook.freshness(answer.as_of), *facts])), style="dim")
    )
    if answer.choices and not is_interactive():
        command = f"tributary ask NUMBER --conversation {answer.conversation}"
        out.print(shown(f"To choose: {command}"))


def _show_used(answer: Answer, source: Source) -> None:
    """Prints the sentences that the text goes back to, where it does not quote them anyhow."""
    text, said = source.passage.text if source.passage else "", folded(answer.text)
    for start, end in answer.used(source):
        sentence = text[start:end]
        if folded(sentence) not in said:
            out.print(shown(f"  “{' '.join(sentence.split())}”"))


def _confidence(answer: Answer) -> list[str]:
    return [] if answer.confidence is None else [f"confidence {answer.confidence:.0%}"]


def is_interactive() -> bool:
    """Whether somebody is there to be asked."""
    return sys.stdin is not None and sys.stdin.isatty() and out.is_terminal


def choose(choices: Sequence[str]) -> str:
    """Asks which choice is meant: its number, or a question in other words; empty for none."""
    out.print()
    return typed(f"Which one? A number from 1 to {len(choices)}, other words, or Enter to end: ")


def agrees(question: str) -> bool:
    """Asks a question that only a yes answers with yes."""
    return typed(f"{question} [y/N] ").lower() in {"y", "yes"}


def typed(prompt: str) -> str:
    """What somebody types behind a prompt; empty at the end of the input, too."""
    out.print(shown(prompt), end="")
    try:
        return input().strip()
    except EOFError:
        out.print()  # what comes next would stand behind the prompt
        return ""
    except UnicodeDecodeError:  # the terminal writes in another encoding
        return "\N{REPLACEMENT CHARACTER}"
    except KeyboardInterrupt:
        out.print()
        raise


def show_result(result: QueryResult) -> None:
    """Prints a query and its rows."""
    out.print(shown(result.sql, style="cyan"))
    grid = RichTable(box=None, header_style="bold")
    for name in result.columns:
        grid.add_column(shown(name))
    for row in result.table.slice(0, _ROWS_SHOWN).to_pylist():
        grid.add_row(*(shown(_cell(value)) for value in row.values()))
    out.print(grid)
    hidden = len(result) - _ROWS_SHOWN
    if hidden > 0:
        out.print(shown(f"and {counted(hidden, 'more row')} (--json prints all)", style="dim"))
    if result.truncated:
        out.print(shown(f"There are more rows than the limit of {len(result)}.", style="yellow"))
    for line in offsets.lines(result.offsets):
        out.print(shown(f"{line}.", style="dim"))
    for advice in result.advice:
        out.print(shown(f"Advice: {advice}", style="yellow"))


def show_catalog(catalog: Catalog) -> None:
    """Prints the tables with their columns, then what could not be read."""
    for table in catalog:
        out.print(shown(f"{table.name}  ", style="bold") + shown(table.comment))
        grid = RichTable(box=None, show_header=False, padding=(0, 2))
        for column in table.columns:
            marks = "event time" if column.name == table.time_attribute else ""
            marks = "key" if column.name in table.primary_key else marks
            grid.add_row(*(shown(v) for v in ("", column.name, column.type, marks, column.comment)))
        out.print(grid)
    for problem in catalog.problems:
        show_error(str(problem))
    if not catalog.tables:
        out.print("There are no stream tables. Set tables in tributary.toml.")


def show_verdict(verdict: Mapping[str, Any]) -> None:
    """Prints what the guard and Flink said of a query, and what is known of it."""
    if verdict["accepted"]:
        out.print(shown(f"Accepted. It reads: {', '.join(verdict['tables']) or 'no table'}."))
        _show_needs(verdict)
    else:
        advised = {one["text"] for one in verdict["advice"]}  # said in full below
        hint = "" if verdict["hint"] in advised else verdict["hint"]
        said = f"Refused ({verdict['reason']}): {verdict['message']} {hint}"
        out.print(Text(printable(said.strip())))
    for advice in verdict["advice"]:
        style = "red" if advice["severity"] == "error" else "yellow"
        out.print()
        out.print(shown(f"{advice['severity']}: {advice['message']}", style=style))
        out.print(shown(f"  {advice['why']}", style="dim"))
        out.print(shown(f"  Write: {advice['fix']}"))


def _show_needs(verdict: Mapping[str, Any]) -> None:
    for table, columns in verdict["columns"].items():
        out.print(shown(f"  {table}: {', '.join(columns) or 'no column'}"))
    for table, span in verdict["time_range"].items():
        ends = [f"{word} {span[word]}" for word in ("from", "to") if span[word]]
        if ends:
            out.print(shown(f"  {table}: event time {' '.join(ends)}"))
    for one in verdict["lineage"]:
        made = one["expression"] or ", ".join(one["columns"]) or "a constant"
        filtered = f" (filtered by {', '.join(one['filters'])})" if one["filters"] else ""
        out.print(shown(f"  {one['output']} = {made}{filtered}"))


def show_findings(findings: Sequence[Finding]) -> None:
    """Prints what is set up and what is not."""
    for finding in findings:
        mark = shown("ok  ", style="green") if finding.ok else shown("no  ", style="red")
        out.print(mark + shown(f"{finding.what}: ", style="bold") + shown(finding.detail))


def show_address(url: str) -> None:
    """Prints where the chat is."""
    out.print(f"\nThe chat is open at [bold]{url}[/bold] (Ctrl-C ends it).")


def show_error(message: str) -> None:
    """Prints one message on standard error."""
    err.print(shown("tributary: ", style="bold red") + shown(message))


def show_open_letters(topic: str, count: int) -> None:
    """Prints that events of a topic wait for somebody to decide; nothing where none does."""
    if count:
        show_error(open_letters(topic, count))


def shown(text: str, style: str = "") -> Text:
    """Text from outside as the terminal may have it: no markup, no control characters."""
    # A style of the whole Text would go on over what is added to it.
    return Text.assemble((printable(text), style))


def printable(text: str) -> str:
    r"""Text without the control characters that could drive a terminal.

    >>> printable("a\x1b[31mb\tc")
    'a[31mb\tc'
    """
    return "".join(c for c in text if c.isprintable() or c in "\n\t")


def _cell(value: object) -> str:
    return "" if value is None else str(value)
