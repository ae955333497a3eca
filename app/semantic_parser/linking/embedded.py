"""Words to fields by what they mean to the local embedding model, where no word fits."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from app.semantic_parser import comments
from app.semantic_parser.linking import wordforms
from app.semantic_parser.linking.abbreviations import SPELLED_OUT
from app.semantic_parser.linking.terms import FieldTerms, Link, Scope
from app.semantic_parser.tokens import Token

Vectors = npt.NDArray[np.float32]
Embed = Callable[[Sequence[str]], Sequence[Sequence[float]] | Vectors]

MOST_FIELDS = 1_000
"""Fields of larger catalogs are not embedded: that would keep a question waiting for seconds."""

THRESHOLD = 0.48
"""Least cosine similarity. On four catalogs 3 in 10 paraphrases that share no word with their field
reach it, and 2 in 100 unrelated words reach it for some field of a table."""

WORST, BEST = 0.4, 0.6
"""What fields are worth at the threshold and at most: never enough to answer by alone."""


def fields_like(
    scope: Scope, tokens: Sequence[Token], start: int, stop: int, embed: Embed | None
) -> tuple[Link, ...]:
    """The fields that the words from `start` to `stop` are likely about, best first.

    Args:
        scope: What the question may speak of; the vectors of a table's fields are computed once.
        tokens: The question.
        start: First of the words.
        stop: Just past the last one.
        embed: Texts to vectors of length 1; None finds nothing.
    """
    words = " ".join(t.text for t in tokens[max(0, start) : stop] if t.kind == "word")
    if embed is None or not words or not scope.fields or scope.size > MOST_FIELDS:
        return ()
    known = _vectors(scope, embed)
    alike = known @ np.asarray(embed([words]), dtype=np.float32)[0]
    found = [
        Link(terms.field, start, stop, round(_score(float(one)) * terms.worth, 4), terms.hops)
        for terms, one in zip(scope.fields, alike, strict=True)
        if one >= THRESHOLD
    ]
    return tuple(sorted(found, key=lambda link: -link.score))


def text_of(terms: FieldTerms) -> str:
    """A field as a text: its name, abbreviations spelled out, and how its COMMENT begins."""
    name = " ".join(_spelled_out(p) for p in wordforms.parts_of(terms.field.name))
    head = comments.head_and_rest(terms.field.column.comment)[0].strip()
    return f"{name}: {head}" if head else name


def _spelled_out(part: str) -> str:
    return SPELLED_OUT.get(part, (part,))[0]


def _score(alike: float) -> float:
    return min(BEST, WORST + (alike - THRESHOLD))


def _vectors(scope: Scope, embed: Embed) -> Vectors:
    """The vectors of all fields; those of tables not met before are computed in one batch."""
    new = [t for t in scope.tables if t.fields and not any(e == embed for e, _ in t.vectors)]
    if new:
        found = np.asarray(embed([text_of(f) for t in new for f in t.fields]), dtype=np.float32)
        first = 0
        for table in new:
            table.vectors[:] = [(embed, found[first : first + len(table.fields)])]
            first += len(table.fields)
    return np.concatenate([t.vectors[0][1] for t in scope.tables if t.fields])
