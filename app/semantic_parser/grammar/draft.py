"""The reading of one question over one root table while the rules are at work on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from app.semantic_parser import linking
from app.semantic_parser.form import (
    Bucket,
    Field,
    Filter,
    Having,
    Measure,
    Newest,
    Order,
    Summary,
    TimeRange,
)
from app.semantic_parser.grammar.said import (
    Comparison,
    Meaning,
    Measured,
    Position,
    Ranking,
    Stated,
    Tie,
)
from app.semantic_parser.lexicon import KNOWN, STOP
from app.semantic_parser.linking import Embed, FieldTerms, Link, Noun, Scope, ValueLink
from app.semantic_parser.times import Span
from app.semantic_parser.tokens import Token

Accept = Callable[[FieldTerms], bool]
Role = Literal[
    "time", "bucket", "filter", "group", "measure", "ask", "noun", "order", "context", "composite"
]
GUESSED = 0.75
"""Score of a field that a word may mean: rules take it, and the user is asked about it."""

TIE = 0.03
"""Two fields whose links are no further apart than this are both likely."""


@dataclass(slots=True)
class Draft:
    """What the rules have understood so far.

    Attributes:
        tokens: The question, spelling corrected.
        scope: The root table and what is in reach of it.
        spans: The times in it.
        prefer: Fields that words are to be read as, where a tie is read the other way.
        meanings: What terms of the question are defined as.
        now: The moment of the question, in its time zone; None where that plays no part.
        embed: Finds fields by what words mean, for words that nothing else explains; None does not.
        leans: Whether the question only changes the one before it.
        roles: What each token was taken for, by position.
        credit: How sure that was, by position, from 0 to 1.
        intent: How plainly rows or numbers are asked for, from 0 to 1.
        doubt: Factor for what the form cannot quite say.
        reasons: Why the form may not be what is asked, in words for the user.
        notes: What was taken for granted, a sentence each.
        defined: Terms that were read as documents define them.
    """

    tokens: Sequence[Token]
    scope: Scope
    spans: Sequence[Span] = ()
    prefer: Mapping[Position, Field] = field(default_factory=dict)
    meanings: Sequence[Meaning] = ()
    now: datetime | None = None
    embed: Embed | None = None
    leans: bool = False
    roles: dict[int, Role] = field(default_factory=dict)
    credit: dict[int, float] = field(default_factory=dict)
    filters: list[Stated] = field(default_factory=list)
    measures: list[Measured] = field(default_factory=list)
    group: list[Field] = field(default_factory=list)
    columns: list[Field] = field(default_factory=list)
    distinct: bool = False
    time_field: Field | None = None
    times: list[tuple[TimeRange, int]] = field(default_factory=list)
    bucket: Bucket | None = None
    newest: Newest | None = None
    cumulative: bool = False
    having: list[Having] = field(default_factory=list)
    ranking: Ranking | None = None
    order: list[Order] = field(default_factory=list)
    limit: int | None = None
    limit_per: list[Field | Literal["bucket"]] = field(default_factory=list)
    comparison: Comparison | None = None
    summary: Summary | None = None
    listing: bool = False
    asks_whether: bool = False
    ties: list[Tie] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    defined: list[str] = field(default_factory=list)
    intent: float = 0.0
    doubt: float = 1.0
    _fields: dict[int, tuple[Link, ...]] = field(default_factory=dict)
    _values: dict[int, tuple[ValueLink, ...]] = field(default_factory=dict)
    _nouns: dict[int, tuple[Noun, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.tokens)

    def text(self, i: int) -> str:
        """The token at `i` in lower case; empty outside the question."""
        return self.tokens[i].text if 0 <= i < len(self.tokens) else ""

    def stem(self, i: int) -> str:
        """The stem of the token at `i`; empty outside the question."""
        return self.tokens[i].stem if 0 <= i < len(self.tokens) else ""

    def said(self, start: int, stop: int) -> str:
        """The words from `start` to `stop`, in lower case."""
        return " ".join(self.text(i) for i in range(start, stop))

    def is_free(self, start: int, stop: int | None = None) -> bool:
        """Whether no rule has taken any of the tokens."""
        stop = start + 1 if stop is None else stop
        inside = start >= 0 and stop <= len(self.tokens)
        return inside and all(i not in self.roles for i in range(start, stop))

    def is_filler(self, i: int) -> bool:
        """Whether a phrase may go on behind the token: a small word, or one that is taken."""
        return 0 <= i < len(self.tokens) and (i in self.roles or self.text(i) in STOP)

    def skip(self, i: int) -> int:
        """The next position from `i` on that is neither a small word nor taken."""
        while self.is_filler(i):
            i += 1
        return i

    def take(self, start: int, stop: int, role: Role, score: float = 1.0) -> None:
        """Marks tokens as understood; what a better rule took before stays."""
        for i in range(start, stop):
            if i not in self.roles:
                self.roles[i] = role
                self.credit[i] = score

    def distrust(self, reason: str, factor: float = 0.4) -> None:
        """Keeps the reading below what is run, and says why."""
        if reason not in self.reasons:
            self.doubt *= factor
            self.reasons.append(reason)

    def fields_at(
        self, i: int, accept: Accept | None = None, *, least: float = 0.5, taken: bool = False
    ) -> Iterator[Link]:
        """Fields that words from `i` on name, best first.

        Args:
            i: Where the words start.
            accept: Which fields may be meant.
            least: Lowest score.
            taken: Whether the words may be taken already.
        """
        if i not in self._fields:
            self._fields[i] = linking.fields_at(self.scope, self.tokens, i) or self._guessed(i)
        for link in self._fields[i]:
            if link.score < least or (accept and not accept(self.scope.terms(link.field))):
                continue
            if taken or self.is_free(link.start, link.stop):
                yield link

    def _guessed(self, i: int) -> tuple[Link, ...]:
        """Fields that a word may mean though it is none of their words."""
        if self.embed is None or not 0 <= i < len(self.tokens):
            return ()
        token = self.tokens[i]
        if token.kind != "word" or token.text in KNOWN:
            return ()
        if next(self.values_at(i, taken=True), None) or self.noun_at(i, taken=True):
            return ()
        links = linking.fields_like(self.scope, self.tokens, i, i + 1, self.embed)[:1]
        return tuple(replace(link, score=GUESSED) for link in links)

    @property
    def guesses(self) -> dict[str, Field]:
        """Words that were taken for a field only by what they mean."""
        if self.embed is None:
            return {}
        known = {i for i in self._fields if not linking.fields_at(self.scope, self.tokens, i)}
        return {self.text(i): links[0].field for i in known if (links := self._fields[i])}

    def field_at(
        self, i: int, accept: Accept | None = None, *, least: float = 0.5, taken: bool = False
    ) -> Link | None:
        """The best of `fields_at`; a near tie is noted, so that the user can be asked."""
        found = list(self.fields_at(i, accept, least=least, taken=taken))
        if not found:
            return None
        best = found[0]
        near = [f for f in found[1:] if f.stop == best.stop and best.score - f.score < TIE]
        preferred = self.prefer.get((best.start, best.stop))
        if preferred is not None:
            return next((f for f in [best, *near] if f.field == preferred), best)
        if near:
            position = (best.start, best.stop)
            if all(t.position != position for t in self.ties):
                others = tuple(f.field for f in near if f.field != best.field)
                self.ties.append(Tie(position, best.field, others))
        return best

    def values_at(self, i: int, *, taken: bool = False) -> Iterator[ValueLink]:
        """Values that words from `i` on stand for, best first."""
        if i not in self._values:
            self._values[i] = linking.values_at(self.scope, self.tokens, i)
        for link in self._values[i]:
            if taken or self.is_free(link.start, link.stop):
                yield link

    def nouns_at(self, i: int, *, taken: bool = False) -> Iterator[Noun]:
        """Things that words from `i` on name, best first."""
        if i not in self._nouns:
            self._nouns[i] = linking.nouns_at(self.scope, self.tokens, i)
        for noun in self._nouns[i]:
            if taken or self.is_free(noun.start, noun.stop):
                yield noun

    def noun_at(self, i: int, *, taken: bool = False) -> Noun | None:
        """The best of `nouns_at`."""
        return next(self.nouns_at(i, taken=taken), None)

    def rows_at(self, i: int, *, taken: bool = False) -> Noun | None:
        """The root's own rows, named at `i`."""
        return next((n for n in self.nouns_at(i, taken=taken) if n.is_rows), None)

    def add_filter(self, filter_: Filter, start: int, stop: int) -> None:
        """Adds a condition once."""
        if all(s.filter != filter_ for s in self.filters):
            self.filters.append(Stated(filter_, start, stop))

    def add_measure(self, measure: Measure, start: int, stop: int, score: float = 1.0) -> None:
        """Adds a measure once; asking for one makes rows or numbers wanted."""
        if all(m.measure != measure for m in self.measures):
            self.measures.append(Measured(measure, start, stop))
        self.intent = max(self.intent, 1.0 if score > 0.6 else 0.9)

    def add_group(self, link: Link) -> None:
        """Adds what measures are computed for each value of, and takes its words."""
        if link.field not in self.group:
            self.group.append(link.field)
        self.take(link.start, link.stop, "group", link.score)
