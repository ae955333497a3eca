"""Which tables a question may be about, and which of its readings is meant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from app.semantic_parser import linking, times, used, words
from app.semantic_parser.form import Related
from app.semantic_parser.grammar import Candidate
from app.semantic_parser.lexicon import RANKS, STOP
from app.semantic_parser.linking import Vocabulary
from app.semantic_parser.times import Span
from app.semantic_parser.tokens import Token

MAX_TABLES = 12
"""How many tables are read in full; the others know fewer of the question's words."""

TIE = 0.06
"""Readings whose ranks are no further apart are both likely."""

_BY_NAME = 0.8
"""Least score of words for a table's rows that are its name or stand in its comment."""

_NAMED = 0.1
_CALLED = 0.02
_JOINED = 0.05
_FOREIGN = 0.12


def outside(tokens: Sequence[Token], spans: Sequence[Span]) -> list[Token]:
    """The words that are about more than the time; a unit of it names no table."""
    timed = {i for span in spans for i in range(span.start, span.stop)}
    return [t for i, t in enumerate(tokens) if i not in timed and not times.unit_of(t)]


def likely(tokens: Sequence[Token], known: Vocabulary) -> list[int]:
    """The tables that know most of the question's words, in the catalog's order."""
    counts: Counter[int] = Counter()
    for token in {t.stem: t for t in tokens if t.text not in STOP and t.kind != "mark"}.values():
        for position, worth in linking.tables_knowing(known, token).items():
            named = token.stem in known.tables[position].name
            counts[position] += round(100 * worth) * (3 if named else 1)
    best = sorted(counts, key=lambda p: (-counts[p], p))[:MAX_TABLES]
    if not best and (len(known.tables) == 1 or any(t.text in RANKS for t in tokens)):
        best = list(range(len(known.tables)))[:MAX_TABLES]  # "busiest hour": of any of them
    return sorted(best)


def rank(candidate: Candidate) -> float:
    """What readings are compared by: a table is rather meant that is named and needs no other."""
    form = candidate.form
    own = form.table.name
    foreign = any(f.table != own for f in used.of_measures(form.measures))
    named = _NAMED if candidate.named >= _BY_NAME else _CALLED if candidate.named else 0.0
    related = [f.join for f in form.filters if isinstance(f, Related)]
    others = _JOINED * len((*form.joins, *related))
    others += _JOINED * sum(join.many for join in (*form.joins, *related))
    fields = used.of_form(form)
    elsewhere = bool(fields) and all(f.table != own for f in fields) and not candidate.named
    return candidate.confidence + named - others - (_FOREIGN if foreign or elsewhere else 0.0)


def near(candidates: Sequence[Candidate]) -> list[Candidate]:
    """What is about as likely as the best and says something else."""
    best, *others = candidates
    said = {words.say(best.form)}
    found: list[Candidate] = []
    for other in others:
        label = words.say(other.form)
        if rank(best) - rank(other) < TIE and label not in said:
            said.add(label)
            found.append(other)
    return found
