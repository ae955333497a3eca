"""The parser's front door: a question, a catalog and sampled values in, a `Reading` out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from app.catalog.model import Catalog
from app.catalog.values import Values
from app.semantic_parser import grammar, spelling, sql, times, words
from app.semantic_parser.form import Form
from app.semantic_parser.grammar import Candidate
from app.semantic_parser.lexicon import MONEY_WORDS, RANKS, SELLING, STOP
from app.semantic_parser.linking import TableTerms, Vocabulary, vocabulary
from app.semantic_parser.reading import Reading
from app.semantic_parser.tokens import Token, name_parts, tokenize
from app.semantic_parser.types import is_money

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
    said = _outside(tokens, spans)
    read = (
        grammar.read(tokens, spans, t, [o for o in known.tables if o is not t])
        for t in _likely(said, known)
    )
    candidates = sorted((c for c in read if c), key=_rank, reverse=True)
    return _reading(candidates, tokens) if candidates else None


def _outside(tokens: Sequence[Token], spans: Sequence[times.Span]) -> list[Token]:
    """The words that are about more than the time; a unit of it names no table."""
    timed = {i for span in spans for i in range(span.start, span.stop)}
    return [t for i, t in enumerate(tokens) if i not in timed and not times.unit_of(t)]


def _likely(tokens: Sequence[Token], known: Vocabulary) -> list[TableTerms]:
    """The tables that know most of the question's words, in the catalog's order."""
    counts: Counter[int] = Counter()
    for stem in {t.stem for t in tokens if t.text not in STOP and t.kind != "mark"}:
        for position in known.postings.get(stem, ()):
            named = stem in known.tables[position].name
            counts[position] += 3 if named else 1
    best = sorted(counts, key=lambda p: (-counts[p], p))[:MAX_TABLES]
    if not best and (len(known.tables) == 1 or any(t.text in RANKS for t in tokens)):
        best = list(range(len(known.tables)))[:MAX_TABLES]  # "busiest hour": of any of them
    return [known.tables[p] for p in sorted(best)]


def _rank(candidate: Candidate) -> float:
    return candidate.confidence + (0.1 if candidate.named else 0.0)


def _reading(candidates: list[Candidate], tokens: Sequence[Token]) -> Reading:
    best = candidates[0]
    near = [c for c in candidates[1:] if _rank(best) - _rank(c) < _TIE]
    confidence = best.confidence
    if near:
        confidence *= 0.5 + 0.5 * (_rank(best) - _rank(near[0])) / _TIE
    is_tie = best.confidence > 0.3 and confidence < 0.8 * best.confidence
    word = _business_word(best.form, tokens)
    return Reading(
        form=best.form,
        sql=sql.render(best.form),
        words=words.say(best.form),
        confidence=round(min(1.0, confidence), 3),
        unexplained=best.unexplained,
        alternatives=tuple(words.say(c.form) for c in near) if is_tie else (),
        reasons=best.reasons,
        notes=(*_corrections(tokens), *([_read_as(word, best.form)] if word else [])),
        business_word=word,
    )


def _corrections(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.misspelt:
            yield f"I read “{token.raw}” as “{token.text}”."


def _business_word(form: Form, tokens: Sequence[Token]) -> str:
    """A word such as "revenue" that no column has and that a document may define."""
    money = [m.column for m in form.metrics if m.column and is_money(m.column)]
    if not money or all(m.function == "count" for m in form.metrics):
        return ""
    own = {*name_parts(form.table.name), *(s for c in money for s in name_parts(c.name))}
    said = (t.raw for t in tokens if t.stem in MONEY_WORDS - own and t.text not in SELLING)
    return next(said, "")


def _read_as(word: str, form: Form) -> str:
    table = form.table.name.replace("_", " ")
    metric = words.say_metric(form.metrics[0], table).replace("total ", "the sum of ", 1)
    rows = f"the {table} that match" if form.filters else f"all {table}"
    return f"“{word}” was read as {metric} over {rows}; the documents may define it otherwise."
