from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ingest import ranking
from ingest.ranking import Hit
from ingest.snapshot import StoredChunk
from ingest.words import stems

DEFAULT = "Parcels are late after one day."


def _hit(
    number: int,
    relevance: float,
    text: str = "",
    *,
    document: str = "a.md",
    path: tuple[str, ...] = ("A",),
    length: int = 100,
) -> Hit:
    start = number * length
    text = text or f"{DEFAULT} Number {number}."
    chunk = StoredChunk(
        *(number, str(number), document, "A", path, start, start + length, text),
        *("markdown", (), "", datetime(2026, 11, 22, tzinfo=UTC), "1a2b3c4d", None, stems(text)),
    )
    return Hit(chunk, relevance, relevance)


def _chosen(hits: list[Hit], limit: int = 4) -> list[list[int]]:
    return [[hit.chunk.number for hit in hits] for hits in ranking.choose(hits, limit)]


CHOSEN: list[tuple[str, list[Hit], int, list[list[int]]]] = [
    ("best first", [_hit(1, 0.2), _hit(5, 0.9), _hit(9, 0.5)], 4, [[5], [9], [1]]),
    ("as many as asked for", [_hit(1, 0.2), _hit(5, 0.9), _hit(9, 0.5)], 2, [[5], [9]]),
    ("neighbours in order", [_hit(4, 0.9), _hit(3, 0.8), _hit(5, 0.7)], 4, [[3, 4, 5]]),
    ("not across a gap", [_hit(4, 0.9), _hit(6, 0.8)], 4, [[4], [6]]),
    ("not across documents", [_hit(4, 0.9), _hit(5, 0.8, document="b.md")], 4, [[4], [5]]),
    ("not across sections", [_hit(4, 0.9), _hit(5, 0.8, path=("B",))], 4, [[4], [5]]),
    ("not without end", [_hit(1, 0.9, length=1100), _hit(2, 0.8, length=1100)], 4, [[1], [2]]),
    # The neighbour 2 is worse than 9, for which there is no place any more.
    ("joins only what is shown anyway", [_hit(1, 0.9), _hit(9, 0.8), _hit(2, 0.7)], 1, [[1]]),
    ("a duplicate is left out", [_hit(1, 0.9, DEFAULT), _hit(9, 0.8, DEFAULT)], 4, [[1]]),
    ("nothing", [], 4, []),
]


@pytest.mark.parametrize(
    ("hits", "limit", "expected"), [c[1:] for c in CHOSEN], ids=[c[0] for c in CHOSEN]
)
def test_choose(hits: list[Hit], limit: int, expected: list[list[int]]) -> None:
    assert _chosen(hits, limit) == expected


@pytest.mark.parametrize(
    ("text", "other", "same"),
    [
        ("Late parcels: EUR 5 per parcel.", "late parcels - EUR 5 per  parcel", True),
        (
            "In Austria returns are free for 30 days.",
            "In Austria returns are free for 14 days.",
            False,
        ),
        ("Pay 1.50 for 2 days of rain and wind", "Pay 2 for 1.50 days of rain and wind", True),
        ("The fee is 5.", "The fee is 5, except on public holidays and at night.", False),
        ("| a | 1 |", "| b | 1 |", False),
    ],
)
def test_near_duplicates_have_the_same_numbers(text: str, other: str, same: bool) -> None:
    assert ranking.is_near_duplicate(text, other) is same
    assert ranking.is_near_duplicate(other, text) is same


def test_rare_words_count_most_and_unknown_ones_too() -> None:
    both, common, none = (
        _hit(n, 0.0, text).chunk for n, text in enumerate(("Late Cafés", "It is late", "Early"), 1)
    )
    known = ranking.coverage([both, common, none], {"café": 1, "late": 90}, 100)
    assert known[1] == pytest.approx(1)
    assert 0 < known[2] < 0.1
    assert known[3] == 0
    assert ranking.coverage([both], {"café": 1, "late": 90, "zebra": 0}, 100)[1] < 0.5
    assert ranking.coverage([], {"late": 3}, 100) == {}
    assert ranking.coverage([none], {"zebra": 0}, 0) == {3: 0}
    assert ranking.coverage([common], {"late": 120}, 100) == {2: 1}


def test_relevance_grows_with_both() -> None:
    values = [ranking.relevance(s, c) for s in (0.1, 0.5, 0.9) for c in (0.0, 0.5, 1.0)]
    assert all(0 < value < 1 for value in values)
    assert values[0] < 0.01
    assert values[0] < values[1] < values[2] < values[5] < values[8]
    assert values[0] < values[3] < values[6]
