from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engines import changelog
from app.engines.changelog import Changelog

SCHEMA = pa.schema([("k", pa.int64()), ("v", pa.float64()), ("s", pa.list_(pa.int8()))])
Row = tuple[int | None, float | None, tuple[int, ...] | None]
Change = tuple[int, Row]


def batch(rows: Sequence[Row]) -> pa.RecordBatch:
    columns = zip(*rows, strict=True) if rows else ((), (), ())
    arrays = [pa.array(list(c), f.type) for c, f in zip(columns, SCHEMA, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)


def fold(changes: Sequence[Change], key: Sequence[str], cuts: Sequence[int] = ()) -> Changelog:
    log = Changelog(key)
    edges = [0, *sorted(cut % (len(changes) + 1) for cut in cuts), len(changes)]
    for low, high in itertools.pairwise(edges):
        piece = changes[low:high]
        log.fold(np.array([kind for kind, _ in piece], np.int8), batch([row for _, row in piece]))
    return log


def naive(changes: Sequence[Change], keyed: bool) -> list[Row]:
    """The definition: a list, searched for every change."""

    def same(a: Row, b: Row) -> bool:
        return a[0] == b[0] if keyed else repr(a) == repr(b)

    rows: list[Row] = []
    for kind, row in changes:
        at = [i for i, other in enumerate(rows) if same(other, row)]
        if at and (keyed or kind in {1, 3}):
            del rows[at[-1]]
        if kind in {0, 2}:
            rows.append(row)
    return rows


rows = st.tuples(
    st.none() | st.integers(0, 3),
    st.none() | st.sampled_from([0.5, float("nan"), float("inf")]),
    st.none() | st.tuples(st.integers(0, 1)),
)
changes = st.lists(st.tuples(st.integers(0, 3), rows), max_size=30)


@settings(deadline=None)
@given(changes, st.booleans(), st.lists(st.integers(0, 30), max_size=3))
def test_folds_as_defined(all_changes: list[Change], keyed: bool, cuts: list[int]) -> None:
    log = fold(all_changes, ("k",) if keyed else (), cuts)
    expected = naive(all_changes, keyed)
    assert repr(log.snapshot().to_pylist()) == repr(batch(expected).to_pylist())
    assert len(log) == len(expected)


@settings(deadline=None)
@given(changes, st.booleans())
def test_dropping_dead_rows_changes_nothing(all_changes: list[Change], keyed: bool) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(changelog, "_SLACK", 0)
        log = fold(all_changes, ("k",) if keyed else (), range(0, 30, 3))
    assert repr(log.snapshot().to_pylist()) == repr(batch(naive(all_changes, keyed)).to_pylist())


CELLS: list[tuple[pa.DataType, Any, Any]] = [
    (pa.timestamp("ns", "UTC"), datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)),
    (pa.date32(), date(2026, 1, 1), date(2026, 1, 2)),
    (pa.time32("s"), time(3), time(4)),
    (pa.decimal128(10, 2), Decimal("1.10"), Decimal("1.20")),
    (pa.float32(), 1.5, float("nan")),
    (pa.binary(), b"a", b"b"),
    (pa.bool_(), True, False),
]


@pytest.mark.parametrize(("kind", "stays", "goes"), CELLS, ids=str)
def test_every_type_is_matched(kind: pa.DataType, stays: Any, goes: Any) -> None:
    column = pa.array([stays, goes, None, goes, None], kind)
    log = Changelog()
    log.fold(np.array([0, 0, 0, 3, 3], np.int8), pa.RecordBatch.from_arrays([column], ["c"]))
    assert log.snapshot()["c"].to_pylist() == [stays]


def test_kinds_and_rows_must_match() -> None:
    with pytest.raises(ValueError, match="2 row kinds for 1 rows"):
        Changelog().fold(np.zeros(2, np.int8), batch([(1, None, None)]))


def test_no_changes_no_columns() -> None:
    with pytest.raises(ValueError, match="no changes"):
        Changelog().snapshot()
