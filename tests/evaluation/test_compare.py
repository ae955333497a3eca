"""Rows by value: which answers count as the expected one."""

from __future__ import annotations

import random
import time as clock
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.evaluation.compare import Grid, same

Rows = list[list[Any]]

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 22, 12, 0)  # noqa: DTZ001 - as Flink gives a TIMESTAMP
NOON_UTC = NOON.replace(tzinfo=UTC)

EQUAL: list[tuple[str, Rows, Rows]] = [
    ("one number", [[3]], [[3]]),
    ("nothing", [], []),
    ("nothing, whatever the columns", [], []),
    ("int and float", [[3]], [[3.0]]),
    ("int and decimal", [[3]], [[Decimal("3.00")]]),
    ("decimals of two scales", [[Decimal("12.5")]], [[Decimal("12.500")]]),
    ("float and decimal", [[12.35]], [[Decimal("12.35")]]),
    ("floats that differ at the tenth digit", [[0.1 + 0.2]], [[0.3]]),
    ("a quotient rounded to six places", [[511.16347592]], [[Decimal("511.163476")]]),
    ("a quotient rounded twice", [[Decimal("0.333333")]], [[Decimal("0.3333333333")]]),
    ("large floats", [[1e300]], [[1e300 * (1 + 1e-12)]]),
    ("negative floats", [[-1.0]], [[-1.0 - 1e-12]]),
    ("zeros of both signs", [[0.0]], [[-0.0]]),
    ("not a number", [[float("nan")]], [[float("nan")]]),
    ("not a number as a decimal", [[float("nan")]], [[Decimal("NaN")]]),
    ("infinity", [[float("inf")]], [[float("inf")]]),
    ("an int no float can hold", [[10**400]], [[10**400]]),
    ("NULL", [[None]], [[None]]),
    ("text", [["Berlin"]], [["Berlin"]]),
    ("truth", [[True]], [[True]]),
    ("rows in another order", [[1], [2], [2]], [[2], [1], [2]]),
    ("columns in another order", [["a", 1], ["b", 2]], [[1, "a"], [2, "b"]]),
    ("a further column", [["a", 1], ["b", 2]], [["a", 7, 1], ["b", 8, 2]]),
    ("a further column that looks alike", [["a", 1], ["b", 2]], [["a", 2, 1], ["b", 1, 2]]),
    ("both orders at once", [["a", 1], ["b", 2]], [[2, "b"], [1, "a"]]),
    ("the same column twice, given twice", [[1, 1]], [[1, 1]]),
    ("one of two equal columns", [[1]], [[1, 1]]),
    ("NULL beside values", [["a", None], ["b", 1]], [[1, "b"], [None, "a"]]),
    ("a moment with and without a zone", [[NOON_UTC]], [[NOON]]),
    (
        "one moment in two zones",
        [[NOON_UTC]],
        [[datetime(2026, 11, 22, 14, tzinfo=timezone(timedelta(hours=2)))]],
    ),
    ("a date and its midnight", [[date(2026, 11, 22)]], [[datetime(2026, 11, 22, tzinfo=UTC)]]),
    ("a time of day", [[time(9, 30)]], [[time(9, 30)]]),
    ("a span", [[timedelta(hours=1)]], [[timedelta(minutes=60)]]),
    ("bytes", [[b"a"]], [[b"a"]]),
    ("an array", [[[1, 2]]], [[[1.0, Decimal(2)]]]),
    ("a row, whatever its fields are called", [[{"a": 1}]], [[{"b": 1}]]),
    ("columns only rows can tell apart", [[0, 1], [1, 0], [1, 1]], [[1, 0], [0, 1], [1, 1]]),
]

UNEQUAL: list[tuple[str, Rows, Rows]] = [
    ("other number", [[3]], [[4]]),
    ("a number near by", [[3.0]], [[3.00001]]),
    ("exact numbers however near", [[1795370400000]], [[1795370400001]]),
    ("exact decimals however near", [[Decimal("0.333333")]], [[Decimal("0.333334")]]),
    ("a quotient that is off", [[Decimal("0.333333")]], [[Decimal("0.3333339999")]]),
    ("money that is off", [[Decimal("12.35")]], [[12.354]]),
    ("sign", [[1]], [[-1]]),
    ("text of a number", [[3]], [["3"]]),
    ("truth and number", [[1]], [[True]]),
    ("NULL and zero", [[None]], [[0]]),
    ("NULL and nothing", [[None]], [[""]]),
    ("nothing and NULL", [], [[None]]),
    ("text in another case", [["Berlin"]], [["berlin"]]),
    ("text with a space", [["Berlin"]], [["Berlin "]]),
    ("a row too few", [[1], [2]], [[1]]),
    ("a row too many", [[1]], [[1], [2]]),
    ("one row given twice", [[1], [2]], [[1], [1]]),
    ("repeats of another row", [[1], [1], [2]], [[1], [2], [2]]),
    ("a missing column", [["a", 1]], [["a"]]),
    ("a missing column, of equal ones", [[5, 5]], [[5]]),
    ("a column given once, wanted twice", [[1, 1]], [[1, 2]]),
    ("values with the wrong rows", [["a", 1], ["b", 2]], [["a", 2], ["b", 1]]),
    (
        "alike in each two columns, not in three",
        [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]],
        [[1, 1, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]],
    ),
    ("a second later", [[NOON_UTC]], [[NOON_UTC + timedelta(seconds=1)]]),
    ("a moment and its text", [[NOON_UTC]], [["2026-11-22 12:00:00"]]),
    ("a date and noon", [[date(2026, 11, 22)]], [[NOON_UTC]]),
    ("infinities of both signs", [[float("inf")]], [[float("-inf")]]),
    ("an array in another order", [[[1, 2]]], [[[2, 1]]]),
    ("text and bytes", [["a"]], [[b"a"]]),
    ("not a number and NULL", [[float("nan")]], [[None]]),
]


@pytest.mark.parametrize(("what", "expected", "given"), EQUAL, ids=[c[0] for c in EQUAL])
def test_equal(what: str, expected: Rows, given: Rows) -> None:
    assert same(Grid.of_rows(expected), Grid.of_rows(given))


@pytest.mark.parametrize(("what", "expected", "given"), UNEQUAL, ids=[c[0] for c in UNEQUAL])
def test_unequal(what: str, expected: Rows, given: Rows) -> None:
    assert not same(Grid.of_rows(expected), Grid.of_rows(given))


@pytest.mark.parametrize(
    ("expected", "given", "equal"),
    [
        ([[1], [2]], [[1], [2]], True),
        ([[1], [2]], [[2], [1]], False),
        ([["a", 1], ["b", 2]], [[9, 1, "a"], [9, 2, "b"]], True),
        ([["a", 1], ["b", 2]], [[2, "b"], [1, "a"]], False),
        ([[1, 1], [2, 2]], [[1], [2]], False),
        ([[1.0], [2.0]], [[1.0 + 1e-12], [2]], True),
    ],
)
def test_order_counts_where_it_is_asked_for(expected: Rows, given: Rows, equal: bool) -> None:
    assert same(Grid.of_rows(expected), Grid.of_rows(given), ordered=True) is equal


def test_an_empty_answer_needs_the_columns_too() -> None:
    assert same(Grid(((),), 0), Grid(((), ()), 0))
    assert not same(Grid(((), ()), 0), Grid(((),), 0))


def test_a_time_without_a_zone_is_of_the_zone_told() -> None:
    eleven = NOON_UTC.replace(hour=11)
    assert same(Grid.of_rows([[eleven]]), Grid.of_rows([[NOON]]), zone=BERLIN)
    assert not same(Grid.of_rows([[NOON_UTC]]), Grid.of_rows([[NOON]]), zone=BERLIN)
    first = Grid.of_rows([[datetime(1, 1, 1)]])  # noqa: DTZ001
    assert same(first, first, zone=BERLIN)


values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.decimals(allow_nan=False, places=2, min_value=-(10**9), max_value=10**9),
    st.text(max_size=3),
    st.datetimes(timezones=st.just(UTC)),
    st.sampled_from([0, 1]),
)


@given(data=st.data(), width=st.integers(1, 5), count=st.integers(0, 8), seed=st.integers())
def test_permuted_rows_and_columns_are_equal(
    data: st.DataObject, width: int, count: int, seed: int
) -> None:
    column = st.lists(values, min_size=count, max_size=count)
    columns = data.draw(st.lists(column, min_size=width, max_size=width))
    further = data.draw(st.lists(column, max_size=2))
    shuffle = random.Random(seed).shuffle
    order = list(range(count))
    shuffle(order)
    mixed = [[column[i] for i in order] for column in [*columns, *further]]
    shuffle(mixed)
    expected, given_ = Grid(tuple(columns), count), Grid(tuple(mixed), count)
    assert same(expected, given_)
    same_order = Grid((*further, *columns), count)
    assert same(expected, same_order, ordered=True)


@given(
    rows=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=6),
    at=st.integers(0, 5),
)
def test_one_changed_cell_is_unequal(rows: list[tuple[int, int]], at: int) -> None:
    changed = [list(row) for row in rows]
    changed[at % len(rows)][at % 2] = 99
    assert not same(Grid.of_rows(rows), Grid.of_rows(changed))


@pytest.mark.parametrize("alike", [True, False])
def test_columns_that_look_alike_are_told_apart_in_bounded_time(alike: bool) -> None:
    """A rotated board: every column holds the same values, and so does every pair of them."""
    size, random_ = 40, random.Random(7)
    board = [[(i + j) % size for i in range(size)] for j in range(12)]
    rows = [list(row) for row in zip(*board, strict=True)]
    if not alike:
        rows[0][0], rows[1][0] = rows[1][0], rows[0][0]
    started = clock.perf_counter()
    shuffled = [list(row) for row in zip(*board, strict=True)]
    random_.shuffle(shuffled)
    assert same(Grid.of_rows(rows), Grid.of_rows(shuffled)) is alike
    assert clock.perf_counter() - started < 30
