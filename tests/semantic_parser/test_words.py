"""Forms to one line of plain words, which no two readings share."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import combinations, product
from typing import Any

import pytest

from app.semantic_parser.form import (
    AnyOf,
    Arithmetic,
    Bucket,
    Change,
    Compares,
    Contains,
    During,
    Equals,
    Form,
    Having,
    Measure,
    Member,
    Metric,
    Newest,
    Null,
    Order,
    Rate,
    Ratio,
    Related,
    Share,
    ShareOfAll,
    Summary,
    TimeRange,
)
from app.semantic_parser.words import say
from tests.semantic_parser.spoken_forms import (
    ACCOUNTS,
    AMOUNT,
    BUYERS,
    CANCELLED,
    CITY,
    COUNT,
    CUSTOMER,
    CUSTOMERS,
    FEWEST,
    HOUR_BEFORE,
    HOURLY,
    LAST_AGAINST_BEFORE,
    LAST_HOUR,
    LOAD,
    MOST,
    NOW,
    ORDER_TO_PAYMENT,
    ORDERS,
    PAGE_VIEWS,
    PARCELS,
    PAYMENTS,
    SETTLING,
    SHIPMENTS,
    TO_CUSTOMERS,
    TO_ORDERS,
    TO_PAYMENTS,
    TODAY,
    TRANSFERS,
    equals,
    field,
    join,
)

HALF_HOUR = TimeRange(NOW - timedelta(minutes=30), NOW, "in the last 30 minutes")
PAYING = Metric("count", noun="payments")
SENT = Metric("count", noun="transfers")
FROM = join(ACCOUNTS, "transfers.from_account", "accounts.account_id")
TO = join(ACCOUNTS, "transfers.to_account", "accounts.account_id")
BRANCH = (field("accounts.branch"),)
NET = Arithmetic(field("orders.amount"), "-", field("orders.shipping_fee"))
CANCELLED_SHARE = Share(replace(COUNT, where=(CANCELLED,)), COUNT)
BERLIN, HAMBURG = equals("orders.city", "Berlin"), equals("orders.city", "Hamburg")
BY_CITY = Change(replace(COUNT, where=(BERLIN,)), replace(COUNT, where=(HAMBURG,)), "difference")
AMOUNTS = Change(replace(AMOUNT, time=LAST_HOUR), replace(AMOUNT, time=HOUR_BEFORE), "percent")
LATEST_STATUS = Newest((field("shipments.shipment_id"),), (equals("shipments.status", "late"),))
UNPAID = Related(TO_PAYMENTS, (equals("payments.status", "failed"),), negated=True)
P95 = Metric("percentile", SETTLING, fraction=Decimal("0.95"))

LINES: list[tuple[Form, str]] = [
    (
        Form(ORDERS, measures=(COUNT,), filters=(CANCELLED,), time=HALF_HOUR, group=CITY),
        "counting orders, status = cancelled, in the last 30 minutes, per city",
    ),
    (
        Form(ORDERS, joins=(TO_PAYMENTS,), measures=(Metric("avg", ORDER_TO_PAYMENT),)),
        "average time from order to payment in hours in orders",
    ),
    (
        Form(PAYMENTS, joins=(TO_ORDERS,), measures=(PAYING,), group=CITY),
        "counting payments, per city of the order",
    ),
    (
        Form(TRANSFERS, joins=(FROM,), measures=(SENT,), group=BRANCH),
        "counting transfers, joined with accounts by from account = account id, "
        "per branch of the account",
    ),
    (
        Form(TRANSFERS, joins=(TO,), measures=(SENT,), group=BRANCH),
        "counting transfers, joined with accounts by to account = account id, "
        "per branch of the account",
    ),
    (Form(ORDERS, measures=(CANCELLED_SHARE,)), "share of orders with status = cancelled, in %"),
    (
        Form(ORDERS, measures=(LAST_AGAINST_BEFORE,)),
        "counting orders in the last hour against the hour before",
    ),
    (
        Form(ORDERS, measures=(BY_CITY,), time=TODAY),
        "difference in orders with city = Berlin against with city = Hamburg, today",
    ),
    (
        Form(ORDERS, measures=(AMOUNTS,)),
        "change in % of total amount in orders in the last hour against the hour before",
    ),
    (
        Form(ORDERS, measures=(Rate(COUNT, "minute", Decimal(60)),), time=LAST_HOUR),
        "orders per minute on average, in the last hour",
    ),
    (Form(ORDERS, measures=(Ratio(COUNT, BUYERS),)), "orders per distinct customer"),
    (
        Form(ORDERS, measures=(ShareOfAll(COUNT),), group=CITY),
        "share of all orders, in %, per city",
    ),
    (
        Form(ORDERS, measures=(ShareOfAll(AMOUNT, 1),), group=CITY),
        "share of the total amount in orders, from 0 to 1, per city",
    ),
    (
        Form(ORDERS, measures=(COUNT,), group=CITY, having=(Having(">", Decimal(10)),)),
        "counting orders, per city, only those with over 10 orders",
    ),
    (
        Form(PAGE_VIEWS, measures=(LOAD,), group=(field("page_views.page"),),
             having=(Having(">=", Decimal(900)),)),
        "average load in page views, per page, only those with average load at least "
        "900 milliseconds",
    ),
    (
        Form(ORDERS, measures=(COUNT,), group=CITY, order=MOST, limit=3),
        "counting orders, per city, the 3 with the most",
    ),
    (
        Form(ORDERS, measures=(COUNT,), group=(*CITY, field("orders.product")), order=MOST,
             limit=3, limit_per=CITY),
        "counting orders, per city, per product, the 3 with the most of each city",
    ),
    (
        Form(ORDERS, measures=(AMOUNT,), group=CUSTOMER, order=FEWEST, limit=1),
        "total amount in orders, per customer, the one with the lowest",
    ),
    (
        Form(ORDERS, measures=(COUNT, AMOUNT), group=CITY, order=(Order(1),)),
        "counting orders and total amount, per city, highest total amount first",
    ),
    (
        Form(ORDERS, measures=(COUNT,), group=CUSTOMER, summary=Summary("avg", "customers")),
        "average number of orders per customer",
    ),
    (
        Form(ORDERS, measures=(COUNT,), group=CUSTOMER, having=(Having(">", Decimal(10)),),
             summary=Summary("count", "customers")),
        "counting customers, only those with over 10 orders",
    ),
    (
        Form(ORDERS, measures=(COUNT,), filters=(CANCELLED,), asks_whether=True),
        "whether there are orders, status = cancelled",
    ),
    (
        Form(ORDERS, measures=(COUNT,), bucket=HOURLY, time=TODAY,
             time_field=field("orders.delivered_at")),
        "counting orders, delivered at today, per hour",
    ),
    (
        Form(ORDERS, measures=(COUNT,), bucket=Bucket("minute", 5),
             time_field=field("orders.delivered_at")),
        "counting orders, per 5 minutes of delivered at",
    ),
    (
        Form(ORDERS, measures=(COUNT,), bucket=HOURLY, cumulative=True, time=TODAY),
        "running total of orders, today, per hour",
    ),
    (
        Form(ORDERS, measures=(AMOUNT,), bucket=HOURLY, cumulative=True),
        "running total of amount in orders, per hour",
    ),
    (
        Form(SHIPMENTS, measures=(PARCELS,), newest=LATEST_STATUS),
        "counting distinct parcels (shipment id) in shipments, "
        "by the newest row of each shipment where status = late",
    ),
    (
        Form(ORDERS, columns=(field("orders.product"), field("orders.amount")),
             filters=(CANCELLED,), order=(Order(field("orders.order_time")),), limit=5),
        "listing orders with their product and amount, status = cancelled, the latest 5",
    ),
    (
        Form(ORDERS, columns=(field("orders.product"),), distinct=True),
        "listing the different product of orders",
    ),
    (
        Form(ORDERS, measures=(COUNT,), filters=(UNPAID,)),
        "counting orders, without a payment (status = failed)",
    ),
    (
        Form(TRANSFERS, measures=(P95,)),
        "p95 of time from created at to settled at in minutes in transfers",
    ),
    (
        Form(ORDERS, measures=(COUNT,), time=TimeRange(NOW, None, "since 6:30 pm")),
        "counting orders, since 6:30 pm (from 2026-11-22 18:30)",
    ),
    (
        Form(ORDERS, measures=(Metric("max", field("orders.order_time")),)),
        "latest order time in orders",
    ),
    (
        Form(ORDERS, joins=(TO_CUSTOMERS,), measures=(COUNT,)),
        "counting orders, joined with customers",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("form", "line"), LINES, ids=[line for _, line in LINES])
def test_line(form: Form, line: str) -> None:
    assert say(form) == line


CONDITIONS = [
    (Contains(field("orders.product"), "Tent"), 'product contains "Tent"'),
    (
        Contains(field("orders.product"), "Tent", "start", True),
        'product does not start with "Tent"',
    ),
    (Member(field("orders.tags"), ("vip", "new")), "tags include vip or new"),
    (Member(field("orders.tags"), ("vip",), True), "tags do not include vip"),
    (Null(field("orders.status")), "status missing"),
    (Null(field("orders.status"), True), "status given"),
    (During(field("orders.delivered_at"), LAST_HOUR), "delivered at in the last hour"),
    (equals("orders.address.zip", "10115"), "zip in address = 10115"),
    (equals("customers.tier", "gold"), "tier of the customer = gold"),
    (equals("orders.order_id", "O-1"), "order id = O-1"),
    (equals("orders.city", "a or b", "it's"), 'city = "a or b" or "it\'s"'),
    (equals("orders.city", "Bonn", negated=True), "city ≠ Bonn"),
    (equals("orders.city", "Bonn", "Köln", negated=True), "city none of Bonn or Köln"),
    (equals("shipments.delay_hours", Decimal(1)), "delay of the shipment = 1 hour"),
    (Compares(NET, ">", Decimal("1E+2")), "(amount − shipping fee) over 100 EUR"),
    (Compares(ORDER_TO_PAYMENT, "<=", Decimal(2)), "time from order to payment at most 2 hours"),
    (
        Compares(field("orders.delivered_at"), ">", field("orders.order_time")),
        "delivered at after order time",
    ),
    (AnyOf((CANCELLED, BERLIN)), "(status = cancelled or city = Berlin)"),
    (Related(TO_PAYMENTS), "with a payment"),
    (Related(TO_PAYMENTS, (), True), "without a payment"),
]


@pytest.mark.parametrize(("filter_", "words"), CONDITIONS, ids=[w for _, w in CONDITIONS])
def test_condition(filter_: Any, words: str) -> None:
    form = Form(ORDERS, joins=(TO_CUSTOMERS, TO_PAYMENTS), measures=(COUNT,), filters=(filter_,))
    assert f", {words}" in say(form)


def _measures() -> list[Measure]:
    """Measures that differ from each other in one thing or another."""
    amount = field("orders.amount")
    metrics: list[Metric] = [COUNT, BUYERS, replace(BUYERS, distinct=False)]
    metrics += [Metric(f, amount) for f in ("sum", "avg", "min", "max", "percentile")]
    metrics += [
        Metric("percentile", amount, fraction=Decimal("0.9")),
        Metric("count", field("orders.product"), distinct=True),
        Metric("sum", field("orders.quantity")),
        Metric("sum", NET),
        Metric("sum", replace(NET, operator="*")),
        Metric("avg", ORDER_TO_PAYMENT),
        Metric("avg", replace(ORDER_TO_PAYMENT, unit="minute")),
        Metric("avg", replace(ORDER_TO_PAYMENT, start=field("orders.delivered_at"))),
    ]
    metrics += [replace(m, where=(CANCELLED,)) for m in metrics[:5]]
    metrics += [replace(m, time=LAST_HOUR) for m in metrics[:5]]
    pairs = [(COUNT, BUYERS), (BUYERS, COUNT), (replace(COUNT, where=(CANCELLED,)), COUNT)]
    pairs += [(replace(COUNT, time=LAST_HOUR), replace(COUNT, time=HOUR_BEFORE))]
    pairs += [(replace(COUNT, where=(BERLIN,)), replace(COUNT, where=(HAMBURG,)))]
    made: list[Measure] = [*metrics]
    for part, whole in pairs:
        made += [Share(part, whole), Share(part, whole, 1), Ratio(part, whole)]
        made += [Change(part, whole), Change(part, whole, "difference")]
        made += [Change(part, whole, "percent")]
    made += [ShareOfAll(m, s) for m in (COUNT, BUYERS, AMOUNT) for s in (100, 1)]
    made += [Rate(m, u, Decimal(60)) for m in (COUNT, AMOUNT) for u in ("minute", "hour")]
    return made


FILTERS = (
    *(c for c, _ in CONDITIONS),
    CANCELLED,
    BERLIN,
    Equals(field("orders.city"), ("Berlin", "Hamburg")),
    Equals(field("orders.city"), ("Berlin or Hamburg",)),
    equals("payments.status", "cancelled"),
    Contains(field("orders.product"), "Tent", "end"),
    Compares(field("orders.amount"), ">", Decimal(5)),
    Compares(field("orders.amount"), ">=", Decimal(5)),
    Compares(field("orders.amount"), ">", field("orders.shipping_fee")),
    Compares(field("orders.amount"), ">", field("payments.amount")),
    UNPAID,
    replace(UNPAID, negated=False),
)
PARTS: dict[str, tuple[Any, ...]] = {
    "joins": ((TO_PAYMENTS,), (TO_CUSTOMERS,), (TO_PAYMENTS, TO_CUSTOMERS)),
    "filters": (*((c,) for c in FILTERS), (CANCELLED, BERLIN)),
    "group": (CITY, CUSTOMER, (*CITY, *CUSTOMER), (field("customers.tier"),)),
    "time": (
        LAST_HOUR,
        TODAY,
        TimeRange(NOW - timedelta(hours=8), NOW, "since 10"),
        TimeRange(NOW - timedelta(hours=20), NOW, "since 10"),
        TimeRange(None, NOW, "before now"),
    ),
    "time_field": (field("orders.delivered_at"),),
    "bucket": (HOURLY, Bucket("hour", 2), Bucket("day")),
    "newest": (
        Newest(CUSTOMER),
        Newest(CUSTOMER, oldest=True),
        Newest(CITY),
        Newest(CUSTOMER, (CANCELLED,)),
    ),
    "having": (
        (Having(">", Decimal(5)),),
        (Having(">=", Decimal(5)),),
        (Having(">", Decimal(6)),),
        (Having(">", Decimal(5)), Having("<", Decimal(9))),
    ),
    "order": (MOST, FEWEST, (Order("bucket"),), (Order(field("orders.city")),)),
    "limit": (1, 3),
    "limit_per": (CITY, CUSTOMER),
    "cumulative": (True,),
    "summary": tuple(Summary(f) for f in ("count", "sum", "avg", "min", "max", "percentile")),
    "asks_whether": (True,),
}  # fmt: skip

# These say nothing without another part, so they are only changed beside it.
NEEDS: dict[str, dict[str, Any]] = {
    "time_field": {"time": TODAY},
    "order": {"group": CITY},
    "limit": {"group": CITY},
    "limit_per": {"limit": 3, "group": (*CITY, *CUSTOMER), "order": MOST},
    "having": {"group": CITY},
    "summary": {"group": CITY},
}
ALONE = {"time_field", "limit_per", "having", "summary"}
"""These are not changed together with another part."""


def variants() -> list[Form]:
    """Many forms, each of which differs from every other in something that matters."""
    base = Form(ORDERS, measures=(COUNT,))
    forms = [base, *(replace(base, measures=(m,)) for m in _measures())]
    for name, values in PARTS.items():
        forms += [replace(base, **{**NEEDS.get(name, {}), name: v}) for v in values]
    for one, other in combinations(PARTS, 2):
        if {one, other} & ALONE or {one, other} == {"cumulative", "asks_whether"}:
            continue
        needed = {**NEEDS.get(one, {}), **NEEDS.get(other, {})}
        pairs = product(PARTS[one][:3], PARTS[other][:3])
        forms += [replace(base, **{**needed, one: a, other: b}) for a, b in pairs]
    forms += [Form(PAYMENTS, measures=(COUNT,)), Form(ORDERS), Form(ORDERS, distinct=True)]
    forms += [Form(ORDERS, columns=c) for c in (CITY, CUSTOMER, (*CITY, *CUSTOMER))]
    forms += [Form(CUSTOMERS), Form(PAYMENTS), replace(base, measures=(COUNT, AMOUNT))]
    return list({repr(f): f for f in forms}.values())


def test_no_two_forms_say_the_same() -> None:
    lines = [say(form) for form in variants()]
    repeated = [line for line, times in Counter(lines).items() if times > 1]
    assert repeated == []
    assert len(lines) > 400


def test_values_stay_on_one_line() -> None:
    form = Form(ORDERS, measures=(COUNT,), filters=(equals("orders.city", "a\nb, city = c"),))
    assert say(form) == 'counting orders, city = "a\\nb, city = c"'
