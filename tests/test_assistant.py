"""The whole way, with a real Flink, a real index and the sample shop at a fixed moment.

What Flink computed is compared with the same figures worked out in plain Python from the events.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache

import pytest

from app import plain
from app.answer import Answered, QueryRan, QueryWritten, Searched, TextDelta
from app.assistant import QUESTION_LIMIT, Assistant
from app.errors import InvalidQuery, InvalidQuestion, QueryCancelled, UnsafeQuery
from ingest.demo.events import Event, Payload, arrivals
from ingest.demo.shop import QUESTIONS
from tests.conftest import SHOP_NOW

pytestmark = pytest.mark.flink

TWO_HOURS = timedelta(hours=2)


def rows_of(stream: str, column: str, last: timedelta) -> list[Payload]:
    """The rows of a stream whose event time lies in the last stretch; repeats taken out."""
    start = SHOP_NOW - last
    events = _events()[stream]
    rows = {
        tuple(e.payload.items())
        for e in events
        if start <= datetime.fromisoformat(str(e.payload[column])) <= SHOP_NOW
    }
    return [dict(row) for row in rows]


@cache
def _events() -> dict[str, list[Event]]:
    return arrivals(7, SHOP_NOW - timedelta(hours=24), SHOP_NOW)


def late_parcels(last: timedelta) -> Counter[str]:
    late = [r for r in rows_of("shipments", "scan_time", last) if r["status"] == "late"]
    return Counter(carrier for carrier, _ in {(str(r["carrier"]), r["shipment_id"]) for r in late})


def pairs(rows: Iterable[dict[str, object]]) -> dict[object, object]:
    """The first two columns of the rows, as a dictionary."""
    return {key: value for key, value, *_ in (row.values() for row in rows)}


def test_the_proof_answer_merges_rows_and_policy(shop: Assistant) -> None:
    answer = shop.ask(QUESTIONS[0])
    expected = late_parcels(timedelta(hours=1))
    assert pairs(answer.results[0].rows()) == dict(expected)
    carrier, count = expected.most_common(1)[0]
    assert carrier in answer.text
    assert str(count) in answer.text
    assert "late-delivery-policy.md" in {p.document for p in answer.passages}
    assert {int(n) for n in re.findall(r"\[(\d+)\]", answer.text)} == {
        s.number for s in answer.sources
    }
    assert answer.notices == ()
    assert answer.responder == "rules"
    assert timedelta(0) <= SHOP_NOW - answer.as_of["shipments"] < timedelta(minutes=5)
    assert answer.results[0].chart() is not None


@pytest.mark.parametrize("hours", [1, 2, 6])
def test_counts_do_not_count_repeated_deliveries(shop: Assistant, hours: int) -> None:
    answer = shop.ask(f"How many orders were cancelled in the last {hours} hours?")
    orders = rows_of("orders", "order_time", timedelta(hours=hours))
    expected = sum(row["status"] == "cancelled" for row in orders)
    assert next(iter(answer.results[0].rows()[0].values())) == expected
    assert f"{expected:,}" in answer.text


def test_sums_are_exact(shop: Assistant) -> None:
    answer = shop.ask("Total amount per city in the last 2 hours")
    expected: dict[object, Decimal] = {}
    for row in rows_of("orders", "order_time", timedelta(hours=2)):
        expected[row["city"]] = expected.get(row["city"], Decimal(0)) + Decimal(str(row["amount"]))
    assert pairs(answer.results[0].rows()) == expected


def test_a_question_that_could_mean_two_things_is_asked_back(shop: Assistant) -> None:
    asked = shop.ask("Total amount in the last 2 hours")
    assert asked.results == ()
    assert asked.notices == ()
    assert len(asked.choices) == 2
    orders = next(n for n, c in enumerate(asked.choices, 1) if "orders" in c)
    picked = shop.ask(str(orders), conversation=asked.conversation)
    assert picked.question == picked.understood == asked.choices[orders - 1]
    amounts = (Decimal(str(r["amount"])) for r in rows_of("orders", "order_time", TWO_HOURS))
    assert next(iter(picked.results[0].rows()[0].values())) == sum(amounts)
    assert picked.choices == ()


def test_a_question_may_lean_on_the_one_before(shop: Assistant) -> None:
    first = shop.ask("How many orders were cancelled in the last 2 hours?")
    second = shop.ask("and in Berlin?", conversation=first.conversation)
    rows = rows_of("orders", "order_time", TWO_HOURS)
    expected = sum((r["status"], r["city"]) == ("cancelled", "Berlin") for r in rows)
    assert next(iter(second.results[0].rows()[0].values())) == expected
    for part in ("orders", "cancelled", "Berlin", "last 2 hours"):
        assert part in second.understood


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_suggested_question_is_answered(shop: Assistant, question: str) -> None:
    answer = shop.ask(question)
    assert answer.sources
    assert answer.notices == ()
    assert "cannot answer" not in answer.text


def test_steps_come_in_order_and_end_with_the_answer(shop: Assistant) -> None:
    steps = list(shop.stream(QUESTIONS[0]))
    kinds = [type(step) for step in steps]
    assert kinds.index(QueryWritten) < kinds.index(QueryRan) < kinds.index(TextDelta)
    assert Searched in kinds
    assert kinds[-1] is Answered
    assert kinds.count(Answered) == 1


def test_the_conversation_is_kept(shop: Assistant) -> None:
    first = shop.ask("How many orders were there in the last hour?")
    second = shop.ask("How do I care for a cast-iron pan?", conversation=first.conversation)
    assert second.conversation == first.conversation
    kept = shop.history(first.conversation)
    assert [a.question for a in kept] == [first.question, second.question]
    assert kept[0].results[0].table.equals(first.results[0].table)
    assert first.conversation in {c.id for c in shop.conversations()}


def test_several_people_ask_at_once_and_each_gets_her_own(shop: Assistant) -> None:
    asked = [
        f"How many orders were {status} in the last {hours} hours?"
        for status in ("cancelled", "confirmed")
        for hours in (1, 3, 5)
    ]
    alone = [shop.ask(q).results[0].rows() for q in asked]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(shop.ask, asked))
    assert [a.results[0].rows() for a in together] == alone
    assert [a.question for a in together] == asked


@pytest.mark.parametrize(
    ("question", "message"),
    [("", "empty"), (" \n ", "empty"), ("a" * (QUESTION_LIMIT + 1), "4,001 characters")],
)
def test_a_question_that_is_none_is_refused(shop: Assistant, question: str, message: str) -> None:
    with pytest.raises(InvalidQuestion, match=message):
        shop.ask(question)


@pytest.mark.parametrize(
    "question",
    [
        "Welche Spediteure sind heute zu spät?",
        "昨日の売上はいくらでしたか",
        "why is the sky blue on mars",
        "'; DROP TABLE orders; --",
        "🦄" * 50,
        "SELECT * FROM secrets",
        "a " * 1990,
    ],
)
def test_what_it_cannot_answer_it_says(shop: Assistant, question: str) -> None:
    answer = shop.ask(question)
    assert answer.text
    assert "[1]" in answer.text or "cannot answer" in answer.text


@pytest.mark.parametrize(
    ("sql", "error", "says"),
    [
        ("SELECT * FROM order", UnsafeQuery | InvalidQuery, "order"),
        ("SELECT citi FROM orders", InvalidQuery, "citi"),
        ("SELECT * FROM nowhere", UnsafeQuery | InvalidQuery, "nowhere"),
        ("DROP TABLE orders", UnsafeQuery, "DROP TABLE"),
        ("SELECT 1; SELECT 2", UnsafeQuery, "one"),
        ("SELECT * FROM orders /*+ OPTIONS('path'='/etc') */", UnsafeQuery, "OPTIONS"),
    ],
)
def test_wrong_sql_is_told_what_is_wrong(
    shop: Assistant, sql: str, error: type[Exception], says: str
) -> None:
    with pytest.raises((UnsafeQuery, InvalidQuery)) as caught:
        shop.sql(sql)
    assert isinstance(caught.value, error)
    assert says in str(caught.value)
    assert shop.sql("SELECT COUNT(*) AS n FROM orders").rows()[0]["n"] > 0


def test_leaving_a_question_ends_its_job(shop: Assistant) -> None:
    before = threading.active_count()
    steps = shop.stream("How many page views per hour today?")
    for step in steps:
        if isinstance(step, QueryWritten):
            break
    steps.close()  # type: ignore[attr-defined]
    assert threading.active_count() <= before + 4  # idle readers of the engine stay
    assert shop.ask("How many orders were there in the last hour?").results


def test_passages_open_in_their_context(shop: Assistant) -> None:
    [passage, *_] = shop.search("what do we owe for a late parcel")
    before, used, after = shop.passage_context(passage)
    assert used == passage.text
    text = shop.index.text_of(passage.document)
    assert text is not None
    assert before + used + after in text


def test_an_answer_is_plain_json(shop: Assistant) -> None:
    answer = shop.ask("Total amount per city in the last 2 hours")
    assert plain.of_answer(answer) == answer.to_dict()
    assert answer.to_dict()["sources"][0]["sql"] == answer.results[0].sql


def test_a_question_can_be_cancelled_from_elsewhere(shop: Assistant) -> None:
    cancel = threading.Event()
    steps = shop.stream("How many page views per hour today?", cancel=cancel)
    assert any(isinstance(step, QueryWritten) for step in steps)
    cancel.set()
    with pytest.raises(QueryCancelled):
        list(steps)
