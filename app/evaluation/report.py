"""The figures of an evaluation, and all of it as plain JSON values."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app import plain
from app.evaluation.cases import Case, CaseFile
from app.evaluation.compare import Grid
from app.evaluation.judge import Outcome, Result

_ROWS_KEPT = 20


@dataclass(frozen=True, slots=True)
class Figures:
    """How a number of cases went.

    Attributes:
        cases: How many there are.
        right: Those with the right answer, or rightly without one.
        wrong: Those with another answer than the expected one.
        abstained: Those that were not answered, though they should have been.
        errors: Those that raised an error.
        accuracy: right / cases.
        precision: Of the answers given, the part that is right; None where none was given. Being
            right to abstain gives no answer.
        median: Seconds for a question, half of them.
        p95: Seconds for a question, 95 in 100 of them.
    """

    cases: int
    right: int
    wrong: int
    abstained: int
    errors: int
    accuracy: float
    precision: float | None
    median: float
    p95: float


@dataclass(frozen=True, slots=True)
class FileReport:
    """A case file with the results of its cases, as far as they were asked.

    Attributes:
        file: The case file.
        results: In the order asked.
    """

    file: CaseFile
    results: tuple[Result, ...]


def figures(results: Sequence[Result]) -> Figures:
    """The figures of some results; of none, all of them are 0."""
    count = {outcome: sum(r.outcome is outcome for r in results) for outcome in Outcome}
    answered = [r.outcome is Outcome.RIGHT for r in results if r.answered]
    seconds = sorted(r.seconds for r in results)
    return Figures(
        cases=len(results),
        right=count[Outcome.RIGHT],
        wrong=count[Outcome.WRONG],
        abstained=count[Outcome.ABSTAINED],
        errors=count[Outcome.ERROR],
        accuracy=count[Outcome.RIGHT] / len(results) if results else 0.0,
        precision=sum(answered) / len(answered) if answered else None,
        median=statistics.median(seconds) if seconds else 0.0,
        p95=seconds[math.ceil(0.95 * len(seconds)) - 1] if seconds else 0.0,
    )


def by_tag(results: Iterable[Result]) -> dict[str, Figures]:
    """The figures of each tag, in alphabetical order."""
    tagged: dict[str, list[Result]] = {}
    for result in results:
        for tag in dict.fromkeys(result.case.tags):
            tagged.setdefault(tag, []).append(result)
    return {tag: figures(tagged[tag]) for tag in sorted(tagged)}


def cells(name: str, one: Figures) -> tuple[str, ...]:
    """A line of the table: a name, then what `HEADINGS` say.

    >>> cells("shop", Figures(4, 3, 0, 1, 0, 0.75, 1.0, 0.52, 1.04))
    ('shop', '4', '3', '0', '1', '0', '75.0%', '100.0%', '0.52s', '1.04s')
    """
    precision = "-" if one.precision is None else _percent(one.precision)
    counts = (one.cases, one.right, one.wrong, one.abstained, one.errors)
    times = (f"{one.median:.2f}s", f"{one.p95:.2f}s")
    return (name, *map(str, counts), _percent(one.accuracy), precision, *times)


HEADINGS = (
    "cases",
    "right",
    "wrong",
    "abstained",
    "errors",
    "accuracy",
    "precision",
    "median",
    "p95",
)


def _percent(share: float) -> str:
    """Cut, not rounded: 100% is all of them."""
    return f"{math.floor(share * 1000 + 1e-9) / 10:.1f}%"


def table(reports: Sequence[FileReport]) -> list[list[tuple[str, ...]]]:
    """The sections of the table: the tags, then the files and all of them together."""
    results = [result for report in reports for result in report.results]
    files = [cells(report.file.name, figures(report.results)) for report in reports]
    if len(reports) > 1:
        files.append(cells("all", figures(results)))
    return [[cells(tag, one) for tag, one in by_tag(results).items()], files]


def to_json(reports: Sequence[FileReport]) -> dict[str, Any]:
    """Everything as plain JSON values; of longer results the first rows."""
    results = [result for report in reports for result in report.results]
    return {
        **_summary(results),
        "files": [
            {
                "file": str(report.file.path),
                "name": report.file.name,
                "now": plain.of_value(report.file.now),
                **_summary(report.results),
                "cases": [of_result(result) for result in report.results],
            }
            for report in reports
        ],
    }


def _summary(results: Sequence[Result]) -> dict[str, Any]:
    return {
        "figures": asdict(figures(results)),
        "tags": {tag: asdict(one) for tag, one in by_tag(results).items()},
    }


def of_result(result: Result) -> dict[str, Any]:
    """A case and what came of it."""
    case = result.case
    return {
        "question": case.question,
        "line": case.line,
        "after": list(case.after),
        "tags": list(case.tags),
        "outcome": str(result.outcome),
        "why": result.why,
        "seconds": round(result.seconds, 3),
        "understood": result.understood,
        "choices": list(result.choices),
        "text": result.text,
        "notices": list(result.notices),
        "sql": list(result.sql),
        "documents": list(result.documents),
        "expected": _expected(case, result.expected),
        "given": [of_grid(grid) for grid in result.given],
    }


def _expected(case: Case, grid: Grid | None) -> Mapping[str, Any]:
    return {
        "sql": case.sql,
        "document": case.document,
        "says": list(case.says),
        "says_not": list(case.says_not),
        "abstain": case.abstain,
        "ask_back": case.ask_back,
        "rows": of_grid(grid) if grid is not None else None,
    }


def of_grid(grid: Grid) -> dict[str, Any]:
    """Rows as JSON can hold them: how many, and the first of them."""
    return {
        "columns": list(grid.names),
        "count": grid.count,
        "first": plain.of_value(grid.rows(_ROWS_KEPT)),
    }
