from __future__ import annotations

import sqlite3

import pytest

from ingest.words import full_text_query, stems, telling_words

TEXTS = [
    "Late parcels are refunded; carriers pay EUR 5.50.",
    "Ärger im Café: naïve Größe, ÉCOLE, señor",
    "order_items.unit_price is DECIMAL(10, 2) and ID-1023-x",
    "relational conditional hopping sensitivities ponies generalizations oscillators",
    "Привет мир, 東京 は 日本",
    "it's 3rd-party don't",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_words_stems_are_in_a_text_where_the_full_text_index_finds_it(text: str) -> None:
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE t USING fts5 (text, tokenize = 'porter unicode61')")
    db.execute("INSERT INTO t VALUES (?)", (text,))
    asked = {word for one in TEXTS for word in telling_words(one)} | {"parcel", "pony", "groesse"}
    for word in sorted(asked):
        query = full_text_query([word])
        found = db.execute("SELECT count(*) FROM t WHERE t MATCH ?", (query,)).fetchone()[0]
        assert (stems(word) <= stems(text)) == bool(found), word
