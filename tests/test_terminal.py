"""What the command prints: everything there is, and nothing that drives the terminal."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, cast

import pytest
from rich.console import Console

from app import cli, cli_documents, plain, terminal
from app.answer import Answered, Source, Step
from app.catalog.model import Catalog, Column, Problem, Table
from app.sql.lint import Advice
from ingest.topics.progress import TopicProgress
from tests.samples import answer, passage, result

if TYPE_CHECKING:
    import app.assistant

HOSTILE = "a\x1b]0;HACK\x07b\x1b[31mc\x9bd\u202ee[bold]f[/bold]"


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    text = io.StringIO()
    console = Console(file=text, width=200, force_terminal=False, highlight=False)
    monkeypatch.setattr(terminal, "out", console)
    monkeypatch.setattr(terminal, "err", console)
    return text


def test_nothing_from_outside_drives_the_terminal(printed: io.StringIO, tmp_path: object) -> None:
    found = passage(document=HOSTILE, title=HOSTILE, text=HOSTILE)
    rows = result(sql=HOSTILE, tables=(HOSTILE,))
    sources = (Source(1, rows), Source(2, found))
    terminal.show_answer(
        answer(question=HOSTILE, text=HOSTILE, notices=(HOSTILE,), sources=sources)
    )
    cli_documents.show_passages([found])
    table = Table(HOSTILE, (Column(HOSTILE, HOSTILE, HOSTILE),), comment=HOSTILE)
    terminal.show_catalog(Catalog((table,), (Problem(found.document, 1, HOSTILE, HOSTILE),)))  # type: ignore[arg-type]
    said = ("severity", "message", "why", "fix", "text")
    advice = dict.fromkeys(said, HOSTILE)
    terminal.show_verdict(
        {
            "accepted": False,
            "reason": HOSTILE,
            "message": HOSTILE,
            "hint": HOSTILE,
            "advice": [advice],
        }
    )
    terminal.show_verdict(
        {
            "accepted": True,
            "tables": [HOSTILE],
            "columns": {HOSTILE: [HOSTILE]},
            "time_range": {HOSTILE: {"from": HOSTILE, "to": None}},
            "lineage": [
                {"output": HOSTILE, "expression": HOSTILE, "columns": [], "filters": [HOSTILE]}
            ],
            "advice": [],
        }
    )
    terminal.show_error(HOSTILE)
    shown = printed.getvalue()
    assert "HACK" in shown
    assert not set("\x1b\x07\x9b\u202e") & set(shown)
    assert "[bold]" in shown  # rich's own markup is no markup either


def test_a_style_ends_where_another_text_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    console = Console(file=io.StringIO(), force_terminal=True, color_system="standard", width=80)
    monkeypatch.setattr(terminal, "err", console)
    terminal.show_error("It is so.")
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue() == "\x1b[1;31mtributary: \x1b[0mIt is so.\n"


def test_nobody_is_asked_where_there_is_no_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)  # as `tributary <&-` has it
    assert not terminal.is_interactive()


def test_a_refusal_gives_its_correction_once(printed: io.StringIO) -> None:
    advice = Advice("foreign_function", "error", "No MEDIAN.", "Why.", "PERCENTILE(x)")
    refused = {"accepted": False, "reason": "unknown_function", "message": "Flink has no MEDIAN."}
    terminal.show_verdict({**refused, "hint": str(advice), "advice": [plain.of_advice(advice)]})
    assert printed.getvalue().count("PERCENTILE(x)") == 1


SAID = {
    "in other words": ("EUR 5 are owed for each [2].", True),
    "quoted": ("> We owe\\\n> EUR 5. [2]", False),
}


@pytest.mark.parametrize(("text", "shown"), SAID.values(), ids=SAID.keys())
def test_what_is_not_quoted_is_shown_beside_its_source(
    printed: io.StringIO, text: str, shown: bool
) -> None:
    found = passage(text="We owe\nEUR 5. Lost is not late.")
    terminal.show_answer(answer(text=text, sources=(Source(2, found),)))
    assert ("“We owe EUR 5.”" in printed.getvalue()) is shown
    assert "Lost is not late" not in printed.getvalue()


def test_an_answer_shows_everything(printed: io.StringIO) -> None:
    terminal.show_answer(answer())
    shown = printed.getvalue()
    for part in ("Which carriers", "SELECT carrier", "Nordwind", "late.md", "One remark.", "rules"):
        assert part in shown
    assert "Understood as: owed per carrier" in shown
    assert "2026-11-22 17:30:00 UTC" in shown


ASKED_BACK = "Which of these do you mean?\n\n1. by carrier\n2. by city"


def test_choices_are_numbered_and_it_is_said_how_to_choose(printed: io.StringIO) -> None:
    choices = ("by carrier", "by city")
    terminal.show_answer(answer(text=ASKED_BACK, choices=choices, sources=(), understood=""))
    shown = " ".join(printed.getvalue().split())
    assert "Which of these do you mean? 1 by carrier 2 by city" in shown
    assert "To choose: tributary ask NUMBER --conversation c1" in shown
    assert "Understood" not in shown


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("2\n", ["Which?", "2"]),
        (" by postcode\n", ["Which?", "by postcode"]),
        ("\n", ["Which?"]),
        ("", ["Which?"]),
    ],
)
def test_a_choice_is_asked_for_where_somebody_is_there(
    typed: str, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Assistant:
        questions: ClassVar[list[str]] = []

        def stream(self, question: str, conversation: str | None = None) -> Iterator[Step]:
            self.questions.append(question)
            assert conversation == (None if len(self.questions) == 1 else "c1")
            choices = ("by carrier", "by city") if len(self.questions) == 1 else ()
            yield Answered(answer(choices=choices))

    text = io.StringIO()
    monkeypatch.setattr(terminal, "out", Console(file=text, force_terminal=True, highlight=False))
    monkeypatch.setattr(terminal, "err", Console(file=text))
    keyboard = io.StringIO(typed)
    monkeypatch.setattr(keyboard, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", keyboard)
    given = cli._ask(cast("app.assistant.Assistant", Assistant()), "Which?", None)
    assert Assistant.questions == asked
    assert bool(given.choices) == (len(asked) == 1)
    assert "A number from 1 to 2" in text.getvalue()
    assert "--conversation" not in text.getvalue()


def test_many_rows_are_cut_and_counted(printed: io.StringIO) -> None:
    rows = result()
    terminal.show_result(result(table=rows.table.take([0] * 30), truncated=True))
    assert "and 10 more rows" in printed.getvalue()
    assert "more rows than the limit of 30" in printed.getvalue()


def test_a_topic_is_told_of_where_no_terminal_shows_it(
    printed: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "_LINE_SECONDS", 0.0)
    monkeypatch.setattr(terminal, "err", Console(file=printed, width=200))
    with terminal.TopicProgress("notes") as shown:
        shown(TopicProgress())  # nothing has happened
        shown(TopicProgress(events=2, documents=1, letters=1))
        shown(TopicProgress(events=2, documents=1, letters=1, seconds=5.0))
        shown(TopicProgress(events=3, documents=2, letters=1))
    lines = [line for line in printed.getvalue().splitlines() if "written" in line]
    assert [line.partition(" events")[0] for line in lines] == ["Topic notes: 2", "Topic notes: 3"]
    assert "1 not readable" in lines[0]


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, ""),
        (1, "1 dead letter of the topic notes is open; `tributary deadletters list` says why."),
        (3, "3 dead letters of the topic notes are open; `tributary deadletters list` says why."),
    ],
)
def test_dead_letters_that_are_open_when_following_begins_are_said_once(
    printed: io.StringIO, count: int, expected: str
) -> None:
    with terminal.TopicProgress("notes", says_open=True) as shown:
        shown(TopicProgress(trouble="The index is locked."))  # so that nobody knows yet
        shown(TopicProgress(open_letters=count))
        shown(TopicProgress(open_letters=count + 1))
    assert [line for line in printed.getvalue().splitlines() if "dead letter" in line] == (
        [f"tributary: {expected}"] if expected else []
    )


def test_what_is_one_is_said_so() -> None:
    one = TopicProgress(events=1, documents=1, deleted=1, letters=1, parked=1, seconds=1.0)
    said = "1 event, 1 a second: 1 document written, 1 deleted, 1 not readable, 1 parked"
    assert str(one) == said
