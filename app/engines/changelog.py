"""Fold a changelog into the rows that hold now.

A continuous query does not give rows but changes to rows: +I inserts one, -U and +U take back and
replace one, -D deletes one. Whoever reads them as rows counts twice.

    >>> import numpy as np, pyarrow as pa
    >>> log = Changelog()
    >>> def rows(*pairs):
    ...     return pa.RecordBatch.from_pylist([{"city": c, "n": n} for c, n in pairs])
    >>> log.fold(np.array([0, 0], np.int8), rows(("Bern", 1), ("Genoa", 1)))
    >>> log.fold(np.array([1, 2, 3], np.int8), rows(("Bern", 1), ("Bern", 2), ("Genoa", 1)))
    >>> log.snapshot().to_pylist()
    [{'city': 'Bern', 'n': 2}]
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

INSERT, UPDATE_BEFORE, UPDATE_AFTER, DELETE = 0, 1, 2, 3
"""Row kinds, numbered as in Flink's `RowKind`."""

_ADDS = frozenset({INSERT, UPDATE_AFTER})
_SLACK = 10_000  # dead rows that are kept before they are dropped
_BIT_PATTERN = {pa.float16(): pa.int16(), pa.float32(): pa.int32(), pa.float64(): pa.int64()}


class Changelog:
    """The state of one folded changelog.

    Without a key the rows are a multiset: a retraction takes back one row that is equal in every
    column. With a key each key has one row: an addition replaces it, a retraction, whatever its
    other columns say (Flink may leave them null), removes it. A retraction of a row that is not
    there changes nothing.

    Args:
        key: Names of the upsert key's columns; empty for a multiset.

    >>> log = Changelog(key=["id"])
    >>> log.fold(np.array([0, 2, 2], np.int8), pa.RecordBatch.from_pydict(
    ...     {"id": [1, 2, 1], "city": ["Bern", "Genoa", "Oslo"]}))
    >>> log.snapshot()["city"].to_pylist(), len(log)
    (['Genoa', 'Oslo'], 2)
    """

    def __init__(self, key: Sequence[str] = ()) -> None:
        self._key = tuple(key)
        self._batches: list[pa.RecordBatch] = []
        self._stored = 0
        # Where each current row lies among the stored ones; several where equal rows repeat.
        self._places: dict[Hashable, list[int]] = {}
        self._rows = 0

    def __len__(self) -> int:
        return self._rows

    def fold(self, kinds: npt.NDArray[np.int8], rows: pa.RecordBatch) -> None:
        """Takes in the next changes, in their order.

        Args:
            kinds: One row kind for each row.
            rows: The rows, all batches of one schema.

        Raises:
            ValueError: There are not as many kinds as rows.
        """
        if len(kinds) != rows.num_rows:
            raise ValueError(f"{len(kinds)} row kinds for {rows.num_rows} rows")
        place = self._stored
        for kind, row in zip(kinds.tolist(), self._identities(rows), strict=True):
            if kind in _ADDS:
                self._add(row, place)
            else:
                self._remove(row)
            place += 1
        self._batches.append(rows)
        self._stored = place
        if self._stored > 2 * self._rows + _SLACK:
            self._compact()

    def snapshot(self) -> pa.Table:
        """The current rows, in the order in which they last came.

        Raises:
            ValueError: No changes have come yet, so the columns are not known.
        """
        if not self._batches:
            raise ValueError("no changes have come yet")
        return pa.Table.from_batches(self._batches).take(pa.array(self._live(), pa.int64()))

    def _add(self, row: Hashable, place: int) -> None:
        places = self._places.get(row)
        if places is None:
            self._places[row] = [place]
            self._rows += 1
        elif self._key:
            places[0] = place
        else:
            places.append(place)
            self._rows += 1

    def _remove(self, row: Hashable) -> None:
        places = self._places.get(row)
        if places is None:
            return
        places.pop()
        self._rows -= 1
        if not places:
            del self._places[row]

    def _live(self) -> list[int]:
        return sorted(place for places in self._places.values() for place in places)

    def _compact(self) -> None:
        """Drops the rows that no longer hold; what is kept stays in order."""
        live = self._live()
        table = pa.Table.from_batches(self._batches).take(pa.array(live, pa.int64()))
        self._batches = table.combine_chunks().to_batches() or [self._batches[0].slice(0, 0)]
        moved = {old: new for new, old in enumerate(live)}
        for places in self._places.values():
            places[:] = [moved[place] for place in places]
        self._stored = len(live)

    def _identities(self, rows: pa.RecordBatch) -> Iterable[Hashable]:
        names = self._key or rows.schema.names
        if rows.num_columns == 0:
            return [()] * rows.num_rows
        columns = [_hashable(rows.column(name)) for name in names]
        return zip(*columns, strict=True)


def _hashable(column: pa.Array) -> list[Any]:
    """A column as values that are equal just where the cells are: NaN too, and nested ones."""
    kind = column.type
    if kind in _BIT_PATTERN:
        return list(column.view(_BIT_PATTERN[kind]).to_pylist())
    if pa.types.is_temporal(kind) and not pa.types.is_interval(kind):
        # Comparing integers is exact and far quicker than making datetime objects.
        return list(column.view(pa.int64() if kind.bit_width == 64 else pa.int32()).to_pylist())
    if pa.types.is_nested(kind):
        return [repr(value) for value in column.to_pylist()]
    return list(column.to_pylist())
