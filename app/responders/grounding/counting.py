"""Small counts that a reader makes: of what is listed, of rows with a value, of rows above one."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence

import numpy as np

from app.responders.grounding.claims import Claim, numbers
from app.responders.grounding.layout import Text
from app.responders.grounding.tables import Sheet

_MOST_COUNTED = 200
_MOST_THRESHOLDS = 6
_PARTS = re.compile(r",\s*(?:and\s+|or\s+)?|;\s*|\s+and\s+|\s+und\s+|\s*&\s*")
_LIST_FROM = re.compile(r":|\(|–|—|\bare\b|\bnamely\b|\bwere\b|\bhave\b|\bhad\b")
_LIST_TO = re.compile(r"\)|\b(?:are|were|have|had|all)\b")
_RANKED = re.compile(
    r"\b(?:top|first|last|bottom|worst|best|next|other|remaining|lowest|highest)[\s*]*\Z",
    re.IGNORECASE,
)
_COMPARES = re.compile(
    r"\b(?:more|less|fewer|higher|lower|greater|over|under|above|below|exceed\w*|at (?:least|most))"
    r"\b|[<>≥≤]",
    re.IGNORECASE,
)


class Counts:
    """Counts over the results of the evidence. Works only once it is asked."""

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        self._sheets = sheets
        self._most_rows = max((len(sheet.result) for sheet in sheets), default=0)
        self._of_values: dict[int, list[str]] | None = None
        self._columns: list[list[float]] = []

    def bear(self, claim: Claim, read: Text, position: int, sentence: str) -> bool:
        """Whether the claim is such a count.

        Args:
            claim: What may be one.
            read: The text.
            position: Which block of it the claim stands in.
            sentence: The claim's sentence.
        """
        count = claim.value
        before = read.text[max(0, claim.start - 20) : claim.start]
        if claim.kind not in {"number", "length"} or not count:
            return False
        if self._is_limit(count, sentence, before):
            return True
        if claim.kind != "number" or count != int(count) or count > _MOST_COUNTED:
            return False
        if _is_listed(int(count), claim, read, position):
            return True
        if count <= self._most_rows and _RANKED.search(before):
            return True
        return self._is_of_a_value(int(count), sentence) or self._is_of_rows(int(count), sentence)

    def _is_of_a_value(self, count: int, sentence: str) -> bool:
        """Whether so many rows have a value that the sentence names."""
        self._read()
        folded = sentence.casefold()
        return any(value in folded for value in (self._of_values or {}).get(count, ()))

    def _is_of_rows(self, count: int, sentence: str) -> bool:
        """Whether so many rows are above or below a number that the sentence names."""
        if not _COMPARES.search(sentence):
            return False
        self._read()
        limits = list(numbers(sentence))[:_MOST_THRESHOLDS]
        return any(count in self._sides(limit) for limit in limits)

    def _is_limit(self, limit: float, sentence: str, before: str) -> bool:
        """Whether as many rows are above or below it as the sentence says: 9 of over 250."""
        if not _COMPARES.search(before):
            return False
        self._read()
        return not self._sides(limit).isdisjoint(list(numbers(sentence))[:_MOST_THRESHOLDS])

    def _sides(self, limit: float) -> set[int]:
        """How many values of each column are below, up to, from and above a limit."""
        found: set[int] = set()
        for column in self._columns:
            low, high = bisect_left(column, limit), bisect_right(column, limit)
            if 0 < low < len(column) or 0 < high < len(column):
                found |= {low, high, len(column) - low, len(column) - high}
        return found

    def _read(self) -> None:
        if self._of_values is not None:
            return
        self._of_values = {}
        for column in (column for sheet in self._sheets for column in sheet.columns):
            if column.is_numeric:
                self._columns.append(np.sort(column.numbers).tolist())
            texts = Counter(text.casefold() for text in column.texts if len(text) > 1)
            for text, count in texts.items():
                self._of_values.setdefault(count, []).append(text)


def _is_listed(count: int, claim: Claim, read: Text, position: int) -> bool:
    """Whether so many things are listed in the claim's sentence, or right below it."""
    block = read.blocks[position]
    below = [
        b for b in read.blocks[position + 1 : position + 2 + 2 * count] if b.kind in {"item", "row"}
    ]
    for group in (block.group, block.group + 1):
        items = sum(b.kind == "item" for b in below if b.group == group)
        rows = sum(b.kind == "row" for b in below if b.group == group)
        if count in {items, rows - 1}:
            return True
    start, end = block.sentence(read.text, claim.start)
    after, before = read.text[claim.end : end], read.text[start : claim.start]
    listed = [after[m.end() :] for m in _LIST_FROM.finditer(after)]
    listed += [before[: m.start()] for m in _LIST_TO.finditer(before)]
    return count > 1 and any(
        len([p for p in _PARTS.split(part) if p.strip(" .*")]) == count for part in listed
    )
