"""Forms and rows with the sentences that answer, and how rows are made for a form."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal

import pyarrow as pa

from app.answer import QueryResult
from app.responders.results import describe
from app.semantic_parser.form import (
    AnyOf,
    Arithmetic,
    Bucket,
    Change,
    Compares,
    Contains,
    During,
    Form,
    Having,
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
from app.semantic_parser.sql import columns, render
from tests.semantic_parser.spoken_forms import (
    AMOUNT,
    BUYERS,
    CANCELLED,
    CITY,
    COUNT,
    CUSTOMER,
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
    TO_ORDERS,
    TO_PAYMENTS,
    TODAY,
    TRANSFERS,
    equals,
    field,
)

ZONE = "Europe/Berlin"
MIDNIGHT = NOW.replace(hour=0, minute=0)
ORDER_TIME, SCAN_TIME = field("orders.order_time"), field("shipments.scan_time")
AT_TODAY: dict[str, Any] = {"time_field": ORDER_TIME, "time": TODAY}
BERLIN, HAMBURG = equals("orders.city", "Berlin"), equals("orders.city", "Hamburg")
LATE = equals("shipments.status", "late")
NET = Arithmetic(field("orders.amount"), "-", field("orders.shipping_fee"))
UNPAID = Related(TO_PAYMENTS, (equals("payments.status", "failed"),), negated=True)
LOST_SHARE = Share(replace(COUNT, where=(CANCELLED,)), COUNT)
LOADED = Metric("avg", field("orders.quantity"))
CURRENT = Newest((field("shipments.shipment_id"),))
NEWEST_PAYMENT = (Order(field("payments.payment_time")),)
MEASURED = ("value", "metric", "part", "whole", "later", "earlier", "change", "change_percent")


def at(hour: int, day: int = 22) -> datetime:
    """A moment of that day in UTC."""
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def change(wanted: Literal["both", "difference", "percent"] = "both") -> Form:
    """Orders of the last hour against the hour before."""
    measure = replace(LAST_AGAINST_BEFORE, wanted=wanted)
    return Form(ORDERS, measures=(measure,), time_field=ORDER_TIME)


def told(form: Form, *rows: tuple[Any, ...], truncated: bool = False) -> tuple[str, QueryResult]:
    """The text about those rows."""
    cells = {n: [row[i] for row in rows] for i, n in enumerate(result_columns(form))}
    result = QueryResult(render(form), pa.table(cells), (form.table.name,), truncated=truncated)
    return describe(form, result, "[1]", ZONE), result


def result_columns(form: Form) -> list[str]:
    """The names of the columns that a form's rows have."""
    if form.asks_whether and not form.measures:
        form = replace(form, measures=(Metric("count"),))
    named = columns(form)
    if named.summary or named.listed:
        return [*(named.listed or (named.summary,)), *([named.found] if named.found else [])]
    names = [*([named.bucket] if named.bucket else []), *named.group]
    for measure in named.measures:
        names += [n for n in (getattr(measure, part) for part in MEASURED) if n]
    return list(dict.fromkeys([*names, *([named.found] if named.found else [])]))


CASES: list[tuple[Form, list[tuple[Any, ...]], str]] = [
    # Counts.
    (
        Form(ORDERS, measures=(COUNT,), filters=(CANCELLED,), **AT_TODAY),
        [(1234,)],
        "There were **1,234** orders with status cancelled today (2026-11-22 00:00 to "
        "18:30 CET) [1].",
    ),
    (
        Form(ORDERS, measures=(COUNT,), filters=(CANCELLED,), **AT_TODAY),
        [(1,)],
        "There was **1** order with status cancelled today (2026-11-22 00:00 to 18:30 CET) [1].",
    ),
    (
        Form(ORDERS, measures=(COUNT,), filters=(CANCELLED,), **AT_TODAY),
        [(0,)],
        "There were no orders with status cancelled today (2026-11-22 00:00 to 18:30 "
        "CET): no rows matched, the count is **0** [1].",
    ),
    (
        Form(PAYMENTS, measures=(Metric("count"),)),
        [(2,)],
        "There were **2** payments [1].",
    ),
    (
        Form(ORDERS, measures=(BUYERS,), filters=(equals("orders.city", "Berlin", "Bonn"),)),
        [(1,)],
        "There was **1** distinct customer with city Berlin or Bonn [1].",
    ),
    (
        Form(
            ORDERS,
            measures=(replace(COUNT, where=(CANCELLED,), time=LAST_HOUR),),
            time_field=ORDER_TIME,
        ),
        [(7,)],
        "There were **7** orders with status cancelled in the last hour (2026-11-22 "
        "17:30 to 18:30 CET) [1].",
    ),
    # Aggregates.
    (
        Form(ORDERS, measures=(AMOUNT,), filters=(equals("orders.city", "Bonn", negated=True),)),
        [(Decimal("12345.6"),)],
        "The total amount of orders with city other than Bonn is **12,345.60 EUR** [1].",
    ),
    (
        Form(PAGE_VIEWS, measures=(LOAD,), filters=(equals("page_views.device", "phone"),)),
        [(812.3456,)],
        "The average load of page views with device phone is **812.35 milliseconds** [1].",
    ),
    (
        Form(PAGE_VIEWS, measures=(LOAD,), filters=(equals("page_views.device", "phone"),)),
        [(None,)],
        "No row with a value matched: there is no average load for page views with "
        "device phone [1].",
    ),
    (
        Form(
            PAGE_VIEWS, measures=(replace(LOAD, function="percentile", fraction=Decimal("0.95")),)
        ),
        [(2930,)],
        "The p95 of load of page views is **2,930 milliseconds** [1].",
    ),
    (
        Form(ORDERS, measures=(Metric("max", ORDER_TIME),)),
        [(at(3),)],
        "The latest order time of orders is **2026-11-22 04:00** [1].",
    ),
    (
        Form(ORDERS, joins=(TO_PAYMENTS,), measures=(Metric("avg", ORDER_TO_PAYMENT),)),
        [(2.0833,)],
        "The average time from order to payment of orders is **2.08 hours** (2 h 5 min) [1].",
    ),
    (
        Form(TRANSFERS, measures=(Metric("percentile", SETTLING),)),
        [(125.4,)],
        "The median time from created at to settled at of transfers is **125.4 minutes** "
        "(2 h 5 min) [1].",
    ),
    (
        Form(TRANSFERS, measures=(Metric("min", SETTLING),)),
        [(0.5,)],
        "The lowest time from created at to settled at of transfers is **0.5 minutes** [1].",
    ),
    (
        Form(ORDERS, measures=(Metric("sum", NET),)),
        [(Decimal("99.5"),)],
        "The total (amount − shipping fee) of orders is **99.50 EUR** [1].",
    ),
    (
        Form(ORDERS, measures=(COUNT, AMOUNT), **AT_TODAY),
        [(1234, Decimal("12345.6"))],
        "Orders today (2026-11-22 00:00 to 18:30 CET) [1]:\n\n"
        "- number of orders: **1,234**\n"
        "- total amount: **12,345.60 EUR**",
    ),
    (
        Form(
            PAYMENTS,
            joins=(TO_ORDERS,),
            measures=(Metric("count", noun="payments"),),
            filters=(equals("orders.city", "Bonn"),),
        ),
        [(4,)],
        "There were **4** payments with city of the order Bonn [1].",
    ),
    # Conditions.
    (
        Form(ORDERS, measures=(COUNT,), filters=(Contains(field("orders.product"), "Tent"),)),
        [(5,)],
        'There were **5** orders with product containing "Tent" [1].',
    ),
    (
        Form(
            ORDERS,
            measures=(COUNT,),
            filters=(Contains(field("orders.product"), "Tent", "start", True),),
        ),
        [(5,)],
        'There were **5** orders with product not starting with "Tent" [1].',
    ),
    (
        Form(ORDERS, measures=(COUNT,), filters=(Member(field("orders.tags"), ("vip", "new")),)),
        [(5,)],
        "There were **5** orders with tags including vip or new [1].",
    ),
    (
        Form(ORDERS, measures=(COUNT,), filters=(Null(field("orders.status")),)),
        [(5,)],
        "There were **5** orders with no status [1].",
    ),
    (
        Form(ORDERS, measures=(COUNT,), filters=(Null(field("orders.status"), True),)),
        [(5,)],
        "There were **5** orders with a status [1].",
    ),
    (
        Form(ORDERS, measures=(COUNT,), filters=(During(field("orders.delivered_at"), TODAY),)),
        [(5,)],
        "There were **5** orders with delivered at today [1].",
    ),
    (
        Form(ORDERS, measures=(COUNT,), filters=(equals("orders.address.zip", "10115"),)),
        [(5,)],
        "There were **5** orders with zip in address 10115 [1].",
    ),
    (
        Form(ORDERS, measures=(COUNT,), filters=(Compares(NET, ">", Decimal(100)),)),
        [(5,)],
        "There were **5** orders with (amount − shipping fee) over 100 EUR [1].",
    ),
    (
        Form(
            ORDERS, measures=(COUNT,), filters=(AnyOf((CANCELLED, equals("orders.city", "Bonn"))),)
        ),
        [(5,)],
        "There were **5** orders with (status cancelled or city Bonn) [1].",
    ),
    (
        Form(ORDERS, measures=(COUNT,), filters=(UNPAID,)),
        [(5,)],
        "There were **5** orders without a payment (status failed) [1].",
    ),
    (
        Form(
            ORDERS,
            measures=(COUNT,),
            filters=(Related(TO_PAYMENTS), CANCELLED, equals("orders.city", "Bonn")),
        ),
        [(5,)],
        "There were **5** orders with status cancelled, city Bonn and with a payment [1].",
    ),
    # Times.
    (
        Form(ORDERS, measures=(COUNT,), time_field=field("orders.delivered_at"), time=TODAY),
        [(5,)],
        "There were **5** orders by delivered at today (2026-11-22 00:00 to 18:30 CET) [1].",
    ),
    (
        Form(
            ORDERS,
            measures=(COUNT,),
            time_field=ORDER_TIME,
            time=TimeRange(NOW.replace(hour=20, minute=0, day=20), None, "since 8 pm on Friday"),
        ),
        [(5,)],
        "There were **5** orders since 8 pm on Friday (from 2026-11-20 20:00 CET) [1].",
    ),
    (
        Form(
            ORDERS,
            measures=(COUNT,),
            time_field=ORDER_TIME,
            time=TimeRange(NOW.replace(month=8), NOW, "in the last 3 months"),
        ),
        [(5,)],
        "There were **5** orders in the last 3 months (2026-08-22 18:30 to 2026-11-22 "
        "18:30 CET) [1].",
    ),
    (
        Form(
            ORDERS,
            measures=(COUNT,),
            time_field=ORDER_TIME,
            time=TimeRange(
                MIDNIGHT.replace(day=20), MIDNIGHT.replace(day=23), "from 20 to 22 November"
            ),
        ),
        [(5,)],
        "There were **5** orders from 20 to 22 November (2026-11-20 00:00 to 2026-11-23 "
        "00:00 CET) [1].",
    ),
    # Shares.
    (
        Form(ORDERS, measures=(LOST_SHARE,)),
        [(12.5, 25, 200)],
        "The share of orders with status cancelled is **12.5 %** (25 of 200 orders) [1].",
    ),
    (
        Form(ORDERS, measures=(LOST_SHARE,)),
        [(None, 0, 0)],
        "There is no share of orders with status cancelled: there were none to take a "
        "share of [1].",
    ),
    (
        Form(ORDERS, measures=(replace(LOST_SHARE, scale=1),)),
        [(0.125, 25, 200)],
        "The share of orders with status cancelled is **0.125** (25 of 200 orders) [1].",
    ),
    (
        Form(ORDERS, measures=(Share(replace(AMOUNT, where=(BERLIN,)), AMOUNT),)),
        [(33.3333, Decimal(1000), Decimal(3000))],
        "The share of the total amount of orders with city Berlin is **33.3 %** "
        "(1,000.00 EUR of 3,000.00 EUR) [1].",
    ),
    (
        Form(ORDERS, measures=(Share(BUYERS, COUNT),)),
        [(50.0, 1, 2)],
        "Distinct customers as a share of orders is **50 %** (1 of 2 orders) [1].",
    ),
    (
        Form(ORDERS, measures=(LOST_SHARE,), group=CITY),
        [("Berlin", 12.5, 25, 200), ("Bonn", 50.0, 1, 2)],
        "Share of orders with status cancelled, per city [1]:\n\n"
        "- Berlin: **12.5 %** (25 of 200)\n"
        "- Bonn: **50 %** (1 of 2)",
    ),
    (
        Form(ORDERS, measures=(ShareOfAll(COUNT),), group=CITY),
        [("Berlin", 75.0, 3), ("Bonn", 25.0, 1)],
        "Share of all orders, per city [1]:\n\n"
        "- Berlin: **75 %** (3 orders)\n"
        "- Bonn: **25 %** (1 order)",
    ),
    (
        Form(ORDERS, measures=(ShareOfAll(AMOUNT),), group=CITY),
        [("Berlin", 75.0, Decimal(3)), ("Bonn", 25.0, Decimal(1))],
        "Share of the total amount, per city [1]:\n\n"
        "- Berlin: **75 %** (3.00 EUR)\n"
        "- Bonn: **25 %** (1.00 EUR)",
    ),
    # Changes.
    (
        change(),
        [(120, 100, 20, 20.0)],
        "There were **120** orders in the last hour (2026-11-22 17:30 to 18:30 CET), "
        "**20** more than the **100** in the hour before (+20 %) [1].",
    ),
    (
        change(),
        [(80, 100, -20, -20.0)],
        "There were **80** orders in the last hour (2026-11-22 17:30 to 18:30 CET), "
        "**20** fewer than the **100** in the hour before (−20 %) [1].",
    ),
    (
        change(),
        [(100, 100, 0, 0.0)],
        "There were **100** orders in the last hour (2026-11-22 17:30 to 18:30 CET), as "
        "many as the **100** in the hour before [1].",
    ),
    (
        change(),
        [(1, 0, 1, None)],
        "There was **1** order in the last hour (2026-11-22 17:30 to 18:30 CET), **1** "
        "more than the **0** in the hour before [1].",
    ),
    (
        change("difference"),
        [(20, 120, 100, 20.0)],
        "**20** more orders in the last hour (2026-11-22 17:30 to 18:30 CET) than in the "
        "hour before: **120** against **100** (+20 %) [1].",
    ),
    (
        change("difference"),
        [(0, 100, 100, 0.0)],
        "The number of orders did not change in the last hour (2026-11-22 17:30 to 18:30 "
        "CET) against the hour before: **100** against **100** [1].",
    ),
    (
        change("percent"),
        [(-20.0, 80, 100, -20)],
        "The number of orders in the last hour (2026-11-22 17:30 to 18:30 CET) changed "
        "by **−20 %** against the hour before: **80** against **100**, 20 fewer [1].",
    ),
    (
        change("percent"),
        [(None, 5, 0, 5)],
        "**5** more orders in the last hour (2026-11-22 17:30 to 18:30 CET) than in the "
        "hour before: **5** against **0** [1].",
    ),
    (
        Form(
            ORDERS,
            measures=(Change(replace(AMOUNT, time=LAST_HOUR), replace(AMOUNT, time=HOUR_BEFORE)),),
            time_field=ORDER_TIME,
        ),
        [(Decimal("120.5"), Decimal(100), Decimal("20.5"), 20.5)],
        "The total amount of orders was **120.50 EUR** in the last hour (2026-11-22 "
        "17:30 to 18:30 CET), **20.50 EUR** more than the **100.00 EUR** in the hour "
        "before (+20.5 %) [1].",
    ),
    (
        Form(
            ORDERS,
            measures=(
                Change(
                    replace(AMOUNT, time=LAST_HOUR), replace(AMOUNT, time=HOUR_BEFORE), "difference"
                ),
            ),
            time_field=ORDER_TIME,
        ),
        [(Decimal("-20.5"), Decimal(100), Decimal("120.5"), -17.01)],
        "The total amount was **20.50 EUR** less in the last hour (2026-11-22 17:30 to "
        "18:30 CET) than in the hour before: **100.00 EUR** against **120.50 EUR** (−17 "
        "%) [1].",
    ),
    (
        Form(
            ORDERS,
            measures=(
                Change(
                    replace(COUNT, where=(BERLIN,)), replace(COUNT, where=(HAMBURG,)), "difference"
                ),
            ),
            **AT_TODAY,
        ),
        [(4, 12, 8, 50.0)],
        "**4** more orders today (2026-11-22 00:00 to 18:30 CET) with city Berlin than "
        "with city Hamburg: **12** against **8** (+50 %) [1].",
    ),
    (
        replace(change(), group=CITY),
        [("Berlin", 120, 100, 20, 20.0), ("Bonn", 0, 10, -10, -100.0)],
        "Number of orders in the last hour against the hour before, per city [1]:\n\n"
        "- Berlin: **120** against **100** (+20, +20 %)\n"
        "- Bonn: **0** against **10** (−10, −100 %)",
    ),
    (
        Form(
            ORDERS,
            measures=(Change(replace(LOADED, time=LAST_HOUR), replace(LOADED, time=HOUR_BEFORE)),),
            time_field=ORDER_TIME,
        ),
        [(None, 3.5, None, None)],
        "There is nothing to compare: the average quantity has no value for one of the two [1].",
    ),
    # Rates and ratios.
    (
        Form(
            ORDERS,
            measures=(Rate(COUNT, "minute", Decimal(60)),),
            time=LAST_HOUR,
            time_field=ORDER_TIME,
        ),
        [(2.4, 144)],
        "There were **2.4** orders per minute on average in the last hour (2026-11-22 "
        "17:30 to 18:30 CET), 144 in all [1].",
    ),
    (
        Form(
            ORDERS,
            measures=(Rate(AMOUNT, "hour", Decimal(1)),),
            time=LAST_HOUR,
            time_field=ORDER_TIME,
        ),
        [(144.0, Decimal(144))],
        "The total amount per hour on average in the last hour (2026-11-22 17:30 to "
        "18:30 CET) is **144.00 EUR** [1].",
    ),
    (
        Form(ORDERS, measures=(Ratio(COUNT, BUYERS),)),
        [(2.5, 250, 100)],
        "There were **2.5** orders per customer (250 orders, 100 distinct customers) [1].",
    ),
    (
        Form(ORDERS, measures=(Ratio(AMOUNT, BUYERS),)),
        [(25.0, Decimal(2500), 100)],
        "The total amount per customer is **25.00 EUR** (2,500.00 EUR, 100 distinct "
        "customers) [1].",
    ),
    (
        Form(ORDERS, measures=(Ratio(COUNT, replace(COUNT, where=(CANCELLED,))),)),
        [(None, 250, 0)],
        "There is no number of orders per order with status cancelled: there was nothing "
        "to divide by [1].",
    ),
    # Groups.
    (
        Form(ORDERS, measures=(COUNT,), group=CITY),
        [("Berlin", 7), (None, 3)],
        "Number of orders, per city [1]:\n\n- Berlin: **7**\n- (none): **3**",
    ),
    (
        Form(ORDERS, measures=(COUNT,), group=CITY),
        [],
        "No rows matched for the number of orders, per city [1].",
    ),
    (
        Form(ORDERS, measures=(COUNT,), group=CITY, order=MOST),
        [*((f"City {i}", i) for i in range(8))],
        "Number of orders, per city, most first [1]:\n\n"
        "- City 0: **0**\n"
        "- City 1: **1**\n"
        "- City 2: **2**\n"
        "- City 3: **3**\n"
        "- City 4: **4**\n\n"
        "The rest is in the table.",
    ),
    (
        Form(ORDERS, measures=(COUNT, AMOUNT), group=CITY),
        [("Berlin", 7, Decimal("9.5"))],
        "Number of orders and total amount of orders, per city [1]:\n\n"
        "- Berlin: number of orders **7**, total amount **9.50 EUR**",
    ),
    (
        Form(
            PAYMENTS, joins=(TO_ORDERS,), measures=(Metric("count", noun="payments"),), group=CITY
        ),
        [("Berlin", 7)],
        "Number of payments, per city of the order [1]:\n\n- Berlin: **7**",
    ),
    (
        Form(ORDERS, measures=(COUNT,), group=CITY, having=(Having(">", Decimal(10)),)),
        [("Berlin", 17)],
        "Number of orders, per city, only those with over 10 orders [1]:\n\n- Berlin: **17**",
    ),
    (
        Form(
            SHIPMENTS,
            measures=(PARCELS,),
            group=(field("shipments.delay_hours"), field("shipments.late")),
        ),
        [(1, True, 17)],
        "Number of distinct parcels, per delay and per late [1]:\n\n- 1 hour, yes: **17**",
    ),
    (
        Form(ORDERS, measures=(COUNT,), group=CITY, order=FEWEST, limit=1),
        [("Graz", 7)],
        "**Graz** has the fewest orders: **7** [1].",
    ),
    (
        Form(ORDERS, measures=(COUNT,), group=CITY, order=MOST, limit=1),
        [("Berlin", 7), ("Bonn", 7)],
        "**Berlin** and **Bonn** have the most orders: **7** each [1].",
    ),
    (
        Form(ORDERS, measures=(AMOUNT,), group=CUSTOMER, order=MOST, limit=1, **AT_TODAY),
        [("C-1", Decimal("7.1"))],
        "**C-1** has the highest total amount today (2026-11-22 00:00 to 18:30 CET): "
        "**7.10 EUR** [1].",
    ),
    (
        Form(ORDERS, measures=(LOST_SHARE,), group=CITY, order=MOST, limit=1),
        [("Bonn", 50.0, 1, 2)],
        "**Bonn** has the highest share of orders with status cancelled: **50 %** (1 of 2) [1].",
    ),
    (
        Form(ORDERS, measures=(COUNT,), group=CITY, order=MOST, limit=3, **AT_TODAY),
        [("Berlin", 7), ("Bonn", 3), (None, 1)],
        "The 3 cities with the most orders today (2026-11-22 00:00 to 18:30 CET) [1]:\n\n"
        "- Berlin: **7**\n"
        "- Bonn: **3**\n"
        "- (none): **1**",
    ),
    (
        Form(
            ORDERS,
            measures=(COUNT,),
            group=(*CITY, field("orders.product")),
            order=MOST,
            limit=2,
            limit_per=CITY,
        ),
        [("Berlin", "Tent", 4), ("Berlin", "Pan", 3), ("Bonn", "Pan", 1)],
        "The 2 with the most orders of each city, per city and per product [1]:\n\n"
        "- Berlin, Tent: **4**\n"
        "- Berlin, Pan: **3**\n"
        "- Bonn, Pan: **1**",
    ),
    # Buckets.
    (
        Form(ORDERS, measures=(COUNT,), bucket=HOURLY, **AT_TODAY),
        [*((at(h), n) for h, n in enumerate((5, 9, 3, 4, 5, 6, 7, 8)))],
        "Number of orders today (2026-11-22 00:00 to 18:30 CET), per hour [1]: the "
        "highest is **9** from 2026-11-22 02:00, the latest **8** from 2026-11-22 08:00, "
        "together 47; all 8 are in the table.",
    ),
    (
        Form(ORDERS, measures=(LOADED,), bucket=HOURLY, **AT_TODAY),
        [*((at(h), h / 2) for h in range(6))],
        "Average quantity of orders today (2026-11-22 00:00 to 18:30 CET), per hour [1]: "
        "the highest is **2.5** from 2026-11-22 06:00; all 6 are in the table.",
    ),
    (
        Form(ORDERS, measures=(COUNT, AMOUNT), bucket=HOURLY, **AT_TODAY),
        [*((at(h), h, Decimal(h)) for h in range(6))],
        "Number of orders and total amount of orders today (2026-11-22 00:00 to 18:30 "
        "CET), per hour [1]: number of orders: the highest is **5** from 2026-11-22 "
        "06:00, together 15; total amount: the highest is **5.00 EUR** from 2026-11-22 "
        "06:00, together 15.00 EUR; all 6 are in the table.",
    ),
    (
        Form(ORDERS, measures=(COUNT,), bucket=Bucket("day"), time_field=ORDER_TIME),
        [(at(23, day=20), 3135)],
        "Number of orders, per day [1]:\n\n- 2026-11-21: **3,135**",
    ),
    (
        Form(ORDERS, measures=(COUNT,), bucket=HOURLY, order=MOST, limit=1, **AT_TODAY),
        [(at(3), 9)],
        "The hour from **2026-11-22 04:00** has the most orders today (2026-11-22 00:00 "
        "to 18:30 CET): **9** [1].",
    ),
    (
        Form(ORDERS, measures=(COUNT,), bucket=HOURLY, cumulative=True, **AT_TODAY),
        [*((at(h), h * h, h) for h in range(8))],
        "Running total of orders today (2026-11-22 00:00 to 18:30 CET), per hour [1]: it "
        "reaches **49** with the hour from 2026-11-22 08:00. All 8 steps are in the "
        "table.",
    ),
    (
        Form(ORDERS, measures=(AMOUNT,), bucket=HOURLY, group=CITY, cumulative=True, **AT_TODAY),
        [
            (at(1), "Bonn", Decimal(1), Decimal(1)),
            (at(2), "Bonn", Decimal(3), Decimal(2)),
            (at(1), "Ulm", Decimal(9), Decimal(9)),
        ],
        "Running total amount of orders today (2026-11-22 00:00 to 18:30 CET), per city "
        "and per hour, as it ends [1]:\n\n"
        "- 2026-11-22 03:00, Bonn: **3.00 EUR**\n"
        "- 2026-11-22 02:00, Ulm: **9.00 EUR**",
    ),
    # Summaries, yes and no.
    (
        Form(ORDERS, measures=(COUNT,), group=CUSTOMER, summary=Summary("avg", "customers")),
        [(2.5,)],
        "The average number of orders per customer is **2.5** [1].",
    ),
    (
        Form(
            ORDERS,
            measures=(AMOUNT,),
            group=CUSTOMER,
            summary=Summary("max", "customers"),
            **AT_TODAY,
        ),
        [(Decimal("99.5"),)],
        "The highest total amount per customer today (2026-11-22 00:00 to 18:30 CET) is "
        "**99.50 EUR** [1].",
    ),
    (
        Form(ORDERS, measures=(COUNT,), bucket=HOURLY, summary=Summary("avg"), **AT_TODAY),
        [(None,)],
        "No rows matched: there is no average number of orders per hour today "
        "(2026-11-22 00:00 to 18:30 CET) [1].",
    ),
    (
        Form(
            ORDERS,
            measures=(COUNT,),
            group=CUSTOMER,
            having=(Having(">", Decimal(10)),),
            summary=Summary("count", "customers"),
        ),
        [(12,)],
        "There were **12** customers with over 10 orders [1].",
    ),
    (
        Form(
            ORDERS,
            measures=(COUNT,),
            group=CUSTOMER,
            having=(Having(">", Decimal(10)),),
            summary=Summary("count", "customers"),
        ),
        [(0,)],
        "There were no customers with over 10 orders [1].",
    ),
    (
        Form(ORDERS, measures=(COUNT,), filters=(CANCELLED,), asks_whether=True),
        [(3, True)],
        "Yes, there were **3** orders with status cancelled [1].",
    ),
    (
        Form(ORDERS, measures=(COUNT,), filters=(CANCELLED,), asks_whether=True),
        [(1, True)],
        "Yes, there was **1** order with status cancelled [1].",
    ),
    (
        Form(ORDERS, measures=(COUNT,), filters=(CANCELLED,), asks_whether=True),
        [(0, False)],
        "No, there were no orders with status cancelled: the count is **0** [1].",
    ),
    (
        Form(ORDERS, filters=(CANCELLED,), asks_whether=True),
        [(2, True)],
        "Yes, there were **2** orders with status cancelled [1].",
    ),
    (
        Form(
            ORDERS,
            measures=(COUNT,),
            group=CITY,
            having=(Having(">", Decimal(10)),),
            asks_whether=True,
        ),
        [(2, True)],
        "Yes, there were **2** cities with over 10 orders [1].",
    ),
    # Newest rows and listings.
    (
        Form(
            SHIPMENTS,
            measures=(PARCELS,),
            newest=replace(CURRENT, filters=(LATE,)),
            time_field=SCAN_TIME,
        ),
        [(12,)],
        "There were **12** distinct parcels whose newest row has status late [1].",
    ),
    (
        Form(
            SHIPMENTS,
            measures=(PARCELS,),
            newest=CURRENT,
            group=(field("shipments.status"),),
            time_field=SCAN_TIME,
        ),
        [("late", 2)],
        "Number of distinct parcels (by the newest row of each shipment), per status "
        "[1]:\n\n"
        "- late: **2**",
    ),
    (
        Form(
            SHIPMENTS,
            columns=(field("shipments.status"), SCAN_TIME),
            filters=(equals("shipments.shipment_id", "S-1"),),
            newest=CURRENT,
            time_field=SCAN_TIME,
        ),
        [("late", at(3))],
        "The newest status of shipment S-1 is **late** (2026-11-22 04:00) [1].",
    ),
    (
        Form(
            SHIPMENTS,
            columns=(
                field("shipments.shipment_id"),
                field("shipments.status"),
                field("shipments.delay_hours"),
            ),
            newest=CURRENT,
            time_field=SCAN_TIME,
        ),
        [("S-1", "late", 1)],
        "This is the newest row of shipment S-1 [1]:\n\n"
        "- shipment id: S-1\n"
        "- status: late\n"
        "- delay hours: 1 hour",
    ),
    (
        Form(
            SHIPMENTS,
            columns=(field("shipments.shipment_id"), field("shipments.status")),
            newest=CURRENT,
            time_field=SCAN_TIME,
        ),
        [("S-1", "late"), ("S-2", "lost")],
        "Here are 2 shipments (by the newest row of each shipment) [1]:\n\n"
        "- shipment id S-1, status late\n"
        "- shipment id S-2, status lost",
    ),
    (
        Form(
            PAYMENTS,
            columns=(field("payments.payment_id"), field("payments.amount")),
            order=NEWEST_PAYMENT,
            limit=2,
        ),
        [("a", Decimal("9.5")), ("b", None)],
        "Here are 2 payments, latest first [1]:\n\n- payment id a, amount 9.50 EUR\n- payment id b",
    ),
    (
        Form(PAYMENTS, columns=(field("payments.payment_id"),), order=NEWEST_PAYMENT, limit=5),
        [("a",), ("b",)],
        "There are only 2 payments, latest first [1]:\n\n- payment id a\n- payment id b",
    ),
    (
        Form(
            PAYMENTS,
            columns=(field("payments.payment_id"), field("payments.amount")),
            order=NEWEST_PAYMENT,
            limit=1,
        ),
        [("a", Decimal("9.5"))],
        "This is the latest row of payments [1]:\n\n- payment id: a\n- amount: 9.50 EUR",
    ),
    (
        Form(ORDERS, columns=(field("orders.product"),), filters=(CANCELLED,), distinct=True),
        [("Tent",), ("Pan",)],
        "There are **2** different products among orders with status cancelled [1]: Tent, Pan.",
    ),
    (
        Form(ORDERS, columns=(field("orders.product"),), order=(Order(field("orders.amount")),)),
        [*((f"Tent {i}",) for i in range(7))],
        "Here are 7 orders, highest amount first [1]:\n\n"
        "- product Tent 0\n"
        "- product Tent 1\n"
        "- product Tent 2\n"
        "- product Tent 3\n"
        "- product Tent 4\n\n"
        "The rest is in the table.",
    ),
    (
        Form(ORDERS, columns=(field("orders.product"),)),
        [],
        "No rows matched: there are no orders [1].",
    ),
]
