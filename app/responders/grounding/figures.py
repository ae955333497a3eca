"""Numbers, lengths of time, dates and clock times that nothing bears out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from app.answer import Source
from app.markers import MARKER
from app.responders.grounding import arithmetic, counting, statements, weekdays
from app.responders.grounding.claims import Claim, find
from app.responders.grounding.corpus import Corpus
from app.responders.grounding.dating import Dates, said_of
from app.responders.grounding.derived import Derived
from app.responders.grounding.doubt import Doubt
from app.responders.grounding.layout import Block, Text, blanked
from app.responders.grounding.markers import cited
from app.responders.grounding.numbers import Known

_MONEY = re.compile(r"[€$£\s]|EUR|USD|GBP|CHF")
_PLAIN_CODE = frozenset({"", "text", "txt", "plain", "plaintext"})
_MOST_DERIVED = (
    80  # claims that are looked at so closely; a text of more is not computed but made up
)
_KINDS = {"date": "date", "clock": "time"}
_ROUNDS = 2  # a total may be said before what it is the total of


@dataclass(frozen=True, slots=True)
class _Said:
    claim: Claim
    position: int  # of its block


@dataclass(slots=True)
class _Figures:
    """The claims of a text by what is known of them.

    Attributes:
        held: Those that are borne out, by the group of blocks that they stand in.
        computed: Kind and value of those among them that only follow from others; they may be
            repeated anywhere.
        days: Dates that are borne out, by group likewise.
    """

    read: Text
    derived: Derived
    counts: counting.Counts
    dates: Dates
    held: dict[int, list[arithmetic.Stated]] = field(default_factory=dict)
    computed: list[tuple[str, float]] = field(default_factory=list)
    days: dict[int, list[Claim]] = field(default_factory=dict)

    def hold(self, said: _Said) -> None:
        block = self.read.blocks[said.position]
        value = said.claim.value
        if said.claim.kind == "date":
            self.days.setdefault(block.group, []).append(said.claim)
        if value is not None:
            stated = arithmetic.Stated(
                value, said.claim.kind == "percent", said.claim.start, said.position
            )
            self.held.setdefault(block.group, []).append(stated)

    def follows(self, said: _Said) -> bool:
        """Whether a claim can be computed from the evidence or from what is stated around it."""
        block, claim = self.read.blocks[said.position], said.claim
        start, end = block.sentence(self.read.text, claim.start)
        sentence = MARKER.sub("", f"{self.read.text[start:end]} {block.context}")
        around = f"{block.context} {self.read.text[block.start : block.end]}"
        stated, before = self.held.get(block.group, []), self.held.get(block.group - 1, [])
        own = [s for s in stated if s.position == said.position]
        # The many numbers of a table make almost any other; a row is computed from its own.
        alone = block.kind == "row" or (block.kind == "item" and len(own) > 1)
        beside = own if alone else stated
        repeats = [value for kind, value in self.computed if kind == claim.kind]
        if any(a.holds(value) for value in repeats for a in claim.amounts):
            return True
        dates = sorted(self.days.get(block.group, []), key=lambda d: abs(d.start - claim.start))
        return (
            self.counts.bear(claim, self.read, said.position, sentence)
            or self.dates.bear(claim, self.read.text, sentence, dates)
            or self.derived.bear(claim, sentence, around)
            or arithmetic.follows(claim, beside, sentence)
            or arithmetic.adds_up(claim, stated, said.position, sentence)
            or arithmetic.adds_up(claim, before, said.position, sentence)
        )


def doubts(read: Text, evidence: Sequence[Source], corpus: Corpus) -> Iterator[Doubt]:
    """Claims in figures that neither the evidence has nor anything stated leads to."""
    said = [
        _Said(claim, position)
        for position, block in enumerate(read.blocks)
        for claim in _claims(read, block)
    ]
    if not said:
        return
    known = Known(evidence, corpus.readings, corpus.sheets)
    dates = Dates(evidence, corpus.readings, corpus.sheets, cited(read))
    work = _Figures(read, Derived(corpus.sheets), counting.Counts(corpus.sheets), dates)
    pending: list[_Said] = []
    for one in said:
        if known.holds(one.claim):
            work.hold(one)
        else:
            pending.append(one)
    for one in _left(work, pending):
        claim = one.claim
        yield Doubt(claim.start, claim.end, claim.text, _message(claim, read.text))
    sound = [claim for held in work.days.values() for claim in held]
    yield from weekdays.doubts(read.text, sound, corpus, dates)


def _message(claim: Claim, text: str) -> str:
    is_year = claim.kind == "number" and said_of(claim, text) is not None
    kind = "year" if is_year else _KINDS.get(claim.kind, "number")
    said = f"The {kind} {claim.text} in the text is not in the evidence"
    if kind == "number":
        return f"{said}."
    return f"{said} and does not follow from it; show how it is worked out, or leave it out."


def _left(work: _Figures, pending: list[_Said]) -> list[_Said]:
    """The claims that do not follow from anything either."""
    near, left = pending[:_MOST_DERIVED], pending[_MOST_DERIVED:]
    for _ in range(_ROUNDS):
        still: list[_Said] = []
        for one in near:
            if work.follows(one):
                work.hold(one)
                work.computed += [(one.claim.kind, a.value) for a in one.claim.amounts[:1]]
            else:
                still.append(one)
        if len(still) == len(near):
            break
        near = still
    return near + left


def _claims(read: Text, block: Block) -> Iterator[Claim]:
    """What a block says in figures, code that is nothing but a number or plain text included."""
    if block.kind == "quote":
        return
    if block.kind == "code":
        code = read.text[block.start : block.end]
        if block.language.lower() in _PLAIN_CODE and not statements.is_sql(code):
            yield from find(code, block.start)
        return
    yield from find(blanked(MARKER, read.said(block)), block.start)
    for span in read.spans_of(block):
        for claim in find(span.code, span.inside):
            if _MONEY.sub("", span.code) == _MONEY.sub("", claim.text):
                yield claim
