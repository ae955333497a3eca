"""The reading of one question over one table while the rules are at work on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from app.catalog.model import Column
from app.semantic_parser.form import Bucket, Filter, Having, Metric, TimeRange
from app.semantic_parser.lexicon import STOP, Direction, MeasureKind
from app.semantic_parser.linking import ColumnTerms, Link, TableTerms, link_column
from app.semantic_parser.tokens import Token, word_set

Accept = Callable[[ColumnTerms], bool]
Role = Literal["time", "bucket", "value", "number", "group", "metric", "ask", "noun", "context"]

LINKING = word_set(
    "the in at by from with of via been be yet are is was were to for through to on has have"
    " had being a an equal status = == value equals using those that"
)
"""Small words between a column and what is said of it."""

DISTRUST = 0.4
"""Factor for a reading that may answer another question."""


@dataclass(slots=True)
class Draft:
    """What the rules have understood so far.

    Attributes:
        tokens: The question, spelling corrected.
        terms: The table that it is read over.
        roles: What each token was taken for, by position.
        credit: How sure that was, by position, from 0 to 1.
        intent: How plainly rows or numbers are asked for, from 0 to 1.
        doubt: Factor for what the form cannot quite say.
        kind: What sort of measure an adjective such as "slowest" is about.
        judged: Whether the best or the worst is asked for, which has no direction by itself.
        reasons: Why the form may not be what is asked, in words for the user.
    """

    tokens: Sequence[Token]
    terms: TableTerms
    stems: list[str]
    roles: dict[int, Role] = field(default_factory=dict)
    credit: dict[int, float] = field(default_factory=dict)
    metrics: list[Metric] = field(default_factory=list)
    group: list[Column] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    time_column: Column | None = None
    time: TimeRange | None = None
    bucket: Bucket | None = None
    having: Having | None = None
    direction: Direction | None = None
    limit: int | None = None
    listing: bool = False
    latest: bool = False
    is_ranked: bool = False
    kind: MeasureKind | None = None
    judged: Literal["best", "worst"] | None = None
    reasons: list[str] = field(default_factory=list)
    intent: float = 0.0
    doubt: float = 1.0

    def text(self, i: int) -> str:
        """The token at `i` in lower case; empty outside the question."""
        return self.tokens[i].text if 0 <= i < len(self.tokens) else ""

    def matches(self, i: int, words: Sequence[str]) -> bool:
        """Whether the tokens from `i` on are these words."""
        return all(self.text(i + k) == word for k, word in enumerate(words))

    def is_free(self, i: int) -> bool:
        """Whether no rule has taken the token."""
        return 0 <= i < len(self.tokens) and i not in self.roles

    def take(self, start: int, stop: int, role: Role, score: float = 1.0) -> None:
        """Marks tokens as understood; what a better rule took before stays."""
        for i in range(start, stop):
            if i not in self.roles:
                self.roles[i] = role
                self.credit[i] = score

    def distrust(self, reason: str) -> None:
        """Keeps the reading below what is run, and says why."""
        self.doubt *= DISTRUST
        if reason not in self.reasons:
            self.reasons.append(reason)

    def skip_small_words(self, i: int) -> int:
        """The next position that is no stop word (free or not)."""
        while i < len(self.tokens) and self.text(i) in STOP:
            i += 1
        return i

    def column_at(self, i: int, accept: Accept, *, least: float = 0.5) -> Link | None:
        """The column that free words from `i` on name, if one does well enough."""
        if not self.is_free(i):
            return None
        stop = i
        while stop < min(i + 4, len(self.tokens)) and self.is_free(stop):
            stop += 1
        link = link_column(self.terms, self.stems[:stop], i, accept)
        return link if link and link.score >= least else None

    def table_noun(self, i: int) -> int | None:
        """Where the table's own name, said from `i` on, ends; its last part alone counts too."""
        return self.named_at(i) if self.is_free(i) else None

    def named_at(self, i: int) -> int | None:
        """The same, whether or not a rule has taken the words."""
        name = self.terms.name
        for part in (name, name[-1:]):
            if tuple(self.stems[i : i + len(part)]) == part:
                return i + len(part)
        return None


def column_before(draft: Draft, i: int, accept: Accept) -> Link | None:
    """The column named right before `i`, over small words."""
    j = i
    while j > 0 and draft.text(j - 1) in LINKING | {"when", "took", "takes"}:
        j -= 1
    for start in range(max(0, j - 3), j):
        link = draft.column_at(start, accept, least=0.6)
        if link and link.stop == j and not is_table_noun(draft, link):
            return link
    return None


def is_table_noun(draft: Draft, link: Link) -> bool:
    """Whether words that only a comment ties to the column are the table's own name."""
    return link.score <= 0.8 and draft.table_noun(link.start) == link.stop
