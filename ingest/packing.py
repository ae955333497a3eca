"""Cuts a stretch of text into pieces of a size, so that an edit moves few of the cuts.

A stretch that is too long is cut at its strongest break (`ingest.blocks.Strength`); of equally
strong ones it is the one whose following words have the highest hash. So what decides on a cut is
the text beside it and not how much text comes before. As in a treap (Seidel and Aragon (1996),
"Randomized Search Trees"), another priority of one break, or another length of one unit, changes
the pieces beside it and leaves most other cuts where they are. Where an earlier version of the text
was cut is remembered and comes before the hashes, so that the rest stay, too.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import accumulate, pairwise

from ingest.blocks import Blocks, Strength, Table

CHARACTERS_PER_TOKEN = 8  # a 100,000-character "word" is one unknown token to the tokenizer

_DECIDING_WORDS = 3  # an edit further on in a sentence does not move the cut before it
_DECIDING_CHARACTERS = 60

Length = Callable[[str], int]
Priority = tuple[Strength, bool, bytes, bytes, bytes]


@dataclass(frozen=True, slots=True)
class Unit:
    """What is not cut: a sentence, a row, a line; of what is too long a word or a part of one."""

    start: int
    strength: Strength
    size: int


@dataclass(frozen=True, slots=True)
class Piece:
    """The stretch `start:end`; `head` is the column names of the table that it goes on with."""

    start: int
    end: int
    head: str = ""


def pack(
    text: str,
    start: int,
    end: int,
    found: Blocks,
    *,
    target: int,
    window: int,
    length: Length,
    cut_before: Collection[int] = (),
) -> Iterator[Piece]:
    """The pieces of `text[start:end]`, in order, which add up to it.

    Args:
        text: The whole text.
        start: Where the stretch begins.
        end: Where it ends.
        found: The structure of the whole text.
        target: The size that a piece has at most, if there is a break of a sentence or stronger.
            One that an edit made longer is cut again when it has half as much more.
        window: The size up to which one table, one block of code or one sentence stays whole.
        length: The size of a text.
        cut_before: Where pieces began before an edit; of equally strong breaks these come first.
    """
    units = list(_units(text, start, end, found.breaks, target=target, length=length))
    heads = _Heads(text, found.tables, target, length)
    total = [0, *accumulate(unit.size for unit in units)]
    priorities = _priorities(units, text, end, cut_before)
    tree = _Tree(priorities)
    outgrown = min(window, target + target // 2) if cut_before else target
    cuts: list[int] = []
    waiting = [(0, len(units), tree.root)]
    while waiting:
        first, last, cut = waiting.pop()
        strength, was_cut, *_ = priorities[cut]
        most = window if strength < Strength.SENTENCE else target if was_cut else outgrown
        if cut and total[last] - total[first] + heads.size(units[first].start) > most:
            cuts.append(cut)
            waiting += [(first, cut, tree.left[cut]), (cut, last, tree.right[cut])]
    starts = [start, *sorted(units[cut].start for cut in cuts), end]
    for one, following in pairwise(starts):
        yield Piece(one, following, heads.of(one))


class _Tree:
    """The Cartesian tree of the breaks before the second and later units: the strongest on top.

    Attributes:
        root: The unit before which the whole is cut first; 0 where there is but one.
        left: For each unit, the one before which the part before it is cut first; 0 for none.
        right: The same of the part from it on.
    """

    def __init__(self, priorities: Sequence[Priority]) -> None:
        self.left = [0] * len(priorities)
        self.right = [0] * len(priorities)
        spine: list[int] = []
        for i in range(1, len(priorities)):
            below = 0
            while spine and priorities[spine[-1]] < priorities[i]:
                below = spine.pop()
            self.left[i] = below
            if spine:
                self.right[spine[-1]] = i
            spine.append(i)
        self.root = spine[0] if spine else 0


def _priorities(
    units: Sequence[Unit], text: str, end: int, cut_before: Collection[int]
) -> list[Priority]:
    """Strength, an earlier cut, hashes: of a unit's first words, of it, of it and its number."""
    seen: Counter[str] = Counter()
    priorities = []
    for unit, stop in zip(units, [*(u.start for u in units[1:]), end], strict=True):
        part = text[unit.start : stop]
        whole = part.strip()
        place = unit.start + len(part) - len(part.lstrip())
        seen[whole] += 1
        words = " ".join(whole[:_DECIDING_CHARACTERS].split()[:_DECIDING_WORDS])
        hashes = (_hash(words), _hash(whole), _hash(f"{seen[whole]} {whole}"))
        priorities.append((unit.strength, place in cut_before, *hashes))
    return priorities


def _hash(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=8).digest()


def _units(
    text: str,
    start: int,
    end: int,
    breaks: Sequence[tuple[int, Strength]],
    *,
    target: int,
    length: Length,
) -> Iterator[Unit]:
    inner = breaks[bisect_right(breaks, (start, max(Strength))) : bisect_left(breaks, (end,))]
    places = [(start, Strength.BLOCK), *inner, (end, Strength.BLOCK)]
    for (one, strength), (following, _) in pairwise(places):
        yield from _fitting(text, one, following, strength, longest=target, length=length)


_FINER = (
    (Strength.LINE, re.compile(r"[^\n]*\n|[^\n]+")),
    (Strength.WORD, re.compile(r"\S+\s*|\s+")),
)


def _fitting(
    text: str,
    start: int,
    end: int,
    strength: Strength,
    *,
    longest: int,
    length: Length,
    level: int = 0,
) -> Iterator[Unit]:
    """The stretch as one unit, or, where it is too long, its lines, its words, parts of words."""
    size = max(length(text[start:end]), (end - start) // CHARACTERS_PER_TOKEN)
    if size <= longest:
        yield Unit(start, strength, size)
    elif level < len(_FINER):
        finer, pattern = _FINER[level]
        for match in pattern.finditer(text, start, end):
            own = strength if match.start() == start else finer
            yield from _fitting(
                text, *match.span(), own, longest=longest, length=length, level=level + 1
            )
    else:
        step = longest // 2  # characters, each of which may be more than one token
        for part in range(start, end, step):
            stop = min(part + step, end)
            own = strength if part == start else Strength.CHARACTER
            yield Unit(part, own, max(length(text[part:stop]), step // CHARACTERS_PER_TOKEN))


class _Heads:
    """The column names to repeat with each further piece of a table."""

    def __init__(self, text: str, tables: Sequence[Table], target: int, length: Length) -> None:
        self._text = text
        self._tables = tables
        self._starts = [table.start for table in tables]
        self._target = target
        self._length = length
        self._sizes: dict[int, int] = {}

    def of(self, start: int) -> str:
        """The line to put before a piece that begins there; empty outside of a table's rows."""
        head = self._line(start)
        return head if head and self.size(start) else ""

    def size(self, start: int) -> int:
        """The size of that line; one of more than half a piece is left out."""
        line = self._line(start)
        if not line:
            return 0
        size = self._sizes.setdefault(hash(line), self._length(line))
        return size if size <= self._target // 2 else 0

    def _line(self, start: int) -> str:
        table = self._tables[bisect_right(self._starts, start) - 1] if self._tables else None
        if table is None or not table.body < start < table.end:
            return ""
        return self._text[table.start : self._text.index("\n", table.start) + 1]
