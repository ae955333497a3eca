"""What becomes of the events of a batch, without Kafka and without an index."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats import DocumentText
from ingest.topics.events import Deletion, Document, Event, Outcome, Poison
from ingest.topics.parking import (
    Known,
    Letter,
    Note,
    Spot,
    Verdict,
    decide,
    gathered,
    heads,
    in_order,
    release,
    spot,
)
from ingest.topics.places import UNKNOWN_EPOCH, Place, Position

GOOD, BAD, GONE, SKIPPED = "good", "bad", "gone", "skipped"
Told = tuple[Event, Outcome | None]


def told(
    offset: int,
    key: str,
    what: str,
    partition: int = 0,
    at: int | None = None,
    *,
    epoch: int = UNKNOWN_EPOCH,
) -> Told:
    """An event with what it says."""
    id_ = f"kafka://docs/{key}"
    place = Place(partition, offset, offset if at is None else at, epoch)
    outcomes: dict[str, Outcome | None] = {
        GOOD: Document(id_, DocumentText(f"{offset}", "", markdown=False), "", 1, 0),
        BAD: Poison("It is bad.", "Traceback"),
        GONE: Deletion(id_),
        SKIPPED: None,
    }
    return Event(place, key.encode() or None, b"", ()), outcomes[what]


def summary(verdict: Verdict) -> dict[str, Any]:
    return {
        "counting": {
            id_.rpartition("/")[2]: place.offset for id_, (place, _) in verdict.counting.items()
        },
        "letters": [letter.event.place.offset for letter in verdict.letters],
        "parked": [event.place.offset for event in verdict.parked],
        "passed_over": verdict.passed_over,
        "next": {partition: one.offset for partition, one in verdict.next.items()},
    }


CASES: list[tuple[str, Known, list[Told], dict[str, Any]]] = [
    (
        "the last of a key counts",
        Known(),
        [told(0, "a", GOOD), told(1, "b", GOOD), told(2, "a", GONE)],
        {"counting": {"a": 2, "b": 1}, "next": {0: 3}},
    ),
    (
        "what came before is passed over",
        Known(next={0: Position(UNKNOWN_EPOCH, 2)}),
        [told(0, "a", GOOD), told(1, "b", BAD), told(2, "a", GOOD)],
        {"counting": {"a": 2}, "letters": [], "passed_over": 2},
    ),
    (
        "later ones of a poisoned key wait, others do not",
        Known(),
        [told(0, "a", GOOD), told(1, "a", BAD), told(2, "a", GOOD), told(3, "b", GOOD)],
        {"counting": {"a": 0, "b": 3}, "letters": [1], "parked": [2], "next": {0: 4}},
    ),
    (
        "a second poison event of a key waits like any other",
        Known(),
        [told(0, "a", BAD), told(1, "a", BAD), told(2, "a", GONE)],
        {"counting": {}, "letters": [0], "parked": [1, 2]},
    ),
    (
        "a key that was blocked before",
        Known(next={0: Position(UNKNOWN_EPOCH, 5)}, blocked={b"a": Place(0, 2, 2)}),
        [told(5, "a", GOOD), told(6, "b", GOOD)],
        {"counting": {"b": 6}, "parked": [5]},
    ),
    (
        "without a key nothing waits",
        Known(),
        [told(0, "", BAD), told(1, "", BAD)],
        {"letters": [0, 1], "parked": []},
    ),
    (
        "one that is skipped blocks nothing",
        Known(),
        [told(0, "a", SKIPPED), told(1, "a", GOOD)],
        {"counting": {"a": 1}, "letters": [], "next": {0: 2}},
    ),
    (
        "a new index knows the letter and what was before it",
        Known(blocked={b"a": Place(0, 1, 1)}),
        [told(0, "a", GOOD), told(1, "a", BAD), told(2, "a", GOOD)],
        {"counting": {"a": 0}, "letters": [], "parked": [2], "passed_over": 1},
    ),
    (
        "an older event in another partition does not count",
        Known(newest={"kafka://docs/a": Place(1, 3, 90)}),
        [told(8, "a", GOOD, at=80), told(9, "b", GOOD, at=80)],
        {"counting": {"b": 9}, "passed_over": 1},
    ),
    (
        "a younger event in another partition counts",
        Known(newest={"kafka://docs/a": Place(1, 3, 90)}),
        [told(8, "a", GOOD, at=91)],
        {"counting": {"a": 8}, "passed_over": 0},
    ),
    (
        "an older poison event of a blocked key is its letter from then on",
        Known(blocked={b"a": Place(1, 3, 90)}),
        [
            told(8, "a", BAD, at=80),
            told(9, "a", GOOD, at=85),
            told(4, "a", GOOD, partition=1, at=91),
        ],
        {"counting": {}, "letters": [8], "parked": [9, 4]},
    ),
    (
        "an older good one of a blocked key counts",
        Known(blocked={b"a": Place(1, 3, 90)}),
        [told(8, "a", GOOD, at=80)],
        {"counting": {"a": 8}, "letters": [], "parked": []},
    ),
    (
        "an offset that comes again in a later epoch is another event",
        Known(next={0: Position(3, 7)}, newest={"kafka://docs/a": Place(0, 6, 6, 3)}),
        [
            told(1, "a", BAD, epoch=3),
            told(4, "a", GOOD, epoch=5),
            told(5, "b", GOOD, epoch=5),
            told(6, "b", GOOD, epoch=3),
        ],
        {"counting": {"a": 4, "b": 5}, "letters": [], "passed_over": 2, "next": {0: 6}},
    ),
    (
        "nor does a late one in the same batch",
        Known(),
        [told(3, "a", GOOD, partition=1, at=90), told(8, "a", GONE, at=80)],
        {"counting": {"a": 3}, "next": {0: 9, 1: 4}},
    ),
]


@pytest.mark.parametrize(
    ("name", "known", "events", "expected"), CASES, ids=[name for name, *_ in CASES]
)
def test_decides(name: str, known: Known, events: list[Told], expected: dict[str, Any]) -> None:
    found = summary(decide(events, known))
    assert {field: found[field] for field in expected} == expected


def test_a_released_key_ends_at_its_next_poison_event() -> None:
    known = Known(next={0: Position(UNKNOWN_EPOCH, 9)}, blocked={b"a": Place(0, 1, 1)})
    events = [told(1, "a", GOOD), told(2, "a", GOOD), told(3, "a", BAD), told(4, "a", GOOD)]
    found = summary(release(events, known))
    assert (found["counting"], found["letters"], found["parked"]) == ({"a": 2}, [3], [4])


def test_what_the_dead_letter_topic_says() -> None:
    bad, behind, second, last = (told(n, "a", BAD)[0] for n in (1, 2, 3, 4))
    notes = [
        Note("poison", bad, "It is bad.", "Traceback"),
        Note("parked", behind),
        Note("parked", second),
        Note("parked", second),  # twice, after a crash
        Note("skipped", bad),
        Note("poison", second, "It is bad too.", "Traceback"),
        Note("parked", last),
    ]
    said = gathered(notes)
    assert [letter.event for letter in said.open] == [second]
    assert said.parked == (last,)
    assert dict(said.closed) == {spot(bad): None}
    assert (spot(second), "poison") in said.noted


def test_the_dead_letter_topic_tells_one_open_letter_of_a_key() -> None:
    late, behind = told(3, "a", BAD, 1, at=90)[0], told(4, "a", GOOD, 1, at=95)[0]
    early, between = told(8, "a", BAD, at=80)[0], told(9, "a", GOOD, at=85)[0]
    notes = [Note("poison", late), Note("parked", behind)]
    notes += [Note("poison", early), Note("parked", between)]
    said = gathered(notes)
    assert [letter.event for letter in said.open] == [early]
    assert said.parked == (between, late, behind)
    said = gathered([*notes, Note("skipped", early)])
    assert [letter.event for letter in said.open] == [late]
    assert said.parked == (behind,)


EVENTS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from([GOOD, BAD, GONE]), st.integers(0, 1)),
    min_size=1,
    max_size=25,
)


@given(EVENTS, st.data())
def test_however_events_come_and_letters_close_each_key_ends_in_its_order(
    kinds: list[tuple[str, str, int]], data: st.DataObject
) -> None:
    """Letters are closed at any moment, by skipping; the end is as if they had never been.

    A key moves between two partitions, each of which comes in order, but one behind the other.
    """
    logs: list[list[Told]] = [[], []]
    for at, (key, what, partition) in enumerate(kinds):
        logs[partition].append(told(len(logs[partition]), key, what, partition, at))
    world = _World()
    while any(logs):
        log = logs[0] if not logs[1] or (logs[0] and data.draw(st.booleans())) else logs[1]
        size = data.draw(st.integers(1, 6))
        batch = log[:size]
        del log[:size]
        world.take(batch)
        world.take(batch)  # it comes again
        if data.draw(st.booleans()) and world.open:
            world.skip(data.draw(st.sampled_from(world.open)))
    while world.open:
        world.skip(world.open[0])
    expected = {key: at for at, (key, what, _) in enumerate(kinds) if what != BAD}
    assert {id_[-1]: place.at_ms for id_, place in world.newest.items()} == expected
    assert world.aside == {}


class _World:
    """An index that holds nothing but what is decided; it sees to it that order is kept."""

    def __init__(self) -> None:
        self.next: dict[int, Position] = {}
        self.newest: dict[str, Place] = {}
        self.aside: dict[Spot, tuple[Event, Poison | None]] = {}
        self._said: dict[Event, Outcome | None] = {}

    @property
    def open(self) -> list[Letter]:
        return heads(Letter(event, poison) for event, poison in self.aside.values() if poison)

    def take(self, events: list[Told]) -> None:
        self._said.update(events)
        blocked = {one.event.key or b"": one.event.place for one in self.open}
        self._apply(decide(events, Known(self.next, self.newest, blocked)))

    def skip(self, letter: Letter) -> None:
        key = letter.event.key
        waiting = [event for event, _ in self.aside.values() if event.key == key]
        waiting.remove(letter.event)
        for event in (letter.event, *waiting):
            del self.aside[spot(event)]
        events = [(one, self._said[one]) for one in in_order(waiting, lambda one: one.place)]
        verdict = release(events, Known(self.next, self.newest, {}))
        verdict.next = dict(self.next)
        self._apply(verdict)

    def _apply(self, verdict: Verdict) -> None:
        self.next = verdict.next
        for event in verdict.parked:
            self.aside.setdefault(spot(event), (event, None))
        for letter in verdict.letters:
            self.aside[spot(letter.event)] = letter.event, letter.poison
        for id_, (place, _) in verdict.counting.items():
            assert id_ not in self.newest or place.is_after(self.newest[id_])
            self.newest[id_] = place
        open_ = {one.event.key: one.event.place for one in self.open}
        assert len(open_) == len(self.open)
        for event, _ in self.aside.values():  # nothing waits for nobody, or for a later one
            assert not open_[event.key].is_after(event.place)
        for id_, (place, _) in verdict.counting.items():
            head = open_.get(id_[-1].encode())
            assert head is None or head.is_after(place)
