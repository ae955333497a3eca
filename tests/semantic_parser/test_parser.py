"""Questions to SQL, as snapshot tables; and that no text whatever raises or hangs."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.catalog.loader import load
from app.catalog.model import Catalog
from app.catalog.values import Values
from app.semantic_parser import CONFIDENT, choices, parse
from app.semantic_parser.tokens import word_set
from tests.semantic_parser.catalogs import GROUNDS, NOW, SHOP, ZONE, Ground, questions

ANSWERED = questions("answered")
ASKED = questions("asked")
UNSURE = questions("unsure")


def _name(case: tuple[str, dict[str, Any]]) -> str:
    return f"{case[0]}: {case[1]['question']}"


@pytest.mark.parametrize(("ground", "case"), ANSWERED, ids=map(_name, ANSWERED))
def test_question_gives_sql(ground: str, case: dict[str, Any]) -> None:
    reading = GROUNDS[ground].read(case["question"])
    assert reading is not None
    assert reading.sql == case["sql"]
    assert reading.words == case["words"]
    assert reading.is_sure


@pytest.mark.parametrize(("ground", "case"), ASKED, ids=map(_name, ASKED))
def test_close_readings_are_choices(ground: str, case: dict[str, Any]) -> None:
    reading = GROUNDS[ground].read(case["question"])
    assert reading is not None
    assert not reading.is_sure
    assert [choice.words for choice in choices(reading)] == case["choices"]


@pytest.mark.parametrize(("ground", "case"), UNSURE, ids=map(_name, UNSURE))
def test_what_is_not_understood_is_named(ground: str, case: dict[str, Any]) -> None:
    reading = GROUNDS[ground].read(case["question"])
    assert reading is None or reading.confidence < CONFIDENT
    assert list(reading.unexplained if reading else ()) == case["unexplained"]


def test_same_question_gives_the_same_reading_whatever_was_prepared_before() -> None:
    question = "Which city had the most cancelled orders today?"
    first = SHOP.read(question)
    for other in GROUNDS.values():
        other.read(question)
    anew = parse(question, Catalog(SHOP.catalog.tables), SHOP.values, now=NOW, time_zone=ZONE)
    assert first == SHOP.read(question) == anew


@pytest.mark.parametrize(
    ("typo", "right"),
    [
        (
            "How many ordrers were canceled in Hambrug?",
            "How many orders were cancelled in Hamburg?",
        ),
        ("averge load time per devise", "average load time per device"),
        ("How many parcells did Nordwnd deliver tody?", "How many parcels did Nordwind deliver?"),
    ],
)
def test_one_wrong_letter_is_forgiven(typo: str, right: str) -> None:
    read, meant = SHOP.read(typo), SHOP.read(right)
    assert read is not None
    assert meant is not None
    assert read.form.filters == meant.form.filters
    assert read.form.group == meant.form.group


def test_corrections_are_said() -> None:
    reading = SHOP.read("How many orders in Hambrug?")
    assert reading is not None
    assert reading.notes == ("I read “Hambrug” as “hamburg”.",)


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("worst carrier today", "“worst” by what is not said"),
        ("how many late parcels were delivered", "two values of status cannot both hold"),
        ("by device please", "what is asked for is not said"),
        ("orders per city and supplier", "“supplier” is not known as something to group by"),
    ],
)
def test_doubt_gives_its_reason(question: str, reason: str) -> None:
    reading = SHOP.read(question)
    assert reading is not None
    assert reading.reasons[0].startswith(reason)


@pytest.mark.parametrize(
    "question",
    [
        "",
        " \n\t ",
        "?" * 10_000,
        "orders " * 1_400,
        "per " * 250,
        "a" * 10_000,
        "1" * 10_000,
        "how many orders " + "in Berlin and " * 70,
        "last 99999999999 years of orders",
        "orders in the last 100000 years",
        "orders on 9999-12-31",
        "orders since 2026-13-45",
        "orders at 25:99",
        "top 0 products",
        "amount between 1 and",
        "orders over 999999999999 EUR",
        "Combien de commandes ont été annulées aujourd'hui ?",
        "今日のキャンセルされた注文は何件ですか",
        "\u202eorders\u202c today \x00 \ud83d",
        "'; DROP TABLE orders; -- how many orders today",
        "how many orders where status = 'x' OR 1=1; DELETE FROM orders",
    ],
)
def test_odd_questions_are_read_quickly_or_not_at_all(question: str) -> None:
    started = time.perf_counter()
    reading = SHOP.read(question)
    assert time.perf_counter() - started < 2
    assert reading is None or reading.sql.startswith("SELECT")


def test_question_text_reaches_sql_only_as_a_literal() -> None:
    reading = SHOP.read("How many orders did customer C-1'; DROP TABLE orders place?")
    assert reading is None or "DROP" not in reading.sql


WORDS = st.sampled_from(
    sorted(
        word_set(
            """
            how many orders the top 3 products per city hour last 30 minutes most not except between
            and or over 100 EUR failed cancelled total average amount which highest with in since
            today by latest show 5 slowest page 14:00 yesterday , ? p95 late parcels Berlin more
            than without each is any list refunds 2026-11-20 minimum O-5f3a
            """
        )
    )
)


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=25).map(" ".join) | st.text(max_size=200))
def test_any_text_is_read_without_raising(question: str) -> None:
    for ground in GROUNDS.values():
        reading = ground.read(question)
        if reading is not None:
            assert 0 <= reading.confidence <= 1
            assert reading.sql.startswith("SELECT")
            assert ground.read(question) == reading


def test_empty_catalog_gives_nothing() -> None:
    assert parse("How many orders?", Catalog(), Values(), now=NOW, time_zone=ZONE) is None


def test_the_number_that_a_moment_is_stored_as_measures_nothing(tmp_path: Path) -> None:
    (tmp_path / "views.sql").write_text("""CREATE TABLE views (
      view_id STRING, page STRING, load_ms INT COMMENT 'Time until usable, in milliseconds',
      seen_at AS TO_TIMESTAMP_LTZ(seen_at_ms, 3) COMMENT 'When it was seen',
      seen_at_ms BIGINT COMMENT 'seen_at in milliseconds since 1970',
      WATERMARK FOR seen_at AS seen_at - INTERVAL '5' SECOND
    ) COMMENT 'Page views' WITH ('connector' = 'kafka');""")
    views = Ground(load([tmp_path]), Values({}))
    reading = views.read("How many views were slower than 2 seconds in the last hour?")
    assert reading is not None
    assert reading.is_sure
    assert "load_ms > 2000" in reading.sql
    assert "seen_at_ms" not in reading.sql
