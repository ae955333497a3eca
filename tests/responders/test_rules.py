"""The keyless responder, on canned rows and passages."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
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
from app.semantic_parser.definitions import find
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
    alone, _ = respond(PROOF.partition(",")[0], LATE)
    draft, tools = respond(PROOF, LATE, (OWED,))
    assert "Alpenfracht: **1,200**" in alone.text
    assert draft.text == (
        f"{alone.text}\n\n"
        "The documents say:\n\n"
        "Policy › Compensation:\n\n"
        "> Compensation is owed per late parcel.\\\n"
        "> Delay · Compensation\\\n"
        "> 24 to under 48 hours · EUR 5 [2]"
    )
    assert draft.understood == alone.understood != ""
    assert draft.confidence is not None
    assert 0.7 < draft.confidence < 1.0
    assert [type(s.evidence).__name__ for s in tools.evidence] == ["QueryResult", "Passage"]
    assert grounding.check(draft.text, tools.evidence) == ()


def test_other_half_is_searched_for_with_what_the_first_is_about() -> None:
    index = CannedIndex((OWED,))
    tools = toolkit(SHOP.catalog, CannedEngine(LATE), index)
    RulesResponder(SHOP.catalog, lambda: SHOP.values, ZONE).respond(Turn(PROOF, NOW), tools)
    assert index.queries == ["what do we owe the customers? late parcels", PROOF]


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
        ("why do orders *glimmer*", "“glimmer”."),
        ("Orders with status mislaid", "I did not understand “mislaid”."),
        ("Wie viele Bestellungen gab es heute?", "I found no table or column that it is about."),
        ("", "I found no table or column that it is about."),
        ("😀" * 3_000, "I found no table or column that it is about."),
        ("'; DROP TABLE orders; --", "I did not understand “TABLE”."),
    ],
)
def test_what_cannot_be_answered_says_so_and_what_can(question: str, said: str) -> None:
    weak = passage("Something else.", similarity=0.3)
    started = time.perf_counter()
    draft, tools = respond(question, passages=(weak,))
    assert time.perf_counter() - started < 2
    assert draft.text.startswith("I cannot answer that without a chat model. ")
    assert said in draft.text
    assert re.search(r"^- (How many|What is the) ", draft.text, re.MULTILINE)
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


def test_defined_term_is_computed_as_defined_and_its_definition_comes_first() -> None:
    text = "**Gross revenue** is the sum of the amount of orders with status `confirmed`."
    other = passage("Gross revenue is reported weekly.", heading="Gross revenue", similarity=0.9)
    summed = pa.table({"total_amount": [Decimal("12.50")]})
    tools = toolkit(
        SHOP.catalog, CannedEngine(summed), CannedIndex((other, passage(text, start=99)))
    )
    definitions = find(text)
    responder = RulesResponder(
        SHOP.catalog, lambda: SHOP.values, ZONE, definitions=lambda: definitions
    )
    draft = responder.respond(Turn("What is our gross revenue today?", NOW), tools)
    assert draft.understood == "total amount in orders, status = confirmed, today"
    assert draft.notices == ()
    assert "> Gross revenue is the sum of the amount of orders with status confirmed. [2]" in (
        draft.text
    )
    assert "weekly" not in draft.text


def test_a_model_that_cannot_be_loaded_is_done_without() -> None:
    def embed(texts: Sequence[str]) -> list[list[float]]:
        raise IngestError("The model is gone.", hint="")

    orders = pa.table({"orders": [3]})
    tools = toolkit(SHOP.catalog, CannedEngine(orders), CannedIndex())
    responder = RulesResponder(SHOP.catalog, lambda: SHOP.values, ZONE, embed=embed)
    draft = responder.respond(Turn("How many glorps in orders today?", NOW), tools)
    assert "“glorps”" in draft.text


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
