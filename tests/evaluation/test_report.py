"""The figures, and what is printed and written of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from rich.console import Console

from app import cli_evaluation, terminal
from app.errors import ConfigError
from app.evaluation import report
from app.evaluation.cases import Case, CaseFile
from app.evaluation.compare import Grid
from app.evaluation.judge import Outcome, Result
from app.evaluation.report import FileReport, figures
from app.evaluation.session import Session

NOW = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)


def results(outcomes: str, *, tags: tuple[str, ...] = (), abstain: bool = False) -> list[Result]:
    """A result for each letter: right, wrong, abstained, error; they took 1, 2, 3 ... seconds."""
    by_letter = {str(outcome)[0]: outcome for outcome in Outcome}
    case = Case("How many?", 4, rows=((3,),), abstain=abstain, tags=tags)
    return [Result(case, by_letter[o], float(i)) for i, o in enumerate(outcomes, 1)]


def file_report(name: str, some: Sequence[Result]) -> FileReport:
    cases = tuple(r.case for r in some)
    return FileReport(CaseFile(Path(f"{name}.yaml"), name, cases, NOW), tuple(some))


@pytest.mark.parametrize(
    ("outcomes", "accuracy", "precision", "median", "p95"),
    [
        ("", 0.0, None, 0.0, 0.0),
        ("r", 1.0, 1.0, 1.0, 1.0),
        ("rrrw", 0.75, 0.75, 2.5, 4.0),
        ("rrra", 0.75, 1.0, 2.5, 4.0),
        ("rrre", 0.75, 1.0, 2.5, 4.0),
        ("ae", 0.0, None, 1.5, 2.0),
        ("r" * 19 + "w", 0.95, 0.95, 10.5, 19.0),
        ("r" * 100, 1.0, 1.0, 50.5, 95.0),
    ],
)
def test_figures(
    outcomes: str, accuracy: float, precision: float | None, median: float, p95: float
) -> None:
    one = figures(results(outcomes))
    assert (one.accuracy, one.precision, one.median, one.p95) == (accuracy, precision, median, p95)
    assert one.cases == one.right + one.wrong + one.abstained + one.errors == len(outcomes)


def test_being_right_to_abstain_counts_for_accuracy_not_for_precision() -> None:
    one = figures([*results("rw"), *results("rr", abstain=True)])
    assert (one.accuracy, one.precision) == (0.75, 0.5)


def test_every_tag_has_its_figures() -> None:
    some = [*results("rw", tags=("sum", "filter", "sum")), *results("r", tags=("filter",))]
    tags = report.by_tag(some)
    assert {t: (f.cases, f.right) for t, f in tags.items()} == {"filter": (3, 2), "sum": (2, 1)}
    assert list(tags) == ["filter", "sum"]


def test_a_share_is_never_rounded_up_to_all() -> None:
    cells = report.cells("shop", figures(results("r" * 1999 + "w")))
    assert cells[6] == "99.9%"
    assert report.cells("shop", figures(results("rr")))[6] == "100.0%"
    assert report.cells("shop", figures(results("r" * 29 + "w" * 71)))[6] == "29.0%"


def test_the_table_has_tags_files_and_all() -> None:
    one, two = file_report("one", results("rw", tags=("sum",))), file_report("two", results("r"))
    assert [[line[0] for line in section] for section in report.table([one])] == [["sum"], ["one"]]
    table = report.table([one, two])
    assert [[line[:4] for line in section] for section in table] == [
        [("sum", "2", "1", "1")],
        [("one", "2", "1", "1"), ("two", "1", "1", "0"), ("all", "3", "2", "1")],
    ]
    assert {len(line) for section in table for line in section} == {len(report.HEADINGS) + 1}


FAILED = Result(
    Case("and in Berlin?", 9, sql="SELECT 3", says=("3.5",), after=("How many?",)),
    Outcome.WRONG,
    why="other rows; it does not say “3.5”",
    text="There are 4.",
    understood="counting [bold]orders\x1b[31m",
    sql=("SELECT 4\nFROM t",),
    expected=Grid.of_rows([[Decimal("3.50"), NOW]]),
    given=(Grid(((1, 2, 3, 4, 5), (None,) * 5), 5, ("n", "m")),),
)


def test_failures_are_shown_with_what_was_expected(monkeypatch: pytest.MonkeyPatch) -> None:
    console = Console(width=100, record=True, file=None, highlight=False)
    monkeypatch.setattr(terminal, "out", console)
    with console.capture() as captured:
        cli_evaluation.show([file_report("shop", [FAILED, *results("r")])])
    shown = captured.get()
    for part in (
        "shop.yaml:9: How many? / and in Berlin?",
        "wrong: other rows; it does not say “3.5”",
        "understood: counting [bold]orders[31m",
        "  SELECT 4\n  FROM t",
        "expected: (3.50, 2026-11-22 17:30:00+00:00)",
        "given:    (1, None) (2, None) (3, None) and 2 more",
        "said:     There are 4.",
        "accuracy",
        "50.0%",
    ):
        assert part in shown
    assert "shop.yaml:4" not in shown


def test_the_figures_fit_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    console = Console(width=80, highlight=False)
    monkeypatch.setattr(terminal, "out", console)
    with console.capture() as captured:
        cli_evaluation.show([file_report("shop", results("rw", tags=("order-to-chan",)))])
    shown = captured.get()
    assert "…" not in shown
    assert "order-to-chan " in shown


def test_json_holds_everything_as_plain_values() -> None:
    whole = report.to_json([file_report("shop", [FAILED, *results("ra")])])
    assert json.loads(json.dumps(whole)) == whole
    assert whole["figures"]["accuracy"] == pytest.approx(1 / 3)
    [file] = whole["files"]
    assert (file["name"], file["now"]) == ("shop", "2026-11-22T17:30:00+00:00")
    failed = file["cases"][0]
    assert failed["outcome"] == "wrong"
    assert failed["expected"]["says"] == ["3.5"]
    assert failed["expected"]["rows"]["first"] == [["3.50", "2026-11-22T17:30:00+00:00"]]
    assert failed["given"][0]["count"] == 5
    assert failed["given"][0]["columns"] == ["n", "m"]


CASES = """\
cases:
  - {question: a, abstain: true, tags: [sum]}
  - {question: b, abstain: true, tags: [filter]}
"""


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    path = tmp_path / "cases.yaml"
    path.write_text(CASES)
    return path


def test_an_unknown_tag_is_said(cases: Path) -> None:
    with pytest.raises(ConfigError, match=r"No case has the tag fliter\. Did you mean filter\?"):
        Session([cases], tags=["fliter"])
    with pytest.raises(ConfigError, match=r"Tags are: filter, sum\."):
        Session([cases], tags=["zzz"])


def test_a_place_that_cannot_be_written_is_said_before_anything_is_asked(cases: Path) -> None:
    with pytest.raises(ConfigError, match="no folder"):
        Session([cases], json_file=cases.parent / "absent" / "out.json")


def test_what_is_there_is_saved_and_says_that_it_is_not_all(cases: Path) -> None:
    out = cases.parent / "out.json"
    session = Session([cases], json_file=out)
    session.save()
    assert json.loads(out.read_text())["complete"] is False
    assert not session.reaches(0.5)
    assert session.reaches(0.0)
