"""What both sides of the comparison read: seeded rows as JSON lines, and the queries over them."""

from __future__ import annotations

import json
import random
from pathlib import Path

SMALL_ROWS = 2_000
LARGE_ROWS = 100_000
COLUMNS = "id BIGINT, city STRING, amount DECIMAL(10, 2), t TIMESTAMP_LTZ(3)"
SNAPSHOT = "SELECT city, COUNT(*) AS n, SUM(amount) AS amount FROM small GROUP BY city"
ROWS = "SELECT id, city, amount, t FROM many"
CHANGES = (
    "SELECT MOD(id, 1000) AS k, COUNT(*) AS n, SUM(amount) AS amount FROM many "
    "GROUP BY MOD(id, 1000)"
)
_CITIES = ("Bern", "Genoa", "Lyon", "Oslo", "Porto", "Riga")


def write(folder: Path) -> None:
    """Writes the folders `small` and `many`."""
    rng = random.Random(7)
    for name, count in (("small", SMALL_ROWS), ("many", LARGE_ROWS)):
        (folder / name).mkdir()
        lines = (
            json.dumps(
                {
                    "id": i,
                    "city": rng.choice(_CITIES),
                    "amount": f"{rng.uniform(1, 500):.2f}",
                    "t": f"2026-11-22T{i % 24:02}:{i % 60:02}:00.000Z",
                }
            )
            for i in range(count)
        )
        (folder / name / "1.json").write_text("\n".join(lines))


def options(folder: Path, name: str) -> dict[str, str]:
    """The connector options of one of the two tables."""
    return {
        "connector": "filesystem",
        "path": str(folder / name),
        "format": "json",
        "json.timestamp-format.standard": "ISO-8601",
    }
