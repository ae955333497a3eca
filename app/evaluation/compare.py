"""Whether an answer's rows are the expected ones: by value, whatever its columns are called."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from itertools import pairwise
from typing import Any

TOLERANCE = 1e-9
"""How far two numbers may lie apart, relative to the larger, where one of them is a float."""

# From so many digits on, a DECIMAL is taken for a rounded quotient: Flink's AVG gives six.
_ROUNDED = 4

# Cells that the search for matching columns looks at before it gives up: about two seconds. Only
# columns that are alike in every way but one get near it.
_MOST_CELLS = 20_000_000

_Number = int | float | Decimal
_Codes = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows, held by column.

    Attributes:
        columns: The values of each column.
        count: How many rows there are.
        names: What the columns are called; may be empty.
    """

    columns: tuple[Sequence[Any], ...]
    count: int
    names: tuple[str, ...] = ()

    @classmethod
    def of_rows(cls, rows: Sequence[Sequence[Any]]) -> Grid:
        """Rows of equal length as a grid.

        >>> Grid.of_rows([[1, "a"], [2, "b"]]).columns
        ((1, 2), ('a', 'b'))
        """
        return cls(tuple(zip(*rows, strict=True)), len(rows))

    def rows(self, limit: int | None = None) -> list[list[Any]]:
        """The rows, or the first of them."""
        count = self.count if limit is None else min(limit, self.count)
        return [[column[i] for column in self.columns] for i in range(count)]


def same(expected: Grid, given: Grid, *, ordered: bool = False, zone: tzinfo = UTC) -> bool:
    """Whether some choice of the given columns, in any order, gives the expected rows.

    Numbers are compared by value, whatever their types: exactly, or within `TOLERANCE` where one of
    them is a float, or as rounded where one is a DECIMAL of many digits. Times are compared as
    instants, a date as its midnight. NULL equals NULL.

    Args:
        expected: What must be there.
        given: What is there; it may have further columns, but no further rows.
        ordered: Whether the order of the rows counts.
        zone: The time zone of times without one.

    >>> same(Grid.of_rows([[3, "a"]]), Grid.of_rows([["a", 0, 3.0]]))
    True
    """
    if expected.count != given.count or len(expected.columns) > len(given.columns):
        return False
    if not expected.count:
        return True
    coded = _coded((*expected.columns, *given.columns), zone)
    wanted, offered = coded[: len(expected.columns)], coded[len(expected.columns) :]
    if ordered:
        return not Counter(wanted) - Counter(offered)
    return _Search(wanted, offered).succeeds()


class _Search:
    """Looks for the given columns that make up the expected rows, as multisets.

    Column by column, rows are told apart by what was chosen so far: `_Level` holds how many
    expected rows there are of each kind, and a choice stands only if the given rows agree.
    """

    def __init__(self, wanted: Sequence[_Codes], offered: Sequence[_Codes]) -> None:
        tally: dict[_Codes, Hashable] = {c: _tally(c) for c in {*wanted, *offered}}
        alike = {w: [o for o in dict.fromkeys(offered) if tally[o] == tally[w]] for w in wanted}
        # The column with the fewest candidates first, then the one that tells most rows apart.
        order = sorted(wanted, key=lambda w: (len(alike[w]), -len(set(w))))
        self._candidates = [alike[w] for w in order]
        self._left = Counter(offered)
        self._levels = list(_levels(order)) if all(self._candidates) else []
        self._cells = _MOST_CELLS

    def succeeds(self) -> bool:
        """Whether there is such a choice; False too where none was found in the time allowed."""
        if not self._levels:
            return False
        return self._from(0, (0,) * len(self._candidates[0][0]))

    def _from(self, depth: int, kinds: _Codes) -> bool:
        if depth == len(self._levels):
            return True
        level = self._levels[depth]
        for column in self._candidates[depth]:
            if not self._left[column]:  # equal columns are one candidate, to be used that often
                continue
            self._cells -= len(column)
            if self._cells < 0:
                return False
            finer = level.refine(kinds, column)
            if finer is None:
                continue
            self._left[column] -= 1
            if self._from(depth + 1, finer):
                return True
            self._left[column] += 1
        return False


@dataclass(frozen=True, slots=True)
class _Level:
    kinds: dict[tuple[int, int], int]
    tally: Counter[int]

    def refine(self, kinds: _Codes, column: _Codes) -> _Codes | None:
        """The given rows' kinds with one more column; None where the expected rows differ."""
        try:
            finer = tuple(map(self.kinds.__getitem__, zip(kinds, column, strict=True)))
        except KeyError:
            return None
        return finer if Counter(finer) == self.tally else None


def _levels(columns: Iterable[_Codes]) -> Iterator[_Level]:
    kinds: _Codes = ()
    for column in columns:
        numbers: dict[tuple[int, int], int] = {}
        pairs = zip(kinds or (0,) * len(column), column, strict=True)
        kinds = tuple(numbers.setdefault(pair, len(numbers)) for pair in pairs)
        yield _Level(numbers, Counter(kinds))


def _tally(column: _Codes) -> Hashable:
    return frozenset(Counter(column).items())


def _coded(columns: Sequence[Sequence[Any]], zone: tzinfo) -> list[_Codes]:
    """Each value as a number, the same for values that count as equal."""
    numbers = {n for column in columns for value in column for n in _numbers(value)}
    alike = _alike(numbers)
    codes: dict[Hashable, int] = {}
    return [
        tuple(codes.setdefault(_key(value, alike, zone), len(codes)) for value in column)
        for column in columns
    ]


def _numbers(value: object) -> Iterator[_Number]:
    match value:
        case bool():
            return
        case int() | float() | Decimal():
            if not _is_nan(value):
                yield value
        case dict():
            yield from (n for item in value.values() for n in _numbers(item))
        case list() | tuple():
            yield from (n for item in value for n in _numbers(item))


def _alike(numbers: set[_Number]) -> dict[_Number, _Number]:
    """For each number the one that stands for all that count as equal to it.

    Neighbours are taken together. Two exact ones are not, however near: they are identifiers, or
    milliseconds since 1970.
    """
    ordered = sorted(numbers)
    stands = {n: n for n in ordered[:1]}
    for low, high in pairwise(ordered):
        stands[high] = stands[low] if _near(low, high) else high
    return stands


def _is_nan(value: _Number) -> bool:
    return not isinstance(value, int) and math.isnan(value)  # an int may be too large for a float


def _near(a: _Number, b: _Number) -> bool:
    """Whether two numbers that differ may be the same one, computed in two ways."""
    rounded = [n for n in map(_places, (a, b)) if n >= _ROUNDED]
    if not isinstance(a, float) and not isinstance(b, float):
        units = Decimal(10) ** -min(rounded, default=0)
        return len(set(rounded)) == 2 and abs(Decimal(a) - Decimal(b)) * 2 <= units
    half = 0.5 * 10.0 ** -min(rounded) if rounded else 0.0
    try:
        return math.isclose(float(a), float(b), rel_tol=TOLERANCE, abs_tol=half)
    except OverflowError:
        return False


def _places(number: _Number) -> int:
    """Digits of a DECIMAL behind the point; none of any other number."""
    exponent = number.as_tuple().exponent if isinstance(number, Decimal) else 0
    return -exponent if isinstance(exponent, int) else 0


def _key(value: Any, alike: dict[_Number, _Number], zone: tzinfo) -> Hashable:
    match value:
        case None:
            return None
        case bool() | str() | bytes() | timedelta() | time():
            return type(value).__name__, value
        case int() | float() | Decimal():
            return "number", "nan" if _is_nan(value) else alike[value]
        case date():
            return "instant", _instant(value, zone)
        case dict():
            return "row", tuple(_key(item, alike, zone) for item in value.values())
        case list() | tuple():
            return "list", tuple(_key(item, alike, zone) for item in value)
        case _:
            return "other", str(value)


def _instant(value: date, zone: tzinfo) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.combine(value, time())
    local = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    try:
        return local.astimezone(UTC)
    except OverflowError:  # within a day of the first or the last moment there is
        return local.replace(tzinfo=UTC)
