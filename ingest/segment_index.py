"""The index of a stream's folder: which event times each of its files holds.

Any program that writes files for a Flink `filesystem` table may put one beside them, as
`_segments.json`; Flink's file source passes over names that begin with `_` or `.`. Whoever reads
the stream can then leave out the files that cannot matter::

    {"version": 1, "generation": "5f3a09c1", "column": "order_time", "segments": {
      "20261122T100000Z.jsonl": [1795341600000, 1795345199250],
      "20261122T110000Z.jsonl": null}}

`column` names the column whose values are the event times; a table whose WATERMARK is declared on
another one is read without the index. For each file directly in the folder, `segments` may hold the
first and the last event time in it, as milliseconds since the epoch, the first rounded down and the
last up; null for a file without rows. A reader relies on this:

- A file that is not listed is always read. So a file with a row whose event time is NULL is not
  listed, and a new file is listed after it has been put in its place.
- A file never holds a row outside of the span listed for it: before rows are added to a file (or a
  larger one is renamed over it) the index says the wider span.
- A span never becomes narrower, nor `column` another one, unless `generation`, which may be any
  value, becomes another one.
- Of all the files listed, the latest event time is exact: some row has it.
- The index is replaced as a whole, by a rename: at no moment is there none or half of one. The file
  that is renamed does not lie in the folder before, for Flink asks for the status of every name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

NAME = "_segments.json"

_VERSION = 1

Span = tuple[int, int] | None
"""First and last event time, in milliseconds since the epoch; None where there is no row."""


@dataclass(frozen=True, slots=True)
class Index:
    """What an index says.

    Attributes:
        column: The column whose values the spans are of.
        segments: The span of each listed file, by its name.
        generation: Changes where spans may have become narrower.
    """

    column: str
    segments: Mapping[str, Span]
    generation: object = None

    def to_json(self) -> bytes:
        """The file's content."""
        saved = {
            "version": _VERSION,
            "generation": self.generation,
            "column": self.column,
            "segments": self.segments,
        }
        return json.dumps(saved).encode()


def read(folder: Path) -> Index | None:
    """The index of a folder; None where there is none that can be understood."""
    try:
        saved = json.loads((folder / NAME).read_bytes())
        column = saved["column"]
        if saved["version"] != _VERSION or not isinstance(column, str):
            return None
        segments = {name: _span(span) for name, span in saved["segments"].items()}
        return Index(column, segments, saved.get("generation"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _span(saved: object) -> Span:
    if saved is None:
        return None
    if not isinstance(saved, list) or len(saved) != 2:
        raise ValueError(saved)
    first, last = saved
    # A bool is an int to Python, and a float may be a time in seconds: neither is meant.
    if type(first) is not int or type(last) is not int or first > last:
        raise ValueError(saved)
    return first, last
