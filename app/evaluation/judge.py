"""The verdict on one answer: right, wrong or abstained, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from enum import StrEnum
from typing import TYPE_CHECKING

from app.evaluation.cases import Case
from app.evaluation.compare import Grid, same
from app.evaluation.says import says

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
        """Whether an answer was given, be it right or wrong; being right to give none is none."""
        rightly_silent = self.case.is_silent and self.outcome is Outcome.RIGHT
        return self.outcome in (Outcome.RIGHT, Outcome.WRONG) and not rightly_silent


def judge(
    case: Case, answer: Answer, expected: Grid | None, zone: tzinfo = UTC
) -> tuple[Outcome, str]:
    """The verdict on an answer, and what is wrong with it.

    Whatever a case expects must hold. An answer without a query result has abstained, whatever it
    says or asks back. Where no rows are expected, an answer that cites nothing has.

    Args:
        case: What was asked, and what is expected.
        answer: What was answered.
        expected: The expected rows, where there are any.
        zone: The time zone of times without one.
    """
    if case.is_silent and answer.results:
        return Outcome.WRONG, "it was answered with a query"
    if case.ask_back and not answer.choices:
        return Outcome.ABSTAINED, "it asked nothing back"
    if case.expects_rows and not answer.results:
        return Outcome.ABSTAINED, _silence(answer)
    if case.document and not answer.sources:
        return Outcome.ABSTAINED, "nothing was cited"
    faults = "; ".join(_faults(case, answer, expected, zone))
    if not faults:
        return Outcome.RIGHT, ""
    has_answered = answer.sources or case.is_silent
    return (Outcome.WRONG if has_answered else Outcome.ABSTAINED), faults


def _faults(case: Case, answer: Answer, expected: Grid | None, zone: tzinfo) -> Iterator[str]:
    """What is wrong with an answer, or missing in it."""
    if expected is not None:
        grids = [grid_of(result) for result in answer.results]
        if not any(same(expected, g, ordered=case.ordered, zone=zone) for g in grids):
            yield "other rows" + _cut(answer.results)
    cited = [p.document.lower() for p in answer.passages]
    wanted = [part.strip().lower() for part in case.document.split("|")]
    if case.document and not any(part in name for part in wanted for name in cited):
        yield f"it does not cite {case.document}"
    yield from (f"it does not say “{item}”" for item in case.says if not says(answer.text, item))
    yield from (f"it says “{item}”" for item in case.says_not if says(answer.text, item))


def grid_of(result: QueryResult) -> Grid:
    """The rows of a query result; columns may share a name, so they are taken by position."""
    columns = tuple(column.to_pylist() for column in result.table.columns)
    return Grid(columns, len(result), result.columns)


def _silence(answer: Answer) -> str:
    asked = len(answer.choices)
    return f"it asked back, giving {asked} choices" if asked else "no query was run"


def _cut(results: Sequence[QueryResult]) -> str:
    return " (cut off at the row limit)" if any(r.truncated for r in results) else ""
