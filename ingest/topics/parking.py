"""What becomes of each event of a batch: it counts, comes again, is poison, or is parked.

Functions of values, without Kafka and without the index. `ingest.topics.writer` asks `decide` for a
batch and `release` for the events of a key whose letter is closed; `gathered` reads back what the
dead-letter topic says. Of the poison events of a key the first is its open letter. All else that
has been put aside waits behind it, other poison ones too: from another partition an older one may
come after a younger.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

from ingest.topics.events import Deletion, Document, Event, Outcome, Poison
from ingest.topics.places import Place, Position

State = Literal["poison", "parked", "retried", "skipped"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Letter:
    """A poison event; behind the first of a key later ones of that key are parked."""

    event: Event
    poison: Poison


@dataclass(frozen=True, slots=True)
class Known:
    """What the index knows before a batch.

    Attributes:
        next: How far each partition is: before which position all is dealt with.
        newest: The newest event of each document of the batch.
        blocked: The open letter of each key of the batch that has one.
    """

    next: Mapping[int, Position] = field(default_factory=dict)
    newest: Mapping[str, Place] = field(default_factory=dict)
    blocked: Mapping[bytes, Place] = field(default_factory=dict)


@dataclass(slots=True)
class Verdict:
    """What becomes of the events of a batch.

    Attributes:
        next: As in `Known`, after the batch.
        counting: The last state of each document, by its id.
        letters: New poison events.
        parked: Events that wait behind a letter, in order.
        passed_over: How many had come before, or were older than what is known.
    """

    next: dict[int, Position]
    counting: dict[str, tuple[Place, Document | Deletion]] = field(default_factory=dict)
    letters: list[Letter] = field(default_factory=list)
    parked: list[Event] = field(default_factory=list)
    passed_over: int = 0


def decide(events: Iterable[tuple[Event, Outcome | None]], known: Known) -> Verdict:
    """What becomes of events.

    Args:
        events: In the order of arrival, each with what it says; None for one that was skipped.
        known: What the index knows.
    """
    verdict = Verdict(dict(known.next))
    blocked = dict(known.blocked)
    for event, outcome in events:
        place = event.place
        if place.is_within(verdict.next):
            verdict.passed_over += 1
            continue
        verdict.next[place.partition] = place.following
        if outcome is not None:
            _place(event, outcome, known, blocked, verdict)
    return verdict


def release(events: Sequence[tuple[Event, Outcome | None]], known: Known) -> Verdict:
    """What becomes of a letter that is closed and the events behind it, whose offsets are past.

    The first of them that is poison is the key's next letter, and the rest stay parked behind it.
    """
    return decide(events, replace(known, next={}, blocked={}))


def _place(
    event: Event, outcome: Outcome, known: Known, blocked: dict[bytes, Place], verdict: Verdict
) -> None:
    place, letter = event.place, blocked.get(event.key or b"")
    if letter is not None and place == letter:
        verdict.passed_over += 1
    elif letter is not None and place.is_after(letter):
        verdict.parked.append(event)
    elif isinstance(outcome, Poison):
        verdict.letters.append(Letter(event, outcome))
        if event.key:  # without one it is nobody's, and nothing waits for it
            blocked[event.key] = place
    else:
        counted = verdict.counting.get(outcome.id)
        newest = counted[0] if counted else known.newest.get(outcome.id)
        if newest is not None and not place.is_after(newest):
            verdict.passed_over += 1
        else:
            verdict.counting[outcome.id] = (place, outcome)


@dataclass(frozen=True, slots=True)
class Note:
    """A record of the dead-letter topic.

    Attributes:
        event: The event it is about; of a repaired one, with the value that it was given.
    """

    state: State
    event: Event
    reason: str = ""
    stack: str = ""


Spot = tuple[int, int, int]
"""Partition, leader epoch and offset of an event: what tells it from all others of its topic."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the dead-letter topic says of a topic.

    Attributes:
        open: Letters that are neither retried nor skipped.
        parked: Events that wait behind those, in order.
        closed: What became of the others: the event to read in its place, or None.
        noted: The states that are noted of each event.
    """

    open: tuple[Letter, ...] = ()
    parked: tuple[Event, ...] = ()
    closed: Mapping[Spot, Event | None] = field(default_factory=dict)
    noted: frozenset[tuple[Spot, State]] = frozenset()


def spot(event: Event) -> Spot:
    """What tells an event from all others of its topic."""
    place = event.place
    return place.partition, place.epoch, place.offset


def gathered(notes: Iterable[Note]) -> Gathered:
    """Reads notes in order; one that was written twice counts once."""
    letters: dict[Spot, Letter] = {}
    parked: dict[Spot, Event] = {}
    closed: dict[Spot, Event | None] = {}
    noted: set[tuple[Spot, State]] = set()
    for note in notes:
        where = spot(note.event)
        noted.add((where, note.state))
        if note.state == "poison":
            letters.setdefault(where, Letter(note.event, Poison(note.reason, note.stack)))
        elif note.state == "parked":
            parked.setdefault(where, note.event)
        else:
            closed[where] = note.event if note.state == "retried" else None
    still = {where: letter for where, letter in letters.items() if where not in closed}
    open_ = heads(still.values())
    first = {letter.event.key: letter.event.place for letter in open_ if letter.event.key}
    others = parked | {where: letter.event for where, letter in still.items()}
    waiting = in_order(
        (
            event
            for where, event in others.items()
            if where not in closed and event.key in first and event.place.is_after(first[event.key])
        ),
        lambda event: event.place,
    )
    return Gathered(tuple(open_), tuple(waiting), closed, frozenset(noted))


def heads(letters: Iterable[Letter]) -> list[Letter]:
    """The open ones of a topic's letters: the first of each key, and each that has none."""
    given = list(letters)
    first: dict[bytes, Spot] = {}
    for one in in_order(given, lambda one: one.event.place):
        first.setdefault(one.event.key or b"", spot(one.event))
    return [one for one in given if not one.event.key or first[one.event.key] == spot(one.event)]


def in_order(ones: Iterable[T], place_of: Callable[[T], Place]) -> list[T]:
    """What is of one key, in the order in which it counts.

    Those of one partition keep its order, whatever their timestamps; those between which only the
    timestamps can decide go by these.
    """
    logs: dict[int, list[T]] = {}
    for one in ones:
        logs.setdefault(place_of(one).partition, []).append(one)
    for log in logs.values():
        log.sort(key=lambda one: place_of(one).position)
    return list(
        heapq.merge(*logs.values(), key=lambda one: (place_of(one).at_ms, place_of(one).partition))
    )
