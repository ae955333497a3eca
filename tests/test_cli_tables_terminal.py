"""`tributary tables import` at a real terminal: what it asks there, shows there, and takes."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from app import table_imports
from app.table_imports import Plan
from ingest.registry.cluster import UNKNOWN
from tests.at_terminal import at_terminal, environment, process
from tests.registries import MemoryRegistry, a_field, importing, logical, plans, record

pytestmark = pytest.mark.xdist_group("terminal")  # each test starts a process

IMPORT = ("tables", "import", "--registry", "http://registry:8081", "--bootstrap", "broker:9092")
QUESTION = "which of these tells when a record happened?"
PROMPT = "(then it is 3): "

MOMENT = logical("long", "timestamp-millis")
ID = a_field("id", "string")
OPENED = a_field("opened", MOMENT, doc="When the customer opened it, by the help desk's own clock")
CASE = record("Case", ID, OPENED, a_field("closed", MOMENT))
PLAIN = record("Plain", ID)
WIDER = record("Plain", ID, a_field("note", ["null", "string"], default=None, doc="What was said"))


def registry(*versions: Any, topics: tuple[str, ...] = ("cases",)) -> MemoryRegistry:
    """Topics that have the same versions."""
    made = MemoryRegistry()
    for topic in topics:
        for version in versions:
            made.register(f"{topic}-value", version)
    return made


def imported(known: MemoryRegistry, folder: Path) -> list[Plan]:
    """What an import would do; new files are written."""
    found = plans(importing(known, folder / "tables", UNKNOWN))
    for plan in found:
        if plan.status == "new":
            table_imports.write(plan)
    return found


def files(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in folder.rglob("*")}


def table(folder: Path, topic: str = "cases") -> str:
    """A table's file, with its remarks in one line."""
    return (folder / "tables" / f"{topic}.sql").read_text().replace("\n-- ", " ")


OPEN = "the record's own timestamp: which of opened, closed it is, the schema does not say"
ANSWERS: dict[str, tuple[list[str | bytes], str]] = {
    # topic: what is typed, what the file says; topics are imported in this order
    "a-number": (["2"], "closed: it was chosen"),
    "b-name": (["closed"], "closed: it was chosen"),
    "c-record": (["3"], "the record's own timestamp: it was chosen"),
    "d-none": ([""], OPEN),
    "e-wrong": (["0", "4", "²", "clos", "[red]\\", "1"], "opened: it was chosen"),
    "f-wrong-then-none": (["no", ""], OPEN),
    "g-no-text": ([b"\xff", "2"], "closed: it was chosen"),
    "h-arrow-key": (["\x1b[A", "2"], "closed: it was chosen"),
}


def test_an_answer_is_taken_or_asked_for_again(tmp_path: Path) -> None:
    known = registry(CASE, topics=tuple(ANSWERS))
    with at_terminal(known, *IMPORT, cwd=tmp_path) as screen:
        for topic, (lines, _) in ANSWERS.items():
            screen.awaits(f"{topic}: {QUESTION}")
            for line in lines:
                screen.awaits(PROMPT)
                screen.types(line)
        assert screen.ended() == 0
    for topic, (lines, said) in ANSWERS.items():
        for wrong in lines[:-1]:
            shown = wrong.replace("\x1b", "") if isinstance(wrong, str) else "�"
            assert f"\n{shown} is not a number from 1 to 3 or a name of the list.\n" in screen.text
        assert f" Event time is {said}" in table(tmp_path, topic)
        assert f"\n{topic}  new file tables/{topic}.sql\n" in screen.text
    assert "\x1b" not in screen.text


def test_the_question_fits_a_narrow_screen(tmp_path: Path) -> None:
    with at_terminal(registry(CASE), *IMPORT, cwd=tmp_path, width=40) as screen:
        screen.awaits("cases: ")
        shown = screen.awaits("then it is 3").splitlines()
        screen.ends_input()
        assert screen.ended() == 0
    assert shown == [
        "which of these tells when a",
        "record happened?",
        "  1. opened: When the customer opened",
        "     it, by the help desk's own clock",
        "  2. closed",
        "  3. the record's own timestamp, which",
        "     Kafka keeps",
        "Its number or name, or Enter if you do",
        "not know (then it is 3",
    ]
    assert "\ncases  new file" in screen.text  # it does not stand behind the prompt
    assert OPEN in table(tmp_path)
    assert "--event-time cases=COLUMN chooses" in " ".join(screen.text.split())


INTERRUPTED: dict[str, tuple[list[Any], str]] = {
    "at the question": ([CASE], PROMPT),
    "at the diff": ([PLAIN, WIDER], "[y/N] "),
}


@pytest.mark.parametrize("where", INTERRUPTED)
def test_ctrl_c_changes_nothing(where: str, tmp_path: Path) -> None:
    versions, prompt = INTERRUPTED[where]
    if len(versions) > 1:
        imported(registry(versions[0]), tmp_path)
    before = files(tmp_path / "tables")
    with at_terminal(registry(*versions), *IMPORT, cwd=tmp_path) as screen:
        screen.awaits(prompt)
        assert screen.interrupted() == 130
    assert files(tmp_path / "tables") == before
    assert re.search(rf"{re.escape(prompt)}(\^C)+\n$", screen.text)


DECISIONS: dict[str, tuple[str | None, bool]] = {
    # topic: what is typed (Ctrl-D where None), whether the file is changed
    "a-no": ("n", False),
    "b-enter": ("", False),
    "c-other": ("sure", False),
    "d-end": (None, False),
    "e-yes": ("y", True),
    "f-loud-yes": ("YES", True),
}


def test_a_file_is_changed_as_the_diff_says_or_not_at_all(tmp_path: Path) -> None:
    topics = tuple(DECISIONS)
    imported(registry(PLAIN, topics=topics), tmp_path)
    newer = registry(PLAIN, WIDER, topics=topics)
    planned = {one.topic: one for one in imported(newer, tmp_path)}
    with at_terminal(newer, *IMPORT, cwd=tmp_path, width=40) as screen:
        for topic, (answer, _) in DECISIONS.items():
            shown = screen.awaits("[y/N]")
            assert f"\n{topic}  to change\n  {topic}-value version 1 to 2\n" in shown
            diff = planned[topic].diff().replace(f"{tmp_path}/", "")
            assert "".join(f"  {line}\n" for line in diff.splitlines()) in shown
            if answer is None:
                screen.ends_input()
            else:
                screen.types(answer)
        assert screen.ended() == 0
    for topic, (_, changed) in DECISIONS.items():
        assert (f"\ntables/{topic}.sql stays as it is.\n" in screen.text) is not changed
        plan = planned[topic]
        assert plan.file.read_text() == (plan.after if changed else plan.before)


HOSTILE = {
    "type": "object",
    "title": "[bold]all[/bold] \x1b]0;T\x07 of it",
    "properties": {
        "[red]at[/red]": {
            "type": "string",
            "format": "date-time",
            "description": "a\x1b[2J\n  2. forged \u202eb \x9b31m :smile:",
        },
        ":smile:": {"type": "string", "format": "date-time"},
        "up\x1b[1A\n  9. forged": {"type": "string", "format": "date-time"},
        "\u202eback": {"type": "string", "format": "date-time"},
        "in\u200bvisible": {"type": "string", "format": "date-time"},
    },
    "required": ["[red]at[/red]", ":smile:"],
}


def test_names_and_texts_from_the_registry_are_shown_as_text(tmp_path: Path) -> None:
    known = MemoryRegistry()
    known.register("notes-value", {**HOSTILE, "title": "Notes"}, "JSON")
    imported(known, tmp_path)
    for subject in ("cases-value", "notes-value"):
        known.register(subject, HOSTILE, "JSON")
    with at_terminal(known, *IMPORT, cwd=tmp_path) as screen:
        shown = screen.awaits(PROMPT)
        screen.types("[red]at[/red]")
        noted = screen.awaits("[y/N]")
        screen.types("y")
        assert screen.ended() == 0
    assert [line for line in shown.splitlines() if re.match(r" +\d", line)] == [
        "  1. [red]at[/red]: a [2J 2. forged b 31m :smile:",
        "  2. :smile:",
        "  3. the record's own timestamp, which Kafka keeps",
    ]
    for name in (r"'up\x1b[1A\n  9. forged'", r"'\u202eback'", r"'in\u200bvisible'"):
        assert f"Note: A property is left out: {name} can name no column." in noted
    assert "\n  +) COMMENT '[bold]all[/bold] ]0;T of it'\n" in noted
    texts = (screen.text.replace("\r", ""), table(tmp_path), table(tmp_path, "notes"))
    assert all(text.replace("\n", "").isprintable() for text in texts)


def test_where_there_is_no_terminal_the_options_are_named(tmp_path: Path) -> None:
    imported(registry(PLAIN, topics=("plain",)), tmp_path)
    known = registry(PLAIN, WIDER, topics=("plain",))
    known.register("cases-value", CASE)
    before = table(tmp_path, "plain")
    run = subprocess.run(
        process(known, *IMPORT, cwd=tmp_path),
        input="2\ny\n",
        capture_output=True,
        text=True,
        timeout=60,
        cwd=tmp_path,
        env=environment(),
        check=False,
    )
    said = " ".join(run.stderr.split())
    assert (run.returncode, QUESTION in run.stdout) == (1, False)
    assert "cases: which of opened, closed tells when a record happened is open" in said
    assert "--event-time cases=COLUMN" in said
    assert OPEN in table(tmp_path)
    assert "plain.sql was not changed: run it again with --yes." in said
    assert table(tmp_path, "plain") == before
