"""The parser's front door: a question, a catalog and sampled values in, a `Reading` out."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from app.catalog.model import Catalog
from app.catalog.values import Values
from app.semantic_parser import grammar, spelling, sql, times, words
from app.semantic_parser.grammar import Candidate
from app.semantic_parser.lexicon import STOP
from app.semantic_parser.linking import TableTerms, Vocabulary, vocabulary
from app.semantic_parser.reading import Reading
from app.semantic_parser.tokens import Token, tokenize

MAX_CHARACTERS = 1_000
"""Longer texts are not one question."""

MAX_TABLES = 12
"""How many tables are read in full; the others know fewer of the question's words."""

_TIE = 0.12


def parse(
    question: str, catalog: Catalog, values: Values, *, now: datetime, time_zone: str
) -> Reading | None:
    """Reads a question as a query over one table.

    Args:
        question: In English.
        catalog: The tables it may be about.
        values: What their text columns hold.
        now: What "now" means in the question (aware).
        time_zone: IANA name of the zone that times in the question are in.

    Returns:
        The best reading, however unsure, or None where the question says nothing of the tables.
    """
    if len(question) > MAX_CHARACTERS or not question.strip():
        return None
    known = vocabulary(catalog, values)
    tokens = spelling.correct(tokenize(question), known)
    spans = times.find(tokens, now, time_zone)
    read = (grammar.read(tokens, spans, terms) for terms in _likely(tokens, known))
    candidates = sorted((c for c in read if c), key=_rank, reverse=True)
    return _reading(candidates) if candidates else None


def _likely(tokens: tuple[Token, ...], known: Vocabulary) -> list[TableTerms]:
    """The tables that know most of the question's words, in the catalog's order."""
    counts: Counter[int] = Counter()
    for stem in {t.stem for t in tokens if t.text not in STOP and t.kind != "mark"}:
        for position in known.postings.get(stem, ()):
            named = stem in known.tables[position].name
            counts[position] += 3 if named else 1
    best = sorted(counts, key=lambda p: (-counts[p], p))[:MAX_TABLES]
    if not best and len(known.tables) == 1:
        best = [0]
    return [known.tables[p] for p in sorted(best)]


def _rank(candidate: Candidate) -> float:
    return candidate.confidence + (0.1 if candidate.named else 0.0)


def _reading(candidates: list[Candidate]) -> Reading:
    best = candidates[0]
    near = [c for c in candidates[1:] if _rank(best) - _rank(c) < _TIE]
    confidence = best.confidence
    if near:
        confidence *= 0.5 + 0.5 * (_rank(best) - _rank(near[0])) / _TIE
    is_tie = best.confidence > 0.3 and confidence < 0.8 * best.confidence
    return Reading(
        form=best.form,
        sql=sql.render(best.form),
        words=words.say(best.form),
        confidence=round(min(1.0, confidence), 3),
        unexplained=best.unexplained,
        alternatives=tuple(words.say(c.form) for c in near) if is_tie else (),
    )
