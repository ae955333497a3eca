"""Numbers that follow from others stated beside them: 12 parcels at EUR 10 each, EUR 120 in all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations

from app.responders.grounding.claims import Claim
from app.responders.grounding.wording import Operation, operations

_SUBTRACTION = ("difference", "remainder")
_MOST_OPERANDS = 10
_MOST_CHAINED = 6
_LEAST_CHAINED = 12
"""What three numbers can make by some chain of operations is almost every number below this."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A number in the text that is borne out.

    Attributes:
        value: The number as written.
        percent: Whether it is a percentage.
        place: Its first character in the text.
        position: Which block of the text it stands in.
    """

    value: float
    percent: bool
    place: int
    position: int


def follows(claim: Claim, stated: Sequence[Stated], sentence: str) -> bool:
    """Whether up to three of the numbers give the claim, by what its sentence speaks of.

    Args:
        claim: What is to be computed.
        stated: What is borne out in the same paragraph, list or table.
        sentence: The claim's sentence.
    """
    spoken = operations(sentence)
    if (
        not (spoken or claim.kind == "percent")
        or not claim.value
        or len(stated) < (1 if claim.kind == "percent" else 2)
    ):
        return False
    nearest = sorted(stated, key=lambda s: abs(s.place - claim.start))[:_MOST_OPERANDS]
    wanted = claim.bare or claim.amounts
    if claim.kind == "percent":
        return any(a.holds(n) for n in _percentages(nearest, spoken) for a in wanted)
    factors = [s.value / 100 for s in nearest if s.percent]
    values = [s.value for s in nearest]
    if any(a.holds(n) for n in _pairs(values, factors, spoken) for a in wanted):
        return True
    if claim.value <= _LEAST_CHAINED:
        return False
    return any(a.holds(n) for n in _chains(values[:_MOST_CHAINED], spoken) for a in wanted)


def adds_up(claim: Claim, stated: Sequence[Stated], position: int, sentence: str) -> bool:
    """Whether the claim is the total of a column of a list or a table that the text has.

    Args:
        claim: What may be a total.
        stated: What is borne out in the list or table.
        position: Block of the claim, which is no part of its own total.
        sentence: The claim's sentence.
    """
    spoken = operations(sentence)
    if not spoken & {"sum", "product"}:
        return False
    lines: dict[int, list[float]] = {}
    for one in sorted(stated, key=lambda s: s.place):
        if one.position != position and not one.percent:
            lines.setdefault(one.position, []).append(one.value)
    wanted = claim.bare or claim.amounts
    for at in (-1, 0, 1, 2, 3):
        column = [line[at] for line in lines.values() if len(line) > max(at, 0)]
        if len(column) > 1 and any(a.holds(sum(column)) for a in wanted):
            return True
    return False


def _percentages(stated: Sequence[Stated], spoken: frozenset[Operation]) -> Iterator[float]:
    shares = [s.value for s in stated if s.percent]
    counts = [s.value for s in stated if not s.percent]
    for one in shares:
        yield 100 - one
    for first, second in combinations(shares, 2):
        yield first + second
        yield first - second
    for part, whole in permutations(counts, 2):
        if whole:
            yield 100 * part / whole
            if "difference" in spoken:
                yield 100 * (part - whole) / whole


def _pairs(
    values: Sequence[float], factors: Sequence[float], spoken: frozenset[Operation]
) -> Iterator[float]:
    subtracts = not spoken.isdisjoint(_SUBTRACTION)
    for factor in factors:
        for value in values:
            yield factor * value
            if subtracts:
                yield (1 - factor) * value
                yield (1 + factor) * value
    for first, second in permutations(values, 2):
        if "sum" in spoken:
            yield first + second
        if subtracts:
            yield first - second
        if "product" in spoken:
            yield first * second
        if second and spoken & {"ratio", "share", "mean"}:
            yield first / second
        if "mean" in spoken:
            yield (first + second) / 2


def _chains(values: Sequence[float], spoken: frozenset[Operation]) -> Iterator[float]:
    subtracts = not spoken.isdisjoint(_SUBTRACTION)
    for a, b, c in permutations(values, 3):
        if "sum" in spoken:
            yield a + b + c
        if subtracts:
            yield a - b - c
            yield a + b - c
        if "mean" in spoken:
            yield (a + b + c) / 3
        if "product" in spoken:
            yield a * b * c
            if "sum" in spoken:
                yield a * b + c
                yield (a + b) * c
            if subtracts:
                yield a * b - c
                yield (a - b) * c
        if c and spoken & {"ratio", "mean"}:
            yield a * b / c
            yield (a + b) / c
