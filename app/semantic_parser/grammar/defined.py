"""Terms of the question that documents define, read before anything else."""

from __future__ import annotations

from app.semantic_parser.grammar.draft import Draft
from app.semantic_parser.grammar.said import Meaning
from app.semantic_parser.tokens import word_set

RATES = word_set("rate share percentage proportion ratio revenue value income profit margin")
"""Words of terms that a reading of one's own would compute some other way."""


def claim(draft: Draft) -> None:
    """Puts the measure of `gross revenue`, or the condition of `slow page view`, into the draft."""
    for meaning in draft.meanings:
        if not draft.is_free(meaning.start, meaning.stop):
            continue
        stop = meaning.stop
        if meaning.measure is None and not meaning.filters:
            if RATES & set(meaning.term.split()):
                draft.distrust(f"the documents define “{meaning.term}” in a way I cannot compute")
            continue
        if meaning.measure is None:
            stop = _before_noun(draft, meaning) if stop > meaning.start + 1 else stop
            if stop == meaning.start:
                continue
        for filter_ in meaning.filters:
            draft.add_filter(filter_, meaning.start, stop)
        if meaning.measure is not None:
            draft.add_measure(meaning.measure, meaning.start, stop)
        draft.take(meaning.start, stop, "measure" if meaning.measure else "filter", 0.97)
        draft.defined.append(meaning.term)


def _before_noun(draft: Draft, meaning: Meaning) -> int:
    """Where the words before the noun end: `slow` of `slow page view`."""
    for i in range(meaning.start, meaning.stop):
        noun = draft.noun_at(i)
        if noun is not None and noun.stop >= meaning.stop:
            return i
    return meaning.stop
