"""Markers of a text: spelled out, and numbered from 1."""

from __future__ import annotations

import pyarrow as pa
import pytest

from app.answer import QueryResult, Source
from app.responders import citations
from tests.responders.fakes import passage

ROWS = QueryResult("SELECT 1", pa.table({"a": [1]}), ("t",))
EVIDENCE = [
    *(Source(n, passage(f"passage {n}", start=n)) for n in range(1, 5)),
    Source(5, ROWS),
]

SETTLED = [
    ("Late is late [3].", "Late is late [1].", [3, 5]),
    ("42 [5], since late [2] is late [2].", "42 [1], since late [2] is late [2].", [5, 2]),
    ("Both [2, 4] and more [1-3].", "Both [1] [2] and more [3] [1] [4].", [2, 4, 1, 3, 5]),
    ("From [9] and [2].", "From [9] and [1].", [2, 5]),
    ("Nothing cited.", "Nothing cited.", [5]),
    ("No marker: a[1](x) or \\\\[2].", "No marker: a[1](x) or \\\\[2].", [5]),
    ("[1-4000]", None, [1, 2, 3, 4, 5]),
]


@pytest.mark.parametrize(("text", "settled", "kept"), SETTLED)
def test_settled(text: str, settled: str | None, kept: list[int]) -> None:
    written, sources = citations.settled(text, EVIDENCE)
    assert settled is None or written == settled
    assert [s.number for s in sources] == list(range(1, len(sources) + 1))
    assert [s.evidence for s in sources] == [EVIDENCE[n - 1].evidence for n in kept]
    assert len(written) < 400
