"""Tables, fields and forms that are said in words and answered in sentences."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from app.catalog.model import Column, Table
from app.semantic_parser.form import (
    Bucket,
    Change,
    Duration,
    Equals,
    Field,
    Join,
    Metric,
    Order,
    TimeRange,
)

TIME = "TIMESTAMP_LTZ(3)"
MONEY = "DECIMAL(10, 2)"
ORDERS = Table(
    "orders",
    (
        Column("order_id", "STRING"),
        Column("customer_id", "STRING"),
        Column("product", "STRING"),
        Column("quantity", "INT"),
        Column("amount", MONEY, "Order value in EUR"),
        Column("shipping_fee", MONEY, "Fee in EUR"),
        Column("city", "STRING"),
        Column("status", "STRING"),
        Column("tags", "ARRAY<STRING>"),
        Column("address", "ROW<street STRING, zip STRING>"),
        Column("delivered_at", TIME),
        Column("order_time", TIME),
    ),
    time_attribute="order_time",
    primary_key=("order_id",),
)
PAYMENTS = Table(
    "payments",
    (
        Column("payment_id", "STRING"),
        Column("order_id", "STRING"),
        Column("method", "STRING"),
        Column("amount", MONEY, "Amount in EUR"),
        Column("status", "STRING"),
        Column("failure_reason", "STRING"),
        Column("payment_time", TIME),
    ),
    time_attribute="payment_time",
    primary_key=("payment_id",),
)
CUSTOMERS = Table(
    "customers",
    (Column("customer_id", "STRING"), Column("name", "STRING"), Column("tier", "STRING")),
    primary_key=("customer_id",),
)
SHIPMENTS = Table(
    "shipments",
    (
        Column("scan_id", "STRING"),
        Column("shipment_id", "STRING"),
        Column("order_id", "STRING"),
        Column("carrier", "STRING"),
        Column("status", "STRING"),
        Column("delay_hours", "INT"),
        Column("late", "BOOLEAN"),
        Column("scan_time", TIME),
    ),
    time_attribute="scan_time",
    primary_key=("scan_id",),
)
PAGE_VIEWS = Table(
    "page_views",
    (
        Column("view_id", "STRING"),
        Column("customer_id", "STRING"),
        Column("page", "STRING"),
        Column("device", "STRING"),
        Column("load_ms", "INT", "Time until usable, in milliseconds"),
        Column("view_time", TIME),
    ),
    time_attribute="view_time",
    primary_key=("view_id",),
)
TRANSFERS = Table(
    "transfers",
    (
        Column("transfer_id", "STRING"),
        Column("from_account", "STRING"),
        Column("to_account", "STRING"),
        Column("created_at", TIME),
        Column("settled_at", TIME),
    ),
    time_attribute="created_at",
    primary_key=("transfer_id",),
)
ACCOUNTS = Table(
    "accounts",
    (Column("account_id", "STRING"), Column("branch", "STRING")),
    primary_key=("account_id",),
)
_TABLES = {
    t.name: t for t in (ORDERS, PAYMENTS, CUSTOMERS, SHIPMENTS, PAGE_VIEWS, TRANSFERS, ACCOUNTS)
}


def field(path: str) -> Field:
    """The field of a path such as `orders.city` or `orders.address.zip`."""
    table, name, *inner = path.split(".")
    if inner:
        return Field(table, Column(inner[0], "STRING"), within=name)
    column = _TABLES[table].column(name)
    assert column is not None, path
    return Field(table, column)


def equals(path: str, *values: str | Decimal, negated: bool = False) -> Equals:
    """A field with one of some values."""
    return Equals(field(path), values, negated)


def join(table: Table, before: str, own: str, *, many: bool = False) -> Join:
    """A table joined by one pair of keys."""
    return Join(table, ((field(before), field(own)),), many)


NOW = datetime.fromisoformat("2026-11-22 18:30")
LAST_HOUR = TimeRange(NOW - timedelta(hours=1), NOW, "in the last hour")
HOUR_BEFORE = TimeRange(NOW - timedelta(hours=2), NOW - timedelta(hours=1), "in the hour before")
TODAY = TimeRange(NOW.replace(hour=0, minute=0), NOW, "today")
COUNT = Metric("count", noun="orders")
AMOUNT = Metric("sum", field("orders.amount"))
LOAD = Metric("avg", field("page_views.load_ms"))
PARCELS = Metric("count", field("shipments.shipment_id"), distinct=True, noun="parcels")
BUYERS = Metric("count", field("orders.customer_id"), distinct=True, noun="customers")
CITY = (field("orders.city"),)
CUSTOMER = (field("orders.customer_id"),)
CANCELLED = equals("orders.status", "cancelled")
ORDER_TO_PAYMENT = Duration(field("orders.order_time"), field("payments.payment_time"), "hour")
SETTLING = Duration(field("transfers.created_at"), field("transfers.settled_at"), "minute")
TO_PAYMENTS = join(PAYMENTS, "orders.order_id", "payments.order_id", many=True)
TO_CUSTOMERS = join(CUSTOMERS, "orders.customer_id", "customers.customer_id")
TO_ORDERS = join(ORDERS, "payments.order_id", "orders.order_id")
HOURLY = Bucket("hour")
MOST = (Order(0),)
FEWEST = (Order(0, descending=False),)
LAST_AGAINST_BEFORE = Change(
    Metric("count", noun="orders", time=LAST_HOUR),
    Metric("count", noun="orders", time=HOUR_BEFORE),
)
