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
_TABLE_BONUS = 0.4
_FIRST_BONUS = 0.3
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


@dataclass(frozen=True, slots=True)
class _Unit:
    """A sentence or a table row; units of one `line` are shown as one."""

    text: str
    line: int
    table: int | None = None


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


def has_words(passage: Passage, words: frozenset[str]) -> bool:
    """Whether all the stems occur in a passage or its headings."""
    return words <= content_stems(" ".join((*passage.heading_path, passage.text)))


def excerpt(passage: Passage, query: str, defined: str = "") -> list[str]:
    """The stretch of a passage that says most about the query: paragraphs, items, table rows.

    Args:
        passage: The passage.
        query: What is asked.
        defined: Words whose definition is looked for, also where a heading has them.
    """
    units = _units(passage.text)
    if not units:
        return [passage.text[:_QUOTE_CHARACTERS]]
    # What the heading says already does not tell one sentence from another.
    words = content_stems(query) - content_stems(" ".join(passage.heading_path))
    words |= content_stems(defined)
    scores = [_unit_score(unit, words) for unit in units]
    scores[0] += _FIRST_BONUS
    best = max(range(len(units)), key=lambda i: (sum(scores[i : _stop(units, i)]), scores[i], -i))
    lines: dict[int, str] = {}
    for unit in units[best : _stop(units, best)]:
        lines[unit.line] = f"{lines.get(unit.line, '')} {unit.text}".strip()
    return list(lines.values())


def _stop(units: Sequence[_Unit], start: int) -> int:
    """Where a quote that begins at a unit ends: that table or sentence, and as many as fit."""
    stop, size = start + 1, len(units[start].text)
    while stop < len(units):
        size += len(units[stop].text)
        same_table = units[stop].table is not None and units[stop].table == units[start].table
        if size > _QUOTE_CHARACTERS and not same_table:
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


def _unit_score(unit: _Unit, words: frozenset[str]) -> float:
    """Words in common; a table's rows count too, being what prose only introduces."""
    return len(content_stems(unit.text) & words) + (_TABLE_BONUS if unit.table is not None else 0)


def _units(text: str) -> list[_Unit]:
    """Sentences and table rows without their markup."""
    units: list[_Unit] = []
    for number, block in enumerate(re.split(r"\n\s*\n", text)):
        lines = [line for line in block.splitlines() if line.strip() and line.strip()[0] != "#"]
        rows = [line for line in lines if line.lstrip().startswith("|")]
        prose = [line for line in lines if line not in rows]
        for item in _items(prose):
            line = len(units)
            units += [_Unit(sentence, line) for sentence in _sentences(item)]
        for row in _table(rows):
            units.append(_Unit(row, len(units), table=number))
    return [u for u in units if any(c.isalnum() for c in u.text)]


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
