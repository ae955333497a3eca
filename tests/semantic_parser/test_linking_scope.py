"""Which tables a question over one table can speak of, and by which keys."""

from __future__ import annotations

import pytest

from app.catalog.model import Catalog, Column, Table
from app.catalog.values import Values
from app.semantic_parser.linking import fields_at, nouns_at, scope, values_at, vocabulary
from app.semantic_parser.linking.scopes import MAX_TABLES
from app.semantic_parser.tokens import tokenize
from tests.semantic_parser.linked import over

JOINS = (
    # catalog, root, reached, each join as `before.key = after.key`, whether rows may multiply
    ("shop", "payments", "orders", ["payments.order_id = orders.order_id"], False),
    ("shop", "orders", "payments", ["orders.order_id = payments.order_id"], True),
    ("shop", "page_views", "orders", ["page_views.customer_id = orders.customer_id"], True),
    ("finance", "card_txn", "accounts", ["card_txn.acctNo = accounts.acctNo"], False),
    ("finance", "accounts", "card_txn", ["accounts.acctNo = card_txn.acctNo"], True),
    ("finance", "transfers", "accounts", ["transfers.fromAcct = accounts.acctNo"], False),
    (
        "finance",
        "fraud_alerts",
        "accounts",
        ["fraud_alerts.txn_id = card_txn.txn_id", "card_txn.acctNo = accounts.acctNo"],
        False,
    ),
    ("transport", "stop_events", "fahrten", ["stop_events.fahrt_nr = fahrten.fahrt_nr"], False),
    (
        "transport",
        "stop_events",
        "fleet",
        ["stop_events.fahrt_nr = fahrten.fahrt_nr", "fahrten.fzg_nr = fleet.fzg_nr"],
        False,
    ),
    ("transport", "fleet", "incidents", ["fleet.fzg_nr = incidents.fzg_nr"], True),
    ("energy", "meterReadings", "sites", ["meterReadings.siteId = sites.siteId"], False),
    (
        "energy",
        "charge_sessions",
        "charger_status",
        ["charge_sessions.charger_id = charger_status.charger_id"],
        True,
    ),
    ("mixed", "cdr", "cells", ["cdr.cell_id = cells.id"], False),
    ("mixed", "cells", "cdr", ["cells.id = cdr.cell_id"], True),
    (
        "mixed",
        "OrderItems",
        "Customers",
        ["OrderItems.OrderID = Orders.OrderID", "Orders.CustomerID = Customers.CustomerID"],
        False,
    ),
)


@pytest.mark.parametrize(("catalog", "root", "table", "expected", "is_many"), JOINS)
def test_joins(catalog: str, root: str, table: str, expected: list[str], is_many: bool) -> None:
    over_root = over(catalog, root)
    joins = over_root.joins([table])
    assert over_root.reaches(table)
    assert [
        f"{mine.table}.{mine.name} = {theirs.table}.{theirs.name}"
        for join in joins
        for mine, theirs in join.on
    ] == expected
    assert joins[-1].many is is_many


@pytest.mark.parametrize(
    ("catalog", "root", "table"),
    [
        ("finance", "card_txn", "fx_rates"),
        ("finance", "transfers", "fraud_alerts"),
        ("transport", "tickets", "fahrten"),
        ("energy", "spot_price", "sites"),
        ("shop", "shipments", "page_views"),
    ],
)
def test_tables_without_a_common_key_are_out_of_reach(catalog: str, root: str, table: str) -> None:
    over_root = over(catalog, root)
    assert not over_root.reaches(table)
    assert over_root.joins([table]) == ()


def test_two_keys_that_lead_to_the_same_table_are_alternatives() -> None:
    found = over("finance", "transfers").ambiguous("accounts")
    assert [join.on[0][0].name for join in found] == ["fromAcct", "toAcct"]
    assert over("finance", "card_txn").ambiguous("accounts") == ()


def test_joins_for_several_tables_come_in_an_order_that_works() -> None:
    joins = over("finance", "fraud_alerts").joins(["accounts", "card_txn"])
    assert [join.table.name for join in joins] == ["card_txn", "accounts"]


def test_the_root_needs_no_join() -> None:
    over_root = over("shop", "orders")
    assert over_root.reaches("orders")
    assert over_root.joins(["orders"]) == ()


def test_a_comment_may_point_to_a_key() -> None:
    books = Table(
        "books",
        (Column("isbn", "STRING"), Column("writer", "INT", "References people.nr")),
        primary_key=("isbn",),
    )
    people = Table("people", (Column("nr", "INT"), Column("born", "DATE")), primary_key=("nr",))
    found = scope(vocabulary(Catalog((books, people)), Values()), 0).joins(["people"])
    assert [(j.on[0][0].name, j.on[0][1].name, j.many) for j in found] == [("writer", "nr", False)]


def test_fields_come_with_their_distance_and_rows_are_taken_apart() -> None:
    fields = over("transport", "incidents").fields
    own = [f.field.name for f in fields if f.hops == 0]
    assert own[:7] == [
        "incident_id", "fzg_nr", "kind", "severity", "place", "street", "district",
    ]  # fmt: skip
    assert {f.field.table for f in fields if f.hops == 1} == {"fleet", "fahrten"}
    assert [f.hops for f in fields] == sorted(f.hops for f in fields)


def test_of_a_catalog_of_500_tables_few_are_in_reach() -> None:
    catalog = Catalog(tuple(_wide(i) for i in range(500)))
    prepared = vocabulary(catalog, Values())
    tokens = tokenize("how many clients in Berlin had an average price over 20 by device type")
    for position in range(12):
        found = scope(prepared, position)
        assert len(found.tables) <= MAX_TABLES + 1
        for start in range(len(tokens)):
            fields_at(found, tokens, start)
            values_at(found, tokens, start)
            nouns_at(found, tokens, start)


def test_a_vocabulary_is_prepared_once() -> None:
    catalog, values = Catalog((_wide(1),)), Values()
    assert vocabulary(catalog, values) is vocabulary(catalog, values)
    assert scope(vocabulary(catalog, values), 0) is scope(vocabulary(catalog, values), 0)


def _wide(i: int) -> Table:
    things = ("price", "device", "city", "reason", "type", "speed", "weight", "level", "score")
    columns = [Column(f"thing{i}_id", "STRING"), Column("customer_id", "STRING", "Customer number")]
    columns += [
        Column(f"{things[(i + j) % 9]}_{things[j % 9]}_{j}", ("STRING", "DOUBLE")[j % 2], f"Of {j}")
        for j in range(18)
    ]
    return Table(f"things_{i}", tuple(columns), f"Things of the kind {i}")
