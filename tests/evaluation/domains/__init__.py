"""Streams of trades that nobody tuned for, written from seeds; each module has a `write`.

What they share is here: times within the last 48 hours, rows that arrive late, out of order and
more than once, and files of JSON lines.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
Row = dict[str, Any]

HOURS = 48


def moments(rng: random.Random, now: datetime, count: int) -> list[datetime]:
    """Times of the 48 hours before `now`, more by day than by night, in order.

    None is on a whole second, so that "the last two hours" has no row on its edge.
    """
    found: list[datetime] = []
    while len(found) < count:
        millis = rng.randrange(1, HOURS * 3_600_000)
        at = now - timedelta(milliseconds=millis)
        if millis % 1000 and rng.random() < (1.0 if 7 <= at.hour < 20 else 0.35):
            found.append(at)
    return sorted(found)


def instant(at: datetime | None) -> str | None:
    """As a TIMESTAMP_LTZ is written in JSON."""
    return None if at is None else f"{_millis(at)}Z"


def local(at: datetime | None) -> str | None:
    """As a TIMESTAMP without a zone is written in JSON."""
    return None if at is None else _millis(at)


def pick(rng: random.Random, weights: dict[T, float]) -> T:
    """One of the keys, each as often as its weight says."""
    return rng.choices(list(weights), list(weights.values()))[0]


def maybe(rng: random.Random, share: float, value: T) -> T | None:
    """The value, but for a share of nulls."""
    return None if rng.random() < share else value


def at_least_once(rng: random.Random, rows: Iterable[Row]) -> list[Row]:
    """The rows with one in thirty sent again, some at once and some later."""
    sent = list(rows)
    for row in [row for row in sent if rng.random() < 1 / 30]:
        sent.insert(min(len(sent), sent.index(row) + rng.choice((1, 1, 7, 60))), row)
    return sent


def out_of_order(rng: random.Random, rows: Sequence[Row]) -> list[Row]:
    """The rows in order of arrival: most nearly in time, one in fifty much later."""
    arrivals = [
        (place + (rng.random() * 4 if rng.random() < 0.98 else rng.randrange(20, 120)), row)
        for place, row in enumerate(rows)
    ]
    return [row for _, row in sorted(arrivals, key=lambda arrival: arrival[0])]


def save(folder: Path, table: str, rows: Sequence[Row]) -> None:
    """Writes a table as two files of JSON lines in a folder of its name."""
    target = folder / table
    target.mkdir(parents=True, exist_ok=True)
    half = len(rows) // 2
    for name, part in (("part-0.jsonl", rows[:half]), ("part-1.jsonl", rows[half:])):
        lines = (json.dumps(row, ensure_ascii=False) for row in part)
        (target / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _millis(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
