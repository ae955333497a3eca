"""The verdict on one answer: right, wrong or abstained, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from enum import StrEnum
from typing import TYPE_CHECKING

from app.evaluation.cases import Case
from app.evaluation.compare import Grid, same

if TYPE_CHECKING:
    from app.answer import Answer, QueryResult


class Outcome(StrEnum):
    """What became of a case."""

    RIGHT = "right"
    WRONG = "wrong"
    ABSTAINED = "abstained"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Result:
    """A case with what came of it.

    Attributes:
        case: The case.
        outcome: The verdict.
        seconds: Wall time of its question, without those before it.
        why: What is wrong with the answer, in words; empty where it is right.
        understood: How the question was read, in words.
        text: The answer.
        notices: Its remarks.
        sql: The queries that were written for it, run or refused.
        documents: Those it cites.
        expected: The expected rows; None where none are, or they could not be worked out.
        given: The rows of each query that ran.
        choices: Where it asked back, the readings to choose from, in words.
    """

    case: Case
    outcome: Outcome
    seconds: float = 0.0
    why: str = ""
    understood: str = ""
    text: str = ""
    notices: tuple[str, ...] = ()
    sql: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    expected: Grid | None = None
    given: tuple[Grid, ...] = ()
    choices: tuple[str, ...] = ()

    @property
    def answered(self) -> bool:
        """Whether an answer was given, be it right or wrong; being right to abstain is none."""
        rightly_silent = self.case.abstain and self.outcome is Outcome.RIGHT
        return self.outcome in (Outcome.RIGHT, Outcome.WRONG) and not rightly_silent


def judge(
    case: Case, answer: Answer, expected: Grid | None, zone: tzinfo = UTC
) -> tuple[Outcome, str]:
    """The verdict on an answer, and what is wrong with it.

    An answer without a query result has abstained, whatever it says or asks back. Where only a
    document is expected, an answer that cites nothing has.

    Args:
        case: What was asked, and what is expected.
        answer: What was answered.
        expected: The expected rows, where there are any.
        zone: The time zone of times without one.
    """
    results = answer.results
    if case.abstain and results:
        return Outcome.WRONG, "it was answered with a query"
    if case.expects_rows and not results:
        return Outcome.ABSTAINED, _silence(answer)
    if case.document and not answer.sources:
        return Outcome.ABSTAINED, "nothing was cited"
    if expected is not None:
        grids = [grid_of(result) for result in results]
        if not any(same(expected, g, ordered=case.ordered, zone=zone) for g in grids):
            return Outcome.WRONG, "other rows" + _cut(results)
    cited = [p.document for p in answer.passages]
    if case.document and not any(case.document.lower() in name.lower() for name in cited):
        return Outcome.WRONG, f"it does not cite {case.document}"
    return Outcome.RIGHT, ""


def grid_of(result: QueryResult) -> Grid:
    """The rows of a query result; columns may share a name, so they are taken by position."""
    columns = tuple(column.to_pylist() for column in result.table.columns)
    return Grid(columns, len(result), result.columns)


def _silence(answer: Answer) -> str:
    asked = len(answer.choices)
    return f"it asked back, giving {asked} choices" if asked else "no query was run"


def _cut(results: Sequence[QueryResult]) -> str:
    return " (cut off at the row limit)" if any(r.truncated for r in results) else ""
