"""Readings made by hand, and a parser that gives them to the questions they belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.semantic_parser import Reading
from app.semantic_parser.form import Form, Metric
from tests.semantic_parser.catalogs import SHOP


def reading(words: str, *, table: str = "orders", confidence: float = 0.9, **more: Any) -> Reading:
    """A reading that counts the rows of a table of the shop."""
    known = next(t for t in SHOP.catalog if t.name == table)
    form = Form(known, measures=(Metric("count", noun=table),))
    return Reading(form, f"SELECT COUNT(*) AS {table} FROM {table}", words, confidence, **more)


def tie(*words: str, **more: Any) -> Reading:
    """A reading that could as well be another."""
    first, *others = words
    return reading(first, alternatives=tuple(reading(w) for w in others), **more)


@dataclass(slots=True)
class Parser:
    """Knows some questions; keeps what it was asked, with the history given."""

    known: Mapping[str, Reading]
    asked: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def read(self, question: str, before: tuple[str, ...]) -> Reading | None:
        self.asked.append((question, before))
        return self.known.get(question)

    def parse(
        self, question: str, *_: object, history: Sequence[str] = (), **__: object
    ) -> Reading | None:
        """In place of `semantic_parser.parse`."""
        return self.read(question, tuple(history))
