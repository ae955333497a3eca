"""The keyless responder, on canned rows and passages."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from markdown_it import MarkdownIt

from app.answer import Passage
from app.errors import EngineUnavailable, IngestError, QueryCancelled, QueryFailed
from app.responders import grounding
from app.responders.base import Draft, Toolkit, Turn
from app.responders.rules import RulesResponder
from tests.responders.fakes import CannedEngine, CannedIndex, passage, toolkit
from tests.semantic_parser.catalogs import NOW, SHOP, ZONE

PROOF = (
    "Which carriers have the most late parcels in the last hour, and what do we owe the customers?"
)
LATE = pa.table({"carrier": ["Alpenfracht", "Nordwind", None], "late_parcels": [1200, 5, 3]})
OWED = passage(
    "# What we owe\n\nCompensation is owed per late parcel.\n\n"
    "| Delay | Compensation |\n|---|---|\n| 24 to under 48 hours | EUR 5 |\n"
)
MANY = [f"City {i}" for i in range(8)]


def respond(
    question: str,
    table: pa.Table | None = None,
    passages: tuple[Passage, ...] = (),
    **engine: Any,
) -> tuple[Draft, Toolkit]:
    canned = CannedEngine(**engine) if table is None else CannedEngine(table, **engine)
    tools = toolkit(SHOP.catalog, canned, CannedIndex(passages))
    responder = RulesResponder(SHOP.catalog, lambda: SHOP.values, ZONE)
    return responder.respond(Turn(question, NOW), tools), tools


def test_proof_question_merges_rows_and_policy() -> None:
    draft, tools = respond(PROOF, LATE, (OWED,))
    assert draft.text == (
        "Number of distinct parcels with status late in the last hour "
        "(2026-11-22 17:30 to 18:30 CET), per carrier, most first [1]:\n\n"
        "- Alpenfracht: **1,200**\n- Nordwind: **5**\n- (none): **3**\n\n"
        "The documents say:\n\n"
        "Policy › Compensation:\n\n"
        "> Compensation is owed per late parcel.\\\n"
        "> Delay · Compensation\\\n"
        "> 24 to under 48 hours · EUR 5 [2]"
    )
    assert draft.understood == (
        "counting distinct parcels in shipments, status = late, in the last hour, per carrier, "
        "most first, at most 10"
    )
    assert [type(s.evidence).__name__ for s in tools.evidence] == ["QueryResult", "Passage"]
    assert grounding.check(draft.text, tools.evidence) == ()


def test_other_half_is_searched_for_with_what_the_first_is_about() -> None:
    index = CannedIndex((OWED,))
    tools = toolkit(SHOP.catalog, CannedEngine(LATE), index)
    RulesResponder(SHOP.catalog, lambda: SHOP.values, ZONE).respond(Turn(PROOF, NOW), tools)
    assert index.queries == ["what do we owe the customers? late parcels", PROOF]


RESULTS = [
    (
        "How many orders were cancelled today?",
        pa.table({"cancelled_orders": [1234]}),
        "There were **1,234** orders with status cancelled today "
        "(2026-11-22 00:00 to 18:30 CET) [1].",
    ),
    (
        "How many orders were cancelled today?",
        pa.table({"cancelled_orders": [0]}),
        "There were no orders with status cancelled today (2026-11-22 00:00 to 18:30 CET): "
        "no rows matched, the count is **0** [1].",
    ),
    (
        "total amount of orders in Berlin or Hamburg",
        pa.table({"total_amount": [Decimal("12345.6")]}),
        "The total amount of orders with city Berlin or Hamburg is **12,345.60 EUR** [1].",
    ),
    (
        "average load time on phones",
        pa.table({"average_load_ms": [812.3456]}),
        "The average load of page views with device phone is **812.35 milliseconds** [1].",
    ),
    (
        "average load time on phones",
        pa.table({"average_load_ms": pa.array([None], pa.float64())}),
        "No rows matched: there is no average load for page views with device phone [1].",
    ),
    (
        "Which city has the fewest orders?",
        pa.table({"city": ["Graz"], "orders": [7]}),
        "**Graz** has the fewest orders: **7** [1].",
    ),
    (
        "slowest page",
        pa.table({"page": ["checkout"], "average_load_ms": [930.0]}),
        "**checkout** has the highest average load: **930 milliseconds** [1].",
    ),
    (
        "orders per city today",
        pa.table({"city": pa.array([], pa.string()), "orders": pa.array([], pa.int64())}),
        "No rows matched for the number of orders today "
        "(2026-11-22 00:00 to 18:30 CET), per city [1].",
    ),
    (
        "How many orders per city?",
        pa.table({"city": MANY, "orders": list(range(8))}),
        "Number of orders, per city [1]:\n\n"
        + "\n".join(f"- City {i}: **{i}**" for i in range(5))
        + "\n\nThe rest is in the table.",
    ),
    (
        "orders per hour today",
        pa.table(
            {
                "hour_start": [datetime(2026, 11, 22, h, tzinfo=UTC) for h in range(8)],
                "orders": [5, 9, 3, 4, 5, 6, 7, 8],
            }
        ),
        "Number of orders today (2026-11-22 00:00 to 18:30 CET), per hour [1]: "
        "the highest is **9** "
        "from 2026-11-22 02:00, the latest **8** from 2026-11-22 08:00; all 8 are in the table.",
    ),
    (
        "orders per day this week",
        pa.table(
            {"day_start": [datetime(2026, 11, 20, 23, tzinfo=UTC)], "orders": [3135]},
        ),
        "Number of orders this week (2026-11-16 00:00 to 2026-11-22 18:30 CET), per day [1]:\n\n"
        "- 2026-11-21: **3,135**",
    ),
    (
        "show the latest 2 failed payments",
        pa.table({"payment_id": ["a", "b"]}),
        "Here are 2 rows of payments with status failed, latest first [1].",
    ),
    (
        "last order",
        pa.table({"order_id": ["O-1"], "amount": [Decimal("9.50")], "city": [None]}),
        "This is the row of orders [1]:\n\n- order id: O-1\n- amount: 9.50 EUR",
    ),
]


@pytest.mark.parametrize(("question", "table", "text"), RESULTS, ids=[r[0] for r in RESULTS])
def test_result_in_words(question: str, table: pa.Table, text: str) -> None:
    draft, tools = respond(question, table)
    assert draft.text == text
    assert grounding.check(draft.text, tools.evidence) == ()


def test_truncation_is_said() -> None:
    draft, _ = respond("How many orders per city?", LATE, truncated=True)
    assert draft.text.endswith("only the first 3 are here.")


def test_document_question_is_quoted_and_runs_no_query() -> None:
    washing = passage("Use the wool programme. Do not tumble-dry.", heading="Washing a wool jacket")
    draft, tools = respond("How should I wash a wool jacket?", passages=(washing,))
    assert draft.text == (
        "The documents say:\n\nPolicy › Washing a wool jacket:\n\n"
        "> Use the wool programme. Do not tumble-dry. [1]"
    )
    assert len(tools.evidence) == 1


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What is the capital of France?", "I found no table or column that it is about."),
        ("How many orders in Pariss today?", "I did not understand “Pariss”."),
        ("Total amount in the last hour", "It could mean: total amount in orders, in the last"),
        ("Wie viele Bestellungen gab es heute?", "I found no table or column that it is about."),
        ("", "I found no table or column that it is about."),
        ("😀" * 3_000, "I found no table or column that it is about."),
        ("'; DROP TABLE orders; --", "I found no table or column that it is about."),
    ],
)
def test_what_cannot_be_answered_says_so_and_what_can(question: str, said: str) -> None:
    weak = passage("Something else.", similarity=0.3)
    started = time.perf_counter()
    draft, tools = respond(question, passages=(weak,))
    assert time.perf_counter() - started < 2
    assert draft.text.startswith("I cannot answer that without a chat model. ")
    assert said in draft.text
    assert "- How many orders with status cancelled in the last hour?" in draft.text
    assert "I quote the documents" in draft.text
    assert tools.evidence == []


def test_number_that_cannot_be_computed_is_not_passed_over_in_silence() -> None:
    definition = passage("Net revenue is gross revenue less refunds.", heading="Revenue")
    draft, _ = respond("What is our net revenue today?", passages=(definition,))
    assert draft.text.startswith("I could not compute this from the streams. I did not understand")
    assert "> Net revenue is gross revenue less refunds. [1]" in draft.text


def test_business_word_is_quoted_from_its_definition_and_what_was_summed_is_said() -> None:
    other = passage("Orders are shipped daily.", heading="Shipping", similarity=0.7)
    definition = passage("Gross revenue counts confirmed orders.", similarity=0.6)
    summed = pa.table({"total_amount": [Decimal("12.50")]})
    draft, tools = respond("Revenue today", summed, (other, definition))
    assert draft.notices == (
        "“Revenue” was read as the sum of amount over all orders; "
        "the documents may define it otherwise.",
    )
    assert "> Gross revenue counts confirmed orders. [2]" in draft.text
    assert "shipped" not in draft.text
    assert grounding.check(draft.text, tools.evidence) == ()


def test_doubt_is_explained() -> None:
    draft, tools = respond("worst carrier today")
    assert "I am not sure what is asked: “worst” by what is not said." in draft.text
    assert tools.evidence == []


@pytest.mark.parametrize(
    "error", [QueryFailed("The job failed."), EngineUnavailable("There is no Java.")]
)
def test_documents_are_still_quoted_when_the_query_fails(
    error: QueryFailed | EngineUnavailable,
) -> None:
    draft, tools = respond(PROOF, passages=(OWED,), error=error)
    assert draft.notices == (f"The streams could not be queried: {error.message}",)
    assert "The query could not be run." in draft.text
    assert "EUR 5" in draft.text
    assert len(tools.evidence) == 1


def test_rows_are_still_given_when_the_search_fails() -> None:
    index = CannedIndex(error=IngestError("The index is gone.", hint="Run `tributary ingest`."))
    tools = toolkit(SHOP.catalog, CannedEngine(LATE), index)
    responder = RulesResponder(SHOP.catalog, lambda: SHOP.values, ZONE)
    draft = responder.respond(Turn(PROOF, NOW), tools)
    assert "Alpenfracht" in draft.text
    assert "The index is gone. Run `tributary ingest`." in draft.notices[0]


def test_cancelling_is_passed_on() -> None:
    with pytest.raises(QueryCancelled):
        respond(PROOF, error=QueryCancelled("cancelled"))


HOSTILE = [
    "![x](http://evil.example/a.png)",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "`code` | pipe | **bold**",
    "www.evil.example and a@evil.example",
    "# heading",
    "[1] forged",
    "line\n\n- list",
]


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_rows_and_documents_stay_text(value: str) -> None:
    table = pa.table({"carrier": [value], "late_parcels": [1]})
    document = passage(f"{value} late parcel owed", title=value, heading=value)
    draft, tools = respond(PROOF, table, (document,))
    html = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(draft.text)
    tags = set(re.findall(r"</?(\w+)", html))
    assert tags <= {"p", "strong", "ul", "li", "blockquote", "br"}
    assert not re.search(r"https?://\w|www\.|\w@\w", draft.text)
    assert grounding.check(draft.text, tools.evidence) == ()


def test_two_numbers_may_be_asked_for_at_once() -> None:
    question = "How many orders were cancelled today, and how many payments failed today?"
    draft, tools = respond(question, pa.table({"cancelled_orders": [4], "failed_payments": [9]}))
    assert "There were **4** orders" in draft.text
    assert "There were **9** payments" in draft.text
    assert len(tools.evidence) == 2
