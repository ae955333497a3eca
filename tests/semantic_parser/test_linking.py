"""Words to fields, values and things: what is found first, and how sure it is."""

from __future__ import annotations

import random

import pytest

from app.semantic_parser.form import Field
from app.semantic_parser.linking import (
    Link,
    Noun,
    ValueLink,
    fields_at,
    nouns_at,
    tables_knowing,
    values_at,
)
from app.semantic_parser.tokens import tokenize
from tests.semantic_parser.linked import known, over

FIELDS = (
    # exactly by name, in any style
    ("shop", "orders", "shipping fee", "orders.shipping_fee", 2, 1.0),
    ("energy", "meterReadings", "kWh", "meterReadings.kWh", None, 1.0),
    ("mixed", "logs", "http method", "logs.httpmethod", 2, 1.0),
    # by the part that is no unit
    ("shop", "page_views", "load", "page_views.load_ms", 1, 0.97),
    ("finance", "card_txn", "merchants", "card_txn.merchant", 1, 1.0),
    # abbreviations
    ("mixed", "cdr", "downloads", "cdr.dl_mb", 1, 0.85),
    ("mixed", "cdr", "download volume", "cdr.dl_mb", 2, 0.84),
    ("mixed", "cdr", "duration", "cdr.dur_s", 1, 0.85),
    ("mixed", "logs", "wind speed", "logs.wnd_spd", 2, 0.85),
    ("mixed", "logs", "humidity", "logs.rh", 1, 0.8),
    ("mixed", "logs", "service", "logs.svc", 1, 0.85),
    ("mixed", "logs", "categories", "logs.ctgry", 1, 0.8),
    ("mixed", "OrderItems", "discount percentage", "OrderItems.DiscPct", 2, 0.85),
    ("finance", "accounts", "credit limit", "accounts.credit_lim_eur", 2, 0.9),
    # by the noun of a comment
    ("finance", "card_txn", "response time", "card_txn.resp_ms", 2, 0.95),
    ("finance", "card_txn", "merchant category", "card_txn.mcc", 2, 0.95),
    ("transport", "fahrten", "delay", "fahrten.versp_min", 1, 0.95),
    ("transport", "fahrten", "reason", "fahrten.grund", 1, 0.95),
    ("transport", "stop_events", "stations", "stop_events.stop_name", 1, 0.88),
    ("transport", "stop_events", "occupancy", "stop_events.load_pct", 1, 0.95),
    ("shop", "orders", "order value", "orders.amount", 2, 0.95),
    ("energy", "charge_sessions", "revenue", "charge_sessions.cost_eur", 1, 0.88),
    # compounds, units, qualifiers
    ("shop", "page_views", "load time", "page_views.load_ms", 2, 0.9),
    ("transport", "fahrten", "kilometres", "fahrten.km", 1, 0.85),
    ("transport", "fahrten", "minutes late", "fahrten.versp_min", 2, 0.7),
    ("energy", "meterReadings", "kilowatt hours", "meterReadings.kWh", 2, 0.9),
    ("finance", "accounts", "type of account", "accounts.acct_type", 3, 0.85),
    ("finance", "accounts", "account balance", "accounts.bal_eur", 2, 0.95),
    ("mixed", "Orders", "customer country", "Customers.Country", 2, 0.9),
    ("mixed", "Orders", "shipping country", "Orders.ShipCountry", 2, 0.95),
    # synonyms
    ("shop", "orders", "clients", "orders.customer_id", 1, 0.7),
    ("shop", "orders", "towns", "orders.city", 1, 0.7),
    ("transport", "tickets", "cost", "tickets.price_eur", 1, 0.7),
    # fields of ROW columns and of joined tables
    ("transport", "incidents", "district", "incidents.place.district", 1, 1.0),
    ("finance", "card_txn", "branch", "accounts.branch", 1, 0.93),
    ("energy", "meterReadings", "region", "sites.region", 1, 0.93),
    ("finance", "fraud_alerts", "country", "card_txn.ctry", 1, 0.85),
)


@pytest.mark.parametrize("case", FIELDS, ids=lambda case: " ".join(case[:3]))
def test_words_name_a_field(case: tuple[str, str, str, str, int | None, float]) -> None:
    catalog, table, words, expected, length, score = case
    tokens = tokenize(words)
    best = fields_at(over(catalog, table), tokens, 0)[0]
    assert _path(best.field) == expected
    assert best.stop == (length or len(tokens))
    assert best.score == pytest.approx(score, abs=0.06)


@pytest.mark.parametrize(
    ("catalog", "table", "words"),
    [
        ("shop", "orders", "number"),
        ("shop", "orders", "time of the"),
        ("shop", "orders", "weather"),
        ("transport", "incidents", "not"),
        ("shop", "page_views", "how"),
        ("mixed", "cdr", "dinosaurs"),
    ],
)
def test_words_that_name_no_field_for_sure(catalog: str, table: str, words: str) -> None:
    found = fields_at(over(catalog, table), tokenize(words), 0)
    assert all(link.score <= 0.6 for link in found)


def test_an_own_field_goes_before_one_of_a_joined_table() -> None:
    found = fields_at(over("shop", "payments"), tokenize("amount"), 0)
    assert [(_path(f.field), f.hops) for f in found[:2]] == [
        ("payments.amount", 0),
        ("orders.amount", 1),
    ]
    assert found[0].score > found[1].score


def test_only_accepted_fields_are_found() -> None:
    scope = over("shop", "payments")
    found = fields_at(scope, tokenize("amount"), 0, lambda terms: terms.hops == 1)
    assert _path(found[0].field) == "orders.amount"
    assert {link.hops for link in found} == {1}


VALUES = (
    ("shop", "orders", "cancellations", "orders.status", "cancelled", 1, 1.0),
    ("shop", "payments", "refunds", "payments.status", "refunded", 1, 1.0),
    ("shop", "payments", "PayPal", "payments.method", "paypal", 2, 0.95),
    ("shop", "payments", "gift cards", "payments.method", "gift_card", 2, 1.0),
    ("shop", "payments", "timed out at the issuer", "payments.failure_reason", "issuer_timeout",
     5, 0.72),
    ("shop", "payments", "expired cards", "payments.failure_reason", "card_expired", 2, 0.75),
    ("shop", "shipments", "deliveries", "shipments.status", "delivered", 1, 0.88),
    ("shop", "shipments", "picked up", "shipments.status", "picked_up", 2, 1.0),
    ("finance", "card_txn", "declines", "card_txn.resp", "declined", 1, 1.0),
    ("finance", "card_txn", "insufficient funds", "card_txn.decl_rsn", "insufficient_funds", 2,
     1.0),
    ("finance", "card_txn", "the Netherlands", "", "", 0, 0.0),
    ("finance", "card_txn", "Netherlands", "card_txn.ctry", "NL", 1, 0.97),
    ("finance", "card_txn", "German", "card_txn.ctry", "DE", 1, 0.9),
    ("finance", "card_txn", "AT", "card_txn.ctry", "AT", 1, 1.0),
    ("finance", "card_txn", "at", "", "", 0, 0.0),
    ("finance", "card_txn", "Leipzig", "card_txn.terminal.city", "Leipzig", 1, 1.0),
    ("finance", "card_txn", "savings", "accounts.acct_type", "savings", 1, 0.93),
    ("finance", "fraud_alerts", "geo jump", "fraud_alerts.rules", "geo_jump", 2, 1.0),
    ("finance", "accounts", "frozen", "accounts.frozen", "True", 1, 1.0),
    ("finance", "card_txn", "authenticated", "card_txn.is_3ds", "True", 1, 0.95),
    ("transport", "fahrten", "cancelled", "fahrten.ausfall", "True", 1, 0.95),
    ("transport", "fahrten", "did not run", "fahrten.ausfall", "True", 3, 0.9),
    ("transport", "stop_events", "faulty", "stop_events.counter_ok", "False", 1, 0.95),
    ("transport", "incidents", "critical", "incidents.severity", "5", 1, 0.9),
    ("transport", "incidents", "wifi", "fleet.extras", "wifi", 1, 0.93),
    ("transport", "tickets", "day passes", "tickets.product", "day_pass", 2, 1.0),
    ("energy", "sites", "solar panels", "sites.hasPv", "True", 2, 0.9),
    ("mixed", "Orders", "shipped", "Orders.StatusCd", "2", 1, 0.9),
    ("mixed", "Orders", "USA", "Customers.Country", "US", 1, 0.84),
    ("mixed", "logs", "errors", "logs.lvl", "ERROR", 1, 1.0),
    ("mixed", "logs", "high", "logs.prio", "high", 1, 1.0),
    ("mixed", "cdr", "5G", "cdr.techGen", "5G", None, 1.0),
)  # fmt: skip


@pytest.mark.parametrize("case", VALUES, ids=lambda case: " ".join(case[:3]))
def test_words_stand_for_a_value(case: tuple[str, str, str, str, str, int | None, float]) -> None:
    catalog, table, words, field, value, length, score = case
    tokens = tokenize(words)
    found = values_at(over(catalog, table), tokens, 0)
    if not field:
        assert not found
        return
    best = found[0]
    assert [(_path(m.field), str(m.value)) for m in best.meant] == [(field, value)]
    assert best.stop == (length or len(tokens))
    assert best.score == pytest.approx(score, abs=0.01)


def test_part_of_several_values_means_them_all() -> None:
    (found, *_) = values_at(over("shop", "orders"), tokenize("tents"), 0)
    assert {str(m.value) for m in found.meant} == {"Nordhang Tent 2P", "Nordhang Tent 4P"}


NOUNS = (
    ("shop", "orders", "orders", "orders", ("order_id",), True, 1.0),
    ("shop", "orders", "purchases", "orders", ("order_id",), True, 0.8),
    ("shop", "orders", "customers", "orders", ("customer_id",), False, 0.95),
    ("shop", "shipments", "parcels", "shipments", ("shipment_id",), False, 0.92),
    ("shop", "shipments", "packages", "shipments", ("shipment_id",), False, 0.85),
    ("shop", "page_views", "browser sessions", "page_views", ("session_id",), False, 0.92),
    ("finance", "card_txn", "card payments", "card_txn", ("txn_id",), True, 0.9),
    ("finance", "card_txn", "transactions", "card_txn", ("txn_id",), True, 0.93),
    ("finance", "fraud_alerts", "alerts", "fraud_alerts", ("alertId",), False, 0.95),
    ("transport", "fahrten", "trips", "fahrten", ("fahrt_nr",), True, 0.93),
    ("transport", "fahrten", "journeys", "fahrten", ("fahrt_nr",), True, 0.9),
    ("transport", "fahrten", "vehicles", "fahrten", ("fzg_nr",), False, 0.92),
    ("transport", "fahrten", "drivers", "fahrten", ("fahrer_id",), False, 0.92),
    ("energy", "charger_status", "chargers", "charger_status", ("charger_id",), False, 0.95),
    ("energy", "meterReadings", "meters", "meterReadings", ("meterId",), False, 0.95),
    ("energy", "meterReadings", "sites", "sites", ("siteId",), False, 0.93),
    ("mixed", "cdr", "subscribers", "cdr", ("msisdn",), False, 0.92),
    ("mixed", "cdr", "cells", "cdr", ("cell_id",), False, 0.95),
)


@pytest.mark.parametrize("case", NOUNS, ids=lambda case: " ".join(case[:3]))
def test_words_name_things(case: tuple[str, str, str, str, tuple[str, ...], bool, float]) -> None:
    catalog, table, words, held, key, is_rows, score = case
    found = nouns_at(over(catalog, table), tokenize(words), 0)
    same = [n for n in found if (n.table, n.is_rows) == (held, is_rows)]
    assert tuple(f.name for f in same[0].key) == key
    assert same[0].score == pytest.approx(score, abs=0.01)
    assert found[0].score <= same[0].score + 0.05


def test_words_say_which_tables_are_likely() -> None:
    prepared = known("finance")
    names = [t.table.name for t in prepared.tables]
    (word,) = tokenize("nations")
    assert {names[p] for p in tables_knowing(prepared, word)} == {"card_txn"}


def test_links_lie_within_the_question_whatever_it_is() -> None:
    rng = random.Random(7)
    pieces = ["orders", "of", "the", "'", "O-1", "5G", "k", "…", "id", "not", "ß", "12", ",", "_"]
    for _ in range(300):
        tokens = tokenize(" ".join(rng.choices(pieces, k=rng.randrange(8))))
        scope = over(*rng.choice([("shop", "orders"), ("mixed", "logs"), ("energy", "sites")]))
        for start in range(-1, len(tokens) + 1):
            links: tuple[Link | ValueLink | Noun, ...] = (
                *fields_at(scope, tokens, start),
                *values_at(scope, tokens, start),
                *nouns_at(scope, tokens, start),
            )
            assert all(x.start == start < x.stop <= len(tokens) for x in links)
            assert all(0 < x.score <= 1 for x in links)


def _path(field: Field) -> str:
    return ".".join(p for p in (field.table, field.within, field.name) if p)
