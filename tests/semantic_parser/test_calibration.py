"""What a reading's confidence is worth: the table rises, and answers carry it."""

from __future__ import annotations

from itertools import pairwise

from app.semantic_parser import calibration
from app.semantic_parser.reading import CONFIDENT


def test_a_more_confident_reading_is_never_less_likely() -> None:
    lows, shares = zip(*calibration.MEASURED, strict=True)
    assert lows[0] == 0.0
    assert all(one < next_ for one, next_ in pairwise(lows))
    assert all(one < next_ for one, next_ in pairwise(shares))
    assert all(0.0 < share < 1.0 for share in shares)


def test_what_is_run_is_likelier_right_than_not() -> None:
    assert calibration.likelihood(CONFIDENT - 0.01) < 0.5
    assert calibration.likelihood(0.63) > 0.75
