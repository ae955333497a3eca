"""Documents of topics beside those of files, in one index, without Kafka."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from ingest import intake
from ingest.documents import SourceFile
from ingest.errors import IngestError, RebuildNeeded
from ingest.formats import DocumentText
from ingest.index import DocumentIndex
from ingest.locks import exclusive
from ingest.store import NewDocument
from ingest.topics import writer as writing
from ingest.topics.changes import Prepared, Written
from ingest.topics.events import Event, Poison
from ingest.topics.parking import Gathered, Letter, Note, gathered, spot
from ingest.topics.places import UNKNOWN_EPOCH, Place, Position
from ingest.topics.writer import BegunAnew, TopicWriter
from tests.ingest.crash import Hashing
from tests.ingest.following import texts


class Renamed(Hashing):
    """Another model."""

    name = "renamed"


@pytest.fixture
def index(tmp_path: Path) -> Iterator[DocumentIndex]:
    with DocumentIndex(tmp_path / "index", Hashing(), access={"**/pay*": "hr"}) as opened:
        yield opened


def nothing(notes: Sequence[Note]) -> None:
    raise AssertionError(f"nothing is to be parked: {notes}")


def put(index: DocumentIndex, *texts: tuple[str, str | None], first: int = 0) -> Written:
    """Writes events of the topic `docs`, which have these keys and values."""
    events = [
        Event(Place(0, n, n), key.encode(), None if text is None else text.encode())
        for n, (key, text) in enumerate(texts, first)
    ]
    with index.topic("docs") as writer:
        writer.begin("id", Gathered(), nothing)
        return writer.write(prepared(writer, events), nothing)


def prepared(writer: TopicWriter, events: Sequence[Event]) -> Prepared:
    return writer.embed(writer.read(events))


def ids(index: DocumentIndex) -> list[str]:
    return [one.id for one in index.documents()]


def test_a_sync_of_files_leaves_topics_alone_and_the_reverse(
    index: DocumentIndex, docs: Path
) -> None:
    put(index, ("late", "A parcel is late."), ("gone", "Gone soon."))
    report = index.sync([docs])
    assert (report.added, report.deleted) == (2, 0)
    put(index, ("gone", None), first=2)
    assert ids(index) == ["care.html", "delivery.md", "kafka://docs/late"]
    assert index.sync([]).deleted == 2
    assert ids(index) == ["kafka://docs/late"]
    assert len(index._vectors.keys()) == 1


def test_an_event_that_comes_again_changes_nothing(index: DocumentIndex) -> None:
    put(index, ("a", "One."), ("b", "Two."), ("a", None))
    again = put(index, ("a", "One."), ("b", "Two."), ("a", None))
    assert (again.documents, again.deleted, again.passed_over) == (0, 0, 3)
    assert ids(index) == ["kafka://docs/b"]


def test_a_document_that_cannot_be_cut_is_poison_and_holds_up_no_other(
    index: DocumentIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut, notes = intake.cut, list[Note]()

    def fails(file: SourceFile, content: DocumentText, *more: Any, **named: Any) -> NewDocument:
        if "worst" in content.text:
            raise RecursionError("too deep")
        return cut(file, content, *more, **named)

    keys = ((b"a", b"The worst."), (b"b", b"Two."), (b"a", b"Three."))
    events = [Event(Place(0, n, n), key, text) for n, (key, text) in enumerate(keys)]
    monkeypatch.setattr(intake, "cut", fails)
    with index.topic("docs") as writer:
        writer.begin("id", Gathered(), nothing)
        writer.write(prepared(writer, events[:1]), notes.extend)
        writer.write(prepared(writer, events[1:]), notes.extend)
        assert ids(index) == ["kafka://docs/b"]
        assert [(note.state, note.event.place.offset) for note in notes] == [
            ("poison", 0),
            ("parked", 2),
        ]
        assert notes[0].reason == "It cannot be cut: RecursionError('too deep')."
        assert "in fails" in notes[0].stack
        with pytest.raises(IngestError, match="cannot be cut"):
            writer.retry(spot(events[0]), notes.extend)
        monkeypatch.setattr(intake, "cut", cut)
        writer.retry(spot(events[0]), notes.extend)
    assert texts(index) == {"a": "Three.", "b": "Two."}


def test_a_rebuild_takes_topics_in_again_from_what_is_kept(tmp_path: Path, docs: Path) -> None:
    folder = tmp_path / "index"
    with DocumentIndex(folder, Hashing()) as index:
        index.sync([docs])
        put(index, ("late.md", "# Late parcels\n\nAfter two hours."), ("a", "Plain text."))
        before = {one.id: (one.title, one.chunks, one.version) for one in index.documents()}
    with DocumentIndex(folder, Renamed()) as index:
        with pytest.raises(RebuildNeeded, match="4 documents"):
            put(index, ("b", "More."), first=2)
        assert index.sync([docs], rebuild=True).rebuilt
        after = {one.id: (one.title, one.chunks, one.version) for one in index.documents()}
        assert after == before
        assert "After two hours" in index.search("late parcels after two hours", 1)[0].text
        put(index, ("b", "More."), first=2)
        assert "kafka://docs/b" in ids(index)


def test_a_rebuild_that_was_killed_is_made_good(
    index: DocumentIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(index, ("a", "Plain text."))
    with monkeypatch.context() as patch:
        patch.setattr(intake, "_CHUNKING_VERSION", 99)
        patch.setattr(intake, "take_in", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            index.sync([], rebuild=True)
    monkeypatch.setattr(intake, "_CHUNKING_VERSION", 99)
    put(index, first=1)
    assert [one.chunks for one in index.documents()] == [1]
    assert index.search("plain text", 1)


def test_the_rules_label_documents_of_topics_and_a_new_rule_labels_them_anew(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "index"
    value = '{"text": "The board met.", "access": "board"}'
    with DocumentIndex(folder, Hashing(), access={"kafka://docs/pay*": "hr"}) as index:
        put(index, ("pay", "Band B."), ("minutes", value), ("open", "For all."))
        assert [one.access for one in index.documents()] == ["board", "", "hr"]
        assert [p.document for p in index.reader(()).search("board met band", 9)] == [
            "kafka://docs/open"
        ]
    rules = {"kafka://docs/**": "staff", "kafka://docs/pay*": "hr"}
    with DocumentIndex(folder, Hashing(), access=rules) as index:
        assert index.sync([]).unused_rules == ()
        assert [one.access for one in index.documents()] == ["staff", "staff", "hr"]
    with DocumentIndex(folder, Hashing()) as index:
        index.sync([])
        assert [one.access for one in index.documents()] == ["board", "", ""]
        assert len(index._vectors.keys()) == 3


def test_the_same_text_has_one_vector_until_nobody_needs_it(
    index: DocumentIndex, docs: Path
) -> None:
    put(index, ("a", "Same text."), ("b", "Same text."))
    assert index._vectors.present(dict.fromkeys(index._store.keys(), "")) == index._store.keys()
    put(index, ("a", None), first=2)
    assert index.search("same text", 1)[0].document == "kafka://docs/b"
    put(index, ("b", "Another text."), first=3)
    assert len(index._vectors.keys()) == 1


def test_what_is_prepared_is_decided_again_when_it_is_written(index: DocumentIndex) -> None:
    with index.topic("docs") as writer, index.topic("docs") as faster:
        for one in (writer, faster):
            one.begin("id", Gathered(), nothing)
        events = [Event(Place(0, n, n), b"a", f"State {n}.".encode()) for n in range(3)]
        slow = prepared(writer, events[:2])
        faster.write(prepared(faster, events), nothing)
        assert writer.write(slow, nothing).passed_over == 2
    assert index.text_of("kafka://docs/a") == "State 2."


def test_a_process_that_went_on_before_a_topic_was_forgotten_does_not_go_on(
    index: DocumentIndex,
) -> None:
    """Else the index would take what is before its next batch for dealt with."""
    events = [Event(Place(0, n, n), b"%d" % n, b"State %d." % n) for n in range(3)]
    with index.topic("docs") as before, index.topic("docs") as anew:
        before.begin("id", Gathered(), nothing)
        before.write(prepared(before, events[:2]), nothing)
        late = prepared(before, events[2:])
        anew.forget()
        with pytest.raises(BegunAnew):
            before.write(late, nothing)
        anew.begin("id", Gathered(), nothing)
        with pytest.raises(BegunAnew, match="forget the topic docs"):
            before.write(late, nothing)
        assert anew.write(prepared(anew, events), nothing).documents == 3


def test_nothing_is_written_while_another_process_writes_or_the_letter_is_not_taken(
    index: DocumentIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "_LOCK_SECONDS", 0.05)
    bad = Event(Place(0, 1, 1), b"a", b"\xff")

    def refused(notes: Sequence[Note]) -> None:
        raise IngestError("The broker is away.")

    with index.topic("docs") as writer:
        writer.begin("id", Gathered(), nothing)
        batch = prepared(writer, [Event(Place(0, 0, 0), b"a", b"Good."), bad])
        with (
            exclusive(tmp_path / "index" / "writer.lock", 1),
            pytest.raises(IngestError, match="Another process"),
        ):
            writer.write(batch, nothing)
        with pytest.raises(IngestError, match="away"):
            writer.write(batch, refused)
        assert (ids(index), writer.ledger.next()) == ([], {})
        writer.write(batch, lambda _: None)
        assert (ids(index), writer.ledger.next()) == (
            ["kafka://docs/a"],
            {0: Position(UNKNOWN_EPOCH, 2)},
        )


@pytest.mark.parametrize("key", [None, b"", b"../up", b"\xff"])
def test_of_a_key_that_is_none_no_repair_is_advised(
    key: bytes | None, index: DocumentIndex
) -> None:
    bad = Event(Place(0, 0, 0), key, b"Fine.")
    with index.topic("docs") as writer:
        writer.begin("id", Gathered(), nothing)
        writer.write(prepared(writer, [bad]), lambda _: None)
        with pytest.raises(IngestError, match="still cannot be read") as caught:
            writer.retry((0, UNKNOWN_EPOCH, 0), nothing)
        assert "produce it anew" in caught.value.hint


def test_letters_that_cannot_be_closed(index: DocumentIndex) -> None:
    bad = Event(Place(0, 0, 0), b"a", b"\xff")
    with index.topic("docs") as writer:
        writer.begin("id", Gathered(), nothing)
        writer.write(prepared(writer, [bad]), lambda _: None)
        with pytest.raises(IngestError, match="still cannot be read: It is not UTF-8") as caught:
            writer.retry((0, UNKNOWN_EPOCH, 0), nothing)
        assert "--value" in caught.value.hint
        with pytest.raises(IngestError, match="no dead letter docs/0-9"):
            writer.skip((0, UNKNOWN_EPOCH, 9), nothing)
        assert len(index.dead_letters()) == 1
        writer.skip((0, UNKNOWN_EPOCH, 0), lambda _: None)
        with pytest.raises(IngestError, match="no dead letter"):
            writer.skip((0, UNKNOWN_EPOCH, 0), nothing)


def test_a_letter_that_only_the_dead_letter_topic_knows_waits_until_it_is_read(
    index: DocumentIndex,
) -> None:
    bad, behind = Event(Place(0, 0, 0), b"a", b"\xff"), Event(Place(0, 1, 1), b"a", b"Behind.")
    letter = Letter(bad, Poison("It is bad.", "Traceback"))
    with index.topic("docs") as writer:
        writer.begin("id", Gathered((letter,), (behind,)), nothing)
        assert [one.behind for one in index.dead_letters()] == [1]
        with pytest.raises(IngestError, match="has not come to the event of docs/0-0 yet"):
            writer.skip((0, UNKNOWN_EPOCH, 0), nothing)
        written = writer.write(prepared(writer, [bad, behind]), lambda _: None)
        assert (written.letters, written.documents) == (0, 0)
        writer.skip((0, UNKNOWN_EPOCH, 0), lambda _: None)
    assert index.text_of("kafka://docs/a") == "Behind."
    assert index.dead_letters() == []


def test_a_key_has_one_open_letter_though_an_older_one_comes_after_a_younger(
    index: DocumentIndex,
) -> None:
    """As where partitions were added, so that the key moved, and the old one is read later."""
    late = [Event(Place(1, 3, 90), b"a", b"\xff"), Event(Place(1, 4, 95), b"a", b"Last.")]
    early = [Event(Place(0, 8, 80), b"a", b"\xfe"), Event(Place(0, 9, 85), b"a", b"Between.")]
    noted: list[Note] = []
    with index.topic("docs") as writer:
        writer.begin("id", Gathered(), nothing)
        for events in (late, early):
            writer.write(prepared(writer, events), noted.extend)
        assert [(one.id, one.behind) for one in index.dead_letters()] == [("docs/0-8", 3)]
        assert writer.ledger.open_count() == 1
        with pytest.raises(IngestError, match="no dead letter docs/1-3"):
            writer.skip(spot(late[0]), nothing)
        said = gathered(noted)
        assert [letter.event for letter in said.open] == early[:1]
        assert said.parked == (early[1], *late)
        writer.skip(spot(early[0]), noted.extend)
        assert index.text_of("kafka://docs/a") == "Between."
        assert [(one.id, one.behind) for one in index.dead_letters()] == [("docs/1-3", 1)]
        assert [letter.event for letter in gathered(noted).open] == late[:1]
        writer.skip(spot(late[0]), noted.extend)
    assert index.text_of("kafka://docs/a") == "Last."
    assert index.dead_letters() == []


def test_a_letter_that_only_the_dead_letter_topic_knows_takes_its_place_among_those_of_its_key(
    index: DocumentIndex,
) -> None:
    late, early = Event(Place(1, 3, 90), b"a", b"\xff"), Event(Place(0, 8, 80), b"a", b"\xfe")
    told = Gathered((Letter(early, Poison("It is bad.", "Traceback")),))
    with index.topic("docs") as writer:
        writer.begin("id", Gathered(), nothing)
        writer.write(prepared(writer, [late]), lambda _: None)
        writer.begin("id", told, nothing)
        assert [(one.id, one.behind) for one in index.dead_letters()] == [("docs/0-8", 1)]


def test_letters_without_a_key_are_each_open(index: DocumentIndex) -> None:
    events = [Event(Place(0, n, n), key, b"x") for n, key in enumerate((None, b"", b"", None))]
    with index.topic("docs") as writer:
        writer.begin("id", Gathered(), nothing)
        writer.write(prepared(writer, events), lambda _: None)
        assert [one.behind for one in index.dead_letters()] == [0, 0, 0, 0]
        assert writer.ledger.open_count() == 4
        writer.skip(spot(events[1]), lambda _: None)
        assert [one.id[-1] for one in index.dead_letters()] == ["0", "2", "3"]


def test_what_was_read_before_a_letter_was_closed_does_not_open_it_again(
    index: DocumentIndex,
) -> None:
    """Another process may close it between the reading of the dead letters and the lock."""
    bad, behind = Event(Place(0, 0, 0), b"a", b"\xff"), Event(Place(0, 1, 1), b"a", b"Behind.")
    ahead = Letter(Event(Place(0, 7, 7), b"b", b"\xff"), Poison("It is bad.", "Traceback"))
    with index.topic("docs") as writer:
        writer.begin("id", Gathered(), nothing)
        writer.write(prepared(writer, [bad, behind]), lambda _: None)
        letter = index.dead_letters()[0].letter
        writer.skip((0, UNKNOWN_EPOCH, 0), lambda _: None)
        writer.begin("id", Gathered((letter, ahead), (behind,)), nothing)
        assert [one.id for one in index.dead_letters()] == ["docs/0-7"]
    assert index.text_of("kafka://docs/a") == "Behind."


def test_a_topic_that_was_made_anew_is_not_mixed_up(index: DocumentIndex) -> None:
    put(index, ("a", "One."))
    with index.topic("docs") as writer:
        with pytest.raises(IngestError, match="made anew"):
            writer.begin("another", Gathered(), nothing)
        writer.forget()
        writer.begin("another", Gathered(), nothing)
    assert ids(index) == []
    assert index._vectors.keys() == {}
