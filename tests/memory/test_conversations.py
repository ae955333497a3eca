"""The history gives back what was stored, across restarts and threads."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.answer import Source
from app.errors import ConfigError
from app.memory.conversations import Conversations
from tests.samples import NOW, answer, passage, topic


def test_an_answer_comes_back_whole(tmp_path: Path) -> None:
    stored = answer()
    first = Conversations(tmp_path / "history.sqlite")
    first.add(stored)
    first.close()
    [restored] = Conversations(tmp_path / "history.sqlite").history("c1")
    assert restored.to_dict() == stored.to_dict()
    assert restored.results[0].table.equals(stored.results[0].table)
    assert restored.passages == stored.passages
    assert restored.as_of == stored.as_of
    assert restored.results[0].ranges == stored.results[0].ranges
    assert restored.results[0].offsets == stored.results[0].offsets


def test_choices_are_kept(tmp_path: Path) -> None:
    store = Conversations(tmp_path / "history.sqlite")
    store.add(answer(choices=("by carrier", "by city")))
    [restored] = store.history("c1")
    assert restored.choices == ("by carrier", "by city")


def test_an_answer_of_an_older_version_has_no_choices(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    store = Conversations(path)
    store.add(answer())
    with sqlite3.connect(path) as db:
        db.execute("UPDATE answers SET body = json_remove(body, '$.choices')")
    [restored] = store.history("c1")
    assert restored == replace(answer(), sources=restored.sources)
    assert restored.choices == ()


def test_an_answer_of_an_older_version_has_one_topic_for_a_table(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    store = Conversations(path)
    store.add(answer())
    of_table = "$.sources[0].offsets.shipments"
    with sqlite3.connect(path) as db:
        one = f"json_extract(body, '{of_table}[0]')"
        db.execute(f"UPDATE answers SET body = json_set(body, '{of_table}', json({one}))")
    [restored] = store.history("c1")
    assert restored.results[0].offsets["shipments"].topics == (topic("<b>parcels</b>"),)


def test_a_passage_of_an_older_version_knows_less_of_its_document(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    store = Conversations(path)
    told = passage(kind="pdf", tags=("a",), modified=NOW, version="0123abcd", page=3, bm25=1.5)
    store.add(answer(sources=(Source(1, told),)))
    assert store.history("c1")[0].passages == (told,)
    newer = ("format", "tags", "access", "modified", "version", "page", "bm25", "words_rank")
    with sqlite3.connect(path) as db:
        for name in (*newer, "dense_rank"):
            db.execute(f"UPDATE answers SET body = json_remove(body, '$.sources[0].{name}')")
        scored = "json_set(json_remove(body, '$.sources[0].relevance'), '$.sources[0].score', 0.03)"
        db.execute(f"UPDATE answers SET body = json_remove({scored}, '$.access')")
        db.execute("ALTER TABLE answers DROP COLUMN rests_on")
    [restored] = Conversations(path).history("c1")
    assert restored.passages == (replace(passage(), relevance=1.0),)
    hidden = [told.document]
    assert Conversations(path, hidden=lambda: hidden).history("c1") == ()
    assert Conversations(path, hidden=lambda: hidden).latest() == ()


def test_conversations_are_listed_newest_first_by_their_first_question(tmp_path: Path) -> None:
    store = Conversations(tmp_path / "history.sqlite")
    for minute, (conversation, question) in enumerate(
        [("a", "first of a"), ("b", "first of b"), ("a", "second of a")]
    ):
        asked_at = NOW + timedelta(minutes=minute)
        store.add(
            replace(answer(), conversation=conversation, question=question, asked_at=asked_at)
        )
    listed = store.latest()
    assert [(c.id, c.title) for c in listed] == [("a", "first of a"), ("b", "first of b")]
    assert listed[0].updated_at == NOW + timedelta(minutes=2)
    assert [a.question for a in store.history("a")] == ["first of a", "second of a"]
    assert store.history("unknown") == ()


def test_many_threads_store_at_once(tmp_path: Path) -> None:
    store = Conversations(tmp_path / "history.sqlite")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: store.add(answer(conversation=f"c{n % 4}")), range(40)))
    assert sum(len(store.history(f"c{n}")) for n in range(4)) == 40


def test_a_file_that_is_no_history_is_named(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    path.write_text("not a database, but long enough to be taken for a damaged one" * 20)
    with pytest.raises(ConfigError, match=r"history\.sqlite cannot be opened"):
        Conversations(path)
