"""What is done with a question: which readings are run, which is asked about, what is left over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.answer import Answer
from app.responders import clauses
from app.semantic_parser import Reading, choices

History = tuple[str, ...]
Read = Callable[[str, History], Reading | None]
"""Reads a question that may lean on the questions before it, the oldest first."""


@dataclass(frozen=True, slots=True)
class Part:
    """A question, or one of its halves, and how it was read.

    Attributes:
        text: Its words.
        reading: How it was read; None where it says nothing of the tables.
        place: Which of the halves it is, from 0.
    """

    text: str
    reading: Reading | None
    place: int = 0

    @property
    def is_sure(self) -> bool:
        """Whether its reading may be run."""
        return self.reading is not None and self.reading.is_sure

    @property
    def choices(self) -> tuple[Reading, ...]:
        """The readings to ask about; none where one is clearly meant."""
        return choices(self.reading) if self.reading else ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done with a question.

    Attributes:
        run: What is understood and run.
        asked: What could mean several things, so that the user is asked.
        others: Halves left to the documents, where others are run.
        doubtful: Where nothing is run or asked, the best of what is not sure.
    """

    run: tuple[Part, ...] = ()
    asked: Part | None = None
    others: tuple[Part, ...] = ()
    doubtful: Reading | None = None

    @property
    def readings(self) -> tuple[Reading, ...]:
        """The readings that are run."""
        return tuple(part.reading for part in self.run if part.reading)

    @property
    def understood(self) -> str:
        """The readings that are run, in words."""
        return "; ".join(reading.words for reading in self.readings)

    @property
    def likelihood(self) -> float | None:
        """How likely all the readings that are run are right; None where none is."""
        return min((reading.likelihood for reading in self.readings), default=None)

    @property
    def choices(self) -> tuple[str, ...]:
        """The readings to ask about, in words."""
        return tuple(reading.words for reading in self.asked.choices) if self.asked else ()


def make(question: str, before: History, read: Read) -> Plan:
    """The whole question where it is understood as one, else those of its halves that are.

    Args:
        question: What is asked.
        before: What was asked before it, as `asked_before` gives it.
        read: Reads a question.
    """
    whole = Part(question, read(question, before))
    halves = _halves(question, before, read)
    if whole.is_sure and not _says_less(whole, halves):
        return Plan(run=(whole,))
    if any(_changes_another(half) for half in halves) or _is_cut(question, halves):
        halves = ()  # one of them says which rows another is about
    run = tuple(half for half in halves if half.is_sure)
    if run:
        asked = _tied(halves)
        left = (h for h in halves if not h.is_sure and h is not asked)
        return Plan(run, asked, tuple(h for h in left if not clauses.is_courtesy(h.text)))
    asked = _tied((whole, *halves))
    return Plan(asked=asked, doubtful=None if asked else _likeliest((whole, *halves)))


def asked_before(answers: Sequence[Answer], read: Read) -> History:
    """What a new question may lean on: the questions, or halves of them, that were understood.

    They go back to the last that leant on none itself. Of a question that was read in halves, these
    are those that were understood, up to the one that was asked about.

    Args:
        answers: The answers of the conversation, oldest first.
        read: Reads a question.
    """
    before: History = ()
    for answer in _leant_on(answers, read):
        before += tuple(_as_read(answer.question, before, read))
    return before


def _leant_on(answers: Sequence[Answer], read: Read) -> list[Answer]:
    found: list[Answer] = []
    for answer in reversed(answers):
        if answer.understood or answer.results or answer.choices:
            found.insert(0, answer)
            alone = make(answer.question, (), read)
            if (alone.understood, alone.choices) == (answer.understood, answer.choices):
                break
    return found


def _as_read(question: str, before: History, read: Read) -> Iterator[str]:
    if len(clauses.split(question)) < 2:
        yield question
        return
    plan = make(question, before, read)
    asked = [plan.asked] if plan.asked else []
    if not plan.run and not asked:
        yield question
    ahead = (part for part in plan.run if not asked or part.place < asked[0].place)
    yield from (part.text for part in (*ahead, *asked))


def _halves(question: str, before: History, read: Read) -> tuple[Part, ...]:
    """The halves of a question, each read as what follows those before it; none if it has one.

    What is not understood is not leant on: that would answer another question.
    """
    texts = clauses.split(question)
    halves: list[Part] = []
    for place, said in enumerate(texts if len(texts) > 1 else ()):
        text = clauses.spelled_out(said, texts[place - 1]) if place else said
        ahead = (half.text for half in halves if half.is_sure)
        halves.append(Part(text, read(text, (*before, *ahead)), place))
    return tuple(halves)


def _changes_another(half: Part) -> bool:
    """Whether a half that is not understood asks nothing itself, but says more of another."""
    return not (half.is_sure or half.choices or clauses.stands_alone(half.text))


def _is_cut(question: str, halves: Sequence[Part]) -> bool:
    """`the state of these now, how many of each`: what is counted stands in what is not read."""
    return any(
        clauses.goes_on(question, half.text) and not (before.is_sure or before.choices)
        for before, half in pairwise(halves)
        if half.is_sure
    )


def _says_less(whole: Part, halves: Sequence[Part]) -> bool:
    """Whether reading all at once loses something: each half asks for a figure of its own.

    Figures of several tables are not read off one of them: its conditions would narrow them all.
    """
    if not all(half.is_sure and _computed(half) for half in halves):
        return False
    return _computed(whole) < len(halves) or len({_root(half) for half in halves}) > 1


def _computed(part: Part) -> int:
    return len(part.reading.form.measures) if part.reading else 0


def _root(part: Part) -> str:
    return part.reading.form.table.name if part.reading else ""


def _tied(parts: Sequence[Part]) -> Part | None:
    return next((part for part in parts if part.choices), None)


def _likeliest(parts: Sequence[Part]) -> Reading | None:
    found = [part.reading for part in parts if part.reading]
    return max(found, key=lambda r: r.confidence, default=None)
