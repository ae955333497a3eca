"""How often readings of each confidence are right, measured over evaluation cases on a real Flink.

`python -m tests.calibration CASES.yaml...` reads each question that leans on none before, runs the
best reading whether or not it would be run, compares its rows with the expected ones, and prints
the table that `app.semantic_parser.calibration` holds: confidences with the share that was right,
made monotonic by pooling adjacent violators (Ayer et al. 1955, isotonic regression). The share of a
step is (right + 1) / (all + 2), Laplace's rule of succession: a few readings that were all right do
not make a certainty.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from app.assistant import Assistant
from app.errors import TributaryError
from app.evaluation import cases
from app.evaluation.cases import Case, CaseFile
from app.evaluation.compare import Grid, same
from app.evaluation.judge import grid_of
from app.evaluation.run import _opened, _settings
from app.responders.rules import RulesResponder
from app.semantic_parser import Reading, parse
from app.settings import Settings

Point = tuple[float, bool]
_LEAST_IN_A_STEP = 25


def main(paths: Sequence[str]) -> int:
    """Measures and prints the table."""
    points: list[Point] = []
    for path in paths:
        file = cases.read(Path(path))
        own = _settings(file, Settings())
        with _opened(file, own, lambda *_: None) as assistant:
            found = [*_points(assistant, file, ZoneInfo(own.time_zone))]
        points += found
        print(f"{file.name}: {len(found)} readings", flush=True)
    for low, share, count in steps(points):
        print(f"    ({low:.2f}, {share:.2f}),  # of {count}")
    return 0


def steps(points: Sequence[Point]) -> list[tuple[float, float, int]]:
    """Least confidence, share of right ones and number of points of each step, upwards.

    >>> steps([(0.1 * i, i > 5) for i in range(1, 11)] * 10)
    [(0.1, 0.02, 50), (0.6, 0.98, 50)]
    """
    ordered = sorted(points)
    pools: list[list[float]] = []  # least confidence, right ones and one, all of them and two
    for start in range(0, len(ordered), _LEAST_IN_A_STEP):
        part = ordered[start : start + _LEAST_IN_A_STEP]
        pools.append([part[0][0], sum(right for _, right in part) + 1, len(part) + 2])
        while len(pools) > 1 and pools[-2][1] / pools[-2][2] >= pools[-1][1] / pools[-1][2]:
            _, right, count = pools.pop()
            pools[-1][1] += right - 1
            pools[-1][2] += count - 2
    return [(round(low, 2), round(right / count, 2), int(count) - 2) for low, right, count in pools]


def _points(assistant: Assistant, file: CaseFile, zone: ZoneInfo) -> Iterator[Point]:
    expected: dict[str, Grid] = {}
    for case in file.cases:
        if case.after or not (case.sql or case.abstain):
            continue
        reading = _reading(assistant, case)
        if reading is None:
            continue
        yield reading.confidence, _is_right(assistant, case, reading, expected, zone)


def _reading(assistant: Assistant, case: Case) -> Reading | None:
    rules = assistant.responder
    if not isinstance(rules, RulesResponder):
        raise AssertionError("the rules are calibrated, not a model")
    return parse(
        case.question,
        rules.catalog,
        rules.sampled(),
        now=assistant.clock(),
        time_zone=rules._time_zone,
        definitions=rules._definitions(),
        embed=rules._embed,
    )


def _is_right(
    assistant: Assistant, case: Case, reading: Reading, known: dict[str, Grid], zone: ZoneInfo
) -> bool:
    if case.abstain:
        return False
    try:
        if case.sql not in known:
            known[case.sql] = grid_of(assistant.sql(case.sql))
        given = grid_of(assistant.sql(reading.sql))
    except TributaryError:
        return False
    return same(known[case.sql], given, ordered=case.ordered, zone=zone)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
