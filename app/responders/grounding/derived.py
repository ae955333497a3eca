"""Differences, ratios, sums and shares of the values of a result, where the text speaks of such."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any, get_args

from app.responders.grounding.amounts import Amount
from app.responders.grounding.claims import Claim
from app.responders.grounding.tables import Sheet
from app.responders.grounding.wording import Operation, operations

_MOST_ROWS = 40
_MOST_COLUMNS = 8
_ALL_ROWS = 6
_MOST_PAIRED = 14
_MOST_RESULTS = 6
_MOST_MOMENTS = 4
Numbers = list[float | None]
Values = dict[str, list[float]]
_KINDS = (*get_args(Operation), "change", "seconds")


@dataclass(frozen=True, slots=True)
class _Table:
    """The part of a result that is small enough for pairs.

    Attributes:
        columns: Columns of numbers.
        totals: The total of each, over all rows.
        moments: Columns of moments.
        labels: The texts of each row, case-folded.
    """

    columns: list[Numbers]
    totals: list[float]
    moments: list[list[datetime | None]]
    labels: list[list[str]]

    @classmethod
    def of(cls, sheet: Sheet) -> _Table:
        rows = min(len(sheet.result), _MOST_ROWS)
        found = [c for c in sheet.columns if c.is_numeric and len(c.numbers)][:_MOST_COLUMNS]
        labels: list[list[str]] = [[] for _ in range(rows)]
        moments: list[list[datetime | None]] = []
        for column in sheet.columns:
            if column.is_numeric:
                continue
            values = column.values[:rows]
            if any(isinstance(v, datetime) for v in values) and len(moments) < _MOST_MOMENTS:
                moments.append([v if isinstance(v, datetime) else None for v in values])
            for i, value in enumerate(values):
                if isinstance(value, str) and len(value) > 1:
                    labels[i].append(value.casefold())
        numbers = [[_finite(v) for v in c.values[:rows]] for c in found]
        return cls(numbers, [float(c.numbers.sum()) for c in found], moments, labels)

    def mentioned(self, around: str) -> list[int]:
        """The rows that a text names."""
        return [i for i, said in enumerate(self.labels) if any(s in around for s in said)]

    def paired(self, mentioned: Sequence[int]) -> list[int]:
        """The rows whose values may be set against each other.

        Of few rows all; else those that are named, the first, the last and the extremes, which need
        no name. All pairs of many rows would bear out any number.
        """
        count = len(self.labels)
        if count <= _ALL_ROWS:
            return list(range(count))
        kept = [*mentioned, 0, 1, count - 1]
        for column in self.columns:
            known = [i for i, v in enumerate(column) if v is not None]
            if known:
                kept += [f(known, key=lambda i: column[i] or 0.0) for f in (max, min)]
        return list(dict.fromkeys(kept))[:_MOST_PAIRED]


class Derived:
    """What can be computed from the results of the evidence. Works only once it is asked."""

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        self._sheets = sheets[:_MOST_RESULTS]
        self._tables: list[_Table] | None = None
        self._values: dict[tuple[int, tuple[int, ...]], Values] = {}

    def bear(self, claim: Claim, sentence: str, around: str) -> bool:
        """Whether a result gives the claim by an operation that its sentence speaks of.

        Args:
            claim: A number, a percentage or a length of time.
            sentence: The claim's sentence.
            around: All of its paragraph, which may name the rows that it is about.
        """
        kinds = _kinds(claim, sentence)
        if not kinds or not claim.amounts:
            return False
        if self._tables is None:
            self._tables = [_Table.of(sheet) for sheet in self._sheets]
        folded = around.casefold()
        named = [tuple(table.mentioned(folded)) for table in self._tables]
        for i, (table, mentioned) in enumerate(zip(self._tables, named, strict=True)):
            if any(named) and not mentioned and any(table.labels):
                continue  # it is about the rows of another result
            if (i, mentioned) not in self._values:
                self._values[i, mentioned] = _derive(table, mentioned)
            values = self._values[i, mentioned]
            if any(_among(claim, kind, values[kind]) for kind in kinds):
                return True
        return False


def _kinds(claim: Claim, sentence: str) -> set[str]:
    spoken = operations(sentence)
    kinds = {str(kind) for kind in spoken} - {"share"}
    match claim.kind:
        case "percent":
            return {"share"} | ({"difference", "change"} if "difference" in kinds else set())
        case "length":
            return kinds | {"seconds"}
        case "ratio":
            return {"ratio"}
        case "date" | "clock" | "ordinal":
            return set()
        case _:
            return kinds | ({"share"} if "share" in spoken else set())


def _among(claim: Claim, kind: str, values: Sequence[float]) -> bool:
    wanted: tuple[Amount, ...] = claim.amounts
    if kind in {"share", "change"} and claim.kind == "percent":
        wanted = tuple(a.times(0.01) for a in wanted)
    elif claim.kind == "length" and kind != "seconds":
        wanted = claim.bare
    if kind in {"ratio", "mean", "product"}:
        wanted = tuple(map(_closely, wanted))
    return any(a.among(values) for a in wanted)


def _closely(amount: Amount) -> Amount:
    """A small whole number is too vague for a ratio: 3 times may be anything from 2.5 to 3.5."""
    close = 0.05 * amount.value
    low, high = max(amount.low, amount.value - close), min(amount.high, amount.value + close)
    return Amount(amount.value, amount.step, low, high)


def _derive(table: _Table, mentioned: Sequence[int]) -> Values:
    values: Values = {kind: [] for kind in _KINDS}
    rows = table.paired(mentioned)
    for column, total in zip(table.columns, table.totals, strict=True):
        _of_column(values, column, total, rows, mentioned)
    for i in mentioned or rows:
        row = [column[i] for column in table.columns]
        _of_row(values, [v for v in row if v is not None], named=bool(mentioned))
    _of_moments(values, table.moments, rows)
    return {kind: sorted(abs(v) for v in found) for kind, found in values.items()}


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _of_column(
    values: Values, column: Numbers, total: float, rows: Sequence[int], mentioned: Sequence[int]
) -> None:
    known = [v for i in rows if (v := column[i]) is not None]
    named = math.fsum(v for i in mentioned if (v := column[i]) is not None)
    values["sum"].append(named)
    running = 0.0
    for value in column:  # the first three together
        running += value or 0.0
        values["sum"].append(running)
    for part in (*known, named):
        values["remainder"].append(total - part)
        if total:
            values["share"].append(part / total)
    for i, j in combinations(rows, 2):
        a, b = column[i], column[j]
        if a is None or b is None or (mentioned and i not in mentioned and j not in mentioned):
            continue
        values["difference"].append(a - b)
        values["sum"].append(a + b)
        for part, whole in ((a, b), (b, a)):
            if whole:
                values["ratio"].append(part / whole)
                values["change"].append((part - whole) / whole)


def _of_row(values: Values, row: Sequence[float], *, named: bool) -> None:
    for a, b in combinations(row, 2):
        values["difference"].append(a - b)
        values["remainder"].append(a - b)
        values["sum"].append(a + b)
        if named:
            values["product"].append(a * b)
        for part, whole in ((a, b), (b, a)):
            if whole:
                values["ratio"].append(part / whole)
                values["mean"].append(part / whole)
                values["share"].append(part / whole)
                values["change"].append((part - whole) / whole)


def _of_moments(
    values: Values, columns: Sequence[Sequence[datetime | None]], rows: Sequence[int]
) -> None:
    """How long it took from one to the next, within a row or from row to row."""
    for i in rows:
        _between(values, [column[i] for column in columns])
    for column in columns:
        _between(values, [column[i] for i in rows])


def _between(values: Values, moments: Sequence[Any]) -> None:
    known = [m for m in moments if m is not None]
    for a, b in combinations(known, 2):
        if (a.tzinfo is None) == (b.tzinfo is None):
            values["seconds"].append((a - b).total_seconds())
