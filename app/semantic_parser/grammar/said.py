"""What a question says, piece by piece, before the pieces are a form."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from app.semantic_parser.form import Field, Filter, Measure, Unit
from app.semantic_parser.lexicon import Direction, MeasureKind

Position = tuple[int, int]
"""Where words start and, exclusively, stop."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A filter and the words that state it."""

    filter: Filter
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure and the words that ask for it."""

    measure: Measure
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Ranking:
    """Which end is asked for: `top 3`, `the busiest`, `the most`.

    Attributes:
        direction: The greatest or the least come first.
        limit: How many are asked for; None where all are, only in that order.
        kind: What sort of measure an adjective such as `slowest` is about.
        judged: `best` and `worst` have no direction until it is known what is measured.
        start: Where the words are.
    """

    direction: Direction
    limit: int | None
    kind: MeasureKind | None = None
    judged: Literal["best", "worst"] | None = None
    start: int = 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """What composite is asked for: a share, a change, a rate; built once all parts are known.

    Attributes:
        kind: Which.
        start: Where the words that ask for it start.
        stop: Where they stop: what follows is about the part, what stands before about the whole.
        wanted: Of a change or a share: how it is to be said.
        unit: Of a rate: for each what.
        count: Of a rate: how many of the units.
    """

    kind: Literal["share", "share_of_all", "change", "rate"]
    start: int
    stop: int
    wanted: Literal["percent", "fraction", "difference", "both"] = "percent"
    unit: Unit | None = None
    count: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a term that documents define stands for, and where the question uses it.

    Attributes:
        term: The term.
        start: Where it starts in the question.
        stop: Where it stops.
        measure: What it computes; None where the term says which rows are meant.
        filters: What holds of the rows.
    """

    term: str
    start: int
    stop: int
    measure: Measure | None
    filters: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Tie:
    """Words that name more than one field about equally well."""

    position: Position
    chosen: Field
    others: tuple[Field, ...]
