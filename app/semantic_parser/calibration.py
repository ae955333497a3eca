"""How likely a reading is right, as measured: the grammar's own confidence is only an order.

The table is what `python -m tests.calibration` printed over a help desk and a chain of animal
clinics (134 readings) when they were first asked: their cases were written by people who did not
know the grammar, and nothing was tuned to them before. The rows were compared on a real Flink.
"""

from __future__ import annotations

from bisect import bisect_right

MEASURED: tuple[tuple[float, float], ...] = (
    (0.00, 0.11),
    (0.27, 0.44),
    (0.63, 0.78),
    (0.92, 0.88),
    (1.00, 0.91),
)
"""Least confidence of each step, upwards, and the share of its readings that were right."""


def likelihood(confidence: float) -> float:
    """The share of readings of about this confidence that were right when measured.

    Args:
        confidence: A reading's own, from 0 to 1.

    >>> [likelihood(confidence) for confidence in (0.0, 0.5, 0.95, 1.0)]
    [0.11, 0.44, 0.88, 0.91]
    """
    step = bisect_right(MEASURED, confidence, key=lambda step: step[0]) - 1
    return MEASURED[max(step, 0)][1]
