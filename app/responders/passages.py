"""Which passages bear on a question, and which of their sentences to quote."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.answer import Passage
from app.semantic_parser.lexicon import STOP
from app.semantic_parser.tokens import tokenize

STRONG = 0.5
"""Least relevance of a passage that answers on its own.

Calibrated on the sample documents: questions that they answer reach 0.57 to 1.0, questions on other
matters stay below 0.47.
"""

BESIDE = 0.55
"""Least similarity of a passage quoted beside rows that were all that was asked for."""

_COVERAGE_WEIGHT = 0.2
_HEADING_WEIGHT = 0.1
_QUOTE_CHARACTERS = 420
_TABLE_ROWS = 8
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[\"'(A-Z0-9])")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+")
_RULE = re.compile(r"^[\s|:-]+$")
_EMPHASIS = re.compile(r"(?<![\w*])[*_]([^*_\n]+)[*_](?![\w*])")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Found:
    """A passage and how well it fits.

    Attributes:
        passage: The passage.
        relevance: Similarity, with a bonus for the question's words in text and headings.
    """

    passage: Passage
    relevance: float


def rank(searches: Iterable[tuple[str, Sequence[Passage]]]) -> list[Found]:
    """The passages of several searches, each once, the most relevant first."""
    best: dict[tuple[str, int], Found] = {}
    for query, passages in searches:
        words = content_stems(query)
        for passage in passages:
            found = Found(passage, _relevance(passage, words))
            key = (passage.document, passage.start)
            if key not in best or best[key].relevance < found.relevance:
                best[key] = found
    return sorted(best.values(), key=lambda f: -f.relevance)


def content_stems(text: str) -> frozenset[str]:
    """The stems of the words that carry meaning."""
    return frozenset(
        t.stem
        for t in tokenize(text[:2_000])
        if t.kind in {"word", "code"} and t.text not in STOP and len(t.text) > 1
    )


def excerpt(passage: Passage, query: str) -> list[str]:
    """The stretch of a passage, in sentences or table rows, that says most about the query."""
    units = _units(passage.text)
    if not units:
        return [passage.text[:_QUOTE_CHARACTERS]]
    words = content_stems(query)
    scores = [_unit_score(unit, words) for unit in units]
    best = max(range(len(units)), key=lambda i: (sum(scores[i : _stop(units, i)]), -i))
    return [line for unit in units[best : _stop(units, best)] for line in unit]


def _stop(units: Sequence[Sequence[str]], start: int) -> int:
    """Where a quote that begins at a unit ends: at least that unit, else as many as fit."""
    stop, size = start + 1, sum(len(line) for line in units[start])
    while stop < len(units):
        size += sum(len(line) for line in units[stop])
        if size > _QUOTE_CHARACTERS:
            break
        stop += 1
    return stop


def _relevance(passage: Passage, words: frozenset[str]) -> float:
    if not words:
        return 0.0
    headings = content_stems(" ".join((passage.title, *passage.heading_path)))
    text = content_stems(passage.text) | headings
    covered = len(words & text) / len(words)
    if not covered:
        return min(passage.similarity, STRONG - 0.01)
    named = len(words & content_stems(" ".join(passage.heading_path[-1:]))) / len(words)
    return passage.similarity + _COVERAGE_WEIGHT * covered + _HEADING_WEIGHT * named


def _unit_score(unit: Sequence[str], words: frozenset[str]) -> float:
    """Words in common; tables count more, being what prose only introduces."""
    common = len(content_stems(" ".join(unit)) & words)
    return common + (1.5 if len(unit) > 1 and common else 0.0)


def _units(text: str) -> list[list[str]]:
    """Sentences, list items, and tables as one unit each, without their markup."""
    units: list[list[str]] = []
    for block in re.split(r"\n\s*\n", text):
        lines = [line for line in block.splitlines() if line.strip() and line.strip()[0] != "#"]
        rows = [line for line in lines if line.lstrip().startswith("|")]
        if rows:
            units.append(_table(rows))
        prose = [line for line in lines if line not in rows]
        units += [[sentence] for item in _items(prose) for sentence in _sentences(item)]
    return [u for u in units if any(c.isalnum() for line in u for c in line)]


def _table(rows: Sequence[str]) -> list[str]:
    cells = [row.strip().strip("|").split("|") for row in rows if not _RULE.match(row)]
    lines = [" · ".join(_bare(c) for c in row if c.strip()) for row in cells]
    return lines[: _TABLE_ROWS + 1]


def _items(lines: Sequence[str]) -> list[str]:
    """Lines joined to paragraphs, a new one at every list item."""
    items: list[str] = []
    for line in lines:
        if _ITEM.match(line) or not items:
            items.append(_ITEM.sub("", line))
        else:
            items[-1] += " " + line.strip()
    return items


def _sentences(paragraph: str) -> list[str]:
    return [s for s in _SENTENCE.split(_bare(paragraph)) if s]


def _bare(text: str) -> str:
    """Text without the marks of emphasis, code and links that it was written with."""
    plain = re.sub(r"\*\*|__|`", "", _LINK.sub(r"\1", text))
    return _EMPHASIS.sub(r"\1", plain).strip()
