"""What names, COMMENTs and single words are taken for."""

from __future__ import annotations

import pytest

from app.catalog.model import Column
from app.semantic_parser import comments
from app.semantic_parser.linking import wordforms
from app.semantic_parser.linking.abbreviations import ABBREVIATIONS
from app.semantic_parser.linking.synonyms import SYNONYMS
from app.semantic_parser.tokens import stem


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("order_id", ("order", "id")),
        ("orderId", ("order", "id")),
        ("OrderID", ("order", "id")),
        ("orderid", ("order", "id")),
        ("windspeed", ("wind", "speed")),
        ("energy_kWh", ("energy", "kwh")),
        ("kWh", ("kwh",)),
        ("latency_p99", ("latency", "p99")),
        ("address2", ("address", "2")),
        ("station", ("station",)),
        ("fahrten", ("fahrten",)),
        ("", ()),
    ],
)
def test_parts_of_names(name: str, parts: tuple[str, ...]) -> None:
    assert wordforms.parts_of(name) == parts


@pytest.mark.parametrize(
    ("short", "word", "is_short_for"),
    [
        ("ctgry", "category", True),
        ("ctgry", "categories", True),
        ("categ", "category", True),
        ("prcl", "parcel", True),
        ("cat", "dog", False),
        ("status", "station", False),
        ("ab", "about", False),
    ],
)
def test_unusual_parts_may_be_short_for_a_word(short: str, word: str, is_short_for: bool) -> None:
    assert (wordforms.abbreviates(short, word) > 0.5) is is_short_for


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("deliveries", "delivered"),
        ("approval", "approved"),
        ("settlement", "settled"),
        ("confirmation", "confirmed"),
        ("arrivals", "arrived"),
        ("rejection", "rejected"),
        ("losses", "lost"),
    ],
)
def test_roots_bring_word_forms_together(one: str, other: str) -> None:
    assert wordforms.root(stem(one)) == wordforms.root(stem(other))


@pytest.mark.parametrize(
    ("comment", "noun"),
    [
        ("Response time of the issuer in milliseconds (latency)", ("respons", "tim")),
        ("Name of the merchant (shop, retailer)", ("merchant",)),
        ("The customer's city", ("customer", "citi")),
        ("Why it failed: a or b", ("reason",)),
        ("When the doors opened", ("tim",)),
        ("What the driver pays, in EUR", ()),
        ("Orders placed in the shop", ("order",)),
        ("cust. sites", ("cust", "sit")),
        ("", ()),
    ],
)
def test_the_noun_of_a_comment(comment: str, noun: tuple[str, ...]) -> None:
    assert comments.noun(comment) == noun


@pytest.mark.parametrize(
    ("comment", "values"),
    [
        ("Outcome: succeeded, failed or refunded; null while open", "succeeded failed refunded"),
        ("breakdown, collision or blocked_track", "breakdown collision blocked_track"),
        ("running / finished / aborted", "running finished aborted"),
        ("low|medium|high", "low medium high"),
        ("DEBUG/INFO/WARN/ERROR", "DEBUG INFO WARN ERROR"),
        ("'open', 'in_progress', 'done'", "open in_progress done"),
        ("Sex: female (women, girls) or male (men, boys)", "female male"),
        ("Main diagnosis, such as pneumonia, stroke or fracture", "pneumonia stroke fracture"),
        ("Country: DE = Germany, AT = Austria", "DE AT"),
        ("receipt (goods in), pick or adjustment (correction)", "receipt pick adjustment"),
        ("Article that is moved, by its number", ""),
        ("Currency pair, such as EUR/USD", ""),
        ("Name of the merchant (shop, retailer)", ""),
        ("City the order is shipped to", ""),
        ("Order value in EUR: goods, VAT and shipping fee together, see the manual of trade", ""),
    ],
)
def test_values_that_a_comment_lists(comment: str, values: str) -> None:
    assert comments.listed_values(Column("c", "STRING", comment)) == tuple(values.split())


@pytest.mark.parametrize(
    ("kind", "comment", "meanings"),
    [
        ("STRING", "DE = Germany, AT = Austria", (("DE", "Germany"), ("AT", "Austria"))),
        ("STRING", "M: male, F: female", (("M", "male"), ("F", "female"))),
        ("INT", "0 = off, 1 = on", (("0", "off"), ("1", "on"))),
        ("INT", "Severity from 1 (minor) to 5 (critical)", (("1", "minor"), ("5", "critical"))),
        ("STRING", "Sex: female (women) or male (men)", (("female", "women"), ("male", "men"))),
        ("STRING", "receipt (goods in), pick or loss", (("receipt", "goods in"),)),
        ("DOUBLE", "1 = one", ()),
        ("STRING", "Bidding zone: DE-LU, AT or FR", ()),
    ],
)
def test_what_codes_mean(kind: str, comment: str, meanings: tuple[tuple[str, str], ...]) -> None:
    assert comments.meanings(Column("c", kind, comment)) == meanings


@pytest.mark.parametrize(
    ("comment", "truths"),
    [
        ("True where the trip was cancelled", [("cancelled", True)]),
        ("False where the counter was faulty", [("faulty", False)]),
        ("PV (solar panels)", [("solar panels", True), ("PV", True)]),
        ("flag", []),
        ("1 if the card is blocked by us", [("blocked", True), ("blocked by us", True)]),
    ],
)
def test_what_flags_mean(comment: str, truths: list[tuple[str, bool]]) -> None:
    found = comments.truths(Column("c", "BOOLEAN", comment))
    assert [(text, value) for text, value, _ in found] == truths


def test_tables_of_words_hold_what_they_say() -> None:
    assert SYNONYMS["client"][0] == "customer"
    assert all(word not in others for word, others in SYNONYMS.items())
    assert ABBREVIATIONS["txn"] == (("transaction",),)
    assert ABBREVIATIONS["bp"] == (("blood", "pressur"), ("basis", "point"))
    assert all(short.isalnum() and meanings for short, meanings in ABBREVIATIONS.items())
