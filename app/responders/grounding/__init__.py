"""Does the evidence bear a text out? What it does not is found, said, and can be marked.

Called by the assistant for every answer, and by responders whose model may correct itself.
A false alarm teaches people to overlook the true ones, so whatever can be read in a way that the
evidence bears out is let through.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from app.answer import Source
from app.responders.grounding import figures, identifiers, markers, quotes, statements
from app.responders.grounding.corpus import Corpus
from app.responders.grounding.doubt import Doubt
from app.responders.grounding.layout import Text
from app.responders.grounding.marking import MARK, marked
from app.responders.grounding.tables import sheets_of

__all__ = ["MARK", "Doubt", "check", "examine", "marked"]


def examine(
    text: str,
    evidence: Sequence[Source],
    *,
    readings: Sequence[str] = (),
    names: Collection[str] = (),
) -> tuple[Doubt, ...]:
    """What the evidence does not bear out, in order of place.

    Args:
        text: Markdown with `[n]` markers.
        evidence: The numbered sources behind it.
        readings: What the text may repeat without claiming it: the question, and how it was read
            or may be.
        names: Tables and columns that there are, columns with or without their table
            (`orders.status`). Where none are given, names are not looked at.
    """
    read, corpus = Text.of(text), Corpus.of(evidence, readings, sheets_of(evidence))
    quoted = [*statements.doubts(read, corpus), *quotes.doubts(read, corpus)]
    found = [
        *markers.doubts(read, evidence),
        *quoted,
        *identifiers.doubts(read, corpus, names),
        # Of a quote that is wrong as a whole nobody needs to know that a number in it is.
        *(f for f in figures.doubts(read, evidence, corpus) if not _is_within(f, quoted)),
    ]
    return tuple(sorted(found, key=lambda d: (d.start, d.end)))


def _is_within(doubt: Doubt, others: Sequence[Doubt]) -> bool:
    return any(other.start <= doubt.start and doubt.end <= other.end for other in others)


def check(
    text: str,
    evidence: Sequence[Source],
    *,
    readings: Sequence[str] = (),
    names: Collection[str] = (),
) -> tuple[str, ...]:
    """What the evidence does not bear out, each thing once, one sentence each.

    Args:
        text: Markdown with `[n]` markers.
        evidence: The numbered sources behind it.
        readings: What the text may repeat without claiming it.
        names: Tables and columns that there are.
    """
    found = examine(text, evidence, readings=readings, names=names)
    return tuple(dict.fromkeys(doubt.message for doubt in found))
