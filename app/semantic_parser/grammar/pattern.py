"""Patterns over the tokens of a question, as rules write them.

A pattern is a line of words and slots:

    how (many|much) .. <noun>        words, alternatives of words, fillers, a slot
    [the] (top|first) <whole:count>  optional words; a slot with a name of its own
    <measure> of                     slots are looked up in `slots.SLOTS`

Words match tokens in lower case that no rule has taken yet. `..` passes over small words and over
words that are taken, such as filters and times in the middle of a phrase: `how many late parcels`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from app.semantic_parser.grammar.draft import Draft, Role

_ELEMENT = re.compile(r"\.\.|\[[^\]]*\]|\([^)]*\)|<[a-z_:*]+>|[^\s\[\](<)]+|<=|>=|<>|<|>")
_MOST_FILLERS = 8


@dataclass(frozen=True, slots=True)
class Slot:
    """What words were found to stand for."""

    stop: int
    value: Any
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Match:
    """A pattern found in a question.

    Attributes:
        start: Where it starts.
        stop: Where it stops.
        slots: What its slots hold, by name.
        taken: The positions that its words and slots cover, with how sure they are.
    """

    start: int
    stop: int
    slots: Mapping[str, Slot] = field(default_factory=dict)
    taken: tuple[tuple[int, float], ...] = ()

    def __getitem__(self, name: str) -> Any:
        return self.slots[name].value

    def get(self, name: str) -> Any:
        """What a slot holds; None where it was left out."""
        slot = self.slots.get(name)
        return None if slot is None else slot.value

    def score(self, name: str) -> float:
        """How sure a slot is."""
        return self.slots[name].score


Find = Callable[[Draft, int], Iterator[Slot]]


@dataclass(frozen=True, slots=True)
class _Words:
    choices: tuple[tuple[str, ...], ...]
    optional: bool


@dataclass(frozen=True, slots=True)
class _SlotOf:
    kind: str
    name: str
    optional: bool


_Element = _Words | _SlotOf | None  # None passes over fillers


@dataclass(frozen=True, slots=True)
class Rule:
    """What a kind of phrase means.

    Attributes:
        patterns: How it is said; the first that applies at a position counts.
        apply: Puts its meaning into the draft; False where it does not mean that after all.
        role: What its words are taken for.
    """

    patterns: tuple[str, ...]
    apply: Callable[[Draft, Match], bool]
    role: Role


def run(rules: Iterable[Rule], draft: Draft, slots: Mapping[str, Find]) -> None:
    """Applies each rule in turn wherever it matches, from left to right."""
    for rule in rules:
        i = 0
        while i < len(draft):
            match = _apply(rule, draft, i, slots)
            i = max(i + 1, match.stop if match else 0)


def find(pattern: str, draft: Draft, i: int, slots: Mapping[str, Find]) -> Iterator[Match]:
    """Every way in which a pattern matches at a position."""
    yield from _match(compile_pattern(pattern), draft, Match(i, i), slots)


def _apply(rule: Rule, draft: Draft, i: int, slots: Mapping[str, Find]) -> Match | None:
    for pattern in rule.patterns:
        for match in find(pattern, draft, i, slots):
            if match.stop > i and rule.apply(draft, match):
                for position, score in match.taken:
                    draft.take(position, position + 1, rule.role, score)
                return match
    return None


@lru_cache(maxsize=1_000)
def compile_pattern(pattern: str) -> tuple[_Element, ...]:
    """The elements of a pattern."""
    return tuple(_element(text) for text in _ELEMENT.findall(pattern))


def _element(text: str) -> _Element:
    if text == "..":
        return None
    optional = text.startswith("[")
    inner = text[1:-1].strip() if text[0] in "[(" else text
    if inner.startswith("<") and inner.endswith(">") and len(inner) > 2:
        kind, _, name = inner[1:-1].partition(":")
        return _SlotOf(kind, name or kind, optional)
    choices = tuple(tuple(choice.split()) for choice in inner.split("|"))
    # Longer choices first, so that "more than" is not cut off at "more".
    return _Words(tuple(sorted(choices, key=len, reverse=True)), optional)


def _match(
    elements: tuple[_Element, ...], draft: Draft, match: Match, slots: Mapping[str, Find]
) -> Iterator[Match]:
    if not elements:
        yield match
        return
    element, rest = elements[0], elements[1:]
    if element is None:
        for j in _fillers(draft, match.stop):
            yield from _match(rest, draft, replace(match, stop=j), slots)
        return
    for found in _found(element, draft, match, slots):
        yield from _match(rest, draft, found, slots)
    if element.optional:
        yield from _match(rest, draft, match, slots)


def _fillers(draft: Draft, i: int) -> Iterator[int]:
    """Positions that fillers lead to, the nearest first."""
    for j in range(i, min(i + _MOST_FILLERS, len(draft)) + 1):
        yield j
        if not draft.is_filler(j):
            return


def _found(
    element: _Words | _SlotOf, draft: Draft, match: Match, slots: Mapping[str, Find]
) -> Iterator[Match]:
    i = match.stop
    if isinstance(element, _Words):
        for words in element.choices:
            stop = i + len(words)
            same = all(draft.text(i + k) == word for k, word in enumerate(words))
            if words and same and draft.is_free(i, stop):
                taken = (*match.taken, *((k, 1.0) for k in range(i, stop)))
                yield Match(match.start, stop, match.slots, taken)
        return
    for slot in slots[element.kind](draft, i):
        taken = (*match.taken, *((k, slot.score) for k in range(i, slot.stop)))
        yield Match(match.start, slot.stop, {**match.slots, element.name: slot}, taken)
