"""Forms over `small` that compute something, with the rows that they give, counted by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.semantic_parser.form import (
    Arithmetic,
    Bucket,
    Change,
    Duration,
    Equals,
    Form,
    Having,
    Metric,
    Null,
    Order,
    Rate,
    Ratio,
    Related,
    Share,
    ShareOfAll,
    Summary,
)
from tests.semantic_parser.small import ORDERS, field, hours, join

COUNT = Metric("count")
AMOUNT = Metric("sum", field("orders.amount"))
CITY, STATUS = field("orders.city"), field("orders.status")
CUSTOMER, ORDERED = field("orders.customer"), field("orders.ordered")
DONE = Equals(STATUS, ("done",))
CANCELLED = Metric("count", where=(Equals(STATUS, ("cancelled",)),))
SHIPPING = Duration(ORDERED, field("orders.shipped"), "minute")
PAYMENTS = join("orders.order_id", "payments.order_id", many=True)
FAILED = Related(PAYMENTS, (Equals(field("payments.status"), ("failed",)),))


def only(metric: Metric, **where: Any) -> Metric:
    """A metric of some of the rows."""
    return Metric(metric.function, metric.of, **where)


MEASURES = {
    "each row once": (
        Form(ORDERS, measures=(COUNT, AMOUNT, Metric("percentile", field("orders.amount")))),
        [(5, Decimal(150), 30.0)],
    ),
    "integers keep their fraction": (
        Form(ORDERS, measures=(Metric("avg", field("orders.units")),)),
        [(2.2,)],
    ),
    "by group": (
        Form(ORDERS, measures=(AMOUNT,), group=(CITY,)),
        [("Rome", Decimal(70)), ("Oslo", Decimal(50)), ("Bern", Decimal(30))],
    ),
    "a field of a row": (
        Form(ORDERS, measures=(AMOUNT,), group=(field("orders.place.district"),)),
        [("South", Decimal(70)), (None, Decimal(40)), ("North", Decimal(40))],
    ),
    "share of rows beside a sum": (
        Form(ORDERS, measures=(Share(CANCELLED, COUNT), AMOUNT)),
        [(20.0, 1, 5, Decimal(150))],
    ),
    "share of a sum": (
        Form(
            ORDERS,
            measures=(Share(only(AMOUNT, where=(Equals(CITY, ("Oslo",)),)), AMOUNT, 1),),
            group=(CUSTOMER,),
            order=(Order(CUSTOMER, descending=False),),
        ),
        [("c1", 0.0, 0, 30), ("c2", 0.625, 50, 80), ("c3", 0.0, 0, 40)],
    ),
    "share of all, some of them kept": (
        Form(
            ORDERS, measures=(ShareOfAll(COUNT),), group=(CITY,), having=(Having(">", Decimal(30)),)
        ),
        [("Bern", 40.0, 2), ("Rome", 40.0, 2)],
    ),
    "change of a count": (
        Form(
            ORDERS,
            measures=(Change(only(COUNT, time=hours(12, 13)), only(COUNT, time=hours(11, 12))),),
            time_field=ORDERED,
        ),
        [(1, 2, -1, -50.0)],
    ),
    "change of a sum from nothing": (
        Form(
            ORDERS,
            measures=(
                Change(
                    only(AMOUNT, time=hours(12, 13)),
                    only(AMOUNT, time=hours(11, 12)),
                    wanted="difference",
                ),
            ),
            group=(CITY,),
            time_field=ORDERED,
        ),
        [("Oslo", 50, 50, 0, None), ("Rome", -70, 0, 70, -100.0)],
    ),
    "rate": (
        Form(
            ORDERS,
            measures=(Rate(COUNT, "minute", Decimal(120)),),
            time_field=ORDERED,
            time=hours(10, 12),
        ),
        [(0.033333, 4)],
    ),
    "ratio": (
        Form(ORDERS, measures=(Ratio(COUNT, Metric("count", CUSTOMER, distinct=True)),)),
        [(1.666667, 5, 3)],
    ),
    "average over groups": (
        Form(ORDERS, measures=(COUNT,), group=(CUSTOMER,), summary=Summary("avg")),
        [(1.666667,)],
    ),
    "number of groups": (
        Form(
            ORDERS,
            measures=(COUNT,),
            group=(CUSTOMER,),
            having=(Having(">", Decimal(1)),),
            summary=Summary("count"),
        ),
        [(2,)],
    ),
    "whether there are any": (
        Form(ORDERS, measures=(COUNT,), filters=(Equals(CITY, ("Lima",)),), asks_whether=True),
        [(0, False)],
    ),
    "whether there is a group": (
        Form(
            ORDERS,
            measures=(AMOUNT,),
            group=(CITY,),
            having=(Having(">", Decimal(60)),),
            asks_whether=True,
        ),
        [(1, True)],
    ),
    "durations": (Form(ORDERS, measures=(Metric("avg", SHIPPING),)), [(32.75,)]),
    "arithmetic": (
        Form(
            ORDERS,
            measures=(
                Metric("sum", Arithmetic(field("orders.amount"), "-", field("orders.fee"))),
                Metric("max", Arithmetic(field("orders.amount"), "/", field("orders.units"))),
            ),
        ),
        [(Decimal(139), 50.0)],
    ),
}

TIMES = {
    "hours": (
        Form(ORDERS, measures=(COUNT,), time_field=ORDERED, bucket=Bucket("hour")),
        [("22 10:00", 2), ("22 11:00", 2), ("22 12:00", 1)],
    ),
    "windows": (
        Form(ORDERS, measures=(COUNT, AMOUNT), time_field=ORDERED, bucket=Bucket("minute", 90)),
        [("22 09:00", 1, 10), ("22 10:30", 3, 90), ("22 12:00", 1, 50)],
    ),
    "windows counted": (
        Form(ORDERS, measures=(COUNT,), time_field=ORDERED, bucket=Bucket("minute", 90), limit=1),
        [("22 09:00", 1)],
    ),
    "weeks begin on Monday": (
        Form(ORDERS, measures=(COUNT,), time_field=ORDERED, bucket=Bucket("week")),
        [("16 00:00", 5)],
    ),
    "weeks by two": (
        Form(ORDERS, measures=(COUNT,), time_field=ORDERED, bucket=Bucket("week", 2)),
        [("09 00:00", 5)],
    ),
    "days without a time": (
        Form(
            ORDERS,
            measures=(COUNT,),
            filters=(Null(field("orders.due"), negated=True),),
            time_field=field("orders.due"),
            time=hours(0, 12),
            bucket=Bucket("day"),
        ),
        [("22 00:00", 1)],
    ),
    "half years": (
        Form(ORDERS, measures=(COUNT,), time_field=ORDERED, bucket=Bucket("month", 6)),
        [("01 00:00", 5)],
    ),
    "running total": (
        Form(
            ORDERS, measures=(AMOUNT,), time_field=ORDERED, bucket=Bucket("hour"), cumulative=True
        ),
        [("22 10:00", 30, 30), ("22 11:00", 100, 70), ("22 12:00", 150, 50)],
    ),
    "running total of groups": (
        Form(
            ORDERS,
            measures=(COUNT,),
            group=(STATUS,),
            time_field=ORDERED,
            bucket=Bucket("hour"),
            cumulative=True,
        ),
        [
            ("22 10:00", "cancelled", 1, 1),
            ("22 10:00", "done", 1, 1),
            ("22 11:00", "done", 3, 2),
            ("22 12:00", "done", 4, 1),
        ],
    ),
}
