"""The parser's front door: a question, a catalog and sampled values in, a `Reading` out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from app.catalog.model import Catalog
from app.catalog.values import Values
from app.semantic_parser import (
    follow_ups,
    grammar,
    linking,
    ranking,
    rows,
    spelling,
    sql,
    times,
    used,
    words,
)
from app.semantic_parser.definitions import Definition
from app.semantic_parser.definitions.meaning import defining, used_in
from app.semantic_parser.form import Form
from app.semantic_parser.grammar import Candidate
from app.semantic_parser.lexicon import MONEY_WORDS, SELLING
from app.semantic_parser.linking import Embed, Vocabulary
from app.semantic_parser.reading import CONFIDENT, Reading
from app.semantic_parser.times import Span
from app.semantic_parser.tokens import Token, name_parts, tokenize
from app.semantic_parser.types import is_money

MAX_CHARACTERS = 1_000
"""Longer texts are not one question."""

MOST_CHOICES = 4
"""How many readings a user is asked to choose from."""

_MOST_EARLIER = 50
_MOST_TIES = 2
_MOST_GUESSED = 3
_LEAST_ASKED = 0.5
"""Below this confidence no choice of readings is offered: none of them may be meant."""


def parse(
    question: str,
    catalog: Catalog,
    values: Values,
    *,
    now: datetime,
    time_zone: str,
    history: Sequence[str] = (),
    definitions: Sequence[Definition] = (),
    embed: Embed | None = None,
) -> Reading | None:
    """Reads a question as a query.

    Args:
        question: In English.
        catalog: The tables it may be about.
        values: What their text columns hold.
        now: What "now" means in the question (aware).
        time_zone: IANA name of the zone that times in the question are in.
        history: Earlier questions of the conversation, oldest first, that it may lean on.
        definitions: What documents say that terms mean.
        embed: Texts to vectors of length 1, for words that no name, comment or value explains.

    Returns:
        The best reading, however unsure, or None where the question says nothing of the tables.
    """
    reader = _Reader(linking.vocabulary(catalog, values), now, time_zone, definitions, embed)
    previous: Reading | None = None
    for earlier in history[-_MOST_EARLIER:]:
        read = reader.read(earlier, previous)
        previous = read if read and _can_be_leant_on(read) else previous
    return reader.read(question, previous)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads questions of one conversation, all at the same moment."""

    known: Vocabulary
    now: datetime
    time_zone: str
    definitions: Sequence[Definition] = ()
    embed: Embed | None = None

    def read(self, question: str, previous: Reading | None) -> Reading | None:
        """Reads a question on its own, or as one that leans on the one before."""
        if len(question) > MAX_CHARACTERS or not question.strip():
            return None
        chosen = _chosen(previous, question)
        if chosen is not None:
            return chosen
        tokens = spelling.correct(tokenize(question), self.known)
        spans = times.find(tokens, self.now, self.time_zone)
        candidates = self._candidates(tokens, spans)
        if self.embed and not (candidates and candidates[0].confidence >= CONFIDENT):
            candidates = self._guessed(tokens, spans, candidates) or candidates
        leaning = self._leaning(tokens, spans, previous)
        if leaning and (not candidates or follow_ups.is_rather(tokens, leaning, candidates[0])):
            candidates = [leaning]
        return _reading(candidates, tokens) if candidates else None

    def _candidates(self, tokens: Sequence[Token], spans: Sequence[Span]) -> list[Candidate]:
        """Every reading over every likely table, with ties read each way, best first."""
        found: list[Candidate] = []
        said = [*ranking.outside(tokens, spans), *defining(tokens, self.definitions)]
        for position in ranking.likely(said, self.known):
            scope = linking.scope(self.known, position)
            meanings = used_in(tokens, self.definitions, scope)
            candidate = grammar.read(tokens, spans, scope, meanings=meanings, now=self.local)
            if candidate is None:
                continue
            found.append(candidate)
            for tie in candidate.ties[:_MOST_TIES]:
                for other in tie.others[:_MOST_TIES]:
                    prefer = {tie.position: other}
                    again = grammar.read(tokens, spans, scope, prefer, meanings, now=self.local)
                    if again is not None and again.form != candidate.form:
                        found.append(again)
        return sorted(found, key=ranking.rank, reverse=True)

    def _guessed(
        self, tokens: Sequence[Token], spans: Sequence[Span], candidates: Sequence[Candidate]
    ) -> list[Candidate]:
        """Readings that take unknown words for what they mean, to be asked about."""
        roots = dict.fromkeys(c.form.table.name for c in candidates[:_MOST_GUESSED])
        found = []
        for name in roots:
            scope = linking.scope(self.known, self._position(name))
            meanings = used_in(tokens, self.definitions, scope)
            again = grammar.read(
                tokens, spans, scope, meanings=meanings, now=self.local, embed=self.embed
            )
            if again is not None and again.guesses and again.confidence >= _LEAST_ASKED:
                found.append(again)
        return sorted(found, key=ranking.rank, reverse=True)

    def _leaning(
        self, tokens: Sequence[Token], spans: Sequence[Span], previous: Reading | None
    ) -> Candidate | None:
        if previous is None:
            return None
        scope = linking.scope(self.known, self._position(previous.form.table.name))
        meanings = used_in(tokens, self.definitions, scope)
        return follow_ups.read(tokens, spans, scope, previous.form, meanings, now=self.local)

    def _position(self, table: str) -> int:
        return next(i for i, t in enumerate(self.known.tables) if t.table.name == table)

    @property
    def local(self) -> datetime:
        """Now, as the clock shows it."""
        return self.now.astimezone(ZoneInfo(self.time_zone)).replace(tzinfo=None)


def _can_be_leant_on(reading: Reading) -> bool:
    """Whether it was answered or asked about; what was neither is nothing to come back to."""
    return reading.confidence >= CONFIDENT or bool(choices(reading))


def _chosen(previous: Reading | None, answer: str) -> Reading | None:
    """The reading that a user has picked of those that she was asked to choose from."""
    for choice in choices(previous) if previous else ():
        if choice.words.casefold() == answer.strip().casefold():
            return replace(choice, confidence=max(choice.confidence, CONFIDENT), guessed=False)
    return None


def choices(reading: Reading) -> tuple[Reading, ...]:
    """The readings to ask about, the likeliest first; none where one is clearly meant."""
    if not (reading.alternatives or reading.guessed):
        return ()
    return (replace(reading, alternatives=()), *reading.alternatives)[:MOST_CHOICES]


def _reading(candidates: Sequence[Candidate], tokens: Sequence[Token]) -> Reading:
    best = candidates[0]
    near = ranking.near(candidates)
    made = _made(best, tokens)
    if not near:
        return made
    gap = (ranking.rank(best) - ranking.rank(near[0])) / ranking.TIE
    if best.confidence < _LEAST_ASKED:
        return replace(made, confidence=round(best.confidence * (0.5 + 0.5 * gap), 3))
    return replace(made, alternatives=tuple(_made(c, tokens) for c in near))


def _made(candidate: Candidate, tokens: Sequence[Token]) -> Reading:
    defined = candidate.defined
    word = defined[0] if defined else _business_word(candidate.form, tokens)
    return Reading(
        form=candidate.form,
        sql=sql.render(candidate.form),
        words=words.say(candidate.form),
        confidence=round(min(1.0, candidate.confidence), 3),
        unexplained=candidate.unexplained,
        reasons=candidate.reasons,
        notes=(
            *_corrections(tokens),
            *candidate.notes,
            *([_read_as(word, candidate.form)] if word and not defined else []),
        ),
        guessed=bool(candidate.guesses),
        rows=_rows(candidate),
        business_word=word,
    )


def _rows(candidate: Candidate) -> Reading | None:
    if not candidate.is_fragment:
        return None
    form = rows.behind(candidate.form)
    return Reading(form, sql.render(form), words.say(form), candidate.confidence)


def _corrections(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.misspelt:
            yield f"I read “{token.raw}” as “{token.text}”."


def _business_word(form: Form, tokens: Sequence[Token]) -> str:
    """A word such as "revenue" that no column has and that a document may define."""
    metrics = [m for x in form.measures for m in used.metrics_of(x)]
    money = [f.column for m in metrics for f in used.of_operand(m.of) if is_money(f.column)]
    if not money or all(m.function == "count" for m in metrics):
        return ""
    own = {*name_parts(form.table.name), *(s for c in money for s in name_parts(c.name))}
    said = (t.raw for t in tokens if t.stem in MONEY_WORDS - own and t.text not in SELLING)
    return next(said, "")


def _read_as(word: str, form: Form) -> str:
    table = form.table.name.replace("_", " ")
    metric = words.say_measure(form.measures[0], form).replace("total ", "the sum of ", 1)
    rows = f"the {table} that match" if form.filters else f"all {table}"
    return f"“{word}” was read as {metric} over {rows}; the documents may define it otherwise."
