"""What becomes of the events of a batch, without Kafka and without an index."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats import DocumentText
from ingest.topics.events import Deletion, Document, Event, Outcome, Place, Poison
from ingest.topics.parking import Known, Note, Verdict, decide, gathered, release

GOOD, BAD, GONE, SKIPPED = "good", "bad", "gone", "skipped"
Told = tuple[Event, Outcome | None]


def told(offset: int, key: str, what: str, partition: int = 0, at: int | None = None) -> Told:
    """An event with what it says."""
    id_ = f"kafka://docs/{key}"
    place = Place(partition, offset, offset if at is None else at)
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
        "next": verdict.next,
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
        Known(next={0: 2}),
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
        Known(next={0: 5}, blocked={b"a": Place(0, 2, 2)}),
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
    known = Known(next={0: 9}, blocked={b"a": Place(0, 1, 1)})
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
    assert dict(said.closed) == {(0, 1): None}
    assert ((0, 3), "poison") in said.noted


ORDERS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from([GOOD, BAD, GONE])), min_size=1, max_size=25
)


@given(ORDERS, st.lists(st.integers(1, 6), max_size=8), st.data())
def test_however_batches_fall_and_letters_close_each_key_ends_in_its_order(
    kinds: list[tuple[str, str]], sizes: list[int], data: st.DataObject
) -> None:
    """Letters are closed at any moment, by skipping; the end is as if they had never been."""
    events = [told(n, key, what) for n, (key, what) in enumerate(kinds)]
    world = _World()
    rest = list(events)
    while rest:
        size = data.draw(st.integers(1, 6)) if not sizes else sizes.pop()
        batch, rest = rest[:size], rest[size:]
        world.take(batch)
        world.take(batch)  # it comes again
        if data.draw(st.booleans()) and world.letters:
            world.skip(data.draw(st.sampled_from(sorted(world.letters))))
    while world.letters:
        world.skip(min(world.letters))
    expected = {key: n for n, (key, what) in enumerate(kinds) if what != BAD}
    assert {id_[-1]: place.offset for id_, place in world.newest.items()} == expected
    assert world.waiting == {}
    assert world.order_is_kept


class _World:
    """An index that holds nothing but what is decided."""

    def __init__(self) -> None:
        self.next: dict[int, int] = {}
        self.newest: dict[str, Place] = {}
        self.letters: dict[bytes, Told] = {}
        self.waiting: dict[bytes, list[Told]] = {}
        self.order_is_kept = True
        self._said: dict[Event, Outcome | None] = {}

    def take(self, events: list[Told]) -> None:
        self._said.update(events)
        blocked = {key: told[0].place for key, told in self.letters.items()}
        self._apply(decide(events, Known(self.next, self.newest, blocked)))

    def skip(self, key: bytes) -> None:
        del self.letters[key]
        events = self.waiting.pop(key, [])
        verdict = release(events, Known(self.next, self.newest, {}))
        verdict.next = dict(self.next)
        self._apply(verdict)

    def _apply(self, verdict: Verdict) -> None:
        self.next = verdict.next
        for id_, (place, _) in verdict.counting.items():
            self.order_is_kept &= id_ not in self.newest or place.is_after(self.newest[id_])
            self.newest[id_] = place
        for letter in verdict.letters:
            self.letters[letter.event.key or b""] = (letter.event, letter.poison)
        for event in verdict.parked:
            self.waiting.setdefault(event.key or b"", []).append((event, self._said[event]))
